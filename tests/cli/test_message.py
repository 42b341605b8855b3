"""`reviewbot message`: for a range, for what is staged, as a hook; and what it never writes over."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from reviewbot.cli import main
from reviewbot.tasks.message.grammar import fault
from tests.cli.mixed import CANARY, KEYS, operator, repository
from tests.repositories import ENVIRONMENT, Work
from tests.servers import faulty
from tests.servers.faulty import Faulty

ROOT = Path(__file__).parents[2]
CLAMP = "def clamp(value, low):\n    return max(value, low)\n"


@pytest.fixture
def work(tmp_path: Path) -> Work:
    made = Work.at(tmp_path / "work")
    for number in range(6):
        made.commit(f"feat(api): say {number}", **{"api/rates.py": f"RATE = {number}\n"})
    return made


def told(work: Work, *options: str, environ: dict[str, str] | None = None) -> int:
    return main(["message", "--repo", str(work.path), *options], environ or {})


def test_a_range_gets_one_message(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    work.git("checkout", "-q", "-b", "feature")
    work.commit("feat(api): add clamp", **{"api/clamp.py": CLAMP})
    assert told(work, "--base", "main") == 0
    assert capsys.readouterr().out == "feat(api): add clamp\n"


def test_each_poor_commit_is_shown_with_a_better_message_and_the_line_that_uses_it(
    work: Work, capsys: pytest.CaptureFixture[str]
) -> None:
    work.git("checkout", "-q", "-b", "feature")
    commit = work.commit("wip", **{"api/clamp.py": CLAMP})
    assert told(work, "--base", "main") == 0
    printed = capsys.readouterr().out
    assert f"\n{commit[:10]} wip: " in printed
    line = next(line for line in printed.split("\n") if line.startswith("  $ "))
    subprocess.run(["sh", "-c", line.removeprefix("  $ ")], cwd=work.path, env=ENVIRONMENT, check=True,
                   capture_output=True)  # fmt: skip
    assert work.git("log", "-1", "--format=%s") == "feat(api): add clamp"
    assert work.git("log", "-1", "--format=%T", commit) == work.git("log", "-1", "--format=%T", "HEAD")


def test_what_is_staged_gets_one_and_what_is_not_is_left_out(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    work.write("api/clamp.py", CLAMP)
    work.git("add", "api/clamp.py")
    work.write("api/other.py", "def other():\n    return 1\n")
    assert told(work, "--staged") == 0
    assert capsys.readouterr().out == "feat(api): add clamp\n"


def test_nothing_staged_is_said(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(work, "--staged") == 0
    assert capsys.readouterr().out == "nothing changed: no message\n"


@pytest.mark.parametrize("option", ["--base", "--head"])
def test_staged_and_a_range_are_two_things(work: Work, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(work, "--staged", option, "main") == 2
    assert "--staged is what is on top of HEAD" in capsys.readouterr().err


def test_a_build_log_gets_no_message(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(work, "--staged", environ={"CI": "true"}) == 2
    assert capsys.readouterr().out == ""


def test_a_message_that_is_there_is_left_as_it_is(work: Work, tmp_path: Path) -> None:
    file = tmp_path / "MESSAGE"
    file.write_text("my own words\n# a remark of git's\n")
    work.write("api/clamp.py", CLAMP)
    work.git("add", ".")
    assert told(work, "--staged", "--write", str(file)) == 0
    assert file.read_text() == "my own words\n# a remark of git's\n"


def test_remarks_of_git_stay_below_the_message(work: Work, tmp_path: Path) -> None:
    file = tmp_path / "MESSAGE"
    remarks = "\n# Please enter a message\n# ------------------------ >8 ------------------------\ndiff --git a b\n+x\n"
    file.write_text(remarks)
    work.write("api/clamp.py", CLAMP)
    work.git("add", ".")
    assert told(work, "--staged", "--write", str(file)) == 0
    assert file.read_text() == f"feat(api): add clamp\n{remarks}"


def test_a_message_is_written_through_no_link(work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "target").write_text("")
    (tmp_path / "MESSAGE").symlink_to(tmp_path / "target")
    work.write("api/clamp.py", CLAMP)
    work.git("add", ".")
    assert told(work, "--staged", "--write", str(tmp_path / "MESSAGE")) == 2
    assert (tmp_path / "target").read_text() == ""
    assert "it is a link" in capsys.readouterr().err


def hooked(work: Work, command: Sequence[str]) -> None:
    hook = work.path / ".git" / "hooks" / "prepare-commit-msg"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$1"\n')
    hook.chmod(0o755)


def committed(work: Work, *options: str) -> str:
    environment = {**ENVIRONMENT, "GIT_EDITOR": "true", "PYTHONPATH": str(ROOT)}
    subprocess.run(["git", "commit", "-q", *options], cwd=work.path, env=environment, check=True, capture_output=True)
    return work.git("log", "-1", "--format=%B")


def test_the_hook_of_pre_commit_words_a_commit_and_leaves_one_that_is_worded(work: Work) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    name, *options = shlex.split(hook["entry"])
    assert (name, hook["stages"]) == ("reviewbot", ["prepare-commit-msg"])
    hooked(work, [sys.executable, "-m", "reviewbot", *options])
    work.write("api/clamp.py", CLAMP)
    work.git("add", ".")
    assert committed(work) == "feat(api): add clamp"
    work.write("api/clamp.py", CLAMP.replace("max", "min"))
    assert committed(work, "-am", "my own words") == "my own words"


def test_a_commit_of_some_files_only_is_worded_by_these(work: Work) -> None:
    hooked(work, [sys.executable, "-m", "reviewbot", "message", "--staged", "--write"])
    work.write("api/clamp.py", CLAMP)
    work.write("web/page.py", "def page():\n    return 1\n")
    work.git("add", ".")
    assert committed(work, "api/clamp.py") == "feat(api): add clamp"


def test_a_hook_asks_no_model_that_nobody_named(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    with Faulty(dialect="openai") as server:
        work.write("api/clamp.py", CLAMP)
        work.git("add", ".")
        local = {"REVIEWBOT_LOCAL_URL": server.url, "REVIEWBOT_LOCAL_KIND": "openai"}
        assert told(work, "--staged", environ=local) == 0
        assert server.connections == 0
    assert capsys.readouterr().out == "feat(api): add clamp\n"


def test_with_a_model_a_range_is_worded_by_it_on_the_ledger(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    work = repository(tmp_path / "work")
    reply = json.dumps({"type": "fix", "scope": "", "subject": "evaluate the rows", "body": "", "breaking": ""})
    with Faulty(faulty.reply(reply), dialect="ollama", models=("codestral:tiny",)) as server:
        document = operator(tmp_path, ("local", "ollama", server.url, "restricted"))
        ledger = tmp_path / "ledger.jsonl"
        code = main(["message", "--repo", str(work.path), "--base", "main", "--head", "feature", "--operator", document,
                     "--ledger", str(ledger)], {**KEYS})  # fmt: skip
    subject = capsys.readouterr().out.split("\n")[0]
    assert (code, fault(subject)) == (0, "")
    assert subject.endswith("evaluate the rows")
    lines = [json.loads(line) for line in ledger.read_text().splitlines()]
    decided = next(at for at, line in enumerate(lines) if line["status"] == "message-restricted: local")
    sent = [at for at, line in enumerate(lines) if line["kind"] == "egress" and line["label"] == "restricted"]
    assert sent and min(sent) > decided and lines[-1]["kind"] == "end"
    assert CANARY not in ledger.read_text()


def test_a_hostile_name_cannot_break_a_message(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    work.write("api/x\n\nSigned-off-by: Eve <eve@example.org>\u202e.py", "def f():\n    return 1\n")
    work.git("add", ".")
    assert told(work, "--staged") == 0
    printed = capsys.readouterr().out
    assert "Signed-off-by" not in [line.partition(":")[0] for line in printed.split("\n")]
    assert len(printed.split("\n")[0]) <= 72 and os.linesep not in printed.split("\n")[0]


@pytest.mark.parametrize("sign", ["#", ";", "%"])
def test_whatever_git_begins_its_comments_with_they_are_no_message(work: Work, tmp_path: Path, sign: str) -> None:
    file = tmp_path / "MESSAGE"
    file.write_text(f"\n{sign} Please enter a message\n{sign}\n{sign} ---- >8 ----\ndiff --git a b\n+x\n")
    work.write("api/clamp.py", CLAMP)
    work.git("add", ".")
    assert told(work, "--staged", "--write", str(file)) == 0
    assert file.read_text().startswith("feat(api): add clamp\n\n")


def test_a_file_that_cannot_be_written_is_said_before_anything_else(
    work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(work, "--staged", "--write", str(tmp_path / "absent" / "MESSAGE")) == 2
    assert "no such folder" in capsys.readouterr().err


def test_staged_files_in_conflict_are_named(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    work.git("checkout", "-q", "-b", "other")
    work.commit("theirs", **{"api/rates.py": "RATE = 7\n"})
    work.git("checkout", "-q", "main")
    work.commit("ours", **{"api/rates.py": "RATE = 8\n"})
    subprocess.run(["git", "merge", "other"], cwd=work.path, env=ENVIRONMENT, capture_output=True, check=False)
    assert told(work, "--staged") == 2
    assert "api/rates.py: unmerged" in capsys.readouterr().err


def test_a_file_whose_bytes_are_no_text_is_kept_below_the_message(work: Work, tmp_path: Path) -> None:
    file = tmp_path / "MESSAGE"
    file.write_bytes(b"\n# caf\xe9\n")
    work.write("api/clamp.py", CLAMP)
    work.git("add", ".")
    assert told(work, "--staged", "--write", str(file)) == 0
    assert file.read_bytes() == b"feat(api): add clamp\n\n# caf\xe9\n"


def test_a_file_that_is_too_large_is_left_as_it_is(work: Work, tmp_path: Path) -> None:
    file = tmp_path / "MESSAGE"
    content = "# x\n" * 300_000
    file.write_text(content)
    work.write("api/clamp.py", CLAMP)
    work.git("add", ".")
    assert told(work, "--staged", "--write", str(file)) == 2
    assert file.read_text() == content
