"""Ollama: the real one, and a server that misbehaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.backends.ollama import Ollama
from reviewbot.core.endpoints import Endpoint
from reviewbot.core.exchange import BackendError, Failure, Prompt, Reply, Traits
from reviewbot.core.labels import Label
from reviewbot.core.tokens import estimate
from reviewbot.ports import Departing
from tests.backends.asking import SCHEMA, failed, prompt, soon, unseen
from tests.servers import engines, faulty, relay
from tests.servers.engines import Engine
from tests.servers.faulty import MODEL, Act, Exchange, Faulty
from tests.servers.shapes import DIGEST, WINDOW, descriptions

ROOT = Path(__file__).parents[2]
CANARY = "gorse-7431"
DESCRIBED = ["/api/version", "/api/show", "/api/tags"]


def endpoint(url: str, model: str = MODEL, **more: Any) -> Endpoint:
    return Endpoint("local", "ollama", model, Label.RESTRICTED, (url,), **more)


def ask(url: str, question: Prompt | None = None, *, seconds: float = 20.0, departing: Departing = unseen,
        **more: Any) -> Reply:  # fmt: skip
    return Ollama(endpoint(url, **more)).complete(question or prompt(), soon(seconds), departing)


def serving(*acts: Act, describing: tuple[Act, ...] = (), models: tuple[str, ...] = (MODEL,)) -> Faulty:
    return Faulty(*acts, dialect="ollama", describing=describing, models=models)


def saying(**changes: Any) -> Act:
    """Descriptions by path, the true ones but for these members: `saying(show={...}, row={...}, version={...})`."""

    def does(exchange: Exchange) -> None:
        said = descriptions("ollama", (MODEL,))[exchange.request.path]
        part = exchange.request.path.removeprefix("/api/")
        if part == "tags":
            said["models"][0].update(changes.get("row", {}))
        said = {**said, **changes.get(part, {})}
        exchange.answer(200, json.dumps(said).encode())

    return Act("saying", does)


# ---- the real server --------------------------------------------------------------------------------------------


def test_a_model_is_described_by_its_server(ollama_server: Engine) -> None:
    sizes: list[int] = []
    traits = Ollama(endpoint(ollama_server.url, ollama_server.model)).describe(soon(), sizes.append)
    assert len(traits.digest) == 64 and sizes[0] == sizes[2] == 0 < sizes[1]
    assert traits == Traits(window=4096, fim=True, license="Apache License Version 2.0, January 2004",
                            digest=traits.digest, quantization="F16", version="0.9.3")  # fmt: skip


def test_a_pin_is_the_beginning_of_the_digest(ollama_server: Engine) -> None:
    digest = Ollama(endpoint(ollama_server.url, ollama_server.model)).describe(soon(), unseen).digest
    for pin in (digest, digest[:12], f"sha256:{digest[:12]}", digest[:12].upper()):
        assert ask(ollama_server.url, model=ollama_server.model, digest=pin).text
    for pin in ("0" if digest[0] != "0" else "1", digest[1:], f"{digest}0", "sha256"):
        with relay.before(ollama_server.url) as before:
            error = failed(lambda pin=pin, url=before.url: ask(url, model=ollama_server.model, digest=pin))  # type: ignore[misc]
            assert error.failure is Failure.WRONG_MODEL
            assert before.requests == ["GET /api/version", "POST /api/show", "GET /api/tags"]


def test_names_are_completed_as_ollama_completes_them(ollama_server: Engine, tiny_gguf: Path) -> None:
    plain = '{{ range .Messages }}{{ if eq .Role "user" }}[INST] {{ .Content }}[/INST]{{ end }}{{ end }}'
    engines.add_model(ollama_server.url, tiny_gguf, plain, "plain")
    for name in ("plain", "plain:latest"):
        assert ask(ollama_server.url, model=name).text
    # It has no template for holes.
    assert failed(lambda: ask(ollama_server.url, prompt(suffix="b"), model="plain")).failure is Failure.BAD_REQUEST
    for name in ("plain:1b", "library/nobody"):
        assert failed(lambda name=name: ask(ollama_server.url, model=name)).failure is Failure.NO_MODEL  # type: ignore[misc]


def test_a_window_filled_by_the_reply_drops_the_prompt_and_that_is_no_reply(ollama_server: Engine) -> None:
    long = {"type": "object", "additionalProperties": False, "required": ["a"], "properties": {"a": {"type": "array",
            "minItems": 36, "maxItems": 36, "items": {"type": "string", "minLength": 4, "maxLength": 6}}}}  # fmt: skip
    question = prompt("one two three " * 40, schema=long, tokens=1000)
    assert json.loads(ask(ollama_server.url, question, model=ollama_server.model, window=2048).text)["a"]
    error = failed(lambda: ask(ollama_server.url, question, model=ollama_server.model, window=256))
    assert error.failure is Failure.TRUNCATED


def test_a_prompt_that_ollama_cuts_in_silence_is_no_reply_and_what_it_had_in_its_cache_is(
    ollama_server: Engine,
) -> None:
    model = Ollama(endpoint(ollama_server.url, ollama_server.model, window=1024))
    fits, does_not = "x1 " * 450, "x1 " * 600
    for _ in range(2):
        assert (model.complete(prompt(fits), soon(), unseen).tokens_in or 0) > 900
        assert failed(lambda: model.complete(prompt(does_not), soon(), unseen)).failure is Failure.TRUNCATED


# ---- what is sent -----------------------------------------------------------------------------------------------


def test_a_request_has_a_window_no_chance_and_leave_to_cut_nothing() -> None:
    with serving() as server:
        ask(server.url, prompt("é\n", tokens=512))
        ask(server.url, prompt("a = ", suffix="\nb", tokens=4))
        assert [request.path for request in server.requests[:4]] == [*DESCRIBED, "/api/chat"]
        common = {"model": MODEL, "stream": True, "truncate": False, "shift": False, "keep_alive": "10m"}
        options = {"num_ctx": 4096, "temperature": 0, "seed": 1}
        assert server.asked[0].json == common | {
            "options": options | {"num_predict": 512}, "format": SCHEMA,
            "messages": [{"role": "system", "content": "Review this."}, {"role": "user", "content": "é\n"}],
        }  # fmt: skip
        assert server.asked[1].path == "/api/generate"
        assert server.asked[1].json == common | {
            "options": options | {"num_predict": 4}, "prompt": "a = ", "suffix": "\nb",
        }  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(words=st.integers(0, 20_000), tokens=st.integers(1, 8000))
def test_a_window_has_room_for_prompt_and_reply_in_few_sizes(words: int, tokens: int) -> None:
    question = prompt("abc " * words, tokens=tokens)
    needed = estimate(question.system) + estimate(question.text) + tokens
    with serving(faulty.busy()) as server:
        failed(lambda: ask(server.url, question))
        size = server.asked[0].json["options"]["num_ctx"]
    assert size in (4096, 8192, 16_384, 32_768)
    assert size >= min(needed, 32_768) and (size == 4096 or size < 2 * needed + 256)


def test_what_surely_does_not_fit_is_not_sent() -> None:
    with serving() as server:
        for window in (None, 2048):
            error = failed(lambda more=window: ask(server.url, prompt("abc " * 42_000), window=more))  # type: ignore[misc]
            assert error.failure is Failure.TOO_LONG
        assert server.asked == []


@pytest.mark.parametrize(("window", "sent"), [(8192, 8192), (100_000, 100_000), (10 * WINDOW, WINDOW)])
def test_the_operators_window_is_asked_for_always_and_never_more_than_the_models(window: int, sent: int) -> None:
    with serving() as server:
        for text in ("a", "bcd " * 5000):
            ask(server.url, prompt(text), window=window)
        assert {request.json["options"]["num_ctx"] for request in server.asked} == {sent}


def test_every_byte_of_a_body_is_announced_before_it_leaves() -> None:
    sizes: list[int] = []
    with serving(faulty.reply("a"), faulty.busy(), faulty.reply("b")) as server:
        model = Ollama(endpoint(server.url))
        for text in ("é", "\ud800", "word " * 90_000):
            try:
                model.complete(prompt(text), soon(), sizes.append)
            except BackendError as error:
                assert error.failure in (Failure.BUSY, Failure.TOO_LONG)
        model.complete(prompt("x", suffix="y"), soon(), sizes.append)
        assert sizes == [len(request.body) for request in server.requests]
        assert sum(sizes) == server.body_bytes > 0


def test_variables_of_the_environment_change_nothing() -> None:
    program = (
        "import time, sys; from tests.backends.test_ollama import ask; sys.stdout.write(ask(sys.argv[1]).text)"
    )  # fmt: skip
    with serving(faulty.reply("fine")) as server, serving() as other:
        names = ("OLLAMA_HOST", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
        environment = {**os.environ, **dict.fromkeys(names, other.url), "OLLAMA_API_KEY": CANARY}
        done = subprocess.run([sys.executable, "-c", program, server.url], cwd=ROOT, env=environment,
                              capture_output=True, text=True)  # fmt: skip
        assert (done.stdout, done.stderr, done.returncode) == ("fine", "", 0)
        assert other.connections == 0 and len(server.requests) == 4
        assert not any(CANARY in str(request.headers) for request in server.requests)


# ---- other machines ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["codestral:cloud", "codestral:22b-cloud", "gpt-oss:120b-cloud"])
def test_the_name_of_a_cloud_model_is_enough(model: str) -> None:
    with serving(models=(model,)) as server:
        assert failed(lambda: ask(server.url, model=model)).failure is Failure.NOT_LOCAL
        assert failed(lambda: Ollama(endpoint(server.url, model)).describe(soon(), unseen)).failure is Failure.NOT_LOCAL
        assert server.connections == 0


@pytest.mark.parametrize("change", [
    {"show": {"remote_host": "https://ollama.com:443"}}, {"show": {"remote_model": "codestral"}},
    {"row": {"remote_host": "https://ollama.com:443"}}, {"row": {"remote_model": "codestral"}},
    {"show": {"details": {"remote_host": "10.0.0.7"}}},
])  # fmt: skip
def test_a_model_that_another_machine_serves_is_asked_nothing(change: dict[str, Any]) -> None:
    with serving(describing=(saying(**change),)) as server:
        assert failed(lambda: ask(server.url)).failure is Failure.NOT_LOCAL
        assert server.asked == []


def test_a_model_that_cannot_fill_holes_is_not_asked_to() -> None:
    with serving(describing=(saying(show={"capabilities": ["completion"]}),)) as server:
        assert failed(lambda: ask(server.url, prompt(suffix="b"))).failure is Failure.BAD_REQUEST
        assert server.asked == []


def test_members_that_name_no_other_machine_are_no_sign_of_one() -> None:
    empty = {"remote_host": "", "remote_model": ""}
    with serving(describing=(saying(show=empty, row=empty),)) as server:
        assert ask(server.url).text == "fine"


@pytest.mark.parametrize("act", [faulty.elsewhere(), faulty.reply(model="another")], ids=str)
def test_a_reply_of_another_model_is_none(act: Act) -> None:
    with serving(act) as server:
        assert failed(lambda: ask(server.url)).failure is Failure.NOT_LOCAL


# ---- descriptions -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("change", "traits"), [
    ({}, {}),
    ({"show": {"license": None, "capabilities": None, "details": None}},
     {"license": "", "fim": False, "quantization": ""}),
    ({"show": {"license": "\n# Some Licence\nof many lines\n"}}, {"license": "Some Licence"}),
    ({"show": {"license": f"A\x1b[2J{'b' * 300}\n"}}, {"license": f"A [2J{'b' * 95}"}),
    ({"show": {"model_info": {}}}, {"window": None}),
    ({"show": {"model_info": {"general.architecture": "a", "a.context_length": "many"}}}, {"window": None}),
    ({"show": {"capabilities": ["completion"]}}, {"fim": False}),
    ({"show": {"details": {"quantization_level": "\x1b[2J @everyone"}}}, {"quantization": ""}),
    ({"version": {"version": "0.9 @everyone"}}, {"version": ""}),
    ({"row": {"digest": f"sha256:{DIGEST}"}}, {}),
])  # fmt: skip
def test_of_a_description_only_what_is_understood_is_kept(change: dict[str, Any], traits: dict[str, Any]) -> None:
    true: dict[str, Any] = {
        "window": WINDOW, "fim": True, "license": "Mistral AI Non-Production License", "digest": DIGEST,
        "quantization": "Q4_0", "version": "0.33.0",
    }  # fmt: skip
    with serving(describing=(saying(**change),)) as server:
        assert Ollama(endpoint(server.url)).describe(soon(), unseen) == Traits(**{**true, **traits})


@pytest.mark.parametrize(("act", "failure"), [
    (saying(tags={"models": []}), Failure.NO_MODEL), (saying(tags={"models": None}), Failure.BAD_REPLY),
    (saying(tags={"models": ["a"]}), Failure.BAD_REPLY), (saying(show={"model_info": [7]}), Failure.BAD_REPLY),
    (faulty.status(200, b"[]"), Failure.BAD_REPLY), (faulty.status(200, b"[" * 50_000), Failure.BAD_REPLY),
    (faulty.status(200, b'{"error": "no"}'), Failure.SERVER_ERROR), (faulty.empty(), Failure.BAD_REPLY),
    (faulty.page(), Failure.BAD_REPLY), (faulty.missing(), Failure.NO_MODEL), (faulty.dropped(), Failure.BROKEN),
], ids=str)  # fmt: skip
def test_a_description_that_says_nothing_is_a_failure(act: Act, failure: Failure) -> None:
    with serving(describing=(act,)) as server:
        assert failed(lambda: ask(server.url)).failure is failure
        assert server.asked == []


def test_a_model_is_described_once_and_a_failure_is_not_kept() -> None:
    with serving(describing=(faulty.busy(), saying())) as server:
        model = Ollama(endpoint(server.url))
        assert failed(lambda: model.describe(soon(), unseen)).failure is Failure.BUSY
        with ThreadPoolExecutor(8) as pool:
            replies = list(pool.map(lambda _: model.complete(prompt(), soon(), unseen).text, range(16)))
        assert replies == ["fine"] * 16
        assert len(server.requests) == 1 + len(DESCRIBED) + 16


def test_who_waits_for_a_description_waits_no_longer_than_its_deadline() -> None:
    with serving(describing=(faulty.hang(),)) as server, ThreadPoolExecutor(2) as pool:
        model = Ollama(endpoint(server.url))
        first = pool.submit(lambda: failed(lambda: model.describe(soon(1.0), unseen)))
        while not server.requests:
            time.sleep(0.01)
        start = time.monotonic()
        assert failed(lambda: model.complete(prompt(), soon(0.2), unseen)).failure is Failure.TIMEOUT
        assert time.monotonic() - start < 0.9
        assert first.result().failure is Failure.TIMEOUT


# ---- faults -----------------------------------------------------------------------------------------------------


def lines(*said: object) -> Act:
    """A stream of these lines: JSON of a value, bytes as they are."""

    def does(exchange: Exchange) -> None:
        exchange.begin()
        for one in said:
            exchange.piece(one if isinstance(one, bytes) else json.dumps(one).encode() + b"\n")
        exchange.end()

    return Act("lines", does)


def last(**members: object) -> dict[str, object]:
    return {"model": MODEL, "message": {"role": "assistant", "content": "a"}, "done": True, "done_reason": "stop",
            "prompt_eval_count": 90, "eval_count": 1, **members}  # fmt: skip


@pytest.mark.parametrize(("act", "failure"), [
    (faulty.unauthorized(), Failure.UNAUTHORIZED), (faulty.missing(), Failure.NO_MODEL), (faulty.busy(), Failure.BUSY),
    (faulty.limited(), Failure.RATE_LIMITED), (faulty.echo(500), Failure.SERVER_ERROR),
    (faulty.echo(400), Failure.BAD_REQUEST), (faulty.overlong(), Failure.TOO_LONG),
    (faulty.dropped(), Failure.BROKEN), (faulty.reset(), Failure.BROKEN), (faulty.cut(), Failure.BROKEN),
    (faulty.unfinished(), Failure.BROKEN), (faulty.hang(), Failure.TIMEOUT), (faulty.stall(), Failure.TIMEOUT),
    (faulty.drip(), Failure.TIMEOUT), (faulty.drip("headers"), Failure.TIMEOUT),
    (faulty.error_in_200(), Failure.SERVER_ERROR), (faulty.error_in_stream(), Failure.SERVER_ERROR),
    (faulty.page(), Failure.BAD_REPLY), (faulty.bomb(), Failure.BAD_REPLY), (faulty.malformed(), Failure.BAD_REPLY),
    (faulty.empty(), Failure.BROKEN), (faulty.oversize(), Failure.TOO_LARGE),
    (faulty.shortened(), Failure.TRUNCATED), (lines(last(done_reason="load")), Failure.BAD_REPLY),
    (lines(last(done_reason=None)), Failure.BROKEN), (lines(last(prompt_eval_count=None)), Failure.TRUNCATED),
    (lines(last(prompt_eval_count=-1)), Failure.TRUNCATED), (lines(last(prompt_eval_count="9")), Failure.TRUNCATED),
    (lines(last(prompt_eval_count=4096)), Failure.TRUNCATED), (lines(last(eval_count=4007)), Failure.TRUNCATED),
    (lines(last(prompt_eval_count=4096, eval_count=None)), Failure.TRUNCATED),
    (lines(last(prompt_eval_count=4)), Failure.TRUNCATED), (lines(last(message=7)), Failure.BAD_REPLY),
    (lines(last(message={"content": 7})), Failure.BAD_REPLY), (lines(last(model=7)), Failure.BAD_REPLY),
    (lines([1]), Failure.BAD_REPLY), (lines(b"[" * 50_000 + b"\n"), Failure.BAD_REPLY),
    (lines(b"\xff\xfe\n"), Failure.BAD_REPLY), (lines(last(), b'{"done": tr'), Failure.BAD_REPLY),
], ids=str)  # fmt: skip
def test_a_fault_comes_out_as_one_word_within_the_deadline(act: Act, failure: Failure) -> None:
    with serving(act) as server:
        start = time.monotonic()
        seconds = 0.5 if failure is Failure.TIMEOUT else 20
        assert failed(lambda: ask(server.url, seconds=seconds)).failure is failure
        assert time.monotonic() - start < seconds + 1.5
        assert len(server.asked) == 1, "the library asks again by itself"


@pytest.mark.parametrize("count", [4096, 2040, 2048, 2051])
def test_a_prompt_that_may_not_fit_and_of_which_a_window_or_half_was_read_is_cut(count: int) -> None:
    question = prompt("+ " * 3800)
    with serving(faulty.reply(tokens_in=count), faulty.reply(tokens_in=3900)) as server:
        assert failed(lambda: ask(server.url, question, window=4096)).failure is Failure.TRUNCATED
        assert ask(server.url, question, window=4096).tokens_in == 3900


@pytest.mark.parametrize("text", ["", "a\x85b\u2028c\x0bd", "\U0001f600"])
def test_a_reply_is_what_the_server_wrote_sign_by_sign(text: str) -> None:
    for act in (faulty.reply(text), faulty.whole(text), lines(last(message={"content": text}))):
        with serving(act) as server:
            assert ask(server.url).text == text


def test_a_reply_without_a_stream_counts_too() -> None:
    with serving(faulty.whole("fine", tokens_in=40, tokens_out=2)) as server:
        reply = ask(server.url)
        assert (reply.text, reply.tokens_in, reply.tokens_out) == ("fine", 40, 2)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_refused_and_nothing_reaches_the_other_server(code: int) -> None:
    with serving() as other:
        act = faulty.redirect(f"{other.url}/api/chat", code)
        for describing in ((act,), ()):
            with serving(act, describing=describing) as server:
                assert failed(lambda url=server.url: ask(url)).failure is Failure.REDIRECTED  # type: ignore[misc]
        assert other.connections == 0


@pytest.mark.parametrize("act", [
    faulty.status(500, CANARY.encode()), faulty.status(429, CANARY.encode(), x_reason=CANARY),
    faulty.status(200, CANARY.encode(), "text/html"), lines({"error": CANARY}), lines(CANARY.encode()),
    lines(last(message={"content": CANARY}, done_reason=CANARY)), lines(last(model=CANARY)),
    lines(last(message={"content": CANARY}, done=False)),
], ids=str)  # fmt: skip
@pytest.mark.parametrize("describing", [False, True])
def test_a_failure_holds_nothing_of_what_the_server_said(act: Act, describing: bool) -> None:
    with serving(act, describing=(act if describing else saying(),)) as server:
        model = Ollama(endpoint(server.url))
        call: Callable[..., object] = model.describe if describing else lambda *rest: model.complete(prompt(), *rest)
        error = failed(lambda: call(soon(), unseen))
    assert error.__context__ is None and error.__cause__ is None
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    inside = [frame.f_locals for frame in frames if frame.f_code.co_filename.endswith("backends/ollama.py")]
    assert inside and CANARY not in repr([str(error), repr(error), vars(error), *inside])
