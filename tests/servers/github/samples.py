"""A branch to comment on, and PyGithub to do it with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from github import Auth, Github, GithubException
from github.PullRequest import PullRequest
from github.Requester import Requester

from tests.repositories import Work
from tests.servers.github.server import Server

#: Lines 10 and 30 of 40 are changed on the branch: two hunks, 7 to 13 and 27 to 33.
OLD = [f"line {number}" for number in range(1, 41)]
NEW = [*OLD[:9], "ten", *OLD[10:29], "thirty", *OLD[30:]]


def text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


def branch_at(path: Path) -> Work:
    """`feature` is checked out and changes `a.py`, adds `new.py`, renames `old.py` and adds a binary."""
    work = Work.at(path)
    work.write("old.py", "one\ntwo\nthree\n" * 4)
    work.commit(**{"a.py": text(OLD)})
    work.git("checkout", "-q", "-b", "feature")
    work.git("mv", "old.py", "moved.py")
    work.write("data.bin", b"\0\1\2")
    work.write("new.py", "first\nsecond\n")
    work.commit(**{"a.py": text(NEW)})
    return work


def client(server: Server, kind: str = "workflow", *, lazy: bool = True) -> Github:
    # The adapter leaves its own connections in the library, which reach no other server.
    Requester.resetConnectionClasses()
    return Github(
        auth=Auth.Token(server.tokens[kind]), base_url=server.place.api, lazy=lazy, retry=None,
        seconds_between_requests=None, seconds_between_writes=None, per_page=100,
    )  # fmt: skip


def pull(server: Server, kind: str = "workflow") -> PullRequest:
    return client(server, kind).get_repo("acme/shop").get_pull(7)


def at(line: object = 10, **more: object) -> Any:
    """A comment of a review."""
    return {"path": "a.py", "body": "Why?", "side": "RIGHT", **({"line": line} if line else {}), **more}


def send(server: Server, path: str, body: object, method: str = "POST") -> requests.Response:
    """A request that PyGithub would not make."""
    headers = {"authorization": f"Bearer {server.token}"}
    return requests.request(method, f"{server.api}/repos/acme/shop{path}", json=body, headers=headers, timeout=5)


def refused(status: int, action: Callable[[], object]) -> Any:
    with pytest.raises(GithubException) as caught:
        action()
    assert caught.value.status == status
    return caught.value.data


def review(server: Server, *comments: Any, **more: Any) -> object:
    return pull(server).create_review(**{"body": "", "event": "COMMENT", **more}, comments=list(comments))


def graphql(server: Server, query: str, kind: str = "workflow", **variables: object) -> Any:
    """The whole answer to a document, errors and all."""
    headers = {"authorization": f"Bearer {server.tokens[kind]}"}
    asked = {"query": query, "variables": variables}
    answer = requests.post(server.place.graphql, json=asked, headers=headers, timeout=5)
    assert answer.status_code == 200
    return answer.json()
