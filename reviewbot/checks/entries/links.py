"""Symbolic links: where they lead, as far as their text tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from reviewbot.core.findings import Finding, Rule, Severity, at
from reviewbot.core.policy import classify_path
from reviewbot.core.text import clipped, visible
from reviewbot.core.tree import Tree, above
from reviewbot.ports import Reading

SYMLINK = Rule(
    "entries/symlink", Severity.HIGH, "Symbolic link out of the repository",
    "Whatever follows it reads or writes a file of the machine it is checked out on.", 0.95,
)  # fmt: skip

_ABSOLUTE = re.compile(r"/|\\|[A-Za-z]:|~/")


def check(reading: Reading) -> Iterator[Finding]:
    file = reading.file
    target = file.new.text
    if not file.new.is_symlink or target is None or (file.old.is_symlink and file.old.text == target):
        return
    line = min(file.changed_numbers("new"), default=None)
    shown = clipped(visible(target), 120)
    if _ABSOLUTE.match(target):
        yield at(SYMLINK, file, line, title="Symbolic link to an absolute path", body=f"To {shown}. {SYMLINK.reason}")
        return
    place = resolved(file.path, target)
    if place is None:
        yield at(SYMLINK, file, line, body=f"To {shown}. {SYMLINK.reason}")
    elif any(is_git(part) for part in PurePosixPath(place).parts):
        yield at(SYMLINK, file, line, title="Symbolic link into the repository's own data",
                 body=f"To {shown}. Writing through it changes hooks or configuration, which git runs.")  # fmt: skip
    else:
        yield from _inside(reading, target, place, line)


def _inside(reading: Reading, target: str, place: str, line: int | None) -> Iterator[Finding]:
    file, shown = reading.file, clipped(visible(target), 120)
    label, own = (classify_path(reading.policy, path).label for path in (place, file.path))
    if label > own:
        body = f"To {shown}. What follows it reads a {label} file at a path that is {own}."
        yield at(SYMLINK, file, line, label=label, title=f"Symbolic link to what is {label}", body=body)
    elif _climbs(target):
        yield at(SYMLINK, file, line, severity=Severity.MEDIUM, title="Symbolic link that goes down and up again",
                 body=f"To {shown}. Where a part of it is a link itself, it leads somewhere else.")  # fmt: skip
    elif _is_nothing(place, reading.tree):
        yield at(SYMLINK, file, line, severity=Severity.LOW, title="Symbolic link to nothing",
                 body=f"To {shown}, which the repository does not have.")  # fmt: skip


def _is_nothing(place: str, tree: Tree) -> bool:
    """What lies behind a submodule or another link cannot be told."""
    return place not in tree.places and tree.paths.isdisjoint(above(place))


def resolved(path: str, target: str) -> str | None:
    """The path a link names, by its text alone; None for one that leaves the repository."""
    parts: list[str] = []
    for part in (*path.split("/")[:-1], *target.split("/")):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def is_git(part: str) -> bool:
    """True for a name that some file system takes for `.git`."""
    plain = "".join(c for c in part if not ("\u200b" <= c <= "\u200f" or "\u202a" <= c <= "\u206f" or c == "\ufeff"))
    return plain.casefold().rstrip(" .") in (".git", "git~1") or plain.casefold().startswith(".git:")


def _climbs(target: str) -> bool:
    """`..` after a name: true to its text only where that name is a folder."""
    parts = [part for part in target.split("/") if part not in ("", ".")]
    names = [place for place, part in enumerate(parts) if part != ".."]
    return bool(names) and ".." in parts[names[0] :]
