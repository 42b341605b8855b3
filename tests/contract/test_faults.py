"""What can happen to a call on its way to a server and back, for every backend that has one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reviewbot.core.exchange import Failure
from tests.contract.speakers import (
    CANARY,
    WIRED,
    Log,
    Speaker,
    failed,
    prompt,
    refusing,
    soon,
    standing,
    told,
)  # fmt: skip
from tests.servers import faulty
from tests.servers.faulty import Act, Faulty

ROOT = Path(__file__).parents[2]
every = pytest.mark.parametrize("speaker", WIRED, ids=repr)
#: What a second attempt may do better.
RETRIED = {Failure.BROKEN, Failure.RATE_LIMITED, Failure.BUSY, Failure.SERVER_ERROR}

FAULTS = [
    (faulty.unauthorized(), Failure.UNAUTHORIZED, 401),
    (faulty.status(403), Failure.UNAUTHORIZED, 403),
    (faulty.missing(), Failure.NO_MODEL, 404),
    (faulty.limited(), Failure.RATE_LIMITED, 429),
    (faulty.busy(), Failure.BUSY, 503),
    (faulty.echo(400), Failure.BAD_REQUEST, 400),
    (faulty.echo(422), Failure.BAD_REQUEST, 422),
    (faulty.echo(500), Failure.SERVER_ERROR, 500),
    (faulty.echo(502), Failure.SERVER_ERROR, 502),
    (faulty.overlong(), Failure.TOO_LONG, 400),
    (faulty.dropped(), Failure.BROKEN, None),
    (faulty.reset(), Failure.BROKEN, None),
    (faulty.cut(), Failure.BROKEN, None),
    (faulty.unfinished(), Failure.BROKEN, None),
    (faulty.shortened(), Failure.TRUNCATED, None),
    (faulty.page(), Failure.BAD_REPLY, 200),
    (faulty.bomb(), Failure.BAD_REPLY, 200),
    (faulty.malformed(), Failure.BAD_REPLY, None),
    (faulty.error_in_200(), Failure.SERVER_ERROR, None),
    (faulty.error_in_stream(), Failure.SERVER_ERROR, None),
]
#: Where a backend has another word for the same: Mistral's API tells no error in a reply, its library no other way.
OTHERWISE = {("mistral", "error-in-200"): Failure.BAD_REPLY, ("mistral", "error-in-stream"): Failure.BAD_REPLY}


@every
@pytest.mark.parametrize(("act", "failure", "status"), FAULTS, ids=[act.name for act, _, _ in FAULTS])
def test_a_fault_is_one_word_and_all_that_left_was_announced(
    speaker: Speaker, act: Act, failure: Failure, status: int | None
) -> None:
    failure = OTHERWISE.get((speaker.name, act.name), failure)
    with standing(speaker, act) as one:
        error = one.error()
        assert (error.failure, error.status) == (failure, status)
        assert CANARY not in told(error)
        attempts = speaker.attempts if failure in RETRIED else 1
        assert len(one.server.asked) == attempts and one.log.failures == [failure] * (attempts - 1)
        assert one.is_accounted_for() and one.server.asked[0].body


@pytest.mark.parametrize("speaker", WIRED[::2], ids=repr)
def test_a_reply_without_end_is_given_up(speaker: Speaker) -> None:
    with standing(speaker, faulty.oversize()) as one:
        error = one.error()
        assert error.failure is Failure.TOO_LARGE and CANARY not in told(error) and one.is_accounted_for()


@pytest.mark.parametrize(
    "act", [faulty.hang(), faulty.stall(), faulty.drip(), faulty.drip("headers"), faulty.deaf()], ids=str
)
def test_the_deadline_holds_for_every_backend_and_nothing_is_tried_after_it(act: Act) -> None:
    def late(speaker: Speaker) -> None:
        with standing(speaker, act) as one:
            start = time.monotonic()
            error = one.error(seconds=0.5)
            assert time.monotonic() - start < 2.0, speaker
            assert error.failure is Failure.TIMEOUT and CANARY not in told(error), speaker
            assert len(one.server.asked) == 1 and (one.is_accounted_for() or not act.read), speaker

    with ThreadPoolExecutor(len(WIRED)) as pool:
        list(pool.map(late, WIRED))


@every
def test_a_server_that_is_not_there_is_unreachable_and_nothing_departs(speaker: Speaker) -> None:
    log = Log()
    with faulty.closed_port() as url:
        error = failed(lambda: speaker.at(url).complete(prompt(), soon(), log))
        assert failed(lambda: speaker.at(url).describe(soon(), log)).failure is Failure.UNREACHABLE
    assert error.failure is Failure.UNREACHABLE and CANARY not in told(error) and log.sizes == []


@every
@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_refused_and_nothing_is_sent_on(speaker: Speaker, code: int) -> None:
    with Faulty(dialect=speaker.dialect) as other:
        act = faulty.redirect(f"{other.url}{faulty.PATHS[speaker.dialect][0]}", code)
        with standing(speaker, act) as one:
            error = one.error()
            assert (error.failure, error.status) == (Failure.REDIRECTED, code) and CANARY not in told(error)
            assert one.is_accounted_for() and len(one.server.asked) == 1
        with standing(speaker, describing=(act,)) as one:
            assert failed(lambda: one.model.describe(soon(), one.log)).failure is Failure.REDIRECTED
        assert (other.connections, other.received) == (0, 0)


@every
@pytest.mark.parametrize(("said", "seconds"), [(None, None), ("7", 7.0), ("soon", None)])
def test_how_long_a_server_asks_to_wait_is_told(speaker: Speaker, said: str | None, seconds: float | None) -> None:
    with standing(speaker, faulty.limited(said)) as one:
        error = one.error(seconds=5.0)
        assert (error.failure, error.retry_after) == (Failure.RATE_LIMITED, seconds)
        assert len(one.server.asked) == (1 if seconds else speaker.attempts), "more than was asked for"


@every
def test_a_server_that_counts_fewer_tokens_than_words_has_not_read_them_all(speaker: Speaker) -> None:
    with standing(speaker, faulty.reply(tokens_in=20)) as one:
        assert one.error(prompt("word " * 1000)).failure is Failure.TRUNCATED
        assert one.is_accounted_for()


@every
def test_after_faults_the_next_call_is_a_new_one(speaker: Speaker) -> None:
    acts = [act for act, _, _ in FAULTS if act.name != "bomb"]
    with standing(speaker, *acts, faulty.reply("at last")) as one:
        while len(one.server.asked) < len(acts):
            assert CANARY not in told(one.error())
        assert [one.ask().text, one.ask().text] == ["at last", "at last"]
        assert one.is_accounted_for()


@every
@pytest.mark.parametrize("reason", [OSError("the disk is full"), TimeoutError("x"), KeyboardInterrupt()], ids=repr)
def test_whatever_a_departure_raises_is_no_fault_of_the_server(speaker: Speaker, reason: BaseException) -> None:
    with standing(speaker) as one:
        before = one.server.received
        with pytest.raises(type(reason)) as caught:
            one.model.complete(prompt(), soon(), refusing(reason))
        assert caught.value is reason
        assert one.server.received == before and one.server.asked == []


CHILD = """
import sys
from tests.contract.speakers import WIRED, prompt, soon, unseen

