"""Suites of the files of one label: nothing of them depends on a file of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reviewbot.core import credentials
from reviewbot.core.diff import FileDiff, split_lines
from reviewbot.core.exchange import Excerpt
from reviewbot.core.labels import Label
from reviewbot.core.policy import Policy, classify_path
from reviewbot.core.text import visible
from reviewbot.pipeline.sketches import Exercise
from reviewbot.tasks.scaffold.planning import Unsuited, rendered, suites
from reviewbot.tasks.scaffold.suites import Suite, Surroundings

#: Scaffolds of one label.
MOST = 20
_MORE = "more than one run makes"
_CREDENTIAL = "a credential stands in what would be written"


def exercised(files: Sequence[FileDiff], around: Surroundings, label: Label,
              policy: Policy) -> tuple[list[Exercise], list[tuple[str, str, Label]]]:  # fmt: skip
    """The suites of these files, and the targets that get none with the reason.

    A test goes where what stands there is labelled no lower than its target: in a public folder it would carry what it
    was made from into the next change as public.
    """
    found: list[Exercise] = []
    refused: list[tuple[str, str, Label]] = []
    taken: frozenset[str] = frozenset()

    def is_place(path: str) -> bool:
        return classify_path(policy, path).label >= label

    for file in files:
        for made in suites(file, replace(around, paths=around.paths | taken), is_place):
            why = made.reason if isinstance(made, Unsuited) else _unfit(made, found)
            if isinstance(made, Unsuited) or why:
                name = made.target if isinstance(made, Unsuited) else made.target.id
                refused.append((visible(name), why, label))
                continue
            taken |= {made.path}
            found.append(Exercise(f"scaffold-{label}-{len(found) + 1}", label, made, _source(made, file, label)))
    return found, refused


def _unfit(suite: Suite, found: Sequence[Exercise]) -> str:
    if len(found) >= MOST:
        return _MORE
    texts = {suite.target.path: suite.target.source, suite.path: rendered(suite)}
    return _CREDENTIAL if any(True for path, text in texts.items() for _ in credentials.find(text, path)) else ""


def _source(suite: Suite, file: FileDiff, label: Label) -> Excerpt:
    """The lines of a target as a model may see them: no credential is in them."""
    first, last = suite.target.lines
    rows = split_lines(file.new.text or "")[max(0, first - 1) : last]
    return Excerpt("\n".join(rows) + "\n", label, file.path)
