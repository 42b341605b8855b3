"""Where a model's quote stands: its line numbers are hints, only text that was shown to it is a place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reviewbot.core.diff import Line, Side
from reviewbot.core.passages import shown

#: What models copy along with a line: its number and mark, or a diff's mark alone.
_NUMBERED = re.compile(r"^\s*\d{1,7}\s[ +-](?:\s|$)")
_MARKED = re.compile(r"^[+-](?=\s|\S)")
_FENCE = re.compile(r"^\s*`{3,}\w*\s*$")
#: Characters, blanks left out, that a piece of a line needs to say where it is.
TELLING = 6


@dataclass(frozen=True, slots=True)
class Anchor:
    """Lines `line` to `end_line` of one side. `exact` where the whole quote stands there."""

    path: str
    side: Side
    line: int
    end_line: int
    exact: bool = True


@dataclass(frozen=True, slots=True)
class _Row:
    #: The path at the head, and the one on its side.
    file: str
    path: str
    side: Side
    number: int
    text: str
    changed: bool


class Shown:
    """The rows that one prompt showed, by side and in order."""

    def __init__(self, files: Iterable[tuple[str, str, Sequence[Sequence[Line]]]]) -> None:
        """`files` are path, old path and the lines of each passage."""
        self._runs: list[list[_Row]] = []
        self._runs = [
            run
            for path, old_path, passages in files
            for lines in passages
            for run in (
                [_Row(path, path, "new", line.new, _squeezed(shown(line.text)), line.old is None)
                 for line in lines if line.new is not None],
                [_Row(path, old_path, "old", line.old, _squeezed(shown(line.text)), line.new is None)
                 for line in lines if line.old is not None],
            ) if any(row.text for row in run)
        ]  # fmt: skip

    def find(self, path: str, line: int | None, quote: str) -> Anchor | str:
        """Where the quote stands, or why it has no place: `absent`, `ambiguous` or `empty`.

        The file named comes first, then every other; the whole quote first, then its most telling line.
        """
        wanted = tuple(_wanted(quote))
        if not wanted:
            return "empty"
        reason = "absent"
        for rows, exact in ((wanted, True), *(((one,), False) for one in _telling(wanted))):
            for named in (True, False):
                found = [
                    hit for run in self._runs if run and (run[0].path == path) is named for hit in _hits(run, rows)
                ]
                match _chosen(found, line, exact):
                    case Anchor() as anchor:
                        return anchor
                    case "ambiguous":
                        reason = "ambiguous"
        return reason


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _wanted(quote: str) -> Iterator[str]:
    """The lines of a quote without what a model adds to them."""
    for line in quote.split("\n"):
        if not _FENCE.match(line):
            bare = _squeezed(_NUMBERED.sub("", line))
            if bare:
                yield bare


def _telling(wanted: Sequence[str]) -> list[str]:
    """The lines of a quote that say where it is, longest first; with a diff's mark taken off where there is one."""
    bare = [_MARKED.sub("", one).strip() for one in wanted]
    lines = dict.fromkeys(line for line in (*wanted, *bare) if len(line.replace(" ", "")) >= TELLING)
    own = lines if len(wanted) > 1 else [line for line in lines if line not in wanted]
    return sorted(own, key=len, reverse=True)


def _hits(run: Sequence[_Row], rows: Sequence[str]) -> Iterator[tuple[_Row, _Row, bool]]:
    """Where these lines stand one after another, blank ones aside; one alone may be a piece of a line.

    What stands on the old side and was not removed stands on the new side too, where people see it.
    """
    filled = [row for row in run if row.text]
    size = len(rows)
    for at in range(len(filled) - size + 1):
        piece = filled[at : at + size]
        changed = any(row.changed for row in piece)
        if (changed or piece[0].side == "new") and all(map(_same, piece, rows)):
            yield piece[0], piece[-1], changed
    if size == 1 and len(rows[0].replace(" ", "")) >= TELLING:
        parts = (row for row in filled if row.text != rows[0] and rows[0] in row.text)
        yield from ((row, row, row.changed) for row in parts if row.changed or row.side == "new")


def _same(row: _Row, wanted: str) -> bool:
    return row.text == wanted


def _chosen(found: Sequence[tuple[_Row, _Row, bool]], line: int | None, exact: bool) -> Anchor | str:
    """The one place; of several, the one on a changed line, else the one that begins or ends where the model says."""
    places = list(dict.fromkeys((first, last) for first, last, _ in found))
    if len(places) > 1:
        places = _narrowed(places, {(first, last) for first, last, changed in found if changed}, line)
    if len(places) != 1:
        return "ambiguous" if places else "absent"
    first, last = places[0]
    return Anchor(first.path, first.side, first.number, last.number, exact)


def _narrowed(places: list[tuple[_Row, _Row]], changed: set[tuple[_Row, _Row]],
              line: int | None) -> list[tuple[_Row, _Row]]:  # fmt: skip
    """The places that are left when the line is believed, then when only changed lines count."""
    hinted = [place for place in places if line is not None and place[0].number <= line <= place[1].number]
    touched = [place for place in places if place in changed]
    for some in ([place for place in hinted if place in changed], hinted, touched):
        if len(some) == 1:
            return some
    return places
