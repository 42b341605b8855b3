"""Holes of scaffolds at the real engines: what they read, in which order, where they stop, and where they cannot."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from reviewbot.backends.llamacpp import LlamaCpp
from reviewbot.backends.mistral import Mistral
from reviewbot.backends.ollama import Ollama
from reviewbot.backends.openai_compatible import OpenAICompatible
from reviewbot.core.endpoints import Endpoint, Kind
from reviewbot.core.exchange import BackendError, Excerpt, Failure, Prompt
from reviewbot.core.labels import Label
from reviewbot.ports import Backend
from reviewbot.tasks.scaffold.holes import chat, expression, middle
from tests.backends.asking import failed, soon, unseen
from tests.servers import engines, gateway, relay, tiny
from tests.servers.engines import Engine
from tests.servers.gateway import KEY, Gateway
from tests.servers.relay import Relay

TARGET = Excerpt("def clamp(x, low, high):\n    return max(low, min(x, high))\n", Label.RESTRICTED, "pkg/x.py")
PREFIX, SUFFIX = "from pkg.x import clamp\n\nassert clamp(5, 0, 3) == ", "\nassert clamp(1, 0, 3) == 1\n"
PLACE = (TARGET, PREFIX, SUFFIX, Label.RESTRICTED, "tests/test_x.py")
HOLE = middle(*PLACE)
#: Codestral reads what comes after a hole first.
READ = f"[SUFFIX]{SUFFIX}[PREFIX]{HOLE.text}"
#: Random weights rarely write a line end; these they do, but not at once.
STOPS = ("ch", "l")


@dataclass
class Real:
    """A backend before a real engine. `relay` is what passes on its way, `engine` is llama.cpp's own server."""

    model: Backend
    engine: Engine
    relay: Relay | None = None
    gateway: Gateway | None = None


def _at(kind: Kind, url: str, model: str, make: Callable[[Endpoint], Backend]) -> Backend:
    return make(Endpoint("real", kind, model, Label.RESTRICTED, (url,), window=2048))


@pytest.fixture(params=["llama.cpp", "in process", "gateway", "ollama"])
def real(request: pytest.FixtureRequest, llama_server: Engine) -> Iterator[Real]:
    if request.param == "in process":
        file: Path = request.getfixturevalue("tiny_gguf")
        yield Real(_at("llamacpp", str(file), "codestral-tiny", LlamaCpp), llama_server)
    elif request.param == "gateway":
        with relay.before(llama_server.url) as passed, gateway.serve(passed.url) as front:
            model = _at("mistral", front.url, "codestral-2508", lambda one: Mistral(one, KEY))
            yield Real(model, llama_server, passed, front)
    else:
        server = llama_server if request.param == "llama.cpp" else request.getfixturevalue("ollama_server")
        with relay.before(server.url) as passed:
            make = OpenAICompatible if request.param == "llama.cpp" else Ollama
            kind: Kind = "openai" if request.param == "llama.cpp" else "ollama"
            yield Real(_at(kind, passed.url, server.model, make), llama_server, passed)


def asked(engine: Engine, path: str, question: object) -> dict[str, object]:
    with httpx.Client(base_url=engine.url, trust_env=False, timeout=30) as client:
        answer: dict[str, object] = client.post(path, json=question).raise_for_status().json()
        return answer


def written(engine: Engine, text: str, tokens: int = 96) -> str:
    """What the engine itself writes after a text, up to one of STOPS."""
    settings = {"n_predict": tokens, "temperature": 0, "seed": 1, "stop": list(STOPS)}
    return str(asked(engine, "/completion", {"prompt": text, **settings})["content"])


def test_a_filling_ends_at_its_stop_and_is_whole(real: Real) -> None:
    reply = real.model.complete(replace(HOLE, stop=STOPS), soon(), unseen)
    assert reply.text and not any(stop in reply.text for stop in STOPS)
    # Without stops the same question has no end.
    error = failed(lambda: real.model.complete(replace(HOLE, stop=(), max_tokens=8), soon(), unseen))
    assert error.failure is Failure.TRUNCATED


