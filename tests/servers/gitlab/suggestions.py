"""Suggestions in notes: what GitLab makes of `suggestion:-n+m`, and what a suggestion does to a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt

#: Lines above and below the commented line; GitLab silently takes no more.
MAX_LINES = 100
_OFFSETS = re.compile(r"(?:-(\d+))?(?:\+(\d+))?")
_MARKDOWN = MarkdownIt("commonmark")


@dataclass(frozen=True)
class Fence:
    """A suggestion as it is written: lines above and below the commented one, and the text."""

    above: int
    below: int
    text: str
    #: What GitLab would not take as it was meant.
    problem: str = ""


def fences(body: str) -> Iterator[Fence]:
    for token in _MARKDOWN.parse(body):
        language, _, offsets = token.info.strip().partition(":")
        if token.type != "fence" or language != "suggestion":
            continue
        match = _OFFSETS.fullmatch(offsets)
        above, below = (int(match[1] or 0), int(match[2] or 0)) if match else (0, 0)
        problem = "" if match else f"suggestion:{offsets} is no offset"
        if max(above, below) > MAX_LINES:
            problem = f"suggestion:{offsets} is more than {MAX_LINES} lines"
        yield Fence(above, below, token.content.removesuffix("\n"), problem)


def lines(text: str) -> list[str]:
    """With their ends. A suggestion counts lines as git does."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def replaced(text: str, first: int, last: int, new: str) -> str:
    """The text with lines `first` to `last` replaced."""
    whole = lines(text)
    return "".join([*whole[: first - 1], new, *whole[last:]])


def content(fence: Fence, old: str) -> str:
    """What is written into the file: an empty suggestion deletes lines, any other ends as they ended."""
    if not fence.text.strip():
        return ""
    end = re.search(r"\r\n|\r|\n", (lines(old) or [""])[-1])
    return fence.text + (end[0] if end else "")