for speaker, url in zip(WIRED, sys.argv[1:], strict=True):
    model = speaker.at(url)
    model.describe(soon(), unseen)
    print(repr(speaker), model.complete(prompt(), soon(), unseen).text)
"""


def test_no_variable_of_the_environment_leads_a_call_elsewhere() -> None:
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy", "OLLAMA_HOST",
             "OPENAI_BASE_URL", "OPENAI_API_BASE", "MISTRAL_SERVER_URL")  # fmt: skip
    servers = [Faulty(dialect=speaker.dialect) for speaker in WIRED]
    with Faulty() as evil:
        for server in servers:
            server.__enter__()
        try:
            environment = {
                **dict.fromkeys(names, evil.url), "NO_PROXY": "", "no_proxy": "", "PATH": os.defpath,
                "PYTHONPATH": str(ROOT), "OLLAMA_API_KEY": "key-of-environment",
                "OPENAI_API_KEY": "key-of-environment", "MISTRAL_API_KEY": "key-of-environment",
            }  # fmt: skip
            argv = [sys.executable, "-c", CHILD, *(server.url for server in servers)]
            done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=60)
        finally:
            for server in servers:
                server.__exit__()
        assert done.stdout.splitlines() == [f"{speaker!r} fine" for speaker in WIRED] and done.stderr == ""
        assert (evil.connections, evil.received) == (0, 0)
        heads = [request.headers for server in servers for request in server.requests]
        assert heads and not any("key-of-environment" in str(head) for head in heads)
        assert {head.get("authorization") for head in heads} == {None, "Bearer sk-1"}
