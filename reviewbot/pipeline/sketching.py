"""Drafts before anybody is asked: made of the change alone, for each label of what is labelled so or below."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from reviewbot.core import credentials
from reviewbot.core.diff import FileDiff
from reviewbot.core.drafts import Message, Rewording
from reviewbot.core.exchange import Excerpt
from reviewbot.core.fingerprints import NOWHERE, Index
from reviewbot.core.history import History
from reviewbot.core.labels import ASSIGNABLE, Label, join
from reviewbot.core.passages import Material, rendered
from reviewbot.core.policy import Policy, classify, metadata_label
from reviewbot.core.pull import PullRequest
from reviewbot.pipeline.scaffolding import scaffold_jobs
from reviewbot.pipeline.sketches import MessageJob, ScaffoldJob, Sketches, Wanted
from reviewbot.tasks import message
from reviewbot.tasks.scaffold.suites import Surroundings

#: Poor commits that get a better message, and characters of the change in a message's prompt.
MOST_REWORDED, MOST_TEXT = 20, 20_000


def sketched(pull: PullRequest, policy: Policy, wanted: Wanted, materials: Sequence[Material],
             seen: Mapping[Label, PullRequest], labels: Mapping[str, Label],
             index: Index = NOWHERE) -> Sketches:  # fmt: skip
    """What is offered without a model. `seen` is the pull request as each label may know it, `labels` are by path."""
    messages: tuple[MessageJob, ...] = ()
    rewordings: tuple[Rewording, ...] = ()
    if wanted.history is not None and pull.files:
        # Nobody below may learn from a title whether anything above is there.
        about = Label.RESTRICTED if policy.metadata is None else metadata_label(policy, labels.values())
        convention = message.fixed(message.learned(wanted.history.before), policy.message)
        known: message.Known = {}
        messages = tuple(_message_jobs(pull.files, labels, about, wanted.history, convention, materials, known))
        own = {file.path: file for file in pull.files}

        def label_of(file: FileDiff) -> Label:  # of a change of one commit it is known already
            is_known = own.get(file.path) is file
            return labels[file.path] if is_known else classify(policy, file, index).label

        rewordings = tuple(_reworded(wanted.history, label_of, about, convention, known))
    scaffolds: list[ScaffoldJob] = []
    refused: list[tuple[str, str, Label]] = []
    if wanted.tests is not None:
        for label in sorted(set(labels.values()) & set(ASSIGNABLE)):
            files = [file for file in pull.files if labels[file.path] == label and wanted.covers(file.path)]
            paths = frozenset(seen[label].paths) | {one.suite.path for one in scaffolds}
            texts = {text.origin: text.text for text in wanted.tests if text.label <= label}
            made = scaffold_jobs(files, Surroundings(paths, texts), label, policy)
            scaffolds += made[0]
            refused += made[1]
    return Sketches(messages, rewordings, tuple(scaffolds), tuple(refused), wanted.tasks)


def _message_jobs(files: Sequence[FileDiff], labels: Mapping[str, Label], about: Label, history: History,
                  convention: message.Convention, materials: Sequence[Material],
                  known: message.Known) -> Iterator[MessageJob]:  # fmt: skip
    """By label the message about what is labelled so or below, and one more where the branch names a ticket."""
    levels = sorted({*labels.values()})
    for label in levels:
        told = [file for file in files if labels[file.path] <= label]
        branch = history.branch if about <= label else ""
        draft = clean(message.composed(told, convention, label, branch=branch, known=known))
        excerpts = (*_told(materials, label), *_said(history, about, label))
        yield MessageJob(f"message-{label}", label, draft, convention, excerpts)
    if about <= levels[-1]:  # the last one is about all of it
        return
    every = clean(message.composed(files, convention, levels[-1], branch=history.branch, known=known))
    if every.text != draft.text:
        excerpts = (*_told(materials, about), *_said(history, about, about))
        ticket = message.ticketed(history.branch, convention)
        yield MessageJob("message-whole", about, every, convention, excerpts, is_whole=True, ticket=ticket)


def _said(history: History, about: Label, label: Label) -> tuple[Excerpt, ...]:
    """What the authors say of the change: names of branches and messages are labelled `about`."""
    if about > label:
        return ()
    said = "\n".join(step.message for step in history.steps if not step.is_merge)
    text = f"Branch: {history.branch}\n{said}"[: MOST_TEXT // 4]
    return (Excerpt(credentials.withheld(text), about, "commits"),)


def _told(materials: Sequence[Material], label: Label) -> tuple[Excerpt, ...]:
    """What is labelled so or below, in as many characters as a message needs, the same share for every file."""
    materials = [one for one in materials if one.label <= label]
    share = MOST_TEXT // max(1, len(materials))
    return tuple(
        Excerpt(text if len(text) <= share else f"{text[:share]}\n...\n", one.label, one.path)
        for one in materials for text in (rendered(replace(one, facts=()), one.lean),)
    )  # fmt: skip


def _reworded(history: History, label_of: Callable[[FileDiff], Label], about: Label, convention: message.Convention,
              known: message.Known) -> Iterator[Rewording]:  # fmt: skip
    """A better message for each commit that has a poor one. What its author wrote is labelled `about`."""
    found = 0
    for number, step in enumerate(history.steps):
        if step.is_merge or found >= MOST_REWORDED:
            continue
        problems = message.problems(step.message, convention, step.files)
        if problems and step.files:
            found += 1
            label = join(about, *map(label_of, step.files))
            better = clean(message.composed(step.files, convention, label, branch=history.branch, known=known))
            subject = credentials.withheld(step.message.split("\n")[0])
            commands = message.commands(step.id, better, is_head=number == 0)
            yield Rewording(step.id, subject, problems, better, commands)


def clean(said: Message) -> Message:
    """A message without what looks like a credential."""
    return replace(said, subject=credentials.withheld(said.subject), body=credentials.withheld(said.body))
