"""Jobs: every changed line of every file in one prompt that a cleared model can read whole.

A job holds text of one label, and nothing of it depends on text of another: own budget, own order, own numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reviewbot.core.diff import Line
from reviewbot.core.labels import Label
from reviewbot.core.passages import Material, Passage, rendered
from reviewbot.core.tokens import Count

#: Tokens of files in one job, however large the window: reviewers of long prompts find less.
MOST = 12_000
#: Tokens of a reply, and the share of a small window that it may have.
REPLY, _SHARE = 2048, 4
#: Of a window, what no estimate may use up.
_MARGIN = 0.95
#: Bytes of context that all small changes get, and the share of the hunks that larger ones get.
_FREE, _CONTEXT = 40_000, 0.25
#: A window below this cannot hold our own words and a hunk.
FEWEST = 200


@dataclass(frozen=True, slots=True)
class Part:
    """What of one file is in one job."""

    material: Material
    passages: tuple[Passage, ...]

    @property
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

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(part.material.path for part in self.parts)


def capacity(window: int, overhead: int) -> tuple[int, int]:
    """Tokens of files and of a reply that fit into a window beside `overhead` tokens of our own words."""
    reply = min(REPLY, window // _SHARE)
    return min(MOST, int(window * _MARGIN) - reply - overhead), reply


def plan(materials: Sequence[Material], windows: Mapping[Label, int], overhead: int, count: Count) -> tuple[Job, ...]:
    """The jobs of all files whose label has a window, in order; files of other labels are in none.

    `windows` is the smallest window of each label's route, so that fallback never has to cut.
    """
    groups: defaultdict[Label, list[Material]] = defaultdict(list)
    for material in materials:
        groups[material.label].append(material)
    jobs = []
    for label in sorted(groups):
        room, reply = capacity(windows.get(label, 0), overhead)
        if room >= FEWEST:
            bundles = _bundled(_parts(groups[label], room, count), room, count)
            jobs += [Job(f"{label}-{number}", label, parts, reply) for number, parts in enumerate(bundles, 1)]
    return tuple(jobs)


def _parts(materials: Sequence[Material], room: int, count: Count) -> Iterator[Part]:
    for material, passages in zip(materials, _chosen(materials), strict=True):
        whole = Part(material, passages)
        if count(whole.text) <= room:
            yield whole
        else:
            yield from _divided(material, passages, room, count)


def _chosen(materials: Sequence[Material]) -> Iterator[tuple[Passage, ...]]:
    """Of each file the passages with more around them where the group's budget of context allows, cheapest first."""
    lean = [sum(_size(passage) for passage in material.lean) for material in materials]
    extra = [sum(_size(passage) for passage in material.rich) - size
             for material, size in zip(materials, lean, strict=True)]  # fmt: skip
    left = max(_FREE - sum(lean), _CONTEXT * sum(lean))
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

    What is known of the file goes with its first part only.
    """
    held: list[Passage] = []
    bare = replace(material, facts=())
    current = material if count(rendered(material, ())) <= room // 2 else bare
    for passage in (piece for whole in passages for piece in _pieces(whole, current, room, count)):
        if held and count(rendered(current, (*held, passage))) > room:
            yield Part(current, tuple(held))
            held, current = [], bare
        held.append(passage)
    if held:
        yield Part(current, tuple(held))


def _pieces(passage: Passage, material: Material, room: int, count: Count) -> Iterator[Passage]:
    """A passage in pieces that fit by themselves, each with a changed line: pieces of mere context are left out."""
    if count(rendered(material, (passage,))) <= room:
        yield passage
        return
    free = room - count(rendered(material, (Passage((), passage.inside),)))
    held: list[Line] = []
    used = 0
    for line in (piece for whole in passage.lines for piece in _cut(whole, free, count)):
        cost = count(line.text) + 8
        if held and used + cost > free:
            at = _boundary(held)
            yield from _worth(Passage(tuple(held[:at]), passage.inside))
            held = held[at:]
            used = sum(count(one.text) + 8 for one in held)
        held.append(line)
        used += cost
    yield from _worth(Passage(tuple(held), passage.inside))


def _worth(passage: Passage) -> Iterator[Passage]:
    if passage.changed:
        yield passage


def _boundary(lines: Sequence[Line]) -> int:
    """Where to divide: before the last line of the second half that is indented least and follows a blank one."""
    half = len(lines) // 2
    starts = [number for number in range(half + 1, len(lines))
              if not lines[number - 1].text.strip() and lines[number].text.strip()]  # fmt: skip
    return min(reversed(starts), key=lambda number: _indent(lines[number].text), default=len(lines))


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _cut(line: Line, free: int, count: Count) -> Iterator[Line]:
    """A line, in pieces where it is longer than a prompt: minified code is code."""
    width = max(1, free - 8)
    if count(line.text) <= width:
        yield line
        return
    for start in range(0, len(line.text), width):
        yield replace(line, text=line.text[start : start + width])


def _bundled(parts: Iterable[Part], room: int, count: Count) -> Iterator[tuple[Part, ...]]:
    held: list[Part] = []
    used = 0
    for part in parts:
        cost = count(part.text)
        if held and used + cost > room:
            yield tuple(held)
            held, used = [], 0
        held.append(part)
        used += cost
    if held:
        yield tuple(held)
