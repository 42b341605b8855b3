"""SARIF 2.1.0, for code scanning services: what a forge may show, so nothing that is withheld from it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from reviewbot.core.findings import Finding, Rule, Severity
from reviewbot.core.report import FileReport, Report
from reviewbot.core.summary import is_read, place, published
from reviewbot.core.text import visible

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
#: The folder all paths are relative to; who reads the file knows where it is.
ROOT = "%SRCROOT%"

LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning",
          Severity.LOW: "note", Severity.INFO: "note"}  # fmt: skip
#: GitHub shows critical, high, medium and low by these scores.
SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5",
          Severity.LOW: "2.5", Severity.INFO: "0.0"}  # fmt: skip


def render(report: Report) -> str:
    return json.dumps(document(report), indent=1) + "\n"


def document(report: Report) -> dict[str, object]:
    """One run, with what was not read among its notifications: an empty list of results is not a clean bill."""
    report = published(report)
    shown = report.findings
    rules = _rules(report, shown)
    numbers = {rule.id: number for number, rule in enumerate(rules)}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "reviewbot", "semanticVersion": report.version,
                                "rules": [_rule(rule) for rule in rules]}},
            "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
            "columnKind": "unicodeCodePoints",
            "invocations": [{"executionSuccessful": all(file.outcome != "failed" for file in report.files),
                             "exitCode": report.exit_code,
                             "toolExecutionNotifications": list(_notifications(report))}],
            "results": [_result(finding, numbers[finding.rule]) for finding in shown],
            "properties": {"status": report.status, "conclusion": report.conclusion,
                           "baseSha": report.base_sha, "headSha": report.head_sha},
        }],
    }  # fmt: skip


def _rules(report: Report, findings: Sequence[Finding]) -> list[Rule]:
    """All kinds that were looked for, then those that only findings name (linters, models)."""
    known = {rule.id: rule for rule in report.rules}
    for finding in findings:
        known.setdefault(finding.rule, Rule(finding.rule, finding.severity, finding.rule, ""))
    return list(known.values())


def _rule(rule: Rule) -> dict[str, object]:
    described = {"fullDescription": {"text": plain(rule.reason)}} if rule.reason else {}
    return {
        "id": visible(rule.id), "shortDescription": {"text": plain(rule.title)}, **described,
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"security-severity": SCORES[rule.severity], "tags": ["security"]},
    }  # fmt: skip


def _result(finding: Finding, number: int) -> dict[str, object]:
    removed = f" (removed line {finding.location.line})" if _is_removed(finding) else ""
    message = " ".join(filter(None, (f"{finding.title}{removed}.", finding.body)))
    return {
        "ruleId": visible(finding.rule), "ruleIndex": number, "level": LEVELS[finding.severity],
        "message": {"text": plain(message)}, "locations": [_location(finding)], "rank": 100 * finding.confidence,
        "partialFingerprints": {"reviewbot/v1": finding.id, "primaryLocationLineHash": f"{finding.id}:1"},
        "properties": {"severity": str(finding.severity), "label": str(finding.label), "side": finding.location.side,
                       "origin": visible(finding.origin), "place": place(finding)},
        **_fixes(finding),
    }  # fmt: skip


def _is_removed(finding: Finding) -> bool:
    return finding.location.side == "old" and finding.location.line is not None


def _location(finding: Finding) -> dict[str, object]:
    """The lines of the new side. A removed line is in no file that a reader could open: the file as a whole."""
    spot = finding.location
    region: dict[str, object] = {}
    if spot.line is not None and spot.side == "new":
        region = {"region": {"startLine": spot.line, "endLine": spot.end_line or spot.line}}
    return {"physicalLocation": {"artifactLocation": {"uri": uri(spot.path), "uriBaseId": ROOT}, **region}}


def _fixes(finding: Finding) -> dict[str, object]:
    """A suggestion replaces whole lines; the newline after the last one stays."""
    spot = finding.location
    if finding.suggestion is None or spot.line is None or spot.side == "old":
        return {}
    replacement = {
        "deletedRegion": {"startLine": spot.line, "endLine": spot.end_line or spot.line},
        "insertedContent": {"text": finding.suggestion.removesuffix("\n")},
    }
    change = {"artifactLocation": {"uri": uri(spot.path), "uriBaseId": ROOT}, "replacements": [replacement]}
    return {"fixes": [{"artifactChanges": [change]}]}


def _notifications(report: Report) -> Iterator[dict[str, object]]:
    for notice in report.notices:
        yield {"level": "warning", "message": {"text": plain(notice)}}
    for file in report.files:
        if not is_read(file):
            yield _notification(file)


def _notification(file: FileReport) -> dict[str, object]:
    location = {"physicalLocation": {"artifactLocation": {"uri": uri(file.path), "uriBaseId": ROOT}}}
    return {
        "level": "error" if file.outcome == "failed" else "note",
        "message": {"text": plain(f"{file.outcome}: {file.reason}")},
        "locations": [location],
    }


def uri(path: str) -> str:
    """A relative reference: every byte outside letters, digits, `_.-~` and `/` percent-encoded, so never a scheme."""
    return "/".join(map(_segment, path.encode("utf-8", "surrogateescape").split(b"/")))


def _segment(name: bytes) -> str:
    # A reader resolves dots: `..` in a name from a hostile tree must not leave the root.
    return name.decode().replace(".", "%2E") if name in (b".", b"..") else quote(name, safe="")


def plain(text: str) -> str:
    """Message text without SARIF's own markup, `[text](target)`."""
    return visible(" ".join(text.split())).replace("](", "] (")
