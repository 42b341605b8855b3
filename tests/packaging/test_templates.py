"""The GitLab templates, run by gitlab-ci-local for a merge request on a real repository, without a network."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.packaging.gitlab import TEMPLATES, Project, project, run
from tests.packaging.machine import needs_node
from tests.repositories import Work
from tests.requirements import require
from tests.servers import gitlab
from tests.servers.faulty import Faulty, reply

ONE, THREE = TEMPLATES
REPORTS = {"report.json", "report.html", "report.sarif", "report.prom", "gl-code-quality-report.json", "ledger.jsonl"}


@pytest.fixture(autouse=True)
def _machine() -> None:
    needs_node()
    require(shutil.which("rsync"), "rsync, by which gitlab-ci-local makes the folders of jobs")


def _left(folder: Path, name: str = "reviewbot-report") -> set[str]:
    return {path.name for path in (folder / name).iterdir()}


def _artifacts(made: Project, job: str) -> set[str]:
    return {path.name for path in (made.clone / ".gitlab-ci-local/artifacts" / job).rglob("*") if path.is_file()}


def test_one_job_leaves_reports_that_gitlab_takes_in_no_folder_that_the_change_brought(tmp_path: Path) -> None:
    made = project(tmp_path, ONE)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "precious").touch()
    (made.clone / "reviewbot-report").symlink_to(tmp_path / "elsewhere")
    Work(made.clone).commit("link")
    ran = run(made)
    assert "PASS  reviewbot" in ran.log
    assert {path.name for path in (tmp_path / "elsewhere").iterdir()} == {"precious"}
    folder = ran.jobs["reviewbot"]
    assert _left(folder) == REPORTS
    assert _artifacts(made, "reviewbot") >= {"report.json", "report.html", "report.sarif", "ledger.jsonl"}
    quality = json.loads((folder / "reviewbot-report/gl-code-quality-report.json").read_text())
    assert ("debug/breakpoint", "app.py") in [(one["check_name"], one["location"]["path"]) for one in quality]
    assert "reviewbot_findings" in (folder / "reviewbot-report/report.prom").read_text()
    report = json.loads((folder / "reviewbot-report/report.json").read_text())
    assert (report["pull_request"]["number"], report["policy"]["source"]) == (7, "base")
    assert "breakpoint()" not in ran.log


def test_of_a_fork_no_model_is_asked_and_the_policy_is_that_of_the_targets_tip(tmp_path: Path) -> None:
    """The target branch has moved since the clone was made, and became stricter."""
    with Faulty(reply(json.dumps({"findings": []}))) as model:
        made = project(tmp_path, ONE, local_url=model.url, local_model="qwen2.5-coder:7b", local_kind="openai")
        made.upstream.git("checkout", "-q", "main")
        made.upstream.commit("stricter", **{".reviewbot.toml": 'default = "restricted"\n'})
        ran = run(made, CI_MERGE_REQUEST_SOURCE_PROJECT_ID="43", MISTRAL_API_KEY="model-key")
        assert (model.requests, model.asked) == ([], [])
    assert ("PASS  reviewbot" in ran.log, "no model is asked" in ran.log) == (True, True)
    report = json.loads((ran.jobs["reviewbot"] / "reviewbot-report/report.json").read_text())
    assert [file["label"] for file in report["files"]] == ["restricted"]


def posting(server: gitlab.Server) -> dict[str, str]:
    """What a pipeline of that merge request says of its place, and the token that may post there."""
    project = server.place.project
    return {"CI_API_V4_URL": server.place.api, "CI_PROJECT_ID": project, "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": project,
            "GITLAB_TOKEN": server.token}  # fmt: skip


def test_one_job_posts_a_review_and_the_next_pipeline_nothing_more(tmp_path: Path) -> None:
    made = project(tmp_path, ONE)
    with gitlab.serving(made.upstream.path, base="main", head="feature", number=7) as server:
        for _ in range(2):
            ran = run(made, **posting(server))
            assert "PASS  reviewbot" in ran.log
            assert [(thread.path, thread.line) for thread in server.threads] == [("app.py", 2)]
            assert len(server.notes) == 1
        assert [status.state for status in server.statuses] == ["skipped", "skipped"]
        assert (server.violations, server.actions) == ([], [])
        assert server.token not in ran.log


def test_three_jobs_hand_on_a_plan_and_replies_and_nothing_else(tmp_path: Path) -> None:
    with Faulty(reply(json.dumps({"findings": []}))) as model:
        made = project(tmp_path, THREE, local_url=model.url, local_model="qwen2.5-coder:7b", local_kind="openai")
        with gitlab.serving(made.upstream.path, base="main", head="feature", number=7) as server:
            ran = run(made, MISTRAL_API_KEY="", **posting(server))
            assert [(thread.path, thread.line) for thread in server.threads] == [("app.py", 2)]
            assert [status.state for status in server.statuses] == ["success"]
        assert model.asked
        assert all(server.token.encode() not in request.body for request in model.requests)
    assert ran.log.count("PASS  reviewbot-") == 3
    asked = next(name for name in ran.jobs if name.startswith("reviewbot-ask"))
    assert _artifacts(made, "reviewbot-plan") == {"plan.json"}
    assert _artifacts(made, asked) == {"reply-1-1.json", "ledger-1-1.jsonl"}
    assert _artifacts(made, "reviewbot-publish") >= {"report.json", "report.html", "report.sarif"}
    report = json.loads((ran.jobs["reviewbot-publish"] / "reviewbot-report/report.json").read_text())
    assert (report["conclusion"], [file["outcome"] for file in report["files"]]) == ("success", ["reviewed"])


def test_findings_block_and_what_was_not_reviewed_is_a_warning(tmp_path: Path) -> None:
    """The model's server is gone: exit code 3, which the pipeline is told is a warning; a gate of our own blocks."""
    made = project(tmp_path, ONE, local_url="http://127.0.0.1:9", local_model="qwen2.5-coder:7b", local_kind="openai")
    ran = run(made)
    assert "WARN  reviewbot" in ran.log
    assert "FAIL  reviewbot" in run(project(tmp_path / "gate", ONE, fail_on="high")).log


def test_another_commit_than_the_one_named_never_runs(tmp_path: Path) -> None:
    ran = run(project(tmp_path, ONE, revision="0" * 40))
    assert "FAIL  reviewbot" in ran.log
    assert "installed in" not in ran.log
