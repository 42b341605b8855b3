"""Where credentials stand: spans of a text while they are looked for, hits on its lines once they are found."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """A credential, or one line of it: 1-based line, columns (characters) of the value, kind, strength.

    The lines of one credential follow each other and are numbered by `part` from 0. The value is not here.
    """

    line: int
    start: int
    end: int
    kind: str
    confidence: float = 0.9
    part: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The characters `start` to `end` of a whole text."""

    start: int
    end: int
    kind: str
    confidence: float


def united(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that overlap made one; the surest of them says what it is."""
    whole: list[Span] = []
    for span in sorted(spans):
        if whole and span.start < whole[-1].end:
            last = whole[-1]
            best = max(last, span, key=lambda one: one.confidence)
            whole[-1] = Span(last.start, max(last.end, span.end), best.kind, best.confidence)
        else:
            whole.append(span)
    return whole


def on_lines(text: str, spans: Iterable[Span]) -> Iterator[Hit]:
    """Each span as hits, one for every line that it covers; blank lines and indentation stay out."""
    starts: list[int] = []
    for span in spans:
        starts = starts or _line_starts(text)
        part = 0
        for index in range(bisect_right(starts, span.start) - 1, bisect_right(starts, span.end - 1)):
            begin = starts[index]
            end = starts[index + 1] - 1 if index + 1 < len(starts) else len(text)
            piece = text[max(begin, span.start) : min(end, span.end)]
            if not piece.strip():
                continue
            start = max(begin, span.start) + len(piece) - len(piece.lstrip())
            yield Hit(index + 1, start - begin, start - begin + len(piece.strip()), span.kind, span.confidence, part)
            part += 1


def _line_starts(text: str) -> list[int]:
    starts = [0]
    position = text.find("\n")
    while position >= 0:
        starts.append(position + 1)
        position = text.find("\n", position + 1)
    return starts
