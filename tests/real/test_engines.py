"""The same questions to each real engine: Ollama, llama.cpp in this process, and llama.cpp as Mistral's API."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from reviewbot.backends.llamacpp import LlamaCpp
from reviewbot.backends.mistral import Mistral
from reviewbot.backends.ollama import Ollama
from reviewbot.core.endpoints import Endpoint, Kind
from reviewbot.core.exchange import BackendError, Failure, Prompt, Reply
from reviewbot.core.labels import Label
from reviewbot.ports import Backend, Departing
from tests.backends.asking import SCHEMA, failed, prompt, soon, unseen
from tests.servers import relay
from tests.servers.gateway import KEY
from tests.servers.relay import Relay


@dataclass
class Real:
    """A real engine: how to make a backend for it, and what passes before it (None: nothing does)."""

    endpoint: Endpoint
    make: Callable[[Endpoint], Backend]
    relay: Relay | None = None

    def ask(self, question: Prompt, seconds: float = 20.0, departing: Departing = unseen) -> Reply:
        return self.make(self.endpoint).complete(question, soon(seconds), departing)


@pytest.fixture(params=["ollama", "llamacpp", "mistral"])
def real(request: pytest.FixtureRequest) -> Iterator[Real]:
    kind: Kind = request.param
    if kind == "llamacpp":
        file: Path = request.getfixturevalue("tiny_gguf")
        yield Real(Endpoint("local", kind, "codestral-tiny", Label.RESTRICTED, (str(file),), window=2048), LlamaCpp)
        return
    server = request.getfixturevalue("ollama_server" if kind == "ollama" else "mistral_gateway")
    model = server.model if kind == "ollama" else "codestral-2508"
    with relay.before(server.url) as before:
        endpoint = Endpoint("real", kind, model, Label.INTERNAL, (before.url,), window=2048)
        yield Real(endpoint, Ollama if kind == "ollama" else lambda one: Mistral(one, KEY), before)


def test_a_reply_comes_whole_in_the_form_asked_for(real: Real) -> None:
    reply = real.ask(prompt())
    Draft202012Validator(dict(SCHEMA)).validate(json.loads(reply.text))
    assert reply.tokens_in is not None and 10 < reply.tokens_in < 100
    assert reply.tokens_out is not None and 0 < reply.tokens_out <= 256
    assert reply.first_token is not None and 0 < reply.first_token < reply.seconds < 20


def test_the_same_question_has_the_same_answer_and_the_same_counts(real: Real) -> None:
    model = real.make(real.endpoint)
    replies = [model.complete(prompt(), soon(), unseen) for _ in range(3)]
    assert len({(reply.text, reply.tokens_in, reply.tokens_out) for reply in replies}) == 1


def test_a_reply_ends_before_the_first_stop_and_is_whole(real: Real) -> None:
    whole = real.ask(prompt()).text
    for stop in ("found", '":'):
        reply = real.ask(replace(prompt(), stop=("nowhere", stop)))
        assert reply.text == whole.partition(stop)[0] != whole and reply.tokens_out


def test_a_hole_is_filled(real: Real) -> None:
    # Random weights rarely end by themselves: what comes back in one token or is cut after it has been a filling.
    try:
        assert real.ask(prompt("def f(x):\n    return ", suffix="\n", tokens=4, schema=None)).tokens_out
    except BackendError as error:
        assert error.failure is Failure.TRUNCATED
    if real.relay:
        said = json.loads(real.relay.bodies[-1])
        assert (said["prompt"], said["suffix"]) == ("def f(x):\n    return ", "\n") and "Review" not in str(said)


@pytest.mark.parametrize("suffix", [None, "\n\nprint(f(2))\n"])
def test_a_reply_that_is_cut_by_its_limit_is_no_reply(suffix: str | None, real: Real) -> None:
    assert failed(lambda: real.ask(prompt(tokens=3, suffix=suffix))).failure is Failure.TRUNCATED


@pytest.mark.parametrize("suffix", [None, "\n"])
def test_a_prompt_longer_than_the_window_is_no_reply(suffix: str | None, real: Real) -> None:
    assert failed(lambda: real.ask(prompt("word " * 4000, suffix=suffix))).failure is Failure.TOO_LONG


def test_a_prompt_that_the_engine_alone_knows_to_be_too_long_is_no_reply(real: Real) -> None:
    # 1200 words, which are 3600 tokens.
    error = failed(lambda: real.ask(prompt("x1 " * 1200)))
    assert error.failure is (Failure.TRUNCATED if real.endpoint.kind == "ollama" else Failure.TOO_LONG)


def test_a_deadline_holds_and_the_next_call_is_answered(real: Real) -> None:
    model = real.make(real.endpoint)
    model.complete(prompt(), soon(), unseen)
    start = time.monotonic()
    error = failed(lambda: model.complete(prompt(schema=None, tokens=100_000), soon(0.1), unseen))
    assert error.failure is Failure.TIMEOUT
    assert time.monotonic() - start < 1.5
    assert model.complete(prompt(), soon(), unseen).text


def test_two_at_once_are_both_answered(real: Real) -> None:
    model = real.make(real.endpoint)
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda text: model.complete(prompt(text), soon(), unseen), ["a = 1", "b = 2; c = 3"])
    assert one.tokens_in and other.tokens_in and one.tokens_in < other.tokens_in


def test_an_unknown_model_is_said_to_be_none(real: Real) -> None:
    urls = ("/nowhere/model.gguf",) if real.endpoint.kind == "llamacpp" else real.endpoint.urls
    other = real.make(replace(real.endpoint, model="nobody:1b", urls=urls))
    assert failed(lambda: other.describe(soon(), unseen)).failure is Failure.NO_MODEL


def test_what_is_announced_is_what_arrives(real: Real) -> None:
    sizes: list[int] = []
    model = real.make(real.endpoint)
    model.describe(soon(), sizes.append)
    model.complete(prompt("é = '\U0001f600'"), soon(), sizes.append)
    failed(lambda: model.complete(prompt("a", suffix="b", tokens=2), soon(), sizes.append))
    if real.relay:
        assert sizes == [len(body) for body in real.relay.bodies]
    assert len(list(filter(None, sizes))) >= 2


def test_a_departure_that_is_refused_leaves_nothing_behind(real: Real) -> None:
    def departing(size: int) -> None:
        raise BackendError(Failure.COST_SPENT)

    model = real.make(real.endpoint)
    model.describe(soon(), unseen)
    before = real.relay and list(real.relay.received)
    assert failed(lambda: model.complete(prompt("gorse-7431"), soon(), departing)).failure is Failure.COST_SPENT
    if real.relay:
        assert b"".join(real.relay.bodies) == b"".join(data.partition(b"\r\n\r\n")[2] for data in before or ())
    assert model.complete(prompt(), soon(), unseen).text
