"""What every backend promises: a whole reply, everything announced, and a word where there is none."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from reviewbot.core.exchange import BackendError, Failure, Prompt, Reply
from reviewbot.ports import Backend
from tests.contract.speakers import (
    CANARY,
    SCHEMA,
    WIRED,
    Log,
    Speaker,
    failed,
    in_process,
    prompt,
    refusing,
    scripted,
    soon,
    standing,
    told,
    unseen,
)  # fmt: skip
from tests.servers import faulty
from tests.servers.faulty import MODEL, Act, Exchange, Faulty, Words
from tests.servers.shapes import descriptions, line

every = pytest.mark.parametrize("speaker", WIRED, ids=repr)
FOUND = '{"found": []}'
ODD = {
    "surrogates": "a\ud800b\udcff", "nul": "a\x00b\x1b[31m", "bidi": "a\u202eb\u2066c\u2069",
    "newlines": "a\r\nb\u2028c\x85d", "quotes": "\\\"'{{ }}</s>[INST]", "large": "\u00e9" * 500_000,
}  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """A backend that answers with JSON, whatever it is made of."""

    name: str
    model: Backend
    server: Faulty | None = None


_NAMES = [*map(repr, WIRED), "scripted", "scripted-retrying", "in-process", "in-process-retrying"]


@pytest.fixture(scope="module")
def engines(tiny_gguf: Path) -> dict[str, Backend]:
    """The engine in this process, loaded once."""
    return {"in-process": in_process(False, tiny_gguf), "in-process-retrying": in_process(True, tiny_gguf)}


@pytest.fixture(params=_NAMES)
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    name = request.param
    if name.startswith("in-process"):
        yield Subject(name, request.getfixturevalue("engines")[name])
    elif name.startswith("scripted"):
        yield Subject(name, scripted(name != "scripted", lambda _: FOUND))
    else:
        speaker = next(speaker for speaker in WIRED if repr(speaker) == name)
        with Faulty(faulty.reply(FOUND), dialect=speaker.dialect) as server:
            yield Subject(name, speaker.at(server.url), server)


def test_a_reply_is_whole_and_counted(subject: Subject) -> None:
    reply = subject.model.complete(prompt(schema=SCHEMA, tokens=256), soon(), unseen)
    Draft202012Validator(dict(SCHEMA)).validate(json.loads(reply.text))
    assert reply.tokens_in and reply.tokens_out
    assert reply.first_token is not None and 0 <= reply.first_token <= reply.seconds < 20


@pytest.mark.parametrize("stop", [("found",), ('":', "found"), ("nowhere", '":'), ("nowhere",)])
def test_a_reply_ends_before_the_first_stop_and_is_whole(subject: Subject, stop: tuple[str, ...]) -> None:
    whole = subject.model.complete(prompt(schema=SCHEMA, tokens=256), soon(), unseen).text
    reply = subject.model.complete(prompt(schema=SCHEMA, tokens=256, stop=stop), soon(), unseen)
    assert reply.text == whole[: min(whole.find(one) % (len(whole) + 1) for one in stop)]
    assert reply.tokens_in and reply.tokens_out


def test_every_byte_is_announced_before_it_leaves(subject: Subject) -> None:
    log, question = Log(), prompt(schema=SCHEMA, tokens=256)
    subject.model.describe(soon(), log)
    described = len(log.sizes)
    subject.model.complete(question, soon(), log)
    assert max(log.sizes[described:]) > len(question.text)
    if subject.server:
        assert log.sizes == [len(request.body) for request in subject.server.requests]
        assert sum(log.sizes) == subject.server.body_bytes


def test_a_departure_that_is_refused_ends_the_call(subject: Subject) -> None:
    reason = OSError("the disk is full")
    with pytest.raises(OSError, match="disk") as caught:
        subject.model.complete(prompt(schema=SCHEMA, tokens=256), soon(), refusing(reason))
    assert caught.value is reason
    error = failed(lambda: subject.model.complete(prompt(), soon(), refusing(BackendError(Failure.CALLS_SPENT))))
    assert error.failure is Failure.CALLS_SPENT
    if subject.server:
        assert (subject.server.received, subject.server.requests) == (0, [])


def test_after_the_deadline_nothing_departs(subject: Subject) -> None:
    log = Log()
    for call in (
        lambda: subject.model.complete(prompt(), soon(-1), log),
        lambda: subject.model.describe(soon(-1), log),
    ):
        error = failed(call)
        assert error.failure is Failure.TIMEOUT and CANARY not in told(error)
    assert log.sizes == []
    if subject.server:
        assert subject.server.connections == 0


def test_a_model_is_described_once_and_alike_for_several_threads(subject: Subject) -> None:
    with ThreadPoolExecutor(8) as pool:
        traits = set(pool.map(lambda _: subject.model.describe(soon(), unseen), range(16)))
    assert len(traits) == 1
    if subject.server:
        paths = [request.path for request in subject.server.requests]
        assert len(set(paths)) == len(paths) > 0


@pytest.mark.parametrize("odd", [name for name in ODD if name != "large"])
def test_no_text_is_too_odd_to_be_sent(subject: Subject, odd: str) -> None:
    log = Log()
    reply = subject.model.complete(prompt(ODD[odd], schema=SCHEMA, tokens=256), soon(), log)
    assert "found" in json.loads(reply.text)
    if subject.server:
        said = subject.server.asked[0].json["messages"][-1]["content"]
        assert said == ODD[odd].encode("utf-8", "replace").decode()
        assert sum(log.sizes) == subject.server.body_bytes


def test_several_threads_at_once_have_a_reply_each(subject: Subject) -> None:
    log = Log()
    questions = [prompt(f"def f{n}(): pass", schema=SCHEMA, tokens=256) for n in range(16)]
    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda question: subject.model.complete(question, soon(), log), questions))
    assert all("found" in json.loads(reply.text) for reply in replies)
    if subject.server:
        assert sorted(log.sizes) == sorted(len(request.body) for request in subject.server.requests)


# ---- over sockets -----------------------------------------------------------------------------------------------


@every
def test_a_megabyte_is_sent_whole(speaker: Speaker) -> None:
    with standing(speaker, faulty.reply(tokens_in=9000)) as one:
        assert one.ask(prompt(ODD["large"])).text == "fine"
        assert one.server.asked[0].json["messages"][-1]["content"] == ODD["large"]
        assert len(one.server.asked[0].body) > 1_000_000 and one.is_accounted_for()


@every
def test_a_request_is_of_the_model_the_words_and_the_schema(speaker: Speaker) -> None:
    with standing(speaker) as one:
        one.ask(prompt("a = 1", schema=SCHEMA))
        one.ask(prompt("a = 1"))
        with_schema, without = (request.json for request in one.server.asked)
    assert with_schema["model"] == faulty.MODEL
    assert [message["content"] for message in with_schema["messages"]] == [f"Review {CANARY}.", "a = 1"]
    asked = with_schema.get("format") or with_schema["response_format"]["json_schema"]["schema"]
    assert asked == SCHEMA and {"format", "response_format"} & set(without) == set()
    settings = with_schema.get("options", with_schema)
    assert settings["temperature"] == 0 and 1 in (settings.get("seed"), settings.get("random_seed"))
    assert 64 in (settings.get("max_tokens"), settings.get("num_predict"))


@every
def test_a_hole_is_filled_without_our_own_words(speaker: Speaker) -> None:
    with standing(speaker, faulty.reply("x + 1")) as one:
        assert one.ask(prompt("def f(x):\n    return ", suffix="\nprint(1)")).text == "x + 1"
        body = one.server.asked[0].body
        assert b"print(1)" in body and b"def f(x)" in body and CANARY.encode() not in body
        assert one.is_accounted_for()


@every
@pytest.mark.parametrize("suffix", [None, "\nprint(1)"])
def test_a_request_names_its_stops_and_says_nothing_of_them_without(speaker: Speaker, suffix: str | None) -> None:
    with standing(speaker) as one:
        one.ask(prompt(suffix=suffix, stop=("\n", ");", "a\udcff")))
        one.ask(prompt(suffix=suffix))
        named, silent = (request.json.get("options", request.json) for request in one.server.asked)
        assert named == silent | {"stop": ["\n", ");", "a?"]} and "stop" not in silent
        assert one.is_accounted_for()


def _fills_nothing(exchange: Exchange) -> None:
    """A server's description of itself, of a model that has no form for holes."""
    page = line(descriptions(exchange.dialect, (MODEL,))[exchange.request.route])
    for able, unable in (
        (b'"completion_fim": true', b'"completion_fim": false'), (b'"insert"', b'"tools"'), (b"[13, 11]", b"[1, 2, 3]"),
        (b'"owned_by": "vllm"', b'"owned_by": "someone"'), (b'"max_model_len"', b'"longest"'),
    ):  # fmt: skip
        page = page.replace(able, unable)
    exchange.answer(200, page)


