"""Drafts that models write better: messages whole, and in scaffolds one expectation at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reviewbot.core.answers import Answer, Call
from reviewbot.core.endpoints import Limits
from reviewbot.core.exchange import BackendError, Failure, Prompt
from reviewbot.core.ledger import Entry
from reviewbot.core.replies import UnreadableError
from reviewbot.pipeline.asking import Desk, Inquiry, Reader, denial
from reviewbot.pipeline.dispatch import dispatch
from reviewbot.pipeline.sketches import MessageJob, ScaffoldJob
from reviewbot.pipeline.sketching import clean
from reviewbot.tasks import message
from reviewbot.tasks.scaffold import holes
from reviewbot.tasks.scaffold.planning import filled, rendered
from reviewbot.tasks.scaffold.planning import holes as open_cases

Draft = MessageJob | ScaffoldJob
Routes = Mapping[str, Sequence[Reader]]


def drafted(drafts: Sequence[Draft], routes: Routes, desk: Desk) -> tuple[Answer, ...]:
    """What models made of these. Every draft has a backend that is cleared for it. Raises what a ledger raises."""

    def work(draft: Draft, reader: Reader, queued: float) -> Answer:
        calls: list[Call] = []
        inquiry = Inquiry(reader, desk, queued, calls, 0)
        try:
            return _written(draft, inquiry) if isinstance(draft, MessageJob) else _expected(draft, inquiry)
        except BackendError as error:
            return Answer(draft.name, "", str(error.failure), calls=tuple(calls))

    return dispatch(drafts, routes, work)


def decisions(drafts: Sequence[Draft], routes: Routes, policy_sha256: str) -> Iterator[Entry]:
    """A ledger's line for each of them: who may read it."""
    for draft in drafts:
        names = [reader.endpoint.name for reader in routes[draft.name]]
        first = names[0] if names else ""
        said = ", else ".join(names) or denial(draft.label)
        yield Entry("decision", first, draft.label, f"{draft.name}: {said}", backend=first, policy_sha256=policy_sha256)


def is_open(draft: Draft) -> bool:
    """Whether there is anything that a model could write."""
    return bool(draft.excerpts) if isinstance(draft, MessageJob) else bool(open_cases(draft.suite))


def limits(whole: Limits, *, wanted: bool) -> tuple[Limits, Limits]:
    """What reviewing may spend of the whole, and what drafting may: a fixed part, whatever there is to draft."""
    if not wanted:
        return whole, whole
    calls, dollars = whole.calls // 3, None if whole.cost_usd is None else whole.cost_usd / 3
    rest = None if whole.cost_usd is None or dollars is None else whole.cost_usd - dollars
    return Limits(whole.seconds, whole.calls - calls, rest), Limits(whole.seconds, calls, dollars)


def first(draft: Draft) -> Prompt:
    """What is asked first, as long as any that follows."""
    if isinstance(draft, MessageJob):
        return _asking(draft)
    before, after = _around(draft, open_cases(draft.suite)[0], {})
    return holes.chat(draft.source, before, after, draft.label, draft.suite.path)


def _asking(job: MessageJob) -> Prompt:
    return message.prompt(job.draft, job.excerpts, job.convention)


def _written(job: MessageJob, inquiry: Inquiry) -> Answer:
    """The message that a model wrote. Raises BackendError."""
    try:
        said = message.read(inquiry.ask(_asking(job)), draft=job.draft, grounds=job.grounds,
                            convention=job.convention, label=job.label, origin=inquiry.name)  # fmt: skip
    except UnreadableError:
        raise BackendError(Failure.BAD_REPLY) from None
    return Answer(job.name, inquiry.name, calls=tuple(inquiry.calls), message=clean(said))


def _expected(job: ScaffoldJob, inquiry: Inquiry) -> Answer:
    """The expectations that may stand where they were asked for. Raises BackendError where not one could be asked."""
    writer, found = _Writer(job, inquiry), dict[int, str]()
    notice = ""
    for number in open_cases(job.suite):
        try:
            expected = writer.expectation(number, found)
        except BackendError as error:
            if not writer.answered:
                raise
            notice = f"not every expectation was asked for: {error.failure}"
            break
        if expected is not None:
            found[number] = expected
    said = "; ".join(filter(None, (writer.notice, notice)))
    return Answer(job.name, inquiry.name, calls=tuple(inquiry.calls), fillings=tuple(found.items()), notice=said)


@dataclass
class _Writer:
    """A model that writes expectations: into holes, or asked by chat where it cannot fill any."""

    job: ScaffoldJob
    inquiry: Inquiry
    answered: int = 0
    notice: str = ""

    def expectation(self, number: int, found: Mapping[int, str]) -> str | None:
        """What the case returns, None where nothing came that may stand there. Raises BackendError."""
        before, after = _around(self.job, number, found)
        try:
            reply = self._asked(before, after)
        except UnreadableError:
            reply = ""
        self.answered += 1
        target = self.job.suite.target
        return holes.accepted(target.language, before, reply, after, target.called)

    def _asked(self, before: str, after: str) -> str:
        place = (self.job.source, before, after, self.job.label, self.job.suite.path)
        if not self.notice:
            try:
                return self.inquiry.ask(holes.middle(*place))
            except BackendError as error:
                if error.failure is not Failure.BAD_REQUEST:
                    raise
            self.notice = "this model cannot fill in the middle: it was asked by chat"
        return holes.expression(self.inquiry.ask(holes.chat(*place)))


def _around(job: ScaffoldJob, number: int, found: Mapping[int, str]) -> tuple[str, str]:
    """What stands before and after the expectation of a case, with the cases that are written and no other."""
    suite = filled(job.suite, {**found, number: holes.HOLE})
    return holes.split(rendered(replace(suite, cases=tuple(case for case in suite.cases if case.is_written))))
