"""Servers that speak OpenAI's protocol: llama.cpp's own, and ones that misbehave in its words and in vLLM's."""

from __future__ import annotations

import json
import logging
import socket
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reviewbot.backends.openai_compatible import OpenAICompatible
from reviewbot.core.endpoints import Endpoint
from reviewbot.core.exchange import BackendError, Excerpt, Failure, Prompt, Reply, Traits
from reviewbot.core.labels import Label
from reviewbot.ports import Backend, Departing
from tests.servers import faulty
from tests.servers.engines import Engine
from tests.servers.faulty import MODEL, SMALL_WINDOW, WINDOW, Act, Dialect, Exchange, Faulty, Words

CANARY = "gorse-7431"
SCHEMA: Mapping[str, object] = {
    "type": "object", "additionalProperties": False, "required": ["found"],
    "properties": {"found": {"type": "array", "maxItems": 2, "items": {"type": "string", "maxLength": 8}}},
}  # fmt: skip


def backend(*urls: str, key: str = "", model: str = MODEL, key_env: str = "", digest: str = "") -> Backend:
    endpoint = Endpoint("local", "openai", model, Label.RESTRICTED, urls, key_env=key_env, digest=digest)
    return OpenAICompatible(endpoint, key)


def prompt(
    text: str = "def f(x): return x", *, schema: Mapping[str, object] | None = None, tokens: int = 64,
    suffix: str | None = None, system: str = "Review this.",
) -> Prompt:  # fmt: skip
    hole = None if suffix is None else Excerpt(suffix, Label.RESTRICTED, "a.py")
    return Prompt(system, (Excerpt(text, Label.RESTRICTED, "a.py"),), schema, tokens, hole)


def unseen(size: int) -> None:
    """A departure that nobody writes down."""


def soon(seconds: float = 20.0) -> float:
    return time.monotonic() + seconds


def ask(*urls: str, question: Prompt | None = None, key: str = "", seconds: float = 20.0,
        departing: Departing = unseen) -> Reply:  # fmt: skip
    return backend(*urls, key=key).complete(question or prompt(), soon(seconds), departing)


def failed(call: Callable[[], object]) -> BackendError:
    with pytest.raises(BackendError) as caught:
        call()
    return caught.value


# ---- a real engine ----------------------------------------------------------------------------------------------


def test_a_reply_comes_whole_with_the_counts_of_the_server_and_its_first_token(llama_server: Engine) -> None:
    model = backend(llama_server.url, model=llama_server.model)
    replies = [model.complete(prompt(schema=SCHEMA, tokens=256), soon(), unseen) for _ in range(2)]
    assert len({reply.text for reply in replies}) == 1
    reply = replies[0]
    Draft202012Validator(dict(SCHEMA)).validate(json.loads(reply.text))
    assert reply.tokens_in is not None and 8 < reply.tokens_in < 100
    assert reply.tokens_out is not None and 0 < reply.tokens_out <= 256
    assert reply.first_token is not None and 0 < reply.first_token < reply.seconds < 20


def test_a_real_engine_says_what_it_is_and_that_its_model_fills_holes(llama_server: Engine) -> None:
    traits = backend(llama_server.url, model="").describe(soon(), unseen)
    assert (traits.window, traits.fim, traits.digest) == (llama_server.window, True, "") and traits.version


def test_a_real_engine_reads_both_sides_of_a_hole(llama_server: Engine) -> None:
    model = backend(llama_server.url, model="")
    counts = []
    for suffix in ("\n", "\n\nprint(f(2), f(3), f(4))\n" * 20):
        try:
            counts.append(model.complete(prompt(tokens=900, suffix=suffix), soon(), unseen).tokens_in or 0)
        except BackendError as error:
            assert error.failure is Failure.TRUNCATED  # what random weights write may have no end
    assert counts == sorted(counts)
    assert failed(lambda: model.complete(prompt(tokens=1, suffix="x"), soon(), unseen)).failure is Failure.TRUNCATED


