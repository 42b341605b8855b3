"""Schema `reviewbot.report/1`: its own structure, so that inner values may change freely."""

from __future__ import annotations

import json

from reviewbot.core.findings import Finding
from reviewbot.core.report import FileReport, Report

SCHEMA = "reviewbot.report/1"


def render(report: Report) -> str:
    return json.dumps(document(report), indent=2, ensure_ascii=False) + "\n"


def document(report: Report) -> dict[str, object]:
    """The report as docs/report.schema.json describes it."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "reviewbot", "version": report.version},
        "pull_request": {"base_sha": report.base_sha, "head_sha": report.head_sha,
                         "number": report.number, "title": report.title},
        "policy": {"source": report.policy.source, "sha256": report.policy.sha256},
        "status": report.status, "conclusion": report.conclusion, "exit_code": report.exit_code,
        "files": [_file(file) for file in report.files],
        "findings": [_finding(finding) for finding in report.findings],
        "message": None, "scaffolds": [], "usage": [], "ledger": None,
    }  # fmt: skip


def _file(file: FileReport) -> dict[str, object]:
    old_path = file.old_path if file.change in ("renamed", "copied") else None
    return {"path": encodable(file.path), "old_path": old_path and encodable(old_path), "change": file.change,
            "label": str(file.label), "rules": list(file.rules), "route": file.route, "outcome": file.outcome,
            "reason": file.reason}  # fmt: skip


def _finding(finding: Finding) -> dict[str, object]:
    place = finding.location
    return {
        "id": finding.id, "rule": finding.rule, "origin": finding.origin, "severity": str(finding.severity),
        "confidence": finding.confidence, "path": encodable(place.path), "line": place.line,
        "end_line": place.end_line, "side": place.side, "title": encodable(finding.title),
        "body": encodable(finding.body), "quote": encodable(finding.quote), "suggestion": finding.suggestion,
        "label": str(finding.label), "posted": finding.posted,
    }  # fmt: skip


def encodable(text: str) -> str:
    r"""The text with undecodable bytes spelled `\xNN`: JSON has no way to hold them."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
