"""The type of a change by what it touches: one reason after the other, the surest first."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from reviewbot.tasks.message import deeds
from reviewbot.tasks.message.convention import Convention
from reviewbot.tasks.message.dependencies import released, updates
from reviewbot.tasks.message.parts import Part

_PIN = re.compile(r"[@:](?:[0-9a-f]{40}|v?\d[\w.-]{0,40})(?:\s*#.{0,60}$)?|@sha256:[0-9a-f]{64}")
_DIGITS = re.compile(r"\d[\d.,]*")

_BUILDS = re.compile(
    r"(?i)(?:^|/)(?:(?:[^/]*\.)?dockerfile[^/]*|makefile|[^/]*\.mk|cmakelists\.txt|[^/]*\.cmake|justfile|meson\.build|"
    r"build\.xml|manifest\.in|tsconfig[^/]*\.json|(?:rollup|webpack|vite|tsup|esbuild|rolldown|babel)\.config\.[^/]+|"
    r"docker-compose[^/]*|compose[^/]*\.ya?ml|\.dockerignore)$"
)


def kind(parts: Sequence[Part], convention: Convention, branch: str = "", because: str = "") -> str:
    """The type that this change has in the words of the project; `because` is its reason where that is known."""
    if branch.startswith("revert-"):
        return convention.allowed("revert")
    if convention.releases and released(parts) and not _roles(parts) & {"test"}:
        return convention.releases
    found = because or reason(parts)
    if found == "dependencies":
        return convention.dependencies or convention.allowed(_of_dependencies(parts))
    if found == "actions":
        return convention.actions or convention.dependencies or convention.allowed("ci")
    return convention.allowed(_as_code(parts) if found == "ci" and "ci" in convention.unused else found)


def reason(parts: Sequence[Part]) -> str:
    """The type as the convention has it; `dependencies` and `actions` for new versions of what others made."""
    return next((said for rule in _RULES if (said := rule(parts)) is not None), "chore")


def _roles(parts: Sequence[Part]) -> frozenset[str]:
    return frozenset(part.role for part in parts if part.role not in ("lock", "asset"))


def _as_code(parts: Sequence[Part]) -> str:
    """Where a project has no type for its pipelines, a new one is a feature and another one is mended."""
    own = [part for part in parts if part.role == "ci"]
    return "feat" if any(part.is_new for part in own) else "chore" if all(part.is_gone for part in own) else "fix"


def _moves(parts: Sequence[Part]) -> str | None:
    moved = bool(parts) and all(part.is_moved and not part.file.hunks for part in parts)
    return "refactor" if moved and _roles(parts) & {"code"} else None


def _documents(parts: Sequence[Part]) -> str | None:
    """A figure in a document that is brought up to date tells no reader anything new."""
    if _roles(parts) != {"docs"}:
        return None
    old = [_DIGITS.sub("0", line.text) for part in parts for line in part.file.removed]
    new = [_DIGITS.sub("0", line.text) for part in parts for line in part.file.added]
    return "chore" if old and old == new else "docs"


def _tests(parts: Sequence[Part]) -> str | None:
    """Tests, and what they need of documents, manifests and tools."""
    own = [part for part in parts if part.role == "test" and not _is_manifest(part)]
    return "test" if own and not _roles(parts) & {"code", "ci", "other"} else None


def _is_manifest(part: Part) -> bool:
    return part.path.rpartition("/")[2] in ("package.json", "go.mod", "Cargo.toml")


def _pipelines(parts: Sequence[Part]) -> str | None:
    if "ci" not in _roles(parts) or _roles(parts) & {"code", "other"}:
        return None
    return "actions" if _roles(parts) == {"ci"} and all(map(_is_pinning, parts)) else "ci"


def _is_pinning(part: Part) -> bool:
    """Whether nothing but versions of what a pipeline or an image uses changed."""
    old, new = ([_PIN.sub("", line.text) for line in lines] for lines in (part.file.removed, part.file.added))
    return bool(old) and old == new


def _manifests(parts: Sequence[Part]) -> str | None:
    if _roles(parts) - {"manifest", "test", "tooling", "docs"}:
        return None
    if any(part.role == "lock" for part in parts) and not _roles(parts):
        return "dependencies"
    if not any(part.role == "manifest" for part in parts):
        return None
    return "dependencies" if updates(parts) else "build"


def _of_dependencies(parts: Sequence[Part]) -> str:
    """What reaches users is mended by a new version; what only developers use is a chore."""
    found = [update for update in updates(parts) if update.kind == "runtime"]
    return "fix" if any(update.old and update.new for update in found) else "chore"


def _tools(parts: Sequence[Part]) -> str | None:
    """What a build reads, and what other tools do."""
    if "code" in _roles(parts):
        return None
    tools = [part for part in parts if part.role == "tooling"]
    if tools and len(tools) == len(parts) and all(map(_is_pinning, tools)):
        return "dependencies"
    return "build" if tools and all(_BUILDS.search(part.path) for part in tools) else "chore"


def _code(parts: Sequence[Part]) -> str | None:
    return deeds.of_code([part for part in parts if part.role == "code"], parts)


_RULES: tuple[Callable[[Sequence[Part]], str | None], ...] = (
    _moves, _documents, _tests, _pipelines, _manifests, _tools, _code,
)  # fmt: skip
