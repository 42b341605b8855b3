"""Where a model's quote stands: its line numbers are hints, only text that was shown to it is a place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reviewbot.core.diff import Line, Side
from reviewbot.core.passages import named, shown

#: What models copy along with a line: its number and mark, or a diff's mark alone.
_NUMBERED = re.compile(r"\d{1,7} ([ +-])(?: |$)|\d{1,7}( )")
_MARKED = re.compile(r"([+-])")
_FENCE = re.compile(r"`{3,}\w*")
#: What of a heading, or of a diff's, is not the name.
_BEFORE = re.compile(r"### |\./|[ab]/")
_AFTER = re.compile(r" \((?:added|modified|deleted|renamed|copied|typechange)\b[^()]*\)$")
#: Characters, blanks left out, that a piece of a line needs to say where it is.
TELLING = 6
#: Characters and lines of a quote that are looked for, lines of it that are tried by themselves, and lines by which
#: a hint may be off.
_MOST, _LINES, _TRIES, _OFF = 4000, 60, 6, 5


@dataclass(frozen=True, slots=True)
class Anchor:
    """Lines `line` to `end_line` of one side. `exact` where the quote is these lines, all of them and whole."""

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


@dataclass(frozen=True, slots=True)
class _Spot:
    """Rows that lines were found at; `whole` where they are not just a piece of one."""

    first: _Row
    last: _Row
    changed: bool
    whole: bool


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Lines to look for, and the side that their marks name."""

    rows: tuple[str, ...]
    side: Side | None = None
    exact: bool = True


class Shown:
    """The rows that one prompt showed, by side and in order."""

    def __init__(self, files: Iterable[tuple[str, str, Sequence[Sequence[Line]]]]) -> None:
        """`files` are path, old path and the lines of each passage."""
        runs = (
            run
            for path, old_path, passages in files
            for lines in passages
            for run in (
                [_Row(path, path, "new", line.new, _plain(shown(line.text)), line.old is None)
                 for line in lines if line.new is not None],
                [_Row(path, old_path, "old", line.old, _plain(shown(line.text)), line.new is None)
                 for line in lines if line.old is not None],
            )
        )  # fmt: skip
        self._runs = [filled for run in runs if (filled := [row for row in run if row.text])]
        #: By the text of a line where it stands, as run and index.
        self._places: dict[str, list[tuple[int, int]]] = {}
        for number, run in enumerate(self._runs):
            for at, row in enumerate(run):
                self._places.setdefault(row.text, []).append((number, at))

    def find(self, path: str, line: int | None, quote: str) -> Anchor | str:
        """Where the quote stands, or why it has no place: `absent`, `ambiguous` or `empty`.

        The whole quote comes first, then its most telling lines; of each the file named, then every other.
        """
        readings = list(_readings(quote))
        if not readings:
            return "empty"
        for wanted in readings:
            if spots := self._nearest(wanted, path):
                return _chosen(spots, line, wanted.exact) or "ambiguous"
        reason = "absent"
        for wanted in _telling(readings):
            if spots := self._nearest(wanted, path):
                if anchor := _chosen(spots, line, exact=False):
                    return anchor
                reason = "ambiguous"
        return reason

    def _nearest(self, wanted: _Wanted, path: str) -> list[_Spot]:
        """The places in the file that is most like the one named; there whole lines before pieces of lines."""
        spots = [(_unlike(spot.first.file, path), not spot.whole, spot) for spot in self._spots(wanted)]
        least = min(((far, piece) for far, piece, _ in spots), default=None)
        return [spot for far, piece, spot in spots if (far, piece) == least]

    def _spots(self, wanted: _Wanted) -> Iterator[_Spot]:
        """Where these lines stand one after another, blank ones aside; one alone may be a piece of a line.

        What stands on the old side and was not removed stands on the new side too, where people see it.
        """
        head, size = wanted.rows[0], len(wanted.rows)
        for number, at in self._places.get(head, ()):
            piece = self._runs[number][at : at + size]
            if tuple(row.text for row in piece) == wanted.rows:
                yield from _seen(_Spot(piece[0], piece[-1], any(row.changed for row in piece), True), wanted.side)
        if size == 1 and _is_telling(head):
            for run in self._runs:
                for row in run:
                    if head in row.text and head != row.text:
                        yield from _seen(_Spot(row, row, row.changed, False), wanted.side)


