"""action.yml, run by GitHub's own parser and evaluator on a real checkout and a real event, without a network."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from reviewbot.cli import main
from tests.packaging.actions import Job, Ran
from tests.packaging.machine import answer
from tests.servers.faulty import Faulty, reply

OUTPUTS = {"conclusion", "findings", "report", "sarif", "ledger-head"}
NONE = dict.fromkeys(OUTPUTS, "")


def test_a_review_without_a_model_checks_and_says_so(job: Job, tmp_path: Path) -> None:
    ran = job.run(output=str(tmp_path / "out"))
    assert (ran.ok, ran.exit, ran.problems, ran.warnings) == (True, 0, [], [])
    report = ran.report()
    assert ran.outputs == {
        "conclusion": "neutral", "findings": "1", "report": str(tmp_path / "out/report.json"),
        "sarif": str(tmp_path / "out/report.sarif"), "ledger-head": report["ledger"]["head"],
    }  # fmt: skip
    assert [(one["rule"], one["path"], one["line"]) for one in report["findings"]] == [
        ("debug/breakpoint", "app.py", 2)
    ]
    assert report["pull_request"]["head_sha"] == job.event["pull_request"]["head"]["sha"]
    assert report["pull_request"]["number"] == job.event["number"] == 2
    assert main(["audit", "verify", str(tmp_path / "out/ledger.jsonl"), "--head", ran.outputs["ledger-head"]]) == 0
    assert json.loads(Path(ran.outputs["sarif"]).read_text())["version"] == "2.1.0"


def test_the_log_has_no_line_of_a_file_and_later_steps_are_not_steered(job: Job, tmp_path: Path) -> None:
    ran = job.run(output=str(tmp_path / "out"))
    assert "breakpoint()" not in ran.log
    assert (ran.env, ran.path) == ({}, [])
    assert set(ran.commands) <= {"group", "endgroup", "error", "warning", "notice"}


def test_by_default_the_reports_are_in_the_runners_own_folder(job: Job, temp: Path) -> None:
    ran = job.run()
    assert ran.outputs["report"] == str(temp / "reviewbot" / "report.json")
    assert {path.name for path in (temp / "reviewbot").iterdir()} == {
        "report.json", "report.html", "report.sarif", "ledger.jsonl",
    }  # fmt: skip
    assert (temp / "reviewbot").stat().st_mode & 0o077 == 0


def test_a_finding_at_the_gate_fails_the_step_and_the_outputs_are_there(job: Job, tmp_path: Path) -> None:
    ran = job.run(output=str(tmp_path / "out"), fail_on="high")
    assert (ran.ok, ran.exit, ran.outputs["conclusion"], ran.outputs["findings"]) == (False, 1, "failure", "1")


def test_the_second_step_of_a_job_installs_nothing(job: Job, tmp_path: Path) -> None:
    job.run(output=str(tmp_path / "out"))
    assert "installed in" not in job.run(output=str(tmp_path / "out")).log


def test_a_report_of_an_earlier_step_does_not_pass_for_one_of_this(job: Job, tmp_path: Path) -> None:
    job.run(output=str(tmp_path / "out"))
    ran = job.run(output=str(tmp_path / "out"), policy="nosuch")
    assert (ran.exit, ran.outputs) == (2, NONE)


def test_the_phases_say_what_a_review_says_and_each_has_its_own_secret_only(job: Job, tmp_path: Path) -> None:
    """Three jobs: the folders of one are not those of another, and artifacts are carried by hand."""
    plan, ask, publish = (tmp_path / name for name in ("plan", "ask", "publish"))
    with Faulty(reply(json.dumps({"findings": []}))) as model:
        at = {"local_url": model.url, "local_model": "qwen2.5-coder:7b", "local_kind": "openai"}
        planned = job.run(phase="plan", output=str(plan), **at, mistral_api_key="model-key")
        assert model.requests == []
        asked = [_asking(job, ask, plan, f"{part}/2", {**at, "github_token": "ghs-forge"}) for part in (1, 2)]
        assert model.requests
        assert all(b"ghs-forge" not in request.body for request in model.requests)
    assert planned.outputs == {**NONE, "report": str(plan / "plan.json")}
    publish.mkdir()
    for file in (plan / "plan.json", *(ask / f"reply-{part}-2.json" for part in (1, 2))):
        shutil.copy(file, publish)
    ran = job.run(phase="publish", output=str(publish), mistral_api_key="model-key")
    assert [one.exit for one in (planned, *asked, ran)] == [0, 0, 0, 0]
    assert [Path(one.outputs["report"]).name for one in asked] == ["reply-1-2.json", "reply-2-2.json"]
    assert all(len(one.outputs["ledger-head"]) == 64 for one in asked)
    assert (ran.outputs["conclusion"], ran.outputs["findings"]) == ("success", "1")
    assert [file["outcome"] for file in ran.report()["files"]] == ["reviewed"]
    assert [(one["path"], one["line"]) for one in ran.report()["findings"]] == [("app.py", 2)]


def _asking(job: Job, folder: Path, plan: Path, shard: str, inputs: dict[str, str]) -> Ran:
    folder.mkdir(exist_ok=True)
    shutil.copy(plan / "plan.json", folder)
    return job.run(phase="ask", output=str(folder), shard=shard, **inputs)


def test_publishing_without_a_reply_says_that_nothing_was_asked(job: Job, tmp_path: Path) -> None:
    job.run(phase="plan", output=str(tmp_path / "out"))
    ran = job.run(phase="publish", output=str(tmp_path / "out"))
    assert ran.outputs["conclusion"] != "success"
    assert ran.outputs["ledger-head"] == ""


def test_asking_without_a_plan_is_one_line(job: Job, tmp_path: Path) -> None:
    ran = job.run(phase="ask", output=str(tmp_path / "out"))
    assert (ran.exit, ran.outputs, ran.log.count("\n")) == (2, NONE, 1)


def test_the_operators_document_may_be_the_input_itself(job: Job, tmp_path: Path) -> None:
    with Faulty(reply(json.dumps({"findings": []}))) as model:
        document = (f'[[backend]]\nname = "cluster"\nkind = "openai"\nurl = "{model.url}"\nmodel = "qwen2.5-coder:7b"\n'
                    'clearance = "restricted"\n')  # fmt: skip
        ran = job.run(output=str(tmp_path / "out"), operator=document)
    assert (ran.exit, [file["route"] for file in ran.report()["files"]]) == (0, ["cluster"])


def test_a_fork_without_secrets_is_checked_and_neutral(job: Job, tmp_path: Path) -> None:
    ran = job.run(output=str(tmp_path / "out"), mistral_api_key="", github_token="")
    assert (ran.exit, ran.outputs["conclusion"]) == (0, "neutral")


@pytest.mark.parametrize("name", ["python3 is too old", "no python3"])
def test_without_a_python_that_is_new_enough_one_line_says_what_to_do(job: Job, tmp_path: Path, name: str) -> None:
    (tmp_path / "bin").mkdir()
    for program in ("bash", "sh"):
        (tmp_path / "bin" / program).symlink_to(shutil.which(program) or "")
    if name == "python3 is too old":
        (tmp_path / "bin/python3").write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / "bin/python3").chmod(0o755)
    ran = job.having(PATH=str(tmp_path / "bin")).run()
    assert (ran.exit, ran.outputs) == (2, NONE)
    assert ran.log.strip().split("\n")[-1].startswith("::error title=reviewbot::python3 is not Python 3.11 or newer")


def test_no_index_is_one_line_and_nothing_was_reviewed(job: Job, tmp_path: Path) -> None:
    (tmp_path / "temp").mkdir()
    ran = Job(job.workspace, tmp_path / "temp", job.event).having(PIP_FIND_LINKS=str(tmp_path)).run()
    assert (ran.exit, ran.outputs) == (3, NONE)
    assert "::error title=reviewbot::the locked packages cannot be installed" in ran.log


def test_a_schema_error_of_the_action_is_seen(job: Job, tmp_path: Path) -> None:
    text = (job.action / "action.yml").read_text()
    (tmp_path / "action.yml").write_text(text.replace("      shell: bash\n", ""))
    assert text != (tmp_path / "action.yml").read_text()
    said = answer("composite.mjs", {"action": str(tmp_path), "workspace": str(job.workspace), "temp": str(job.temp),
                                    "event_name": "pull_request", "event": job.event, "github": {}, "with": {},
                                    "env": {}})  # fmt: skip
    assert "Required property is missing: shell" in str(said["problems"])
