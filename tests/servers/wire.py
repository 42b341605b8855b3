"""One request to a server of the tests, and the way back to the client."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Dialect = Literal["openai", "llamacpp", "mistral", "ollama"]
MODEL = "codestral-2508"
#: Requests for text, by dialect.
PATHS: dict[Dialect, tuple[str, ...]] = {
    "openai": ("/v1/chat/completions", "/v1/completions"),
    "llamacpp": ("/v1/chat/completions", "/v1/completions", "/completion", "/infill"),
    "mistral": ("/v1/chat/completions", "/v1/fim/completions"),
    "ollama": ("/api/chat", "/api/generate"),
}
#: Requests that ask what a server is.
DESCRIPTIONS = (
    "/v1/models", "/props", "/tokenize", "/health", "/api/show", "/api/tags", "/api/ps", "/api/version", "/version",
)  # fmt: skip
_ROUTES = (*DESCRIPTIONS, *(path for paths in PATHS.values() for path in paths))


@dataclass
class Request:
    """What came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def route(self) -> str:
        """The path without what an operator may have put before it."""
        path = self.path.partition("?")[0]
        return next((route for route in _ROUTES if path.endswith(route)), path)

    @property
    def streams(self) -> bool:
        """Whether a stream is asked for; Ollama streams unless told not to."""
        return bool(self.json.get("stream", self.path.startswith("/api/")))


@dataclass
class Exchange:
    """One request and the way back."""

    request: Request
    connection: socket.socket
    stopped: threading.Event
    dialect: Dialect
    model: str

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def head(self, code: int, headers: dict[str, str]) -> None:
        lines = [f"HTTP/1.1 {code} Said", *(f"{name}: {value}" for name, value in headers.items())]
        self.send("\r\n".join([*lines, "", ""]).encode())

    def answer(self, code: int, body: bytes, kind: str = "application/json", **headers: str) -> None:
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        self.head(code, {"content-type": kind, "content-length": str(len(body)), **extra})
        self.send(body)

    def begin(self) -> None:
        """The head of a stream."""
        kind = "application/x-ndjson" if self.request.path.startswith("/api/") else "text/event-stream; charset=utf-8"
        self.head(200, {"content-type": kind, "transfer-encoding": "chunked"})

    def piece(self, data: bytes) -> None:
        self.send(b"%x\r\n%b\r\n" % (len(data), data))

    def end(self) -> None:
        self.send(b"0\r\n\r\n")

    def until_gone(self) -> None:
        """Waits until the client hangs up or the server stops."""
        while self.connection.recv(65_536):
            pass


@dataclass(frozen=True)
class Act:
    """What happens to a request; where it does not `read`, it happens before the body is read."""

    name: str
    does: Callable[[Exchange], None]
    read: bool = True

    def __repr__(self) -> str:
        return self.name
