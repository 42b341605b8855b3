"""Mistral's API: a gateway with its rules before a real engine, and a server that misbehaves."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reviewbot.backends.mistral import Mistral
from reviewbot.core.endpoints import Endpoint
from reviewbot.core.exchange import BackendError, Excerpt, Failure, Prompt, Reply, Traits
from reviewbot.core.labels import Label
from reviewbot.ports import Backend, Departing
from tests.requirements import require
from tests.servers import faulty, gateway
from tests.servers.faulty import MODEL, Act, Exchange, Faulty, Words
from tests.servers.gateway import DESCRIPTION, KEY, Gateway

ROOT = Path(__file__).parents[2]
CANARY = "gorse-7431"
SCHEMA: Mapping[str, object] = {
    "type": "object", "additionalProperties": False, "required": ["found"],
    "properties": {"found": {"type": "array", "maxItems": 2, "items": {"type": "string", "maxLength": 8}}},
}  # fmt: skip


def _described() -> None:
    """The description may not be part of this repository, so a machine without it, CI too, cannot compare."""
    if not DESCRIPTION.exists():
        pytest.skip("the published description of Mistral's API is not beside this checkout")


def endpoint(url: str, model: str = MODEL, digest: str = "") -> Endpoint:
    return Endpoint("hosted", "mistral", model, Label.INTERNAL, (url,), digest=digest)


def backend(url: str, key: str = KEY, model: str = MODEL) -> Backend:
    return Mistral(endpoint(url, model), key)


def prompt(
    text: str = "def f(x): return x", *, schema: Mapping[str, object] | None = None, tokens: int = 64,
    suffix: str | None = None, system: str = "Review this.",
) -> Prompt:  # fmt: skip
    hole = None if suffix is None else Excerpt(suffix, Label.INTERNAL, "a.py")
    return Prompt(system, (Excerpt(text, Label.INTERNAL, "a.py"),), schema, tokens, hole)


def unseen(size: int) -> None:
    """A departure that nobody writes down."""


def soon(seconds: float = 20.0) -> float:
    return time.monotonic() + seconds


def ask(url: str, question: Prompt | None = None, *, key: str = KEY, seconds: float = 20.0,
        departing: Departing = unseen) -> Reply:  # fmt: skip
    return backend(url, key).complete(question or prompt(), soon(seconds), departing)


def failed(call: Callable[[], object]) -> BackendError:
    with pytest.raises(BackendError) as caught:
        call()
    return caught.value


# ---- a real engine ----------------------------------------------------------------------------------------------


def test_a_reply_comes_whole_with_the_counts_of_the_server_and_its_first_token(mistral_gateway: Gateway) -> None:
    reply = ask(mistral_gateway.url, prompt(schema=SCHEMA, tokens=256))
    Draft202012Validator(dict(SCHEMA)).validate(json.loads(reply.text))
    assert reply.tokens_in is not None and 10 < reply.tokens_in < 100
    assert reply.tokens_out is not None and 0 < reply.tokens_out <= 256
    assert reply.first_token is not None and 0 < reply.first_token < reply.seconds < 20


def test_a_request_has_what_the_contract_names_and_nothing_else(mistral_gateway: Gateway) -> None:
    ask(mistral_gateway.url, prompt("é\n", schema=SCHEMA, tokens=256))
    failed(lambda: ask(mistral_gateway.url, prompt("a = ", suffix="\nb", tokens=4)))
    assert mistral_gateway.bodies() == [{
        "model": MODEL, "temperature": 0, "random_seed": 1, "max_tokens": 256, "stream": True,
        "messages": [{"role": "system", "content": "Review this."}, {"role": "user", "content": "é\n"}],
        "response_format": {"type": "json_schema",
                            "json_schema": {"name": "reply", "schema": SCHEMA, "strict": True}},
    }]  # fmt: skip
    assert mistral_gateway.bodies("/v1/fim/completions") == [{
        "model": MODEL, "temperature": 0, "random_seed": 1, "max_tokens": 4, "stream": True,
        "prompt": "a = ", "suffix": "\nb",
    }]  # fmt: skip


def test_the_same_question_has_the_same_answer(mistral_gateway: Gateway) -> None:
    texts = {ask(mistral_gateway.url, prompt(schema=SCHEMA, tokens=256)).text for _ in range(3)}
    assert len(texts) == 1


def test_every_byte_of_a_body_is_announced_before_it_leaves(mistral_gateway: Gateway) -> None:
    sizes: list[int] = []
    model = backend(mistral_gateway.url)
    model.describe(soon(), sizes.append)
    model.complete(prompt(schema=SCHEMA, tokens=256), soon(), sizes.append)
    failed(lambda: ask(mistral_gateway.url, prompt("x " * 4000), departing=sizes.append))
    failed(lambda: ask(mistral_gateway.url, key="another", departing=sizes.append))
    assert sizes == [len(request.body) for request in mistral_gateway.received]
    assert sum(sizes) == mistral_gateway.bytes_in and sizes[0] == 0 and min(sizes[1:]) > 0


def test_a_departure_that_is_refused_leaves_nothing_behind(mistral_gateway: Gateway) -> None:
    def departing(size: int) -> None:
        raise BackendError(Failure.COST_SPENT)

    model = backend(mistral_gateway.url)
    assert failed(lambda: model.complete(prompt(), soon(), departing)).failure is Failure.COST_SPENT
    assert failed(lambda: model.describe(soon(), departing)).failure is Failure.COST_SPENT
    assert mistral_gateway.received == []


@pytest.mark.parametrize("suffix", [None, "\n\nprint(f(2))\n"])
def test_a_reply_that_is_cut_by_its_limit_is_no_reply(suffix: str | None, mistral_gateway: Gateway) -> None:
    error = failed(lambda: ask(mistral_gateway.url, prompt(tokens=3, suffix=suffix)))
    assert error.failure is Failure.TRUNCATED


def test_a_prompt_longer_than_the_window_is_told_by_the_engine(mistral_gateway: Gateway) -> None:
    for suffix in (None, "x"):
        error = failed(lambda hole=suffix: ask(mistral_gateway.url, prompt("word " * 4000, suffix=hole)))  # type: ignore[misc]
        assert (error.failure, error.status) == (Failure.TOO_LONG, 400)


def test_the_rules_of_the_api_come_out_as_failures(mistral_gateway: Gateway) -> None:
    assert failed(lambda: ask(mistral_gateway.url, key="another")).failure is Failure.UNAUTHORIZED
    other = backend(mistral_gateway.url, model="codestral-2405")
    assert failed(lambda: other.complete(prompt(), soon(), unseen)).failure is Failure.BAD_REQUEST
    assert failed(lambda: other.describe(soon(), unseen)).failure is Failure.NO_MODEL
    mistral_gateway.rate = 0
    assert failed(lambda: ask(mistral_gateway.url)).failure is Failure.RATE_LIMITED


def test_a_model_is_described_by_the_list_of_models(mistral_gateway: Gateway) -> None:
    assert backend(mistral_gateway.url).describe(soon(), unseen) == Traits(window=2048, fim=True)


def test_a_retirement_is_told_and_not_logged(mistral_gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    mistral_gateway.retires = "2026-07-31"
    model = backend(mistral_gateway.url)
    assert model.describe(soon(), unseen).deprecation == "2026-07-31, replaced by mistral-small-2603"
    assert model.complete(prompt(schema=SCHEMA, tokens=256), soon(), unseen).text
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_what_is_sent_and_what_comes_back_is_what_mistral_describes(mistral_gateway: Gateway) -> None:
    _described()
    model = backend(mistral_gateway.url)
    model.describe(soon(), unseen)
    model.complete(prompt(schema=SCHEMA, tokens=256), soon(), unseen)
    failed(lambda: model.complete(prompt("a = ", suffix="\nb", tokens=4), soon(), unseen))
    assert [request.status for request in mistral_gateway.received] == [200, 200, 200]
    assert mistral_gateway.violations == []


@pytest.mark.parametrize("described", [False, True])
@pytest.mark.parametrize(("change", "status"), [
    ({}, 200), ({"seed": 1}, 422), ({"messages": None}, 422), ({"model": "gpt"}, 400), ({"stream": True}, 200),
])  # fmt: skip
def test_the_gateway_has_the_manners_of_the_api(change: dict[str, Any], status: int, described: bool,
                                                llama_server: Any) -> None:  # fmt: skip
    if described:
        _described()
    body = {"model": MODEL, "messages": [{"role": "user", "content": "a"}], "max_tokens": 2} | change
    body = {name: value for name, value in body.items() if value is not None}
    with gateway.serve(llama_server.url, described=described) as served, httpx.Client(trust_env=False) as client:
        headers = {"authorization": f"Bearer {KEY}"}
        answers = [client.post(f"{served.url}/v1/chat/completions", json=body, headers=headers),
                   client.post(f"{served.url}/v1/chat/completions", json=body)]  # fmt: skip
        assert [answer.status_code for answer in answers] == [status, 401]
        assert served.violations == []
        if status == 200:
            assert '"completion_tokens": 2' in answers[0].text and '"finish_reason": "length"' in answers[0].text


# ---- keys and pins ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "failure"), [
    ("", Failure.NO_KEY), (" \n", Failure.NO_KEY), ("a b", Failure.UNAUTHORIZED), ("a\nb: c", Failure.UNAUTHORIZED),
    ("cl\u00e9", Failure.UNAUTHORIZED), ("a\x00", Failure.UNAUTHORIZED),
])  # fmt: skip
def test_without_a_key_that_can_be_one_nothing_is_sent(key: str, failure: Failure) -> None:
    with Faulty(dialect="mistral") as server:
        assert failed(lambda: ask(server.url, key=key)).failure is failure
        assert failed(lambda: backend(server.url, key).describe(soon(), unseen)).failure is failure
        assert server.connections == 0


def test_the_key_loses_the_end_of_the_line_it_was_stored_with() -> None:
    with Faulty(dialect="mistral") as server:
        ask(server.url, key=f"{KEY}\n")
        assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_pin_never_holds_where_no_digest_is_told() -> None:
    with Faulty(dialect="mistral") as server:
        pinned = Mistral(endpoint(server.url, digest="0898a8"), KEY)
        assert failed(lambda: pinned.complete(prompt(), soon(), unseen)).failure is Failure.WRONG_MODEL
        assert server.connections == 0


@pytest.mark.parametrize(
    ("urls", "host"), [((), "api.mistral.ai"), (("https://api.eu.mistral.ai",), "api.eu.mistral.ai")]
)
def test_the_address_is_the_operators_or_mistrals_own(urls: tuple[str, ...], host: str) -> None:
    model: Any = Mistral(Endpoint("hosted", "mistral", MODEL, Label.INTERNAL, urls), KEY)
    assert model._chat.sdk_configuration.get_server_details() == (f"https://{host}", {})


# ---- holes ------------------------------------------------------------------------------------------------------


def test_a_hole_is_filled_between_prefix_and_suffix_without_our_own_words() -> None:
    with Faulty(faulty.reply("x + 1"), dialect="mistral") as server:
        reply = ask(server.url, prompt("def f(x):\n    return ", suffix="\n"))
        assert reply.text == "x + 1" and reply.first_token is not None
        assert [request.path for request in server.requests] == ["/v1/models", "/v1/fim/completions"]
        assert "Review" not in server.asked[0].body.decode()


@pytest.mark.parametrize("able", [{"completion_fim": False}, {}])
def test_no_hole_is_filled_by_a_model_that_is_not_said_to(able: dict[str, bool]) -> None:
    with Faulty(dialect="mistral", describing=(listed({"type": "base", "capabilities": able}),)) as server:
        assert failed(lambda: ask(server.url, prompt(suffix="\n"))).failure is Failure.BAD_REQUEST
        assert server.asked == []


# ---- descriptions -----------------------------------------------------------------------------------------------


def listed(*cards: Mapping[str, object]) -> Act:
    data = [{"id": MODEL, **card} for card in cards]
    return faulty.status(200, json.dumps({"object": "list", "data": data}).encode())


BASE = {"type": "base", "capabilities": {"completion_fim": True}}


@pytest.mark.parametrize(("cards", "traits"), [
    ([BASE | {"max_context_length": 131072}], Traits(window=131072, fim=True)),
    ([BASE], Traits(fim=True)),  # the library would say 32768
    ([BASE | {"max_context_length": -1}], Traits(fim=True)),
    ([BASE | {"id": "codestral-x"}, BASE | {"id": "y", "aliases": ["x", MODEL]}], Traits(fim=True)),
    ([BASE | {"type": "fine-tuned", "job": "j", "root": "r", "max_context_length": 9}], Traits(window=9, fim=True)),
    ([{"type": "of next year"}], Traits()),
    ([{"type": "base"}], Traits()),
    ([BASE | {"deprecation": "2026-07-31T00:00:00Z"}], Traits(fim=True, deprecation="2026-07-31")),
    ([BASE | {"deprecation": "2026-07-31T00:00:00Z", "deprecation_replacement_model": "\x1b[2J @everyone"}],
     Traits(fim=True, deprecation="2026-07-31")),
])  # fmt: skip
def test_of_a_card_only_what_the_server_says_is_believed(cards: list[dict[str, object]], traits: Traits) -> None:
    with Faulty(dialect="mistral", describing=(listed(*cards),)) as server:
        assert backend(server.url).describe(soon(), unseen) == traits


@pytest.mark.parametrize(("act", "failure"), [
    (listed(), Failure.NO_MODEL),
    (listed(BASE | {"id": "another"}), Failure.NO_MODEL),
    (listed({"capabilities": {}}), Failure.BAD_REPLY),
    (faulty.status(200, b"[]"), Failure.BAD_REPLY),
    (faulty.status(200, b'{"data": 7}'), Failure.BAD_REPLY),
    (faulty.status(200, b"[" * 50_000), Failure.BAD_REPLY),
    (faulty.status(204, b""), Failure.BAD_REPLY),
    (faulty.page(), Failure.BAD_REPLY),
    (faulty.bomb(), Failure.BAD_REPLY),
    (faulty.limited("3"), Failure.RATE_LIMITED),
    (faulty.dropped(), Failure.BROKEN),
])  # fmt: skip
def test_a_list_of_models_that_says_nothing_is_a_failure(act: Act, failure: Failure) -> None:
    with Faulty(dialect="mistral", describing=(act,)) as server:
        assert failed(lambda: backend(server.url).describe(soon(), unseen)).failure is failure


def test_a_model_is_described_once_and_a_failure_is_not_kept() -> None:
    with Faulty(dialect="mistral", describing=(faulty.busy(), listed(BASE))) as server:
        model = backend(server.url)
        assert failed(lambda: model.describe(soon(), unseen)).failure is Failure.BUSY
        with ThreadPoolExecutor(8) as pool:
            traits = set(pool.map(lambda _: model.describe(soon(), unseen), range(16)))
        assert traits == {Traits(fim=True)} and len(server.requests) == 2


def test_who_waits_for_a_description_waits_no_longer_than_its_deadline() -> None:
    with Faulty(dialect="mistral", describing=(faulty.hang(),)) as server, ThreadPoolExecutor(2) as pool:
        model = backend(server.url)
        first = pool.submit(lambda: failed(lambda: model.describe(soon(1.5), unseen)))
        while not server.requests:
            time.sleep(0.01)
        start = time.monotonic()
        assert failed(lambda: model.describe(soon(0.2), unseen)).failure is Failure.TIMEOUT
        assert time.monotonic() - start < 1.2
        assert first.result().failure is Failure.TIMEOUT


# ---- faults -----------------------------------------------------------------------------------------------------


def stream(*events: object, end: bytes = b"data: [DONE]\n\n") -> Act:
    """A stream of these events: JSON of a value, bytes as they are."""

    def does(exchange: Exchange) -> None:
        exchange.begin()
        for event in events:
            exchange.piece(event if isinstance(event, bytes) else b"data: %b\n\n" % json.dumps(event).encode())
        exchange.piece(end)
        exchange.end()

    return Act("stream", does)


def event(content: object, finish: str | None = None, **extra: object) -> dict[str, object]:
    choice = {"index": 0, "delta": {"role": "assistant", "content": content}, "finish_reason": finish}
    return {"id": "c1", "object": "chat.completion.chunk", "model": MODEL, "choices": [choice], **extra}


def ended(finish: str) -> Act:
    def does(exchange: Exchange) -> None:
        exchange.begin()
        for piece in faulty.pieces(exchange, Words("some text", end=finish)):
            exchange.piece(piece)
        exchange.end()

    return Act(f"ended-{finish}", does)


@pytest.mark.parametrize(("act", "failure"), [
    (faulty.unauthorized(), Failure.UNAUTHORIZED), (faulty.status(403), Failure.UNAUTHORIZED),
    (faulty.missing(), Failure.NO_MODEL), (faulty.busy(), Failure.BUSY), (faulty.limited(), Failure.RATE_LIMITED),
    (faulty.echo(500), Failure.SERVER_ERROR), (faulty.echo(502), Failure.SERVER_ERROR),
    (faulty.echo(422), Failure.BAD_REQUEST), (faulty.echo(400), Failure.BAD_REQUEST),
    (faulty.overlong(), Failure.TOO_LONG), (faulty.status(413), Failure.TOO_LONG),
    (faulty.dropped(), Failure.BROKEN), (faulty.reset(), Failure.BROKEN), (faulty.cut(), Failure.BROKEN),
    (faulty.unfinished(), Failure.BROKEN), (faulty.hang(), Failure.TIMEOUT), (faulty.stall(), Failure.TIMEOUT),
    (faulty.drip(), Failure.TIMEOUT), (faulty.drip("headers"), Failure.TIMEOUT),
    (faulty.error_in_200(), Failure.BAD_REPLY), (faulty.error_in_stream(), Failure.BAD_REPLY),
    (faulty.whole(), Failure.BAD_REPLY), (faulty.page(), Failure.BAD_REPLY), (faulty.bomb(), Failure.BAD_REPLY),
    (faulty.malformed(), Failure.BAD_REPLY), (faulty.empty(), Failure.BAD_REPLY),
    (faulty.oversize(), Failure.TOO_LARGE), (faulty.shortened(), Failure.TRUNCATED),
    (ended("model_length"), Failure.TRUNCATED), (ended("error"), Failure.SERVER_ERROR),
    (ended("tool_calls"), Failure.BAD_REPLY), (ended("of next year"), Failure.BAD_REPLY),
    (stream(), Failure.BROKEN), (stream(event("a", "stop"), end=b"data: {"), Failure.BAD_REPLY),
    (stream(event([{"type": "image_url", "image_url": "x"}], "stop")), Failure.BAD_REPLY),
    (stream(event("a", "stop", usage={"prompt_tokens": 90, "completion_tokens": -1})), Failure.BAD_REPLY),
    (stream(b"data: " + b"[" * 50_000 + b"\n\n"), Failure.BAD_REPLY),
    (stream(b"data: \xff\xfe\n\n"), Failure.BAD_REPLY),
], ids=str)  # fmt: skip
def test_a_fault_comes_out_as_one_word_within_the_deadline(act: Act, failure: Failure) -> None:
    with Faulty(act, dialect="mistral") as server:
        start = time.monotonic()
        seconds = 0.6 if failure is Failure.TIMEOUT else 20
        assert failed(lambda: ask(server.url, seconds=seconds)).failure is failure
        assert time.monotonic() - start < seconds + 1.5
        assert len(server.asked) == 1, "the library asks again by itself"


def test_a_refused_connection_is_unreachable_and_nothing_departs() -> None:
    sizes: list[int] = []
    with faulty.closed_port() as url:
        assert failed(lambda: ask(url, departing=sizes.append)).failure is Failure.UNREACHABLE
    assert sizes == []


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_refused_and_nothing_reaches_the_other_server(code: int) -> None:
    with Faulty(dialect="mistral") as other:
        act = faulty.redirect(f"{other.url}/v1/chat/completions", code)
        with Faulty(act, dialect="mistral", describing=(act,)) as server:
            assert failed(lambda: ask(server.url)).failure is Failure.REDIRECTED
            assert failed(lambda: backend(server.url).describe(soon(), unseen)).failure is Failure.REDIRECTED
        assert other.connections == 0


def test_how_long_a_server_asks_to_wait_is_kept() -> None:
    with Faulty(faulty.limited("7"), dialect="mistral") as server:
        error = failed(lambda: ask(server.url))
        assert (error.failure, error.status, error.retry_after) == (Failure.RATE_LIMITED, 429, 7.0)


@pytest.mark.parametrize("act", [
    faulty.status(500, CANARY.encode()), faulty.status(422, json.dumps({"detail": CANARY}).encode()),
    faulty.status(422, json.dumps({"detail": [{"loc": [CANARY], "msg": CANARY, "type": CANARY}]}).encode()),
    faulty.status(400, CANARY.encode(), "text/html"), faulty.status(429, CANARY.encode(), x_reason=CANARY),
    faulty.status(200, json.dumps({"id": CANARY}).encode()), faulty.status(200, CANARY.encode(), "text/html"),
    stream({"error": CANARY}), stream(b"data: {" + CANARY.encode() + b"\n\n"),
    stream(event(CANARY, CANARY)), stream(event(CANARY), end=b""), stream(event(CANARY, "length")),
    stream(event(CANARY), CANARY.encode() * 500_000),
    Act("bad-status-line", lambda exchange: exchange.send(f"HTTP/1.1 {CANARY}\r\n\r\n".encode())),
], ids=str)  # fmt: skip
@pytest.mark.parametrize("describing", [False, True])
def test_a_failure_holds_nothing_of_what_the_server_said(act: Act, describing: bool,
                                                         caplog: pytest.LogCaptureFixture) -> None:  # fmt: skip
    caplog.set_level(logging.INFO)
    with Faulty(act, dialect="mistral", describing=(act,)) as server:
        model = backend(server.url)
        call = model.describe if describing else lambda *others: model.complete(prompt(), *others)
        error = failed(lambda: call(soon(), unseen))
    assert error.__context__ is None and error.__cause__ is None
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    assert {Path(frame.f_code.co_filename).name for frame in frames} <= {"test_mistral.py", "mistral.py"}
    inside = [frame.f_locals for frame in frames if frame.f_code.co_filename.endswith("backends/mistral.py")]
    assert inside and CANARY not in repr([str(error), repr(error), vars(error), *inside]) + caplog.text


def test_a_failure_is_its_word_and_its_status() -> None:
    with Faulty(faulty.echo(500), dialect="mistral") as server:
        assert str(failed(lambda: ask(server.url))) == "server error (HTTP 500)"


# ---- replies ----------------------------------------------------------------------------------------------------


USAGE = {"prompt_tokens": 90, "completion_tokens": 2, "total_tokens": 92}


@pytest.mark.parametrize(("act", "text", "tokens_in"), [
    (stream(event("ab"), event("\u00e9c", "stop", usage=USAGE)), "ab\u00e9c", 90),
    (stream(event("ab"), event("", "stop")), "ab", None),
    (stream(event("ab"), event("", "stop", usage={"total_tokens": 3})), "ab", None),  # the library would say 0
    (stream(event("ab"), event(None, "stop", usage=USAGE), end=b""), "ab", 90),
    (stream(event([{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "a"}]),
            event([{"type": "text", "text": "b"}], "stop", usage=USAGE)), "ab", 90),
    (stream(event("ab", "stop", usage=USAGE), event("")), "ab", 90),
    (stream(b": ping\n\n", b"event: x\n\n", event("ab", "stop", usage=USAGE)), "ab", 90),
    (faulty.void(), "", 1),
], ids=str)  # fmt: skip
def test_a_stream_is_read_to_its_end(act: Act, text: str, tokens_in: int | None) -> None:
    with Faulty(act, dialect="mistral") as server:
        reply = ask(server.url)
        assert reply.text == text
        assert (reply.tokens_in == tokens_in) or act.name == "void"
        assert (reply.first_token is None) == (text == "")


@pytest.mark.parametrize(("count", "whole"), [(0, False), (470, False), (485, True), (1000, True)])
@pytest.mark.parametrize("suffix", [None, "word " * 300])
def test_a_server_that_counts_fewer_tokens_than_words_has_not_read_them_all(
    count: int, whole: bool, suffix: str | None
) -> None:
    question = prompt("word " * (598 if suffix is None else 300), suffix=suffix)
    with Faulty(faulty.reply("fine", tokens_in=count), dialect="mistral") as server:
        if whole:
            assert ask(server.url, question).tokens_in == count
        else:
            assert failed(lambda: ask(server.url, question)).failure is Failure.TRUNCATED


def test_no_tokenizer_makes_fewer_tokens_than_that() -> None:
    require(find_spec("mistral_common") and find_spec("sentencepiece"), "mistral-common")
    from mistral_common.tokens.tokenizers.mistral import MistralTokenizer

    samples = [path.read_text() for path in sorted((ROOT / "reviewbot").rglob("*.py"))[::8]]
    samples += ["word " * 500, "the of and to in is it " * 100, "a_b_c " * 200, "\n".join("xyz"), "\u4e2d\u6587 " * 99]
    for tokenizer in (MistralTokenizer.v3(), MistralTokenizer.v3(is_tekken=True)):
        for text in samples:
            tokens = tokenizer.instruct_tokenizer.tokenizer.encode(text, bos=False, eos=False)
            assert len(tokens) >= 0.6 * len(re.findall(r"\w+", text))


def test_text_that_is_not_text_is_sent_with_question_marks() -> None:
    with Faulty(dialect="mistral") as server:
        ask(server.url, prompt("a\udcffb", system="s\ud800"))
        assert [message["content"] for message in server.asked[0].json["messages"]] == ["s?", "a?b"]


def test_no_words_of_ours_are_no_message() -> None:
    with Faulty(dialect="mistral") as server:
        ask(server.url, prompt("a", system=""))
        assert server.asked[0].json["messages"] == [{"role": "user", "content": "a"}]


def test_replies_to_several_threads_are_not_mixed_up() -> None:
    def does(exchange: Exchange) -> None:
        said = exchange.request.json["messages"][-1]["content"]
        exchange.begin()
        for piece in faulty.pieces(exchange, Words(said[::-1])):
            time.sleep(0.002)
            exchange.piece(piece)
        exchange.end()

    with Faulty(Act("backwards", does), dialect="mistral") as server, ThreadPoolExecutor(16) as pool:
        model, texts = backend(server.url), [f"question {n}" for n in range(64)]
        replies = list(pool.map(lambda text: model.complete(prompt(text), soon(), unseen).text, texts))
        assert replies == [text[::-1] for text in texts]
        assert server.most > 4


_PIECES = st.one_of(
    st.sampled_from([b"data: ", b"\n\n", b"\r\n", b"event: error\n", b"[DONE]", b"id: \x00\n", b"\xef\xbb\xbf", b"\xff",
                     b"null", b"[]", b"{}", b'{"data": 1}', b'"a"', b"retry: 1\n", b"NaN", b"1e999", b"9" * 5000]),
    st.builds(lambda value: b"data: %b\n\n" % json.dumps(value).encode(), st.one_of(
        st.builds(event, st.one_of(st.none(), st.text(max_size=5), st.just([{"type": "text", "text": "a"}])),
                  st.sampled_from([None, "stop", "length", "x"])),
        st.recursive(st.one_of(st.none(), st.integers(), st.text(max_size=5)), lambda inner: st.dictionaries(
            st.sampled_from(["id", "model", "choices", "delta", "index", "usage", "error", "finish_reason"]),
            st.one_of(inner, st.lists(inner, max_size=2)), max_size=4), max_leaves=8),
    )),
    st.binary(max_size=9),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(pieces=st.lists(_PIECES, max_size=6))
def test_whatever_a_stream_brings_is_a_reply_or_one_word(pieces: list[bytes]) -> None:
    with Faulty(stream(*filter(None, pieces)), dialect="mistral") as server:
        try:
            reply = ask(server.url, prompt("a", system=""))
        except BackendError as error:
            assert error.failure in (Failure.BROKEN, Failure.BAD_REPLY, Failure.TRUNCATED)
        else:
            assert '"stop"' in b"".join(pieces).decode("utf-8", "replace") and isinstance(reply.text, str)


# ---- the environment --------------------------------------------------------------------------------------------


CHILD = """
import sys, time
from opentelemetry import trace

