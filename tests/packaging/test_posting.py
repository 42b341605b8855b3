"""action.yml against a GitHub that holds every request to its own contract, and what it leaves in a pull request."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.packaging.actions import Job
from tests.repositories import Work
from tests.servers import github
from tests.servers.github import Server


@pytest.fixture
def server(work: Work) -> Iterator[Server]:
    with github.serving(work.path, number=2) as running:
        yield running
        assert running.violations == []


@pytest.fixture
def at_forge(job: Job, server: Server) -> Job:
    """The job, where the runner says that GitHub is the stand-in."""
    place = server.place
    return replace(job, github={"api_url": server.api, "graphql_url": server.graphql, "repository": place.project})


def test_a_review_is_posted_once_and_found_again(at_forge: Job, server: Server, tmp_path: Path) -> None:
    first = at_forge.run(output=str(tmp_path / "out"), github_token=server.token)
    assert (first.exit, first.outputs["findings"]) == (0, "1")
    assert [(thread.path, thread.line) for thread in server.threads] == [("app.py", 2)]
    assert len(server.notes) == 1
    again = at_forge.run(output=str(tmp_path / "again"), github_token=server.token)
    assert (again.exit, len(server.threads), len(server.notes)) == (0, 1, 1)
    assert server.token not in first.log + again.log + first.summary


def test_only_the_job_that_publishes_writes_and_the_one_that_asks_knows_no_forge(
    at_forge: Job, server: Server, tmp_path: Path
) -> None:
    plan, ask, publish = (tmp_path / name for name in ("plan", "ask", "publish"))
    token = {"github_token": server.token}
    assert at_forge.run(phase="plan", output=str(plan), **token).exit == 0
    ask.mkdir()
    shutil.copy(plan / "plan.json", ask)
    before = len(server.requests)
    assert at_forge.run(phase="ask", output=str(ask), **token).exit == 0
    assert (len(server.requests), server.threads, server.notes) == (before, [], [])
    publish.mkdir()
    for file in (plan / "plan.json", ask / "reply-1-1.json"):
        shutil.copy(file, publish)
    assert at_forge.run(phase="publish", output=str(publish), **token).exit == 0
    assert [(thread.path, thread.line) for thread in server.threads] == [("app.py", 2)]
    assert '"post"' in (publish / "ledger-publish.jsonl").read_text()


def test_the_token_of_a_fork_leaves_the_review_in_the_log_and_the_summary(
    at_forge: Job, server: Server, tmp_path: Path
) -> None:
    ran = at_forge.run(output=str(tmp_path / "out"), github_token=server.tokens["read"])
    assert (ran.exit, server.threads, server.notes) == (0, [], [])
    assert "reviewbot" in ran.summary
    assert "breakpoint()" not in ran.summary + ran.log
    assert ran.outputs["findings"] == "1"
