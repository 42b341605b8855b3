"""The sensitivity policy and the label it gives to a change. The strictest matching rule wins."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import pathspec

from reviewbot.core.diff import FileDiff
from reviewbot.core.findings import Severity
from reviewbot.core.labels import Label, join

Source = Literal["base", "operator", "pack", "none"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: paths or content that carry a label. `origin` is the document, `line` where it stands."""

    label: Label
    paths: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    reason: str = ""
    origin: str = ""
    line: int = 0

    @property
    def name(self) -> str:
        return f"{self.origin}:{self.line}" if self.line else self.origin


@dataclass(frozen=True, slots=True)
class Instructions:
    """What the team asks reviewers to look for in these paths."""

    paths: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class ReviewStyle:
    """How findings are shown; never what may leave."""

    max_comments: int = 5
    min_severity: Severity = Severity.LOW
    language: str = "en"
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True)
class Policy:
    """Effective rules, strictest wins; `default` labels what no rule matches."""

    rules: tuple[Rule, ...]
    default: Label
    source: Source
    sha256: str
    metadata: Label | None = None
    instructions: tuple[Instructions, ...] = ()
    review: ReviewStyle = field(default_factory=ReviewStyle)
    fail_on: Severity | None = None
    #: Why everything is restricted, "" where the documents were read.
    failure: str = ""

    @cached_property
    def matcher(self) -> Matcher:
        return Matcher(self.rules)


@dataclass(frozen=True, slots=True)
class Classification:
    """A label and why: the rules that gave it, and what a reader should be warned of."""

    label: Label
    rules: tuple[str, ...]
    warnings: tuple[str, ...] = ()


class Matcher:
    """All path patterns of a policy in one RE2 set, weakest label first: the deciding one is the strictest."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        ordered = sorted((rule for rule in rules if rule.paths), key=lambda rule: rule.label)
        self._owners = [(rule) for rule in ordered for pattern in rule.paths for _ in spellings(pattern)]
        lines = [line for rule in ordered for pattern in rule.paths for line in spellings(pattern)]
        self._spec = pathspec.PathSpec.from_lines("gitignore", lines, backend="re2")

    def strictest(self, path: str) -> Rule | None:
        """The strictest rule that covers this path, under its plain spelling."""
        index = self._spec.check_file(path_key(path)).index
        return None if index is None else self._owners[index]


def spellings(pattern: str) -> tuple[str, ...]:
    """The gitignore lines of a pattern: a pattern that names a directory also covers the entry itself."""
    key = path_key(pattern)
    entry = key.removesuffix("/**").rstrip("/")
    return (key,) if entry == key or not entry.strip("*/") else (key, entry)


_ODD = re.compile(r"[\x00-\x1f\x7f\udc80-\udcff]")


def path_key(path: str) -> str:
    """The form in which paths and patterns meet: NFC, case folded, one sign for undecodable bytes."""
    return unicodedata.normalize("NFC", _ODD.sub("�", path)).casefold()


def classify_path(policy: Policy, path: str) -> Classification:
    rule = policy.matcher.strictest(path)
    if rule is None:
        return Classification(policy.default, ("default",))
    return Classification(rule.label, (rule.name,))


def classify(policy: Policy, file: FileDiff) -> Classification:
    """The label of a changed file: join of the rules on its new path, its old path and its content."""
    if policy.failure:
        return Classification(Label.RESTRICTED, ("policy unreadable",))
    parts = [classify_path(policy, path) for path in dict.fromkeys((file.path, file.old_path))]
    texts = [blob.text.casefold() for blob in (file.old, file.new) if blob.text]
    for rule in policy.rules:
        if any(word.casefold() in text for word in rule.content for text in texts):
            parts.append(Classification(rule.label, (rule.name,)))
    label = join(*(part.label for part in parts))
    winners = dict.fromkeys(name for part in parts if part.label == label for name in part.rules)
    return Classification(label, tuple(winners))
