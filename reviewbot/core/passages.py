"""What of a changed file a model is shown: its hunks, the code around them, and what is known of it already."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from reviewbot.core.diff import ChangeKind, Hunk, Line
from reviewbot.core.labels import Label
from reviewbot.core.scopes import FUNCTIONS
from reviewbot.core.symbols import Syntax
from reviewbot.core.text import clipped, is_odd, visible

#: Lines of a function that is shown whole, and around a hunk where it is longer or where there is none.
WHOLE, AROUND = 120, 12
#: Signatures above a passage, characters of each, of a name in a heading and of what was reported already.
DEEP, _WIDE, _NAME, _FACT = 3, 160, 240, 300
#: Characters of a line that a signature is looked for in.
_LONG = 1000
#: Scopes before a line among which those around it are looked for.
_NEAR = 500
_SCOPES = frozenset({
    "decorated_definition",
    "class_definition", "class_declaration", "class", "impl_item", "trait_item", "interface_declaration", "module",
    "class_specifier", "struct_specifier", "struct_declaration", "record_declaration", "enum_declaration",
    "trait_declaration", "namespace_definition", "namespace_declaration", "object_declaration",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of lines of one file, changed or not, in order."""

    lines: tuple[Line, ...] = field(repr=False)
    #: Signatures of what it stands in and does not begin with, from the outside in.
    inside: tuple[str, ...] = field(default=(), repr=False)

    @property
    def changed(self) -> int:
        return sum(line.mark != " " for line in self.lines)


@dataclass(frozen=True, slots=True)
class Material:
    """What a model may be told of one file; credentials are withheld from all of it."""

    path: str
    old_path: str
    change: ChangeKind
    label: Label
    #: The hunks with git's own context, and the same with the functions around them.
    lean: tuple[Passage, ...]
    rich: tuple[Passage, ...]
    #: What checks found, one line each, nothing labelled above the file.
    facts: tuple[str, ...] = field(default=(), repr=False)
    #: What the team asks reviewers to look for here.
    instructions: tuple[str, ...] = field(default=(), repr=False)
    #: The whole new side, "" where there is none: what a suggestion is tried on.
    text: str = field(default="", repr=False)
    #: Credentials withheld.
    redactions: int = 0


#: What some servers read as the end of a message, or of a text, wherever it stands.
_CONTROL = re.compile(
    r"\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_RESULTS|TOOL_CALLS|SUFFIX|PREFIX|MIDDLE|IMG)\])"
    r"|<(?=/?s>|\|[a-z_]{1,20}\|>)"
)


