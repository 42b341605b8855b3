"""Suites of the files of one label: nothing of them depends on a file of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reviewbot.core import credentials
from reviewbot.core.diff import FileDiff, split_lines
from reviewbot.core.exchange import Excerpt
from reviewbot.core.grammars import language_of
from reviewbot.core.labels import Label
from reviewbot.core.paths import is_sample
from reviewbot.core.policy import Policy, classify_path
from reviewbot.core.summary import counted
from reviewbot.core.text import visible
from reviewbot.pipeline.sketches import ScaffoldJob
from reviewbot.tasks.scaffold.languages import language
from reviewbot.tasks.scaffold.planning import MORE, Unsuited, rendered, suites
from reviewbot.tasks.scaffold.suites import Suite, Surroundings

#: Scaffolds of one label.
MOST = 20
_CREDENTIAL = "a credential stands in what would be written"


def scaffold_jobs(files: Sequence[FileDiff], around: Surroundings, label: Label,
                  policy: Policy) -> tuple[list[ScaffoldJob], list[tuple[str, str, Label]]]:  # fmt: skip
    """The suites of these files, and the targets that get none with the reason.

    A test goes where what stands there is labelled no lower than its target: in a public folder it would carry what it
    was made from into the next change as public.
    """
    found: list[ScaffoldJob] = []
    refused: list[tuple[str, str, Label]] = []

    def is_place(path: str) -> bool:
        return classify_path(policy, path).label >= label

    for number, file in enumerate(files):
        if len(found) == MOST:  # to read the rest only to name what is in it takes longer than all before it
            refused += [(_named(rest), f"{MORE}: not looked at", label)] if (rest := _likely(files[number:])) else []
            break
        for made in suites(file, around, is_place, MOST - len(found)):
            why = made.reason if isinstance(made, Unsuited) else _unfit(made)
            if isinstance(made, Unsuited) or why:
                name = made.target if isinstance(made, Unsuited) else made.target.id
                refused.append((visible(name), why, label))
                continue
            around = replace(around, paths=around.paths | {made.path})
            found.append(ScaffoldJob(f"scaffold-{label}-{len(found) + 1}", label, made, _source(made, file, label)))
    return found, refused


def _likely(files: Sequence[FileDiff]) -> list[str]:
    """The files that have targets, as far as their names say."""
    return [file.path for file in files if file.added and language(language_of(file.path)) and not is_sample(file.path)]


def _named(paths: Sequence[str]) -> str:
    return visible(paths[0]) + (f" and {counted(len(paths) - 1, 'other file')}" if paths[1:] else "")


def _unfit(suite: Suite) -> str:
    texts = {suite.target.path: suite.target.source, suite.path: rendered(suite)}
    return _CREDENTIAL if any(True for path, text in texts.items() for _ in credentials.find(text, path)) else ""


def _source(suite: Suite, file: FileDiff, label: Label) -> Excerpt:
    """The lines of a target as a model may see them: no credential is in them."""
    first, last = suite.target.lines
    rows = split_lines(file.new.text or "")[max(0, first - 1) : last]
    return Excerpt("\n".join(rows) + "\n", label, file.path)
