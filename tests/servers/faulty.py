"""A model server that misbehaves on demand: real sockets on loopback, one thread a connection.

    with Faulty(busy(), reply("fine")) as server:       # the first request gets a 503, every later one a reply
        Ollama(Endpoint(..., urls=(server.url,))).complete(...)
    assert server.asked[0].path == "/api/chat"

`Faulty(*acts, dialect=, host=, tls=, models=, describing=)`
    Each request that asks for text takes the next act; the last act repeats. Requests that ask what a server is
    (see DESCRIPTIONS) are answered truthfully in the `dialect` (`openai` is vLLM, `llamacpp`, `mistral`, `ollama`) and
    take no act, unless `describing` has acts of its own. A path that the dialect does not have is a 404.
`.url` `.port`; `.requests`: all of them, in order; `.asked`: those that took an act. Of each: `method`, `path`,
    `headers` (lower-case names), `body` (bytes; what came of it, whole or not), `json`. Complete after the call.
`.connections`, `.received`: connections that stood, and bytes that came in by them, headers included.
`.body_bytes`: the sum of the bodies, which the ledger's must equal. `.most`: requests at the same time, at most.
`.add(*acts)`: replaces what is left of the acts.

Acts. All but the first two are faults:
    reply(text)           a whole reply, streamed where the request asks for it; tokens_in, tokens_out, model to choose
    whole(text)           a whole reply, never streamed
    shortened()           ends by its limit: finish_reason / done_reason `length`
    unfinished()          a stream of which HTTP ends well and the protocol does not: no finish, no [DONE], no done
    cut()                 the connection ends in the middle of the body
    dropped()  reset()    the connection ends before a status; by a RST
    hang()  stall()       no answer; no more of it after the first piece
    drip("body"|"headers")  a byte every 0.05 s, for ever
    deaf()                does not read the body of the request
    status(code, ...)     any status, with headers and body
    unauthorized() missing() busy() limited(retry_after)  401, 404, 503, 429
    echo(code=500)        the request's text comes back in the error
    overlong()            400: longer than the window, in the words of llama.cpp
    error_in_200()        200 {"error": ...} that quotes the request; error_in_stream(): after the first piece
    redirect(url, code)   301, 302, 307, 308 to `url`
    page()                200 text/html
    oversize()            text without end
    bomb()                a small gzip body that becomes 64 MiB
    malformed()  empty()  JSON cut in the middle; a body of no bytes
    void()                a well-formed reply of no text
    elsewhere(text)       a whole reply under the name of another model; for Ollama with `remote_host` too
Each has a `name`, for ids. `closed_port()` is a context manager for a url that refuses connections, `full()` for one
whose queue of connections is full.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from typing import Self

from tests.servers.faults import (
    DRIP,
    bomb,
    busy,
    cut,
    deaf,
    drip,
    dropped,
    echo,
    elsewhere,
    empty,
    error_in_200,
    error_in_stream,
    hang,
    limited,
    malformed,
    missing,
    overlong,
    oversize,
    page,
    redirect,
    reply,
    reset,
    shortened,
    stall,
    status,
    unauthorized,
    unfinished,
    void,
    whole,
)  # fmt: skip
from tests.servers.shapes import DIGEST, SMALL_WINDOW, WINDOW, Words, descriptions, line, pieces, whole_body
from tests.servers.wire import DESCRIPTIONS, MODEL, PATHS, Act, Dialect, Exchange, Request

__all__ = [
    "DESCRIPTIONS", "DIGEST", "DRIP", "MODEL", "PATHS", "SMALL_WINDOW", "WINDOW", "Act", "Dialect", "Exchange",
    "Faulty", "Request", "Words", "bomb", "busy", "closed_port", "cut", "deaf", "drip", "dropped", "echo", "elsewhere",
    "empty", "error_in_200", "error_in_stream", "full", "hang", "limited", "malformed", "missing", "overlong",
    "oversize", "page", "pieces", "redirect", "reply", "reset", "shortened", "stall", "status", "unauthorized",
    "unfinished", "void", "whole", "whole_body",
]  # fmt: skip


class Faulty:
    """See the module."""

    def __init__(
        self, *acts: Act, dialect: Dialect = "openai", host: str = "127.0.0.1", tls: ssl.SSLContext | None = None,
        models: tuple[str, ...] = (MODEL,), describing: tuple[Act, ...] = (),
    ) -> None:  # fmt: skip
        self._acts, self._describing = list(acts or (reply(),)), list(describing)
        self._dialect, self._models = dialect, models
        self._tls, self._lock, self._stopped = tls, threading.Lock(), threading.Event()
        self.requests: list[Request] = []
        self.asked: list[Request] = []
        self.connections = self.received = self.most = self._now = 0
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family, backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def body_bytes(self) -> int:
        return sum(len(request.body) for request in self.requests)

    def add(self, *acts: Act) -> None:
        with self._lock:
            self._acts = list(acts)

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        # Closing alone does not wake a thread that waits in accept.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive(), "a thread of the server does not end"

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                self._open.add(connection)
            self._start(self._converse, connection)

    def _converse(self, raw: socket.socket) -> None:
        connection = raw
        try:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls:
                connection = self._tls.wrap_socket(raw, server_side=True)
            rest = b""
            while (head := self._head(connection, rest)) is not None:
                rest = self._one(connection, *head)
        except OSError:
            pass  # the client is gone, or this server is stopped
        finally:
            with self._lock:
                self._open.discard(raw)
            for end in (connection, raw):
                end.close()

    def _head(self, connection: socket.socket, rest: bytes) -> tuple[Request, bytes] | None:
        while b"\r\n\r\n" not in rest:
            data = self._read(connection)
            if not data:
                return None
            rest += data
        head, _, rest = rest.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        return Request(method, path, headers), rest

    def _one(self, connection: socket.socket, request: Request, rest: bytes) -> bytes:
        """Answers one request; what came in after it."""
        act = self._act(request)
        try:
            if act.read:
                rest = self._body(connection, request, rest)
            act.does(Exchange(request, connection, self._stopped, self._dialect, self._model(request)))
        finally:
            with self._lock:
                self._now -= 1
        return rest

    def _act(self, request: Request) -> Act:
        with self._lock:
            self.requests.append(request)
            self._now += 1
            self.most = max(self.most, self._now)
            if request.route in DESCRIPTIONS:
                return _next(self._describing) if self._describing else Act("describe", self._describe)
            self.asked.append(request)
            if request.route not in PATHS[self._dialect]:
                return missing()
            return _next(self._acts)

    def _body(self, connection: socket.socket, request: Request, rest: bytes) -> bytes:
        if request.headers.get("transfer-encoding") == "chunked":
            raise AssertionError("a body of no announced size")
        size = int(request.headers.get("content-length", 0))
        request.body = rest[:size]
        while len(request.body) < size:
            data = self._read(connection)
            if not data:
                raise ConnectionError
            request.body += data
        return rest[size:]

    def _read(self, connection: socket.socket) -> bytes:
        data = connection.recv(65_536)
        with self._lock:
            self.received += len(data)
        return data

    def _model(self, request: Request) -> str:
        try:
            return str(request.json.get("model", self._models[0]))
        except (ValueError, IndexError, AttributeError):
            return MODEL

    def _describe(self, exchange: Exchange) -> None:
        route = exchange.request.route
        said = descriptions(self._dialect, self._models).get(route)
        if route == "/api/show" and exchange.request.json.get("model") not in self._models:
            said = None
        exchange.answer(*((404, b'{"error": "not found"}') if said is None else (200, line(said))))


def _next(acts: list[Act]) -> Act:
    return acts.pop(0) if len(acts) > 1 else acts[0]


@contextlib.contextmanager
def closed_port() -> Iterator[str]:
    """A url that refuses connections, and that nobody else takes meanwhile."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


@contextlib.contextmanager
def full() -> Iterator[str]:
    """A url whose queue of connections is full, so that one more never stands."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting.connect(listener.getsockname())
        time.sleep(0.1)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
