"""What came of asking: per job who read it and what was found, per call what it took."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from reviewbot.core.drafts import Message
from reviewbot.core.endpoints import Endpoint
from reviewbot.core.findings import Dropped, Finding


@dataclass(frozen=True, slots=True)
class Call:
    """One prompt that was answered, or not. Times in seconds; tokens as the server counted them, 0 unknown."""

    backend: str
    model: str
    tokens_in: int
    tokens_out: int
    seconds: float
    first_token: float | None
    #: Waiting for a free place at the backend.
    queued: float
    cost_usd: float
    #: `ok`, or a Failure.
    status: str = "ok"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one job."""

    job: str
    #: The backend that read it; "" where none did, and then why.
    backend: str
    reason: str = ""
    #: No backend of this run is cleared for it, so none was asked.
    denied: bool = False
    findings: tuple[Finding, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    calls: tuple[Call, ...] = ()
    #: What a reader has to know of it, though it was read.
    notice: str = ""
    #: Of a job that drafts: the message, or expectations by the number of their case.
    message: Message | None = None
    fillings: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """What came of a plan's jobs, or of a part of them."""

    answers: tuple[Answer, ...]
    #: The backends of the run, in the operator's order.
    backends: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """What one backend did in a run. Percentiles are of whole calls, in seconds; None without a measurement."""

    backend: str
    model: str
    calls: int
    failed: int
    tokens_in: int
    tokens_out: int
    cost_usd: float
    p50: float
    p95: float
    p99: float
    first_token_p50: float | None
    first_token_p95: float | None
    queue_p50: float
    queue_p95: float


def cost(endpoint: Endpoint, tokens_in: int, tokens_out: int) -> float:
    """Dollars."""
    return (tokens_in * (endpoint.price_in or 0.0) + tokens_out * (endpoint.price_out or 0.0)) / 1_000_000


def usage(parts: Sequence[Answers]) -> tuple[Usage, ...]:
    """What each backend did, in the operator's order; those that did nothing are left out."""
    groups: dict[str, list[Call]] = {name: [] for part in parts for name in part.backends}
    for call in (call for part in parts for answer in part.answers for call in answer.calls):
        groups.setdefault(call.backend, []).append(call)
    return tuple(_usage(name, calls) for name, calls in groups.items() if calls)


def _usage(backend: str, calls: Sequence[Call]) -> Usage:
    seconds = sorted(call.seconds for call in calls)
    first = sorted(call.first_token for call in calls if call.first_token is not None)
    queued = sorted(call.queued for call in calls)
    return Usage(
        backend, calls[0].model, len(calls), sum(call.status != "ok" for call in calls),
        sum(call.tokens_in for call in calls), sum(call.tokens_out for call in calls),
        sum(call.cost_usd for call in calls), percentile(seconds, 50), percentile(seconds, 95),
        percentile(seconds, 99), percentile(first, 50) if first else None, percentile(first, 95) if first else None,
        percentile(queued, 50), percentile(queued, 95),
    )  # fmt: skip


def percentile(ordered: Sequence[float], percent: int) -> float:
    """The smallest value that `percent` of all are at or below (nearest rank); 0 of none."""
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)] if ordered else 0.0


def by_job(parts: Iterable[Answers]) -> Mapping[str, Answer]:
    """The answer to each job; of several to one, the one that was read."""
    found: dict[str, Answer] = {}
    for answer in (answer for part in parts for answer in part.answers):
        if answer.job not in found or not found[answer.job].backend:
            found[answer.job] = answer
    return found
