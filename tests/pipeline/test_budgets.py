"""Budgets: one a label, the lowest first, spent to the last call and never beyond."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.backends.scripted import Scripted
from reviewbot.core.answers import cost
from reviewbot.core.endpoints import Limits
from reviewbot.core.exchange import BackendError, Failure, Reply
from reviewbot.core.labels import ASSIGNABLE, Label
from reviewbot.core.plan import Job
from reviewbot.core.tokens import estimate
from reviewbot.pipeline import Reader
from reviewbot.pipeline.asking import answer
from reviewbot.pipeline.budgets import SPARE, Budget, budgets
from reviewbot.tasks import review
from tests.pipeline.desks import JOB, desk, fails
from tests.pipeline.runs import Kept, Run, endpoint, run, scripted
from tests.readings import diff

NONE = '{"findings": []}'


def taken(budget: Budget, dollars: float = 0.0, most: int = 10_000) -> tuple[int, Failure | None]:
    """How many requests of that price it allows, and why no more."""
    for number in range(most):
        try:
            budget.take(dollars)
        except BackendError as error:
            return number, error.failure
    return most, None


def jobs(*labels: Label) -> list[Job]:
    return [replace(JOB, name=f"{label}-{number}", label=label) for number, label in enumerate(labels)]


@pytest.mark.parametrize(("calls", "cost", "price", "number", "why"), [
    (3, None, 9.0, 3, Failure.CALLS_SPENT), (0, None, 0.0, 0, Failure.CALLS_SPENT),
    (9, 1.0, 0.25, 4, Failure.COST_SPENT), (9, 1.0, 0.3, 3, Failure.COST_SPENT), (9, 0.0, 0.1, 0, Failure.COST_SPENT),
    (9, 0.0, 0.0, 9, Failure.CALLS_SPENT), (4, 1.0, 0.25, 4, Failure.CALLS_SPENT),
])  # fmt: skip
def test_it_is_spent_to_the_last(calls: int, cost: float | None, price: float, number: int, why: Failure) -> None:
    assert taken(Budget(calls, cost), price) == (number, why)


def test_what_costs_too_much_is_no_call() -> None:
    budget = Budget(2, 1.0)
    assert taken(budget, 5.0) == (0, Failure.COST_SPENT)
    assert taken(budget, 0.0) == (2, Failure.CALLS_SPENT)


class Slow(float):
    """A price that is compared slowly, so that other threads come in between."""

    def __gt__(self, other: float) -> bool:
        time.sleep(0)
        return float(self) > other


def test_threads_spend_it_together_and_not_a_call_more() -> None:
    for budget in (Budget(300, 1000.0), Budget(1000, 300.0)):
        with ThreadPoolExecutor(8) as pool:
            numbers = list(pool.map(lambda _, shared=budget: taken(shared, Slow(1.0))[0], range(8)))
        assert sum(numbers) == 300


BOUNDS = st.builds(Limits, st.just(60.0), st.integers(0, 60), st.none() | st.integers(0, 60).map(float))
LABELS = st.lists(st.sampled_from(ASSIGNABLE), max_size=6)


@given(LABELS, BOUNDS)
def test_all_labels_together_get_no_more_than_the_run_may_have(labels: list[Label], limits: Limits) -> None:
    dearest = dict.fromkeys(ASSIGNABLE, 1.0)
    shares = budgets(jobs(*labels), limits, dearest)
    assert set(shares) == set(labels)
    assert sum(taken(budget)[0] for budget in shares.values()) <= limits.calls
    if limits.cost_usd is not None:
        assert sum(taken(budget, 1.0)[0] for budget in budgets(jobs(*labels), limits, dearest).values()) <= (
            limits.cost_usd
        )


@given(LABELS, LABELS, LABELS, BOUNDS, st.sampled_from(ASSIGNABLE), st.floats(0, 3), st.floats(0, 3))
def test_what_a_label_may_spend_depends_on_nothing_above_it(
    low: list[Label], one: list[Label], two: list[Label], limits: Limits, line: Label, cheap: float, dear: float
) -> None:
    found = []
    for high, price in ((one, cheap), (two, dear)):
        labels = [label for label in low if label <= line] + [label for label in high if label > line]
        dearest = {label: 1.0 if label <= line else price for label in ASSIGNABLE}
        shares = [budgets(jobs(*labels), limits, dearest) for _ in range(2)]
        found.append({label: (taken(budget), taken(shares[1][label], 1.0))
                      for label, budget in shares[0].items() if label <= line})  # fmt: skip
    assert found[0] == found[1]


def test_the_lowest_label_is_served_first_and_a_part_stays_for_those_above() -> None:
    found = budgets(jobs(Label.RESTRICTED, Label.INTERNAL), Limits(60, 9, None), dict.fromkeys(ASSIGNABLE, 0.0))
    assert {label: taken(budget)[0] for label, budget in found.items()} == {Label.INTERNAL: 6, Label.RESTRICTED: 3}


def test_however_much_there_is_below_what_is_restricted_can_be_asked() -> None:
    found = budgets(
        jobs(*[Label.INTERNAL] * 500, Label.RESTRICTED), Limits(60, 200, 4.0), dict.fromkeys(ASSIGNABLE, 1.0)
    )
    assert (taken(found[Label.INTERNAL])[0], taken(found[Label.RESTRICTED])[0]) == (150, JOB.requests + SPARE)
    found = budgets(
        jobs(*[Label.INTERNAL] * 500, Label.RESTRICTED), Limits(60, 200, 4.0), dict.fromkeys(ASSIGNABLE, 1.0)
    )
    assert (taken(found[Label.INTERNAL], 1.0)[0], taken(found[Label.RESTRICTED], 1.0)[0]) == (3, 1)


def test_a_job_may_be_tried_at_every_backend_of_its_route() -> None:
    busy = fails(Failure.BUSY)
    backends = [scripted(name, Label.INTERNAL, [busy]) for name in ("one", "two", "three")]
    made = run([diff("api/a.py", "a = 1\n", "a = 2\n")], [*backends, scripted("four", Label.INTERNAL, [NONE])])
    assert [file.route for file in made.report.files] == ["four"]
    assert sum(line.kind == "egress" for line in made.ledger) == 10


def mixed(limits: Limits, *answers: str | BackendError, price: float = 0.0) -> Run:
    """An internal, a public and a restricted file, each a job; `hosted` may read the first two."""
    files = [diff(path, "a = 1\n", "a = 2\n") for path in ("api/a.py", "docs/b.py", "ledger/c.py")]
    return run(files, [scripted("hosted", Label.INTERNAL, answers or (NONE,), price=price),
                       scripted("local", Label.RESTRICTED, (NONE,), price=price)], limits=limits)  # fmt: skip


@pytest.mark.parametrize("calls", range(4))
def test_a_run_makes_as_many_calls_as_it_may_the_lowest_label_first(calls: int) -> None:
    made = mixed(Limits(60, calls))
    egress = [line for line in made.ledger if line.kind == "egress"]
    assert len(egress) <= calls
    # The lowest label takes what it may need, up to its part, before the next has any.
    assert sorted(line.label for line in egress) == ["internal", "public"][-calls:] * bool(calls)
    reasons = {file.path: file.reason for file in made.report.files if file.outcome == "failed"}
    spent = "hosted: limit of calls reached; local: limit of calls reached"
    expected = {"api/a.py": spent, "docs/b.py": spent, "ledger/c.py": "local: limit of calls reached"}
    read = ("docs/b.py", "api/a.py")[:calls]
    assert reasons == {path: why for path, why in expected.items() if path not in read}
    assert made.report.exit_code == 3


def test_money_is_counted_before_it_is_spent() -> None:
    made = mixed(Limits(60, 200, 0.0), price=1.0)
    assert not [line for line in made.ledger if line.kind == "egress"]
    assert {file.reason.partition(";")[0] for file in made.report.files} == {
        "hosted: limit of cost reached", "local: limit of cost reached",
    }  # fmt: skip
    assert mixed(Limits(60, 200, 0.0)).report.exit_code == 0, "what costs nothing is asked"


def test_the_run_never_costs_more_than_it_may() -> None:
    for cents in (1, 2, 3, 5, 8, 13):
        made = mixed(Limits(60, 200, cents / 100), price=3.0)
        assert sum(one.cost_usd for one in made.report.usage) <= cents / 100


def test_attempts_of_a_label_come_from_its_own_budget() -> None:
    """However often a public text is retried, an internal one is asked as if nothing were."""
    made = mixed(Limits(60, 60), fails(Failure.BUSY))
    labels = Counter(line.label for line in made.ledger if line.kind == "egress")
    assert labels["restricted"] == 1
    assert {file.path: file.route for file in made.report.files} == {
        "api/a.py": "local", "docs/b.py": "local", "ledger/c.py": "local",
    }  # fmt: skip


def test_what_a_request_did_not_cost_may_be_spent_again() -> None:
    budget = Budget(9, 1.0)
    budget.take(1.0)
    assert taken(budget, 0.25) == (0, Failure.COST_SPENT)
    budget.give_back(0.5)
    budget.give_back(-7.0)
    assert taken(budget, 0.25) == (2, Failure.COST_SPENT)


@pytest.mark.parametrize(("counted", "requests"), [((0, 0), 2), ((None, None), 1), ((10**9, 10**9), 1)])
def test_a_reply_that_was_cheaper_than_feared_leaves_money_for_the_next(
    counted: tuple[int | None, int | None], requests: int
) -> None:
    kept = Kept()
    known = replace(endpoint("hosted", Label.INTERNAL), price_in=1.0, price_out=1.0)
    sent = review.prompt(JOB)
    dearest = cost(known, estimate(sent.system) + estimate(sent.text), sent.max_tokens)
    replies = [Reply("I would rather not.", *counted), Reply(NONE, *counted)]
    # Enough for the first request, and for the second only with what the first did not cost.
    said = answer(JOB, Reader(Scripted(known, replies), known), desk(kept, cost=dearest * 1.5, dearest=dearest * 9))
    assert sum(line.kind == "egress" for line in kept.lines) == requests
    assert said.reason == ("" if requests == 2 else "limit of cost reached")