def test_a_real_engine_says_what_is_cut_and_what_is_too_long(llama_server: Engine) -> None:
    model = backend(llama_server.url, model="")
    assert failed(lambda: model.complete(prompt(tokens=3), soon(), unseen)).failure is Failure.TRUNCATED
    for suffix in (None, "\n"):
        error = failed(lambda hole=suffix: model.complete(prompt("word " * 4000, suffix=hole), soon(), unseen))  # type: ignore[misc]
        assert (error.failure, error.status) == (Failure.TOO_LONG, 400)


# ---- requests ---------------------------------------------------------------------------------------------------

ASKING = {"model": MODEL, "temperature": 0, "seed": 1, "max_tokens": 64, "stream": True,
          "stream_options": {"include_usage": True}}  # fmt: skip


def test_a_request_has_what_the_protocol_names() -> None:
    with Faulty() as server:
        ask(server.url, question=prompt("\u00e9\n", schema=SCHEMA))
        ask(server.url, question=prompt("a\udcffb", system=""))
        assert [request.json for request in server.requests] == [
            ASKING | {
                "messages": [{"role": "system", "content": "Review this."}, {"role": "user", "content": "\u00e9\n"}],
                "response_format": {"type": "json_schema",
                                    "json_schema": {"name": "reply", "schema": SCHEMA, "strict": True}},
            },
            ASKING | {"messages": [{"role": "user", "content": "a?b"}]},
        ]  # fmt: skip
        assert "authorization" not in server.requests[0].headers


def test_a_hole_is_asked_for_in_the_words_of_its_server_and_without_ours() -> None:
    hole = prompt("def f(x):\n    return ", suffix="\nprint(1)")
    with Faulty(faulty.reply("x + 1"), dialect="llamacpp") as server:
        assert ask(server.url, question=hole).text == "x + 1"
        assert (server.asked[0].path, server.asked[0].json) == ("/completion", {
            "prompt": "[SUFFIX]\nprint(1)[PREFIX]def f(x):\n    return ", "n_predict": 64, "temperature": 0, "seed": 1,
            "stream": True,
        })  # fmt: skip
    with Faulty(faulty.reply("x + 1"), dialect="openai") as server:
        assert ask(server.url, question=hole).text == "x + 1"
        assert (server.asked[0].path, server.asked[0].json) == ("/v1/completions", ASKING | {
            "prompt": "def f(x):\n    return ", "suffix": "\nprint(1)",
        })  # fmt: skip


def answers(pages: Mapping[str, object]) -> Act:
    """A server's own description of itself, by path; anything else is a 404."""

    def does(exchange: Exchange) -> None:
        value = pages.get(exchange.request.route)
        exchange.answer(*((404, b"{}") if value is None else (200, json.dumps(value).encode())))

    return Act("answers", does)


def listed(*cards: Mapping[str, object], **pages: object) -> Act:
    data = [{"id": MODEL, **card} for card in cards]
    return answers({"/v1/models": {"data": data}, **{f"/{name}": page for name, page in pages.items()}})


@pytest.mark.parametrize("act", [
    listed({"owned_by": "organization_owner"}), listed({"owned_by": "llamacpp"}),
    listed({"owned_by": "llamacpp"}, tokenize={"tokens": [1, 2, 3, 4, 5, 6]}),
    listed({"meta": {"n_ctx": 9}}, tokenize={"tokens": "13, 11"}),
])  # fmt: skip
def test_no_hole_is_asked_for_where_the_server_may_overlook_it(act: Act) -> None:
    with Faulty(dialect="llamacpp", describing=(act,)) as server:
        assert failed(lambda: ask(server.url, question=prompt(suffix="\n"))).failure is Failure.BAD_REQUEST
        assert server.asked == []


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/", "/models/a", "/models/a/v1/"])
def test_an_address_may_end_with_the_version(path: str) -> None:
    with Faulty() as server:
        model = backend(server.url + path)
        model.describe(soon(), unseen)
        model.complete(prompt(), soon(), unseen)
        before = path.rstrip("/").removesuffix("/v1")
        paths = [f"{before}/v1/models", f"{before}/version", f"{before}/v1/chat/completions"]
        assert [request.path for request in server.requests] == paths


