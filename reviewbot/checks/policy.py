"""Changes of what governs reviews, and text that leaves its zone: moved, copied or pasted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import PurePosixPath

from reviewbot.core.findings import Finding, Rule, Severity, at
from reviewbot.core.labels import Label, join
from reviewbot.core.policy import Policy, classify_path
from reviewbot.core.text import visible
from reviewbot.ports import Reading

CHANGED = Rule(
    "policy/changed", Severity.MEDIUM, "The sensitivity policy changes",
    "After the merge it decides who may read which file: its owners should look.", 0.95,
)  # fmt: skip
INVALID = Rule(
    "policy/invalid", Severity.HIGH, "The sensitivity policy cannot be read",
    "After the merge everything would be restricted.", 0.99,
)  # fmt: skip
OWNERS = Rule(
    "policy/owners", Severity.MEDIUM, "Code owners change",
    "It decides whose approval later changes need.", 0.9,
)  # fmt: skip
PIPELINE = Rule(
    "policy/pipeline", Severity.INFO, "A CI definition changes",
    "It runs with the project's secrets and starts this review: read it as code.", 0.9,
)  # fmt: skip
ATTRIBUTES = Rule(
    "policy/attributes", Severity.INFO, "Git attributes change",
    "They decide what diffs and forges show of other files.", 0.9,
)  # fmt: skip
MOVED = Rule(
    "policy/moved-out", Severity.HIGH, "Moved or copied out of a restricted zone",
    "After the merge the same text has a lower label: a declassification by move.", 0.95,
)  # fmt: skip
EXCERPT = Rule(
    "policy/excerpt", Severity.HIGH, "Excerpt of a restricted file",
    "After the merge the pasted lines have a lower label than where they come from: a declassification by copy.", 0.85,
)  # fmt: skip
RULES = (CHANGED, INVALID, OWNERS, PIPELINE, ATTRIBUTES, MOVED, EXCERPT)

FILE = ".reviewbot.toml"
_OWNERS = frozenset({"codeowners", ".github/codeowners", ".gitlab/codeowners", "docs/codeowners"})
_PIPELINE = re.compile(r"\.github/(workflows|actions)/|\.gitlab-ci\.yml$|(.*/)?action\.ya?ml$")
#: Attributes that keep a change from being shown.
_HIDES = re.compile(
    r"\s(-diff|-text|binary|linguist-generated|linguist-vendored|gitlab-generated|diff=|filter=|export-)"
)

#: Paths that are compared before and after; paths that a finding names.
MAX_PATHS = 50_000
NAMED = 3


def check(reading: Reading) -> Iterator[Finding]:
    file = reading.file
    for path in dict.fromkeys((file.path, file.old_path)):
        yield from _governs(reading, path)
    old, new = (classify_path(reading.policy, path).label for path in (file.old_path, file.path))
    if new < old:
        body = f"{visible(file.old_path)} is {old}, {visible(file.path)} is {new}. {MOVED.reason}"
        yield at(MOVED, file, None, body=body, label=old)
    elif reading.excerpt is not None:
        source = reading.excerpt
        body = f"It has lines of {visible(source.path)}, which is {source.label}. {EXCERPT.reason}"
        yield at(EXCERPT, file, source.line, body=body, label=source.label)


def _governs(reading: Reading, path: str) -> Iterator[Finding]:
    key = path.casefold()
    line = min(reading.file.changed_numbers("new"), default=None)
    if path == FILE:
        yield _policy(reading, line)
    elif key in _OWNERS:
        yield at(OWNERS, reading.file, line)
    elif _PIPELINE.match(key):
        yield at(PIPELINE, reading.file, line)
    elif PurePosixPath(key).name == ".gitattributes":
        hiding = next((added.new for added in reading.file.added if _HIDES.search(added.text)), None)
        severity = Severity.INFO if hiding is None else Severity.MEDIUM
        yield at(ATTRIBUTES, reading.file, hiding or line, severity=severity)


def _policy(reading: Reading, line: int | None) -> Finding:
    if reading.proposed is None:
        return at(CHANGED, reading.file, line)
    if reading.proposed.failure:
        return at(INVALID, reading.file, line, body=f"{reading.proposed.failure}. {INVALID.reason}")
    change = compare(replace(reading.policy, tightened=None), reading.proposed, reading.pull.paths)
    severity = Severity.HIGH if change.loosens else Severity.MEDIUM if change.effects else Severity.INFO
    effects = "; ".join(change.effects) or "no path of this branch changes its label"
    hosted = f"{CHANGED.title}: {_files(change.hosted)} hosted" if change.hosted else ""
    return at(CHANGED, reading.file, line, title=hosted, severity=severity, label=change.label,
              body=f"After the merge {effects}. {CHANGED.reason}")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """What one policy does that another did not. `label` is that of the paths it names or counts."""

    hosted: int
    loosens: bool
    effects: tuple[str, ...]
    label: Label


def compare(before: Policy, after: Policy, paths: tuple[str, ...]) -> Change:
    """The effect on these paths, and on what is not there yet."""
    moves = {path: (old, new) for path, old, new in _labels(before, after, paths) if old != new}
    groups: dict[str, list[str]] = {}
    for path, (old, new) in moves.items():
        groups.setdefault(_becomes(old, new), []).append(path)
    effects = [
        f"{_files(len(group))} {becomes}: {_examples(group, moves)}" for becomes, group in sorted(groups.items())
    ]
    gone, came = (_words(one).items() - _words(other).items() for one, other in ((before, after), (after, before)))
    lowered = [word for word, label in gone if _words(after).get(word, Label.PUBLIC) < label]
    effects += _rest(before, after, len(gone), len(came))
    loosens = (
        any(new < old for old, new in moves.values()) or bool(lowered) or after.default < before.default
        or (after.metadata is not None and (before.metadata is None or after.metadata < before.metadata))
    )  # fmt: skip
    hosted = sum(new <= Label.INTERNAL < old for old, new in moves.values())
    return Change(hosted, loosens, tuple(effects), join(*(max(pair) for pair in moves.values())))


def _labels(before: Policy, after: Policy, paths: tuple[str, ...]) -> Iterator[tuple[str, Label, Label]]:
    for path in islice(paths, MAX_PATHS):
        yield path, classify_path(before, path).label, classify_path(after, path).label


def _becomes(old: Label, new: Label) -> str:
    if new <= Label.INTERNAL < old:
        return "hosted"
    return "local only" if old <= Label.INTERNAL < new else "stricter" if new > old else "less strict"


def _rest(before: Policy, after: Policy, gone: int, came: int) -> Iterator[str]:
    old, new = ({(rule.label, path) for rule in policy.rules for path in rule.paths} for policy in (before, after))
    if old != new:
        yield f"patterns: {len(old - new)} gone, {len(new - old)} new"
    if gone or came:
        yield f"words that restrict content: {gone} gone, {came} new"
    if before.failure:
        yield "the policy can be read again"
    for name in ("default", "metadata", "fail_on"):
        was, becomes = getattr(before, name), getattr(after, name)
        if was != becomes:
            yield f"{name} goes from {_shown(was)} to {_shown(becomes)}"
    if before.review != after.review:
        yield "the style of reviews changes"
    if before.instructions != after.instructions:
        yield "the instructions to reviewers change"


def _words(policy: Policy) -> dict[str, Label]:
    ordered = sorted(policy.rules, key=lambda rule: rule.label)
    return {word.casefold(): rule.label for rule in ordered for word in rule.content}


def _examples(paths: list[str], moves: Mapping[str, tuple[Label, Label]]) -> str:
    named = [f"{visible(path)} ({moves[path][0]} to {moves[path][1]})" for path in paths[:NAMED]]
    more = [f"{len(paths) - NAMED:,} more"] if len(paths) > NAMED else []
    return ", ".join(named + more)


def _files(number: int) -> str:
    return "1 file becomes" if number == 1 else f"{number:,} files become"


def _shown(value: object) -> str:
    return "none" if value is None else str(value)
