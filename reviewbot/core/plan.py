"""Jobs: every changed line of every file in one prompt that a cleared model can read whole.

A job holds text of one label, and nothing of it depends on text of another: own budget, own order, own numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from reviewbot.core.diff import Line
from reviewbot.core.labels import Label
from reviewbot.core.passages import DEEP, Material, Passage, rendered, row, written
from reviewbot.core.tokens import Count

#: Tokens of files in one job, however large the window: reviewers of long prompts find less.
MOST = 12_000
#: Tokens of a reply, and the share of a small window that it may have.
REPLY, _SHARE = 2048, 4
#: Of a window, what no estimate may use up.
_MARGIN = 0.95
#: Characters of hunks and context together that a change of one file gets, and the number of files that get none so.
_FREE, _MANY = 40_000, 30
#: The share of the hunks that all others get as context; and as context and our own words together, in small windows.
_CONTEXT, _BESIDE = 0.25, 0.38
#: A window below this cannot hold our own words and a hunk.
FEWEST = 200
#: Tokens for the names of files in other jobs, and the room in which there is place for them.
_NAMES, _ROOMY = 250, 6000
#: Tokens in front of what the team asks for.
_PREFIX = 8
#: Rows above a piece of a passage among which those that it stands in are looked for; characters of a token at most.
_BACK, _DENSE = 400, 8


@dataclass(frozen=True)
class Part:
    """What of one file is in one job."""

    material: Material
    passages: tuple[Passage, ...]

    @cached_property
    def text(self) -> str:
        return rendered(self.material, self.passages)


@dataclass(frozen=True, slots=True)
class Job:
    """One prompt's worth of files of one label. Its name counts jobs of that label only."""

    name: str
    label: Label
    parts: tuple[Part, ...]
    #: Tokens that a reply may have.
    reply: int
    #: Files of the same label that changed too and are in other jobs.
    others: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(part.material.path for part in self.parts)

    @property
    def requests(self) -> int:
        """Asked, verified, and once more where something went wrong."""
        return 3


