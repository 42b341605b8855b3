"""The review in a CI log, which many can read: names, counts and rules, never a line of a file or a word of a draft.

In GitHub Actions files fold into a group and inline findings become annotations; in GitLab files fold into a section.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from reviewbot.core.findings import Finding, Severity
from reviewbot.core.report import Report
from reviewbot.core.summary import LOG, WITHHELD, counted, found, name, place, published, readers, standing, verdict
from reviewbot.core.text import harmless, visible
from reviewbot.formats.stages import tally

Service = Literal["", "actions", "gitlab"]

LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning",
          Severity.LOW: "notice", Severity.INFO: "notice"}  # fmt: skip
_FOLDS = {
    "": ("{title}:", ""),
    "actions": ("::group::{title}", "::endgroup::"),
    # A section needs times; what it shows of them is how long it took, which is nothing.
    "gitlab": ("\x1b[0Ksection_start:0:reviewbot_files[collapsed=true]\r\x1b[0K{title}",
               "\x1b[0Ksection_end:0:reviewbot_files\r\x1b[0K"),
}  # fmt: skip


def render(report: Report, service: Service = "") -> str:
    shown = published(report, LOG)
    return "".join(f"{line}\n" for line in _lines(shown, service) if line)


def _lines(report: Report, service: Service) -> Iterator[str]:
    titles = {rule.id: rule.title for rule in report.rules}
    yield f"reviewbot {report.base_sha[:10]}..{report.head_sha[:10]}: {verdict(report)}"
    yield from (f"! {harmless(notice)}" for notice in (*report.notices, WITHHELD))
    opens, closes = _FOLDS[service]
    yield opens.format(title=f"{counted(len(report.files), 'file')}: {harmless(readers(report))}")
    for file in report.files:
        reason = f"  ({harmless(file.reason)})" if file.reason else ""
        yield f"  {file.label!s:12} {file.outcome:8} +{file.added} -{file.removed}  {harmless(name(file))}{reason}"
    yield closes
    for finding in report.findings:
        title = titles.get(finding.rule, "")
        if service == "actions" and finding.posted == "inline":
            yield _annotation(finding, title)
        yield f"{finding.severity!s:8}  {harmless(finding.rule)}  {harmless(place(finding))}  {title}".rstrip()
    # Of a draft nothing but that there is one: its words are made of lines of files.
    yield from (f"draft: {words}" for words in tally(report.drafts))
    yield f"{report.conclusion}: {found(report.findings)}; {standing(report)}"


def _annotation(finding: Finding, title: str) -> str:
    spot = finding.location
    pairs = [("file", visible(spot.path)), ("title", visible(finding.rule))]
    if spot.line is not None and spot.side == "new":
        pairs += [("line", str(spot.line)), ("endLine", str(spot.end_line or spot.line))]
    properties = ",".join(f"{key}={escaped(value).replace(':', '%3A').replace(',', '%2C')}" for key, value in pairs)
    return f"::{LEVELS[finding.severity]} {properties}::{escaped(title or visible(finding.rule))}"


def escaped(text: str) -> str:
    """Text in a workflow command, as the runner reads it (actions/toolkit, command.ts)."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
