"""Jobs in the queues of their backends: each backend works as many at a time as it may, first come, first served."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from queue import SimpleQueue
from threading import Event, Thread
from typing import Protocol, TypeVar

from reviewbot.core.answers import Answer, Call
from reviewbot.errors import NotReviewedError, ReviewbotError
from reviewbot.pipeline.asking import Reader

_Result = tuple[int, Answer | ReviewbotError | None]
_Waiting = SimpleQueue[tuple[int, float] | None]


class Named(Protocol):
    """A job of any kind."""

    @property
    def name(self) -> str:
        """No other job of the run has it."""


_Job = TypeVar("_Job", bound=Named)
#: What one backend makes of the job of that number after waiting so many seconds.
_Work = Callable[[int, Reader, float], Answer]


def dispatch(jobs: Sequence[_Job], routes: Mapping[str, Sequence[Reader]],
             work: Callable[[_Job, Reader, float], Answer]) -> tuple[Answer, ...]:  # fmt: skip
    """The answer to each job, in the jobs' order. `routes` has, by a job's name, the backends cleared for it.

    A job that one backend did not read goes to the next of its route and to no other. Threads are daemons: whoever
    interrupts the run does not wait for a model. Raises NotReviewedError, and what a ledger raises.
    """
    done: SimpleQueue[_Result] = SimpleQueue()
    readers = {reader.endpoint.name: reader for job in jobs for reader in routes[job.name]}
    over = Event()

    def at(number: int, reader: Reader, queued: float) -> Answer:
        return work(jobs[number], reader, queued)

    queues = {name: _staffed(reader, len(jobs), at, done, over) for name, reader in readers.items()}
    try:
        return _gathered([routes[job.name] for job in jobs], queues, done)
    finally:
        # However it ends, nothing that still waits is asked.
        over.set()
        for queue in queues.values():
            queue.put(None)


def _gathered(routes: Sequence[Sequence[Reader]], queues: Mapping[str, _Waiting],
              done: SimpleQueue[_Result]) -> tuple[Answer, ...]:  # fmt: skip
    """The answers in order; `routes` has the backends of each job."""
    answers: dict[int, Answer] = {}
    steps, calls, reasons = [0] * len(routes), [tuple[Call, ...]()] * len(routes), [""] * len(routes)
    for number, (first, *_) in enumerate(routes):
        queues[first.endpoint.name].put((number, time.monotonic()))
    while len(answers) < len(routes):
        number, result = done.get()
        if result is None:
            raise NotReviewedError("a thread that asked a model died: nothing was concluded")
        if isinstance(result, ReviewbotError):
            raise result
        tried, *route = routes[number][steps[number] :]
        calls[number] += result.calls
        steps[number] += 1
        if result.reason:
            reasons[number] += f"{'; ' if reasons[number] else ''}{tried.endpoint.name}: {result.reason}"
        if result.backend or not route:
            reason = "" if result.backend else reasons[number]
            instead = f"after {reasons[number]}" if result.backend and reasons[number] else ""
            notice = "; ".join(filter(None, (instead, result.notice)))
            answers[number] = replace(result, calls=calls[number], reason=reason, notice=notice)
        else:
            queues[route[0].endpoint.name].put((number, time.monotonic()))
    return tuple(answers[number] for number in range(len(routes)))


def _staffed(reader: Reader, most: int, work: _Work, done: SimpleQueue[_Result], over: Event) -> _Waiting:
    """A queue with as many workers as the backend may have, until it is over."""
    waiting: _Waiting = SimpleQueue()

    def worker() -> None:
        while (item := waiting.get()) is not None and not over.is_set():
            number, since = item
            result: Answer | ReviewbotError | None = None
            try:
                result = work(number, reader, time.monotonic() - since)
            except ReviewbotError as error:
                result = error
            finally:
                done.put((number, result))
        waiting.put(None)

    for _ in range(min(most, reader.endpoint.concurrency)):
        Thread(target=worker, daemon=True).start()
    return waiting
