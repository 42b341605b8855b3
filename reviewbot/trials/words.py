"""What a program said of its failure: one line of it, that nothing takes for ours."""

from __future__ import annotations

import re

from reviewbot.core.text import clipped, harmless

#: Characters of a line that a reader is told, and of the text that is looked at.
_SAID, _READ = 160, 200_000
_COLOURS = re.compile(r"\x1b\[[0-9;?]{0,20}[A-Za-z]")
#: The reason, the surest sign of one first: counts of failures and calls stand below it.
_REASONS = tuple(map(re.compile, (
    r"^E\s{1,10}\S", r"^panic: |panicked at|\berror(?:\[E\d{4}\])?:|cannot find ",
    r"\b[A-Z]\w{0,60}(?:Error|Exception)\b",
)))  # fmt: skip


def last(said: str) -> str:
    """The line that names a reason, else the last one; "" where nothing was said."""
    lines = [line for line in map(str.strip, _COLOURS.sub("", said[-_READ:]).split("\n")) if line]
    found = (one for reason in _REASONS for one in lines if reason.search(one))
    return line(next(found, lines[-1])) if lines else ""


def line(text: str) -> str:
    return clipped(harmless(text.strip()), _SAID)
