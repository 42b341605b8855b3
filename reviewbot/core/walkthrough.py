"""What a change does, in a few lines: where its files are, how much of them, and what in them is touched.

Made from paths and hunks alone, no model. The same change gives the same lines.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reviewbot.core import credentials
from reviewbot.core.diff import Hunk
from reviewbot.core.grammars import language_of
from reviewbot.core.paths import is_lock, is_pipeline, is_test
from reviewbot.core.report import FileReport

#: Areas; folders of a path that tell areas apart; names of an area; its lines that are searched for names.
MOST_AREAS, DEEPEST, MOST_NAMES, MOST_LINES = 6, 4, 4, 2000
#: Characters of a line that are searched: a definition stands at its beginning.
_WIDE = 300

_NAME = r"([A-Za-z_$][\w$]{0,59})(?![\w$])"
_DEFINED = re.compile(
    r"^\s*(?:(?:export|default|public|private|protected|internal|static|final|abstract|async|unsafe|pub(?:\([a-z]+\))?|"
    r"data|sealed|open|override|inline|const|extern)\s+){0,6}"
    r"(?:(?:def|class|function\*?|fn|interface|struct|enum|trait|module|fun|record|object)\s+(?:self\.)?" + _NAME + r"|"
    r"func\s+(?:\([^()]{0,100}\)\s*)?" + _NAME + r"|"
    r"(?:const|let|var)\s+" + _NAME + r"\s*=\s*(?:async\s*)?(?:function\b|\([^()]{0,200}\)\s*=>))",
    re.ASCII,
)
#: What git shows above a hunk of C and its like: a line that begins with a word and has a bracket.
_CALLABLE = re.compile(r"^[A-Za-z_][^()=;]{0,200}?\b" + _NAME + r"\s*\(", re.ASCII)
_STATEMENTS = frozenset({"if", "for", "while", "switch", "return", "else", "catch", "sizeof", "elif", "with", "print"})
_MANIFESTS = re.compile(
    r"(?:^|/)(?:package\.json|pyproject\.toml|setup\.(?:py|cfg)|[^/]*requirements[^/]*\.(?:txt|in)|Pipfile|go\.mod|"
    r"Cargo\.toml|pom\.xml|build\.gradle(?:\.kts)?|Gemfile|composer\.json|[^/]+\.csproj|(?:[^/]+\.)?Dockerfile)$",
    re.IGNORECASE | re.ASCII,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Area:
    """The changed files of one folder; of a single file `where` is its path."""

    #: "" for the folder at the top.
    where: str
    files: int
    added: int
    removed: int
    #: Of the files, how many are new, gone, moved or copied, and tests.
    created: int
    deleted: int
    moved: int
    tests: int
    #: Functions and classes that changed lines stand in, the first of them; `unnamed` says that there are more.
    names: tuple[str, ...]
    unnamed: bool
    #: Paths of what declares or pins dependencies, and of CI definitions.
    manifests: tuple[str, ...]
    pipelines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Walkthrough:
    """The areas with most changed lines first; `rest` are the files of those that are left out."""

    areas: tuple[Area, ...]
    files: int
    added: int
    removed: int
    rest: int


def walk(files: Sequence[FileReport]) -> Walkthrough:
    """The walkthrough of a change."""
    areas = sorted(
        (_area(where, group) for where, group in _grouped(files).items()),
        key=lambda area: (-(area.added + area.removed), area.where),
    )
    added, removed = sum(area.added for area in areas), sum(area.removed for area in areas)
    rest = sum(area.files for area in areas[MOST_AREAS:])
    return Walkthrough(tuple(areas[:MOST_AREAS]), len(files), added, removed, rest)


def _grouped(files: Sequence[FileReport]) -> dict[str, list[FileReport]]:
    """By folder, as deep as it takes to tell them apart and no deeper than gives a few."""
    parts = [file.path.split("/")[:-1] for file in files]
    depths = range(2, DEEPEST + 1)
    fitting = [depth for depth in depths if len({tuple(folders[:depth]) for folders in parts}) <= MOST_AREAS]
    depth = max(fitting, default=1)
    groups: dict[str, list[FileReport]] = {}
    for file, folders in zip(files, parts, strict=True):
        groups.setdefault("/".join(folders[:depth]), []).append(file)
    return groups


def _area(folder: str, files: Sequence[FileReport]) -> Area:
    kinds = Counter(file.change for file in files)
    names, unnamed = _names(files)
    return Area(
        where=files[0].path if len(files) == 1 else folder, files=len(files),
        added=sum(file.added for file in files), removed=sum(file.removed for file in files),
        created=kinds["added"], deleted=kinds["deleted"], moved=kinds["renamed"] + kinds["copied"],
        tests=sum(is_test(file.path) for file in files), names=names, unnamed=unnamed,
        manifests=tuple(file.path for file in files if _MANIFESTS.search(file.path) or is_lock(file.path)),
        pipelines=tuple(file.path for file in files if is_pipeline(file.path)),
    )  # fmt: skip


def _names(files: Iterable[FileReport]) -> tuple[tuple[str, ...], bool]:
    """The first names in code that is no test, each once, and whether there are more."""
    found: dict[str, None] = {}
    left = MOST_LINES
    code = (file for file in files if language_of(file.path) is not None and not is_test(file.path))
    for hunk in (hunk for file in code for hunk in file.hunks):
        if left <= 0 or len(found) > MOST_NAMES:
            break
        found |= dict.fromkeys(_touched(hunk, left))
        left -= len(hunk.lines)
    names = tuple(found)
    return names[:MOST_NAMES], len(names) > MOST_NAMES


def _touched(hunk: Hunk, most: int) -> Iterator[str]:
    """The names of what the changed lines of a hunk stand in, as far as its own lines and its section tell."""
    name = _section(hunk.section)
    for line in hunk.lines[:most]:
        name = _defined(line.text) or name
        if name and line.mark != " ":
            yield name


def _section(section: str) -> str:
    """Of a section no more than a name: it is a line from elsewhere, in which no credential was looked for."""
    called = _CALLABLE.match(section[:_WIDE])
    name = _defined(section) or (called[1] if called else "")
    return "" if name in _STATEMENTS or credentials.withheld(name) != name else name


def _defined(line: str) -> str:
    found = _DEFINED.match(line[:_WIDE])
    return next(filter(None, found.groups()), "") if found else ""
