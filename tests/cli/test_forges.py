"""Which forge a run posts to, and what becomes of a review that cannot be posted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reviewbot.cli import main
from reviewbot.core.conversation import Service
from tests.contract.scenes import Scene, scene
from tests.repositories import Work
from tests.servers import github, gitlab

BASE = {"app.py": "def app(rows):\n    return rows\n"}
EVAL = {"app.py": "def app(rows):\n    return eval(rows)\n"}
ACTIONS = {"CI": "true", "GITHUB_ACTIONS": "true"}


def review(folder: Path, *options: str, environ: dict[str, str] | None = None) -> int:
    work = Work.at(folder / "plain")
    work.commit(**BASE)
    work.git("checkout", "-q", "-b", "feature")
    work.commit(**EVAL)
    return main(["review", "--repo", str(work.path), "--base", "main", *options], environ or {})


@pytest.mark.parametrize(("options", "environ", "said"), [
    (["--forge", "github", "--pr", "7"], {"GITHUB_REPOSITORY": "o/r"}, "--forge github: GITHUB_TOKEN is not set"),
    (["--forge", "gitlab", "--pr", "7"], {"CI_PROJECT_ID": "1"}, "--forge gitlab: GITLAB_TOKEN is not set"),
    (["--forge", "github"], {"GITHUB_TOKEN": "t"}, "--forge github: which pull request? Give --pr N"),
    (["--forge", "github", "--pr", "7"], {"GITHUB_TOKEN": "t"}, "GITHUB_REPOSITORY"),
    (["--forge", "gitlab", "--pr", "7"], {"GITLAB_TOKEN": "t"}, "CI_PROJECT_ID"),
    (["--forge", "github", "--pr", "7"], {"GITHUB_TOKEN": "a b", "GITHUB_REPOSITORY": "o/r"}, "environment: "),
    (["--forge", "github", "--pr", "7"], {"GITHUB_TOKEN": "t", "GITHUB_REPOSITORY": "o/r?x"}, "environment: "),
])  # fmt: skip
def test_a_forge_that_was_asked_for_and_cannot_be_had_is_a_mistake(
    options: list[str], environ: dict[str, str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert review(tmp_path, *options, environ=environ) == 2
    assert said in capsys.readouterr().err


def test_outside_ci_nothing_is_posted_and_nobody_expects_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert review(tmp_path, environ={"GITHUB_TOKEN": "t"}) == 0
    assert "posted" not in capsys.readouterr().out


def test_a_pipeline_without_a_token_says_that_nothing_is_posted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {"CI_MERGE_REQUEST_IID": "7", "CI_PROJECT_ID": "1", "CI_COMMIT_SHA": "HEAD"}
    assert review(tmp_path, "--head", "feature", environ=environ) == 0
    assert "! GITLAB_TOKEN is not set: nothing is posted." in capsys.readouterr().out


@pytest.mark.parametrize("visibility", ["private", "public"])
def test_a_forks_token_leaves_annotations_and_the_step_summary(
    visibility: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    with scene("github", tmp_path, BASE, EVAL, fork=True, visibility=visibility) as here:
        here.token = here.server.tokens["read"]
        seen = here.review(environ={**ACTIONS, "GITHUB_STEP_SUMMARY": str(summary)})
        assert (seen.code, seen.added) == (0, (0, 0, 0))
        assert [one["path"] for one in seen.report["findings"]] == ["app.py"]
    out = capsys.readouterr().out
    assert "::warning file=app.py,title=calls/eval,line=2,endLine=2::" in out
    assert "may not" in out
    assert summary.read_text().startswith("before\n### reviewbot: ")
    assert "`app.py:2` `calls/eval`" in summary.read_text()


def test_nobody_pushes_the_bots_last_word_out_of_a_thread(tmp_path: Path) -> None:
    with scene("github", tmp_path, BASE, EVAL) as here:
        here.review()
        for number in range(60):
            here.server.say("eve", f"Number {number}.", thread=here.thread("app.py"))
        here.write(**{"app.py": "def app(rows):\n    return list(rows)\n"})
        assert [here.review().added for _ in range(2)] == [(0, 1, 0), (0, 0, 0)]
        here.write(**EVAL)
        here.server.say("ada", "/reviewbot dismiss known", thread=here.thread("app.py"))
        assert here.review().report["findings"] == []


def test_no_line_of_a_file_is_in_the_step_summary(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    with scene("github", tmp_path, BASE, EVAL) as here:
        here.review(environ={**ACTIONS, "GITHUB_STEP_SUMMARY": str(summary)})
    assert "eval(rows)" not in summary.read_text()


@pytest.mark.parametrize("status", [500, 502])
def test_a_forge_that_does_not_answer_is_a_review_that_did_not_arrive(
    status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with scene("github", tmp_path, BASE, EVAL) as here:
        here.server.faults += [github.Fault("POST", "/graphql", status, times=9)]
        seen = here.review()
        assert (seen.code, seen.added) == (3, (0, 0, 0))
        assert [one["path"] for one in seen.report["findings"]] == ["app.py"]
    assert "! Nothing is posted: " in capsys.readouterr().out


def test_a_dry_run_shows_what_would_be_posted_and_posts_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with scene("github", tmp_path, BASE, EVAL) as here:
        assert here.review("--dry-run").added == (0, 0, 0)
        assert {request.method + request.path for request in here.server.requests} == {"POST/graphql"}
        out = capsys.readouterr().out
        assert "would comment on app.py:2 (new)\n  **medium** Code run from a value" in out
        assert "would post the summary\n" in out
        assert "would set the status neutral: checked, no model; 1 medium" in out
        here.review("--dry-run", environ={"CI": "true"})
        assert "**medium**" not in capsys.readouterr().out


def test_comments_on_a_public_project_tell_nothing_above_internal(tmp_path: Path) -> None:
    policy = '[[rule]]\nlabel = "restricted"\npaths = ["ledger/**"]\n'
    base = {**BASE, ".reviewbot.toml": policy, "ledger/core.py": "def post(cents):\n    return cents\n"}
    head = {**EVAL, "ledger/core.py": "def post(cents):\n    return eval(cents)\n"}
    with scene("github", tmp_path, base, head, visibility="public") as here:
        seen = here.review()
        assert [thread.path for thread in here.server.threads] == ["app.py"]
        assert "ledger" not in here.summary
        posted = {one["path"]: one["posted"] for one in seen.report["findings"]}
        assert posted == {"app.py": "inline", "ledger/core.py": "withheld"}


@pytest.mark.parametrize("service", ["github", "gitlab"])
def test_a_status_that_could_not_be_set_is_no_clean_result(service: Service, tmp_path: Path) -> None:
    """What an earlier run said of the same head is still there, and may be greener."""
    with scene(service, tmp_path, BASE, EVAL) as here:
        fault = github.Fault if service == "github" else gitlab.Fault
        here.server.faults += [fault("POST", "/(check-runs|statuses/.*)$", 500, times=9)]
        assert here.review("--fail-on", "none").code == 3


def ledger_of(folder: Path) -> str:
    return str(folder / "ledger.jsonl")


def test_every_byte_that_a_forge_gets_is_on_the_ledger(tmp_path: Path) -> None:
    import json

    with scene("github", tmp_path, BASE, EVAL) as here:
        here.review("--ledger", ledger_of(tmp_path))
        sent = sum(request.size for request in here.server.requests)
    lines = [json.loads(line) for line in Path(ledger_of(tmp_path)).read_text().splitlines()]
    posts = [line for line in lines if line["kind"] == "post"]
    assert sum(line["bytes_out"] for line in posts) == sent > 0
    assert {line["sink"] for line in posts} == {"github"}
    assert [line["status"] for line in posts] == ["read", "review", "summary", "summary"]
    assert main(["audit", "verify", ledger_of(tmp_path)], {}) == 0


def shown_head(here: Scene) -> str:
    return here.summary.partition("ledger head `")[2].partition("`")[0]


def test_the_head_that_is_posted_is_one_of_the_ledgers_lines(tmp_path: Path) -> None:
    with scene("github", tmp_path, BASE, EVAL) as here:
        here.review("--ledger", ledger_of(tmp_path))
        assert main(["audit", "verify", ledger_of(tmp_path), "--head", shown_head(here)], {}) == 0
        assert str(tmp_path) not in here.summary


HIDDEN = '[[rule]]\nlabel = "restricted"\npaths = ["ledger/**"]\n'


@pytest.mark.parametrize("options", [("--dry-run",), ()])
@pytest.mark.parametrize("service", ["github", "gitlab"])
def test_no_word_of_posting_in_a_build_log_depends_on_restricted_text(
    service: Service, options: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The forge may show it and refuses it: in the log, which many can read, not even that is said."""
    logs = []
    for number, line in enumerate(("return cents", "return eval(cents)")):
        base = {**BASE, ".reviewbot.toml": HIDDEN, "ledger/core.py": "def post(cents):\n    return cents\n"}
        head = {**EVAL, "ledger/core.py": f"def post(cents):\n    # changed\n    {line}\n"}
        with scene(service, tmp_path / str(number), base, head, visibility="private") as here:
            fault = github.Fault if service == "github" else gitlab.Fault
            here.server.faults += [fault("POST", "/(reviews|discussions|draft_notes)$", 422, times=9)]
            here.review(*options, environ={"CI": "true"})
        logs.append(re.sub(r"\.\.[0-9a-f]{10}", "", capsys.readouterr().out))
    assert "ledger" not in logs[1]
    assert logs[0] == logs[1]


