"""Credentials, taken out of whatever leaves this room: reports, quotes, the words of checks, and prompts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from reviewbot.core import credentials
from reviewbot.core.credentials import Hit
from reviewbot.core.diff import FileDiff, Hunk, Line, Side, split_lines
from reviewbot.core.labels import Label
from reviewbot.ports import Reading

SIDES: tuple[Side, Side] = ("old", "new")
#: Where credentials stand: by side and line.
Spots = Mapping[tuple[Side, int | None], Sequence[Hit]]
#: Shorter values are words that stand in many sentences.
_TELLING = 6


def text(file: FileDiff, side: Side) -> str:
    return (file.new if side == "new" else file.old).text or ""


def spots(hits: Mapping[Side, Iterable[Hit]]) -> Spots:
    found: defaultdict[tuple[Side, int | None], list[Hit]] = defaultdict(list)
    for side, on_side in hits.items():
        for hit in on_side:
            found[side, hit.line].append(hit)
    return dict(found)


def everywhere(file: FileDiff, hits: Mapping[Side, Sequence[Hit]]) -> Mapping[Side, Sequence[Hit]]:
    """The hits, and wherever else in the file, on either side, the same credentials stand."""
    values = {
        lines[hit.line - 1][hit.start : hit.end]: hit
        for side in SIDES for lines in [text(file, side).split("\n") if hits[side] else []] for hit in hits[side]
    }  # fmt: skip
    return {side: (*hits[side], *credentials.repeated(text(file, side), values)) for side in SIDES} if values else hits


def label(hunk: Hunk, of_file: Label, known: Spots) -> Label:
    """A credential makes its hunk SECRET: no sink may have it as it stands in git, only with the value withheld."""
    return Label.SECRET if any(_on_line(line, known) for line in hunk.lines) else of_file


def hunks(whole: Iterable[Hunk], known: Spots) -> Iterator[Hunk]:
    """The hunks with every credential replaced by a placeholder: reports are made of these, never of the change itself.

    The section is a piece of some line above, so it goes where any line has a credential.
    """
    for hunk in whole:
        lines = tuple(_masked(line, known) for line in hunk.lines)
        yield replace(hunk, section="", lines=lines) if known else hunk


def rows(file: FileDiff, known: Spots) -> list[str]:
    """The lines of the new side, every credential replaced."""
    whole = split_lines(text(file, "new"))
    return [credentials.masked(row, known.get(("new", number), ())) if ("new", number) in known else row
            for number, row in enumerate(whole, 1)]  # fmt: skip


def _on_line(line: Line, known: Spots) -> tuple[Hit, ...]:
    """What of a line is a credential on either side: as context it stands on both."""
    return (*known.get(("old", line.old), ()), *known.get(("new", line.new), ()))


def _masked(line: Line, known: Spots) -> Line:
    hits = _on_line(line, known)
    return replace(line, text=credentials.masked(line.text, hits)) if hits else line


def values(reading: Reading) -> dict[str, str]:
    """The credentials of a file as a check may have cited them, and what is said in place of each."""
    found: dict[str, str] = {}
    for side in SIDES:
        lines = text(reading.file, side).split("\n") if reading.hits(side) else []
        for hit in reading.hits(side):
            found.setdefault(lines[hit.line - 1][hit.start : hit.end], f"⟦{hit.kind}⟧")
    return {value: found[value] for value in sorted(found, key=len, reverse=True)}


def without(prose: str, known: Mapping[str, str]) -> str:
    """What a check or a model says, without the credentials of its file and without what looks like one by itself."""
    for value, sign in known.items():
        prose = prose.replace(value, sign) if len(value) >= _TELLING else prose
    return credentials.withheld(prose)
