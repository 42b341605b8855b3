"""What a path is to a project: its code, tests, documents, pipelines, manifests, and what tools read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Literal

from reviewbot.core.grammars import language_of
from reviewbot.core.paths import folders, is_lock, is_pipeline, is_test

Role = Literal["code", "test", "docs", "ci", "manifest", "lock", "tooling", "asset", "other"]

_DOCUMENTS = frozenset({".md", ".mdx", ".rst", ".adoc", ".txt", ".markdown", ".org", ".tex", ".1", ".ipynb"})
_DOCUMENT_NAMES = re.compile(
    r"(?i)(readme|license|licence|copying|notice|authors|contributors|contributing|changelog|changes|history|news|security|"
    r"code_of_conduct|codeowners|citation|funding|support|governance|maintainers|faq)(\..{1,12})?"
)
_DOCUMENT_FOLDERS = frozenset({"docs", "doc", "documentation", "website", "www", "man", "issue_template"})
_TEST_FOLDERS = frozenset({"fixtures", "__fixtures__", "__snapshots__", "snapshots", "golden", "testing"})
_TEST_NAMES = re.compile(r"(?i)(tests?|e2e|integration)[._-].*|.*[._-](test|tests|spec)\.\w+|.*\.snap|codecov\.ya?ml|"
                         r"(jest|vitest|karma|playwright|cypress)\.config.*|\.mocharc.*|\.nycrc.*|pytest\.ini|tox\.ini|"
                         r"\.coveragerc")  # fmt: skip
_PIPELINES = re.compile(r"(?i)(^|/)(\.travis\.yml|\.circleci/.*|\.buildkite/.*|azure-pipelines.*\.ya?ml|jenkinsfile|"
                        r"appveyor\.yml|\.appveyor\.yml|\.drone\.yml|cloudbuild\.ya?ml|\.woodpecker.*|bitbucket-pipelines\.yml)$|"
                        r"^\.github/(workflows|actions)/|^\.gitlab/ci/|(^|/)\.gitlab-ci.*\.ya?ml$")  # fmt: skip
_MANIFESTS = re.compile(
    r"(?i)(package\.json|pyproject\.toml|setup\.(py|cfg)|.*requirements.*\.(txt|in)|(.*/)?requirements/.*\.(txt|in)|pipfile|"
    r"go\.mod|cargo\.toml|pom\.xml|build\.gradle(\.kts)?|.*\.versions\.toml|gemfile|.*\.gemspec|composer\.json|.*\.[cf]sproj|"
    r"directory\.packages\.props|pnpm-workspace\.yaml|environment\.ya?ml|mix\.exs|deno\.jsonc?|pubspec\.yaml)"
)
_TOOLING = re.compile(
    r"(?i)(\..*|.*\.config\.[cm]?[jt]s|tsconfig.*\.json|jsconfig.*\.json|(.*\.)?dockerfile.*|docker-compose.*|compose.*\.ya?ml|"
    r"makefile|.*\.mk|cmakelists\.txt|.*\.cmake|justfile|taskfile\.ya?ml|renovate\.json5?|lerna\.json|nx\.json|turbo\.json|"
    r"biome\.jsonc?|mypy\.ini|ruff\.toml|noxfile\.py|meson\.build|build\.xml|manifest\.in|netlify\.toml|vercel\.json|"
    r"vagrantfile|procfile|rakefile|gulpfile\..*|gruntfile\..*|.*\.patch)"
)
_ASSETS = frozenset({".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".webp", ".woff", ".woff2", ".ttf", ".mp4",
                     ".pdf"})  # fmt: skip
_CODE = frozenset({
    ".sh", ".bash", ".zsh", ".fish", ".ps1", ".bat", ".pl", ".pm", ".lua", ".kt", ".kts", ".swift", ".scala",
    ".ex", ".exs", ".erl", ".hs", ".ml", ".clj", ".dart", ".r", ".jl", ".m", ".mm", ".vue", ".svelte", ".astro",
    ".css", ".scss", ".sass", ".less", ".html", ".htm", ".sql", ".graphql", ".proto", ".tf", ".j2", ".jinja",
    ".tmpl", ".hbs", ".ejs", ".zig", ".nim",
})  # fmt: skip
#: Characters of a path that are looked at: patterns with two wild parts take time by its square.
_LONG = 400
#: What a repository offers to others, though it looks like a setting of its own.
_OFFERED = frozenset({".pre-commit-hooks.yaml", "action.yml", "action.yaml"})


@lru_cache(maxsize=4096)  # every hunk asks it of its file
def role(path: str) -> Role:
    """What the path says, of a long one its end; the contents are not asked."""
    path = path[-_LONG:]
    name = PurePosixPath(path).name
    if path in _OFFERED:
        return "code"
    for found, holds in (
        ("lock", is_lock(path)),
        ("test", not folders(path).isdisjoint(_TEST_FOLDERS)),
        ("docs", "issue_template" in folders(path)),
        ("ci", is_pipeline(path) or _PIPELINES.search(path) is not None),
        ("test", _is_test(path, name)),
        ("docs", _is_document(path, name)),
        ("manifest", _MANIFESTS.fullmatch(name) is not None),
        ("tooling", _is_tooling(path, name)),
        ("code", _is_code(path)),
        ("asset", PurePosixPath(name).suffix.lower() in _ASSETS),
    ):
        if holds:
            return found  # type: ignore[return-value]
    return "other"


def _is_test(path: str, name: str) -> bool:
    return is_test(path) or not folders(path).isdisjoint(_TEST_FOLDERS) or _TEST_NAMES.fullmatch(name) is not None


def _is_document(path: str, name: str) -> bool:
    suffix = PurePosixPath(name).suffix.lower()
    if _MANIFESTS.fullmatch(name) or name.lower() in ("cmakelists.txt", "robots.txt"):
        return False
    if _DOCUMENT_NAMES.fullmatch(name) and language_of(path) is None:
        return True
    return suffix in _DOCUMENTS or not folders(path).isdisjoint(_DOCUMENT_FOLDERS)


def _is_tooling(path: str, name: str) -> bool:
    return _TOOLING.fullmatch(name) is not None or any(part.startswith(".") for part in folders(path))


def _is_code(path: str) -> bool:
    """Commands have no suffix: `bin/run`."""
    suffix = PurePosixPath(path).suffix.lower()
    if language_of(path) is not None or suffix in _CODE:
        return True
    return not suffix and not folders(path).isdisjoint({"bin", "script", "scripts"})


def shared(roles: Sequence[Role]) -> frozenset[Role]:
    """The roles of a change, without those that only follow from others."""
    found = frozenset(roles)
    return found - {"lock"} if found - {"lock"} else found
