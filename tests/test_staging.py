"""What is staged is read as the next commit will have it, whatever index git names and however it is kept."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from reviewbot import git
from reviewbot.errors import RepositoryError, UsageError
from reviewbot.forges import local
from tests.repositories import ENVIRONMENT, Work


@pytest.fixture
def work(tmp_path: Path) -> Work:
    made = Work.at(tmp_path / "work")
    made.commit("first", **{"a.py": "a = 1\n", "b.py": "b = 1\n"})
    return made


def paths(work: Work, index: Path | None = None) -> list[tuple[str, str]]:
    with git.opened(work.path) as repo:
        return [(file.change, file.path) for file in local.staged(repo, index).files]


def test_what_is_staged_is_read_and_what_is_not_staged_is_left_out(work: Work) -> None:
    work.write("a.py", "a = 2\n")
    work.write("new.py", "n = 1\n")
    work.git("add", "new.py")
    work.git("rm", "-q", "b.py")
    assert paths(work) == [("deleted", "b.py"), ("added", "new.py")]


def test_nothing_of_the_repository_changes_when_what_is_staged_is_read(work: Work) -> None:
    work.write("a.py", "a = 2\n")
    work.git("add", "a.py")
    before = {file: file.read_bytes() for file in sorted((work.path / ".git").rglob("*")) if file.is_file()}
    paths(work)
    assert {file: file.read_bytes() for file in sorted((work.path / ".git").rglob("*")) if file.is_file()} == before


def test_the_first_commit_of_all_is_read(tmp_path: Path) -> None:
    fresh = Work.at(tmp_path / "fresh")
    assert paths(fresh) == []
    fresh.write("a.py", "a = 1\n")
    fresh.git("add", "a.py")
    assert paths(fresh) == [("added", "a.py")]


@pytest.mark.parametrize("option", ["--split-index", "--index-version=4", "--untracked-cache"])
def test_every_form_of_index_is_read(work: Work, option: str) -> None:
    work.write("a.py", "a = 2\n")
    work.git("add", "a.py")
    work.git("update-index", *option.split("="))
    assert paths(work) == [("modified", "a.py")]


def test_files_in_conflict_make_no_commit(work: Work) -> None:
    work.git("checkout", "-q", "-b", "other")
    work.commit("theirs", **{"a.py": "a = 3\n"})
    work.git("checkout", "-q", "main")
    work.commit("ours", **{"a.py": "a = 2\n"})
    subprocess.run(["git", "merge", "other"], cwd=work.path, env=ENVIRONMENT, capture_output=True, check=False)
    with pytest.raises(RepositoryError, match="makes no commit"):
        paths(work)


def test_the_index_that_git_names_to_a_hook_counts(work: Work) -> None:
    shutil.copy(work.path / ".git" / "index", work.path / ".git" / "next-index-1.lock")
    work.write("a.py", "a = 2\n")
    work.git("add", "a.py")
    assert paths(work, work.path / ".git" / "next-index-1.lock") == []


def test_an_index_from_elsewhere_is_refused(work: Work, tmp_path: Path) -> None:
    shutil.copy(work.path / ".git" / "index", tmp_path / "index")
    with pytest.raises(UsageError, match="the index that git names is not one of"):
        paths(work, tmp_path / "index")


def test_a_damaged_index_is_told_in_one_line(work: Work) -> None:
    (work.path / ".git" / "index").write_bytes(b"DIRC" + os.urandom(60))
    with pytest.raises(RepositoryError, match="makes no commit"):
        paths(work)


def test_a_worktree_has_an_index_of_its_own(work: Work, tmp_path: Path) -> None:
    work.git("worktree", "add", "-q", str(tmp_path / "tree"), "-b", "feature")
    tree = Work(tmp_path / "tree")
    tree.write("only.py", "o = 1\n")
    tree.git("add", "only.py")
    assert (paths(tree), paths(work)) == ([("added", "only.py")], [])
