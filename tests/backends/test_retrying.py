"""Trying again: against real servers, and against a scripted backend whose clock is a number."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.backends.mistral import Mistral
from reviewbot.backends.retrying import Patience, Retrying
from reviewbot.core.endpoints import Endpoint
from reviewbot.core.exchange import UNAVAILABLE, BackendError, Excerpt, Failure, Prompt, Reply, Traits
from reviewbot.core.labels import Label
from reviewbot.ports import Backend, Departing
from tests.servers import faulty
from tests.servers.faulty import MODEL, Faulty

RETRIED = (Failure.UNREACHABLE, Failure.BROKEN, Failure.RATE_LIMITED, Failure.BUSY, Failure.SERVER_ERROR)
OTHERS = tuple(failure for failure in Failure if failure not in RETRIED)
DEFAULT = Patience()
QUICK = Patience(pause=0.02, cool_down=1.0)


def prompt(label: Label = Label.PUBLIC) -> Prompt:
    return Prompt("", (Excerpt("def f(x): return x", label, "a.py"),))


@dataclass
class Heard:
    """A witness that keeps what it is told, in order."""

    told: list[object] = field(default_factory=list)

    def __call__(self, size: int, /) -> None:
        self.told.append("departs")

    def again(self, attempt: int, failure: Failure) -> None:
        self.told.append((attempt, failure))


@dataclass
class Clock:
    """A time that passes only where somebody says so."""

    now: float = 1000.0
    pauses: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


@dataclass(frozen=True)
class Turn:
    """How one attempt ends, after so many seconds."""

    failure: Failure | None = None
    seconds: float = 0.0
    retry_after: float | None = None


@dataclass
class Script:
    """A backend that takes a turn an attempt, ends by its deadline, and repeats the last turn."""

    clock: Clock
    turns: list[Turn]
    slow: float = 0.0
    attempts: int = 0

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint("hosted", "mistral", MODEL, Label.INTERNAL, slow=self.slow)

    def describe(self, deadline: float, departing: Departing) -> Traits:
        self._take(deadline, departing)
        return Traits(window=9)

    def complete(self, prompt: Prompt, deadline: float, departing: Departing) -> Reply:
        self._take(deadline, departing)
        return Reply("fine")

    def _take(self, deadline: float, departing: Departing) -> None:
        turn = self.turns.pop(0) if len(self.turns) > 1 else self.turns[0]
        self.attempts += 1
        if turn.failure is not Failure.UNREACHABLE:
            departing(7)
        if self.clock.now + turn.seconds >= deadline:
            self.clock.now = max(self.clock.now, deadline)
            raise BackendError(Failure.TIMEOUT)
        self.clock.now += turn.seconds
        if turn.failure is not None:
            raise BackendError(turn.failure, retry_after=turn.retry_after)


@dataclass
class Stage:
    """A retrying backend over a script, and all that happens to it."""

    retrying: Retrying
    script: Script
    clock: Clock

    def ask(
        self, seconds: float = 1e6, label: Label = Label.PUBLIC, departing: Departing | None = None
    ) -> Failure | None:
        """How a call ends; None for a reply."""
        try:
            self.retrying.complete(prompt(label), self.clock.now + seconds, departing or Heard())
        except BackendError as error:
            return error.failure
        return None


def staged(*turns: Turn | Failure | None, patience: Patience = DEFAULT, slow: float = 0.0, ends: float = 1e9,
           chance: Callable[[], float] = lambda: 1.0) -> Stage:  # fmt: skip
    clock = Clock()
    script = Script(clock, [turn if isinstance(turn, Turn) else Turn(turn) for turn in turns], slow)
    retrying = Retrying(script, patience, ends=ends, clock=clock, sleep=clock.sleep, chance=chance)
    return Stage(retrying, script, clock)


def real(url: str, patience: Patience = QUICK, slow: float = 0.0) -> Retrying:
    endpoint = Endpoint("hosted", "mistral", MODEL, Label.INTERNAL, (url,), slow=slow)
    return Retrying(Mistral(endpoint, "test-key"), patience)


def soon(seconds: float = 20.0) -> float:
    return time.monotonic() + seconds


def ask(backend: Backend, seconds: float = 20.0, departing: Departing | None = None) -> Failure | None:
    try:
        backend.complete(prompt(), soon(seconds), departing or Heard())
    except BackendError as error:
        return error.failure
    return None


def outcomes(stage: Stage, count: int, **how: float) -> list[Failure | None]:
    return [stage.ask(**how) for _ in range(count)]  # type: ignore[arg-type]


# ---- attempts ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("failure", RETRIED)
def test_what_may_help_is_tried_again(failure: Failure) -> None:
    stage = staged(failure, failure, None)
    assert stage.ask() is None
    assert stage.script.attempts == 3 and stage.clock.pauses == [0.5, 1.0]


@pytest.mark.parametrize("failure", OTHERS)
def test_what_cannot_help_is_not(failure: Failure) -> None:
    stage = staged(failure, None)
    assert stage.ask() is failure
    assert stage.script.attempts == 1 and stage.clock.pauses == []


def test_the_last_failure_is_raised_as_it_came() -> None:
    stage = staged(Failure.BUSY, Failure.BROKEN, Turn(Failure.RATE_LIMITED, retry_after=5))
    with pytest.raises(BackendError) as caught:
        stage.retrying.complete(prompt(), stage.clock.now + 100, Heard())
    assert (caught.value.failure, caught.value.retry_after) == (Failure.RATE_LIMITED, 5)
    assert caught.value.__context__ is None and caught.value.__cause__ is None
    assert stage.script.attempts == 3


@pytest.mark.parametrize(("chance", "pauses"), [(0.0, [0.25, 0.5, 1.0, 1.5]), (1.0, [0.5, 1.0, 2.0, 3.0])])
def test_pauses_double_up_to_the_longest_and_differ_by_chance(chance: float, pauses: list[float]) -> None:
    stage = staged(Failure.BUSY, patience=Patience(attempts=5, longest=3), chance=lambda: chance)
    assert stage.ask() is Failure.BUSY and stage.clock.pauses == pauses


def test_a_thousand_attempts_do_not_overflow() -> None:
    stage = staged(Failure.BUSY, patience=Patience(attempts=1100, pause=0.001, longest=0.001))
    assert stage.ask(1e9) is Failure.BUSY and stage.script.attempts == 1100


def test_a_server_that_asks_to_wait_is_waited_for_and_no_shorter_than_our_own_pause() -> None:
    stage = staged(Turn(Failure.RATE_LIMITED, retry_after=40), Turn(Failure.BUSY, retry_after=0), None)
    assert stage.ask(60) is None and stage.clock.pauses == [40, 1.0]


@pytest.mark.parametrize(("left", "asked"), [(60.0, 60.0), (60.0, 3600.0), (0.4, 0.0)])
def test_a_pause_beyond_the_deadline_ends_the_call_at_once(left: float, asked: float) -> None:
    stage = staged(Turn(Failure.RATE_LIMITED, retry_after=asked), None)
    assert stage.ask(left) is Failure.RATE_LIMITED
    assert stage.clock.pauses == [] and stage.script.attempts == 1


def test_a_pause_beyond_the_end_of_the_run_ends_the_call_at_once() -> None:
    stage = staged(Turn(Failure.RATE_LIMITED, retry_after=50), None, ends=1040)
    assert stage.ask(60) is Failure.RATE_LIMITED and stage.clock.now == 1000


def test_no_attempt_lasts_beyond_the_end_of_the_run() -> None:
    stage = staged(Turn(None, seconds=50), ends=1040)
    assert stage.ask(60) is Failure.TIMEOUT and stage.clock.now == 1040


@pytest.mark.parametrize(("seconds", "ends", "failure"), [
    (0.0, 2000.0, Failure.TIMEOUT), (-5.0, 2000.0, Failure.TIMEOUT), (9.0, 1000.0, Failure.TIME_SPENT),
])  # fmt: skip
def test_after_its_time_nothing_is_asked(seconds: float, ends: float, failure: Failure) -> None:
    stage = staged(None, ends=ends)
    assert outcomes(stage, 9, seconds=seconds) == [failure] * 9
    assert stage.script.attempts == 0


def test_a_description_is_tried_again_too() -> None:
    stage, heard = staged(Failure.BUSY, None), Heard()
    assert stage.retrying.describe(2000, heard) == Traits(window=9)
    assert heard.told == ["departs", (1, Failure.BUSY), "departs"]


def test_what_wraps_a_backend_is_where_the_backend_is() -> None:
    stage = staged(None)
    assert stage.retrying.endpoint == stage.script.endpoint


# ---- witnesses --------------------------------------------------------------------------------------------------


def test_a_witness_hears_of_every_attempt_but_the_last() -> None:
    stage, heard = staged(Failure.UNREACHABLE, Failure.BUSY, Failure.BROKEN), Heard()
    assert stage.ask(departing=heard) is Failure.BROKEN
    assert heard.told == [(1, Failure.UNREACHABLE), "departs", (2, Failure.BUSY), "departs"]


def test_a_witness_hears_nothing_where_no_attempt_follows() -> None:
    stage, heard = staged(Turn(Failure.RATE_LIMITED, retry_after=3600)), Heard()
    assert stage.ask(60, departing=heard) is Failure.RATE_LIMITED and heard.told == ["departs"]


def test_a_function_is_witness_enough() -> None:
    stage, sizes = staged(Failure.BUSY, None), list[int]()
    assert stage.ask(departing=sizes.append) is None and sizes == [7, 7]


class FullError(Exception):
    """A ledger that cannot be written."""


def test_a_witness_that_cannot_write_ends_the_call() -> None:
    class Full(Heard):
        def again(self, attempt: int, failure: Failure) -> None:
            raise FullError

    stage = staged(Failure.BUSY, None)
    with pytest.raises(FullError):
        stage.ask(departing=Full())
    assert stage.script.attempts == 1 and stage.clock.pauses == []


def test_a_departure_that_is_refused_is_not_tried_again() -> None:
    def refused(size: int) -> None:
        raise FullError

    stage = staged(None)
    with pytest.raises(FullError):
        stage.ask(departing=refused)
    assert stage.script.attempts == 1


def test_each_of_many_calls_tells_its_own_witness() -> None:
    acts = [faulty.busy() if n % 3 else faulty.reply() for n in range(200)]
    with Faulty(*acts, faulty.reply(), dialect="mistral") as server, ThreadPoolExecutor(16) as pool:
        backend = real(server.url, Patience(attempts=99, pause=0.005, longest=0.01, failures=99))
        witnesses = [Heard() for _ in range(64)]
        ends = list(pool.map(lambda heard: ask(backend, departing=heard), witnesses))
        assert ends == [None] * 64
        for heard in witnesses:
            tries = heard.told.count("departs")
            failures = [(n, Failure.BUSY) for n in range(1, tries)]
            assert heard.told == [told for failure in failures for told in ("departs", failure)] + ["departs"]
        assert sum(heard.told.count("departs") for heard in witnesses) == len(server.asked)


# ---- the circuit ------------------------------------------------------------------------------------------------


def test_after_failed_calls_in_a_row_nothing_is_sent() -> None:
    stage = staged(Failure.BUSY)
    assert outcomes(stage, 5) == [Failure.BUSY] * 3 + [Failure.CIRCUIT_OPEN] * 2
    assert stage.script.attempts == 9


@pytest.mark.parametrize("failure", sorted(UNAVAILABLE))
def test_every_way_to_be_unavailable_counts(failure: Failure) -> None:
    stage = staged(failure)
    assert outcomes(stage, 4) == [failure] * 3 + [Failure.CIRCUIT_OPEN]


@pytest.mark.parametrize("failure", sorted(set(Failure) - UNAVAILABLE))
def test_nothing_else_does(failure: Failure) -> None:
    assert outcomes(staged(failure), 9) == [failure] * 9


@pytest.mark.parametrize(("between", "count"), [
    (None, 0), (Failure.BAD_REQUEST, 0), (Failure.TRUNCATED, 0),  # the server is there
    (Failure.CALLS_SPENT, 2), (Failure.NO_KEY, 2),  # the server was not asked
])  # fmt: skip
def test_calls_in_a_row_are_those_with_no_answer_between(between: Failure | None, count: int) -> None:
    once = Patience(attempts=1)
    stage = staged(Failure.BUSY, Failure.BUSY, between, Failure.BUSY, Failure.BUSY, Failure.BUSY, patience=once)
    assert outcomes(stage, 3) == [Failure.BUSY, Failure.BUSY, between]
    assert outcomes(stage, 4) == [Failure.BUSY] * (3 - count) + [Failure.CIRCUIT_OPEN] * (1 + count)


def test_after_a_while_one_call_is_let_through_once() -> None:
    stage = staged(*[Failure.BUSY] * 10, None)
    outcomes(stage, 3)
    stage.clock.now += 29.9
    assert stage.ask() is Failure.CIRCUIT_OPEN
    stage.clock.now += 0.1
    assert outcomes(stage, 2) == [Failure.BUSY, Failure.CIRCUIT_OPEN]
    assert stage.script.attempts == 10, "a trial is one attempt"
    stage.clock.now += 30
    assert outcomes(stage, 2) == [None, None]


def test_a_trial_that_goes_well_starts_the_count_anew() -> None:
    stage = staged(*[Failure.BUSY] * 3, None, Failure.BUSY, patience=Patience(attempts=1))
    outcomes(stage, 3)
    stage.clock.now += 30
    assert outcomes(stage, 5) == [None, *[Failure.BUSY] * 3, Failure.CIRCUIT_OPEN]


def test_a_trial_that_never_asked_leaves_the_next_call_to_try() -> None:
    stage = staged(*[Failure.BUSY] * 3, Failure.CALLS_SPENT, None, patience=Patience(attempts=1))
    outcomes(stage, 3)
    stage.clock.now += 30
    assert outcomes(stage, 2) == [Failure.CALLS_SPENT, None]


def test_a_trial_that_a_witness_ends_leaves_the_next_call_to_try() -> None:
    def refused(size: int) -> None:
        raise FullError

    stage = staged(*[Failure.BUSY] * 3, None, patience=Patience(attempts=1))
    outcomes(stage, 3)
    stage.clock.now += 30
    with pytest.raises(FullError):
        stage.ask(departing=refused)
    assert stage.ask() is None


def test_texts_of_one_label_decide_nothing_for_another() -> None:
    stage = staged(*[Failure.BUSY] * 3, None, patience=Patience(attempts=1))
    assert [stage.ask(label=Label.RESTRICTED) for _ in range(4)] == [Failure.BUSY] * 3 + [Failure.CIRCUIT_OPEN]
    assert [stage.ask(label=label) for label in (Label.PUBLIC, Label.INTERNAL, Label.CONFIDENTIAL)] == [None] * 3
    assert stage.retrying.describe(2000, Heard()) == Traits(window=9)
    assert stage.ask(label=Label.RESTRICTED) is Failure.CIRCUIT_OPEN


def test_a_call_from_before_makes_the_wait_for_a_trial_no_longer() -> None:
    stage = staged(*[Failure.BUSY] * 4, None, patience=Patience(attempts=1))

    def meanwhile(size: int) -> None:
        assert outcomes(stage, 4) == [Failure.BUSY] * 3 + [Failure.CIRCUIT_OPEN]
        stage.clock.now += 20

    assert stage.ask(departing=meanwhile) is Failure.BUSY
    assert stage.ask() is Failure.CIRCUIT_OPEN
    stage.clock.now += 10
    assert stage.ask() is None


def test_a_call_from_before_that_fails_is_not_tried_again() -> None:
    stage, attempts = staged(Failure.BUSY), list[int]()

    def meanwhile(size: int) -> None:
        attempts.append(size)
        outcomes(stage, 3)

    assert stage.ask(departing=meanwhile) is Failure.BUSY and len(attempts) == 1


# ---- slow replies -----------------------------------------------------------------------------------------------


def test_three_slow_replies_are_kept_and_no_fourth_is_waited_for() -> None:
    stage = staged(Turn(None, seconds=2.5), slow=2)
    assert outcomes(stage, 5) == [None, None, None, Failure.SLOW, Failure.SLOW]
    assert stage.script.attempts == 3


@pytest.mark.parametrize(("slow", "seconds"), [(0.0, 100.0), (2.0, 2.0), (2.0, 1.0)])
def test_replies_in_time_are_not_slow(slow: float, seconds: float) -> None:
    assert outcomes(staged(Turn(None, seconds=seconds), slow=slow), 9) == [None] * 9


def test_slow_replies_are_in_a_row_until_one_is_not() -> None:
    late, quick = Turn(None, seconds=3), Turn(None, seconds=1)
    stage = staged(late, late, quick, late, late, Turn(Failure.BAD_REPLY), late, late, late, slow=2)
    assert outcomes(stage, 9) == [None] * 5 + [Failure.BAD_REPLY] + [None] * 3
    assert stage.ask() is Failure.SLOW


def test_pauses_and_failed_attempts_make_no_reply_slow() -> None:
    stage = staged(*[Turn(Failure.BUSY, seconds=3), Turn(None, seconds=1)] * 4, slow=2)
    assert outcomes(stage, 4) == [None] * 4


def test_a_slow_server_is_tried_after_a_while_and_kept_if_it_is_quick_again() -> None:
    late, quick = Turn(None, seconds=3), Turn(None, seconds=1)
    stage = staged(late, late, late, late, quick, slow=2)
    outcomes(stage, 3)
    stage.clock.now += 30
    assert outcomes(stage, 2) == [None, Failure.SLOW]
    stage.clock.now += 30
    assert outcomes(stage, 3) == [None] * 3


def test_a_slow_reply_shows_that_the_server_is_there() -> None:
    late, busy = Turn(None, seconds=3), Turn(Failure.BUSY)
    stage = staged(busy, busy, late, busy, busy, busy, late, busy, slow=2, patience=Patience(attempts=1))
    assert outcomes(stage, 7) == [Failure.BUSY, Failure.BUSY, None, *[Failure.BUSY] * 3, Failure.CIRCUIT_OPEN]
    stage.clock.now += 30
    assert outcomes(stage, 3) == [None, Failure.BUSY, Failure.BUSY]


def test_a_description_is_never_slow() -> None:
    stage = staged(Turn(None, seconds=9), slow=2)
    assert [stage.retrying.describe(2e6, Heard()).window for _ in range(9)] == [9] * 9


# ---- properties -------------------------------------------------------------------------------------------------

_TURNS = st.lists(
    st.builds(
        Turn,
        st.one_of(st.none(), st.sampled_from(RETRIED), st.sampled_from(sorted(Failure))),
        st.floats(0, 50),
        st.one_of(st.none(), st.floats(0, 5000)),
    ),
    min_size=1,
    max_size=40,
)
_CALLS = st.lists(st.tuples(st.floats(0.001, 200), st.floats(0, 40)), min_size=1, max_size=12)


@settings(max_examples=400, deadline=None)
@given(turns=_TURNS, calls=_CALLS, attempts=st.integers(1, 6), chance=st.floats(0, 1), ends=st.floats(1001, 1500))
def test_no_call_outlasts_its_deadline_or_the_run_and_attempts_are_few(
    turns: list[Turn], calls: list[tuple[float, float]], attempts: int, chance: float, ends: float
) -> None:
    patience = Patience(attempts=attempts)
    stage = staged(*turns, patience=patience, slow=5, ends=ends, chance=lambda: chance)
    for seconds, idle in calls:
        start, before, paused = stage.clock.now, stage.script.attempts, len(stage.clock.pauses)
        heard = Heard()
        failure = stage.ask(seconds, departing=heard)
        assert stage.clock.now <= max(start, min(start + seconds, ends)) + 1e-6
        made = stage.script.attempts - before
        assert made <= attempts
        told = [attempt for attempt in heard.told if isinstance(attempt, tuple)]
        assert [number for number, _ in told] == list(range(1, made)) and len(told) == max(0, made - 1)
        assert len(stage.clock.pauses) - paused == len(told)
        assert all(reason in RETRIED for _, reason in told)
        if not made:
            assert failure in (Failure.CIRCUIT_OPEN, Failure.SLOW, Failure.TIMEOUT, Failure.TIME_SPENT)
        stage.clock.now += idle


@settings(max_examples=300, deadline=None)
@given(restricted=st.lists(st.sampled_from([None, *sorted(Failure)]), max_size=12),
       public=st.lists(st.sampled_from([None, *sorted(Failure)]), min_size=1, max_size=12),
       order=st.lists(st.booleans(), max_size=24))  # fmt: skip
def test_what_public_text_gets_is_the_same_whatever_happens_to_restricted_text(
    restricted: list[Failure | None], public: list[Failure | None], order: list[bool]
) -> None:
    def run(others: Iterable[Failure | None]) -> list[Failure | None]:
        stage, rest, mine, seen = staged(None, patience=Patience(attempts=1)), list(others), list(public), []
        for is_public in order:
            turns = mine if is_public else rest
            if not turns:
                continue
            before = stage.script.attempts
            stage.script.turns = [Turn(turns[0])]
            end = stage.ask(label=Label.PUBLIC if is_public else Label.RESTRICTED)
            if stage.script.attempts > before:
                turns.pop(0)
            if is_public:
                seen.append(end)
        return seen

    assert run(restricted) == run(()) == run([Failure.BUSY] * 9)


# ---- real servers -----------------------------------------------------------------------------------------------


def test_a_server_that_says_when_is_asked_then() -> None:
    with Faulty(faulty.limited("1"), faulty.reply(), dialect="mistral") as server:
        start = time.monotonic()
        assert ask(real(server.url)) is None
        assert 1.0 <= time.monotonic() - start < 5 and len(server.asked) == 2


def test_a_server_that_says_in_an_hour_is_not_waited_for() -> None:
    with Faulty(faulty.limited("3600"), faulty.reply(), dialect="mistral") as server:
        start, heard = time.monotonic(), Heard()
        assert ask(real(server.url), departing=heard) is Failure.RATE_LIMITED
        assert time.monotonic() - start < 5 and len(server.asked) == 1 and heard.told == ["departs"]


@pytest.mark.parametrize(
    "act", [faulty.cut(), faulty.dropped(), faulty.reset(), faulty.busy(), faulty.echo(500)], ids=str
)
def test_a_server_that_stumbles_is_asked_again(act: faulty.Act) -> None:
    with Faulty(act, act, faulty.reply(), dialect="mistral") as server:
        assert ask(real(server.url)) is None
        assert len(server.asked) == 3


@pytest.mark.parametrize("act", [faulty.hang(), faulty.stall(), faulty.drip(), faulty.deaf()], ids=str)
def test_a_server_that_hangs_costs_one_deadline(act: faulty.Act) -> None:
    with Faulty(act, dialect="mistral") as server:
        start = time.monotonic()
        assert ask(real(server.url), 0.5) is Failure.TIMEOUT
        assert 0.5 <= time.monotonic() - start < 2 and len(server.asked) == 1


def test_a_server_that_is_gone_is_given_up_and_found_again() -> None:
    with faulty.closed_port() as url:
        backend = real(url)
        assert [ask(backend) for _ in range(5)] == [Failure.UNREACHABLE] * 3 + [Failure.CIRCUIT_OPEN] * 2
        time.sleep(1.01)
        assert [ask(backend) for _ in range(2)] == [Failure.UNREACHABLE, Failure.CIRCUIT_OPEN]


def test_many_threads_leave_a_failing_server_alone_and_one_looks_whether_it_is_back() -> None:
    with Faulty(faulty.busy(), dialect="mistral") as server, ThreadPoolExecutor(16) as pool:
        backend = real(server.url, Patience(attempts=3, pause=0.02, cool_down=1.5))
        ends = list(pool.map(lambda _: ask(backend), range(200)))
        assert set(ends) == {Failure.BUSY, Failure.CIRCUIT_OPEN} and ends[-100:] == [Failure.CIRCUIT_OPEN] * 100
        # Three attempts of each thread; a slow machine lets a trial or two pass meanwhile.
        assert 3 <= len(server.asked) <= 18 * 3
        server.add(faulty.reply())
        time.sleep(1.51)
        before, gate = len(server.asked), threading.Barrier(16)

        def together(_: int) -> Failure | None:
            gate.wait()
            return ask(backend)

        ends = list(pool.map(together, range(16)))
        assert ends.count(None) >= 1 and set(ends) <= {None, Failure.CIRCUIT_OPEN}
        assert len(server.asked) - before == ends.count(None)
        assert ask(backend) is None


def test_of_many_threads_one_makes_the_trial() -> None:
    with Faulty(faulty.busy(), dialect="mistral") as server, ThreadPoolExecutor(16) as pool:
        backend = real(server.url, Patience(attempts=1, cool_down=0.3))
        assert [ask(backend) for _ in range(3)] == [Failure.BUSY] * 3
        server.add(faulty.hang())
        time.sleep(0.35)
        ends = list(pool.map(lambda _: ask(backend, 1.0), range(16)))
        assert sorted(map(str, ends)) == sorted([str(Failure.TIMEOUT), *[str(Failure.CIRCUIT_OPEN)] * 15])
        assert len(server.asked) == 4


def test_a_slow_server_is_left_for_another() -> None:
    def does(exchange: faulty.Exchange) -> None:
        time.sleep(0.15)
        faulty.reply().does(exchange)

    with Faulty(faulty.Act("late", does), dialect="mistral") as server:
        backend = real(server.url, slow=0.1)
        assert [ask(backend) for _ in range(4)] == [None, None, None, Failure.SLOW]
        assert len(server.asked) == 3
