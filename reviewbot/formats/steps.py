"""The review as the summary of a step in GitHub Actions, which many can read: what a log may show, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reviewbot.core.markup import code, inert
from reviewbot.core.report import Report
from reviewbot.core.summary import LOG, WITHHELD, counted, found, place, published, readers, standing, unread, verdict
from reviewbot.formats.comments.pieces import tail

#: Findings that are listed; GitHub takes a mebibyte, people less.
MOST = 200


def render(report: Report, notices: Sequence[str] = ()) -> str:
    """`notices` are what there is to say of telling it on the forge."""
    return "".join(f"{line}\n" for line in _lines(published(report, LOG), notices))


def _lines(report: Report, notices: Sequence[str]) -> Iterator[str]:
    titles = {rule.id: rule.title for rule in report.rules}
    yield f"### reviewbot: {verdict(report)}"
    yield ""
    conclusion = report.conclusion.replace("_", " ")
    yield f"**{conclusion}** · {found(report.findings)} · {standing(report)}"
    yield ""
    yield f"* {counted(len(report.files), 'file')}: {inert(readers(report))}"
    yield from (f"* {counted(number, 'file')} {inert(reason)}" for reason, number in unread(report))
    yield from (f"* {inert(notice)}" for notice in (*report.notices, *notices, WITHHELD))
    yield ""
    for finding in report.findings[:MOST]:
        title = titles.get(finding.rule, "")
        yield f"* {finding.severity} {code(tail(place(finding)))} {code(finding.rule)}{f' {title}' if title else ''}"
    if len(report.findings) > MOST:
        yield f"* and {counted(len(report.findings) - MOST, 'more finding')}"