def shown(text: str) -> str:
    """A line as a model sees it: tabs stay, whatever else is invisible is spelled out, and no word ends a message.

    It is spelled in a way that no language has: a model takes an escape for a part of the code.
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(_named(sign) if is_odd(sign) and sign != "\t" else sign for sign in text)
    return _CONTROL.sub(r"\g<0> ", text) if "[" in text or "<" in text else text


def _named(sign: str) -> str:
    code = ord(sign)
    return f"‹byte {code - 0xDC00:02X}›" if 0xDC80 <= code <= 0xDCFF else f"‹U+{code:04X}›"


def named(path: str) -> str:
    """A name as headings have it."""
    return clipped(visible(path), _NAME)


def row(line: Line) -> str:
    """`12 + code`: the new side's number, the old one's for a removed line. No text can look like another row."""
    return f"{line.old if line.new is None else line.new} {line.mark} {shown(line.text)}"


def written(passage: Passage) -> str:
    """A passage as a prompt has it. Carriage returns that end all of its lines say nothing, those of some say a lot."""
    lines = passage.lines
    if all(line.text.endswith("\r") for line in lines):
        lines = tuple(replace(line, text=line.text[:-1]) for line in lines)
    above = (f"@ {clipped(shown(signature).strip(), _WIDE)}" for signature in passage.inside)
    return "".join(f"{one}\n" for one in (*above, *map(row, lines)))


def rendered(material: Material, passages: Iterable[Passage]) -> str:
    """A file as a prompt has it. Every line of it that we did not write begins with a number, `@` or `-`."""
    moved = f" from {named(material.old_path)}" if material.old_path != material.path else ""
    facts = "".join(f"- {clipped(visible(fact), _FACT)}\n" for fact in material.facts)
    return (
        f"### {named(material.path)} ({material.change}{moved})\n"
        + "...\n".join(map(written, passages))
        + ("Already reported:\n" if facts else "") + facts
    )  # fmt: skip


def passages(hunks: Sequence[Hunk], rows: Sequence[str], syntax: Syntax) -> tuple[tuple[Passage, ...], ...]:
    """The hunks twice: with git's own context, and with the functions around them. `rows` are the new side's lines."""
    scopes = _Scopes(syntax, rows)
    lean = tuple(Passage(hunk.lines, scopes.above(_first(hunk.lines))) for hunk in hunks)
    if not rows:
        return lean, lean
    # What follows the last line's end is no line.
    last = len(rows) - (rows[-1] == "")
    groups: list[tuple[int, int, list[Hunk]]] = []
    for hunk in hunks:
        start, end = _around(hunk, scopes, last)
        members = [hunk]
        while groups and start <= groups[-1][1] + 1:
            first, final, earlier = groups.pop()
            start, end, members = min(first, start), max(final, end), earlier + members
        groups.append((start, end, members))
    wide = (tuple(_filled(start, end, members, rows)) for start, end, members in groups)
    return lean, tuple(Passage(lines, scopes.above(_first(lines))) for lines in wide)


def _first(lines: Sequence[Line]) -> int:
    """The first new line of a passage; for one of removed lines only, 0: it stands in nothing we know."""
    return next((line.new for line in lines if line.new is not None), 0)


def _filled(start: int, end: int, hunks: Sequence[Hunk], rows: Sequence[str]) -> Iterator[Line]:
    """New lines `start` to `end`, the hunks in their places."""
    at, shift = start, 0
    for hunk in hunks:
        top, after = _span(hunk)
        # Of a side without lines git names the line before.
        shift = hunk.old_start + (hunk.old_count == 0) - top
        yield from (Line(number + shift, number, rows[number - 1]) for number in range(at, top))
        yield from hunk.lines
        at, shift = max(at, after), shift + hunk.old_count - hunk.new_count
    yield from (Line(number + shift, number, rows[number - 1]) for number in range(at, end + 1))


def _span(hunk: Hunk) -> tuple[int, int]:
    """The first new line of a hunk and the one after its last."""
    start = hunk.new_start if hunk.new_count else hunk.new_start + 1
    return start, start + hunk.new_count


def _around(hunk: Hunk, scopes: _Scopes, last: int) -> tuple[int, int]:
    """New lines to show with a hunk: the short functions it touches, else some lines of what it stands in."""
    top, after = _span(hunk)
    changed = [line.new for line in hunk.lines if line.old is None and line.new is not None]
    functions = scopes.short(changed[0], changed[-1]) if changed else []
    start = min((first for first, _ in functions), default=top - AROUND)
    end = max((final for _, final in functions), default=after - 1 + AROUND)
    return max(1, min(start, top)), min(last, max(end, after - 1))


class _Scopes:
    """The functions and classes of a new side that changed lines stand in."""

    def __init__(self, syntax: Syntax, rows: Sequence[str]) -> None:
        self._rows = rows
        touched = syntax.new_touched if rows else None
        kinds = {} if touched is None else touched.kinds
        # The root of Python's trees is a `module` too, and encloses nothing that has a name.
        whole = touched.root if touched else None
        found = {
            (node.start_point[0] + 1, node.end_point[0] + 1)
            for kind, nodes in kinds.items() if kind in FUNCTIONS or kind in _SCOPES for node in nodes if node != whole
        }  # fmt: skip
        self._ranges = sorted(found)
        self._starts = [first for first, _ in self._ranges]

    def short(self, start: int, end: int) -> list[tuple[int, int]]:
        """Those of at most WHOLE lines that have one of these lines."""
        near = self._ranges[bisect_left(self._starts, start - WHOLE) : bisect_right(self._starts, end)]
        return [(first, last) for first, last in near if last >= start and last - first < WHOLE]

    def above(self, line: int) -> tuple[str, ...]:
        """First lines of those that begin above a line and end below it, from the outside in."""
        at = bisect_left(self._starts, line)
        near = self._ranges[max(0, at - _NEAR) : at]
        around = [self._rows[first - 1] for first, last in near if last >= line and first <= len(self._rows)]
        return tuple(text[:_LONG] for text in around[-DEEP:])
