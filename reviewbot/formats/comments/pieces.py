"""What all comments are made of: their templates, and places and snippets of bounded length."""

from __future__ import annotations

from collections.abc import Mapping

from reviewbot.core import summary as facts
from reviewbot.core.findings import Finding
from reviewbot.formats.markdown.pieces import block, quoted, rendered, tail, unmarked

#: Lines of a quote or a suggestion, and characters of a line.
MOST_LINES, WIDE = 8, 160


def written(template: str, **values: object) -> str:
    """A piece of a comment, by the name of its template."""
    return unmarked(rendered(f"comments/{template}.md.j2", **values))


def place(finding: Finding) -> str:
    return tail(facts.place(finding))


def quote(signs: Mapping[str, str], finding: Finding) -> str:
    return quoted(signs, finding, MOST_LINES, WIDE)


def snippet(text: str | None, sign: str = "+") -> str:
    return block(text or "", sign, MOST_LINES, WIDE)
