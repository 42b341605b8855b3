"""What all comments are made of: their templates, and places and snippets of bounded length."""

from __future__ import annotations

import re
from collections.abc import Mapping

from reviewbot.core import summary as facts
from reviewbot.core.findings import Finding
from reviewbot.core.text import visible
from reviewbot.formats.markdown.pieces import block, quoted, rendered

#: Lines of a quote or a suggestion, and characters of a line; characters of a path, of which the end is kept.
MOST_LINES, WIDE, LONGEST = 8, 160, 200

_MARK = re.compile(r"<!--(?=[ \t]*reviewbot)", re.IGNORECASE)


def written(template: str, **values: object) -> str:
    """A piece of a comment, by the name of its template."""
    return unmarked(rendered(f"comments/{template}.md.j2", **values))


def unmarked(text: str) -> str:
    """The text with nothing in it that could be taken for one of the bot's own marks."""
    return _MARK.sub("\\\\x3c!--", text)


def place(finding: Finding) -> str:
    return tail(facts.place(finding))


def tail(path: str) -> str:
    """The end of a long path: the beginning tells less."""
    shown = visible(path)
    return shown if len(shown) <= LONGEST else f"…{shown[-LONGEST:]}"


def quote(signs: Mapping[str, str], finding: Finding) -> str:
    return quoted(signs, finding, MOST_LINES, WIDE)


def snippet(text: str | None, sign: str = "+") -> str:
    return block(text or "", sign, MOST_LINES, WIDE)
