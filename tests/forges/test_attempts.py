"""When something is sent again, and what is waited for: with a clock that only waiting moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from reviewbot.forges.attempts import Attempts
from reviewbot.forges.failures import Kind, RequestError


@dataclass
class Clock:
    now: float = 100.0
    pauses: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


@dataclass
class Forge:
    """Writes take these turns, one after the other: what is raised, and whether there was an effect all the same."""

    turns: list[tuple[RequestError | None, bool]]
    sent: int = 0
    effects: int = 0
    looks: int = 0
    blind: RequestError | None = None

    def send(self) -> str:
        self.sent += 1
        error, effect = self.turns.pop(0) if self.turns else (None, True)
        self.effects += effect
        if error:
            raise error
        return "sent"

    def look(self) -> str | None:
        self.looks += 1
        if self.blind:
            raise self.blind
        return "found" if self.effects else None


def error(kind: Kind, wait: float | None = None, status: int = 0) -> RequestError:
    return RequestError("x", kind, wait=wait, status=status)


def attempts(clock: Clock, ends: float = 1000.0) -> Attempts:
    return Attempts(ends, clock=lambda: clock.now, sleep=clock.sleep)


def failed(call: Callable[[], object]) -> RequestError:
    with pytest.raises(RequestError) as caught:
        call()
    return caught.value


@pytest.mark.parametrize(("failures", "pauses"), [
    ([], []), (["unknown"], [0.5]), (["unsent", "unknown", "unsent"], [0.5, 1.0, 2.0]), (["limited"], [5.0]),
])  # fmt: skip
def test_reading_is_tried_again_where_that_may_help(failures: list[Kind], pauses: list[float]) -> None:
    clock, forge = Clock(), Forge([(error(kind), False) for kind in failures])
    assert attempts(clock).read(forge.send) == "sent"
    assert (forge.sent, clock.pauses) == (len(failures) + 1, pauses)


@pytest.mark.parametrize("kind", ["rejected", "barred"])
def test_what_is_refused_is_asked_once(kind: Kind) -> None:
    clock, forge = Clock(), Forge([(error(kind), False)])
    assert failed(lambda: attempts(clock).read(forge.send)).kind == kind
    assert failed(lambda: attempts(clock).write(Forge([(error(kind), False)]).send, forge.look)).kind == kind
    assert (forge.sent, forge.looks, clock.pauses) == (1, 0, [])


def test_reading_ends_with_the_fourth_failure() -> None:
    clock, forge = Clock(), Forge([(error("unknown"), False)] * 9)
    assert failed(lambda: attempts(clock).read(forge.send)).kind == "unknown"
    assert (forge.sent, clock.pauses) == (4, [0.5, 1.0, 2.0])


@pytest.mark.parametrize("verb", ["read", "write"])
@pytest.mark.parametrize(("wait", "ends", "pauses"), [
    (7.0, 1000.0, [7.0]), (60.0, 1000.0, [60.0]), (0.0, 1000.0, [0.5]), (None, 1000.0, [5.0]),
    (60.1, 1000.0, None), (3600.0, 1e9, None), (7.0, 107.0, None), (7.0, 106.0, None), (None, 104.0, None),
])  # fmt: skip
def test_a_forge_is_waited_for_as_long_as_it_asks_and_the_run_and_a_minute_allow(
    verb: str, wait: float | None, ends: float, pauses: list[float] | None
) -> None:
    clock, forge = Clock(), Forge([(error("limited", wait), False)])
    tries = attempts(clock, ends)

    def call() -> str:
        return tries.read(forge.send) if verb == "read" else tries.write(forge.send, forge.look)

    if pauses is None:
        assert failed(call).kind == "limited"
        assert (forge.sent, clock.pauses) == (1, [])
    else:
        assert call() == "sent"
        assert (forge.sent, forge.looks, clock.pauses) == (2, 0, pauses)


def test_a_write_turned_away_without_effect_is_sent_again_without_a_look() -> None:
    clock, forge = Clock(), Forge([(error("limited"), False), (error("unsent"), False)])
    assert attempts(clock).write(forge.send, forge.look) == "sent"
    assert (forge.sent, forge.effects, forge.looks, clock.pauses) == (3, 1, 0, [5.0, 1.0])


def test_a_write_that_took_effect_without_a_word_is_found_and_not_sent_again() -> None:
    clock, forge = Clock(), Forge([(error("unknown"), True)])
    assert attempts(clock).write(forge.send, forge.look) == "found"
    assert (forge.sent, forge.effects, clock.pauses) == (1, 1, [1.0])


def test_a_write_that_took_none_is_sent_once_more() -> None:
    clock, forge = Clock(), Forge([(error("unknown"), False)])
    assert attempts(clock).write(forge.send, forge.look) == "sent"
    assert (forge.sent, forge.effects, forge.looks) == (2, 1, 1)


def test_the_second_outcome_that_nobody_knows_is_looked_at_and_is_the_last() -> None:
    clock, forge = Clock(), Forge([(error("unknown"), False), (error("unknown"), True)])
    assert attempts(clock).write(forge.send, forge.look) == "found"
    assert (forge.sent, forge.effects) == (2, 1)
    forge = Forge([(error("unknown"), False)] * 5)
    assert failed(lambda: attempts(clock).write(forge.send, forge.look)).kind == "unknown"
    assert (forge.sent, forge.looks) == (2, 2)


def test_where_nobody_can_look_nothing_is_sent_again() -> None:
    clock, forge = Clock(), Forge([(error("unknown", status=502), True)], blind=error("rejected", status=401))
    lost = failed(lambda: attempts(clock).write(forge.send, forge.look))
    assert (lost.kind, lost.status, forge.sent, forge.effects) == ("unknown", 502, 1, 1)


def test_looking_is_reading_and_tried_again() -> None:
    clock, forge = Clock(), Forge([(error("unknown"), True)])
    looks: list[RequestError | None] = [error("unknown"), error("unsent"), None]

    def look() -> str | None:
        failure = looks.pop(0)
        if failure:
            raise failure
        return forge.look()

    assert attempts(clock).write(forge.send, look) == "found"
    assert (forge.sent, forge.effects, clock.pauses) == (1, 1, [1.0, 0.5, 1.0])


@pytest.mark.parametrize("kinds", [["limited"] * 9, ["unsent"] * 9, ["limited", "unsent", "unknown", "limited"]])
def test_a_write_is_sent_four_times_at_most(kinds: list[Kind]) -> None:
    forge = Forge([(error(kind), False) for kind in kinds])
    failed(lambda: attempts(Clock()).write(forge.send, forge.look))
    assert (forge.sent, forge.effects) == (4, 0)


def test_at_the_end_of_the_run_a_look_does_not_wait() -> None:
    clock, forge = Clock(), Forge([(error("unknown"), True)])
    assert attempts(clock, ends=100.5).write(forge.send, forge.look) == "found"
    assert clock.pauses == []


def test_what_is_no_failed_request_is_nobodys_to_try_again() -> None:
    clock, calls = Clock(), []

    def send() -> str:
        calls.append(1)
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        attempts(clock).read(send)
    with pytest.raises(OSError, match="the disk is full"):
        attempts(clock).write(send, lambda: "found")
    assert len(calls) == 2