def test_a_hole_is_read_with_its_end_first(real: Real) -> None:
    reply = real.model.complete(replace(HOLE, stop=STOPS), soon(), unseen)
    counted = asked(real.engine, "/tokenize", {"content": READ, "add_special": True, "parse_special": True})["tokens"]
    assert isinstance(counted, list) and reply.tokens_in == len(counted)
    # The same weights write the same after the same text, and something else after another.
    if not isinstance(real.model, Ollama):
        assert reply.text == written(real.engine, READ) != written(real.engine, f"[PREFIX]{HOLE.text}[SUFFIX]{SUFFIX}")


def test_what_the_engine_is_sent_is_the_hole_and_nothing_of_ours(real: Real) -> None:
    failed_or_not(real.model, HOLE)
    if real.gateway:
        [body] = real.gateway.bodies("/v1/fim/completions")
        assert (body["prompt"], body["suffix"], body["stop"]) == (HOLE.text, SUFFIX, ["\n"])
        assert real.gateway.violations == []
    if real.relay:
        [question] = [
            json.loads(body) for line, body in zip(real.relay.requests, real.relay.bodies, strict=True)
            if line in ("POST /completion", "POST /api/generate")
        ]  # fmt: skip
        if "suffix" in question:  # Ollama's own template puts the two in order
            assert (question["prompt"], question["suffix"]) == (HOLE.text, SUFFIX)
            assert question["options"]["stop"] == ["\n"]
        else:
            assert (question["prompt"], question["stop"]) == (READ, ["\n"])
        assert "You complete" not in str(question)


def failed_or_not(model: Backend, question: Prompt) -> None:
    """Random weights rarely end a line: then the reply is cut."""
    try:
        model.complete(question, soon(), unseen)
    except BackendError as error:
        assert error.failure is Failure.TRUNCATED


def test_ollama_puts_the_two_sides_in_codestrals_order(ollama_server: Engine, llama_server: Engine) -> None:
    question = {"model": ollama_server.model, "prompt": HOLE.text, "suffix": SUFFIX, "stream": False,
                "options": {"num_predict": 1, "num_ctx": 2048, "temperature": 0}}  # fmt: skip
    tokens = asked(ollama_server, "/api/generate", question)["context"]
    read = str(asked(llama_server, "/detokenize", {"tokens": tokens})["content"])
    assert READ in read.replace("[SUFFIX] ", "[SUFFIX]").replace("[PREFIX] ", "[PREFIX]")


# ---- models that fill no holes ----------------------------------------------------------------------------------


@pytest.fixture(params=["llama.cpp", "in process", "gateway", "ollama"])
def unable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Backend, Relay | None]]:
    """The same engines with a model that has no form for holes, or that is said to have none."""
    if request.param == "ollama":
        server: Engine = request.getfixturevalue("ollama_server")
        plain = tiny.TEMPLATE.partition("{{- else }}")[2].removesuffix("{{- end }}")
        engines.add_model(server.url, request.getfixturevalue("tiny_gguf"), plain, "talker")
        with relay.before(server.url) as passed:
            yield _at("ollama", passed.url, "talker", Ollama), passed
    elif request.param == "gateway":
        front: Gateway = request.getfixturevalue("mistral_gateway")
        front.fills = False
        with relay.before(front.url) as passed:
            yield _at("mistral", passed.url, "codestral-2508", lambda one: Mistral(one, KEY)), passed
    else:
        file = tiny.write(tmp_path / "talker.gguf", holes=False)
        if request.param == "in process":
            yield _at("llamacpp", str(file), "codestral-tiny", LlamaCpp), None
            return
        with engines.llama_with(file) as engine, relay.before(engine.url) as passed:
            yield _at("openai", passed.url, "", OpenAICompatible), passed


def test_a_model_without_holes_says_so_before_any_of_it_leaves_and_is_asked_by_chat(
    unable: tuple[Backend, Relay | None],
) -> None:
    model, passed = unable
    assert not model.describe(soon(), unseen).fim
    sizes: list[int] = []
    error = failed(lambda: model.complete(HOLE, soon(), sizes.append))
    assert (error.failure, error.status, sizes) == (Failure.BAD_REQUEST, None, [])
    if passed:
        assert not any(b"clamp" in data for data in passed.received)
    assert expression(model.complete(chat(*PLACE), soon(), unseen).text) is not None
    if passed:
        assert b"clamp" in passed.received[-1]
