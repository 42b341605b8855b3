"""Findings: one remark each, anchored to lines of the change, with an identity that survives a rebase."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from itertools import count
from typing import Literal

from reviewbot.core.diff import FileDiff, Side
from reviewbot.core.labels import Label

#: The share of words that two titles of claims have in common where they are one.
_SAME = 0.6
_WORDS = re.compile(r"\w+")


class Severity(IntEnum):
    """How much a finding matters; the order is the gate's."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    def __str__(self) -> str:
        return self.name.lower()


Posted = Literal["inline", "summary", "withheld"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of finding, as docs/checks.md lists it."""

    id: str
    severity: Severity
    title: str
    #: One sentence: why this matters.
    reason: str
    confidence: float = 0.9


@dataclass(frozen=True, slots=True)
class Location:
    """Lines `line` to `end_line` of one side, 1-based and inclusive; None for the file as a whole."""

    path: str
    side: Side = "new"
    line: int | None = None
    end_line: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark. `quote` is the text at the location, filled in from the change, never by the finder."""

    rule: str
    origin: str
    severity: Severity
    confidence: float
    location: Location
    title: str
    body: str = ""
    quote: str = ""
    suggestion: str | None = None
    label: Label = Label.RESTRICTED
    posted: Posted = "inline"
    id: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Dropped:
    """What a model said and nobody will see in a comment, and why."""

    title: str
    path: str
    line: int | None
    reason: str
    label: Label
    origin: str = ""


def at(rule: Rule, file: FileDiff, line: int | None, *, side: Side = "new", end: int | None = None, title: str = "",
       body: str = "", severity: Severity | None = None, label: Label = Label.PUBLIC) -> Finding:  # fmt: skip
    """A finding of a check by `rule` on a line of `file`; None is the file as a whole.

    `label` is that of what the finding tells beyond the file; the pipeline joins it with the file's.
    """
    location = Location(file.side_path(side), side, line, end if end is not None else line)
    return Finding(
        rule=rule.id, origin=f"check:{rule.id.split('/')[0]}", severity=rule.severity if severity is None else severity,
        confidence=rule.confidence, location=location, title=title or rule.title, body=body or rule.reason,
        label=label,
    )  # fmt: skip


def alike(one: str, other: str) -> bool:
    """Whether two titles say the same: a model has many things to say of one line, and few kinds to name them by."""
    words, others = (set(_WORDS.findall(title.lower())) for title in (one, other))
    return len(words & others) >= _SAME * len(words | others)


def identify(findings: Iterable[Finding], told: Mapping[str, str] | None = None) -> tuple[Finding, ...]:
    """The findings with their fingerprints: rule, path, side and quoted text, numbered where equal.

    Line numbers stay out, so that a rebase or an insertion above changes nothing; so does the kind that a model gives,
    for it may call the same defect by another the next time. `told` are titles by id: of what a model says of one text
    nothing gets the id under which something else was told.
    """
    titles = told or {}
    used: set[str] = set()
    seen: Counter[tuple[str, str, str, str]] = Counter()
    identified = []
    for finding in findings:
        rule = "model" if finding.rule.startswith("model/") else finding.rule
        key = (rule, finding.location.path, finding.location.side, " ".join(finding.quote.split()))
        # Of checks a number is taken once; what models said may keep one that is further down.
        numbers = count(0 if rule == "model" else seen[key])
        names = (hashlib.sha256("\0".join((*key, str(number))).encode("utf-8", "surrogatepass")).hexdigest()[:16]
                 for number in numbers)  # fmt: skip
        seen[key] += 1
        name = next(name for name in names if name not in used and (
                    rule != "model" or alike(titles.get(name, finding.title), finding.title)))  # fmt: skip
        used.add(name)
        identified.append(replace(finding, id=name))
    return tuple(identified)


def rank(finding: Finding) -> tuple[int, float, str, int]:
    """The order readers meet findings in: what matters most first, then by place."""
    place = finding.location
    return (-finding.severity, -finding.confidence, place.path, place.line or 0)
