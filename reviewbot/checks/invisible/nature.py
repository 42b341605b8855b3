"""What a file is for: hidden characters that are normal in a translation are an attack in code."""

from __future__ import annotations

from enum import Enum
from pathlib import PurePosixPath

from reviewbot.core.grammars import language_of


class Nature(Enum):
    """CODE runs, DATA is read by programs, PROSE by people."""

    CODE = "code"
    DATA = "data"
    PROSE = "prose"


#: Code in languages without a bundled grammar.
_CODE = frozenset({
    ".sh", ".bash", ".zsh", ".fish", ".ps1", ".psm1", ".bat", ".cmd", ".kt", ".kts", ".swift", ".scala", ".groovy",
    ".gradle", ".lua", ".pl", ".pm", ".r", ".jl", ".sql", ".m", ".mm", ".vue", ".svelte", ".astro", ".tf", ".hcl",
    ".dart", ".ex", ".exs", ".erl", ".clj", ".hs", ".ml", ".fs", ".vb", ".nim", ".zig", ".sol", ".v", ".asm", ".s",
    ".cmake", ".mk", ".awk", ".sed", ".proto", ".graphql", ".cu", ".f90",
})  # fmt: skip
_PROSE = frozenset({
    ".md", ".markdown", ".mdx", ".rst", ".txt", ".adoc", ".asciidoc", ".tex", ".org", ".html", ".htm", ".po", ".pot",
    ".xlf", ".xliff", ".ftl", ".arb", ".strings", ".resx", ".srt", ".vtt", ".csv", ".tsv", ".properties", ".snap",
    ".svg", ".diff", ".patch", ".log", ".ipynb", ".bib",
})  # fmt: skip
_TRANSLATIONS = frozenset({
    "locale", "locales", "i18n", "l10n", "lang", "langs", "translations", "translation", "lproj", "nls", "intl",
})  # fmt: skip
_CODE_NAMES = frozenset({"makefile", "dockerfile", "jenkinsfile", "cmakelists.txt", "containerfile", "justfile"})
_PROSE_NAMES = frozenset({"changelog", "readme", "authors", "contributors", "license", "copying", "news", "thanks"})


def nature_of(path: str) -> Nature:
    name = PurePosixPath(path)
    lower, suffix = name.name.lower(), name.suffix.lower()
    if language_of(path) or suffix in _CODE or lower in _CODE_NAMES:
        return Nature.CODE
    translated = any(part.lower().removeprefix("values-") in _TRANSLATIONS for part in name.parts[:-1])
    if suffix in _PROSE or lower in _PROSE_NAMES or translated:
        return Nature.PROSE
    return Nature.DATA
