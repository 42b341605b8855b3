"""The server: sockets, tokens, faults and the record of what came in."""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

from reviewbot.core.conversation import Place
from tests.servers.github import conversing, graph, rest
from tests.servers.github.changes import Repository, Side
from tests.servers.github.values import Access, Note, Thread
from tests.servers.github.wire import DOCUMENTATION, Fault, Reply, Request, error
from tests.servers.github.world import World

Kind = Literal["workflow", "app", "person", "read", "none"]
TOKENS: dict[str, str] = {
    "workflow": "ghs_test", "app": "ghs_app", "person": "ghp_person", "read": "ghs_read", "none": "ghs_wrong",
}  # fmt: skip
#: Sent with every answer, unless a fault says otherwise.
_HEADERS = {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "4999", "x-ratelimit-reset": "1900000000",
            "x-github-media-type": "github.v3; format=json", "x-github-request-id": "A0:B1:C2:D3:E4"}  # fmt: skip


@dataclass
class Server(World):
    """A running server. What it is for is described in the package."""

    enterprise: bool = True
    requests: list[Request] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.url = ""
        self.lock = threading.RLock()
        self.stopped = threading.Event()
        self.tokens = dict(TOKENS)
        self._access = {
            TOKENS["workflow"]: Access(self.identity("github-actions[bot]"), True),
            TOKENS["app"]: Access(self.identity("reviewer[bot]"), True),
            TOKENS["person"]: Access(self.identity("robin"), False),
            TOKENS["read"]: Access(self.identity("github-actions[bot]"), True, writes=False),
        }

    @property
    def token(self) -> str:
        """A workflow's own."""
        return self.tokens["workflow"]

    @property
    def api(self) -> str:
        return self.url + ("/api/v3" if self.enterprise else "")

    @property
    def graphql(self) -> str:
        return self.url + ("/api/graphql" if self.enterprise else "/graphql")

    @property
    def place(self) -> Place:
        return Place("github", self.api, self.full_name, self.number, self.graphql)

    def access(self, authorization: str) -> Access | None:
        """KeyError for a token that nobody gave out."""
        if not authorization:
            return None
        return self._access[authorization.split(" ")[-1]]

    def say(self, author: str, body: str, thread: Thread | str | None = None) -> Note:
        """Somebody comments: on the pull request, or in a thread; "" is an account that is gone."""
        by = self.identity(author) if author else None
        if thread is None:
            said = conversing.note(self, by, body, prefix="IC")
            self.notes.append(said)
            return said
        to = next(each for each in self.threads if each is thread or each.id == thread)
        said = conversing.note(self, by, body, prefix="PRRC")
        to.notes.append(said)
        return said

    def begin(
        self, author: str, body: str, path: str, line: int, *, side: Side = "RIGHT", start_line: int | None = None
    ) -> Thread:  # fmt: skip
        """Somebody begins a thread at a line of the change."""
        wanted = {"path": path, "line": line, "side": side, "start_line": start_line, "body": body}
        tips = self.tips()
        problem = conversing.problem_of(conversing.file_at(self, path, tips.head), wanted)
        assert problem is None, problem
        thread = conversing.thread(self, self.identity(author), wanted, tips.head, 0)
        conversing.begin(self, [thread])
        return next(each for each in self.threads if each is thread)

    def edit(self, note: Note, by: str, body: str) -> None:
        """Somebody changes a comment."""
        conversing.edit(self, self.identity(by), note, body)

    def resolve(self, thread: Thread | str, by: str) -> None:
        """Somebody resolves a thread."""
        next(each for each in self.threads if each is thread or each.id == thread).resolved_by = self.identity(by)

    def unresolve(self, thread: Thread | str) -> None:
        next(each for each in self.threads if each is thread or each.id == thread).resolved_by = None


@contextlib.contextmanager
def serving(path: Path, *, base: str = "main", head: str = "feature", number: int = 7, **more: Any) -> Iterator[Server]:
    """A server of one pull request on a free port of 127.0.0.1. `more` are fields of the Server and its World."""
    server = Server(Repository(path), base, head, number, **more)
    listener = _Listener(server)
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopped.set()
        listener.shutdown()
        listener.end_connections()
        listener.server_close()
        thread.join(5)


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, server: Server) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.github = server
        server.url = f"http://127.0.0.1:{self.server_port}"
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; any other error is this server's own."""
        problem = sys.exception()
        if not isinstance(problem, OSError):
            self.github.violations.append(f"the server itself: {problem!r}")
            super().handle_error(request, client_address)

    def end_connections(self) -> None:
        """Wake the threads that wait for another request on a connection that is kept."""
        for connection in tuple(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    #: Head and body leave together, or each call waits for an acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Listener

    def log_message(self, format: str, *arguments: object) -> None:
        pass

    def _do(self) -> None:
        server = self.server.github
        announced = int(self.headers.get("content-length") or 0)
        raw = self.rfile.read(announced)
        headers = {name.lower(): value for name, value in self.headers.items()}
        prefix, graphql = server.api.removeprefix(server.url), server.graphql.removeprefix(server.url)
        target = "/graphql" if self.path == graphql else self.path.removeprefix(prefix) if prefix else self.path
        request = Request(self.command, target, len(raw), _parsed(raw), headers=headers)
        # What is left of a body that was cut short, or not announced, is no request.
        self.close_connection = self.close_connection or len(raw) < announced or "transfer-encoding" in headers
        with server.lock:
            server.requests.append(request)
            if len(raw) < announced:
                return
            if not prefix or self.path.startswith((f"{prefix}/", graphql)):
                fault = next((f for f in server.faults if f.takes(self.command, target, raw)), None)
            else:
                fault = Fault("", "", 404)
                server.violations.append(f"{self.command} {self.path}: not below the root of the API")
        if fault is not None and fault.delay:
            server.stopped.wait(fault.delay)
        reply: Reply | None = None
        if fault is None or fault.effect == "after" or not (fault.status or fault.drop):
            with server.lock, server.still():
                reply = _answer(server, request, raw)
        if fault is not None and fault.status:
            reply = fault.reply()
        if fault is not None and fault.drop:
            self._drop()
        elif reply is not None:
            request.status = reply.status
            self._send(reply, fault.cut if fault else "")

    def _drop(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _send(self, reply: Reply, cut: str) -> None:
        body = reply.body[: len(reply.body) // 2] if cut else reply.body
        self.send_response(reply.status)
        for name, value in {**_HEADERS, **reply.headers}.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("content-type", reply.kind)
            self.send_header("content-length", str(len(reply.body if cut == "connection" else body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
        if cut == "connection":
            self._drop()

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _do  # noqa: N815 (names of the standard library)


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return None


def _answer(server: Server, request: Request, raw: bytes) -> Reply:
    if not request.headers.get("user-agent"):
        server.violations.append(f"{request.method} {request.path}: no user-agent")
        return Reply(403, b"Request forbidden by administrative rules.", kind="text/html")
    if "transfer-encoding" in request.headers:
        server.violations.append(f"{request.method} {request.path}: a body of no announced size")
        return Reply(411, b"", kind="text/html")
    try:
        who = server.access(request.headers.get("authorization", ""))
    except KeyError:
        return error(401, "Bad credentials", DOCUMENTATION)
    if request.path == "/graphql" and request.method == "POST":
        return graph.answer(server, who, server.url, raw, server.violations)
    return rest.answer(server, who, server.api, request.method, request.path, raw, server.violations)
