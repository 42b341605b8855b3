"""Whatever the head of a pull request brings, no part of it is executed, imported, installed from or configuration."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.packaging.actions import Job, checked_out
from tests.packaging.machine import ENVIRONMENT
from tests.repositories import Work

INPUTS = ("github_token", "mistral_api_key", "local_url", "local_model", "local_kind", "operator", "policy", "tasks",
          "fail_on", "phase", "shard", "output")  # fmt: skip
#: Programs of the head that a job may have put on its path. Not bash: it is the runner who starts that.
PROGRAMS = ("python3", "python", "git", "pip", "ruff", "env", "dirname", "uname")


def _marking(marker: Path) -> str:
    return f"import pathlib; pathlib.Path({str(marker)!r}).touch()\n"


def _hostile(folder: Path, marker: Path, index: str) -> Work:
    """A head that has everything that Python, pip, git, bash or pytest might pick up from where they stand."""
    work = Work.at(folder)
    work.commit("base", **{"app.py": "a = 1\n", ".reviewbot.toml": 'default = "internal"\n'})
    work.git("checkout", "-q", "-b", "feature")
    python, shell = _marking(marker), f"#!/bin/sh\n: > '{marker}'\n"
    names = ("sitecustomize.py", "usercustomize.py", "conftest.py", "setup.py", "json.py", "installing.py", "venv.py",
             "reviewbot/__init__.py", "reviewbot/__main__.py", "pip/__init__.py", "pip/__main__.py",
             ".github/action/entry.py", ".github/action/installing.py", "hatchling/__init__.py")  # fmt: skip
    pip = f"[global]\nindex-url = {index}\nextra-index-url = {index}\n[install]\ntarget = {folder}/target\n"
    work.commit("change", **{
        **dict.fromkeys(names, python), "evil.pth": python, "app.py": "a = 1\nbreakpoint()\n",
        **dict.fromkeys(tuple(f"bin/{name}" for name in PROGRAMS), shell),
        "pip.conf": pip, ".pip/pip.conf": pip, ".config/pip/pip.conf": pip, ".pydistutils.cfg": pip, "setup.cfg": pip,
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "setup"\nbackend-path = ["."]\n',
        ".ci/requirements.txt": "evil==1\n", "requirements.txt": "evil==1\n", ".bashrc": shell, ".profile": shell,
        ".env": "PIP_INDEX_URL=x\n", "ruff.toml": "extend = 'x'\n", "mise.toml": "x\n", ".python-version": "2.7\n",
        ".netrc": "machine 127.0.0.1 login x password y\n",
    })  # fmt: skip
    for name in PROGRAMS:
        work.git("update-index", "--chmod=+x", f"bin/{name}")
    work.git("commit", "-q", "-m", "programs")
    work.git("checkout", "-q", "-f", "feature")
    return work


@contextmanager
def _index() -> Iterator[tuple[str, list[str]]]:
    """A package index that only notes who asks."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/simple", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_nothing_of_the_head_runs_from_the_installation_to_the_report(temp: Path, tmp_path: Path) -> None:
    """`temp` is asked for node's sake; the job has its own, so that it installs."""
    own, marker = tmp_path / "temp", tmp_path / "marker"
    own.mkdir()
    with _index() as (index, asked):
        work = _hostile(tmp_path / "repository", marker, index)
        workspace, event = checked_out(work, tmp_path / "workspace")
        shutil.copytree(workspace / ".github", workspace / "copy")
        path = f"{workspace}/bin:./bin:bin::{ENVIRONMENT['PATH']}"
        job = Job(workspace, own, event).having(
            PATH=path, HOME=str(workspace), PYTHONPATH=str(workspace), PYTHONSTARTUP=str(workspace / "setup.py"),
            PYTHONHOME="", PIP_CONFIG_FILE=str(workspace / "pip.conf"), PIP_TARGET=str(workspace / "target"),
            PIP_REQUIREMENT=str(workspace / "requirements.txt"), PIP_USER="1", PIP_PREFIX=str(workspace),
            PIP_EDITABLE=str(workspace), PIP_CONSTRAINT=str(workspace / "requirements.txt"),
            PYTHONUSERBASE=str(workspace), VIRTUAL_ENV=str(workspace), GIT_EXTERNAL_DIFF=str(workspace / "bin/git"),
        )  # fmt: skip
        ran = job.run()
        assert not marker.exists()
        assert asked == []
    assert (ran.exit, ran.outputs["conclusion"], "installed in" in ran.log) == (0, "neutral", True)
    assert "debug/breakpoint" in {one["rule"] for one in ran.report()["findings"]}
    assert not (workspace / "target").exists()


