"""What Markdown is made of, in reports and in comments: the templates, their filters, and blocks of code.

Untrusted text reaches a template through `core.markup` only: it stands in it as words and code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from jinja2 import Environment, PackageLoader, StrictUndefined

from reviewbot.core import summary
from reviewbot.core.findings import Finding, Severity
from reviewbot.core.markup import brief, cell, code, fenced, inert
from reviewbot.core.text import clipped, visible

#: Characters of a text, and of a path, of which the end is kept.
LONG, LONGEST = 2000, 200

#: A block of code, which stays as it is, or more than one blank line.
_GAPS = re.compile(r"(^(`{3,})[^`\n]*\n.*?^\2$)|\n{3,}", re.DOTALL | re.MULTILINE)
_MARK = re.compile(r"<!--(?=[ \t]*reviewbot)", re.IGNORECASE)

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Fitted:
    """The blocks that fit, how many do not, and the characters of those that do."""

    blocks: tuple[str, ...] = ()
    left: int = 0
    size: int = 0


def fitted(items: Iterable[Item], render: Callable[[Item], str], most: int) -> Fitted:
    """The first blocks that fit into so many characters; after one that does not, none is made."""
    blocks: list[str] = []
    left = 0
    for item in items:
        text = render(item).strip("\n") if not left else ""
        if not left and len(text) + 2 <= most:
            blocks.append(text)
            most -= len(text) + 2
        else:
            left += 1
    return Fitted(tuple(blocks), left, sum(len(text) + 2 for text in blocks))


def unmarked(text: str) -> str:
    """The text with nothing in it that could be taken for one of the bot's own marks."""
    return _MARK.sub("\\\\x3c!--", text)


def tail(path: str) -> str:
    """The end of a long path: the beginning tells less."""
    shown = visible(path[-LONGEST:])
    return shown if len(shown) <= LONGEST and len(path) <= LONGEST else f"…{shown[-LONGEST:]}"


def prose(text: str) -> str:
    return inert(clipped(text, LONG))


def _code(text: str) -> str:
    return code(clipped(text, LONG))


def _line(text: str) -> str:
    """The beginning of a line that may be long."""
    return code(clipped(text, LONGEST))


def _cell(text: str) -> str:
    return cell(clipped(text, LONG))


# Not autoescaped: what is not ours passes through the filters, whose output is Markdown.
_ENVIRONMENT = Environment(loader=PackageLoader("reviewbot.formats", "."), autoescape=False,  # noqa: S701
                           undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
                           keep_trailing_newline=True)  # fmt: skip
_ENVIRONMENT.filters |= {"prose": prose, "code": _code, "cell": _cell, "brief": brief, "tail": tail, "line": _line,
                         "counted": summary.counted}  # fmt: skip


def rendered(template: str, **values: object) -> str:
    """A template of this package's folders, with no gap of more than one line outside of code."""
    text = _ENVIRONMENT.get_template(template).render(summary=summary, **values)
    return _GAPS.sub(lambda match: match[1] or "\n\n", text)


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
