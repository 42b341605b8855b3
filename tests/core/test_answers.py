"""What came of asking, in numbers: every call counted once, percentiles that were measured, one answer a job."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.answers import Answer, Answers, Call, by_job, cost, percentile, usage
from reviewbot.core.endpoints import Endpoint
from reviewbot.core.labels import Label

TIMES = st.floats(0, 1e6)


def call(backend: str = "hosted", *, seconds: float = 1.0, first: float | None = None, queued: float = 0.0,
         read: int = 0, written: int = 0, dollars: float = 0.0, status: str = "ok") -> Call:  # fmt: skip
    return Call(backend, f"{backend}-model", read, written, seconds, first, queued, dollars, status)


def part(*calls: Call, backends: Sequence[str] = ("hosted", "local")) -> Answers:
    return Answers((Answer("internal-1", "hosted", calls=calls),), tuple(backends))


@given(st.lists(TIMES, min_size=1, max_size=40).map(sorted), st.integers(1, 100))
def test_a_percentile_is_one_of_the_values_and_the_smallest_that_so_many_are_at_or_below(
    ordered: list[float], percent: int
) -> None:
    found = percentile(ordered, percent)
    assert found in ordered
    assert sum(value <= found for value in ordered) * 100 >= percent * len(ordered)
    below = [value for value in ordered if value < found]
    assert not below or len(below) * 100 < percent * len(ordered)


@pytest.mark.parametrize(("count", "percent", "rank"), [
    (1, 50, 1), (1, 99, 1), (2, 50, 1), (3, 50, 2), (4, 50, 2), (20, 95, 19), (21, 95, 20), (100, 99, 99),
    (101, 99, 100), (10, 99, 10), (100, 100, 100), (7, 0, 1),
])  # fmt: skip
def test_a_percentile_has_the_nearest_rank(count: int, percent: int, rank: int) -> None:
    assert percentile([float(number) for number in range(1, count + 1)], percent) == rank


def test_of_nothing_the_percentile_is_nothing() -> None:
    assert percentile([], 95) == 0.0


def test_calls_are_summed_by_backend_in_the_operators_order() -> None:
    parts = [
        part(call("local", read=10, written=1, dollars=0.5), call(read=1, written=2, dollars=0.25, status="timeout")),
        part(call(read=3, written=4, seconds=9.0)),
    ]
    found = usage(parts)
    assert [(one.backend, one.model, one.calls, one.failed) for one in found] == [
        ("hosted", "hosted-model", 2, 1), ("local", "local-model", 1, 0),
    ]  # fmt: skip
    assert [(one.tokens_in, one.tokens_out, one.cost_usd) for one in found] == [(4, 6, 0.25), (10, 1, 0.5)]
    assert [(one.p50, one.p95, one.p99) for one in found] == [(1.0, 9.0, 9.0), (1.0, 1.0, 1.0)]


def test_who_did_nothing_is_left_out_and_who_nobody_named_comes_last() -> None:
    found = usage([part(call("stray"), call("local"), backends=("hosted", "local"))])
    assert [one.backend for one in found] == ["local", "stray"]
    assert usage([]) == usage([part()]) == ()


def test_the_first_token_counts_where_it_was_measured_only() -> None:
    (found,) = usage([part(call(first=None), call(first=0.4), call(first=0.2), backends=())])
    assert (found.first_token_p50, found.first_token_p95) == (0.2, 0.4)
    (none,) = usage([part(call(), backends=())])
    assert (none.first_token_p50, none.first_token_p95) == (None, None)


def test_waiting_is_told_apart_from_working() -> None:
    (found,) = usage([part(*(call(seconds=1.0, queued=float(number)) for number in range(20)), backends=())])
    assert (found.p95, found.queue_p50, found.queue_p95) == (1.0, 9.0, 18.0)


NAMES = ("hosted", "local", "x")
CALLS = st.builds(Call, st.sampled_from(NAMES), st.just("m"), st.integers(0, 9), st.integers(0, 9), TIMES,
                  st.none() | TIMES, TIMES, st.floats(0, 9), st.sampled_from(("ok", "timeout")))  # fmt: skip


@given(st.lists(st.lists(CALLS, max_size=4), max_size=4))
def test_no_call_is_lost_and_none_counted_twice(groups: list[list[Call]]) -> None:
    found = usage([part(*calls) for calls in groups])
    calls = [one for group in groups for one in group]
    assert sum(one.calls for one in found) == len(calls)
    assert sum(one.failed for one in found) == sum(one.status != "ok" for one in calls)
    assert sum(one.tokens_in for one in found) == sum(one.tokens_in for one in calls)
    assert math.isclose(sum(one.cost_usd for one in found), sum(one.cost_usd for one in calls))
    assert all(one.p50 <= one.p95 <= one.p99 for one in found)


@pytest.mark.parametrize(
    ("into", "out", "dollars"), [(0.3, 0.9, 1.2), (None, 0.9, 0.9), (0.3, None, 0.3), (None, None, 0)]
)
def test_a_price_that_nobody_knows_is_none(into: float | None, out: float | None, dollars: float) -> None:
    priced = Endpoint("a", "mistral", "m", Label.INTERNAL, price_in=into, price_out=out)
    assert cost(priced, 1_000_000, 1_000_000) == pytest.approx(dollars)
    assert cost(priced, 0, 0) == 0


READ, UNREAD, DENIED = (Answer("j", "hosted"), Answer("j", "", "busy"), Answer("j", "", "nobody", denied=True))


@pytest.mark.parametrize(("given_", "kept"), [
    ((READ,), READ), ((UNREAD, READ), READ), ((READ, UNREAD), READ), ((DENIED, READ), READ),
    ((READ, Answer("j", "local")), READ), ((UNREAD, DENIED), DENIED),
])  # fmt: skip
def test_of_several_answers_to_a_job_the_first_that_was_read_counts(given_: tuple[Answer, ...], kept: Answer) -> None:
    assert by_job([Answers((one,)) for one in given_]) == {"j": kept}


def test_every_job_has_its_answer() -> None:
    found = by_job([Answers((Answer("a", "hosted"), Answer("b", ""))), Answers((Answer("c", "local"),))])
    assert {name: answer.backend for name, answer in found.items()} == {"a": "hosted", "b": "", "c": "local"}
