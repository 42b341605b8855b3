"""Mistral's API in front of a real llama.cpp server: its bearer key, its request bodies, its errors, its streams.

Requests with a member that the API does not have, or without one that it needs, get 422, as there. With the published
description (`DESCRIPTION`) they are held to all of it, and what is answered too: `Gateway.violations` says where not.
The bodies of 400, 401 and 429 are from memory: nobody may read anything but their status.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

KEY = "test-key"
MODELS = ("codestral-2508", "codestral-latest")
#: Mistral's own description of its API. It is not part of this repository; everything works without it.
DESCRIPTION = Path(__file__).parents[2].parent / "shared/testkit/specs/mistral-openapi-subset.json"

_CHAT, _FIM = "/v1/chat/completions", "/v1/fim/completions"
_SAMPLING = {"model", "temperature", "top_p", "max_tokens", "stream", "stop", "random_seed", "metadata"}
_ALLOWED = {
    _CHAT: _SAMPLING | {
        "messages", "response_format", "tools", "tool_choice", "presence_penalty", "frequency_penalty", "n",
        "prediction", "parallel_tool_calls", "prompt_mode", "reasoning_effort", "guardrails", "prompt_cache_key",
        "safe_prompt",
    },
    _FIM: _SAMPLING | {"prompt", "suffix", "min_tokens", "prompt_cache_key"},
}  # fmt: skip
_REQUIRED = {_CHAT: {"model", "messages"}, _FIM: {"model", "prompt"}}
_REQUESTS = {_CHAT: "ChatCompletionRequest", _FIM: "FIMCompletionRequest"}
#: What llama.cpp takes under the same name.
_PASSED = ("messages", "temperature", "top_p", "max_tokens", "stop", "response_format")
_USAGE = ("prompt_tokens", "completion_tokens", "total_tokens")

_Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came in."""

    path: str
    authorization: str
    body: bytes
    status: int
    #: A reading of `time.monotonic()`.
    time: float


@dataclass
class Gateway:
    """A running gateway. What it may be set to at any time: requests a minute, the day its models retire, holes."""

    url: str
    engine: str
    rate: int = 1_000_000
    retires: str | None = None
    #: Whether its models fill holes, as it says.
    fills: bool = True
    received: list[Received] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    @property
    def bytes_in(self) -> int:
        """Bytes of all bodies that came in, refused ones included."""
        return sum(len(request.body) for request in self.received)

    def bodies(self, path: str = _CHAT) -> list[_Json]:
        return [json.loads(request.body) for request in self.received if request.path == path]


