"""Credentials that a change adds, or removes and so leaves live in the history."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.core import credentials
from reviewbot.core.diff import Side
from reviewbot.core.findings import Finding, Rule, Severity, at
from reviewbot.ports import Reading

ADDED = Rule(
    "credentials/added", Severity.CRITICAL, "Credential in the change",
    "Everyone who can read the repository can use it: rotate it, then load it from a secret store.", 0.9,
)  # fmt: skip
REMOVED = Rule(
    "credentials/removed", Severity.HIGH, "Removed credential is still live",
    "It stays in the history: rotate it.", 0.8,
)  # fmt: skip
RULES = (ADDED, REMOVED)


def check(reading: Reading) -> Iterator[Finding]:
    sides: tuple[tuple[Rule, Side], ...] = ((ADDED, "new"), (REMOVED, "old"))
    for rule, side in sides:
        blob = reading.file.new if side == "new" else reading.file.old
        changed = reading.file.changed_numbers(side)
        for hit in credentials.find(blob.text or "", reading.file.side_path(side)):
            if hit.line in changed:
                yield at(rule, reading.file, hit.line, side=side, title=f"{rule.title}: {hit.kind}")
