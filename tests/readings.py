"""Readings made from two texts, for checks: pure values, no repository."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from reviewbot.core import credentials
from reviewbot.core.diff import NOTHING, Blob, ChangeKind, FileDiff, Hunk, parse_hunks, split_lines
from reviewbot.core.findings import Finding
from reviewbot.core.labels import Label
from reviewbot.core.policy import Policy
from reviewbot.core.pull import PullRequest
from reviewbot.core.symbols import Syntax
from reviewbot.ports import Check, Reading

POLICY = Policy((), Label.INTERNAL, "pack", "0" * 64)


def blob(text: str | None, mode: str = "100644") -> Blob:
    return NOTHING if text is None else Blob("1" * 40, mode, len(text.encode("utf-8", "surrogateescape")), text)


def diff(path: str, old: str | None, new: str | None, *, old_path: str | None = None,
         change: ChangeKind | None = None, old_mode: str = "100644", new_mode: str = "100644") -> FileDiff:  # fmt: skip
    """The change from one text to another, hunks included; None is a side that is not there."""
    kind = change or ("added" if old is None else "deleted" if new is None else "modified")
    return FileDiff(kind, path, old_path or path, blob(old, old_mode), blob(new, new_mode), hunks(old or "", new or ""))


def hunks(old: str, new: str) -> tuple[Hunk, ...]:
    rows = list(difflib.unified_diff(split_lines(old), split_lines(new), lineterm="", n=3))[2:]
    return parse_hunks("\n".join(rows) + "\n") if rows else ()


def reading(path: str, new: str | None, old: str | None = None, *, label: Label = Label.INTERNAL,
            policy: Policy = POLICY, proposed: Policy | None = None, file: FileDiff | None = None,
            others: Iterable[FileDiff] = (), paths: Iterable[str] = ()) -> Reading:  # fmt: skip
    """What a check sees of one file; `others` are the other files of the pull request, `paths` the head's tree."""
    changed = file or diff(path, old, new)
    pull = PullRequest("a" * 40, "b" * 40, "a" * 40, (changed, *others), tuple(paths) or (path,))
    found = [tuple(credentials.find(side.text or "", path)) for side in (changed.old, changed.new)]
    return Reading(changed, label, Syntax(changed), pull, policy, proposed, found[0], found[1])


def found(check: Check, path: str, new: str | None, old: str | None = None) -> list[tuple[str, int | None]]:
    """What a check says of a change, as (rule, line) pairs in order."""
    return brief(check.check(reading(path, new, old)))


def brief(findings: Iterable[Finding]) -> list[tuple[str, int | None]]:
    return [(finding.rule, finding.location.line) for finding in findings]


def texts(files: Mapping[str, str]) -> tuple[FileDiff, ...]:
    """Several added files."""
    return tuple(diff(path, None, text) for path, text in files.items())