def capacity(window: int, overhead: int) -> tuple[int, int]:
    """Tokens of files and of a reply that fit into a window beside `overhead` tokens of our own words."""
    reply = min(REPLY, window // _SHARE)
    return min(MOST, int(window * _MARGIN) - reply - overhead), reply


def plan(materials: Sequence[Material], windows: Mapping[Label, int], overhead: int, count: Count) -> tuple[Job, ...]:
    """The jobs of all files whose label has a window, in order; files of other labels are in none.

    `windows` is the smallest window of each label's route, so that fallback never has to cut. `overhead` is tokens of
    our own words; what the team asks for in any file of a label is added to it.
    """
    groups: defaultdict[Label, list[Material]] = defaultdict(list)
    for material in materials:
        groups[material.label].append(material)
    jobs = []
    for label in sorted(groups):
        asked = {text for material in groups[label] for text in material.instructions}
        words = overhead + sum(count(text) + _PREFIX for text in asked)
        room, reply = capacity(windows.get(label, 0), words)
        if room >= FEWEST:
            share = max(0.0, min(_CONTEXT, _BESIDE - words / room))
            names = _NAMES if room >= _ROOMY else 0
            bundles = _bundled(_parts(groups[label], share, room - names, count), room - names)
            paths = [material.path for material in groups[label]] if names else []
            for number, parts in enumerate(bundles, 1):
                here = {part.material.path for part in parts}
                others = tuple(path for path in paths if path not in here)
                jobs.append(Job(f"{label}-{number}", label, parts, reply, others))
    return tuple(jobs)


def _parts(materials: Sequence[Material], share: float, room: int, count: Count) -> Iterator[tuple[Part, int]]:
    """The parts of all files, each with its tokens."""
    for material, passages in zip(materials, _chosen(materials, share), strict=True):
        # What is far too long for it need not be counted.
        whole = Part(material, passages)
        cost = count(whole.text) if sum(map(_size, passages)) <= room * _DENSE else room + 1
        if cost <= room:
            yield whole, cost
        else:
            yield from ((part, count(part.text)) for part in _divided(material, passages, room, count))


def _chosen(materials: Sequence[Material], share: float) -> Iterator[tuple[Passage, ...]]:
    """Of each file the passages with more around them where the group's budget of context allows, cheapest first."""
    lean = [sum(_size(passage) for passage in material.lean) for material in materials]
    extra = [sum(_size(passage) for passage in material.rich) - size
             for material, size in zip(materials, lean, strict=True)]  # fmt: skip
    free = _FREE * max(0.0, 1 - (len(materials) - 1) / _MANY)
    left = max(free - sum(lean), share * sum(lean))
    granted: set[int] = set()
    for number in sorted(range(len(materials)), key=lambda number: (extra[number], number)):
        if extra[number] <= left:
            left -= max(0, extra[number])
            granted.add(number)
    yield from (one.rich if number in granted else one.lean for number, one in enumerate(materials))


def _size(passage: Passage) -> int:
    return sum(len(line.text) + 1 for line in passage.lines)


def _divided(material: Material, passages: Sequence[Passage], room: int, count: Count) -> Iterator[Part]:
    """A file larger than a window: between its hunks, else before a line that begins a block, else anywhere.

    What is known of the file goes with its first part only. None of it where its name alone takes half the room.
    """
    bare = replace(material, facts=())
    heading, known = count(rendered(bare, ())), count(rendered(material, ()))
    if heading > room // 2:
        return
    current, used = (material, known) if known <= room // 2 else (bare, heading)
    # Any piece may be the first, which has the facts beside it.
    free = room - used
    held: list[Passage] = []
    for passage in (piece for whole in passages for piece in _pieces(whole, free, count)):
        cost = count(f"...\n{written(passage)}")
        if held and used + cost > room:
            yield Part(current, tuple(held))
            held, current, used = [], bare, heading
        held.append(passage)
        used += cost
    if held:
        yield Part(current, tuple(held))


def _pieces(passage: Passage, room: int, count: Count) -> Iterator[Passage]:
    """A passage in pieces that fit by themselves, each with a changed line: pieces of mere context are left out."""
    if _size(passage) <= room * _DENSE and count(f"...\n{written(passage)}") <= room:
        yield passage
        return
    rows = [piece for line in passage.lines for piece in _cut(line, room - room // 4, count)]
    inside, first, used = passage.inside, 0, 0
    for number, (_, cost) in enumerate(rows):
        while number > first and used + cost > room - room // 4:
            end = first + _boundary([line for line, _ in rows[first:number]])
            yield from _worth(rows[first:end], inside, room // 4, count)
            inside = _enclosing([line for line, _ in rows[max(0, end - _BACK) : end]], rows[end][0], passage.inside)
            first, used = end, sum(cost for _, cost in rows[end:number])
        used += cost
    yield from _worth(rows[first:], inside, room // 4, count)


def _worth(rows: Sequence[tuple[Line, int]], inside: tuple[str, ...], room: int, count: Count) -> Iterator[Passage]:
    """The rows as a passage where one of them changed, with what encloses them where that takes no more than `room`."""
    passage = Passage(tuple(line for line, _ in rows), inside)
    if passage.changed:
        fits = count(f"...\n{written(replace(passage, lines=()))}") <= room
        yield passage if fits else replace(passage, inside=())


def _enclosing(earlier: Sequence[Line], line: Line, outer: tuple[str, ...]) -> tuple[str, ...]:
    """What a line stands in by its indentation, from the outside in: there is no syntax tree here any more."""
    found: list[str] = []
    indent = _indent(line.text)
    for above in reversed(earlier):
        if above.new is not None and above.text.strip() and _indent(above.text) < indent:
            indent = _indent(above.text)
            found.insert(0, above.text)
    return (*outer, *found)[-DEEP:]


def _boundary(lines: Sequence[Line]) -> int:
    """Where to divide: before the last line of the second half that is indented least and follows a blank one."""
    half = len(lines) // 2
    starts = [number for number in range(half + 1, len(lines))
              if not lines[number - 1].text.strip() and lines[number].text.strip()]  # fmt: skip
    return min(reversed(starts), key=lambda number: _indent(lines[number].text), default=len(lines))


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _cut(line: Line, free: int, count: Count) -> Iterator[tuple[Line, int]]:
    """A line and what it costs, in pieces where it is longer than a prompt: minified code is code."""
    width = max(1, free * _DENSE)
    left = [line.text[start : start + width] for start in reversed(range(0, len(line.text) or 1, width))]
    while left:
        text = left.pop()
        piece = line if len(text) == len(line.text) else replace(line, text=text)
        cost = count(f"{row(piece)}\n")
        if cost <= free or len(piece.text) < 2:
            yield piece, cost
        else:
            half = len(piece.text) // 2
            left += [piece.text[half:], piece.text[:half]]


def _bundled(parts: Iterable[tuple[Part, int]], room: int) -> Iterator[tuple[Part, ...]]:
    held: list[Part] = []
    used = 0
    for part, cost in parts:
        if held and used + cost > room:
            yield tuple(held)
            held, used = [], 0
        held.append(part)
        used += cost
    if held:
        yield tuple(held)
