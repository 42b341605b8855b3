"""New versions of dependencies, as manifests show them, and of the project itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from reviewbot.core.diff import Line
from reviewbot.tasks.message.parts import Part

Kind = Literal["runtime", "development", "own", ""]

#: Lines of a manifest that are read, and characters of one.
_MOST, _WIDE = 3000, 300
_NAME = r"@?[A-Za-z0-9][\w.\-/@]{0,79}"
_VERSION = r"[\^~<>=!v]{0,3} ?\d[\w.\-+]{0,30}"
#: `"name": "^1.2"`, `name = "1.2"`, `name = { version = "1.2"`, `name>=1.2`, `name v1.2` (go), `- repo@v1`, `rev: v1`.
_PINS = tuple(re.compile(pattern, re.ASCII) for pattern in (
    rf'^["\']?({_NAME})["\']?\s*[:=]\s*["\'](?:npm:|workspace:)?({_VERSION})',
    rf'^["\']?({_NAME})["\']?\s*=\s*\{{[^}}]{{0,120}}?version\s*=\s*["\']({_VERSION})',
    rf'^["\']?({_NAME})(?:\[[\w,\- ]{{0,60}}\])?\s*((?:===?|[~><!]=?|\^)\s*\d[\w.\-+]{{0,30}})',
    rf"^(?:require\s+)?({_NAME}/{_NAME}|{_NAME}\.\w+/{_NAME})\s+(v\d[\w.\-+]{{0,40}})",
    rf"""^gem\s+["']({_NAME})["'],\s*["']({_VERSION})""",
    rf"^(?:-\s*)?uses:\s*({_NAME})@[0-9a-f]{{40}}\s*#\s*(v?\d[\w.\-+]{{0,40}})",
    rf"^(?:-\s*)?uses:\s*({_NAME})@(v?\d[\w.\-+]{{0,40}})",
))  # fmt: skip
_SECTION = re.compile(
    r"""^["'\[]*(?:tool\.)?([\w.\-]{0,40}(?:[dD]ependencies|dev-dependencies|requires?|engines|require-dev|optional-[\w-]{1,20}))["'\]]*\s*[:={\[(]?""",
    re.ASCII,
)
_FIELDS = frozenset({"version", "rev", "python", "node", "npm", "target-version", "python_requires", "requires-python",
                     "name", "edition", "go", "license", "description", "line-length", "packagemanager"})  # fmt: skip
_OWN = re.compile(r"""^["']?(?:version|__version__|VERSION)["']?\s*[:=]\s*["']?(v?\d[\w.\-+]{0,30})""", re.ASCII)


@dataclass(frozen=True, slots=True)
class Update:
    """A dependency with its version before and after; "" where it is new or gone."""

    name: str
    old: str
    new: str
    kind: Kind = ""


def updates(parts: Sequence[Part], roles: Collection[str] = ("manifest",)) -> tuple[Update, ...]:
    """What manifests ask for now and did not before, each once and in order."""
    found: dict[tuple[str, str, str], Update] = {}
    for part in parts:
        if part.role in roles or part.path.rpartition("/")[2] == "package.json":
            for one in _updated(part):
                found.setdefault((one.name, one.old, one.new), one)
    return tuple(found.values())


def _updated(part: Part) -> Iterator[Update]:
    old, new = _pinned(part, True), _pinned(part, False)
    changed = {name for side in (old, new) for name in side if old.get(name, ("",))[0] != new.get(name, ("",))[0]}
    for name in (name for name in dict.fromkeys((*old, *new)) if name in changed):
        was, now = old.get(name), new.get(name)
        if part.role == "ci" and not (was and now):  # a step that comes or goes is no dependency
            continue
        kind = (now or was or ("", ""))[1]
        yield Update(name, was[0] if was else "", now[0] if now else "", kind)  # type: ignore[arg-type]


def _pinned(part: Part, old: bool) -> dict[str, tuple[str, str]]:
    """By name the versions on the changed lines of a side, each with the kind of its section."""
    found: dict[str, tuple[str, str]] = {}
    section = ""
    for line, changed in _lines(part, old):
        text = line.strip()
        if opened := _SECTION.match(text):
            section = opened[1]
        elif text.startswith("["):
            section = ""
        if changed and (pin := _pin(text.lstrip("\"'") if text[:1] in "\"'" else text)) is not None:
            found.setdefault(pin[0], (pin[1], _kind(section, pin[0])))
    return found


def _lines(part: Part, old: bool) -> Iterator[tuple[str, bool]]:
    """The lines of a side; whether each changed."""
    blob = part.file.old if old else part.file.new
    changed = part.file.changed_numbers("old" if old else "new")
    for number, line in enumerate(blob.lines()[:_MOST], 1):
        yield line[:_WIDE], number in changed


def _pin(text: str) -> tuple[str, str] | None:
    for pattern in _PINS:
        if (found := pattern.match(text)) and found[1].lower() not in _FIELDS:
            return found[1], re.sub(r"^[\^~<>=! ]+", "", found[2]) or found[2]
    return None


def _kind(section: str, name: str) -> Kind:
    if section == "engines":
        return "own"
    if re.search(r"(?i)dev|test|lint|group", section):
        return "development"
    return "runtime" if section else ""


def released(parts: Sequence[Part]) -> str:
    """The version that the project itself has now, "" where it keeps the one that it had."""
    for part in parts:
        if part.role in ("manifest", "code", "other") and not part.is_new:
            was, now = _own(part.file.removed), _own(part.file.added)
            if now and was and was != now:
                return now
    return ""


def _own(lines: Sequence[Line]) -> str:
    found = (_OWN.match(line.text[:_WIDE].strip()) for line in lines[:_MOST])
    return next((match[1] for match in found if match is not None), "")