# ---- keys and pins ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["a b", "a\nb: c", "cl\u00e9", "a\x00"])
def test_with_a_key_that_cannot_be_one_nothing_is_sent(key: str) -> None:
    with Faulty() as server:
        assert failed(lambda: ask(server.url, key=key)).failure is Failure.UNAUTHORIZED
        assert failed(lambda: backend(server.url, key=key).describe(soon(), unseen)).failure is Failure.UNAUTHORIZED
        assert server.connections == 0


def test_where_a_key_is_named_but_not_there_nothing_is_sent() -> None:
    with Faulty() as server:
        model = backend(server.url, key=" \n", key_env="LOCAL_KEY")
        assert failed(lambda: model.complete(prompt(), soon(), unseen)).failure is Failure.NO_KEY
        assert server.connections == 0


def test_a_key_goes_with_every_request_without_the_end_of_its_line() -> None:
    with Faulty(dialect="llamacpp") as server:
        ask(server.url, question=prompt(suffix="\n"), key="sk-1\n")
        assert {request.headers["authorization"] for request in server.requests} == {"Bearer sk-1"}
        assert len(server.requests) == 4


def test_a_pin_never_holds_where_no_digest_is_told() -> None:
    with Faulty() as server:
        model = backend(server.url, digest="0898a8")
        assert failed(lambda: model.complete(prompt(), soon(), unseen)).failure is Failure.WRONG_MODEL
        assert failed(lambda: model.describe(soon(), unseen)).failure is Failure.WRONG_MODEL
        assert server.connections == 0


# ---- descriptions -----------------------------------------------------------------------------------------------


def test_what_a_server_says_of_itself_is_its_traits() -> None:
    with Faulty(dialect="openai") as vllm, Faulty(dialect="llamacpp") as llamacpp:
        assert backend(vllm.url).describe(soon(), unseen) == Traits(window=WINDOW, model=MODEL, version="0.32.0")
        assert backend(llamacpp.url).describe(soon(), unseen) == Traits(
            SMALL_WINDOW, MODEL, fim=True, version="b6100-1"
        )


@pytest.mark.parametrize(("act", "traits"), [
    (listed({"owned_by": "lmstudio"}), Traits()),
    (listed({"owned_by": "vllm"}), Traits()),
    (listed({"max_model_len": 4096}, version={"version": "\x1b[2J"}), Traits(window=4096)),
    (listed({"max_model_len": True}, version={"version": 1}), Traits()),
    (listed({"max_model_len": -1}, version=[]), Traits()),
    (listed({"max_model_len": 4096}, version={"error": "x"}), Traits(window=4096)),
    (listed({"meta": {"n_ctx": 2048, "n_ctx_train": 9999}}), Traits(window=2048)),
    (listed({"meta": {"n_ctx_train": 9999}}), Traits(window=9999)),
    (listed({"meta": {"n_ctx": 8192}}, props={"default_generation_settings": {"n_ctx": 2048}}), Traits(window=2048)),
    (listed({"meta": {"n_ctx": 2048}}, props={"default_generation_settings": {"n_ctx": 8192}}), Traits(window=2048)),
    (listed({"owned_by": "llamacpp", "meta": None}, props={"default_generation_settings": 7}), Traits()),
    (listed({"id": "x"}, {"id": 7}, {"id": "y", "aliases": ["z", MODEL]}), Traits()),
])  # fmt: skip
def test_of_a_description_only_what_can_be_believed_is_taken(act: Act, traits: Traits) -> None:
    with Faulty(describing=(act,)) as server:
        assert backend(server.url).describe(soon(), unseen) == replace(traits, model=MODEL)


@pytest.mark.parametrize(("act", "failure"), [
    (listed(), Failure.NO_MODEL), (listed({"id": "another"}), Failure.NO_MODEL),
    (answers({"/v1/models": {"data": 7}}), Failure.BAD_REPLY), (answers({"/v1/models": {}}), Failure.BAD_REPLY),
    (answers({"/v1/models": {"data": ["a", 7, None, {}]}}), Failure.NO_MODEL),
    (faulty.status(200, b"[]"), Failure.BAD_REPLY), (faulty.status(200, b"[" * 50_000), Failure.BAD_REPLY),
    (faulty.status(200, b'{"data": \xff}'), Failure.BAD_REPLY), (faulty.status(204, b""), Failure.BAD_REPLY),
    (faulty.status(200, b'{"error": "no"}'), Failure.SERVER_ERROR), (faulty.page(), Failure.BAD_REPLY),
    (faulty.limited("3"), Failure.RATE_LIMITED), (faulty.unauthorized(), Failure.UNAUTHORIZED),
    (faulty.dropped(), Failure.BROKEN),
])  # fmt: skip
def test_a_list_of_models_that_says_nothing_is_a_failure(act: Act, failure: Failure) -> None:
    with Faulty(describing=(act,)) as server:
        assert failed(lambda: backend(server.url).describe(soon(), unseen)).failure is failure


