"""Merge conflict markers left in a file."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.core.findings import Finding, Rule, Severity, at
from reviewbot.ports import Reading

MARKER = Rule(
    "conflicts/marker", Severity.HIGH, "Merge conflict marker",
    "The merge was committed unresolved: both versions are in the file.", 0.99,
)  # fmt: skip
RULES = (MARKER,)


def check(reading: Reading) -> Iterator[Finding]:
    """A marker counts only as a set: an opening line with its closing line below it, one of them added."""
    opened: int | None = None
    added = reading.file.changed_numbers("new")
    for number, line in enumerate(reading.file.new.lines(), 1):
        if line.startswith("<<<<<<< "):
            opened = number
        elif line.startswith(">>>>>>> ") and opened is not None:
            if opened in added or number in added:
                yield at(MARKER, reading.file, opened)
            opened = None
