"""What may be spent, in requests and dollars: for each label by itself, and in all no more than the operator says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Protocol

from reviewbot.core.endpoints import Limits
from reviewbot.core.exchange import BackendError, Failure
from reviewbot.core.labels import Label

#: Requests beside these for each backend of a route: what it takes to find out that it is down.
SPARE = 12
#: The part of what is left that one label may take: the rest stays for those above, whether there are any or not.
_BELOW = 0.75


class Costly(Protocol):
    """Whatever models are asked about."""

    @property
    def label(self) -> Label:
        """Of its prompts."""

    @property
    def requests(self) -> int:
        """How many it takes."""


class Budget:
    """What the jobs of one label may still spend. Safe to use from several threads."""

    def __init__(self, calls: int, cost_usd: float | None) -> None:
        self._lock = Lock()
        self._calls, self._cost = calls, cost_usd

    def take(self, dollars: float) -> None:
        """Counts one request that is about to leave. Raises BackendError where it is one too many."""
        with self._lock:
            if self._calls < 1:
                raise BackendError(Failure.CALLS_SPENT)
            if self._cost is not None and dollars > self._cost:
                raise BackendError(Failure.COST_SPENT)
            self._calls -= 1
            if self._cost is not None:
                self._cost -= dollars

    def give_back(self, dollars: float) -> None:
        """What a request was estimated to cost and did not."""
        with self._lock:
            if self._cost is not None:
                self._cost += max(0.0, dollars)


def budgets(jobs: Sequence[Costly], limits: Limits, dearest: Mapping[Label, float],
            backends: Mapping[Label, int] | None = None) -> dict[Label, Budget]:  # fmt: skip
    """One budget a label, the lowest first: what it may spend depends on nothing of a higher label.

    `dearest` is the most that one request of a label can cost, in dollars; `backends` is how many its route has.
    """
    left, dollars = limits.calls, limits.cost_usd
    found = {}
    for label in sorted({job.label for job in jobs}):
        wanted = sum(job.requests for job in jobs if job.label == label) + SPARE * (backends or {}).get(label, 1)
        part = 1.0 if label >= Label.RESTRICTED else _BELOW
        calls = min(left, wanted, max(1, int(left * part)))
        share = None if dollars is None else min(dollars * part, calls * dearest[label])
        found[label] = Budget(calls, share)
        left -= calls
        dollars = None if dollars is None or share is None else dollars - share
    return found
