"""The one way bytes leave for a forge: our own connections, to the addresses of the pull request and to no other.

No proxy, no redirect, no decompression, no cookie, nothing of the environment, no reuse of a connection (a stale one
would leave it open whether a write took effect). One clock runs over a whole request, and one over the run. Of what a
forge says to a request that failed, only the status and what it says about waiting is kept.
"""

from __future__ import annotations

import http.client
import io
import json
import ssl
import time
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

import requests
from requests.adapters import BaseAdapter

from reviewbot.core.conversation import Place
from reviewbot.dialing import Lookup, look_up
from reviewbot.forges.connections import Response, connect
from reviewbot.forges.failures import RequestError, refusal
from reviewbot.ports import Departing

#: Seconds of one request.
REQUEST_SECONDS = 30.0
#: What of the headers that a library sets is sent; all others are set here.
_HEADERS = frozenset({
    "accept", "authorization", "private-token", "job-token", "content-type", "user-agent", "x-github-api-version",
})  # fmt: skip
_PORTS = {"http": 80, "https": 443}
_PIECE = 65536
#: A token shorter than this is found by chance.
_TOKEN = 16


def session(
    place: Place, token: str, ends: float, departing: Departing, seconds: float = REQUEST_SECONDS,
    look_up: Lookup = look_up,
) -> requests.Session:  # fmt: skip
    """A session for the addresses of this place alone; whatever goes wrong below it raises RequestError.

    `ends` is a reading of `time.monotonic()`, `seconds` is what one request may take. `departing` hears the size of
    each body when its connection stands and before the first byte leaves; what it raises comes through as it is, and
    nothing has left. `token` is refused anywhere but in a header.
    """
    made = requests.Session()
    made.trust_env = False
    made.headers.clear()
    # Neither a .netrc file nor anything else makes a header of its own.
    made.auth = _unchanged
    adapter = _Adapter(place, token, ends, departing, seconds, look_up)
    made.adapters.clear()
    for scheme in _PORTS:
        made.mount(f"{scheme}://", adapter)
    return made


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


class _Adapter(BaseAdapter):
    def __init__(self, place: Place, token: str, ends: float, departing: Departing, seconds: float,
                 look_up: Lookup) -> None:  # fmt: skip
        super().__init__()
        self._origins = {_origin(urlsplit(url)) for url in (place.api, place.graphql) if url}
        self._token, self._ends, self._departing, self._seconds = token, ends, departing, seconds
        self._look_up = look_up
        self._trusted = _trusted() if any(scheme == "https" for scheme, _, _ in self._origins) else None

    def send(self, request: requests.PreparedRequest, stream: bool = False, timeout: object = None,
             verify: object = True, cert: object = None, proxies: object = None) -> requests.Response:  # fmt: skip
        """What a library wants of time, trust and proxies is not asked."""
        url, body = urlsplit(request.url or ""), _bytes(request.body)
        if _origin(url) not in self._origins or url.username is not None or url.password is not None:
            raise RequestError("an address that is not the forge's", "barred")
        if len(self._token) >= _TOKEN and (self._token in url.geturl() or self._token.encode() in body):
            raise RequestError("the token is in what would be sent", "barred")
        now = time.monotonic()
        if now >= self._ends:
            raise RequestError("no time is left", "barred")
        until = min(self._ends, now + self._seconds)
        connection = self._connection(url, until)
        try:
            if body:
                self._departing(len(body))
            status, headers, content = _exchanged(connection, request, url, body, until)
        finally:
            connection.close()
        return _response(request, status, headers, content)

    def _connection(self, url: SplitResult, until: float) -> http.client.HTTPConnection:
        scheme, host, port = _origin(url)
        connection: http.client.HTTPConnection
        if scheme == "https":
            connection = http.client.HTTPSConnection(host, port, context=self._trusted)
        else:
            connection = http.client.HTTPConnection(host, port)
        connection.sock = connect(host, port, self._trusted if scheme == "https" else None, until, self._look_up)
        connection.response_class = type("_Response", (Response,), {"until": until})
        return connection

    def close(self) -> None:
        """Nothing is kept open."""


def _origin(url: SplitResult) -> tuple[str, str, int]:
    try:
        port = url.port
    except ValueError:  # no number
        port = 0
    return url.scheme, (url.hostname or "").lower(), _PORTS.get(url.scheme, 0) if port is None else port


def _bytes(body: object) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes):
        return body
    raise RequestError("a body that is neither text nor bytes", "barred")


def _trusted() -> ssl.SSLContext:
    """The system's authorities and certifi's."""
    import certifi

    # Not ssl.create_default_context(): that one writes its secrets to the file that SSLKEYLOGFILE names.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs()
    context.load_verify_locations(certifi.where())
    return context


def _exchanged(
    connection: http.client.HTTPConnection, request: requests.PreparedRequest, url: SplitResult, body: bytes,
    until: float,
) -> tuple[int, Mapping[str, str], bytes]:  # fmt: skip
    """Status, headers and body of the whole answer."""
    method = request.method or "GET"
    try:
        _sent(connection, method, request, url, body, until)
        with connection.getresponse() as response:
            content = _read(response)
    except TimeoutError:
        raise RequestError("the forge did not answer in time", "unknown") from None
    except (OSError, ValueError, http.client.HTTPException):
        raise RequestError("the connection to the forge broke", "unknown") from None
    headers = {name.lower(): value for name, value in response.getheaders()}
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise RequestError("the forge's answer is compressed", "unknown", status=response.status)
    return response.status, headers, content


def _sent(connection: http.client.HTTPConnection, method: str, request: requests.PreparedRequest,
          url: SplitResult, body: bytes, until: float) -> None:  # fmt: skip
    if connection.sock is not None:
        connection.sock.settimeout(max(0.001, until - time.monotonic()))
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    connection.putrequest(method, target, skip_accept_encoding=True)
    for name, value in request.headers.items():
        if name.lower() in _HEADERS:
            connection.putheader(name, value)
    connection.putheader("Accept-Encoding", "identity")
    connection.putheader("Connection", "close")
    if body or method not in ("GET", "HEAD"):
        connection.putheader("Content-Length", str(len(body)))
    try:
        connection.endheaders(body or None)
    except (BrokenPipeError, ConnectionResetError):
        """The answer may be there before the request is read."""


def _read(response: http.client.HTTPResponse) -> bytes:
    pieces = []
    # In pieces: a length that a server names is never made room for.
    while piece := response.read(_PIECE):
        pieces.append(piece)
    if response.length:
        raise http.client.IncompleteRead(b"")
    return b"".join(pieces)


def _response(
    request: requests.PreparedRequest, status: int, headers: Mapping[str, str], content: bytes
) -> requests.Response:
    if status >= 300:
        raise refusal(status, headers, content)
    try:
        json.loads(content or b"null")
    except (ValueError, RecursionError):
        raise RequestError("the forge's answer is no JSON", "unknown", status=status) from None
    response = requests.Response()
    response.status_code, response.url, response.request = status, request.url or "", request
    response.headers.update(headers)
    response.encoding = "utf-8"
    # What a library reads of it is all there.
    response.raw = io.BytesIO(content)
    return response
