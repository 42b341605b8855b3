"""The one way bytes leave for a model: our own connections, to the addresses named and to no other.

No proxy, no redirect, no decompression, no reuse of a connection (a stale one would make a request count twice).
A deadline holds for the whole call, not for a read. Nothing of an error's body is kept: servers echo prompts there.
"""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from importlib import import_module
from typing import Any, Literal

from reviewbot.core.exchange import BackendError, Failure
from reviewbot.ports import Departing

#: Bytes of one response, headers included; bytes of an error that are looked at.
MAX_RESPONSE = 4 * 1024 * 1024
_MAX_ERROR = 4096
#: Seconds for a connection to stand.
_CONNECT = 10.0
_TYPES = ("application/json", "application/x-ndjson", "text/event-stream")
#: What servers say of a prompt that does not fit: llama.cpp, vLLM, Mistral, Ollama.
_OVERFLOW = re.compile(
    rb"exceed_context_size|context (?:length|size|window)|maximum context|too large for model|longer than the context",
    re.IGNORECASE,
)
_STATUSES = {
    401: Failure.UNAUTHORIZED, 403: Failure.UNAUTHORIZED, 404: Failure.NO_MODEL, 408: Failure.TIMEOUT,
    413: Failure.TOO_LONG, 429: Failure.RATE_LIMITED, 502: Failure.SERVER_ERROR, 503: Failure.BUSY,
    504: Failure.TIMEOUT, 529: Failure.BUSY,
}  # fmt: skip


@dataclass
class _Call:
    deadline: float
    departing: Departing
    received: int = 0

    def left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise BackendError(Failure.TIMEOUT)
        return left


_call: ContextVar[_Call] = ContextVar("call")


@contextmanager
def call(deadline: float, departing: Departing) -> Iterator[None]:
    """What happens inside ends by `deadline` (a reading of `time.monotonic()`) and announces what leaves."""
    token = _call.set(_Call(deadline, departing))
    try:
        yield
    finally:
        _call.reset(token)


def client(library: Literal["httpx", "httpx2"], urls: Sequence[str]) -> Any:
    """A client of that library for these addresses alone: `httpx` for ollama, `httpx2` for mistralai.

    Whatever goes wrong below raises BackendError, never an exception of a library.
    """
    http, core = import_module(library), import_module(library.replace("httpx", "httpcore"))
    pool = core.ConnectionPool(ssl_context=_trusted(urls), network_backend=_Network(core, urls), retries=0,
                               max_keepalive_connections=0, http2=False)  # fmt: skip

    class Transport(http.BaseTransport):  # type: ignore[misc, name-defined]
        def handle_request(self, request: Any) -> Any:
            return _handle(http, core, pool, request)

        def close(self) -> None:
            pool.close()

    return http.Client(transport=Transport(), trust_env=False, follow_redirects=False, timeout=None,
                       headers={"accept-encoding": "identity"})  # fmt: skip


def _trusted(urls: Sequence[str]) -> ssl.SSLContext | None:
    """The system's authorities and certifi's; none is loaded where nothing is encrypted."""
    if not any(url.startswith("https:") for url in urls):
        return None
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _handle(http: Any, core: Any, pool: Any, request: Any) -> Any:
    now = _call.get()
    size = int(request.headers.get("content-length", 0))

    def trace(event: str, _: object) -> None:
        if event.endswith(".send_request_headers.started"):
            now.left()
            now.departing(size)

    url = core.URL(scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port,
                   target=request.url.raw_path)  # fmt: skip
    request.headers["accept-encoding"] = "identity"
    with _translated(core):
        response = pool.handle_request(core.Request(
            request.method, url, headers=request.headers.raw, content=request.stream, extensions={"trace": trace},
        ))  # fmt: skip
    headers = http.Headers(response.headers)
    if not 200 <= response.status < 300:
        raise _refusal(core, response, headers)
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _TYPES or headers.get("content-encoding", "identity").lower() != "identity":
        response.close()
        raise BackendError(Failure.BAD_REPLY, status=response.status)

    class Body(http.SyncByteStream):  # type: ignore[misc]
        def __iter__(self) -> Iterator[bytes]:
            with _translated(core):
                yield from response.stream

        def close(self) -> None:
            response.close()

    return http.Response(response.status, headers=headers, stream=Body())


def _refusal(core: Any, response: Any, headers: Any) -> BackendError:
    """The failure that a status means; of the body, only whether it speaks of the window."""
    failure = _STATUSES.get(response.status)
    if failure is None:
        family = response.status // 100
        failure = {3: Failure.REDIRECTED, 5: Failure.SERVER_ERROR}.get(family, Failure.BAD_REQUEST)
    try:
        if response.status in (400, 422, 500) and _OVERFLOW.search(_beginning(core, response)):
            failure = Failure.TOO_LONG
    finally:
        response.close()
    return BackendError(failure, status=response.status, retry_after=_retry_after(headers.get("retry-after", "")))


def _beginning(core: Any, response: Any) -> bytes:
    data = b""
    try:
        with _translated(core):
            for piece in response.stream:
                data += piece
                if len(data) >= _MAX_ERROR:
                    break
    except BackendError:
        return data
    return data


def _retry_after(value: str) -> float | None:
    """Seconds, from a number or a date (RFC 9110, 10.2.3); None for anything else."""
    if re.fullmatch(r"\d{1,9}(\.\d{1,6})?", value.strip(), re.ASCII):
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


@contextmanager
def _translated(core: Any) -> Iterator[None]:
    """Failures of the connection as ours, without their texts."""
    try:
        yield
    except core.ConnectError:
        raise BackendError(Failure.UNREACHABLE) from None
    except core.TimeoutException:
        raise BackendError(Failure.TIMEOUT) from None
    except (core.NetworkError, core.ProtocolError, core.UnsupportedProtocol, OSError):
        raise BackendError(Failure.BROKEN) from None


class _Network:
    """Connections to the named hosts and ports only. `localhost` is never looked up: a resolver may say anything."""

    def __init__(self, core: Any, urls: Sequence[str]) -> None:
        self._core, self._inner = core, core.SyncBackend()
        self._allowed = {(url.host.decode().strip("[]"), url.origin.port) for url in map(core.URL, urls)}

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
                    socket_options: Any = None) -> Any:  # fmt: skip
        if (host, port) not in self._allowed:
            raise BackendError(Failure.REDIRECTED)
        *others, last = ("127.0.0.1", "::1") if host == "localhost" else (host,)
        for address in others:
            try:
                return self._connected(address, port, socket_options)
            except self._core.ConnectError:
                continue
        return self._connected(last, port, socket_options)

    def _connected(self, address: str, port: int, options: Any) -> _Stream:
        left = min(_CONNECT, _call.get().left())
        try:
            return _Stream(self._inner.connect_tcp(address, port, left, None, options))
        except self._core.ConnectTimeout:
            raise BackendError(Failure.UNREACHABLE) from None

    def sleep(self, seconds: float) -> None:
        time.sleep(min(seconds, _call.get().left()))


class _Stream:
    """A connection that knows the call's deadline and how much has come in."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        now = _call.get()
        data: bytes = self._inner.read(max_bytes, now.left())
        now.received += len(data)
        if now.received > MAX_RESPONSE:
            raise BackendError(Failure.TOO_LARGE)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _call.get().left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None,
                  timeout: float | None = None) -> _Stream:  # fmt: skip
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _call.get().left()))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