def test_what_a_locked_conversation_refuses_is_not_said_to_be_in_its_summary(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with scene("github", tmp_path, BASE, EVAL, locked=True) as here:
        assert here.review().added == (0, 0, 0)
    out = capsys.readouterr().out
    assert "! Not placed at its lines: 1 comment.\n" in out
    assert "! The summary could not be posted" in out


def test_a_report_that_cannot_be_written_is_said_before_anything_is_posted(tmp_path: Path) -> None:
    with scene("github", tmp_path, BASE, EVAL) as here:
        options = ["--base", "main", "--head", "feature", "--forge", "github", "--pr", "7"]
        nowhere = str(tmp_path / "none" / "report.json")
        assert main(["review", "--repo", str(here.work.path), *options, "--output", nowhere], here.environ) == 2
        assert here.server.requests == []


def test_of_two_threads_that_two_runs_at_once_began_the_first_goes_on(tmp_path: Path) -> None:
    with scene("github", tmp_path, BASE, EVAL) as here:
        here.review()
        (told,) = here.server.threads
        here.server.begin(told.notes[0].author, told.notes[0].body, "app.py", 2)
        seen = here.review()
        assert (seen.added, seen.open) == ((0, 1, 0), ["app.py:2"])
        assert [one.resolved for one in here.server.threads] == [False, True]
        assert here.review().added == (0, 0, 0)
        here.server.may_resolve = False
        here.server.begin(told.notes[0].author, told.notes[0].body, "app.py", 2)
        assert [here.review().added, here.review().added] == [(0, 1, 0), (0, 0, 0)]
