"""What linters say of lines, as findings on the lines that a change added. All of it is untrusted text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from reviewbot.core import credentials
from reviewbot.core.diff import FileDiff
from reviewbot.core.findings import Finding, Location, Severity
from reviewbot.core.labels import Label, join
from reviewbot.core.pull import PullRequest
from reviewbot.core.text import clipped

#: Findings kept of one run, the most severe; characters of a message before and after credentials are masked.
MOST = 1000
_READ = 4000
_SHOWN = 1000
_TITLE = 120
#: Lines of one finding: a linter may name a whole function.
_LINES = 20
#: What a message shows of a credential in its file: shorter values are words.
_TELLING = 4
_NOT_A_SLUG = re.compile(r"[^a-z0-9]+")
_NOT_A_RULE = re.compile(r"[^A-Za-z0-9_.@:+/-]+")


@dataclass(frozen=True, slots=True)
class Remark:
    """What a linter says of lines of one file. Paths are as the linter gave them, absolute or not."""

    tool: str
    rule: str
    severity: Severity
    message: str
    path: str
    #: None for the file as a whole.
    line: int | None
    end_line: int | None = None
    confidence: float = 0.7
    #: Other files that it points to, so that its message may tell of them.
    also: tuple[str, ...] = ()
    #: The document it was read from, "" for none.
    source: str = ""


@dataclass(frozen=True, slots=True)
class Projection:
    """The findings on changed lines, and what came of the remarks of each source."""

    findings: tuple[Finding, ...]
    #: How many were on added lines, and how many on files that the head does not have.
    touching: Mapping[str, int]
    unknown: Mapping[str, int]
    #: Findings that are left out because there are too many.
    over_limit: int = 0


def tool_slug(name: str) -> str:
    """A tool's name as findings cite it."""
    return _NOT_A_SLUG.sub("-", name[:200].lower()).strip("-")[:40].strip("-") or "linter"


def rule_slug(name: str) -> str:
    """A rule's name as findings cite it; a log may show it, so it holds no credential."""
    slug = _NOT_A_RULE.sub("-", name[:200]).strip("-/")[:100]
    return "unnamed" if not slug or any(credentials.find(slug, "")) else slug


def project(remarks: Sequence[Remark], pull: PullRequest, label_of: Callable[[str], Label],
            reserved: Collection[str] = ()) -> Projection:  # fmt: skip
    """The remarks that touch an added line, anchored at the first one, once each.

    `label_of` is the label of a path; `reserved` are the names of our own checks, which no linter may take.
    Quotes stay empty and labels are those of what a message may tell beyond its file: the pipeline adds the rest.
    """
    placed = _Placed(pull, remarks)
    touching, unknown = Counter[str](), Counter[str]()
    kept: dict[tuple[object, ...], tuple[Remark, Location]] = {}
    for remark in remarks:
        path = placed.path(remark.path)
        unknown[remark.source] += path is None
        file = placed.changed.get(path or "")
        location = _location(remark, file, placed.added(file.path)) if file else None
        if location is None:
            continue
        touching[remark.source] += 1
        key = (remark.tool, remark.rule, remark.message, location.path, location.line)
        if key not in kept or kept[key][0].severity < remark.severity:
            kept[key] = remark, location
    worst = sorted(kept.values(), key=lambda one: -one[0].severity)
    secrets = cache(lambda path: tuple(_secrets(placed.changed[path])))
    findings = tuple(
        _finding(remark, location, secrets(location.path), _label(remark, placed, label_of), reserved)
        for remark, location in worst[:MOST]
    )
    return Projection(findings, touching, unknown, max(0, len(worst) - MOST))


def _label(remark: Remark, placed: _Placed, label_of: Callable[[str], Label]) -> Label:
    """That of the other files a remark points to: its message may tell of them."""
    return join(*(label_of(placed.path(other) or other) for other in remark.also if other != remark.path))


