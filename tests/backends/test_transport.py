"""The transport on real sockets, under both libraries."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.backends import transport
from reviewbot.core.exchange import BackendError, Failure
from reviewbot.dialing import Address, Lookup, look_up
from reviewbot.ports import Departing
from tests.requirements import require
from tests.servers import faulty
from tests.servers.faulty import Act, Exchange, Faulty

ROOT = Path(__file__).parents[2]
CHAT = "/v1/chat/completions"
LONG = b"x" * 24_000_000
SOON = 0.25

Library = Literal["httpx", "httpx2"]
both = pytest.mark.parametrize("library", ["httpx", "httpx2"])


def unseen(size: int) -> None:
    """A departure that nobody writes down."""


def post(
    library: Library, url: str, body: bytes | Iterator[bytes] = b"{}", *, named: str = "", seconds: float = 10.0,
    departing: Departing = unseen, look_up: Lookup = look_up, headers: dict[str, str] | None = None,
) -> bytes:  # fmt: skip
    """What comes back; `named` is the address that the client is for, if another."""
    with (
        transport.client(library, (named or url,), look_up) as client,
        transport.call(time.monotonic() + seconds, departing),
    ):
        said: bytes = client.post(url + CHAT, content=body, headers=headers).content
    return said


def failed(call: Callable[[], object]) -> BackendError:
    with pytest.raises(BackendError) as caught:
        call()
    return caught.value


def raw(name: str, *pieces: bytes, close: bool = True) -> Act:
    """These bytes, whatever they are."""

    def does(exchange: Exchange) -> None:
        for piece in pieces:
            exchange.send(piece)
        if close:
            exchange.connection.shutdown(socket.SHUT_WR)
            exchange.until_gone()

    return Act(name, does)


def without_end(name: str, first: bytes, piece: bytes) -> Act:
    def does(exchange: Exchange) -> None:
        exchange.send(first)
        while not exchange.stopped.is_set():
            exchange.send(piece * 1000)

    return Act(name, does)


OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n"


# ---- responses --------------------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize(("act", "said"), [
    (raw("length", OK + b"content-length: 2\r\n\r\n[]"), b"[]"),
    (raw("no-length", OK + b"\r\n[1]"), b"[1]"),
    (raw("short-length", OK + b"content-length: 2\r\n\r\n[1, 2]"), b"[1"),
    (raw("chunks", CHUNKED + b"1\r\n[\r\n1;x=y\r\n]\r\n0\r\nx-trailer: a\r\n\r\n"), b"[]"),
    (raw("informed", b"HTTP/1.1 103 Early\r\nlink: </x>\r\n\r\n" * 3 + OK + b"content-length: 2\r\n\r\n[]"), b"[]"),
    (raw("1.0", b"HTTP/1.0 200 OK\r\ncontent-type: Application/JSON;charset=utf-8\r\n\r\n[]"), b"[]"),
], ids=str)  # fmt: skip
def test_a_response_is_read_as_http_says(library: Library, act: Act, said: bytes) -> None:
    with Faulty(act) as server:
        assert post(library, server.url) == said


@both
@pytest.mark.parametrize(("act", "failure"), [
    (raw("long-length", OK + b"content-length: 9\r\n\r\n[]"), Failure.BROKEN),
    (raw("two-lengths", OK + b"content-length: 2\r\ncontent-length: 3\r\n\r\n[]"), Failure.BROKEN),
    (raw("no-number", OK + b"content-length: two\r\n\r\n[]"), Failure.BROKEN),
    (raw("bad-chunk", CHUNKED + b"zz\r\n[]\r\n"), Failure.BROKEN),
    (raw("long-chunk", CHUNKED + b"f" * 40 + b"\r\n[]\r\n"), Failure.BROKEN),
    (raw("cut-chunks", CHUNKED + b"2\r\n[]\r\n"), Failure.BROKEN),
    (raw("no-http", b"SSH-2.0-OpenSSH_9.2\r\n"), Failure.BROKEN),
    (raw("http2", b"\x00\x00\x12\x04\x00\x00\x00\x00\x00"), Failure.BROKEN),
    (raw("nul", OK + b"x: a\x00b\r\n\r\n"), Failure.BROKEN),
    (raw("a-long-header", OK + b"x: " + b"a" * 200_000 + b"\r\n\r\n"), Failure.BROKEN),
    (raw("many-headers", OK + b"x: a\r\n" * 40_000 + b"\r\n[]"), Failure.BROKEN),
    (raw("nothing"), Failure.BROKEN),
    (faulty.reset(), Failure.BROKEN),
    (raw("no-content", b"HTTP/1.1 204 No\r\n\r\n"), Failure.BAD_REPLY),
    (raw("partial", OK.replace(b"200", b"206") + b"content-length: 2\r\n\r\n[]"), Failure.BAD_REPLY),
    (raw("switching", b"HTTP/1.1 101 Go\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"), Failure.BROKEN),
    (raw("no-type", b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]"), Failure.BAD_REPLY),
    (raw("two-types", OK + b"content-type: text/html\r\ncontent-length: 2\r\n\r\n[]"), Failure.BAD_REPLY),
    (faulty.page(), Failure.BAD_REPLY),
    (faulty.bomb(), Failure.BAD_REPLY),
    (without_end("text", CHUNKED, b"400\r\n" + b"a" * 1024 + b"\r\n"), Failure.TOO_LARGE),
    (without_end("overhead", CHUNKED, b"1;" + b"x" * 2000 + b"\r\na\r\n"), Failure.TOO_LARGE),
    (without_end("informing", b"", b"HTTP/1.1 100 Continue\r\nx: " + b"a" * 2000 + b"\r\n\r\n"), Failure.TOO_LARGE),
], ids=str)  # fmt: skip
def test_what_is_no_whole_response_is_one_word(library: Library, act: Act, failure: Failure) -> None:
    with Faulty(act) as server:
        error = failed(lambda: post(library, server.url))
        assert (error.failure, len(server.requests)) == (failure, 1)


@both
@pytest.mark.parametrize("code", [300, 301, 302, 303, 304, 305, 307, 308, 399])
def test_no_redirect_is_followed(library: Library, code: int) -> None:
    with Faulty() as other, Faulty(faulty.redirect(f"{other.url}{CHAT}", code)) as server:
        assert failed(lambda: post(library, server.url)).failure is Failure.REDIRECTED
        assert other.connections == 0


@both
@pytest.mark.parametrize(("code", "body", "failure"), [
    (400, b"no", Failure.BAD_REQUEST), (400, b"Maximum Context length is 9", Failure.TOO_LONG),
    (401, b"", Failure.UNAUTHORIZED), (403, b"", Failure.UNAUTHORIZED), (404, b"", Failure.NO_MODEL),
    (407, b"", Failure.BAD_REQUEST), (408, b"", Failure.TIMEOUT), (413, b"", Failure.TOO_LONG),
    (422, b"x" * 5000 + b"maximum context", Failure.TOO_LONG), (429, b"context size", Failure.RATE_LIMITED),
    (422, b"x" * 500_000 + b"maximum context", Failure.BAD_REQUEST),
    (500, b"exceed_context_size_error", Failure.TOO_LONG), (500, b"no", Failure.SERVER_ERROR),
    (501, b"", Failure.SERVER_ERROR), (502, b"", Failure.SERVER_ERROR), (503, b"", Failure.BUSY),
    (504, b"", Failure.TIMEOUT), (529, b"", Failure.BUSY), (599, b"", Failure.SERVER_ERROR),
    (600, b"", Failure.BAD_REPLY), (999, b"", Failure.BAD_REPLY),
])  # fmt: skip
def test_a_status_is_one_word(library: Library, code: int, body: bytes, failure: Failure) -> None:
    with Faulty(faulty.status(code, body)) as server:
        error = failed(lambda: post(library, server.url))
        assert (error.failure, error.status) == (failure, code)


@both
@pytest.mark.parametrize(("value", "seconds"), [
    ("7", 7.0), ("0.5", 0.5), ("-1", None), ("1e9", None), ("9999999999", None), ("soon", None), ("", None),
    ("Mon, 01 Jan 1990 00:00:00 GMT", 0.0), ("Mon, 99 Jan 1990 00:00:00 GMT", None), ("\u0663", None),
])  # fmt: skip
def test_how_long_to_wait_is_a_number_of_seconds_or_unsaid(library: Library, value: str, seconds: float | None) -> None:
    head = b"HTTP/1.1 429 No\r\ncontent-length: 0\r\nretry-after: %b\r\n\r\n" % value.encode()
    with Faulty(raw("limited", head)) as server:
        assert failed(lambda: post(library, server.url)).retry_after == seconds


def test_a_date_to_wait_for_is_the_time_until_then() -> None:
    date = (datetime.now(UTC) + timedelta(seconds=500)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    waits = transport._retry_after(date)
    assert waits is not None and 400 < waits <= 500


@given(st.one_of(st.text(max_size=80), st.text("0123456789 :,-+GMTJanMon.", max_size=40)))
def test_whatever_a_server_asks_for_is_no_error(value: str) -> None:
    waits = transport._retry_after(value)
    assert waits is None or waits >= 0


# ---- the deadline -----------------------------------------------------------------------------------------------


def _sipping(exchange: Exchange) -> None:
    """Reads, but so slowly that no write ever waits long."""
    while not exchange.stopped.wait(0.02):
        exchange.connection.recv(60_000)


@both
@pytest.mark.parametrize("act", [
    faulty.hang(), faulty.stall(), faulty.drip(), faulty.drip("headers"), faulty.deaf(),
    Act("sipping", _sipping, read=False),
], ids=str)  # fmt: skip
def test_the_deadline_holds_for_the_whole_call(library: Library, act: Act) -> None:
    with Faulty(act) as server:
        start = time.monotonic()
        body = b"{}" if act.read else LONG
        assert failed(lambda: post(library, server.url, body, seconds=SOON)).failure is Failure.TIMEOUT
        assert time.monotonic() - start < SOON + 1.5


@both
def test_the_deadline_holds_where_no_connection_stands(library: Library) -> None:
    with faulty.full() as url:
        assert failed(lambda: post(library, url, seconds=SOON)).failure is Failure.TIMEOUT


@both
def test_the_deadline_holds_where_encryption_is_never_agreed_on(library: Library) -> None:
    sizes: list[int] = []
    with Faulty(Act("silent", Exchange.until_gone)) as server:
        url, start = server.url.replace("http:", "https:"), time.monotonic()
        assert failed(lambda: post(library, url, seconds=SOON, departing=sizes.append)).failure is Failure.TIMEOUT
        assert time.monotonic() - start < SOON + 1.5
    assert sizes == []


@both
def test_the_deadline_holds_where_a_name_is_never_resolved(library: Library) -> None:
    def slowly(host: str, port: int) -> list[Address]:
        time.sleep(2.0)
        return []

    start = time.monotonic()
    error = failed(lambda: post(library, "http://models.example", seconds=SOON, look_up=slowly))
    assert error.failure is Failure.TIMEOUT and time.monotonic() - start < 1.5


@both
def test_after_the_deadline_nothing_is_sent(library: Library) -> None:
    with Faulty() as server:
        assert failed(lambda: post(library, server.url, seconds=-1)).failure is Failure.TIMEOUT
        assert server.connections == 0


@both
def test_an_error_is_not_waited_for_once_its_status_is_there(library: Library) -> None:
    def does(exchange: Exchange) -> None:
        exchange.head(500, {"content-length": "1000"})
        while not exchange.stopped.wait(0.05):
            exchange.send(b" ")

    with Faulty(Act("dripping-error", does)) as server:
        start = time.monotonic()
        assert failed(lambda: post(library, server.url, seconds=20)).failure is Failure.SERVER_ERROR
        assert time.monotonic() - start < 10


@both
def test_calls_that_hang_keep_no_other_call_waiting(library: Library) -> None:
    def does(exchange: Exchange) -> None:
        (faulty.hang() if exchange.request.body == b'"slow"' else faulty.status(200, b"[]")).does(exchange)

    with (
        Faulty(Act("either", does)) as server,
        transport.client(library, (server.url,)) as client,
        ThreadPoolExecutor(24) as pool,
    ):

        def ask(body: bytes, seconds: float) -> bytes:
            with transport.call(time.monotonic() + seconds, unseen):
                said: bytes = client.post(server.url + CHAT, content=body).content
                return said

        slow = [pool.submit(failed, lambda: ask(b'"slow"', 1.0)) for _ in range(20)]
        while len(server.requests) < 20 and not all(future.done() for future in slow):
            time.sleep(0.01)
        assert ask(b"{}", 0.9) == b"[]"
        assert {future.result().failure for future in slow} == {Failure.TIMEOUT}


# ---- what leaves ------------------------------------------------------------------------------------------------


@both
def test_a_body_is_announced_once_before_any_byte_of_its_request(library: Library) -> None:
    with Faulty() as server:
        seen: list[tuple[int, int]] = []
        post(library, server.url, b'{"a": 1}', departing=lambda size: seen.append((size, server.received)))
        assert seen == [(8, 0)] and server.requests[0].body == b'{"a": 1}'


class _Abort(BaseException):
    pass


@both
@pytest.mark.parametrize("reason", [
    OSError("the disk is full"), TimeoutError(), ValueError("x"), BackendError(Failure.COST_SPENT), _Abort(),
    KeyboardInterrupt(), ssl.SSLError(), httpcore.ReadError(),
], ids=repr)  # fmt: skip
def test_what_a_departure_raises_ends_the_call_as_it_is_and_nothing_leaves(
    library: Library, reason: BaseException
) -> None:
    def departing(size: int) -> None:
        raise reason

    with Faulty() as server:
        with pytest.raises(type(reason)) as caught:
            post(library, server.url, departing=departing)
        assert caught.value is reason
        assert (server.received, server.requests) == (0, [])


@both
def test_a_body_has_one_length_and_it_is_the_true_one(library: Library) -> None:
    sizes: list[int] = []
    with Faulty() as server:
        post(library, server.url, iter([b'{"a":', b" 1}"]), departing=sizes.append)
        post(library, server.url, b'{"a": 1}', headers={"content-length": "2"}, departing=sizes.append)
        post(library, server.url, b"{}", headers={"transfer-encoding": "chunked"}, departing=sizes.append)
        assert [len(request.body) for request in server.requests] == sizes == [8, 8, 2]
        assert not any("transfer-encoding" in request.headers for request in server.requests)


@both
def test_a_request_without_a_body_announces_none(library: Library) -> None:
    sizes: list[int] = []
    with (
        Faulty() as server,
        transport.client(library, (server.url,)) as client,
        transport.call(time.monotonic() + 10, sizes.append),
    ):
        client.get(f"{server.url}/v1/models")
    assert sizes == [0] and "content-length" not in server.requests[0].headers


@both
def test_every_request_has_a_connection_of_its_own_and_no_cookie(library: Library) -> None:
    act = faulty.status(200, b"[]", set_cookie="id=1; Path=/", connection="keep-alive")
    with (
        Faulty(act) as server,
        transport.client(library, (server.url,)) as client,
        transport.call(time.monotonic() + 10, unseen),
    ):
        for _ in range(3):
            response = client.post(server.url + CHAT, content=b"{}")
            assert dict(response.headers) == {"content-type": "application/json"}
        client.post(server.url + CHAT, content=b"{}", headers={"cookie": "id=2", "accept-encoding": "gzip"})
        assert server.connections == 4 and list(client.cookies.jar) == []
    for request in server.requests:
        assert "cookie" not in request.headers
        assert (request.headers["connection"], request.headers["accept-encoding"]) == ("close", "identity")


# ---- where to ---------------------------------------------------------------------------------------------------


@both
def test_only_the_addresses_named_are_connected_to(library: Library) -> None:
    with Faulty() as server, Faulty() as other:
        urls = (other.url, server.url.replace("http:", "https:"), server.url.replace("127.0.0.1", "localhost"),
                server.url.replace("//", "//user:secret@"))  # fmt: skip
        for url in urls:
            assert failed(lambda url=url: post(library, url, named=server.url)).failure is Failure.REDIRECTED  # type: ignore[misc]
        assert server.connections == other.connections == 0


@both
@pytest.mark.parametrize("url", [
    "http://127.0.0.1:0", "http://127.0.0.1:70000", f"http://{'a' * 64}.example", "http://a..example",
    "http://[fe80::1%25nowhere]:1",
])  # fmt: skip
def test_an_address_that_cannot_be_one_is_unreachable(library: Library, url: str) -> None:
    sizes: list[int] = []
    assert failed(lambda: post(library, url, departing=sizes.append)).failure is Failure.UNREACHABLE
    assert sizes == []


@both
def test_no_port_is_made_up(library: Library) -> None:
    asked: list[int] = []

    def known(host: str, port: int) -> list[Address]:
        asked.append(port)
        return []

    for port in (0, 8000):
        url = f"http://models.example:{port}"
        error = failed(lambda url=url: post(library, url, look_up=known))  # type: ignore[misc]
        assert error.failure is Failure.UNREACHABLE
    assert asked == [8000]


@both
def test_a_refused_connection_is_unreachable_and_nothing_departs(library: Library) -> None:
    sizes: list[int] = []
    with faulty.closed_port() as url:
        assert failed(lambda: post(library, url, departing=sizes.append)).failure is Failure.UNREACHABLE
    assert sizes == []


@both
def test_localhost_is_this_machine_and_never_looked_up(library: Library) -> None:
    def lying(host: str, port: int) -> list[Address]:
        return [(socket.AF_INET, ("127.0.0.1", other.port))]

    with Faulty() as server, Faulty() as other:
        assert post(library, f"http://LocalHost:{server.port}", look_up=lying)
        assert (server.connections, other.connections) == (1, 0)


def _has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@both
@pytest.mark.parametrize("name", ["[::1]", "localhost"])
def test_an_address_may_be_ipv6(library: Library, name: str) -> None:
    require(_has_ipv6(), "IPv6 on loopback")
    with Faulty(host="::1") as server:
        assert post(library, f"http://{name}:{server.port}")
        assert server.requests[0].headers["host"] == f"{name}:{server.port}"


@both
def test_a_name_is_looked_up_in_ascii_and_each_of_its_addresses_is_tried(library: Library) -> None:
    asked: list[tuple[str, int]] = []

    def known(host: str, port: int) -> list[Address]:
        asked.append((host, port))
        dead = int(closed.rpartition(":")[2])
        return [(socket.AF_INET, ("127.0.0.1", dead)), (socket.AF_INET6, ("::1", dead, 0, 0)), (9999, ("", 0)),
                (socket.AF_INET, ("127.0.0.1", server.port))]  # fmt: skip

    with Faulty() as server, faulty.closed_port() as closed:
        assert post(library, "http://b\u00fccher.example:8000", look_up=known)
        assert asked == [("xn--bcher-kva.example", 8000)]
        assert server.requests[0].headers["host"] == "xn--bcher-kva.example:8000"


def test_the_first_address_leaves_time_for_the_second() -> None:
    def known(host: str, port: int) -> list[Address]:
        silent = int(url.rpartition(":")[2])
        return [(socket.AF_INET, ("127.0.0.1", silent)), (socket.AF_INET, ("127.0.0.1", server.port))]

    with Faulty() as server, faulty.full() as url:
        assert post("httpx", "http://models.example", seconds=1.0, look_up=known)


def test_outside_of_a_call_nothing_is_connected_to() -> None:
    with Faulty() as server, transport.client("httpx", (server.url,)) as client:
        with pytest.raises(LookupError):
            client.post(server.url + CHAT, content=b"{}")
        assert server.connections == 0


# ---- encryption -------------------------------------------------------------------------------------------------


@contextmanager
def encrypted(folder: Path, name: str = "localhost") -> Iterator[tuple[Faulty, Path]]:
    """A server with a certificate of its own for one name, and the certificate's file."""
    require(find_spec("cryptography"), "cryptography: pip install reviewbot[sign]")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    names: list[x509.GeneralName] = [x509.DNSName(name)]
    if name[0].isdigit():
        names = [x509.IPAddress(ip_address(name))]
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), 1, now - timedelta(1), now + timedelta(1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, secret = folder / "certificate.pem", folder / "key.pem"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                         serialization.NoEncryption()))  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, secret)
    with Faulty(tls=context) as server:
        yield server, file