def test_without_a_name_the_first_model_listed_is_asked() -> None:
    with Faulty(models=("first", "second")) as server:
        model = backend(server.url, model="")
        for _ in range(2):
            model.complete(prompt(), soon(), unseen)
        assert [request.json["model"] for request in server.asked] == ["first", "first"]
        assert model.describe(soon(), unseen).model == "first"
        assert len(server.requests) == 4


def test_a_model_is_described_once_and_a_failure_is_not_kept() -> None:
    with Faulty(describing=(faulty.busy(), listed({}))) as server:
        model = backend(server.url)
        assert failed(lambda: model.describe(soon(), unseen)).failure is Failure.BUSY
        with ThreadPoolExecutor(8) as pool:
            traits = set(pool.map(lambda _: model.describe(soon(), unseen), range(16)))
        assert traits == {Traits(model=MODEL)} and len(server.requests) == 2


def test_a_departure_that_is_refused_is_no_answer_of_the_server() -> None:
    """Else a budget that is spent between two pages would look like a page that is not there."""
    sizes: list[int] = []

    def departing(size: int) -> None:
        if sizes:
            raise BackendError(Failure.CALLS_SPENT)
        sizes.append(size)

    with Faulty() as server:
        assert failed(lambda: backend(server.url).describe(soon(), departing)).failure is Failure.CALLS_SPENT


def test_who_waits_for_a_description_waits_no_longer_than_its_deadline() -> None:
    with Faulty(describing=(faulty.hang(),)) as server, ThreadPoolExecutor(2) as pool:
        model = backend(server.url)
        first = pool.submit(lambda: failed(lambda: model.describe(soon(1.0), unseen)))
        while not server.requests:
            time.sleep(0.01)
        assert failed(lambda: model.describe(soon(0.1), unseen)).failure is Failure.TIMEOUT
        assert not first.done() and first.result().failure is Failure.TIMEOUT


# ---- several addresses ------------------------------------------------------------------------------------------


@contextmanager
def several(count: int, *acts: Act) -> Iterator[list[Faulty]]:
    with ExitStack() as stack:
        yield [stack.enter_context(Faulty(*acts)) for _ in range(count)]


def test_the_address_with_the_fewest_calls_is_asked_and_of_equals_the_first() -> None:
    with several(3, Act("late", lambda exchange: (time.sleep(0.4), faulty.reply().does(exchange))[0])) as servers:  # type: ignore[func-returns-value]
        model = backend(*(server.url for server in servers))
        with ThreadPoolExecutor(7) as pool:
            list(pool.map(lambda _: model.complete(prompt(), soon(), unseen), range(7)))
        assert [len(server.asked) for server in servers] == [3, 2, 2]
        model.complete(prompt(), soon(), unseen)
        assert [len(server.asked) for server in servers] == [4, 2, 2]


def test_an_address_that_refuses_is_passed_over_within_the_call_and_then_comes_last() -> None:
    sizes: list[int] = []
    with socket.socket() as silent, Faulty() as server:
        silent.bind(("127.0.0.1", 0))
        model = backend(f"http://127.0.0.1:{silent.getsockname()[1]}", server.url)
        assert model.complete(prompt(), soon(), sizes.append).text == "fine"
        silent.listen()  # from now on whoever asks there waits in vain
        for _ in range(3):
            assert model.complete(prompt(), soon(5.0), sizes.append).text == "fine"
        assert model.describe(soon(5.0), sizes.append).window == WINDOW
        assert sizes == [len(request.body) for request in server.requests]


