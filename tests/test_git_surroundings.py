"""What surrounds a repository, the caller's environment, folder and locale, changes nothing and is not changed."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from reviewbot import git
from reviewbot.errors import UsageError
from tests.traps import Trap, build, reading, require_unmoved, set_trap


@pytest.fixture
def trap(tmp_path: Path) -> Trap:
    return set_trap(tmp_path)


def test_the_callers_environment_changes_nothing(trap: Trap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = {
        "GIT_EXTERNAL_DIFF": str(trap.program), "GIT_SSH_COMMAND": str(trap.program), "GIT_PAGER": str(trap.program),
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "diff.external", "GIT_CONFIG_VALUE_0": str(trap.program),
        "GIT_CONFIG_PARAMETERS": f"'diff.external'='{trap.program}'", "GIT_ASKPASS": str(trap.program),
    }  # fmt: skip
    assert trap.fires("diff", "main", "topic", environment=hostile)
    elsewhere = {
        "GIT_DIR": "/nonexistent", "GIT_WORK_TREE": "/", "GIT_INDEX_FILE": str(trap.mark), "GIT_NAMESPACE": "x",
        "GIT_OBJECT_DIRECTORY": "/nonexistent", "GIT_ALTERNATE_OBJECT_DIRECTORIES": "/nonexistent",
        "GIT_COMMON_DIR": "/nonexistent", "GIT_CEILING_DIRECTORIES": "/", "GIT_DIFF_OPTS": "-u0",
        "GIT_EXEC_PATH": str(tmp_path), "GIT_TRACE": str(trap.mark), "HOME": str(tmp_path),
        "GIT_TRACE2": str(trap.mark), "GIT_TRACE2_EVENT": str(trap.mark), "GIT_REPLACE_REF_BASE": "refs/heads/",
        "GIT_LITERAL_PATHSPECS": "1", "GIT_ICASE_PATHSPECS": "1", "GIT_SHALLOW_FILE": str(trap.mark),
        "XDG_CONFIG_HOME": str(tmp_path), "LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de", "TZ": "Asia/Tokyo", "COLUMNS": "1",
    }  # fmt: skip
    (tmp_path / ".gitconfig").write_text(f'[diff]\n\texternal = "{trap.program}"\n')
    (tmp_path / "git").mkdir()
    (tmp_path / "git" / "attributes").write_text("* binary\n")
    for name, value in {**hostile, **elsewhere}.items():
        monkeypatch.setenv(name, value)
    require_unmoved(trap, tmp_path)


def test_a_program_called_git_in_the_work_tree_is_not_run(
    trap: Trap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = reading(build(tmp_path / "clean").path)
    shutil.copy(trap.program, trap.work.path / "git")
    monkeypatch.chdir(trap.work.path)
    for path in (".", f":{os.defpath}", f".:{os.defpath}"):
        monkeypatch.setenv("PATH", path)
        subprocess.run(["git"], stdin=subprocess.DEVNULL)
        assert trap.mark.exists()
        trap.mark.unlink()
        program = shutil.which("git") or ""
        if "/" in program:
            with pytest.raises(UsageError, match="absolute path"), git.opened(Path(), program=program):
                pass
        else:
            with git.opened(Path(), program=program) as repo:
                assert git.changes(repo, git.resolve(repo, "main"), git.resolve(repo, "topic")) == expected[3]
        assert not trap.mark.exists()


@pytest.mark.parametrize("locale", ["C", "POSIX", "en_US.ISO-8859-1", "tr_TR.UTF-8", "nonsense"])
def test_names_are_read_alike_in_every_locale(trap: Trap, locale: str) -> None:
    code = (
        "import pathlib; from reviewbot import git\n"
        f"with git.opened(pathlib.Path({str(trap.work.path)!r})) as repo:\n"
        "    head = git.resolve(repo, 'HEAD')\n"
        "    paths = [row.path for row in git.tree(repo, head) if row.mode[:2] == '10']\n"
        "    print(ascii([(path, git.read_file(repo, head, path, 99)) for path in paths]))\n"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code], env={**environment, "LC_ALL": value}, capture_output=True, check=True
        )
        for value in ("C.UTF-8", locale)
    ]
    assert outputs[0].stdout == outputs[1].stdout
    assert b"('caf\\xe9', b'x\\n')" in outputs[1].stdout


def test_the_real_repository_is_not_written_to(trap: Trap) -> None:
    for path in (trap.work.path, *trap.work.path.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    before = {path: path.lstat().st_mtime_ns for path in trap.work.path.rglob("*")}
    reading(trap.work.path)
    assert {path: path.lstat().st_mtime_ns for path in trap.work.path.rglob("*")} == before