@both
def test_a_certificate_that_nobody_vouches_for_is_unreachable_and_nothing_departs(
    library: Library, tmp_path: Path
) -> None:
    sizes: list[int] = []
    with encrypted(tmp_path, "127.0.0.1") as (server, _):
        assert failed(lambda: post(library, server.url, departing=sizes.append)).failure is Failure.UNREACHABLE
        assert (sizes, server.received) == ([], 0)


@both
def test_a_server_that_does_not_encrypt_is_unreachable(library: Library) -> None:
    def plainly(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
        pool.submit(plainly, listener)
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        assert failed(lambda: post(library, url)).failure is Failure.UNREACHABLE


CHILD = """
import sys
from reviewbot.core.exchange import BackendError
from tests.backends.test_transport import post

for url in sys.argv[1:]:
    sizes = []
    try:
        print(post("httpx2", url, departing=sizes.append) != b"", sizes)
    except BackendError as error:
        print(error, sizes)
"""


def test_a_certificate_must_be_trusted_and_name_the_host_and_no_secret_is_logged(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    with encrypted(tmp_path) as (server, file):
        urls = [f"https://localhost:{server.port}", f"https://127.0.0.1:{server.port}"]
        done = subprocess.run(
            [sys.executable, "-c", CHILD, *urls],
            env={"SSL_CERT_FILE": str(file), "SSLKEYLOGFILE": str(secrets), "PYTHONPATH": str(ROOT)},
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert (done.stdout, done.stderr) == ("True [2]\nunreachable []\n", "")
        assert not secrets.exists()
