"""The report as Markdown, for a comment or a file: what a forge may show, so nothing that is withheld from it.

Untrusted text reaches the template through `core.markup` only: it stands in it as words and code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import partial

from jinja2 import Environment, PackageLoader, StrictUndefined

from reviewbot.core import summary
from reviewbot.core.findings import Finding, Severity
from reviewbot.core.markup import cell, code, fenced, inert
from reviewbot.core.report import FileReport, Report
from reviewbot.core.text import clipped

#: Rows of the table of files; lines of a quote; characters of a line and of a text.
MOST_FILES, MOST_LINES, WIDE, LONG = 200, 12, 300, 2000

_GAPS = re.compile("\n{3,}")


def _prose(text: str) -> str:
    return inert(clipped(text, LONG))


def _code(text: str) -> str:
    return code(clipped(text, LONG))


def _cell(text: str) -> str:
    return cell(clipped(text, LONG))


# Not autoescaped: what is not ours passes through the filters, whose output is Markdown.
_ENVIRONMENT = Environment(loader=PackageLoader(__name__, "."), autoescape=False, undefined=StrictUndefined,  # noqa: S701
                           trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)  # fmt: skip
_ENVIRONMENT.filters |= {"prose": _prose, "code": _code, "cell": _cell, "counted": summary.counted}


def render(report: Report) -> str:
    shown = summary.published(report)
    chosen = summary.in_full(shown)
    open_ = [item for item in shown.findings if item.id in chosen]
    folded = [item for item in shown.findings if item.id not in chosen]
    text = _ENVIRONMENT.get_template("report.md.j2").render(
        report=shown, summary=summary, quoted=partial(_quoted, summary.signs(shown)), suggested=_suggested,
        open=open_, folded=_by_severity(folded), files=_files(shown), left_out=max(0, len(shown.files) - MOST_FILES),
        is_short=summary.is_short(report),
    )  # fmt: skip
    return _GAPS.sub("\n\n", text)


def _by_severity(findings: Iterable[Finding]) -> dict[Severity, list[Finding]]:
    groups: dict[Severity, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.severity, []).append(finding)
    return groups


def _files(report: Report) -> list[tuple[FileReport, int]]:
    """The rows of the table: a file and how many findings it has; what was read least comes first."""
    placed, _ = summary.placed(report)
    rows = [(file, len(placed[file.path])) for file in report.files]
    rows.sort(key=lambda row: (-summary.OUTCOMES.index(row[0].outcome), -row[1], -row[0].label))
    return rows[:MOST_FILES]


def _quoted(signs: Mapping[str, str], finding: Finding) -> str:
    """The lines it is about, signed as in a diff: no line may begin with what GitLab takes for a command."""
    return _block(finding.quote, signs.get(finding.id, " ").replace(" ", "│ "))


def _suggested(finding: Finding) -> str:
    return _block(finding.suggestion or "", "+")


def _block(text: str, sign: str) -> str:
    if not text.strip():
        return ""
    lines = text.split("\n")
    more = [f"… {summary.counted(len(lines) - MOST_LINES, 'more line')}"] if len(lines) > MOST_LINES else []
    return fenced([*(sign + clipped(line, WIDE) for line in lines[:MOST_LINES]), *more], "diff")
