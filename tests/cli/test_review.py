"""The review command through the front door: real repositories, argv in, exit code and text out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reviewbot.cli import main
from tests.repositories import Work

TOKEN = "ghp_" + "Ab3dE6gH9jK2mN5pQ8sT" + "1vW4yZ7bC0eF3hJ6"
CONFLICT = "a\n<<<<<<< ours\nb\n=======\nc\n>>>>>>> theirs\n"
Review = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def review(work: Work, tmp_path: Path) -> Review:
    """Run `review` on the repository; the exit code and the JSON report."""

    def run(*arguments: str, environ: dict[str, str] | None = None) -> tuple[int, dict[str, Any]]:
        output = tmp_path / "report.json"
        code = main(["review", "--repo", str(work.path), "--output", str(output), *arguments], environ or {})
        return code, json.loads(output.read_text()) if output.exists() else {}

    return run


def test_a_clean_change_is_checked_and_neutral_never_success(work: Work, review: Review) -> None:
    work.commit(a="1\n")
    work.git("switch", "-qc", "feature")
    work.commit(a="2\n")
    code, report = review()
    assert (code, report["status"], report["conclusion"]) == (0, "checked", "neutral")
    assert [(file["path"], file["outcome"]) for file in report["files"]] == [("a", "checked")]


def test_the_gate_is_critical_by_default_and_can_be_lowered(work: Work, review: Review) -> None:
    work.commit(a="a\n")
    work.git("switch", "-qc", "feature")
    work.commit(a=CONFLICT)
    assert review()[0] == 0
    code, report = review("--fail-on", "high")
    assert (code, report["exit_code"], report["conclusion"]) == (1, 1, "failure")
    assert review("--fail-on", "none")[0] == 0


def test_a_credential_fails_the_gate_and_its_value_is_nowhere(
    work: Work, review: Review, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work.commit(a="a\n")
    work.git("switch", "-qc", "feature")
    work.commit(**{"config.py": f'TOKEN = "{TOKEN}"\n'})
    others = [str(tmp_path / f"r{suffix}") for suffix in (".html", ".md", ".sarif", ".prom")]
    others.append(str(tmp_path / "gl-code-quality-report.json"))
    code, report = review(*(part for name in others for part in ("--output", name)))
    assert code == 1
    assert [finding["rule"] for finding in report["findings"]] == ["credentials/added"]
    everything = json.dumps(report) + "".join(capsys.readouterr()) + "".join(Path(name).read_text() for name in others)
    assert TOKEN not in everything
    assert TOKEN[4:] not in everything


def test_only_what_the_branch_changed_is_reviewed(work: Work, review: Review) -> None:
    work.commit(a="1\n")
    work.git("switch", "-qc", "feature")
    work.commit(b="2\n")
    work.git("switch", "-q", "main")
    work.commit(c="3\n")
    _, report = review("--head", "feature")
    assert [file["path"] for file in report["files"]] == ["b"]


def test_an_empty_range_says_so(work: Work, review: Review, capsys: pytest.CaptureFixture[str]) -> None:
    work.commit(a="1\n")
    code, report = review()
    assert (code, report["files"], report["conclusion"]) == (0, [], "neutral")


def test_the_work_tree_is_not_looked_at(work: Work, review: Review) -> None:
    work.commit(a="1\n")
    work.git("switch", "-qc", "feature")
    work.commit(a="2\n")
    work.write("a", CONFLICT)
    work.write("uncommitted", "x\n")
    _, report = review()
    assert [file["path"] for file in report["files"]] == ["a"]
    assert report["findings"] == []


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--base", "no-such"], "no-such names no commit in"),
        (["--head", "-x"], "-x names no commit in"),
        (["--output", "report.docx"], "report.docx: no format has this name"),
        (
            ["--output", "/no/such/folder/r.json"],
            "/no/such/folder/r.json: cannot be written: No such file or directory",
        ),
        (["--policy", "no-such-pack"], "no-such-pack"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(
    work: Work, review: Review, capsys: pytest.CaptureFixture[str], arguments: list[str], line: str
) -> None:
    work.commit(a="1\n")
    key, value = arguments
    assert review(f"{key}={value}")[0] == 2
    error = capsys.readouterr().err
    assert error.startswith("reviewbot: ")
    assert line in error
    assert error.count("\n") == 1


def test_a_folder_without_a_repository_is_exit_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", "--repo", str(tmp_path)], {}) == 2
    assert "not a git repository" in capsys.readouterr().err


def test_actions_say_what_to_review(work: Work, review: Review, tmp_path: Path) -> None:
    base = work.commit(a="1\n")
    head = work.commit(a="2\n")
    work.commit(b="later\n")
    event = {"pull_request": {"number": 7, "title": "Raise a", "base": {"sha": base}, "head": {"sha": head}}}
    (tmp_path / "event.json").write_text(json.dumps(event))
    environ = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(tmp_path / "event.json")}
    _, report = review(environ=environ)
    assert report["pull_request"] == {"base_sha": base, "head_sha": head, "number": 7, "title": "Raise a"}


def test_an_explicit_range_outranks_what_ci_says(work: Work, review: Review) -> None:
    base, head = work.commit(a="1\n"), work.commit(a="2\n")
    environ = {"CI_MERGE_REQUEST_IID": "3", "CI_MERGE_REQUEST_DIFF_BASE_SHA": head, "CI_COMMIT_SHA": head}
    _, report = review("--base", base, "--head", head, environ=environ)
    assert [file["path"] for file in report["files"]] == ["a"]


def test_a_report_that_cannot_be_written_loses_none_of_the_others(
    work: Work, review: Review, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work.commit(a="1\n")
    work.git("switch", "-qc", "feature")
    work.commit(a="2\n")
    code, report = review("--output", "/no/such/folder/r.json")
    out, err = capsys.readouterr()
    assert (code, report["status"]) == (2, "checked")
    assert "checked, no model" in out
    assert err == "reviewbot: /no/such/folder/r.json: cannot be written: No such file or directory\n"


@pytest.mark.parametrize(
    "environ",
    [
        {"CI": "true"},
        {"CI": "true", "GITHUB_ACTIONS": "true"},
        {"CI": "1", "GITLAB_CI": "1"},
        {"TF_BUILD": "True"},
        {"JENKINS_URL": "x"},
    ],
)
def test_a_ci_log_has_no_line_of_any_file_unless_asked(
    work: Work, review: Review, capsys: pytest.CaptureFixture[str], environ: dict[str, str]
) -> None:
    work.commit(a="a\n")
    work.git("switch", "-qc", "feature")
    work.commit(**{"a": CONFLICT.replace("ours", "canary"), "b::error::x": "1\n"})
    assert review(environ=environ)[0] == 0
    out = capsys.readouterr().out
    assert "conflicts/marker  a:2" in out
    assert "canary" not in out
    assert "b::error" not in out
    review("--output", "-", environ=environ)
    assert "canary" in capsys.readouterr().out


def test_the_larger_exit_code_counts_where_a_report_cannot_be_written_either(work: Work, review: Review) -> None:
    work.commit(a="1\n")
    work.git("switch", "-qc", "feature")
    work.write("run.sh", b"#!/bin/sh\n# \0\n")
    work.commit()
    assert review("--output", "/no/such/folder/r.json")[0] == 3


def test_a_credential_in_the_title_is_withheld(work: Work, review: Review, tmp_path: Path) -> None:
    base, head = work.commit(a="1\n"), work.commit(a="2\n")
    event = {"pull_request": {"number": 7, "title": f"Use {TOKEN}", "base": {"sha": base}, "head": {"sha": head}}}
    (tmp_path / "event.json").write_text(json.dumps(event))
    environ = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(tmp_path / "event.json")}
    _, report = review(environ=environ)
    assert report["pull_request"]["title"] == "Use ⟦github-token⟧"


def test_a_folder_of_the_pull_request_is_not_taken_for_the_repository(work: Work) -> None:
    work.commit(a="1\n")
    work.git("switch", "-qc", "feature")
    work.commit(
        **{"pkg/x": CONFLICT, "pkg/HEAD": "ref: refs/heads/main\n", "pkg/objects/x": "", "pkg/refs/heads/x": ""}
    )
    assert main(["review", "--repo", str(work.path / "pkg"), "--fail-on", "high"], {}) == 1


def test_a_stream_that_is_not_utf8_is_no_failure(work: Work) -> None:
    work.commit(a="1\n")
    work.git("switch", "-qc", "feature")
    work.commit(**{"é.py": CONFLICT})
    argv = [sys.executable, "-m", "reviewbot", "review", "--repo", str(work.path)]
    environ = {**os.environ, "PYTHONIOENCODING": "ascii", "CI": ""}
    run = subprocess.run(argv, capture_output=True, env=environ)
    assert (run.returncode, run.stderr) == (0, b"")


def test_an_older_policy_is_said_where_the_tip_of_the_base_is_not_in_the_clone(work: Work, review: Review) -> None:
    base, head = work.commit(a="1\n"), work.commit(a="2\n")
    work.git("switch", "-qc", "feature")
    environ = {
        "CI_MERGE_REQUEST_IID": "3", "CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "CI_COMMIT_SHA": head,
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
    }  # fmt: skip
    output = work.path.parent / "r.md"
    review("--output", str(output), environ=environ)
    assert "The tip of the base branch (main) is not in this clone" in output.read_text()


def test_an_up_to_date_merge_request_has_no_older_policy(work: Work, review: Review) -> None:
    """Its base is the tip of the target branch."""
    base = work.commit(a="1\n")
    work.git("update-ref", "refs/remotes/origin/main", base)
    work.git("switch", "-qc", "feature")
    environ = {
        "CI_MERGE_REQUEST_IID": "3", "CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "CI_COMMIT_SHA": work.commit(a="2\n"),
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
    }  # fmt: skip
    output = work.path.parent / "r.md"
    review("--output", str(output), environ=environ)
    assert "is not in this clone" not in output.read_text()


def test_a_report_never_goes_through_a_link(work: Work, review: Review, tmp_path: Path) -> None:
    work.commit(a="1\n")
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "link.md").symlink_to(tmp_path / "precious")
    assert review("--output", str(tmp_path / "link.md"))[0] == 2
    assert (tmp_path / "precious").read_text() == "precious"


@pytest.mark.parametrize("argument", ["--pr=0", "--pr=-3", "--pr=x", "--base=", "--head="])
def test_an_argument_that_means_nothing_is_refused(work: Work, review: Review, argument: str) -> None:
    work.commit(a="1\n")
    assert review(argument)[0] == 2


IGNORING = '[review]\nignore = ["*.snap"]\n\n[[rule]]\nlabel = "confidential"\npaths = ["vault/**"]\n'


def test_an_ignored_file_is_skipped_by_name_but_no_place_for_a_key(work: Work, review: Review) -> None:
    work.commit(**{".reviewbot.toml": IGNORING})
    work.git("switch", "-qc", "feature")
    work.commit(**{"a.snap": CONFLICT, "vault/b.snap": CONFLICT.replace("b", "unlike"), "c.snap": f"token: {TOKEN}\n"})
    _, report = review()
    files = {file["path"]: (file["outcome"], file["reason"]) for file in report["files"]}
    assert files == {
        "a.snap": ("skipped", "the policy ignores it"), "vault/b.snap": ("checked", ""),
        "c.snap": ("skipped", "the policy ignores it"),
    }  # fmt: skip
    found = {(finding["rule"], finding["path"]) for finding in report["findings"]}
    assert found == {("conflicts/marker", "vault/b.snap"), ("credentials/added", "c.snap")}


def test_a_reader_that_leaves_is_not_a_traceback(work: Work) -> None:
    work.commit(a="1\n")
    command = f"{sys.executable} -m reviewbot review --repo {work.path} | true"
    run = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert run.stderr == ""


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom reviewbot.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'pydantic', 'rich', 'jinja2', 'tree_sitter', 'pathspec', 're2', 'unidiff', 'yaml', 'subprocess'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_a_thread_that_cannot_be_interrupted_keeps_nobody_waiting() -> None:
    program = (
        "import sys, threading\n"
        "threading.Thread(target=threading.Event().wait).start()\n"
        "sys.argv[1:] = ['policy', 'check', 'default']\n"
        "from reviewbot.cli import main\nsys.exit(main())\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stderr) == (0, "")
    assert "valid" in run.stdout


def test_a_policy_that_the_repository_under_review_tracks_is_refused(
    work: Work, review: Review, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work.commit(**{"p.toml": 'default = "restricted"\n', "a.py": "a = 1\n"})
    work.git("switch", "-qc", "feature")
    work.commit(**{"p.toml": 'default = "public"\n', "a.py": "a = 2\n"})
    assert review("--policy", str(work.path / "p.toml"))[0] == 2
    assert "tracks it, so that a pull request could loosen it" in capsys.readouterr().err
    (tmp_path / "own.toml").write_text('default = "restricted"\n')
    code, report = review("--policy", str(tmp_path / "own.toml"))
    assert (code, {file["label"] for file in report["files"]}) == (0, {"restricted"})


def test_a_report_never_replaces_the_ledger(
    work: Work, review: Review, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work.commit(a="1\n")
    assert review("--ledger", str(tmp_path / "report.json"))[0] == 2
    assert "it is the ledger" in capsys.readouterr().err


def test_strict_without_any_model_is_an_exit_code(work: Work, review: Review) -> None:
    work.commit(**{"a.py": "a = 1\n"})
    work.git("switch", "-qc", "feature")
    work.commit(**{"a.py": "a = 2\n"})
    assert review("--strict", "--offline", environ={"MISTRAL_API_KEY": "k"})[0] == 4