def test_the_marker_can_be_seen(tmp_path: Path) -> None:
    """Were the head's `sitecustomize` picked up, the test above would know."""
    work = _hostile(tmp_path / "repository", tmp_path / "marker", "http://127.0.0.1:9")
    subprocess.run([sys.executable, "-c", ""], cwd=work.path, env={"PYTHONPATH": str(work.path)}, check=True)
    assert (tmp_path / "marker").exists()
    (tmp_path / "marker").unlink()
    subprocess.run([str(work.path / "bin/python3")], env={"PATH": ENVIRONMENT["PATH"]}, check=True)
    assert (tmp_path / "marker").exists()


@pytest.mark.parametrize("name", INPUTS)
def test_an_input_is_data_whatever_it_says(job: Job, tmp_path: Path, name: str) -> None:
    marker = tmp_path / "marker"
    value = (f"$(touch {marker})`touch {marker}`\"; touch {marker}; ' || touch {marker} #"
             "${{ github.event.number }} ::set-output name=findings::9 %0A::error::y ##[error]z")  # fmt: skip
    ran = job.run(**{"output": str(tmp_path / "out"), name: value})
    assert not marker.exists()
    assert [path for path in tmp_path.rglob("*marker*") if "$(" not in str(path)] == []
    assert set(ran.commands) <= {"group", "endgroup", "error", "warning", "notice"}
    assert ran.outputs["findings"] in ("", "1")
    assert (ran.env, ran.path) == ({}, [])


@pytest.mark.parametrize("name", INPUTS)
def test_an_input_of_several_lines_cannot_add_a_line_anywhere(job: Job, tmp_path: Path, name: str) -> None:
    value = "x\n::error::y\nfindings=99\n--dry-run\nLD_PRELOAD=/x"
    ran = job.run(**{"output": str(tmp_path / "out"), name: value})
    assert (ran.exit, ran.outputs["findings"]) == (2, "")
    assert ran.log.count("\n") == 1
    assert ran.commands in (["error"], [])
    assert (ran.env, ran.path) == ({}, [])


@pytest.mark.parametrize("name", ["policy", "operator", "tasks", "fail_on"])
def test_an_input_never_becomes_an_option(job: Job, tmp_path: Path, name: str) -> None:
    ran = job.run(**{"output": str(tmp_path / "out"), name: f"--output={tmp_path}/written.json"})
    assert ran.exit == 2
    assert not (tmp_path / "written.json").exists()


@pytest.mark.parametrize(("inputs", "said"), [
    ({"phase": "Review"}, "phase: one of review, plan, ask, publish"),
    ({"phase": "doctor"}, "phase: one of review, plan, ask, publish"),
    ({"shard": "1"}, "shard: a part and of how many"), ({"shard": "../2"}, "shard: a part and of how many"),
    ({"shard": "3/2", "phase": "ask"}, "--shard"), ({"tasks": "poem"}, "--tasks"), ({"fail_on": "worst"}, "--fail-on"),
    ({"policy": "nosuch"}, "nosuch"), ({"policy": "app.py"}, "app.py: the repository under review tracks it"),
    ({"operator": "app.py"}, "app.py: the repository under review tracks it"),
    ({"operator": "none.toml"}, "none.toml: the operator's file cannot be read"),
    ({"operator": "none.toml", "phase": "ask"}, "operator: when asking and publishing"),
    ({"output": "{workspace}/out"}, "output: a folder outside the checkout"),
    ({"output": "{workspace}"}, "output: a folder outside the checkout"),
    ({"output": "../x/../{name}/out"}, ""), ({"local_url": "http://10.0.0.1\x1b[2J"}, "local-url: has characters"),
])  # fmt: skip
def test_a_wrong_input_is_one_line_that_names_it(job: Job, tmp_path: Path, inputs: dict[str, str], said: str) -> None:
    filled = {name: value.format(workspace=job.workspace, name=tmp_path.name) for name, value in inputs.items()}
    ran = job.run(**{"output": str(tmp_path / "out"), **filled})
    if said:
        assert (ran.exit, ran.outputs["report"]) == (2, "")
        assert said in ran.log
        assert ran.log.count("\n") == 1
    assert not (job.workspace / "out").exists()


def test_a_folder_of_reports_that_leads_into_the_checkout_is_refused(job: Job, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(job.workspace)
    ran = job.run(output=str(tmp_path / "link" / "out"))
    assert (ran.exit, "output: a folder outside the checkout" in ran.log) == (2, True)
    assert not (job.workspace / "out").exists()
