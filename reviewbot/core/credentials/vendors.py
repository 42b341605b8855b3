"""Tokens that say themselves what they are: the shapes that vendors give to their credentials.

A literal that most such tokens have is looked for in one pass over the text; only where it stands is the
whole shape tried, and a trial costs a constant. The other shapes are RE2's to find.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, partial
from typing import Any

import re2  # type: ignore[import-untyped]

from reviewbot.core.credentials.hits import Span
from reviewbot.core.credentials.shapes import MIDDLES, OPEN, SHAPES, SURE
from reviewbot.core.credentials.sites import each, finder
from reviewbot.core.credentials.values import entropy

#: How far a shape reaches after its literal, and before it.
_WINDOW, _BACK = 2200, 90


def spans(text: str, raw: bytes) -> Iterator[Span]:
    """Every token of a known shape. `raw` is the text with one byte for each character."""
    yield from each(_literals(), raw, partial(_shaped, text))
    yield from each(finder(*(pattern for _, pattern in OPEN)), raw, partial(_opened, text))


def _shaped(text: str, start: int) -> Iterator[Span]:
    """The token whose literal stands here; of two literals that begin alike the longer one tells more."""
    literal = next(length for length in _lengths() if text[start : start + length] in _by_literal())
    after = start + literal
    for kind, before, shape in _by_literal()[text[start:after]]:
        begin = _start(text, start, before)
        if begin is None or (found := _compiled(shape).match(text, after, after + _WINDOW)) is None:
            continue
        if _plausible(text[after if begin == start else begin : found.end()]):
            yield Span(begin, found.end(), kind, SURE.get(kind, 0.95))
            return


def _opened(text: str, start: int) -> Iterator[Span]:
    found = _any_open().match(text, start)
    if found is not None and found.lastindex is not None and _plausible(found[found.lastindex]):
        kind = OPEN[found.lastindex - 1][0]
        yield Span(*found.span(found.lastindex), kind, SURE.get(kind, 0.9))


def _start(text: str, literal: int, before: str) -> int | None:
    """Where the token begins whose literal stands here: there, or as far back as `before` says."""
    if not before:
        return literal if _begins(text, literal) else None
    found = _backwards(before).match(text[max(0, literal - _BACK) : literal][::-1])
    return literal - found.end() if found is not None else None


def _begins(text: str, start: int) -> bool:
    """Nothing of a word before it; the letter of an escape (`\\n`) or the digits of one (`%3D`) are no word."""
    if start == 0 or not (text[start - 1].isascii() and text[start - 1].isalnum()):
        return True
    escaped = start > 1 and text[start - 2] == "\\" and text[start - 1] in "nrtbf"
    return escaped or (start > 2 and text[start - 3] == "%")


def _plausible(value: str) -> bool:
    """False for placeholders: few different characters, or a series."""
    low = value.lower()
    return entropy(low) > 2.6 and "example" not in low and "abcdefghij" not in low and "xxxx" not in low


@cache
def _by_literal() -> dict[str, tuple[tuple[str, str, str], ...]]:
    table: dict[str, tuple[tuple[str, str, str], ...]] = {}
    for kind, before, literals, shape in (*((kind, "", *rest) for kind, *rest in SHAPES), *MIDDLES):
        for literal in literals.split():
            table[literal] = (*table.get(literal, ()), (kind, before, shape))
    return table


@cache
def _lengths() -> tuple[int, ...]:
    return tuple(sorted({len(literal) for literal in _by_literal()}, reverse=True))


@cache
def _compiled(shape: str) -> re.Pattern[str]:
    return re.compile(f"(?:{shape})(?![A-Za-z0-9])", re.ASCII)


@cache
def _backwards(before: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{before})(?=$|[^\w~+/-]|[nrt]\\)", re.ASCII)


@cache
def _literals() -> Any:
    return finder(*(re2.escape(literal) for literal in sorted(_by_literal())))


@cache
def _any_open() -> re.Pattern[str]:
    return re.compile("|".join(pattern for _, pattern in OPEN), re.ASCII)
