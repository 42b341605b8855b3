"""The second third of the sentence: a plan and the models of this run in, answers out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from threading import Thread

from reviewbot.core import routing
from reviewbot.core.answers import Answer, Answers, cost
from reviewbot.core.catalogue import completed
from reviewbot.core.endpoints import Endpoint, Limits
from reviewbot.core.exchange import BackendError, Excerpt, Prompt, Traits
from reviewbot.core.labels import Label
from reviewbot.core.ledger import Entry
from reviewbot.core.plan import Job
from reviewbot.core.report import FileReport
from reviewbot.core.tokens import Count, estimate
from reviewbot.errors import NotReviewedError, ReviewbotError
from reviewbot.pipeline import drafting
from reviewbot.pipeline.asking import Desk, Reader, answer, denial
from reviewbot.pipeline.budgets import budgets
from reviewbot.pipeline.dispatch import dispatch
from reviewbot.pipeline.drafting import Draft
from reviewbot.pipeline.planning import Plan, Windows
from reviewbot.ports import Backend, Ledger
from reviewbot.tasks import review

#: Seconds that a server has to say what it is.
_INTRODUCTION = 5.0


@dataclass(frozen=True, slots=True)
class Models:
    """The models of one run, in the operator's order, and what they may cost."""

    readers: tuple[Reader, ...]
    ledger: Ledger
    #: A reading of `time.monotonic()` at which the run ends.
    deadline: float
    limits: Limits = field(default_factory=Limits)
    count: Count = estimate
    notices: tuple[str, ...] = ()


def described(backends: Sequence[Backend], deadline: float, ledger: Ledger) -> tuple[tuple[Reader, Traits | None], ...]:
    """Each backend with what its server says of it, all asked at once; None where it does not answer.

    One that does not answer now stays: it may later, and what it does not read has to be said.
    """
    began = time.monotonic()

    def introduced(backend: Backend) -> Traits | None:
        endpoint = backend.endpoint
        # A file is read whole, for its digest: what is not known of its licence by then, no guard looks at again.
        most = endpoint.seconds if endpoint.kind == "llamacpp" else min(_INTRODUCTION, (deadline - began) / 4)
        until = min(deadline, began + most)

        def departing(size: int, /) -> None:
            ledger.append(_introduction(endpoint, size))

        try:
            return backend.describe(until, departing)
        except BackendError:
            return None

    found = _at_once(introduced, backends)
    return tuple((Reader(backend, _known(backend.endpoint, traits)), traits)
                 for backend, traits in zip(backends, found, strict=True))  # fmt: skip


def _at_once(work: Callable[[Backend], Traits | None], backends: Sequence[Backend]) -> list[Traits | None]:
    """The work on each, in threads that nobody waits for who interrupts the run. Raises what a ledger raises."""
    futures: list[Future[Traits | None]] = [Future() for _ in backends]

    def run(backend: Backend, future: Future[Traits | None]) -> None:
        try:
            future.set_result(work(backend))
        except ReviewbotError as error:
            future.set_exception(error)
        finally:
            if not future.done():
                future.set_exception(NotReviewedError("a thread that asked a server died: nothing was concluded"))

    for backend, future in zip(backends, futures, strict=True):
        Thread(target=run, args=(backend, future), daemon=True).start()
    return [future.result() for future in futures]


def _known(endpoint: Endpoint, traits: Traits | None) -> Endpoint:
    """The endpoint with its window and prices, and with the digest that its server names in place of the one pinned."""
    if traits is not None and not endpoint.model:
        endpoint = replace(endpoint, model=traits.model)
    known = completed(endpoint, traits)
    return replace(known, digest=traits.digest) if traits and traits.digest else known


def _introduction(endpoint: Endpoint, size: int) -> Entry:
    return Entry("egress", endpoint.name, Label.PUBLIC, "describe", endpoint.name, ", ".join(endpoint.hosts),
                 endpoint.model, bytes_out=size, attempt=1)  # fmt: skip


def windows(models: Models) -> Windows:
    """What the models of this run can take, by label."""
    return Windows(routing.windows([reader.endpoint for reader in models.readers]), models.count)


