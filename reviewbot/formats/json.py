"""Schema `reviewbot.report/1`: its own structure, so that inner values may change freely."""

from __future__ import annotations

import json

from reviewbot.core.answers import Usage
from reviewbot.core.drafts import Drafts, Message, Rewording, Scaffold
from reviewbot.core.findings import Dropped, Finding
from reviewbot.core.report import FileReport, Record, Report
from reviewbot.core.summary import kept
from reviewbot.core.text import encodable
from reviewbot.formats.stages import tried

SCHEMA = "reviewbot.report/1"


def render(report: Report) -> str:
    """Pure ASCII: whatever a text holds, no reader or terminal is shown a control character."""
    return json.dumps(document(report), indent=2) + "\n"


def document(report: Report) -> dict[str, object]:
    """The report as docs/report.schema.json describes it."""
    report = kept(report)
    return {
        "schema": SCHEMA,
        "tool": {"name": "reviewbot", "version": report.version},
        "pull_request": {"base_sha": report.base_sha, "head_sha": report.head_sha,
                         "number": report.number, "title": encodable(report.title)},
        "policy": {"source": report.policy.source, "sha256": report.policy.sha256},
        "status": report.status, "conclusion": report.conclusion, "exit_code": report.exit_code,
        "files": [_file(file) for file in report.files],
        "findings": [_finding(finding) for finding in report.findings],
        "dropped": [_dropped(item) for item in report.dropped],
        "message": _suggested(report.drafts), "scaffolds": [_scaffold(item) for item in report.drafts.scaffolds],
        "refused": [{"target": encodable(target), "reason": encodable(reason), "label": str(label)}
                    for target, reason, label in report.drafts.refused],
        "usage": [_usage(usage) for usage in report.usage],
        "ledger": None if report.ledger is None else _ledger(report.ledger),
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


def _dropped(item: Dropped) -> dict[str, object]:
    return {"path": encodable(item.path), "line": item.line, "title": encodable(item.title),
            "reason": encodable(item.reason), "label": str(item.label), "origin": encodable(item.origin)}  # fmt: skip


def _suggested(drafts: Drafts) -> dict[str, object] | None:
    """The message that tells most, and what to write of single commits."""
    if drafts.message is None:
        return None
    return {**_message(drafts.message), "commits": [_rewording(item) for item in drafts.rewordings]}


def _message(message: Message) -> dict[str, object]:
    return {"subject": encodable(message.subject), "body": encodable(message.body), "label": str(message.label),
            "origin": encodable(message.origin), "notice": encodable(message.notice)}  # fmt: skip


def _rewording(item: Rewording) -> dict[str, object]:
    return {"sha": encodable(item.commit), "subject": encodable(item.subject),
            "problems": [encodable(problem) for problem in item.problems], "message": _message(item.message),
            "commands": [encodable(command) for command in item.commands]}  # fmt: skip


def _scaffold(item: Scaffold) -> dict[str, object]:
    return {
        "path": encodable(item.path), "target": encodable(item.target), "language": encodable(item.language),
        "framework": encodable(item.framework), "content": encodable(item.content), "stages": dict(tried(item.stages)),
        "unwritten": item.unwritten, "notices": [encodable(notice) for notice in item.notices],
        "label": str(item.label), "origin": encodable(item.origin),
    }  # fmt: skip


def _usage(usage: Usage) -> dict[str, object]:
    seconds = {"p50": usage.p50, "p95": usage.p95, "p99": usage.p99, "first_token_p50": usage.first_token_p50,
               "first_token_p95": usage.first_token_p95, "queue_p50": usage.queue_p50,
               "queue_p95": usage.queue_p95}  # fmt: skip
    return {
        "backend": encodable(usage.backend), "model": encodable(usage.model), "calls": usage.calls,
        "failed": usage.failed, "tokens_in": usage.tokens_in, "tokens_out": usage.tokens_out,
        "cost_usd": round(usage.cost_usd, 6),
        "seconds": {name: None if value is None else round(value, 3) for name, value in seconds.items()},
    }  # fmt: skip


def _ledger(record: Record) -> dict[str, object]:
    return {"path": encodable(record.path), "entries": record.entries, "head": record.head}


def _optional(text: str | None) -> str | None:
    return None if text is None else encodable(text)
