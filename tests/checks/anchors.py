"""Where findings may stand: on what the change added or removed, or on the file as a whole."""

from __future__ import annotations

from reviewbot.core.findings import Finding
from reviewbot.ports import Check, Reading


def anchored(check: Check, reading: Reading) -> list[Finding]:
    """What a check says of a reading, each finding's rule and line looked up."""
    findings = list(check.check(reading))
    rules = {rule.id for rule in check.RULES}
    for finding in findings:
        place = finding.location
        assert finding.rule in rules
        assert place.line is None or place.line in reading.file.changed_numbers(place.side), finding
    return findings
