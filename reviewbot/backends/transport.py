"""The one way bytes leave for a model: our own connections, to the addresses named and to no other.

No proxy, no redirect, no decompression, no cookie, no reuse of a connection (a stale one would make a request count
twice). A deadline holds for the whole call, not for a read. Nothing of an error's body is kept: servers echo prompts
there.
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

from reviewbot.backends.connections import Network
from reviewbot.core.exchange import BackendError, Failure
from reviewbot.dialing import Lookup, look_up
from reviewbot.ports import Departing

#: Bytes of one response, headers included; bytes of an error that are looked at, and seconds for them.
MAX_RESPONSE = 4 * 1024 * 1024
_MAX_ERROR, _ERROR_SECONDS = 4096, 1.0
_TYPES = ("application/json", "application/x-ndjson", "text/event-stream")
#: Set here for every request, whatever a library wants: of these there is one value only, or none.
_OURS = ("content-length", "transfer-encoding", "accept-encoding", "connection", "cookie", "te", "expect", "upgrade")
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
_FAMILIES = {
    1: Failure.BAD_REPLY, 2: Failure.BAD_REPLY, 3: Failure.REDIRECTED, 4: Failure.BAD_REQUEST, 5: Failure.SERVER_ERROR,
}  # fmt: skip


@dataclass(frozen=True)
class _Call:
    deadline: float
    departing: Departing

    def left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise BackendError(Failure.TIMEOUT)
        return left


_call: ContextVar[_Call] = ContextVar("call")


def _left() -> float:
    return _call.get().left()


@contextmanager
def call(deadline: float, departing: Departing) -> Iterator[None]:
    """What happens inside ends by `deadline` (a reading of `time.monotonic()`) and announces what leaves."""
    token = _call.set(_Call(deadline, departing))
    try:
        yield
    finally:
        _call.reset(token)


def client(library: Literal["httpx", "httpx2"], urls: Sequence[str], look_up: Lookup = look_up) -> Any:
    """A client of that library for these addresses alone: `httpx` for ollama, `httpx2` for mistralai.

    Whatever goes wrong below raises BackendError, never an exception of a library; what a Departing raises comes
    through as it is.
    """
    http, core = import_module(library), import_module(library.replace("httpx", "httpcore"))
    origins = [_url(core, http.URL(url)).origin for url in urls]
    network, trusted = Network(core, _left, look_up, MAX_RESPONSE), _trusted(urls)

    class Transport(http.BaseTransport):  # type: ignore[misc, name-defined]
        def handle_request(self, request: Any) -> Any:
            url = _url(core, request.url)
            if url.origin not in origins or request.url.userinfo:
                raise BackendError(Failure.REDIRECTED)
            if request.url.port == 0:  # httpcore would take the scheme's own
                raise BackendError(Failure.UNREACHABLE)
            # One connection for one request: none to wait for, and none that another request may come upon.
            connection = core.HTTPConnection(url.origin, ssl_context=trusted, network_backend=network)
            return _handle(http, core, connection, url, request)

    return http.Client(transport=Transport(), trust_env=False, follow_redirects=False, timeout=None)


def _url(core: Any, url: Any) -> Any:
    return core.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


def _trusted(urls: Sequence[str]) -> ssl.SSLContext | None:
    """The system's authorities and certifi's; none is loaded where nothing is encrypted."""
    if not any(url.lower().startswith("https:") for url in urls):
        return None
    import certifi

    # Not ssl.create_default_context(): that one writes its secrets to the file that SSLKEYLOGFILE names.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs()
    context.load_verify_locations(certifi.where())
    return context


def _handle(http: Any, core: Any, connection: Any, url: Any, request: Any) -> Any:
    body: bytes = request.read()
    headers = [(name, value) for name, value in request.headers.raw if name.decode("latin-1").lower() not in _OURS]
    headers += [(b"accept-encoding", b"identity"), (b"connection", b"close")]
    if body or request.method not in ("GET", "HEAD"):
        headers.append((b"content-length", b"%d" % len(body)))
    departure = _Departure(len(body))
    with _translated(core, departure):
        response = connection.handle_request(core.Request(
            request.method, url, headers=headers, content=[body], extensions={"trace": departure},
        ))  # fmt: skip
    said = http.Headers(response.headers)
    if response.status != 200:
        raise _refusal(core, response, said)
    kind = said.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _TYPES or said.get("content-encoding", "identity").lower() != "identity":
        response.close()
        raise BackendError(Failure.BAD_REPLY, status=response.status)

    class Body(http.SyncByteStream):  # type: ignore[misc]
        def __iter__(self) -> Iterator[bytes]:
            with _translated(core):
                yield from response.stream

        def close(self) -> None:
            response.close()

    # Of the headers only this one: no cookie, no address, no length that a library could believe.
    return http.Response(200, headers={"content-type": said["content-type"]}, stream=Body())


class _Departure:
    """Hears what a connection does, and announces the body before the first byte of the headers."""

    def __init__(self, size: int) -> None:
        self._size = size
        #: Whether the Departing raised: then what is raised is its own.
        self.refused = False

    def __call__(self, event: str, _: object) -> None:
        if event.endswith(".send_request_headers.started"):
            now = _call.get()
            now.left()
            self.refused = True
            now.departing(self._size)
            self.refused = False


def _refusal(core: Any, response: Any, headers: Any) -> BackendError:
    """The failure that a status means; of the body, only whether it speaks of the window."""
    failure = _STATUSES.get(response.status) or _FAMILIES.get(response.status // 100, Failure.BAD_REPLY)
    try:
        if response.status in (400, 422, 500) and _OVERFLOW.search(_beginning(core, response)):
            failure = Failure.TOO_LONG
    finally:
        response.close()
    return BackendError(failure, status=response.status, retry_after=_retry_after(headers.get("retry-after", "")))


def _beginning(core: Any, response: Any) -> bytes:
    data, now = b"", _call.get()
    try:
        # The status has said it: a body that drips is not waited for.
        with call(min(now.deadline, time.monotonic() + _ERROR_SECONDS), now.departing), _translated(core):
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
        return max(0.0, parsedate_to_datetime(value[:64]).timestamp() - time.time())
    except (ValueError, OverflowError, TypeError, LookupError, OSError):
        return None


@contextmanager
def _translated(core: Any, departure: _Departure | None = None) -> Iterator[None]:
    """Failures of the connection as ours, without their texts."""
    try:
        yield
    except (core.NetworkError, core.TimeoutException, core.ProtocolError, core.UnsupportedProtocol, OSError):
        if departure is not None and departure.refused:
            raise
        raise BackendError(Failure.BROKEN) from None