@every
def test_a_hole_that_the_model_cannot_fill_is_refused_before_any_of_it_leaves(speaker: Speaker) -> None:
    with standing(speaker, describing=(Act("fills nothing", _fills_nothing),)) as one:
        error = one.error(prompt(suffix=f"\nprint({CANARY})"))
        assert (error.failure, error.status) == (Failure.BAD_REQUEST, None)
        assert one.server.asked == [] and one.log.failures == []
        assert not any(CANARY.encode() in request.body for request in one.server.requests)
        assert one.ask().text == "fine"


@every
def test_a_hole_that_the_server_refuses_is_refused_once(speaker: Speaker) -> None:
    # vLLM does not say beforehand whether it takes a suffix.
    with standing(speaker, faulty.status(400)) as one:
        assert one.error(prompt(suffix="\n")).failure is Failure.BAD_REQUEST
        assert len(one.server.asked) == 1 and one.log.failures == []


@every
def test_an_empty_reply_is_a_reply(speaker: Speaker) -> None:
    with standing(speaker, faulty.void()) as one:
        reply = one.ask()
        assert (reply.text, reply.first_token) == ("", None)


def _mirrored(exchange: Exchange) -> None:
    said = exchange.request.json["messages"][-1]["content"]
    exchange.begin()
    for piece in faulty.pieces(exchange, Words(said[::-1])):
        time.sleep(0.002)
        exchange.piece(piece)
    exchange.end()


