"""Drafts at the end of a run: what a model wrote, where one did and it may stand; else what was made without one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from reviewbot.core.answers import Answer
from reviewbot.core.drafts import OURS, Drafts, Message, Scaffold, Stages
from reviewbot.core.grammars import language_of
from reviewbot.pipeline.sketches import MessageJob, ScaffoldJob, Sketches
from reviewbot.pipeline.sketching import clean
from reviewbot.tasks import message
from reviewbot.tasks.scaffold.planning import filled, parses, rendered


def offered(sketches: Sketches, answers: Mapping[str, Answer]) -> tuple[Drafts, tuple[str, ...]]:
    """The drafts, and for the reader of the report why a model had no part in some."""
    scaffolds = tuple(_scaffold(one, answers.get(one.name)) for one in sketches.scaffolds)
    messages = tuple(_messages([job for job in sketches.messages if not job.is_whole], answers))
    job = next((job for job in sketches.messages if job.is_whole), None)
    whole = None if job is None else _whole(job, answers.get(job.name), messages[-1])
    drafts = Drafts(messages, whole, sketches.rewordings, scaffolds, sketches.refused, sketches.tasks)
    asked = (answers.get(draft.name) for draft in sketches.drafts)
    lost = [answer for answer in asked if answer is not None and not answer.backend]
    return drafts, tuple(dict.fromkeys(f"A draft was made without a model: {answer.reason}." for answer in lost))


def _messages(jobs: Sequence[MessageJob], answers: Mapping[str, Answer]) -> Iterator[Message]:
    """By label the message; where no model could write about all of it, what one wrote about the part it may read."""
    below: Message | None = None
    for job in jobs:
        if (said := _written(job, answers.get(job.name))) is not None:
            below = said
            yield said
        elif below is not None:
            part = f"{below.origin} wrote it about what is labelled {below.label} or below: the rest is not in it"
            yield replace(below, label=job.label, notice=part)
        else:
            yield job.draft


def _whole(job: MessageJob, answer: Answer | None, otherwise: Message) -> Message:
    """The message that may name what the branch does; its label is that of the change."""
    said = _written(job, answer)
    if said is None and otherwise.origin != OURS:
        said = replace(otherwise, subject=message.opened(otherwise.subject, job.ticket))
    return job.draft if said is None else replace(said, label=job.draft.label)


def _written(job: MessageJob, answer: Answer | None) -> Message | None:
    """What a model wrote, None where none did."""
    if answer is None or not answer.backend or answer.message is None:
        return None
    return replace(clean(answer.message), label=job.label, origin=answer.backend)


def _scaffold(job: ScaffoldJob, answer: Answer | None) -> Scaffold:
    """The file of a suite with what a model may have written into it."""
    suite = job.suite
    read = answer if answer is not None and answer.backend else None
    written = suite if read is None else filled(suite, dict(read.fillings))
    content = rendered(written)
    grammar = language_of(suite.path) or suite.target.language
    if not parses(grammar, content):  # each filling did by itself
        written, content, read = suite, rendered(suite), None
    return Scaffold(
        suite.path, suite.target.id, suite.target.language, suite.framework, content, Stages(parses(grammar, content)),
        job.label, read.backend if read is not None and read.fillings else OURS,
        sum(not case.is_written for case in written.cases), tuple(filter(None, (read.notice if read else "",))),
    )  # fmt: skip
