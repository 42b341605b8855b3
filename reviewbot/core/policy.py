"""The sensitivity policy and the label it gives to a change. The strictest matching rule wins."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from reviewbot.core import matching
from reviewbot.core.diff import Blob, FileDiff
from reviewbot.core.findings import Severity
from reviewbot.core.fingerprints import NOWHERE, Excerpt, Index
from reviewbot.core.labels import Label, join
from reviewbot.core.regions import Region
from reviewbot.core.spellings import deceives, is_undecodable, path_key, skeleton, text_key
from reviewbot.core.style import Accepted, Dismissed, Instructions, MessageStyle, ReviewStyle

Source = Literal["base", "operator", "pack", "none"]
#: The repository's own document, at its root.
FILE = ".reviewbot.toml"
_ABOVE = re.compile(r"/*(?:\.\./)*")


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


@dataclass(frozen=True)
class Policy:
    """Effective rules, strictest wins; `default` labels what no rule matches."""

    rules: tuple[Rule, ...]
    default: Label
    source: Source
    sha256: str
    #: The label of title, description and commit messages; None is the join of all changed files.
    metadata: Label | None = None
    instructions: tuple[Instructions, ...] = ()
    review: ReviewStyle = field(default_factory=ReviewStyle)
    message: MessageStyle = field(default_factory=MessageStyle)
    #: The gate; None never blocks.
    fail_on: Severity | None = Severity.CRITICAL
    accepted: tuple[Accepted, ...] = ()
    dismissed: tuple[Dismissed, ...] = ()
    #: Of hosted models: where they have to be (`local`: none may be asked), and whether they must keep nothing.
    region: Region | None = None
    zero_retention: bool = False
    #: Why everything is restricted, "" where the documents were read.
    failure: str = ""
    #: What the pull request's own policy asks for. It can only add: labels are joined with these.
    tightened: Policy | None = None
    #: How a label that no rule gave is explained.
    default_name: str = "default"
    #: Document and line of the default; "" where none gives it.
    default_place: str = ""

    @cached_property
    def paths(self) -> matching.Matcher:
        return matching.paths(
            (number, line) for number, rule in enumerate(self.rules) for path in rule.paths
            for line in self.lines(rule, path)
        )  # fmt: skip

    def lines(self, rule: Rule, pattern: str) -> tuple[str, ...]:
        """The gitignore lines of a rule's pattern. One that lowers the default covers nothing it does not say."""
        return matching.plain(pattern) if rule.label < self.default else matching.lines(pattern)

    @cached_property
    def words(self) -> matching.Matcher:
        return matching.words((number, word) for number, rule in enumerate(self.rules) for word in rule.content)

    @cached_property
    def ignored(self) -> matching.Matcher:
        return matching.paths((0, line) for pattern in self.review.ignore for line in matching.plain(pattern))

    @cached_property
    def unread(self) -> Rule | None:
        """The strictest rule that what cannot be read might fall under."""
        return max((rule for rule in self.rules if rule.content), key=lambda rule: rule.label, default=None)


@dataclass(frozen=True, slots=True)
class Classification:
    """A label and why: the rules that gave it, and what a reader should be warned of."""

    label: Label
    rules: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    #: What of the file is copied from text of a higher label.
    excerpt: Excerpt | None = None


#: What says nothing about a label.
NEUTRAL = Classification(Label.PUBLIC, ())


def classify(policy: Policy, file: FileDiff, index: Index = NOWHERE) -> Classification:
    """The label of a changed file: join of its paths, old and new, its content, and what it copies."""
    parts = [classify_path(policy, path) for path in dict.fromkeys((file.path, file.old_path, *_targets(file)))]
    for asked in _documents(policy):
        parts += [_by_content(asked, blob) for blob in (file.old, file.new) if blob.exists and not blob.is_submodule]
    own = join(*(part.label for part in parts))
    excerpt = index.excerpt(file, own)
    if excerpt is not None:
        parts.append(Classification(excerpt.label, (f"excerpt of {excerpt.path}",), (), excerpt))
    return _joined(parts)


def classify_path(policy: Policy, path: str) -> Classification:
    """The label of a path alone, by the policy in force and by what the pull request adds to it."""
    return _joined(_by_path(asked, path) for asked in _documents(policy))


def text_label(policy: Policy, text: str) -> Label:
    """The label of a text by its words alone."""
    blob = Blob("", "100644", len(text), text)
    return join(*(_by_content(asked, blob).label for asked in _documents(policy)))


