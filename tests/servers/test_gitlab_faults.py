"""Faults of the stand-in for GitLab, and the quick actions that it would run."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.servers import gitlab
from tests.servers.gitlab import Action, Fault, Server
from tests.servers.gitlab.quick_actions import COMMANDS, extract
from tests.servers.gitlab.samples import MR, change


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with gitlab.serving(change(tmp_path / "repository").path) as serving:
        yield serving


def note(server: Server, body: str = "hm") -> httpx.Response:
    headers = {"PRIVATE-TOKEN": server.token}
    return httpx.post(server.place.api + MR + "/notes", json={"body": body}, headers=headers, trust_env=False)


def test_a_fault_comes_before_or_after_the_effect_and_is_used_up(server: Server) -> None:
    server.faults += [Fault("POST", "/notes$", 502), Fault("POST", "/notes$", 500, effect="after", times=2)]
    assert [note(server, body).status_code for body in "abcd"] == [502, 500, 500, 201]
    assert [found.body for found in server.notes] == ["b", "c", "d"]
    assert server.faults == []


def test_a_fault_meets_only_its_own_requests(server: Server) -> None:
    server.faults += [Fault("PUT", "/notes", 500), Fault("POST", "/discussions$", 500), Fault("", r"\?page=2", 500)]
    assert note(server).status_code == 201
    assert len(server.faults) == 3


@pytest.mark.parametrize(("effect", "made"), [("before", 0), ("after", 1)])
def test_a_connection_ends_unanswered(server: Server, effect: Any, made: int) -> None:
    server.faults.append(Fault("POST", "/notes$", drop=True, effect=effect))
    with pytest.raises(httpx.RemoteProtocolError):
        note(server)
    assert (len(server.notes), server.requests[0].status) == (made, 0)


def test_an_answer_is_cut_in_its_text_or_by_the_end_of_the_connection(server: Server) -> None:
    server.faults += [Fault("POST", "/notes$", cut="text"), Fault("POST", "/notes$", cut="connection")]
    answer = note(server)
    assert answer.status_code == 201
    with pytest.raises(ValueError, match=r"line \d+ column \d+"):
        answer.json()
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        note(server)
    assert len(server.notes) == 2


def test_an_answer_is_late(server: Server) -> None:
    server.faults.append(Fault("POST", "/notes$", delay=0.05))
    begin = time.monotonic()
    assert note(server).status_code == 201
    assert time.monotonic() - begin >= 0.05


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (403, "application/json", "403 Forbidden"),
        (404, "application/json", "404 Not Found"),
        (409, "application/json", "409 Conflict"),
        (413, "text/html", "Request Entity Too Large"),
        (429, "text/plain", "Retry later"),
        (500, "application/json", "500 Internal Server Error"),
        (502, "text/html", "502 Bad Gateway"),
    ],
)
def test_a_status_comes_with_what_is_usual_for_it(server: Server, status: int, kind: str, words: str) -> None:
    server.faults.append(Fault("POST", "/notes$", status, headers={"Retry-After": "1", "RateLimit-Reset": "2"}))
    answer = note(server)
    assert (answer.status_code, answer.headers["content-type"]) == (status, kind)
    assert words in answer.text
    assert (answer.headers["retry-after"], answer.headers["ratelimit-reset"]) == ("1", "2")


def test_a_fault_may_say_anything(server: Server) -> None:
    server.faults.append(Fault("POST", "/notes$", 200, body="<html>log in</html>"))
    server.faults.append(Fault("POST", "/notes$", 400, body={"a": 1}))
    assert note(server).headers["content-type"] == "text/html"
    assert note(server).json() == {"a": 1}


RUNS = [
    "/close", "/CLOSE", "text\n/close", "/close  ", "/close #3\ntext", "/\rclose", "\r\n/close", "a\n\r/close\r\n",
    "~~~\n/close\n~~~", "```\n/close", "```\n/close\n``` ", "<!--\n/close\n-->",
    "<details><summary>x</summary>\n/close\n</details>", "> quoted\n/close", "- item\n/close", ">>>\n/close\n>>>",
    "`a\n/close\nb` c",
]  # fmt: skip
STAYS = [
    " /close", "x /close", "/closed", "/usr/bin/close", "\u200b/close", "`/close`", "```\n/close\n```", "> /close",
    "<p>\n/close\n</p>", "no command",
]  # fmt: skip


@pytest.mark.parametrize("body", RUNS)
def test_a_line_that_begins_with_a_command_runs_unless_it_is_quoted_as_gitlab_wants_it(body: str) -> None:
    assert [action.name for action in extract(body)[1]] == ["close"]


@pytest.mark.parametrize("body", STAYS)
def test_what_does_not_begin_a_line_or_is_quoted_does_not_run(body: str) -> None:
    assert extract(body) == (body, [])


def test_all_commands_are_known_and_long_texts_are_looked_at_in_time() -> None:
    assert len(set(COMMANDS)) == len(COMMANDS)
    begin = time.monotonic()
    kept, actions = extract("some `words` here\n" * 5000 + "/merge now")
    assert (kept[-4:], actions) == ("here", [Action("merge", "now")])
    assert time.monotonic() - begin < 2


def test_actions_of_notes_run_and_are_no_part_of_them(server: Server) -> None:
    assert note(server, "hm\n/approve\n/label ~a").status_code == 201
    assert note(server, "/merge").status_code == 202
    assert [found.body for found in server.notes] == ["hm"]
    assert server.actions == [Action("approve"), Action("label", "~a"), Action("merge")]
