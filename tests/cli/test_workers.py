"""Several processes say what one would, in the same order, and a dead one is no clean review."""

from __future__ import annotations

import os
import signal
from functools import partial

import pytest

from reviewbot.cli import workers
from reviewbot.cli.workers import FEWEST
from reviewbot.errors import NotReviewedError, UsageError

spread = partial(workers.spread, processors=2)
MANY = tuple(range(FEWEST * 3))


def test_the_order_is_that_of_the_items() -> None:
    assert list(spread(lambda number: number * 2, MANY)) == [number * 2 for number in MANY]


def test_few_items_stay_in_this_process() -> None:
    assert set(spread(lambda _: os.getpid(), MANY[: FEWEST - 1])) == {os.getpid()}


def test_one_processor_is_one_process() -> None:
    assert set(workers.spread(lambda _: os.getpid(), MANY, processors=1)) == {os.getpid()}


def test_many_items_leave_it() -> None:
    assert os.getpid() not in set(spread(lambda _: os.getpid(), MANY))


def test_neither_the_work_nor_its_items_need_to_be_sent() -> None:
    unsendable = [(lambda number=number: number) for number in MANY]
    assert list(spread(lambda item: item(), unsendable)) == list(MANY)


def test_a_worker_that_dies_is_a_failure() -> None:
    with pytest.raises(NotReviewedError, match="nothing was concluded"):
        spread(lambda number: os.kill(os.getpid(), signal.SIGKILL) if number == 50 else None, MANY)


def test_an_error_of_the_work_is_its_own() -> None:
    def work(number: int) -> None:
        if number == 50:
            raise UsageError("fifty")

    with pytest.raises(UsageError, match="fifty"):
        spread(work, MANY)
