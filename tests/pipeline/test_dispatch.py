"""Dispatch: each job down its own route, as many at a time as a backend may have, and answers in the jobs' order."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Barrier, Event, Lock, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.backends.scripted import Scripted
from reviewbot.cli.ledgers import LedgerError
from reviewbot.core.answers import Answer, Call
from reviewbot.core.labels import Label
from reviewbot.core.plan import Job
from reviewbot.errors import EgressDeniedError, NotReviewedError, ReviewbotError
from reviewbot.pipeline import Reader
from reviewbot.pipeline.dispatch import dispatch
from tests.pipeline.desks import JOB
from tests.pipeline.runs import endpoint


def jobs(count: int) -> list[Job]:
    return [replace(JOB, name=f"internal-{number}") for number in range(1, count + 1)]


def reader(name: str, concurrency: int = 1) -> Reader:
    known = endpoint(name, Label.INTERNAL, concurrency=concurrency)
    return Reader(Scripted(known, ["never asked"]), known)


def everywhere(asked: Sequence[Job], *readers: Reader) -> Mapping[str, Sequence[Reader]]:
    return {job.name: readers for job in asked}


def call(name: str, status: str = "ok") -> Call:
    return Call(name, "m", 1, 1, 0.1, None, 0.0, 0.0, status)


def read(job: Job, by: Reader) -> Answer:
    return Answer(job.name, by.endpoint.name, calls=(call(by.endpoint.name),))


def unread(job: Job, by: Reader, reason: str = "server busy") -> Answer:
    return Answer(job.name, "", reason, calls=(call(by.endpoint.name, reason),))


def test_answers_have_the_order_of_the_jobs_whoever_is_ready_first() -> None:
    asked = jobs(6)
    ready = {job.name: Event() for job in asked}
    ended: list[str] = []

    def work(job: Job, by: Reader, queued: float) -> Answer:
        assert ready[job.name].wait(10)
        ended.append(job.name)
        if job is not asked[0]:
            ready[asked[asked.index(job) - 1].name].set()
        return read(job, by)

    ready[asked[-1].name].set()
    answers = dispatch(asked, everywhere(asked, reader("hosted", 6)), work)
    assert ended == [job.name for job in reversed(asked)]
    assert [answer.job for answer in answers] == [job.name for job in asked]


@pytest.mark.parametrize("most", [1, 3])
def test_a_backend_works_as_many_at_a_time_as_it_may_and_not_one_more(most: int) -> None:
    asked = jobs(12)
    together, lock = Barrier(most), Lock()
    now: defaultdict[str, int] = defaultdict(int)
    highest: defaultdict[str, int] = defaultdict(int)

    def work(job: Job, by: Reader, queued: float) -> Answer:
        name = by.endpoint.name
        with lock:
            now[name] += 1
            highest[name] = max(highest[name], now[name])
        if name == "hosted":
            together.wait(10)
        time.sleep(0.001)
        with lock:
            now[name] -= 1
        return unread(job, by) if name == "hosted" else read(job, by)

    dispatch(asked, everywhere(asked, reader("hosted", most), reader("local", 2)), work)
    assert highest["hosted"] == most
    assert highest["local"] <= 2


NAMES = ("a", "b", "c", "d")
ROUTES = st.lists(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True), min_size=1, max_size=8)


@settings(deadline=None)
@given(ROUTES, st.sets(st.tuples(st.integers(0, 7), st.sampled_from(NAMES))))
def test_a_job_goes_down_its_own_route_until_somebody_reads_it(
    routes: list[list[str]], failing: set[tuple[int, str]]
) -> None:
    readers = {name: reader(name, 2) for name in NAMES}
    asked = jobs(len(routes))
    walked: defaultdict[str, list[str]] = defaultdict(list)

    def work(job: Job, by: Reader, queued: float) -> Answer:
        walked[job.name].append(by.endpoint.name)
        is_bad = (asked.index(job), by.endpoint.name) in failing
        return unread(job, by, f"{by.endpoint.name} broke") if is_bad else read(job, by)

    answers = dispatch(
        asked,
        {job.name: [readers[name] for name in route] for job, route in zip(asked, routes, strict=True)},
        work,
    )
    for number, (job, route, answer) in enumerate(zip(asked, routes, answers, strict=True)):
        good = [name for name in route if (number, name) not in failing]
        steps = route[: route.index(good[0]) + 1] if good else route
        assert walked[job.name] == steps
        assert answer.backend == (good[0] if good else "")
        assert answer.reason == ("" if good else "; ".join(f"{name}: {name} broke" for name in route))
        assert [one.backend for one in answer.calls] == steps


def test_the_wait_is_that_before_this_backend_and_not_the_time_of_others() -> None:
    asked = jobs(2)
    waits: list[float] = []
    first = Event()

    def work(job: Job, by: Reader, queued: float) -> Answer:
        waits.append(queued)
        if job is asked[0]:
            first.wait(0.05)
        return read(job, by)

    dispatch(asked, everywhere(asked, reader("hosted")), work)
    assert waits[0] < waits[1]
    assert waits[1] >= 0.045


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_dies_ends_the_run_and_says_nothing_of_the_text() -> None:
    asked = jobs(3)
    threads: list[Thread] = []

    def work(job: Job, by: Reader, queued: float) -> Answer:
        if job is asked[1]:
            threads.append(threading.current_thread())
            raise ZeroDivisionError("CANARY")
        return read(job, by)

    with pytest.raises(NotReviewedError) as caught:
        dispatch(asked, everywhere(asked, reader("hosted")), work)
    threads[0].join(10)
    assert caught.value.exit_code == 3
    assert "CANARY" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("error", [LedgerError("full"), EgressDeniedError("not cleared")])
def test_what_a_ledger_or_the_gate_raises_ends_the_run(error: ReviewbotError) -> None:
    asked = jobs(4)

    def work(job: Job, by: Reader, queued: float) -> Answer:
        if job is asked[2]:
            raise error
        return read(job, by)

    with pytest.raises(type(error), match=str(error)):
        dispatch(asked, everywhere(asked, reader("hosted", 4)), work)


def test_when_the_run_has_ended_early_nothing_that_waits_is_asked_and_no_thread_stays() -> None:
    asked, before = jobs(50), set(threading.enumerate())
    begun: list[str] = []
    held = Event()

    def work(job: Job, by: Reader, queued: float) -> Answer:
        if by.endpoint.name == "local":
            begun.append(job.name)
            held.wait(10)
            return read(job, by)
        raise LedgerError("full")

    hosted, local = reader("hosted"), reader("local")
    routes = {job.name: [hosted if job is asked[-1] else local] for job in asked}
    with pytest.raises(LedgerError):
        dispatch(asked, routes, work)
    held.set()
    left = set(threading.enumerate()) - before
    for thread in left:
        thread.join(10)
    assert [thread for thread in left if thread.is_alive()] == []
    assert len(begun) <= 1


def test_nobody_to_ask_about_is_no_work() -> None:
    assert dispatch([], {}, lambda job, by, queued: read(job, by)) == ()


def test_a_thousand_jobs_that_all_fall_back_need_no_more_threads_than_the_backends_may_have() -> None:
    asked = jobs(1000)
    threads: set[Thread] = set()
    before = set(threading.enumerate())

    def work(job: Job, by: Reader, queued: float) -> Answer:
        threads.add(threading.current_thread())
        return unread(job, by) if by.endpoint.name == "hosted" else read(job, by)

    start = time.process_time()
    answers = dispatch(asked, everywhere(asked, reader("hosted", 4), reader("local", 2)), work)
    assert time.process_time() - start < 5  # 0.1 s on an idle machine
    assert [answer.job for answer in answers] == [job.name for job in asked]
    assert len(threads) <= 6
    left = set(threading.enumerate()) - before
    for thread in left:
        thread.join(10)
    assert [thread for thread in left if thread.is_alive()] == []


def test_no_more_threads_than_jobs_are_started() -> None:
    asked, before = jobs(2), set(threading.enumerate())
    seen: list[int] = []

    def work(job: Job, by: Reader, queued: float) -> Answer:
        seen.append(len(set(threading.enumerate()) - before))
        return read(job, by)

    dispatch(asked, everywhere(asked, reader("hosted", 500)), work)
    assert max(seen) <= 2
