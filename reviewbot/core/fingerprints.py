"""Copies and excerpts of restricted text, recognised by runs of five lines whatever their indentation.

Every run is kept, not a sample of them: what is found depends on the text alone. Hashes live in
memory only and are Python's own, keyed anew in every process. Renamed identifiers are not seen through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TypeVar

from reviewbot.core.diff import FileDiff, split_lines
from reviewbot.core.labels import Label

#: Lines of a run, and the signs it must have altogether to be more than an idiom.
RUN = 5
ENOUGH = 80
#: A line of so many signs is a run by itself: minified code, tables, keys.
LONG = 200

#: Texts that are the same in every project.
_SHARED = re.compile(
    r"(?i)((licen[cs]e|copying|notice|authors|code_of_conduct)(\.(txt|md|rst))?|\.gitignore|\.editorconfig|go\.sum|"
    r"(package-lock|npm-shrinkwrap)\.json|pnpm-lock\.yaml|(yarn|poetry|uv|pdm|cargo|gemfile|composer|pipfile|bun)\.lock)$"
)
_IMPORTS = ("import ", "from ", "#include", "using ", "package ", "use ", "require", "export * from", "pub use ", "@")
_COMMENTS = ("#", "//", "--", ";", "%", "*", "/*", "<!--", "<?php", '"""')
_SIGNS = "{}()[]<>;,.:*/#=+-_~'\"\\|&!?@$%^`"
_IDIOMS = frozenset({
    "return;", "returnnone", "returnnull;", "returntrue", "returnfalse", "returntrue;", "returnfalse;", "returnself",
    "returnthis;", "returnnil", "returnerr", "iferr!=nil{", "returnnil,err", "continue", "continue;", "break;",
    "default:", "finally:", "finally{", "}finally{", "public:", "private:", "protected:", "usestrict", "'usestrict';",
    "exceptexception:", "raise", "else{", "}else{", "elsebegin", "metadata:", "spec:", "steps:",
})  # fmt: skip

#: What is put around a line where code is commented out, quoted, numbered or pasted with a diff's marks.
_AROUND = re.compile(r"^(?:\d{1,6}[:|])?[#/>+*;|%-]*(?:\d{1,6}[:|])?|[;,\\\u200b-\u200f\u2060\ufeff]+$")
_BEFORE = frozenset("0123456789#/>+*;|%-")
_AFTER = frozenset(";,\\\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Source:
    """A text above what everybody may read: where it stands, and its blob."""

    path: str
    label: Label
    text: str | None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What a changed file has of a source: where the source stands, and the line where the copy begins."""

    path: str
    label: Label
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """The runs and the blobs of all sources, the strictest source of each."""

    runs: Mapping[int, Source] = field(default_factory=lambda: MappingProxyType({}))
    blobs: Mapping[str, Source] = field(default_factory=lambda: MappingProxyType({}))
    highest: Label = Label.PUBLIC

    def excerpt(self, file: FileDiff, label: Label) -> Excerpt | None:
        """The strictest source above `label` that the change brings into this file."""
        if label >= self.highest:
            return None
        whole = self.blobs.get(file.new.id)
        found = [Excerpt(whole.path, whole.label)] if whole else []
        found += [Excerpt(source.path, source.label, line) for source, line in self._brought(file)]
        return max((e for e in found if e.label > label), key=lambda excerpt: excerpt.label, default=None)

    def _brought(self, file: FileDiff) -> Iterator[tuple[Source, int]]:
        added = file.changed_numbers("new") if self.runs and file.new.text else frozenset()
        if not added:
            return
        hits = [(run, lines) for run, lines in runs(file.new.text or "") if run in self.runs]
        fresh = [(run, hit) for run, lines in hits if (hit := next((n for n in lines if n in added), None)) is not None]
        known = {run for run, _ in runs(file.old.text or "")} if fresh else set()
        for run, line in fresh:
            if run not in known:
                yield self.runs[run], line


NOWHERE = Index()


def index(sources: Iterable[Source], cleared: Iterable[str] = (), elsewhere: Set[str] = frozenset()) -> Index:
    """The index of these sources.

    What also stands in a text of `cleared` is no evidence, nor is a blob that has one of the ids
    `elsewhere`: everybody may read those already.
    """
    held: dict[int, Source] = {}
    blobs: dict[str, Source] = {}
    for source in sorted(sources, key=lambda source: (-source.label, source.path)):
        if source.id in elsewhere or _SHARED.match(PurePosixPath(source.path).name):
            continue
        if source.id and (source.text is None or any(_significant(source.text))):
            blobs.setdefault(source.id, source)
        for run, _ in runs(source.text or ""):
            held.setdefault(run, source)
    for text in cleared:
        for run, _ in runs(text) if held else ():
            held.pop(run, None)
    highest = max((source.label for group in (held, blobs) for source in group.values()), default=Label.PUBLIC)
    return Index(held, blobs, highest)


def runs(text: str) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The hash of each run of a text and the numbers of its lines."""
    found = list(_significant(text))
    numbers, lines = [number for number, _ in found], [line for _, line in found]
    sizes = list(map(len, lines))
    # Columns shifted by a line each, not a window line by line: this is most of what a large change costs.
    windows = zip(_shifted(lines), _shifted(numbers), map(sum, _shifted(sizes)), strict=True)
    if sizes and max(sizes) >= LONG:
        yield from ((hash(line), (number,)) for number, line in found if len(line) >= LONG)
    yield from ((hash(window), where) for window, where, size in windows if size >= ENOUGH)


def _shifted(column: Sequence[_T]) -> Iterator[tuple[_T, ...]]:
    return zip(*(column[first:] for first in range(RUN)), strict=False)


def _significant(text: str) -> Iterator[tuple[int, str]]:
    """The lines without their white space that say something: no header, import, bracket or idiom."""
    header = True
    for number, line in enumerate(split_lines(text), 1):
        bare = "".join(line.split())
        if header:
            if not bare or bare.startswith(_COMMENTS):
                continue
            header = False
        if bare and (bare[0] in _BEFORE or bare[-1] in _AFTER):
            bare = _AROUND.sub("", bare)
        if len(bare) < 6 or bare in _IDIOMS or line.lstrip().startswith(_IMPORTS) or not bare.strip(_SIGNS):
            continue
        yield number, bare
