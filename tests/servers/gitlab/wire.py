"""Requests, answers and faults on a socket: what the stand-in says is decided elsewhere."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, TypeAlias
from urllib.parse import parse_qsl, urlsplit

#: A JSON object. Its members are whatever the API says they are.
Json: TypeAlias = dict[str, Any]
HTML = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center><hr>nginx</body></html>\r\n"


@dataclass
class Request:
    """What came in. `size` is the exact number of bytes of its body; `status` is 0 where nothing was answered."""

    method: str
    #: Without the query, with whatever the API is below.
    path: str
    size: int
    status: int = 0
    #: The body as JSON; None for none, or for what is no JSON.
    body: Any = None
    query: dict[str, str] = field(default_factory=dict)
    #: Path and query as they came.
    target: str = field(default="", repr=False)
    #: Names in lower case.
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    #: Only half of what it asks for is to be done.
    half: bool = field(default=False, repr=False)


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Fault:
    """What goes wrong with the next `times` requests of this method ("" for any) whose path the pattern is found in.

    The pattern is looked for in the path alone and in the path with its query.

    `effect`: the request fails "before" it took effect or "after" it; "half": a bulk publication stops in the middle,
    and every draft stays. `status` 0 is the true answer, for a fault that is only a `delay` in seconds, a `drop` (the
    connection is closed unanswered) or a `cut` ("text": half the body, in a whole message; "connection": the connection
    ends after half the body). `body`: None is what GitLab, or the proxy before it, says with that status.
    """

    method: str
    path: str
    status: int = 0
    effect: Literal["before", "after", "half"] = "before"
    times: int = 1
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Json | str | bytes | None = None
    drop: bool = False
    delay: float = 0.0
    cut: Literal["", "text", "connection"] = ""

    def matches(self, request: Request) -> bool:
        found = any(re.search(self.path, text) for text in (request.path, request.target))
        return found and self.method in ("", request.method)

    @property
    def acts(self) -> bool:
        """Whether the request takes effect, wholly or by half."""
        return self.effect != "before" or (not self.status and not self.drop)

    def answer(self, true: Answer) -> Answer:
        said = true if not self.status else _said(self.status, self.body)
        body = said.body[: len(said.body) // 2] if self.cut == "text" else said.body
        return Answer(said.status, body, {**said.headers, **self.headers})


def said(status: int, body: object, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer of JSON."""
    return Answer(status, json.dumps(body).encode(), {"content-type": "application/json", **(headers or {})})


def _said(status: int, body: Json | str | bytes | None) -> Answer:
    if isinstance(body, dict):
        return said(status, body)
    phrase = f"{status} {HTTPStatus(status).phrase}"
    if body is None and status == 429:
        body = "Retry later\n"
    elif body is None and status in (413, 502, 503, 504):
        body = HTML.format(phrase)
    elif body is None:
        return said(status, {"message": phrase})
    raw = body if isinstance(body, bytes) else body.encode()
    return Answer(status, raw, {"content-type": "text/html" if raw.startswith(b"<") else "text/plain"})


class Listener(ThreadingHTTPServer):
    """A server on a free port of 127.0.0.1; `respond` is called for one request at a time."""

    daemon_threads = False
    block_on_close = True

    def __init__(self, respond: Callable[[Request], Answer], requests: list[Request], faults: list[Fault]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.respond, self.requests, self.faults = respond, requests, faults
        self.lock, self.stopped = threading.RLock(), threading.Event()
        self.connections: set[socket.socket] = set()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.stopped.set()
        self.shutdown()
        self._thread.join()
        with self.lock:
            for connection in self.connections:
                _close(connection)
        self.server_close()

    def take(self, request: Request) -> Fault | None:
        """The first fault for the request, used once."""
        found = next((index for index, fault in enumerate(self.faults) if fault.matches(request)), None)
        if found is None:
            return None
        fault = self.faults.pop(found)
        if fault.times > 1:
            self.faults.insert(found, replace(fault, times=fault.times - 1))
        return fault

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that is gone is none of the server's errors; `respond` reports its own."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: Listener

    def setup(self) -> None:
        super().setup()
        with self.server.lock:
            self.server.connections.add(self.connection)

    def finish(self) -> None:
        with self.server.lock:
            self.server.connections.discard(self.connection)
        super().finish()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""

    def _serve(self) -> None:
        request = self._read()
        with self.server.lock:
            self.server.requests.append(request)
            fault = self.server.take(request)
            request.half = fault is not None and fault.effect == "half"
            true = self.server.respond(request) if fault is None or fault.acts else Answer(0)
        if fault is not None and fault.delay:
            self.server.stopped.wait(fault.delay)
        if fault is not None and fault.drop:
            self.close_connection = True
            _close(self.connection)
            return
        answer = fault.answer(true) if fault is not None else true
        request.status = answer.status
        self._send(answer, cut=fault is not None and fault.cut == "connection")

    def _read(self) -> Request:
        url = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            body = None
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, url.path, len(raw), 0, body, query, self.path, headers)

    def _send(self, answer: Answer, *, cut: bool) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) // 2] if cut else answer.body)
        self.wfile.flush()
        if cut:
            self.close_connection = True
            _close(self.connection)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 (named so in the library)


def _close(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
