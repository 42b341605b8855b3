"""Whatever goes wrong on the way to a forge: nothing is said twice, and what is not said is named, on every forge."""

from __future__ import annotations

import socket
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import repeat
from threading import Thread
from typing import Any

import pytest

from reviewbot.core.conversation import Changes, Place, Posted, Service
from reviewbot.errors import ForgeError
from tests.contract.worlds_of_forges import (
    CANARY,
    LATE,
    READS,
    SERVICES,
    STEPS,
    Effect,
    World,
    comment,
    mark,
    never,
    repository,
    world,
)  # fmt: skip
from tests.repositories import Work

PAGE = f"<html>{CANARY}</html>".encode()
#: What may happen once to a request that writes, and changes nothing of what is there in the end.
PASSING: dict[str, tuple[int, Effect, dict[str, Any]]] = {
    "502 before": (502, "before", {"body": PAGE}), "502 after": (502, "after", {"body": PAGE}),
    "dropped before": (0, "before", {"drop": True}), "dropped after": (0, "after", {"drop": True}),
    "429": (429, "before", {"body": PAGE, "headers": {"retry-after": "1"}}),
    "a page of HTML": (200, "after", {"body": PAGE}), "cut short": (0, "after", {"cut": "connection"}),
}  # fmt: skip
#: What may happen to it each time.
LASTING: dict[str, tuple[int, Effect, dict[str, Any]]] = {
    **{f"{status}": (status, "before", {"body": {"message": CANARY}}) for status in (401, 403, 404, 409)},
    "502 before": (502, "before", {"body": PAGE}), "dropped after": (0, "after", {"drop": True}),
    "a redirect": (307, "before", {"body": PAGE, "headers": {"location": "https://example.com/elsewhere"}}),
    "a wait too long": (429, "before", {"body": PAGE, "headers": {"retry-after": "7000"}}),
}  # fmt: skip
#: Answered no, and nothing was done.
REJECTED = ("401", "403", "404", "409", "a redirect", "a wait too long")
EACH_STEP = [(service, step) for service in SERVICES for step in STEPS[service]]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    """Nothing here pushes."""
    return repository(tmp_path_factory.mktemp("work"))


@pytest.fixture(params=SERVICES)
def here(request: pytest.FixtureRequest, work: Work) -> Iterator[World]:
    with world(request.param, work) as made:
        yield made


@pytest.fixture(scope="module")
def right(work: Work) -> dict[tuple[Service, str], tuple[dict[str, Any], list[str]]]:
    """What is there after a run without faults, by what kind of a run it is."""
    found = {}
    for service, step in EACH_STEP:
        with world(service, work) as made:
            assert made.say_all(made.say_before(), step, times=0) == (Posted(), Posted())
            found[service, step] = made.there(), made.bodies()
    return found


def told(*posted: Posted) -> str:
    """All that a reader may see of it. Nothing of what the forge answered is in it."""
    text = "\n".join([*(why for one in posted for why in one.refused.values()),
                      *(line for one in posted for line in one.notices)])  # fmt: skip
    assert CANARY not in text and "example.com" not in text
    return text


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize(("service", "step"), EACH_STEP)
def test_a_fault_that_passes_leaves_exactly_one_of_each(
    service: Service, step: str, fault: str, work: Work, right: dict[Any, Any]
) -> None:
    with world(service, work) as here:
        posted = here.say_all(here.say_before(), step, *PASSING[fault][:2], **PASSING[fault][2])
        assert posted == (Posted(), Posted())
        assert (here.there(), here.bodies()) == right[service, step]
        assert not [one for one in here.server.faults if getattr(one, "times", 0)], "nothing met the fault"


@pytest.mark.parametrize("fault", LASTING)
@pytest.mark.parametrize(("service", "step"), EACH_STEP)
def test_whatever_is_not_there_in_the_end_is_named(
    service: Service, step: str, fault: str, work: Work, right: dict[Any, Any]
) -> None:
    status, effect, more = LASTING[fault]
    with world(service, work) as here:
        first, last = here.say_all(here.say_before(), step, status, effect, times=1000, **more)
        # Where there is no such summary any more a new one is made.
        wanted, bodies = right[service, "new summary" if (step, fault) == ("edit of the summary", "404") else step]
        text = told(first, last)
        found = Counter(here.bodies())
        assert max(found.values()) == 1
        missing = Counter(bodies) - found
        for body in missing:
            about = next((f"f{number}" for number in (5, 6) if mark(f"f{number}") in body), "")
            assert first.refused[about] if about else text, body
        if fault in REJECTED:
            assert set(first.refused) == {f"f{n}" for n in (5, 6) if any(mark(f"f{n}") in body for body in missing)}
        if here.there() != wanted:
            assert text
        if step not in LATE:
            assert last == Posted(), "what cannot be said does not keep the summary from saying so"


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_token_that_may_not_write_is_denied_and_everything_is_named(here: World, status: int) -> None:
    before = here.say_before()
    was = here.there()
    forge = here.forge()
    forge.load(never)
    here.every_write(status, body={"message": f"{CANARY} {here.server.token}"})
    posted, concluded = forge.post(here.all_changes(before)), here.conclude(forge, before.notes[0].id)
    assert (posted.outcome, concluded.outcome) == ("denied", "denied")
    assert sorted(posted.refused) == ["f5", "f6"] and all(posted.refused.values())
    assert len(posted.notices) >= 1 and len(concluded.notices) == 2
    assert here.server.token not in told(posted, concluded)
    assert here.there() == was
    assert len(here.writing()) <= 12, "who may not is not asked again and again"


