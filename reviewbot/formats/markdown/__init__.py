"""The report as Markdown, for a file or a page: what a forge may show, so nothing that is withheld from it."""

from __future__ import annotations

from functools import partial

from reviewbot.core import summary
from reviewbot.core.findings import Finding
from reviewbot.core.report import FileReport, Report
from reviewbot.formats.markdown.drafts import offered
from reviewbot.formats.markdown.pieces import block, by_severity, quoted, rendered

#: Rows of the table of files; lines of a quote, and characters of a line.
MOST_FILES, MOST_LINES, WIDE = 200, 12, 300
#: Characters of all drafts: GitHub takes a mebibyte as the summary of a step.
MOST_DRAFTS = 400_000


def render(report: Report) -> str:
    shown = summary.published(report)
    chosen = summary.in_full(shown)
    open_ = [item for item in shown.findings if item.id in chosen]
    folded = [item for item in shown.findings if item.id not in chosen]
    return rendered(
        "markdown/report.md.j2", report=shown, open=open_, folded=by_severity(folded), suggested=_suggested,
        quoted=partial(quoted, summary.signs(shown), lines=MOST_LINES, wide=WIDE), files=_files(shown),
        left_out=max(0, len(shown.files) - MOST_FILES), is_short=summary.is_short(report),
        drafts=offered(shown.drafts, MOST_DRAFTS),
    )  # fmt: skip


def _files(report: Report) -> list[tuple[FileReport, int]]:
    """The rows of the table: a file and how many findings it has; what was read least comes first."""
    placed, _ = summary.placed(report)
    rows = [(file, len(placed[file.path])) for file in report.files]
    rows.sort(key=lambda row: (-summary.OUTCOMES.index(row[0].outcome), -row[1], -row[0].label))
    return rows[:MOST_FILES]


def _suggested(finding: Finding) -> str:
    return block(finding.suggestion or "", "+", MOST_LINES, WIDE)
