"""The lines of a change as rows of a table, with the findings that belong below each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from markupsafe import Markup, escape

from reviewbot.core.diff import Side
from reviewbot.core.findings import Finding
from reviewbot.core.labels import Label
from reviewbot.core.report import FileReport
from reviewbot.core.text import clipped, coded, segments

#: Rows of a file that are shown at once; the rest folds.
OPEN = 400
#: Characters of a line, and of a text of a finding.
WIDE, LONG = 1000, 10_000
#: What a row costs beside its text, of the room that a page has.
ROW = 100

#: Kind (`+`, `-`, blank for context, `@` for a hunk's header, `\\` for a note), old and new number, text to escape.
Row = tuple[str, int | None, int | None, str]

_EMPTY = Markup("")
_PLACEHOLDER = re.compile("(⟦[a-z0-9-]{1,64}⟧)")


@dataclass(frozen=True, slots=True)
class Group:
    """Rows, and the findings below the last of them."""

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a file's rows."""

    groups: tuple[Group, ...]
    lines: int
    findings: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A file's rows: those shown at once, those folded, how many lines no room was left for, and the room left.

    `above` are the findings about the file as a whole or about lines that are not among the rows.
    """

    above: tuple[Finding, ...]
    parts: tuple[Part, ...]
    left_out: int
    room: int


def layout(file: FileReport, findings: Sequence[Finding], room: int) -> Layout:
    """The file laid out in at most so many characters."""
    rows: list[Row] = []
    for row in _rows(file):
        room -= ROW + len(row[3])
        if room < 0:
            break
        rows.append(row)
    below, above = _placed(rows, findings)
    pairs = [(row, below.get(number, ())) for number, row in enumerate(rows)]
    parts = tuple(_part(stretch) for stretch in (pairs[:OPEN], pairs[OPEN:]) if stretch)
    total = sum(len(hunk.lines) for hunk in file.hunks)
    return Layout(above, parts, total - sum(part.lines for part in parts), max(0, room))


def _part(rows: Sequence[tuple[Row, Sequence[Finding]]]) -> Part:
    groups: list[Group] = []
    begin = 0
    for end, (_, findings) in enumerate(rows, 1):
        if findings or end == len(rows):
            groups.append(Group(tuple(row for row, _ in rows[begin:end]), tuple(findings)))
            begin = end
    lines = sum(row[0] in "+- " for row, _ in rows)
    return Part(tuple(groups), lines, sum(len(group.findings) for group in groups))


def _placed(
    rows: Sequence[Row], findings: Sequence[Finding]
) -> tuple[Mapping[int, list[Finding]], tuple[Finding, ...]]:
    """Findings by the number of the row they stand below, and those without one."""
    where = _numbers(rows) if findings else {}
    below: dict[int, list[Finding]] = defaultdict(list)
    above: list[Finding] = []
    for finding in findings:
        spot = finding.location
        lines = [line for line in (spot.end_line, spot.line) if line is not None]
        row = next((where[spot.side, line] for line in lines if (spot.side, line) in where), None)
        (above if row is None else below[row]).append(finding)
    return below, tuple(above)


def _numbers(rows: Sequence[Row]) -> dict[tuple[Side, int | None], int]:
    """The row of each line of either side; None, where a side lacks the line, is never asked for."""
    where: dict[tuple[Side, int | None], int] = {}
    for number, row in enumerate(rows):
        where["old", row[1]] = where["new", row[2]] = number
    return where


def _rows(file: FileReport) -> Iterator[Row]:
    # A hunk's section is a line from elsewhere in the file, and no credential was looked for in it: it stays out.
    for hunk, label in zip_longest(file.hunks, file.hunk_labels[: len(file.hunks)]):
        withheld = "  a credential is withheld" if label == Label.SECRET else ""
        header = f"@@ -{hunk.old_start},{hunk.old_count} +{hunk.new_start},{hunk.new_count} @@"
        yield "@", None, None, header + withheld
        for line in hunk.lines:
            yield line.mark, line.old, line.new, marked(clipped(line.text, WIDE))
            if not line.newline:
                yield "\\", None, None, "no newline at end of file"


def marked(text: str) -> str:
    """What is withheld and what cannot be seen is marked, tabs are kept; plain text is left for the page to escape."""
    text = clipped(text, LONG)
    plain = text.replace("\t", "")
    if plain.isascii() and plain.isprintable():
        return text
    pieces = (piece for cell in text.split("\t") for piece in ("\t", *_pieces(cell)))
    return Markup("".join(pieces)[1:])  # noqa: S704 (every piece is escaped below)


def _pieces(text: str) -> Iterator[str]:
    """The text as escaped markup. Built by hand: an attacker may send a million characters that cannot be seen."""
    for shown, odd in segments(text):
        if odd:
            yield f'<mark class="odd">{escape(shown)}</mark>'
            continue
        for number, piece in enumerate(_PLACEHOLDER.split(shown)):
            yield f'<mark class="withheld">{escape(piece)}</mark>' if number % 2 else escape(piece)


def block(text: str) -> Markup:
    """Text of several lines, marked."""
    return Markup("\n").join(map(marked, clipped(text.strip("\n"), LONG).split("\n")))


def prose(text: str) -> Markup:
    """Text of several lines, marked, with what is in backticks as code."""
    return Markup("\n").join(map(sentence, clipped(text.strip("\n"), LONG).split("\n")))


def sentence(line: str) -> Markup:
    """One line, marked, with what is in backticks as code."""
    pieces: list[str] = []
    for words, opening, code, closing in coded(line):
        pieces += marked(words + opening), Markup("<code>{}</code>").format(marked(code)) if code else "", closing
    return _EMPTY.join(pieces)