class Tracer(trace.NoOpTracer):
    def start_span(self, *arguments, **named):
        print("a span", file=sys.stderr)
        return super().start_span(*arguments, **named)

class Provider(trace.TracerProvider):
    def get_tracer(self, *arguments, **named):
        return Tracer()

if sys.argv[2] == "global":
    trace.set_tracer_provider(Provider())
from tests.backends.test_mistral import backend, prompt, unseen

model = backend(sys.argv[1], "given-key")
print(model.describe(time.monotonic() + 20, unseen).window)
print(model.complete(prompt(), time.monotonic() + 20, unseen).text)
"""


@pytest.mark.parametrize("mode", ["dedicated", "global", "nonsense"])
def test_no_variable_of_the_environment_gives_a_key_an_address_a_trace_or_a_log(mode: str, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("token-of-file")
    with Faulty(faulty.reply("fine"), dialect="mistral") as server, Faulty(dialect="mistral") as evil:
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "MISTRAL_OTLP_TRACES_ENDPOINT",
                 "MISTRAL_URL", "MISTRAL_SERVER_URL", "OTEL_EXPORTER_OTLP_ENDPOINT", "MISTRAL_AUDIO_BASE_URL",
                 "OLLAMA_HOST")  # fmt: skip
        environment = {
            **dict.fromkeys(names, evil.url), "PATH": os.defpath, "PYTHONPATH": str(ROOT), "NO_PROXY": "",
            "MISTRAL_API_KEY": "key-of-environment", "MISTRAL_SA_TOKEN_PATH": str(token), "MISTRAL_DEBUG": "1",
            "MISTRAL_SDK_TELEMETRY": mode, "MISTRAL_SDK_DEBUG_TRACING": "true", "MISTRAL_AGENT_ID": "agent",
            "NETRC": str(token), "all_proxy": "socks5://127.0.0.1:1",
        }  # fmt: skip
        argv = [sys.executable, "-c", CHILD, server.url, mode]
        done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=60)
        assert (done.stdout, done.stderr, done.returncode) == (f"{faulty.WINDOW}\nfine\n", "", 0)
        assert {request.headers["authorization"] for request in server.requests} == {"Bearer given-key"}
        assert not any("traceparent" in request.headers for request in server.requests)
        assert evil.connections == 0 and len(server.requests) == 2
