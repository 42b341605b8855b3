"""The review as the summary of a step in GitHub Actions, which many can read: what a log may show, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reviewbot.core.drafts import Drafts
from reviewbot.core.markup import code, inert
from reviewbot.core.report import Report
from reviewbot.core.summary import LOG, WITHHELD, counted, found, place, published, readers, standing, unread, verdict
from reviewbot.formats.markdown.pieces import tail
from reviewbot.formats.stages import outcome, tally

#: Findings and scaffolds that are listed; GitHub takes a mebibyte, people less.
MOST, MOST_SCAFFOLDS = 200, 20


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
    yield from _drafts(report.drafts)


def _drafts(drafts: Drafts) -> Iterator[str]:
    """What is offered, how much, and the names of files: no word of what is in them."""
    if told := [*tally(drafts)]:
        yield ""
        yield f"Suggested: {', '.join(told)}"
        yield ""
    for item in drafts.scaffolds[:MOST_SCAFFOLDS]:
        yield f"* {code(tail(item.path)) or 'a file'}: {outcome(item.stages)}"
    if len(drafts.scaffolds) > MOST_SCAFFOLDS:
        yield f"* and {counted(len(drafts.scaffolds) - MOST_SCAFFOLDS, 'more scaffold')}"
