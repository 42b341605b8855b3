"""Schema `reviewbot.report/1`: its own structure, so that inner values may change freely."""

from __future__ import annotations

import json

from reviewbot.core.findings import Finding
from reviewbot.core.report import FileReport, Report
from reviewbot.core.text import encodable

SCHEMA = "reviewbot.report/1"


def render(report: Report) -> str:
    """Pure ASCII: whatever a text holds, no reader or terminal is shown a control character."""
    return json.dumps(document(report), indent=2) + "\n"


def document(report: Report) -> dict[str, object]:
    """The report as docs/report.schema.json describes it."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "reviewbot", "version": report.version},
        "pull_request": {"base_sha": report.base_sha, "head_sha": report.head_sha,
                         "number": report.number, "title": encodable(report.title)},
        "policy": {"source": report.policy.source, "sha256": report.policy.sha256},
        "status": report.status, "conclusion": report.conclusion, "exit_code": report.exit_code,
        "files": [_file(file) for file in report.files],
        "findings": [_finding(finding) for finding in report.findings],
        "message": None, "scaffolds": [], "usage": [], "ledger": None,
    }  # fmt: skip


def _file(file: FileReport) -> dict[str, object]:
    moved = file.change in ("renamed", "copied")
    return {
        "path": encodable(file.path), "old_path": encodable(file.old_path) if moved else None, "change": file.change,
        "label": str(file.label), "rules": [encodable(rule) for rule in file.rules], "route": _optional(file.route),
        "outcome": file.outcome, "reason": encodable(file.reason),
    }  # fmt: skip


def _finding(finding: Finding) -> dict[str, object]:
    place = finding.location
    return {
        "id": finding.id, "rule": encodable(finding.rule), "origin": encodable(finding.origin),
        "severity": str(finding.severity), "confidence": finding.confidence, "path": encodable(place.path),
        "line": place.line, "end_line": place.end_line, "side": place.side, "title": encodable(finding.title),
        "body": encodable(finding.body), "quote": encodable(finding.quote),
        "suggestion": _optional(finding.suggestion), "label": str(finding.label), "posted": finding.posted,
    }  # fmt: skip


def _optional(text: str | None) -> str | None:
    return None if text is None else encodable(text)
