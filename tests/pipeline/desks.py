"""Asking one job by hand: a desk, a ledger in memory, and a backend that notes when bytes leave."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from reviewbot.backends.scripted import Answer, Scripted
from reviewbot.cli.ledgers import LedgerError, RunLedger
from reviewbot.core.endpoints import Endpoint, Limits
from reviewbot.core.exchange import BackendError, Failure, Prompt, Reply, Traits
from reviewbot.core.labels import Label
from reviewbot.core.plan import Job
from reviewbot.core.tokens import estimate
from reviewbot.pipeline import Reader
from reviewbot.pipeline.asking import Desk
from reviewbot.pipeline.budgets import budgets
from reviewbot.ports import Departing
from tests.materials import job, material
from tests.pipeline.runs import Kept, endpoint

#: One file of one changed line.
JOB = job(material("a = 1\n", "a = 2\n"))
TOKEN = "ghp_" + "Ab3dE6gH9jK2mN5pQ8sT" + "1vW4yZ7bC0eF3hJ6"


@dataclass
class Refusing:
    """A store that takes so many lines and no more."""

    most: int
    taken: int = 0

    def add(self, line: bytes, *, durable: bool) -> None:
        if self.taken == self.most:
            raise LedgerError("full")
        self.taken += 1


@dataclass
class Noting:
    """A backend that notes what it was asked, and how many lines the ledger had when its bytes left."""

    endpoint: Endpoint
    kept: Kept
    answers: Sequence[Answer] = ('{"findings": []}',)
    size: int = 17
    prompts: list[Prompt] = field(default_factory=list)
    deadlines: list[float] = field(default_factory=list)
    left: list[int] = field(default_factory=list)

    def describe(self, deadline: float, departing: Departing) -> Traits:
        departing(self.size)
        self.left.append(len(self.kept.lines))
        return Traits()

    def complete(self, prompt: Prompt, deadline: float, departing: Departing) -> Reply:
        self.deadlines.append(deadline)
        departing(self.size)
        self.left.append(len(self.kept.lines))
        self.prompts.append(prompt)
        answer = self.answers[min(len(self.prompts), len(self.answers)) - 1]
        if isinstance(answer, BackendError):
            raise BackendError(answer.failure)
        return answer if isinstance(answer, Reply) else Reply(answer)


def desk(kept: Kept | Refusing, *jobs: Job, calls: int = 200, cost: float | None = None, dearest: float = 1.0,
         seconds: float = 60.0) -> Desk:  # fmt: skip
    asked = jobs or (JOB,)
    dearests = {one.label: dearest for one in asked}
    return Desk(RunLedger(b"key", kept), budgets(asked, Limits(60, calls, cost), dearests),
                time.monotonic() + seconds, "ab" * 32, estimate)  # fmt: skip


def reader(answers: Callable[[Prompt], Answer] | Sequence[Answer], name: str = "hosted",
           clearance: Label = Label.INTERNAL) -> Reader:  # fmt: skip
    """A scripted backend that nothing retries."""
    known = endpoint(name, clearance)
    return Reader(Scripted(known, answers), known)


def fails(failure: Failure) -> BackendError:
    return BackendError(failure)