def test_where_every_address_refuses_nothing_departs() -> None:
    sizes: list[int] = []
    with faulty.closed_port() as one, faulty.closed_port() as two:
        assert failed(lambda: ask(one, two, departing=sizes.append)).failure is Failure.UNREACHABLE
    assert sizes == []
    assert failed(ask).failure is Failure.UNREACHABLE


@pytest.mark.parametrize("act", [faulty.dropped(), faulty.reset(), faulty.busy(), faulty.cut(), faulty.echo()], ids=str)
def test_once_something_has_left_no_other_address_is_asked(act: Act) -> None:
    sizes: list[int] = []
    with Faulty(act) as server, Faulty() as other:
        failed(lambda: ask(server.url, other.url, departing=sizes.append))
        assert other.connections == 0 and sizes == [server.body_bytes]


def test_whoever_refuses_a_departure_is_not_asked_for_another() -> None:
    refused = []

    def departing(size: int) -> None:
        refused.append(size)
        raise BackendError(Failure.UNREACHABLE)

    with Faulty() as server, Faulty() as other:
        assert failed(lambda: ask(server.url, other.url, departing=departing)).failure is Failure.UNREACHABLE
        assert (server.received, other.connections, len(refused)) == (0, 0, 1)


# ---- faults and replies -----------------------------------------------------------------------------------------


def stream(*events: object, end: bytes = b"data: [DONE]\n\n") -> Act:
    """A stream of these events: JSON of a value, bytes as they are."""

    def does(exchange: Exchange) -> None:
        exchange.begin()
        for event in events:
            exchange.piece(event if isinstance(event, bytes) else b"data: %b\n\n" % json.dumps(event).encode())
        if end:
            exchange.piece(end)
        exchange.end()

    return Act("stream", does)


def event(content: object, finish: object = None, **extra: object) -> dict[str, object]:
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish}
    return {"id": "c1", "object": "chat.completion.chunk", "model": MODEL, "choices": [choice], **extra}


USAGE: dict[str, Any] = {"prompt_tokens": 90, "completion_tokens": 2, "total_tokens": 92}
LAST = {"content": "", "stop": True, "stop_type": "eos", "tokens_evaluated": 90, "tokens_predicted": 2}


@pytest.mark.parametrize(("act", "failure"), [
    (faulty.whole(), Failure.BAD_REPLY), (faulty.malformed(), Failure.BAD_REPLY), (faulty.empty(), Failure.BAD_REPLY),
    (faulty.error_in_200(), Failure.SERVER_ERROR), (faulty.error_in_stream(), Failure.SERVER_ERROR),
    (stream({"object": "error", "message": "no"}), Failure.SERVER_ERROR),
    (stream(b'error: {"code": 500}\n\n'), Failure.SERVER_ERROR),
    (stream(event("a", "abort")), Failure.SERVER_ERROR), (stream(event("a", "tool_calls")), Failure.BAD_REPLY),
    (stream(event("a", {"a": 1})), Failure.BAD_REPLY), (stream(event("a", "length")), Failure.TRUNCATED),
    (stream(), Failure.BROKEN), (stream(event("a")), Failure.BROKEN), (stream(event("a"), end=b""), Failure.BROKEN),
    (stream(event("a", "stop"), end=b"data: {"), Failure.BROKEN),
    (stream(event("a", "stop"), end=b'data: {"a": 1}\n'), Failure.BROKEN),
    (stream(event(7, "stop")), Failure.BAD_REPLY), (stream(event(["a"], "stop")), Failure.BAD_REPLY),
    (stream({"choices": [{"delta": [], "finish_reason": "stop"}]}), Failure.BAD_REPLY),
    (stream({"choices": 7}), Failure.BAD_REPLY), (stream({"choices": [{}, {}]}), Failure.BAD_REPLY),
    (stream(event("a", "stop", usage=7)), Failure.BAD_REPLY),
    (stream(event("a", "stop", usage=USAGE | {"completion_tokens": -1})), Failure.BAD_REPLY),
    (stream(event("a", "stop", usage=USAGE | {"completion_tokens": True})), Failure.BAD_REPLY),
    (stream(event("a", "stop", usage=USAGE | {"prompt_tokens": 0})), Failure.TRUNCATED),
    (stream(b"data: " + b"[" * 50_000 + b"\n\n"), Failure.BAD_REPLY),
    (stream(b"data: " + b"9" * 5000 + b"\n\n"), Failure.BAD_REPLY), (stream(b"data: \xff\n\n"), Failure.BAD_REPLY),
], ids=str)  # fmt: skip
def test_a_stream_that_is_no_whole_reply_is_one_word(act: Act, failure: Failure) -> None:
    with Faulty(act) as server:
        assert failed(lambda: ask(server.url)).failure is failure
        assert len(server.requests) == 1


