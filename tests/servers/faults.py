"""What can happen to a request: see `tests.servers.faulty` for the list."""

from __future__ import annotations

import gzip
import re
import socket
import struct
from collections.abc import Callable
from typing import Any, Literal

from tests.servers.shapes import Words, event, line, pieces, whole_body
from tests.servers.wire import Act, Exchange

DRIP = 0.05


def _said(words: Words, streams: bool | None = None) -> Callable[[Exchange], None]:
    def does(exchange: Exchange) -> None:
        if not (exchange.request.streams if streams is None else streams):
            exchange.answer(200, whole_body(exchange, words))
            return
        exchange.begin()
        for piece in pieces(exchange, words):
            exchange.piece(piece)
        exchange.end()

    return does


def reply(text: str = "fine", *, tokens_in: int | None = None, tokens_out: int | None = None, model: str = "") -> Act:
    return Act("reply", _said(Words(text, tokens_in=tokens_in, tokens_out=tokens_out, model=model)))


def whole(text: str = "fine", *, tokens_in: int | None = None, tokens_out: int | None = None, model: str = "") -> Act:
    return Act("whole", _said(Words(text, tokens_in=tokens_in, tokens_out=tokens_out, model=model), streams=False))


def shortened(text: str = '{"findings": [{"ti') -> Act:
    return Act("shortened", _said(Words(text, end="length")))


def void() -> Act:
    return Act("void", _said(Words("")))


def elsewhere(text: str = "fine") -> Act:
    extra = {"remote_model": "another", "remote_host": "https://ollama.com:443"}
    return Act("elsewhere", _said(Words(text, model="another", extra=extra)))


def _first(exchange: Exchange) -> None:
    """The head of a stream and the first of its pieces."""
    exchange.begin()
    exchange.piece(pieces(exchange, Words("abcdef"))[0])


def unfinished() -> Act:
    def does(exchange: Exchange) -> None:
        _first(exchange)
        exchange.end()

    return Act("unfinished", does)


def cut() -> Act:
    def does(exchange: Exchange) -> None:
        _first(exchange)
        exchange.connection.shutdown(socket.SHUT_RDWR)

    return Act("cut", does)


def dropped() -> Act:
    return Act("dropped", lambda exchange: exchange.connection.shutdown(socket.SHUT_RDWR))


def reset() -> Act:
    def does(exchange: Exchange) -> None:
        exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        exchange.connection.close()

    return Act("reset", does)


def hang() -> Act:
    return Act("hang", Exchange.until_gone)


def deaf() -> Act:
    def does(exchange: Exchange) -> None:
        exchange.stopped.wait(60)

    return Act("deaf", does, read=False)


def stall() -> Act:
    def does(exchange: Exchange) -> None:
        _first(exchange)
        exchange.until_gone()

    return Act("stall", does)


def drip(where: Literal["body", "headers"] = "body") -> Act:
    def does(exchange: Exchange) -> None:
        if where == "headers":
            exchange.send(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-slow: ")
        else:
            exchange.head(200, {"content-type": "application/json", "content-length": "1000000"})
        while not exchange.stopped.wait(DRIP):
            exchange.send(b"a" if where == "headers" else b" ")

    return Act(f"drip-{where}", does)


def status(code: int, body: bytes = b'{"error": "no"}', kind: str = "application/json", **headers: str) -> Act:
    """Names of headers have `_` for `-`."""
    return Act(f"status-{code}", lambda exchange: exchange.answer(code, body, kind, **headers))


def unauthorized() -> Act:
    return status(401)


def missing() -> Act:
    return status(404)


def busy() -> Act:
    return status(503)


def limited(retry_after: str | None = None) -> Act:
    return status(429) if retry_after is None else status(429, retry_after=retry_after)


def echo(code: int = 500) -> Act:
    """An error that quotes what was sent, as it came and as the text that it means."""

    def does(exchange: Exchange) -> None:
        exchange.answer(code, line({"error": _quoted(exchange)}), x_reason=_quoted(exchange)[:200])

    return Act(f"echo-{code}", does)


def _quoted(exchange: Exchange) -> str:
    body = exchange.request.body.decode("utf-8", "replace")
    return re.sub(r"[\r\n]", " ", f"cannot parse {body}").encode("ascii", "replace").decode()


def overlong() -> Act:
    error = {"code": 400, "type": "exceed_context_size_error", "n_prompt_tokens": 28_894, "n_ctx": 2048,
             "message": "the request exceeds the available context size, try increasing it"}  # fmt: skip
    return Act("overlong", lambda exchange: exchange.answer(400, line({"error": error})))


def error_in_200() -> Act:
    return Act("error-in-200", lambda exchange: exchange.answer(200, line(_error(exchange))))


def error_in_stream() -> Act:
    def does(exchange: Exchange) -> None:
        _first(exchange)
        said = line if exchange.request.path.startswith("/api/") else event
        exchange.piece(said(_error(exchange)))
        exchange.end()

    return Act("error-in-stream", does)


def _error(exchange: Exchange) -> dict[str, Any]:
    if exchange.request.path.startswith("/api/"):
        return {"error": _quoted(exchange)}
    return {"error": {"message": _quoted(exchange), "type": "server_error", "code": 500}}


def redirect(url: str, code: int = 307) -> Act:
    return status(code, b"", location=url)


def page() -> Act:
    return status(200, b"<html>Sign in</html>", "text/html; charset=utf-8")


def oversize() -> Act:
    def does(exchange: Exchange) -> None:
        exchange.begin()
        first = pieces(exchange, Words("x" * 30_000))[0]
        while not exchange.stopped.is_set():
            exchange.piece(first)

    return Act("oversize", does)


def bomb() -> Act:
    body = gzip.compress(b" " * 64 * 1024 * 1024)
    return Act("bomb", lambda exchange: exchange.answer(200, body, content_encoding="gzip"))


def malformed() -> Act:
    def does(exchange: Exchange) -> None:
        if not exchange.request.streams:
            exchange.answer(200, whole_body(exchange, Words("fine"))[:-20])
            return
        exchange.begin()
        first, *rest = pieces(exchange, Words("fine, and more"))
        for piece in (first[:-12] + b"\n\n", *rest):
            exchange.piece(piece)
        exchange.end()

    return Act("malformed", does)


def empty() -> Act:
    return status(200, b"")