def _seen(spot: _Spot, side: Side | None) -> Iterator[_Spot]:
    if (spot.changed or spot.first.side == "new") and side in (None, spot.first.side):
        yield spot


def _unlike(file: str, path: str) -> int:
    """0 for the file named, 1 for one whose name ends or begins elsewhere, 2 for another."""
    name, claim = named(file), path.strip()
    bare = _AFTER.sub("", _BEFORE.sub("", claim, count=1))
    if claim in (file, name) or bare == name:
        return 0
    return 1 if bare and (name.endswith(f"/{bare}") or bare.endswith(f"/{name}")) else 2


def _plain(text: str) -> str:
    """A line without what cannot be seen: the width of blanks, and a carriage return that was spelled out."""
    return " ".join(text.split()).removesuffix("‹U+000D›")


def _readings(quote: str) -> Iterator[_Wanted]:
    """The lines of a quote as they are, then without what models add to them."""
    lines = quote[:_MOST].split("\n")
    whole = len(lines) <= _LINES and len(quote) <= _MOST
    rows = [plain for line in (lines if whole else lines[:-1][:_LINES] or lines) if (plain := _plain(line))]
    bare = [row for row in rows if not _FENCE.fullmatch(row)]
    spellings = [(rows, None), (bare, None), *(_stripped(bare, pattern) for pattern in (_NUMBERED, _MARKED))]
    seen: set[tuple[str, ...]] = set()
    for one, side in spellings:
        if one and tuple(one) not in seen:
            seen.add(tuple(one))
            yield _Wanted(tuple(one), side, whole)


def _stripped(rows: Sequence[str], pattern: re.Pattern[str]) -> tuple[list[str], Side | None]:
    """The lines without their marks, and the side that these name; of a diff's two sides the new one."""
    found = [(pattern.match(row), row) for row in rows]
    marks = {match[1] for match, _ in found if match}
    side: Side | None = "new" if "+" in marks else "old" if marks == {"-"} else None
    kept = [(match, row) for match, row in found if side != "new" or match is None or match[1] != "-"]
    return [bare for match, row in kept if (bare := (row[match.end() :] if match else row).strip())], side


def _telling(readings: Sequence[_Wanted]) -> list[_Wanted]:
    """The lines of a quote that say where it is, each by itself, longest first."""
    lines = {row: wanted.side for wanted in readings for row in wanted.rows if _is_telling(row)}
    longest = sorted(lines, key=len, reverse=True)[:_TRIES]
    return [_Wanted((row,), lines[row]) for row in longest]


def _is_telling(row: str) -> bool:
    return len(row.replace(" ", "")) >= TELLING


def _chosen(spots: Sequence[_Spot], line: int | None, exact: bool) -> Anchor | None:
    """The one place; of several, the one where the model says, or that changed, or that is near."""
    places: dict[tuple[Side, str, int, int], _Spot] = {}
    for spot in spots:
        key = (spot.first.side, spot.first.file, spot.first.number, spot.last.number)
        if key not in places or spot.changed:
            places[key] = spot
    for some in _narrowed(list(places.values()), line):
        # A line that was replaced by its like is shown twice: people look at the new one.
        fresh = some if len(some) == 1 else [spot for spot in some if spot.first.side == "new"]
        if len(fresh) == 1:
            first, last = fresh[0].first, fresh[0].last
            return Anchor(first.path, first.side, first.number, last.number, exact and fresh[0].whole)
    return None


def _narrowed(spots: list[_Spot], line: int | None) -> Iterator[list[_Spot]]:
    changed = [spot for spot in spots if spot.changed]
    if line is not None:
        off = {id(spot): max(spot.first.number - line, line - spot.last.number, 0) for spot in spots}
        yield [spot for spot in changed if off[id(spot)] == 0]
        yield [spot for spot in spots if off[id(spot)] == 0]
    yield spots if len(spots) == 1 else []
    yield changed
    if line is not None:
        for some in (changed, spots):
            least = min((off[id(spot)] for spot in some), default=0)
            yield [spot for spot in some if off[id(spot)] == least <= _OFF]