def asked(plan: Plan, models: Models, shard: tuple[int, int] = (1, 1)) -> Answers:
    """The answers to the jobs of one shard, `(1, 1)` to all. Every decision is on the ledger before anybody is asked.

    Raises EgressDeniedError and what a ledger raises.
    """
    number, of = shard
    jobs = (plan.jobs or ())[number - 1 :: of]
    prompts = {job.name: review.prompt(job, plan.policy.review.language) for job in jobs}
    routes = {name: _route(prompt.label, models.readers) for name, prompt in prompts.items()}
    for entry in _decisions(plan, jobs, routes, is_first=number == 1):
        models.ledger.append(entry)
    readable = [job for job in jobs if routes[job.name]]
    share = Limits(models.limits.seconds, models.limits.calls // of,
                   None if models.limits.cost_usd is None else models.limits.cost_usd / of)  # fmt: skip
    limits, rest = drafting.limits(share, wanted=bool(plan.sketches.tasks))
    dearest = {} if limits.cost_usd is None else _dearest(readable, prompts, routes, models.count)
    shares = budgets(readable, limits, dearest, {job.label: len(routes[job.name]) for job in readable})
    desk = Desk(models.ledger, shares, models.deadline, plan.policy.sha256, models.count,
                plan.policy.review.language)  # fmt: skip
    answers = dispatch(readable, routes, lambda job, reader, queued: answer(job, reader, desk, queued))
    denied = [Answer(job.name, "", denial(job.label), denied=True) for job in jobs if not routes[job.name]]
    unwritten = [draft for draft in plan.sketches.drafts if drafting.is_open(draft)]
    drafts = _drafted(plan, models, unwritten[number - 1 :: of], rest)
    return Answers((*answers, *denied, *drafts), tuple(reader.endpoint.name for reader in models.readers),
                   models.notices)  # fmt: skip


def _drafted(plan: Plan, models: Models, drafts: Sequence[Draft], limits: Limits) -> tuple[Answer, ...]:
    """What models made of drafts; one that no model is cleared for stays as it is. Raises what a ledger raises."""
    routes = {draft.name: _route(draft.label, models.readers) for draft in drafts}
    for entry in drafting.decisions(drafts, routes, plan.policy.sha256):
        models.ledger.append(entry)
    readable = [draft for draft in drafts if routes[draft.name]]
    prompts = {} if limits.cost_usd is None else {draft.name: drafting.first(draft) for draft in readable}
    dearest = {} if limits.cost_usd is None else _dearest(readable, prompts, routes, models.count)
    shares = budgets(readable, limits, dearest, {draft.label: len(routes[draft.name]) for draft in readable})
    desk = Desk(models.ledger, shares, models.deadline, plan.policy.sha256, models.count)
    return drafting.drafted(readable, routes, desk)


def _route(label: Label, readers: Sequence[Reader]) -> tuple[Reader, ...]:
    """The backends cleared for this label, in the operator's order. Fallback walks this and nothing else."""
    cleared = routing.route(label, [reader.endpoint for reader in readers])
    return tuple(reader for reader in readers if reader.endpoint in cleared)


def _dearest(jobs: Sequence[Job | Draft], prompts: Mapping[str, Prompt], routes: Mapping[str, Sequence[Reader]],
             count: Count) -> Mapping[Label, float]:  # fmt: skip
    """The most that one request of each label can cost, in dollars."""
    found: dict[Label, float] = {}
    for job in jobs:
        prompt = prompts[job.name]
        size = count(prompt.system) + count(prompt.text)
        most = max(cost(reader.endpoint, size, prompt.max_tokens) for reader in routes[job.name])
        found[job.label] = max(found.get(job.label, 0.0), most)
    return found


def _decisions(plan: Plan, jobs: Sequence[Job], routes: Mapping[str, Sequence[Reader]],
               *, is_first: bool) -> Iterator[Entry]:  # fmt: skip
    """A line for each file of these jobs, and with the first shard for those of no job; then what nobody may read."""
    planned = {path: job for job in reversed(plan.jobs or ()) for path in job.paths}
    here = {job.name for job in jobs}
    for file in plan.files:
        job = planned.get(file.path)
        if job is None and is_first:
            yield _decision(plan, file, "", file.outcome)
        elif job is not None and job.name in here:
            names = [reader.endpoint.name for reader in routes[job.name]]
            yield _decision(plan, file, names[0] if names else "", ", else ".join(names) or denial(job.label))
    for job in jobs:
        if not routes[job.name]:
            excerpts = tuple(Excerpt(part.text, part.material.label, part.material.path) for part in job.parts)
            yield Entry("deny", "", job.label, denial(job.label), policy_sha256=plan.policy.sha256, inputs=excerpts)


def _decision(plan: Plan, file: FileReport, sink: str, status: str) -> Entry:
    """Which label a file has and why; its input is the change as a report shows it."""
    text = "".join(f"{line.mark}{line.text}\n" for hunk in file.hunks for line in hunk.lines)
    return Entry("decision", sink, file.label, status, backend=sink, rules=file.rules,
                 policy_sha256=plan.policy.sha256, inputs=(Excerpt(text, file.label, file.path),))  # fmt: skip