@pytest.mark.parametrize(("act", "failure"), [
    (stream({"content": "a"}, end=b""), Failure.BROKEN), (stream({"content": 7}), Failure.BAD_REPLY),
    (stream(LAST | {"stop_type": "limit"}), Failure.TRUNCATED), (stream(LAST | {"truncated": True}), Failure.TRUNCATED),
    (stream(LAST | {"stop_type": "none"}), Failure.BAD_REPLY), (stream(LAST | {"stop_type": None}), Failure.BROKEN),
    (stream(LAST | {"tokens_evaluated": 0}), Failure.TRUNCATED),
    (stream(LAST | {"tokens_evaluated": "9"}), Failure.BAD_REPLY), (faulty.shortened(), Failure.TRUNCATED),
    (faulty.unfinished(), Failure.BROKEN), (faulty.error_in_stream(), Failure.SERVER_ERROR),
], ids=str)  # fmt: skip
def test_a_hole_that_is_not_filled_is_one_word(act: Act, failure: Failure) -> None:
    with Faulty(act, dialect="llamacpp") as server:
        assert failed(lambda: ask(server.url, question=prompt(suffix="\nprint(f)"))).failure is failure


@pytest.mark.parametrize(("act", "text", "tokens_in"), [
    (stream(event("ab"), event("\u00e9c", "stop"), {"choices": [], "usage": USAGE}), "ab\u00e9c", 90),
    (stream(event(None), event("ab"), event("", "stop")), "ab", None),
    (stream(event("ab", "stop", usage=USAGE), event("")), "ab", 90),
    (stream(event("ab", "stop", usage=None), end=b""), "ab", None),
    (stream(event("ab", "stop", usage={"total_tokens": 3}), end=b"data: [DONE]"), "ab", None),
    (stream(event("ab", "stop"), b"data: [DONE]\n\n", event("cd"), b"data: {\n\n"), "ab", None),
    (stream(b": ping\n\n", b"event: x\r\nid: 1\r\nretry: 9\r\n\r\n", event("ab", "stop")), "ab", None),
    (stream(b'data:{"choices": [{"text": "ab",\n', b'data:  "finish_reason": "stop"}]}\n\n'), "ab", None),
    (stream(event("\ud83d"), event("\ude00"), event("\ud83d!", "stop")), "\U0001f600\ufffd!", None),
    (stream(b'data: {"choices": [{"text": "a"}]}\r\n\r\n',
            b'data: {"choices": [{"text": "b", "finish_reason": "stop"}]}\r\n\r\n',
            b"data: [DONE]\r\n\r\n"), "ab", None),
    (stream(b"data: {}\n\n", event("", "stop", usage=USAGE)), "", 90),
], ids=str)  # fmt: skip
def test_a_stream_is_read_to_its_end(act: Act, text: str, tokens_in: int | None) -> None:
    with Faulty(act) as server:
        reply = ask(server.url)
        assert (reply.text, reply.tokens_in) == (text, tokens_in)
        assert (reply.first_token is None) == (text == "")


@pytest.mark.parametrize(
    ("suffix", "dialect"), [(None, "openai"), ("word " * 300, "openai"), ("word " * 300, "llamacpp")]
)
@pytest.mark.parametrize(("count", "whole"), [(0, False), (470, False), (490, True)])
def test_a_server_that_counts_fewer_tokens_than_words_has_not_read_them_all(
    count: int, whole: bool, suffix: str | None, dialect: Dialect
) -> None:
    question = prompt("word " * (598 if suffix is None else 300), suffix=suffix)
    with Faulty(faulty.reply("fine", tokens_in=count), dialect=dialect) as server:
        if whole:
            assert ask(server.url, question=question).tokens_in == count
        else:
            assert failed(lambda: ask(server.url, question=question)).failure is Failure.TRUNCATED


