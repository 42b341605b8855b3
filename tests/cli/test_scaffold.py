"""`reviewbot scaffold`: printed, written, executed where asked, and refused where it may not be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from reviewbot.cli import main
from reviewbot.sandbox.containment import contained
from tests.repositories import ENVIRONMENT, Work
from tests.requirements import require
from tests.servers import faulty
from tests.servers.faulty import Faulty

ROOT = Path(__file__).parents[2]
PATH = {"PATH": os.environ["PATH"]}
CLAMP = """\
def clamp(value: int, low: int) -> int:
    if value < low:
        raise ValueError(value)
    return value
"""


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """A package with tests, and a branch with a new function."""
    made = Work.at(tmp_path / "work")
    made.commit(**{
        "pyproject.toml": '[project]\nname = "shop"\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\n',
        "shop/__init__.py": "", "shop/rates.py": "RATE = 1\n",
        "tests/test_rates.py": "from shop.rates import RATE\n\n\ndef test_rate():\n    assert RATE == 1\n",
    })  # fmt: skip
    made.git("checkout", "-q", "-b", "feature")
    made.commit(**{"shop/limits.py": CLAMP})
    return made


def told(work: Work, *options: str, environ: dict[str, str] | None = None) -> int:
    return main(["scaffold", "--repo", str(work.path), "--base", "main", *options], environ or dict(PATH))


def report(work: Work, tmp_path: Path, *options: str) -> dict[str, Any]:
    file = tmp_path / "report.json"
    assert told(work, "--output", str(file), *options) == 0
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def test_a_scaffold_is_printed_whole_with_what_it_passed(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(work) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("tests/test_limits.py  shop/limits.py::clamp  pytest: parsed; not run, ")
    assert "  from shop.limits import clamp\n" in printed and printed.endswith("1 scaffold\n")
    assert not (work.path / "tests" / "test_limits.py").exists()


def test_without_run_nothing_of_the_change_is_executed(work: Work, tmp_path: Path) -> None:
    marker = tmp_path / "executed"
    work.commit(**{"shop/limits.py": f"open({str(marker)!r}, 'w')\n\n\n{CLAMP}"})
    assert report(work, tmp_path, "--write")["scaffolds"][0]["stages"] == {
        "parsed": True, "collected": None, "ran": None, "killed": None}  # fmt: skip
    assert not marker.exists()


def test_a_scaffold_is_written_where_the_tests_of_the_repository_are(work: Work, tmp_path: Path) -> None:
    (made,) = report(work, tmp_path, "--write")["scaffolds"]
    assert (work.path / "tests" / "test_limits.py").read_text() == made["content"]


def test_nothing_is_written_over(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    work.write("tests/test_limits.py", "mine = True\n")
    assert told(work, "--write") == 0
    assert (work.path / "tests" / "test_limits.py").read_text() == "mine = True\n"
    assert "  ! is there already, not written over\n" in capsys.readouterr().out


def test_nothing_is_written_through_a_link(work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "elsewhere").mkdir()
    subprocess.run(["rm", "-r", "tests"], cwd=work.path, check=True)
    (work.path / "tests").symlink_to(tmp_path / "elsewhere")
    assert told(work, "--write") == 2
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert "  ! not written: a file cannot be written there: " in capsys.readouterr().out


def test_only_the_named_files_get_scaffolds(work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    work.commit(**{"shop/more.py": "def more(count: int) -> int:\n    return count + 1\n"})
    assert [one["target"] for one in report(work, tmp_path, "shop/more.py")["scaffolds"]] == ["shop/more.py::more"]
    assert told(work, "shop/rates.py") == 2
    assert "shop/rates.py: not among the changed files" in capsys.readouterr().err


def test_a_build_log_gets_names_and_no_line(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(work, environ={**PATH, "CI": "true"}) == 0
    printed = capsys.readouterr().out
    assert "shop/limits.py::clamp" in printed and "import" not in printed


def test_what_is_tested_already_gets_none(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    test = "from shop.limits import clamp\n\n\ndef test_clamp():\n    assert clamp(1, 0) == 1\n"
    work.commit(**{"tests/test_limits.py": test})
    assert told(work) == 0
    assert capsys.readouterr().out.endswith("0 scaffolds\n")


@pytest.fixture
def sandboxed() -> None:
    require(contained().is_enough, "a sandbox")


@pytest.mark.usefixtures("sandboxed")
def test_run_tries_every_stage(work: Work, tmp_path: Path) -> None:
    (made,) = report(work, tmp_path, "--run")["scaffolds"]
    assert made["stages"] == {"parsed": True, "collected": True, "ran": True, "killed": True}
    assert made["unwritten"] > 0 and any("changed targets" in notice for notice in made["notices"])


@pytest.mark.usefixtures("sandboxed")
def test_a_filled_scaffold_is_run_and_fails_on_changed_targets(work: Work, tmp_path: Path) -> None:
    work.commit(**{"shop/limits.py": "def double(count: int = 1) -> int:\n    return count * 2\n"})
    with Faulty(faulty.reply("2"), dialect="ollama", models=("codestral:tiny",)) as server:
        local = {**PATH, "REVIEWBOT_LOCAL_URL": server.url, "REVIEWBOT_LOCAL_MODEL": "codestral:tiny"}
        file = tmp_path / "report.json"
        assert told(work, "--run", "--output", str(file), environ=local) == 0
    (made,) = json.loads(file.read_text())["scaffolds"]
    assert (made["origin"], made["unwritten"]) == ("local", 0)
    # It wrote 2 for every call, which is right for one of them.
    assert (made["stages"]["collected"], made["stages"]["ran"]) == (True, False)
    assert "it does not pass" in " ".join(made["notices"])


@pytest.mark.parametrize("name", ["MISTRAL_API_KEY", "GITHUB_TOKEN", "CI_JOB_TOKEN", "REVIEWBOT_KEY", "DB_PASSWORD"])
def test_beside_a_secret_nothing_is_executed(work: Work, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(work, "--run", environ={**PATH, name: "s3cret"}) == 2
    error = capsys.readouterr().err
    assert name in error and "s3cret" not in error


def test_the_key_that_the_operator_names_is_a_secret_whatever_its_name(
    work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = tmp_path / "operator.toml"
    document.write_text('[[backend]]\nname = "hosted"\nkind = "mistral"\nmodel = "codestral-2508"\n'
                        'clearance = "internal"\nkey_env = "OUR_THING"\n')  # fmt: skip
    environ = {**PATH, "OUR_THING": "s3cret"}
    assert told(work, "--run", "--operator", str(document), environ=environ) == 2
    assert "OUR_THING" in capsys.readouterr().err


def test_of_a_fork_nothing_is_executed_unless_the_operator_says_so(
    work: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    event = tmp_path / "event.json"
    sides = {side: {"sha": work.git("rev-parse", name), "repo": {"id": number}}
             for side, name, number in (("base", "main", 1), ("head", "feature", 2))}  # fmt: skip
    event.write_text(json.dumps({"pull_request": {"number": 7, "title": "T", **sides}}))
    environ = {**PATH, "GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(event)}
    assert told(work, "--run", environ=environ) == 2
    assert "from a fork" in capsys.readouterr().err


def test_the_process_that_runs_it_is_told_of_no_secret_either(work: Work, tmp_path: Path) -> None:
    # A program of its own: what it was started with is what another process of the same user could read.
    command = [sys.executable, "-m", "reviewbot", "scaffold", "--repo", str(work.path), "--base", "main", "--run"]
    environment = {**ENVIRONMENT, "PYTHONPATH": str(ROOT), "SOME_TOKEN": "s3cret"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, "SOME_TOKEN" in done.stderr, done.stdout) == (2, True, "")


@pytest.mark.parametrize(
    "spelled", ["./shop/limits.py", "shop", "shop/", "shop/../shop/limits.py", "{root}/shop/limits.py"]
)
def test_a_file_may_be_named_in_any_way_and_a_folder_too(work: Work, tmp_path: Path, spelled: str) -> None:
    (made,) = report(work, tmp_path, spelled.format(root=work.path))["scaffolds"]
    assert made["target"] == "shop/limits.py::clamp"


def test_a_file_may_be_named_from_where_one_is(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(work.path / "shop")
    file = tmp_path / "report.json"
    assert main(["scaffold", "--base", "main", "--output", str(file), "limits.py"], dict(PATH)) == 0
    assert [one["target"] for one in json.loads(file.read_text())["scaffolds"]] == ["shop/limits.py::clamp"]


def test_what_deletes_files_gets_none_and_the_reason_is_printed(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    code = "import shutil\nfrom pathlib import Path\n\n\ndef clean(folder: Path) -> None:\n    shutil.rmtree(folder)\n"
    work.commit(**{"shop/disk.py": code})
    assert told(work, "shop/disk.py", "--write") == 0
    assert "no scaffold for shop/disk.py::clean: it deletes files" in capsys.readouterr().out


def test_what_was_written_is_said(work: Work, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(work, "--write") == 0
    assert " to be written, saved\n" in capsys.readouterr().out
    assert told(work, "--write") == 0
    assert " to be written, saved\n" not in capsys.readouterr().out


def hostile(work: Work, *names: str, code: str) -> str:
    """A commit on main whose tree has a file below folders of any names, as no checkout would make it; its id."""
    oid = work.git("hash-object", "-w", "--stdin", stdin=code.encode())
    module = work.git("hash-object", "-w", "--stdin", stdin=b"module example.org/x\n\ngo 1.19\n")
    rows = f"100644 blob {module}\tgo.mod\n100644 blob {oid}\tescaped.go\n"
    tree = work.git("mktree", stdin=rows.encode())
    for name in reversed(names):
        raw = b"40000 " + name.encode() + b"\0" + bytes.fromhex(tree)
        tree = work.git("hash-object", "-t", "tree", "-w", "--stdin", "--literally", stdin=raw)
    return work.git("commit-tree", tree, "-p", "main", "-m", "x")


@pytest.mark.parametrize(
    "names", [("..", "outside"), (".git", "refs", "heads"), (".GIT", "hooks"), ("a", "..", "..", "b")]
)
def test_a_tree_with_names_that_lead_elsewhere_gets_nothing_written(
    work: Work, names: tuple[str, ...], tmp_path: Path
) -> None:
    code = "package x\n\nfunc Double(count int) int {\n\treturn count * 2\n}\n"
    commit = hostile(work, *names, code=code)
    before = {path for path in tmp_path.rglob("*") if "objects" not in path.parts}
    told(work, "--head", commit, "--write")
    assert {path for path in tmp_path.rglob("*") if "objects" not in path.parts} == before


def test_a_manifest_that_names_the_repositorys_own_folder_gets_nothing_written_there(work: Work) -> None:
    own = ".git/refs/heads/"
    composer = json.dumps({"autoload": {"psr-4": {"App\\": "src/"}}, "autoload-dev": {"psr-4": {"App\\Tests\\": own}}})
    code = "<?php\nnamespace App;\nfinal class A\n{\n    public static function f(int $n): int { return $n * 2; }\n}\n"
    work.commit(**{"composer.json": composer, "src/A.php": code})
    before = sorted(path for path in (work.path / ".git").rglob("*"))
    told(work, "--write")
    assert sorted(path for path in (work.path / ".git").rglob("*")) == before


def test_a_build_log_has_no_name_above_its_clearance_whatever_becomes_of_the_file(
    work: Work, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = '[[rule]]\nlabel = "restricted"\npaths = ["gorse/**"]\nreason = "core"\n'
    work.git("checkout", "-q", "main")
    work.commit(**{".reviewbot.toml": rule, "gorse/__init__.py": ""})
    work.git("checkout", "-q", "feature")
    work.git("rebase", "-q", "main")
    work.commit(**{"gorse/merger_7431.py": "def merged(count: int) -> int:\n    return count * 2\n"})
    work.write("gorse/test_merger_7431.py", "x = 1\n")
    told(work, "--write", environ={**PATH, "CI": "true"})
    said = capsys.readouterr()
    assert "7431" not in said.out + said.err and "shop/limits.py" in said.out


@pytest.mark.usefixtures("sandboxed")
@pytest.mark.parametrize("in_ci", [True, False])
def test_what_a_trial_says_of_restricted_code_is_for_nobody_who_reads_a_build_log(
    work: Work, tmp_path: Path, in_ci: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = '[[rule]]\nlabel = "restricted"\npaths = ["gorse/**"]\nreason = "core"\n'
    work.git("checkout", "-q", "main")
    work.commit(**{".reviewbot.toml": rule, "gorse/__init__.py": "", "gorse/key.py": "def load():\n    pass\n",
                   "conftest.py": "from gorse.key import load\n\nload()\n"})  # fmt: skip
    work.git("checkout", "-q", "feature")
    work.git("rebase", "-q", "main")
    work.commit(**{"gorse/key.py": "def load():\n    raise ValueError('canary 7431')\n"})
    file = tmp_path / "report.json"
    environ = {**PATH, **({"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push"} if in_ci else {})}
    assert told(work, "--run", "--output", str(file), "shop/limits.py", environ=environ) == 0
    (made,) = json.loads(file.read_text())["scaffolds"]
    printed = capsys.readouterr().out
    assert ("7431" in printed + file.read_text()) is not in_ci
    assert made["stages"]["collected"] is False
    assert not in_ci or "shop/limits.py::clamp  pytest: parsed; not run" in printed