@contextmanager
def serve(engine: str, *, described: bool = True) -> Iterator[Gateway]:
    """A gateway on a free port in front of the llama.cpp server at `engine`; `described`: by DESCRIPTION if there."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answer)
    gateway = Gateway(f"http://127.0.0.1:{server.server_port}", engine)
    server.gateway = gateway  # type: ignore[attr-defined]
    server.described = described and DESCRIPTION.exists()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def mistral_gateway(llama_server: Any) -> Iterator[Gateway]:
    """Mistral's API in front of the session's llama.cpp server; its key is `KEY`."""
    with serve(llama_server.url) as gateway:
        yield gateway


@cache
def schema(name: str) -> Draft202012Validator:
    """The published description of one value."""
    components = json.loads(DESCRIPTION.read_text())["components"]
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": components})


class _Refused(Exception):  # noqa: N818 (an answer, no error)
    def __init__(self, status: int, body: _Json) -> None:
        self.status, self.body = status, body


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # else a small answer waits 40 ms for an acknowledgement

    def log_message(self, format: str, *args: Any) -> None:
        pass

    @property
    def gateway(self) -> Gateway:
        return self.server.gateway  # type: ignore[attr-defined, no-any-return]

    @property
    def described(self) -> bool:
        return self.server.described  # type: ignore[attr-defined, no-any-return]

    def do_GET(self) -> None:
        self._answered(b"", self._get)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self._answered(body, self._post)

    def _answered(self, body: bytes, answer: Callable[[], None]) -> None:
        """Answer, and note the request before its answer can be read."""
        self._body = body
        try:
            self._check_key()
            answer()
        except _Refused as refused:
            self._send(refused.status, refused.body)

    def _check_key(self) -> None:
        if self.headers.get("authorization") != f"Bearer {KEY}":
            raise _Refused(401, {"detail": "Unauthorized"})
        recent = [request for request in self.gateway.received if request.time > time.monotonic() - 60]
        if sum(request.status not in (401, 429) for request in recent) >= self.gateway.rate:
            raise _Refused(429, _problem("Rate limit exceeded", "rate_limited", "1300"))

    def _get(self) -> None:
        if self.path != "/v1/models":
            raise _Refused(404, {"detail": "Not Found"})
        cards = {"object": "list", "data": [self._card(name) for name in MODELS]}
        self._conforms("ModelList", cards)
        self._send(200, cards)

    def _card(self, name: str) -> _Json:
        window = _asked(self.gateway.engine + "/props")["default_generation_settings"]["n_ctx"]
        able = {"completion_chat": True, "completion_fim": self.gateway.fills}
        card = {"id": name, "object": "model", "type": "base", "created": 1, "owned_by": "mistralai",
                "max_context_length": window, "capabilities": able}  # fmt: skip
        if self.gateway.retires:
            card["deprecation"] = f"{self.gateway.retires}T00:00:00Z"
            card["deprecation_replacement_model"] = "mistral-small-2603"
        return card

    def _post(self) -> None:
        if self.path not in _REQUESTS:
            raise _Refused(404, {"detail": "Not Found"})
        body = self._valid()
        if body["model"] not in MODELS:
            raise _Refused(400, _problem("Invalid model: " + str(body["model"]), "invalid_model", "1500"))
        (self._stream if body.get("stream") else self._whole)(body)

    def _valid(self) -> _Json:
        try:
            body = json.loads(self._body)
        except ValueError:
            raise _Refused(422, {"detail": [_wrong("json_invalid", "JSON decode error")]}) from None
        if not isinstance(body, dict):
            raise _Refused(422, {"detail": [_wrong("model_attributes_type", "not an object")]})
        problems = [_wrong("missing", name) for name in sorted(_REQUIRED[self.path] - body.keys())]
        problems += [_wrong("extra_forbidden", name) for name in sorted(body.keys() - _ALLOWED[self.path])]
        if self.described:
            errors = schema(_REQUESTS[self.path]).iter_errors(body)
            problems += [_wrong(str(error.validator), error.message[:200]) for error in errors]
        if problems:
            raise _Refused(422, {"detail": problems})
        return body

    def _whole(self, body: _Json) -> None:
        *texts, last = self._pieces(body)
        texts.append(last)
        message = {"role": "assistant", "content": "".join(piece.text for piece in texts), "tool_calls": None,
                   "prefix": False}  # fmt: skip
        choices = [{"index": 0, "message": message, "finish_reason": last.end}]
        whole = {"id": uuid.uuid4().hex, "object": "chat.completion", "model": body["model"], "created": _now(),
                 "usage": last.usage, "choices": choices}  # fmt: skip
        self._conforms("ChatCompletionResponse" if self.path == _CHAT else "FIMCompletionResponse", whole)
        self._send(200, whole)

    def _stream(self, body: _Json) -> None:
        """Events as they come from the engine, usage on the last one, and the end mark."""
        name, pieces = uuid.uuid4().hex, self._pieces(body)
        first = next(pieces)  # an error of the engine has a status of its own
        self._note(200)
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self._retiring()
        self.end_headers()
        self.close_connection = True
        with closing(pieces):
            for piece in chain([first], pieces):
                event = _event(name, body["model"], piece)
                self._conforms("CompletionChunk", event)
                if not self._write(f"data: {json.dumps(event)}\n\n"):
                    return
        self._write("data: [DONE]\n\n")

    def _pieces(self, body: _Json) -> Generator[_Piece, None, None]:
        return _chat(self.gateway.engine, body) if self.path == _CHAT else _fim(self.gateway.engine, body)

    def _conforms(self, name: str, value: _Json) -> None:
        if self.described:
            errors = schema(name).iter_errors(value)
            self.gateway.violations += [f"{name}: {error.json_path}: {error.message[:200]}" for error in errors]

    def _send(self, status: int, body: Mapping[str, Any]) -> None:
        data = json.dumps(body).encode()
        self._note(status)
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self._retiring()
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()

    def _retiring(self) -> None:
        if self.gateway.retires:
            self.send_header("x-model-deprecation-timestamp", f"{self.gateway.retires}T00:00:00Z")

    def _write(self, text: str) -> bool:
        """Whether who asked is still there."""
        try:
            self.wfile.write(text.encode())
            self.wfile.flush()
        except OSError:
            return False
        return True

    def _note(self, status: int) -> None:
        key = self.headers.get("authorization") or ""
        self.gateway.received.append(Received(self.path, key, self._body, status, time.monotonic()))


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    end: str | None = None
    usage: _Json | None = None


def _event(name: str, model: str, piece: _Piece) -> _Json:
    delta = {"role": "assistant", "content": piece.text}
    event: _Json = {"id": name, "object": "chat.completion.chunk", "created": _now(), "model": model,
                    "choices": [{"index": 0, "delta": delta, "finish_reason": piece.end}]}  # fmt: skip
    if piece.usage:
        event["usage"] = piece.usage
    return event


def _chat(engine: str, body: _Json) -> Generator[_Piece, None, None]:
    """llama.cpp says why it stopped before it says the usage; Mistral says both in the last event."""
    question = {name: body[name] for name in _PASSED if body.get(name) is not None}
    question |= {"stream": True, "stream_options": {"include_usage": True}}
    if body.get("random_seed") is not None:
        question["seed"] = body["random_seed"]
    end = None
    for event in _events(engine + _CHAT, question):
        for choice in event["choices"]:
            end = choice["finish_reason"] or end
            if choice["delta"].get("content"):
                yield _Piece(choice["delta"]["content"])
        if event.get("usage"):
            yield _Piece("", end, {name: event["usage"][name] for name in _USAGE})


def _fim(engine: str, body: _Json) -> Generator[_Piece, None, None]:
    """Codestral wants the suffix first; llama.cpp's own `/infill` puts it last."""
    prompt, suffix = body["prompt"], body.get("suffix")
    question = {
        "prompt": f"[SUFFIX]{suffix}[PREFIX]{prompt}" if suffix else prompt,
        "n_predict": body.get("max_tokens") or 64, "temperature": body.get("temperature", 0.7), "stream": True,
        "seed": body.get("random_seed") or -1, "stop": body.get("stop") or [],
    }  # fmt: skip
    for event in _events(engine + "/completion", question):
        if not event["stop"]:
            yield _Piece(event["content"])
            continue
        read, written = event["tokens_evaluated"], event["tokens_predicted"]
        usage = dict(zip(_USAGE, (read, written, read + written), strict=True))
        yield _Piece(event["content"], "length" if event["stop_type"] == "limit" else "stop", usage)