def matches(policy: Policy, path: str) -> tuple[Rule, ...]:
    """Every rule with a pattern for this path, the strictest first. Raises MatchError."""
    found = [asked.rules[number] for asked in _documents(policy) for number in _numbers(asked, path)]
    return tuple(sorted(found, key=lambda rule: (-rule.label, rule.origin, rule.line)))


def covering(policy: Policy, rule: Rule, path: str) -> tuple[str, ...]:
    """The patterns of a rule that cover a path. Raises MatchError."""
    lines = ((number, line) for number, pattern in enumerate(rule.paths) for line in policy.lines(rule, pattern))
    matcher = matching.paths(lines)
    found = matcher.owners(path_key(path)) | matcher.owners(skeleton(path))
    return tuple(rule.paths[number] for number in sorted(found))


def is_ignored(policy: Policy, path: str, label: Label) -> bool:
    """Whether the team wants no review of this file: never so above INTERNAL, nor where it cannot be told."""
    try:
        return label <= Label.INTERNAL and bool(policy.ignored.owners(path_key(path)))
    except matching.MatchError:
        return False


def metadata_label(policy: Policy, labels: Iterable[Label]) -> Label:
    """The label of title, description and commit messages: of all changed files, unless the policy names one."""
    if policy.failure:
        return Label.RESTRICTED
    named = [document.metadata for document in _documents(policy) if document.metadata is not None]
    return join(*named) if policy.metadata is not None else join(*labels, *named)


def _documents(policy: Policy) -> tuple[Policy, ...]:
    return (policy,) if policy.tightened is None else (policy, policy.tightened)


def _joined(parts: Iterable[Classification]) -> Classification:
    held = tuple(parts)
    label = join(*(part.label for part in held))
    rules = dict.fromkeys(name for part in held if part.label == label for name in part.rules)
    warnings = dict.fromkeys(warning for part in held for warning in part.warnings)
    return Classification(label, tuple(rules), tuple(warnings), next((p.excerpt for p in held if p.excerpt), None))


def _restricted(reason: str, *warnings: str) -> Classification:
    """What cannot be told is restricted."""
    return Classification(Label.RESTRICTED, (reason,), warnings)


def _by_path(policy: Policy, path: str) -> Classification:
    if policy.failure:
        return _restricted("policy unreadable")
    if is_undecodable(path):
        return _restricted("name is not UTF-8", "its name is not UTF-8: restricted")
    if len(path) > matching.MAX_PATH:
        return _restricted("name too long", "its name is too long to match: restricted")
    keys = dict.fromkeys((path_key(path), skeleton(path)))
    try:
        plain, *others = (_strictest(policy, policy.paths.owners(key)) for key in keys)
    except matching.MatchError:
        return _restricted("rules could not be applied", "its name takes too much memory to match: restricted")
    if others and others[0].label > plain.label:
        warning = "its name looks like another: the stricter label counts"
        return Classification(others[0].label, others[0].rules, (warning,))
    warnings = ("its name is not what it looks like",) if deceives(path) else ()
    return Classification(plain.label, plain.rules, warnings)


def _strictest(policy: Policy, numbers: Iterable[int]) -> Classification:
    found = [policy.rules[number] for number in sorted(numbers)]
    if not found:
        return Classification(policy.default, (policy.default_name,))
    label = join(*(rule.label for rule in found))
    return Classification(label, tuple(dict.fromkeys(rule.name for rule in found if rule.label == label)))


def _numbers(policy: Policy, path: str) -> frozenset[int]:
    return policy.paths.owners(path_key(path)) | policy.paths.owners(skeleton(path))


def _by_content(policy: Policy, blob: Blob) -> Classification:
    """Rules that look for words, and the strictest of them where there is no text to look at."""
    if policy.unread is None:
        return NEUTRAL
    if blob.text is None:
        return Classification(policy.unread.label, (f"{policy.unread.name} (content not read: {blob.absence})",))
    try:
        numbers = policy.words.owners(text_key(blob.text))
    except matching.MatchError:
        return _restricted("rules could not be applied", "its content takes too much memory to match: restricted")
    return _strictest(policy, numbers) if numbers else NEUTRAL


def _targets(file: FileDiff) -> Iterator[str]:
    """The paths that links lead to, as far as their text says; above the root the rest of the path counts."""
    for blob, path in ((file.old, file.old_path), (file.new, file.path)):
        if blob.is_symlink and blob.text:
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), blob.text))
            inside = _ABOVE.sub("", target, count=1)
            if inside not in ("", ".", ".."):
                yield inside
