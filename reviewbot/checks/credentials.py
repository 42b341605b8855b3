"""Credentials that a change adds, or removes and so leaves live in the history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from reviewbot.core.credentials import Hit, grouped, value_of
from reviewbot.core.diff import Side
from reviewbot.core.findings import Finding, Rule, Severity, at
from reviewbot.core.paths import folders, is_test
from reviewbot.core.policy import FILE, Policy, classify_path
from reviewbot.core.text import visible
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

#: Where values are made up more often than not. Nothing is silenced there; what only its name tells does not block.
_MADE_UP = frozenset(("fixtures", "fixture", "examples", "example", "samples", "sample", "demo", "docs", "doc"))
_PROSE = (".md", ".rst", ".adoc", ".txt", ".example", ".sample", ".dist", ".template")
#: Kinds that the name or the place of a value tells, not its own shape.
_BY_NAME = frozenset(
    ("password", "token", "secret", "key", "credential", "url-password", "login-password", "command-password",
     "encoded-password", "sql-password", "basic-auth", "bearer-token")
)  # fmt: skip


def check(reading: Reading) -> Iterator[Finding]:
    yield from _on_side(reading, ADDED, "new", "old")
    yield from _on_side(reading, REMOVED, "old", "new")


def _on_side(reading: Reading, rule: Rule, side: Side, other: Side) -> Iterator[Finding]:
    """One finding for each credential with a changed line, unless the other side of the file has it too."""
    changed = reading.file.changed_numbers(side)
    touched = [hits for hits in grouped(reading.hits(side)) if any(hit.line in changed for hit in hits)]
    if not touched:
        return
    known, ours = set(_values(reading, other, grouped(reading.hits(other)))), _values(reading, side, touched)
    for hits, value in zip(touched, ours, strict=True):
        if value not in known:
            line = next(hit.line for hit in hits if hit.line in changed)
            severity = _severity(rule, hits[0], reading.file.side_path(side))
            finding = at(rule, reading.file, line, side=side, title=f"{rule.title}: {hits[0].kind}", severity=severity)
            name = reading.names.get((side, hits[0]), "")
            yield _named(replace(finding, confidence=hits[0].confidence), name, reading.policy)


def _named(finding: Finding, name: str, policy: Policy) -> Finding:
    """With the fingerprint to accept it by; no more than a note where the base policy has accepted it."""
    if not name:
        return finding
    accepted = next((one for one in policy.accepted if one.fingerprint == name), None)
    if accepted is None:
        return replace(finding, body=f"{finding.body} Fingerprint: {name}.")
    body = f"Accepted until {accepted.until}: {visible(accepted.reason)}"
    label = classify_path(policy, FILE).label
    return replace(finding, severity=Severity.INFO, title=f"Accepted: {finding.title}", body=body, label=label)


def _values(reading: Reading, side: Side, credentials: Iterable[Sequence[Hit]]) -> list[str]:
    blob = reading.file.new if side == "new" else reading.file.old
    lines = (blob.text or "").split("\n")
    return [value_of(lines, hits) for hits in credentials]


def _severity(rule: Rule, hit: Hit, path: str) -> Severity:
    """The rule's own for what is sure, less for the rest: what blocks by default must be no guess."""
    steps = 0 if hit.confidence >= 0.9 else 1 if hit.confidence >= 0.6 else 2 if hit.confidence >= 0.5 else 3
    if steps == 0 and hit.kind in _BY_NAME and _made_up(path):
        steps = 1
    return Severity(max(Severity.LOW, rule.severity - steps))


def _made_up(path: str) -> bool:
    return is_test(path) or path.lower().endswith(_PROSE) or not folders(path).isdisjoint(_MADE_UP)