def _events(url: str, question: _Json) -> Iterator[_Json]:
    with (
        httpx.Client(timeout=300, trust_env=False) as client,
        client.stream("POST", url, json=question) as response,
    ):
        if response.status_code != 200:
            raise _of_engine(response.status_code, response.read())
        for line in response.iter_lines():
            if line.startswith("data: ") and line != "data: [DONE]":
                yield json.loads(line[6:])


def _of_engine(status: int, body: bytes) -> _Refused:
    """An error of the engine in Mistral's words."""
    error = json.loads(body)["error"]
    if error.get("type") != "exceed_context_size_error":
        return _Refused(status, _problem(error.get("message"), "internal_error", "3000"))
    message = (f"Prompt contains {error['n_prompt_tokens']} tokens, too large for model with {error['n_ctx']} "
               "maximum context length")  # fmt: skip
    return _Refused(400, _problem(message, "invalid_request_prompt", "3051"))


def _asked(url: str) -> Any:
    with httpx.Client(timeout=10, trust_env=False) as client:
        return client.get(url).json()


def _problem(message: str | None, kind: str, code: str) -> _Json:
    return {"object": "error", "message": message, "type": kind, "param": None, "code": code}


def _wrong(kind: str, message: str) -> _Json:
    return {"type": kind, "loc": ["body"], "msg": message, "input": None}


def _now() -> int:
    return int(time.time())
