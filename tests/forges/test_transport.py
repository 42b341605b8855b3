"""What both forges' requests go through, on real sockets."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from reviewbot.core.conversation import Place
from reviewbot.dialing import Address
from reviewbot.forges import transport
from reviewbot.forges.failures import Kind, RequestError
from reviewbot.ports import Departing
from tests.backends.test_transport import encrypted
from tests.servers import faulty
from tests.servers.faulty import Act, Exchange, Faulty

TOKEN = "ghs_0123456789abcdefghij"
PATH = "/chat/completions"
OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n"
SOON = 0.25


def unseen(size: int) -> None:
    """A departure that nobody writes down."""


def opened(url: str, seconds: float = 10.0, departing: Departing = unseen, token: str = TOKEN) -> requests.Session:
    return transport.session(Place("github", f"{url}/v1", "o/r", 1), token, time.monotonic() + seconds, departing)


def post(url: str, body: bytes | str = b"{}", *, to: str = "", seconds: float = 10.0, departing: Departing = unseen,
         headers: dict[str, str] | None = None, method: str = "POST") -> requests.Response:  # fmt: skip
    """`to` is where it is sent, if not to the address that the session is for."""
    session = opened(url, seconds, departing)
    return session.request(method, f"{to or url}/v1{PATH}", data=body, headers=headers)


def failed(call: Callable[[], object]) -> RequestError:
    with pytest.raises(RequestError) as caught:
        call()
    return caught.value


def raw(name: str, *pieces: bytes) -> Act:
    """These bytes, whatever they are."""

    def does(exchange: Exchange) -> None:
        for piece in pieces:
            exchange.send(piece)
        exchange.connection.shutdown(socket.SHUT_WR)
        exchange.until_gone()

    return Act(name, does)


def without_end(name: str, first: bytes, piece: bytes) -> Act:
    def does(exchange: Exchange) -> None:
        exchange.send(first)
        while not exchange.stopped.is_set():
            exchange.send(piece * 1000)

    return Act(name, does)


# ---- answers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("act", "said"), [
    (raw("length", OK + b"content-length: 2\r\n\r\n[]"), b"[]"),
    (raw("no-length", OK + b"\r\n[1]"), b"[1]"),
    (raw("chunks", CHUNKED + b"1\r\n[\r\n1;x=y\r\n]\r\n0\r\nx-trailer: a\r\n\r\n"), b"[]"),
    (raw("informed", b"HTTP/1.1 100 Go on\r\n\r\n" * 3 + OK + b"content-length: 2\r\n\r\n[]"), b"[]"),
    (raw("nothing-made", b"HTTP/1.1 204 No\r\n\r\n"), b""),
    (raw("created", OK.replace(b"200", b"201") + b"content-length: 2\r\n\r\n{}"), b"{}"),
], ids=str)  # fmt: skip
def test_an_answer_is_read_as_http_says(act: Act, said: bytes) -> None:
    with Faulty(act) as server:
        assert post(server.url).content == said


def test_an_answer_has_its_status_its_headers_and_its_value() -> None:
    with Faulty(faulty.status(201, b'{"a": 1}', link='<x>; rel="next"')) as server:
        response = post(server.url)
        assert (response.status_code, response.json(), response.text) == (201, {"a": 1}, '{"a": 1}')
        assert response.headers["Link"] == '<x>; rel="next"'


def test_an_answer_of_several_megabytes_is_read_whole() -> None:
    with Faulty(faulty.status(200, b'"%b"' % (b"a" * 9_000_000))) as server:
        assert len(post(server.url).content) == 9_000_002


@pytest.mark.parametrize("act", [
    raw("long-length", OK + b"content-length: 9\r\n\r\n[]"),
    raw("huge-length", OK + b"content-length: 999999999999999\r\n\r\n[]"),
    raw("huge-chunk", CHUNKED + b"fffffffffffff\r\n[]"),
    raw("bad-chunk", CHUNKED + b"zz\r\n[]\r\n"),
    raw("cut-chunks", CHUNKED + b"2\r\n[]\r\n"),
    raw("cut-chunk", CHUNKED + b"9\r\n[]"),
    raw("cut-json", OK + b"\r\n[1"),
    raw("deep-json", OK + b"\r\n" + b"[" * 200_000),
    raw("html", OK + b"content-length: 6\r\n\r\n<html>"),
    raw("zipped", OK + b"content-encoding: gzip\r\ncontent-length: 2\r\n\r\n[]"),
    raw("no-http", b"SSH-2.0-OpenSSH_9.2\r\n"),
    raw("a-long-header", OK + b"x: " + b"a" * 200_000 + b"\r\n\r\n"),
    raw("many-headers", OK + b"x: a\r\n" * 40_000 + b"\r\n[]"),
    raw("nothing"),
    faulty.reset(), faulty.dropped(), faulty.bomb(), faulty.malformed(),
], ids=str)  # fmt: skip
def test_of_what_is_no_whole_answer_nobody_knows_whether_it_took_effect(act: Act) -> None:
    with Faulty(act) as server:
        assert failed(lambda: post(server.url)).kind == "unknown"
        assert len(server.requests) == 1


@pytest.mark.parametrize("act", [
    without_end("text", OK + b"\r\n", b"a" * 1024),
    without_end("chunks", CHUNKED, b"400\r\n" + b"a" * 1024 + b"\r\n"),
    without_end("overhead", CHUNKED, b"1;" + b"x" * 2000 + b"\r\na\r\n"),
    without_end("informing", b"", b"HTTP/1.1 100 Continue\r\nx: " + b"a" * 2000 + b"\r\n\r\n"),
], ids=str)  # fmt: skip
def test_an_answer_without_an_end_is_read_up_to_a_size(act: Act) -> None:
    with Faulty(act) as server:
        error = failed(lambda: post(server.url))
        assert (error.kind, str(error)) == ("unknown", "the forge's answer is too large")


@pytest.mark.parametrize(("code", "headers", "body", "kind", "wait"), [
    (301, {"location": "/"}, b"", "rejected", None), (307, {"location": "/"}, b"", "rejected", None),
    (400, {}, b"", "rejected", None), (401, {}, b"", "rejected", None), (403, {}, b"", "rejected", None),
    (404, {}, b"", "rejected", None), (409, {}, b"", "rejected", None), (422, {}, b"", "rejected", None),
    (429, {}, b"", "limited", None), (429, {"retry-after": "7"}, b"", "limited", 7.0),
    (403, {"retry-after": "0.5"}, b"", "limited", 0.5), (403, {"retry-after": "soon"}, b"", "limited", None),
    (403, {}, b'{"message": "You have exceeded a secondary Rate Limit."}', "limited", None),
    (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"}, b"", "limited", 0.0),
    (403, {"x-ratelimit-remaining": "9", "x-ratelimit-reset": "1"}, b"", "rejected", None),
    (429, {"ratelimit-remaining": "0", "ratelimit-reset": "1"}, b"", "limited", 0.0),
    (429, {"ratelimit-remaining": "0", "ratelimit-reset": "later"}, b"", "limited", None),
    (500, {}, b"", "unknown", None), (502, {}, b"", "unknown", None), (503, {"retry-after": "9"}, b"", "unknown", 9.0),
    (504, {}, b"", "unknown", None), (999, {}, b"", "unknown", None),
])  # fmt: skip
def test_a_status_says_whether_there_was_an_effect_and_how_long_to_wait(
    code: int, headers: dict[str, str], body: bytes, kind: Kind, wait: float | None
) -> None:
    with Faulty(faulty.status(code, body, **headers)) as server:
        error = failed(lambda: post(server.url))
        assert (error.kind, error.status, error.wait) == (kind, code, wait)
        assert str(code) in str(error)


def test_nothing_that_a_forge_says_of_a_failure_is_in_ours() -> None:
    with Faulty(faulty.echo(422), faulty.echo(500), faulty.echo(403)) as server:
        for _ in range(3):
            error = failed(lambda: post(server.url, b'{"a": "a secret of theirs"}'))
            assert "secret" not in f"{error!r} {error.args} {vars(error)} {error.__cause__} {error.__context__}"


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed_not_even_where_a_library_asks_for_it(code: int) -> None:
    with Faulty() as other, Faulty(faulty.redirect(f"{other.url}{PATH}", code)) as server:
        session = opened(server.url)
        error = failed(lambda: session.post(f"{server.url}/v1{PATH}", data=b"{}", allow_redirects=True))
        assert (error.kind, error.status, other.connections) == ("rejected", code, 0)


# ---- time -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", [
    faulty.hang(), faulty.stall(), faulty.drip(), faulty.drip("headers"), faulty.deaf(),
], ids=str)  # fmt: skip
def test_one_clock_runs_over_a_whole_request(act: Act) -> None:
    with Faulty(act) as server:
        start = time.monotonic()
        body = b"{}" if act.read else b"x" * 24_000_000
        assert failed(lambda: post(server.url, body, seconds=SOON)).kind == "unknown"
        assert time.monotonic() - start < SOON + 1.0


def test_a_request_ends_before_the_run_does() -> None:
    with Faulty(faulty.drip()) as server:
        start, place = time.monotonic(), Place("github", server.url, "o/r", 1)
        session = transport.session(place, TOKEN, start + 60, unseen, SOON)
        assert failed(lambda: session.post(f"{server.url}/v1{PATH}", data=b"{}")).kind == "unknown"
        assert time.monotonic() - start < SOON + 1.0


def test_where_no_connection_stands_nothing_was_sent() -> None:
    sizes: list[int] = []
    with faulty.full() as url:
        assert failed(lambda: post(url, seconds=SOON, departing=sizes.append)).kind == "unsent"
    with faulty.closed_port() as url:
        assert failed(lambda: post(url, departing=sizes.append)).kind == "unsent"
    assert sizes == []


def test_the_clock_runs_while_a_name_is_looked_up() -> None:
    def slowly(host: str, port: int) -> list[Address]:
        time.sleep(2.0)
        return []

    start, place = time.monotonic(), Place("github", "http://forge.example", "o/r", 1)
    session = transport.session(place, TOKEN, start + SOON, unseen, look_up=slowly)
    assert failed(lambda: session.get("http://forge.example/x")).kind == "unsent"
    assert time.monotonic() - start < 1.5


def test_the_clock_runs_while_encryption_is_agreed_on() -> None:
    sizes: list[int] = []
    with Faulty(Act("silent", Exchange.until_gone)) as server:
        url, start = server.url.replace("http:", "https:"), time.monotonic()
        assert failed(lambda: post(url, seconds=SOON, departing=sizes.append)).kind == "unsent"
        assert time.monotonic() - start < SOON + 1.0
    assert sizes == []


def test_each_address_of_a_name_is_tried_and_the_first_leaves_time_for_the_second() -> None:
    def known(host: str, port: int) -> list[Address]:
        silent = int(url.rpartition(":")[2])
        return [(9999, ("", 0)), (socket.AF_INET, ("127.0.0.1", silent)), (socket.AF_INET, ("127.0.0.1", server.port))]

    with Faulty() as server, faulty.full() as url:
        place = Place("github", "http://forge.example:8000", "o/r", 1)
        session = transport.session(place, TOKEN, time.monotonic() + 1.0, unseen, look_up=known)
        session.post(f"http://forge.example:8000/v1{PATH}", data=b"{}")
        assert server.requests[0].headers["host"] == "forge.example:8000"


def test_after_the_end_of_the_run_nothing_is_sent() -> None:
    with Faulty() as server:
        assert failed(lambda: post(server.url, seconds=-1)).kind == "barred"
        assert server.connections == 0


# ---- what leaves ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b'{"a": 1}', '{"a": "\u00e9\U0001f600"}'])
def test_a_body_is_announced_once_before_any_byte_of_its_request(body: bytes | str) -> None:
    sent = body.encode() if isinstance(body, str) else body
    with Faulty() as server:
        seen: list[tuple[int, int]] = []
        post(server.url, body, departing=lambda size: seen.append((size, server.received)))
        assert seen == [(len(sent), 0)] and server.requests[0].body == sent


def test_a_request_without_a_body_announces_nothing() -> None:
    sizes: list[int] = []
    with Faulty(faulty.status(200, b"[]")) as server:
        post(server.url, b"", departing=sizes.append, method="GET")
        post(server.url, b"", departing=sizes.append)
        get, empty = (request.headers for request in server.requests)
        assert sizes == [] and "content-length" not in get and empty["content-length"] == "0"


class _Abort(BaseException):
    pass


@pytest.mark.parametrize("reason", [
    OSError("the disk is full"), TimeoutError(), ValueError("x"), RequestError("x", "rejected"), _Abort(),
    KeyboardInterrupt(), ssl.SSLError(), requests.ConnectionError(),
], ids=repr)  # fmt: skip
def test_what_a_departure_raises_ends_the_call_as_it_is_and_nothing_leaves(reason: BaseException) -> None:
    def departing(size: int) -> None:
        raise reason

    with Faulty() as server:
        with pytest.raises(type(reason)) as caught:
            post(server.url, departing=departing)
        assert caught.value is reason
        assert (server.received, server.requests) == (0, [])


def test_only_headers_that_a_forge_needs_are_sent_and_every_request_has_its_own_connection() -> None:
    with Faulty(faulty.status(200, b"[]", set_cookie="id=1; Path=/", connection="keep-alive")) as server:
        session = opened(server.url)
        headers = {"authorization": f"token {TOKEN}", "cookie": "a=b", "x-other": "1", "accept-encoding": "gzip"}
        for _ in range(3):
            session.post(f"{server.url}/v1{PATH}", data=b"{}", headers=headers)
        assert server.connections == 3
        for request in server.requests:
            assert request.headers == {
                "host": server.url.removeprefix("http://"), "authorization": f"token {TOKEN}", "connection": "close",
                "accept-encoding": "identity", "content-length": "2",
            }  # fmt: skip


def test_the_environment_decides_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login eve password hunter2\n")
    with Faulty() as server, Faulty() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        monkeypatch.delenv("NO_PROXY", raising=False)
        session = opened(server.url)
        session.post(f"{server.url}/v1{PATH}", data=b"{}", proxies={"http": proxy.url})
        assert (server.connections, proxy.connections) == (1, 0)
        assert "authorization" not in server.requests[0].headers


def test_the_token_is_sent_nowhere_but_in_a_header() -> None:
    with Faulty() as server:
        session = opened(server.url)
        for url, body in ((f"{PATH}?private_token={TOKEN}", b"{}"), (PATH, b'{"body": "%b"}' % TOKEN.encode())):
            error = failed(lambda url=url, body=body: session.post(f"{server.url}/v1{url}", data=body))  # type: ignore[misc]
            assert error.kind == "barred" and TOKEN not in str(error)
        assert server.connections == 0


# ---- where to ---------------------------------------------------------------------------------------------------


def test_only_the_addresses_of_the_place_are_connected_to() -> None:
    with Faulty() as server, Faulty() as other:
        for url in (other.url, server.url.replace("http:", "https:"), server.url.replace("127.0.0.1", "localhost"),
                    server.url.replace("//", "//user:secret@")):  # fmt: skip
            assert failed(lambda url=url: post(server.url, to=url)).kind == "barred"  # type: ignore[misc]
        assert server.connections == other.connections == 0


def test_the_address_of_graphql_is_one_of_them() -> None:
    with Faulty() as server, Faulty() as other:
        place = Place("github", other.url, "o/r", 1, graphql=f"{server.url}/graphql")
        session = transport.session(place, TOKEN, time.monotonic() + 10, unseen)
        session.post(f"{server.url}/v1{PATH}", data=b"{}")
        assert (server.connections, other.connections) == (1, 0)


@pytest.mark.parametrize("url", ["http://127.0.0.1:0", "http://127.0.0.1:70000", f"http://{'a' * 64}.example"])
def test_an_address_that_cannot_be_one_is_not_reached(url: str) -> None:
    session = transport.session(Place("github", url, "o/r", 1), TOKEN, time.monotonic() + 10, unseen)
    with pytest.raises((RequestError, requests.exceptions.InvalidURL)):
        session.post(f"{url}/x", data=b"{}")


def test_a_certificate_that_nobody_trusts_ends_it(tmp_path: Path) -> None:
    sizes: list[int] = []
    with encrypted(tmp_path, "127.0.0.1") as (server, _):
        session = opened(server.url, departing=sizes.append)
        error = failed(lambda: session.post(f"{server.url}/v1{PATH}", data=b"{}", verify=False))
        assert (error.kind, sizes, server.requests) == ("barred", [], [])


def test_the_authorities_of_the_system_are_trusted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with encrypted(tmp_path, "127.0.0.1") as (server, certificate):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
        assert post(server.url).status_code == 200
    assert not (tmp_path / "keys").exists()
