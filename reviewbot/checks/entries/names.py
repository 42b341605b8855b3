"""Names that some systems cannot check out, or take for another."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.checks.entries.links import is_git
from reviewbot.core.findings import Finding, Rule, Severity, at
from reviewbot.core.policy import classify_path
from reviewbot.core.text import clipped, visible
from reviewbot.core.tree import folded, tree_of
from reviewbot.ports import Reading

COLLISION = Rule(
    "entries/collision", Severity.MEDIUM, "Two paths that differ in case or spelling only",
    "On macOS and Windows they are one file: a checkout has the one or the other, and always looks changed.", 0.95,
)  # fmt: skip
NAME = Rule(
    "entries/name", Severity.LOW, "Name that Windows cannot check out",
    "A clone there fails or lacks the file.", 0.9,
)  # fmt: skip

_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?", re.IGNORECASE)
_NOWHERE = frozenset({"", ".", ".."})
_FORBIDDEN = re.compile(r"[<>:\"|?*\\\x00-\x1f]")
#: Bytes of one name that common file systems hold.
MAX_NAME = 255


def check(reading: Reading) -> Iterator[Finding]:
    file = reading.file
    if file.change not in ("added", "renamed", "copied"):
        return
    parts = file.path.split("/")
    if any(is_git(part) for part in parts):
        yield at(NAME, file, None, severity=Severity.HIGH, title="Path inside what some systems take for .git",
                 body="A checkout there writes into the repository's own configuration and hooks.")  # fmt: skip
    elif not _NOWHERE.isdisjoint(parts):
        yield at(NAME, file, None, severity=Severity.HIGH, title="Path with a part that is no name",
                 body="git makes no such tree: a careless checkout writes outside its folder.")  # fmt: skip
    elif (why := next(filter(None, map(_why, parts)), None)) is not None:
        yield at(NAME, file, None, body=f"{why} {NAME.reason}")
    alike = tree_of(reading.pull).spellings.get(folded(file.path), ())
    twin = next((other for other in alike if other != file.path), None)
    if twin is not None:
        label = classify_path(reading.policy, twin).label
        yield at(COLLISION, file, None, label=label,
                 body=f"The other is {clipped(visible(twin), 200)}. {COLLISION.reason}")  # fmt: skip


def _why(name: str) -> str | None:
    if _RESERVED.fullmatch(name):
        return "It is the name of a device."
    if name != name.rstrip(" ."):
        return "It ends in a space or a dot."
    if (found := _FORBIDDEN.search(name)) is not None:
        return f"It has {visible(found[0])!r}."
    if len(name.encode("utf-8", "surrogateescape")) > MAX_NAME:
        return f"It is longer than {MAX_NAME} bytes."
    return None