def test_a_token_that_only_reads_reads_and_is_denied(here: World) -> None:
    before = here.say_before()
    was = here.there()
    posted, concluded = here.say_all(before, token=here.server.tokens["read"])
    assert (posted.outcome, concluded.outcome) == ("denied", "denied")
    assert (sorted(posted.refused), here.there()) == (["f5", "f6"], was)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_may_not_be_read_is_denied(here: World, status: int) -> None:
    here.fault(READS[here.service], status, times=1000, body={"message": CANARY})
    with pytest.raises(ForgeError) as caught:
        here.forge().load(never)
    assert caught.value.denied
    assert CANARY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("fault", [
    {"status": 502, "body": PAGE}, {"drop": True}, {"status": 200, "body": PAGE}, {"cut": "connection"},
    {"status": 200, "body": b'{"data": {"repository": {"pullReq'}, {"status": 200, "body": b"[[[[[]"},
    {"status": 200, "body": b"[" * 100_000}, {"status": 429, "body": PAGE, "headers": {"retry-after": "3"}},
])  # fmt: skip
def test_a_fault_is_read_again_four_times_and_then_the_forge_cannot_be_read(here: World, fault: dict[str, Any]) -> None:
    whole = here.say_before()
    here.fault(READS[here.service], **fault)
    assert here.forge().load(never) == whole
    here.fault(READS[here.service], times=1000, **fault)
    with pytest.raises(ForgeError) as caught:
        here.forge().load(never)
    assert not caught.value.denied
    assert CANARY not in "".join(traceback.format_exception(caught.value))


@contextmanager
def _elsewhere() -> Iterator[socket.socket]:
    """A listener to which nobody is to come."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        yield listener
        with pytest.raises(TimeoutError):
            listener.accept()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_takes_a_byte_to_another_host(here: World, status: int) -> None:
    before = here.say_before()
    with _elsewhere() as listener:
        there: dict[str, Any] = {"headers": {"location": f"http://127.0.0.1:{listener.getsockname()[1]}/api/v4/user"}}
        here.fault(READS[here.service], status, **there)
        with pytest.raises(ForgeError, match="redirects"):
            here.forge().load(never)
        forge = here.forge()
        forge.load(never)
        here.every_write(status, **there)
        posted, concluded = forge.post(here.all_changes(before)), here.conclude(forge)
    assert (posted.outcome, concluded.outcome) == ("failed", "failed")
    assert sorted(posted.refused) == ["f5", "f6"]


def _endless() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n"
    yield from repeat(b" " * 1_000_000)


def _dripping() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n"
    yield from _slowly(b" ")


def _headers() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nx-slow: "
    yield from _slowly(b"a")


def _slowly(piece: bytes) -> Iterator[bytes]:
    while True:
        time.sleep(0.03)
        yield piece


@contextmanager
def _answering(pieces: Callable[[], Iterator[bytes]]) -> Iterator[str]:
    """A server that answers everybody so, one after the other, until they hang up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                connection, _ = listener.accept()
                with suppress(OSError), connection:
                    connection.recv(65_536)
                    for piece in pieces():
                        connection.sendall(piece)

        def accept() -> None:
            with suppress(OSError):  # nobody listens any more
                serve()

        Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(("pieces", "seconds", "most"), [
    (_dripping, 0.4, 3.0), (_headers, 0.4, 3.0), (_endless, 0.4, 3.0), (_endless, 60.0, 25.0),
])  # fmt: skip
@pytest.mark.parametrize("service", SERVICES)
def test_a_slow_answer_ends_with_the_run_and_an_endless_one_long_before(
    service: Service, pieces: Callable[[], Iterator[bytes]], seconds: float, most: float, work: Work
) -> None:
    with _answering(pieces) as url:
        place = Place(service, f"{url}/api/v4", "acme/shop", 7, f"{url}/graphql" if service == "github" else "")
        made = World(service, work, None)
        start = time.monotonic()
        with pytest.raises(ForgeError) as caught:
            made.forge("secret-of-the-tests", seconds, place).load(never)
        assert not caught.value.denied
        posted = made.forge("secret-of-the-tests", seconds, place).post(Changes("b" * 40, comments=(comment(5),)))
        assert (list(posted.refused), posted.outcome) == (["f5"], "failed")
        concluded = made.conclude(made.forge("secret-of-the-tests", seconds, place))
        assert (concluded.outcome, len(concluded.notices)) == ("failed", 2)
        assert time.monotonic() - start < most


@pytest.mark.parametrize(("service", "step"), EACH_STEP)
def test_a_write_that_is_late_ends_with_the_run_and_is_named(service: Service, step: str, work: Work) -> None:
    with world(service, work) as here:
        before = here.say_before()
        forge = here.forge(seconds=1.0)
        start = time.monotonic()
        forge.load(never)
        here.fault(STEPS[service][step], delay=6.0)
        posted = forge.post(Changes(here.head) if step in LATE else here.all_changes(before))
        concluded = here.conclude(forge, "" if step == "new summary" else before.notes[0].id)
        assert time.monotonic() - start < 5.0  # before the answer that is late would have come
        assert posted.refused or told(posted, concluded)