@every
def test_replies_to_several_threads_are_not_mixed_up(speaker: Speaker) -> None:
    texts = [f"question {n}" for n in range(32)]
    with standing(speaker, Act("mirrored", _mirrored)) as one, ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda text: one.ask(prompt(text)).text, texts))
        assert replies == [text[::-1] for text in texts]
        assert one.server.most > 4
        assert sum(one.log.sizes) == one.server.body_bytes


@every
def test_a_second_attempt_is_announced_like_the_first(speaker: Speaker) -> None:
    with standing(speaker, faulty.busy(), faulty.reply("fine")) as one:
        if speaker.retrying:
            assert one.ask().text == "fine" and one.log.failures == [Failure.BUSY]
        else:
            assert one.error().failure is Failure.BUSY
        assert len(one.server.asked) == speaker.attempts and one.is_accounted_for()


# ---- in this process --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["in-process", "in-process-retrying"])
def test_the_engine_in_this_process_says_what_is_cut_and_too_long(name: str, engines: dict[str, Backend]) -> None:
    for question, failure in ((prompt(tokens=3), Failure.TRUNCATED), (prompt("word " * 9000), Failure.TOO_LONG)):
        error = failed(lambda asked=question: engines[name].complete(asked, soon(), unseen))  # type: ignore[misc]
        assert error.failure is failure and CANARY not in told(error)


@pytest.mark.parametrize("retrying", [False, True])
def test_a_scripted_failure_is_that_failure(retrying: bool) -> None:
    log = Log()

    def answer(question: Prompt) -> Reply | BackendError:
        return BackendError(Failure.BUSY, status=503) if len(log.sizes) < 2 else Reply("fine")

    model = scripted(retrying, answer)
    if retrying:
        assert model.complete(prompt(), soon(), log).text == "fine"
    else:
        error = failed(lambda: model.complete(prompt(), soon(), log))
        assert (error.failure, error.status) == (Failure.BUSY, 503) and CANARY not in told(error)
    assert len(log.sizes) == (2 if retrying else 1)
