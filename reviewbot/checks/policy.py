"""Changes of what governs reviews, and text that leaves its zone: moved, copied or pasted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import PurePosixPath

from reviewbot.core.findings import Finding, Rule, Severity, at
from reviewbot.core.labels import Label, join
from reviewbot.core.policy import FILE, Policy, classify_path
from reviewbot.core.spellings import text_key
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

_OWNERS = frozenset({"codeowners", ".github/codeowners", ".gitlab/codeowners", "docs/codeowners"})
_PIPELINE = re.compile(r"(?s)\.github/(workflows|actions)/|\.gitlab-ci\.yml$|\.gitlab/.*\.ya?ml$|(.*/)?action\.ya?ml$")
#: Attributes that keep a change from being shown.
_HIDES = re.compile(
    r"\s(-diff|-text|binary|linguist-generated|linguist-vendored|gitlab-generated|diff=|filter=|export-)"
)

#: An escaped sign, a bracket, a run of wildcards.
_WILD = re.compile(r"\\(.)|\[(?:[!^][^\]]*|([^\]])[^\]]*)\]|\*+|\?")

#: Paths that are compared before and after; paths that a finding names.
MAX_PATHS = 50_000
NAMED = 3


def check(reading: Reading) -> Iterator[Finding]:
    file = reading.file
    for path in dict.fromkeys((file.path, file.path if file.change == "copied" else file.old_path)):
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
    if path == FILE or path.startswith(f"{FILE}/"):
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
    patterns = {path for policy in (before, after) for rule in policy.rules for path in rule.paths}
    unseen = _labels(before, after, tuple(map(_sample, patterns)))
    loosens = any(new < old for old, new in (*moves.values(), *((old, new) for _, old, new in unseen)))
    loosens = loosens or _is_looser(before, after)
    groups: dict[str, list[str]] = {}
    for path, (old, new) in moves.items():
        groups.setdefault(_becomes(old, new), []).append(path)
    effects = [
        f"{_files(len(group))} {becomes}: {_examples(group, moves)}" for becomes, group in sorted(groups.items())
    ]
    effects += [f"only {MAX_PATHS:,} of {len(paths):,} paths were compared"] if len(paths) > MAX_PATHS else []
    effects += _rest(before, after)
    hosted = sum(new <= Label.INTERNAL < old for old, new in moves.values())
    return Change(hosted, loosens, tuple(effects), join(*(max(pair) for pair in moves.values())))


def _labels(before: Policy, after: Policy, paths: tuple[str, ...]) -> Iterator[tuple[str, Label, Label]]:
    for path in islice(paths, MAX_PATHS):
        yield path, classify_path(before, path).label, classify_path(after, path).label


def _becomes(old: Label, new: Label) -> str:
    if new <= Label.INTERNAL < old:
        return "hosted"
    return "local only" if old <= Label.INTERNAL < new else "stricter" if new > old else "less strict"


def _is_looser(before: Policy, after: Policy) -> bool:
    """Whether it protects less than paths tell, or lets more pass."""
    words, accepted = _words(after), _accepted(before)
    return (
        any(words.get(word, Label.PUBLIC) < label for word, label in _words(before).items())
        or any(until > accepted.get(name, date.min) for name, until in _accepted(after).items())
        or bool(_dismissed(after) - _dismissed(before))
        or after.default < before.default
        or _is_lower(after.metadata, before.metadata)
        or _rank(after.fail_on) > _rank(before.fail_on)
        or _asks_less(before, after)
    )


def _is_lower(after: Label | None, before: Label | None) -> bool:
    """None is the label of all changed files: lower than restricted, maybe, and maybe higher than any other."""
    if after is None or before is None:
        return after != before and after != Label.RESTRICTED
    return after < before


def _asks_less(before: Policy, after: Policy) -> bool:
    """Whether a hosted model may be asked that might not before."""
    elsewhere = before.region is not None and after.region not in (before.region, "local")
    return elsewhere or before.zero_retention > after.zero_retention


def _sample(pattern: str) -> str:
    """A path that a pattern covers, so that what is not there yet is compared too."""
    return _WILD.sub(lambda match: match[1] or match[2] or "x", pattern.strip("/"))


def _rest(before: Policy, after: Policy) -> Iterator[str]:
    """What changes beyond the labels of the paths that are there."""
    for name, values in _SETS.items():
        old, new = values(before), values(after)
        if old != new:
            yield f"{name}: {len(old - new)} gone, {len(new - old)} new"
    if before.failure:
        yield "the policy can be read again"
    for name in ("default", "metadata", "fail_on", "region", "zero_retention"):
        was, becomes = getattr(before, name), getattr(after, name)
        if was != becomes:
            yield f"{name} goes from {_shown(was)} to {_shown(becomes)}"
    if replace(before.review, ignore=()) != replace(after.review, ignore=()):
        yield "the style of reviews changes"
    if before.instructions != after.instructions:
        yield "the instructions to reviewers change"


def _words(policy: Policy) -> dict[str, Label]:
    ordered = sorted(policy.rules, key=lambda rule: rule.label)
    return {text_key(word): rule.label for rule in ordered for word in rule.content}


def _accepted(policy: Policy) -> dict[str, date]:
    ordered = sorted(policy.accepted, key=lambda one: one.until)
    return {one.fingerprint: one.until for one in ordered}


def _dismissed(policy: Policy) -> Set[object]:
    return {(one.rule, path) for one in policy.dismissed for path in one.paths}


def _rank(gate: Severity | None) -> int:
    return Severity.CRITICAL + 1 if gate is None else gate


#: What a policy has several of; the sets of two policies are compared.
_SETS: dict[str, Callable[[Policy], Set[object]]] = {
    "patterns": lambda policy: {(rule.label, path) for rule in policy.rules for path in rule.paths},
    "words that restrict content": lambda policy: _words(policy).items(),
    "accepted credentials": lambda policy: _accepted(policy).items(),
    "dismissed findings": _dismissed,
    "patterns of what is not reviewed": lambda policy: set(policy.review.ignore),
}


def _examples(paths: list[str], moves: Mapping[str, tuple[Label, Label]]) -> str:
    named = [f"{visible(path)} ({moves[path][0]} to {moves[path][1]})" for path in paths[:NAMED]]
    more = [f"{len(paths) - NAMED:,} more"] if len(paths) > NAMED else []
    return ", ".join(named + more)


def _files(number: int) -> str:
    return "1 file becomes" if number == 1 else f"{number:,} files become"


def _shown(value: object) -> str:
    return "none" if value is None else str(value).lower()
