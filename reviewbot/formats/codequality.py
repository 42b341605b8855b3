"""GitLab's Code Quality report: shown in the merge request, so nothing that is withheld from its comments."""

from __future__ import annotations

import json

from reviewbot.core.findings import Finding, Severity
from reviewbot.core.report import FileReport, Report
from reviewbot.core.summary import homes, new_lines, published
from reviewbot.core.text import clipped, encodable, visible

SEVERITIES = {Severity.CRITICAL: "blocker", Severity.HIGH: "critical", Severity.MEDIUM: "major",
              Severity.LOW: "minor", Severity.INFO: "info"}  # fmt: skip


def render(report: Report) -> str:
    shown = published(report)
    entries = [
        _entry(finding, home, line)
        for finding, home, line in zip(shown.findings, homes(shown), new_lines(shown), strict=True)
    ]
    return json.dumps(entries, indent=1) + "\n"


def _entry(finding: Finding, home: FileReport | None, line: int | None) -> dict[str, object]:
    """Every entry needs a line of the new file: a whole file's is its first, a removed line's the one above it."""
    removed = f" (removed line {finding.location.line})" if finding.location.side == "old" else ""
    description = " ".join(filter(None, (f"{finding.title}{removed}.", finding.body)))
    return {
        "description": clipped(visible(" ".join(description.split())), 1000),
        "check_name": visible(finding.rule),
        "fingerprint": finding.id,
        "severity": SEVERITIES[finding.severity],
        "location": {
            "path": encodable(home.path if home else finding.location.path),
            "lines": {"begin": line or 1},
        },
    }
