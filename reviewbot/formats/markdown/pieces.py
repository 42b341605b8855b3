"""What Markdown is made of, in reports and in comments: the templates, their filters, and blocks of code.

Untrusted text reaches a template through `core.markup` only: it stands in it as words and code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined

from reviewbot.core import summary
from reviewbot.core.findings import Finding, Severity
from reviewbot.core.markup import brief, cell, code, fenced, inert
from reviewbot.core.text import clipped, visible

#: Characters of a text.
LONG = 2000

_GAPS = re.compile("\n{3,}")


def prose(text: str) -> str:
    return inert(clipped(text, LONG))


def _code(text: str) -> str:
    return code(clipped(text, LONG))


def _cell(text: str) -> str:
    return cell(clipped(text, LONG))


# Not autoescaped: what is not ours passes through the filters, whose output is Markdown.
_ENVIRONMENT = Environment(loader=PackageLoader("reviewbot.formats", "."), autoescape=False,  # noqa: S701
                           undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
                           keep_trailing_newline=True)  # fmt: skip
_ENVIRONMENT.filters |= {"prose": prose, "code": _code, "cell": _cell, "brief": brief,
                         "counted": summary.counted}  # fmt: skip


def rendered(template: str, **values: object) -> str:
    """A template of this package's folders, with no gap of more than one line."""
    return _GAPS.sub("\n\n", _ENVIRONMENT.get_template(template).render(summary=summary, **values))


def by_severity(findings: Iterable[Finding]) -> dict[Severity, list[Finding]]:
    """The findings in groups, in their order."""
    groups: dict[Severity, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.severity, []).append(finding)
    return groups


def quoted(signs: Mapping[str, str], finding: Finding, lines: int, wide: int) -> str:
    """The lines it is about, signed as in a diff: no line may begin with what GitLab takes for a command."""
    return block(finding.quote, signs.get(finding.id, " ").replace(" ", "│ "), lines, wide)


def block(text: str, sign: str, lines: int, wide: int) -> str:
    """The first lines of a text as a diff, each with a sign and cut to so many characters; "" for a blank text."""
    if not text.strip():
        return ""
    given = text.split("\n")
    more = [f"… {summary.counted(len(given) - lines, 'more line')}"] if len(given) > lines else []
    shown = (visible(clipped(line.replace("\t", "    "), wide)) for line in given[:lines])
    return fenced([*(sign + clipped(line, 2 * wide) for line in shown), *more], "diff")
