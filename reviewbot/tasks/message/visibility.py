"""Whether code elsewhere is meant to use what a file defines, as far as its language says."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.core.paths import folders
from reviewbot.core.symbols import text_of
from reviewbot.tasks.message.roles import role

if TYPE_CHECKING:
    from tree_sitter import Node

SCRIPTS = frozenset({"javascript", "typescript", "tsx"})
#: Folders whose code nobody imports.
_INSIDE = frozenset({"internal", "_internal", "scripts", "script", "tools", "examples", "example", "samples", "demo",
                     "playground", "migrations"})  # fmt: skip
_ALL = re.compile(r"^__all__(?:: [\w\[\], ]{1,40})? *\+?= *[\[(]([^\])]{0,20000})", re.MULTILINE)
_EXPORTS = re.compile(
    r"export *(?:type *)?\{([^{}]{0,5000})\}(?! *from)|module\.exports *= *\{([^{}]{0,5000})\}|"
    r"(?:module\.)?exports\.([\w$]{1,80}) *=(?!=)|module\.exports *= *([\w$]{1,80}) *(?:;|$)|"
    r"export default ([\w$]{1,80}) *(?:;|$)",
    re.MULTILINE,
)
_WORD = re.compile(r"[\w$]+")
_QUOTED = re.compile(r"""["']([A-Za-z_]\w{0,79})["']""", re.ASCII)
_MODIFIERS = frozenset({"modifiers", "modifier", "visibility_modifier", "accessibility_modifier", "static"})


@dataclass(frozen=True, slots=True)
class Visibility:
    """What one side of a file says of all its names."""

    language: str
    #: Whether nothing in this file is for others.
    hidden: bool
    #: The names that it lists as its exports; None where it has no such list.
    listed: frozenset[str] | None

    @classmethod
    def of(cls, path: str, language: str, text: str) -> Visibility:
        inside = not folders(path).isdisjoint(_INSIDE) or any(part.startswith("_") for part in folders(path))
        private = path.rpartition("/")[2].startswith("_") and not path.endswith("__init__.py")
        listed: frozenset[str] | None = None
        if language == "python" and (found := _ALL.findall(text)):
            listed = frozenset(_QUOTED.findall(" ".join(found)))
        elif language in SCRIPTS:
            listed = frozenset(_WORD.findall(" ".join(" ".join(groups) for groups in _EXPORTS.findall(text))))
        return cls(language, inside or private or role(path) != "code", listed)

    def is_public(self, node: Node, name: str, owner: str, owned: bool, exported: bool) -> bool:
        """`owned`: whether what it stands in is public; `exported`: whether an export statement is around it."""
        if self.hidden or not owned or not name:
            return False
        says = _SAYS.get(self.language)
        if says is None:
            return False
        marks = " ".join(text_of(child, 200) for child in node.children[:6] if child.type in _MODIFIERS)
        return says(_Sight(name, owner, marks, exported or self.listed is None or name in self.listed))


@dataclass(frozen=True, slots=True)
class _Sight:
    """A name with what stands before it; `exported`: by its statement or its file's list, or the file has no list."""

    name: str
    owner: str
    marks: str
    exported: bool


def _python(seen: _Sight) -> bool:
    return (not seen.name.startswith("_") or seen.name == "__init__") and (bool(seen.owner) or seen.exported)


def _script(seen: _Sight) -> bool:
    return _unless_hidden(seen) and seen.name[:1] not in ("#", "_") if seen.owner else seen.exported


def _go(seen: _Sight) -> bool:
    return seen.name[:1].isupper() and (not seen.owner or seen.owner[:1].isupper())


def _marked_public(seen: _Sight) -> bool:
    return re.search(r"\bpublic\b", seen.marks) is not None


def _rust(seen: _Sight) -> bool:
    return seen.marks.startswith("pub") and "(" not in seen.marks


def _unless_hidden(seen: _Sight) -> bool:
    return not re.search(r"private|protected", seen.marks)


def _ruby(seen: _Sight) -> bool:
    return not seen.name.startswith("_")


_SAYS: dict[str, Callable[[_Sight], bool]] = {
    "python": _python, "javascript": _script, "typescript": _script, "tsx": _script, "go": _go, "java": _marked_public,
    "csharp": _marked_public, "rust": _rust, "php": _unless_hidden, "ruby": _ruby,
}  # fmt: skip