class _Placed:
    """Where the paths that linters give are in the head, and which lines of them are new."""

    def __init__(self, pull: PullRequest, remarks: Iterable[Remark]) -> None:
        self.changed = {file.path: file for file in pull.files if file.new.exists}
        self._known = {*pull.paths, *self.changed}
        self._added: dict[str, list[int]] = {}
        self._paths: dict[str, str | None] = {}
        # Absolute paths of one checkout share its folder: the one that explains most of them.
        given = {remark.path for remark in remarks if remark.path.startswith("/")}
        roots = Counter(root for path in given if (root := self._root(path)) is not None)
        self._roots = tuple(sorted(roots, key=lambda root: (-roots[root], len(root))))

    def path(self, given: str) -> str | None:
        """The path in the head, None where it has no such file."""
        if given not in self._paths:
            self._paths[given] = self._found(given)
        return self._paths[given]

    def _found(self, given: str) -> str | None:
        if given in self._known:
            return given
        root = next((root for root in self._roots if given.startswith(root)), None)
        below = given[len(root) :] if root is not None else ""
        return below if below in self._known else None

    def _root(self, path: str) -> str | None:
        """What stands before the longest end of an absolute path that the head has."""
        start = path.find("/")
        while start >= 0:
            if path[start + 1 :] in self._known:
                return path[: start + 1]
            start = path.find("/", start + 1)
        return None

    def added(self, path: str) -> list[int]:
        if path not in self._added:
            self._added[path] = sorted(self.changed[path].changed_numbers("new"))
        return self._added[path]


def _location(remark: Remark, file: FileDiff, added: list[int]) -> Location | None:
    """The added lines that the remark touches, from the first one on; None where it touches none."""
    if remark.line is None:
        return Location(file.path) if file.change == "added" else None
    at = bisect_left(added, remark.line)
    last = max(remark.line, remark.end_line or remark.line)
    if at == len(added) or added[at] > last:
        return None
    first = end = added[at]
    for number in added[at + 1 : at + _LINES]:
        if number != end + 1 or number > last:
            break
        end = number
    return Location(file.path, "new", first, end)


def _finding(remark: Remark, location: Location, secrets: Iterable[tuple[str, str]], label: Label,
             reserved: Collection[str]) -> Finding:  # fmt: skip
    tool = f"{remark.tool}-linter" if remark.tool in reserved else remark.tool
    title, body = _divided(_masked(remark.message, secrets))
    return Finding(
        rule=f"{tool}/{remark.rule}", origin=f"check:{tool}", severity=remark.severity, confidence=remark.confidence,
        location=location, title=title or f"{tool}/{remark.rule}", body=body, label=label,
    )  # fmt: skip


def _secrets(file: FileDiff) -> Iterator[tuple[str, str]]:
    """The credentials in the new side, with what stands for each: a message may quote one without its context."""
    text = file.new.text or ""
    lines = text.split("\n")
    found = {lines[hit.line - 1][hit.start : hit.end]: hit for hit in credentials.find(text, file.path)}
    for value in sorted(found, key=len, reverse=True):
        if len(value) >= _TELLING:
            yield value, credentials.masked(value, (replace(found[value], line=1, start=0, end=len(value)),))


def _masked(message: str, secrets: Iterable[tuple[str, str]]) -> str:
    """The message on one line without credentials: those of its file, and what looks like one by itself."""
    line = " ".join(message.split())
    if len(line) > _READ:  # without the word that is cut: half a credential looks like none
        line = line[:_READ].rpartition(" ")[0]
    for value, sign in secrets:
        line = line.replace(value, sign)
    return credentials.withheld(line)


def _divided(message: str) -> tuple[str, str]:
    """The first sentence and the rest; all of it below a title that would be too long."""
    first, stop, rest = message.partition(". ")
    if len(first) > _TITLE:
        return clipped(first, _TITLE), clipped(message, _SHOWN)
    return (first if stop else first.removesuffix(".")), clipped(rest, _SHOWN)