@pytest.mark.parametrize("act", [
    faulty.status(500, CANARY.encode()), faulty.status(200, CANARY.encode(), "text/html"), faulty.echo(),
    faulty.status(200, json.dumps({"error": CANARY}).encode()), stream({"error": CANARY}),
    stream(b"data: {" + CANARY.encode() + b"\n\n"), stream(event(CANARY, CANARY)), stream(event(CANARY), end=b""),
    stream(event(CANARY, "length")), stream(event(CANARY), CANARY.encode() * 500_000),
    Act("bad-status-line", lambda exchange: exchange.send(f"HTTP/1.1 {CANARY}\r\n\r\n".encode())),
], ids=str)  # fmt: skip
@pytest.mark.parametrize("describing", [False, True])
def test_a_failure_holds_nothing_of_what_was_said(act: Act, describing: bool, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with Faulty(act, describing=(act,)) as server:
        model = backend(server.url)
        call = model.describe if describing else lambda *others: model.complete(prompt(CANARY), *others)
        error = failed(lambda: call(soon(), unseen))
    assert error.__context__ is None and error.__cause__ is None
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    assert {Path(frame.f_code.co_filename).name for frame in frames} <= {Path(__file__).name, "openai_compatible.py"}
    inside = [frame.f_locals for frame in frames if frame.f_code.co_filename.endswith("backends/openai_compatible.py")]
    assert inside and CANARY not in repr([str(error), repr(error), vars(error), *inside]) + caplog.text


def test_replies_to_several_threads_are_not_mixed_up() -> None:
    def does(exchange: Exchange) -> None:
        said = exchange.request.json["messages"][-1]["content"]
        exchange.begin()
        for piece in faulty.pieces(exchange, Words(said[::-1])):
            time.sleep(0.002)
            exchange.piece(piece)
        exchange.end()

    with several(2, Act("backwards", does)) as servers, ThreadPoolExecutor(16) as pool:
        model, texts = backend(*(server.url for server in servers)), [f"question {n}" for n in range(64)]
        replies = list(pool.map(lambda text: model.complete(prompt(text), soon(), unseen).text, texts))
        assert replies == [text[::-1] for text in texts]
        assert all(server.most > 2 for server in servers)


_PIECES = st.one_of(
    st.sampled_from([b"data: ", b"\n\n", b"\r\n", b"error: x\n", b"[DONE]", b"id: \x00\n", b"\xef\xbb\xbf", b"\xff",
                     b"null", b"[]", b"{}", b'{"choices": 1}', b'"a"', b"NaN", b"1e999", b"9" * 5000]),
    st.builds(lambda value: b"data: %b\n\n" % json.dumps(value).encode(), st.one_of(
        st.builds(event, st.one_of(st.none(), st.text(max_size=5), st.just([{"type": "text", "text": "a"}])),
                  st.sampled_from([None, "stop", "length", "x"])),
        st.recursive(st.one_of(st.none(), st.integers(), st.text(max_size=5)), lambda inner: st.dictionaries(
            st.sampled_from(["choices", "delta", "text", "content", "usage", "error", "finish_reason", "prompt_tokens",
                             "stop", "stop_type", "tokens_evaluated", "truncated"]),
            st.one_of(inner, st.lists(inner, max_size=2)), max_size=4), max_leaves=8),
    )),
    st.binary(max_size=9),
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(pieces=st.lists(_PIECES, max_size=6), suffix=st.sampled_from([None, "\n"]))
def test_whatever_a_stream_brings_is_a_reply_or_one_word(pieces: list[bytes], suffix: str | None) -> None:
    with Faulty(stream(*filter(None, pieces)), dialect="llamacpp") as server:
        try:
            reply = ask(server.url, question=prompt("a", system="", suffix=suffix))
        except BackendError as error:
            assert error.failure in (Failure.BROKEN, Failure.BAD_REPLY, Failure.TRUNCATED, Failure.SERVER_ERROR)
        else:
            assert b'"stop' in b"".join(pieces) and reply.text.encode().decode() == reply.text
