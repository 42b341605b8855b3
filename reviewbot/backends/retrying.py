"""A backend that asks another one again, where that may help, and leaves it alone for a while where it does not."""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeVar

import tenacity

from reviewbot.core.endpoints import Endpoint
from reviewbot.core.exchange import UNAVAILABLE, BackendError, Failure, Prompt, Reply, Traits
from reviewbot.core.labels import Label
from reviewbot.ports import Backend, Departing, Witness

#: What a second attempt may do better. Not a time-out: it has used up what there was.
_RETRIED = frozenset({
    Failure.UNREACHABLE, Failure.BROKEN, Failure.RATE_LIMITED, Failure.BUSY, Failure.SERVER_ERROR,
})  # fmt: skip
#: What only a server that is there can say, bad as it is.
_ANSWERED = frozenset({
    Failure.UNAUTHORIZED, Failure.NO_MODEL, Failure.BAD_REQUEST, Failure.REDIRECTED, Failure.TOO_LONG,
    Failure.TRUNCATED, Failure.TOO_LARGE, Failure.BAD_REPLY,
})  # fmt: skip

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one backend is put up with. Times are in seconds."""

    #: Attempts of one call, the first included.
    attempts: int = 3
    #: Longest pause before the second attempt; twice that before the third, and so on up to `longest`.
    pause: float = 0.5
    longest: float = 20.0
    #: Failed calls in a row, and slow replies in a row, after which nothing is sent.
    failures: int = 3
    slow: int = 3
    #: Time after which one call is let through, to see.
    cool_down: float = 30.0


class Retrying:
    """Satisfies `reviewbot.ports.Backend`, and tells a Witness of every attempt but the last of each call.

    Once it has given up on its backend, calls raise CIRCUIT_OPEN or SLOW at once and nothing is sent. What happens to
    texts of one label decides nothing for another: else restricted text that breaks the local server would send public
    text to the hosted one.
    """

    def __init__(
        self,
        backend: Backend,
        patience: Patience = Patience(),
        *,
        ends: float = math.inf,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`ends` is when the run does, as a reading of `clock`; `chance` gives numbers from 0 to 1."""
        self._backend, self._patience, self._ends = backend, patience, ends
        self._clock, self._sleep, self._chance = clock, sleep, chance
        self._circuits = {label: _Circuit(patience) for label in (None, *Label)}

    @property
    def endpoint(self) -> Endpoint:
        return self._backend.endpoint

    def describe(self, deadline: float, departing: Departing) -> Traits:
        return self._tried(None, 0.0, lambda until: self._backend.describe(until, departing), deadline, departing)

    def complete(self, prompt: Prompt, deadline: float, departing: Departing) -> Reply:
        def ask(until: float) -> Reply:
            return self._backend.complete(prompt, until, departing)

        return self._tried(prompt.label, self.endpoint.slow, ask, deadline, departing)

    def _tried(
        self, label: Label | None, slow: float, ask: Callable[[float], _T], deadline: float, departing: Departing
    ) -> _T:
        now = self._clock()
        if now >= min(deadline, self._ends):
            raise BackendError(Failure.TIME_SPENT if now >= self._ends else Failure.TIMEOUT)
        circuit = self._circuits[label]
        trial = circuit.enter(now)
        verdict = _Verdict.NONE
        try:
            answer, seconds = self._attempts(circuit, ask, min(deadline, self._ends), departing)
            verdict = _Verdict.SLOW if 0 < slow < seconds else _Verdict.UP
        except BackendError as error:
            verdict = _verdict(error.failure)
            raise
        finally:
            circuit.leave(trial, self._clock(), verdict)
        return answer

    def _attempts(
        self, circuit: _Circuit, ask: Callable[[float], _T], until: float, departing: Departing
    ) -> tuple[_T, float]:
        """The answer and the seconds that it took, pauses and earlier attempts left out."""

        def timed() -> tuple[_T, float]:
            start = self._clock()
            answer = ask(until)
            return answer, self._clock() - start

        def enough(state: tenacity.RetryCallState) -> bool:
            # While the circuit is open only its trial is under way, or calls from before: one attempt tells enough.
            spent = state.attempt_number >= self._patience.attempts or circuit.is_open
            return spent or self._clock() + state.upcoming_sleep >= until

        def tell(state: tenacity.RetryCallState) -> None:
            if isinstance(departing, Witness):
                departing.again(state.attempt_number, _error(state).failure)

        return tenacity.Retrying(
            retry=tenacity.retry_if_exception(_may_help), wait=self._pause, stop=enough, before_sleep=tell,
            sleep=self._sleep, reraise=True,
        )(timed)  # fmt: skip

    def _pause(self, state: tenacity.RetryCallState) -> float:
        """At least what the server asks for, and different in every thread."""
        doubled = 2.0 ** min(state.attempt_number - 1, 64)  # no float grows for ever
        most = min(self._patience.longest, self._patience.pause * doubled)
        return max(_error(state).retry_after or 0.0, most * (0.5 + self._chance() / 2))


def _may_help(error: BaseException) -> bool:
    return isinstance(error, BackendError) and error.failure in _RETRIED


def _error(state: tenacity.RetryCallState) -> BackendError:
    error = state.outcome.exception() if state.outcome else None
    if not isinstance(error, BackendError):
        raise TypeError("only a BackendError is tried again")
    return error


class _Verdict(Enum):
    """What a call shows of its server; NONE where it was never asked."""

    UP = auto()
    SLOW = auto()
    DOWN = auto()
    NONE = auto()


def _verdict(failure: Failure) -> _Verdict:
    if failure in UNAVAILABLE:
        return _Verdict.DOWN
    return _Verdict.UP if failure in _ANSWERED else _Verdict.NONE


class _Circuit:
    """Closed, calls pass. Open, none does, but one now and then that closes it again if it goes well."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        self._failures = self._slow = 0
        #: Why and since when it is open, and whether a trial is under way.
        self._why: Failure | None = None
        self._since = 0.0
        self._on_trial = False

    @property
    def is_open(self) -> bool:
        return self._why is not None

    def enter(self, now: float) -> bool:
        """Whether the call is the trial of an open circuit; BackendError where it may not be made at all."""
        with self._lock:
            if self._why is None:
                return False
            if self._on_trial or now < self._since + self._patience.cool_down:
                raise BackendError(self._why)
            self._on_trial = True
            return True

    def leave(self, trial: bool, now: float, verdict: _Verdict) -> None:
        with self._lock:
            if trial:
                self._on_trial = False
            match verdict:
                case _Verdict.UP:
                    self._failures, self._slow, self._why = 0, 0, None
                case _Verdict.SLOW:
                    self._failures, self._slow = 0, self._slow + 1
                    if self._slow < self._patience.slow:
                        self._why = None
                    else:
                        self._open(Failure.SLOW, trial, now)
                case _Verdict.DOWN:
                    self._failures += 1
                    if trial or self._failures >= self._patience.failures:
                        self._open(Failure.CIRCUIT_OPEN, trial, now)

    def _open(self, why: Failure, trial: bool, now: float) -> None:
        """A call from before it opened makes the wait for a trial no longer."""
        if trial or self._why is None:
            self._why, self._since = why, now
