"""What people ask of the bot in a comment. Nothing here names a backend, a model, an address, a policy or a label."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Name = Literal["review", "full", "explain", "dismiss", "message", "scaffold", "help"]
NAMES: tuple[Name, ...] = ("review", "full", "explain", "dismiss", "message", "scaffold", "help")
#: Characters of a reason.
MAX_REASON = 300
#: How many digits of a finding's id are enough to name it.
FEWEST = 6

_FIRST = re.compile(r"/reviewbot[ \t]+([a-z]{1,20})(?:[ \t]+(.*))?", re.ASCII)
_ENDS = re.compile("[\r\n]")
_ID = re.compile(rf"([0-9a-f]{{{FEWEST},16}})(?=[ \t]|$)[ \t]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Command:
    """One command; `id` is the beginning of a finding's id, "" where the thread that it stands in says which."""

    name: Name
    id: str = ""
    reason: str = ""


def parse(body: str) -> Command | None:
    """The command that a comment begins with; None for any other comment, one that quotes a command for one."""
    line = next((row for row in _ENDS.split(body.removeprefix("\ufeff")) if row.strip()), "").expandtabs(4)
    # Four blanks make a line code.
    found = _FIRST.fullmatch(line.lstrip(" ").rstrip()) if not line.startswith("    ") else None
    name = next((name for name in NAMES if found and name == found[1]), None)
    if found is None or name is None:
        return None
    rest = (found[2] or "").strip()
    if name not in ("explain", "dismiss"):
        # A word too many is no command that anybody documented.
        return None if rest else Command(name)
    named = _ID.match(rest)
    reason = rest[named.end() :] if named else rest
    return Command(name, named[1] if named else "", reason[:MAX_REASON])


def is_command(body: str) -> bool:
    return parse(body) is not None


def of_label(label: str) -> Command | None:
    """The command of a label of a pull request, `reviewbot:full`."""
    prefix, mark, name = label.partition(":")
    known = next((one for one in NAMES if one == name and one not in ("explain", "dismiss", "help")), None)
    return Command(known) if prefix == "reviewbot" and mark and known else None
