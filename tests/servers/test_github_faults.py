"""What goes wrong on purpose on the tests' GitHub, and what is on record of every request."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from github import GithubException, RateLimitExceededException

from tests.repositories import Work
from tests.servers.github import Fault, Server, broken, exhausted, primary, secondary, serving
from tests.servers.github.samples import at, branch_at, client, graphql, pull, refused, review, send

REVIEWS = "/pulls/7/reviews$"


@pytest.fixture
def branch(tmp_path: Path) -> Work:
    return branch_at(tmp_path / "work")


@pytest.fixture
def server(branch: Work) -> Iterator[Server]:
    with serving(branch.path) as running:
        yield running


@pytest.mark.parametrize(("effect", "threads"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize("drop", [False, True])
def test_a_fault_comes_before_or_after_the_effect(server: Server, effect: str, threads: int, drop: bool) -> None:
    fault = Fault("POST", REVIEWS, 0 if drop else 502, effect="after" if effect == "after" else "before", drop=drop)
    server.faults.append(fault)
    with pytest.raises((GithubException, requests.ConnectionError)):
        review(server, at())
    assert len(server.threads) == threads
    assert [request.status for request in server.requests] == [0 if drop else 502]
    review(server, at())
    assert (len(server.threads), server.violations) == (threads + 1, [])


def test_a_fault_takes_what_matches_as_often_as_it_is_told(server: Server) -> None:
    server.faults += [Fault("POST", "/issues/7/comments", 500, times=2, skip=1), Fault("", "/user", 503)]
    statuses = [send(server, "/issues/7/comments", {"body": str(number)}).status_code for number in range(4)]
    assert statuses == [201, 500, 500, 201]
    assert [note.body for note in server.notes] == ["0", "3"]
    assert server.faults[1].times == 1


def test_a_fault_tells_documents_apart(server: Server) -> None:
    server.faults.append(Fault("POST", "/graphql$", 502, containing="resolveReviewThread"))
    assert graphql(server, "{viewer{login}}")["data"]
    answer = requests.post(server.place.graphql, json={"query": "mutation{resolveReviewThread}"},
                           headers={"authorization": f"token {server.token}"}, timeout=5)  # fmt: skip
    assert answer.status_code == 502
    assert "text/html" in answer.headers["content-type"]


@pytest.mark.parametrize("status", [403, 429])
def test_the_secondary_limit_says_how_long_to_wait(server: Server, status: int) -> None:
    server.faults.append(secondary("POST", REVIEWS, wait=3, status=status))
    answer = send(server, "/pulls/7/reviews", {"event": "COMMENT", "body": "x"})
    assert (answer.status_code, answer.headers["retry-after"]) == (status, "3")
    assert "secondary rate limit" in answer.json()["message"]
    assert server.reviews == []


def test_the_hourly_limit_says_when_it_ends(server: Server) -> None:
    server.faults += [primary("POST", REVIEWS, reset=1_900_000_000), primary("POST", REVIEWS, reset=5, status=429)]
    with pytest.raises(RateLimitExceededException) as caught:
        review(server, at())
    assert caught.value.headers is not None
    assert caught.value.headers["x-ratelimit-remaining"] == "0"
    assert caught.value.headers["x-ratelimit-reset"] == "1900000000"
    refused(429, lambda: review(server, at()))


def test_graphql_tells_its_own_limit_with_status_200(server: Server) -> None:
    server.faults.append(exhausted(reset=1_900_000_000))
    assert graphql(server, "{viewer{login}}")["errors"][0]["type"] == "RATE_LIMITED"


def test_graphql_may_give_up_on_what_it_has_done(server: Server) -> None:
    thread = server.begin("ada", "x", "a.py", 10)
    server.faults.append(broken(effect="after"))
    resolve = f'mutation{{resolveReviewThread(input:{{threadId:"{thread.id}"}}){{thread{{id}}}}}}'
    assert graphql(server, resolve)["data"] is None
    assert thread.resolved


@pytest.mark.parametrize(("cut", "error"), [("json", ValueError), ("connection", requests.RequestException)])
def test_an_answer_may_end_in_the_middle(server: Server, cut: str, error: type[Exception]) -> None:
    server.faults.append(Fault("POST", REVIEWS, cut="json" if cut == "json" else "connection", times=2))
    with pytest.raises(error):
        send(server, "/pulls/7/reviews", {"event": "COMMENT", "comments": [at()]}).json()
    assert len(server.threads) == 1


def test_a_delay_is_waited_for(server: Server) -> None:
    server.faults.append(Fault("GET", "/pulls/7$", delay=0.05))
    begin = time.monotonic()
    assert send(server, "/pulls/7", None, "GET").status_code == 200
    assert time.monotonic() - begin >= 0.05


def test_a_delay_ends_with_the_server(branch: Work) -> None:
    begin = time.monotonic()
    with serving(branch.path) as server:
        server.faults.append(Fault("GET", "/pulls/7$", delay=60))
        with pytest.raises(requests.ReadTimeout):
            requests.get(f"{server.api}/repos/acme/shop/pulls/7", timeout=0.05)
    assert time.monotonic() - begin < 5


def test_a_fault_has_the_body_and_the_headers_that_it_is_given(server: Server) -> None:
    server.faults.append(Fault("GET", "/pulls/7$", 418, body={"message": "tea"}, headers={"x-tea": "1"}))
    answer = send(server, "/pulls/7", None, "GET")
    assert (answer.status_code, answer.json(), answer.headers["x-tea"]) == (418, {"message": "tea"}, "1")


def test_every_request_is_on_record_with_the_size_of_its_body(server: Server) -> None:
    server.faults.append(Fault("POST", "/issues/7/comments", drop=True))
    body = '{"body": "é"}'.encode()
    headers = {"authorization": f"token {server.token}"}
    with pytest.raises(requests.ConnectionError):
        requests.post(f"{server.api}/repos/acme/shop/issues/7/comments?x=1", data=body, headers=headers, timeout=5)
    send(server, "/pulls/7", None, "GET")
    lost, read = server.requests
    assert (lost.method, lost.path, lost.size, lost.body, lost.status) == (
        "POST", "/repos/acme/shop/issues/7/comments?x=1", len(body), {"body": "é"}, 0,
    )  # fmt: skip
    assert (read.path, read.size, read.body, read.status) == ("/repos/acme/shop/pulls/7", 0, None, 200)


def test_a_call_waits_for_no_acknowledgement(server: Server) -> None:
    change, times = pull(server), []
    change.create_issue_comment("warm")
    for _ in range(12):
        begin = time.monotonic()
        change.create_issue_comment("x")
        times.append(time.monotonic() - begin)
    assert min(times) < 0.035


def test_half_a_request_does_nothing_and_is_on_record(server: Server) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    head = (
        f"POST /api/v3/repos/acme/shop/issues/7/comments HTTP/1.1\r\nhost: {host}\r\nuser-agent: x\r\n"
        f"authorization: token {server.token}\r\ncontent-length: 99\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(head.encode() + b'{"body": "x"}')
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""
    assert [(request.size, request.status) for request in server.requests] == [(13, 0)]
    assert server.notes == []


def test_a_body_of_no_announced_size_is_refused(server: Server) -> None:
    headers = {"authorization": f"token {server.token}"}
    answer = requests.post(
        f"{server.api}/repos/acme/shop/issues/7/comments", data=iter([b"{}"]), headers=headers, timeout=5
    )
    assert answer.status_code == 411
    assert server.violations != []


def test_an_error_of_the_server_itself_is_a_violation(
    server: Server, branch: Work, capsys: pytest.CaptureFixture[str]
) -> None:
    branch.git("checkout", "-q", "main")
    branch.git("branch", "-q", "-D", "feature")
    with pytest.raises(requests.ConnectionError):
        client(server, lazy=False).get_repo("acme/shop")
    server.stopped.wait(0.05)
    assert [each.split(":")[0] for each in server.violations] == ["the server itself"]
    assert "Traceback" in capsys.readouterr().err
