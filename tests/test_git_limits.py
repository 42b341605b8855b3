"""However large the change, our memory stays bounded and what was not read says so."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from reviewbot import git
from tests.repositories import Work

MB = 1024 * 1024
#: Reads a range and prints what became of each file, and the peak memory of ourselves and of git in MB.
PROGRAM = """
import json, pathlib, resource, sys
from reviewbot import git
with git.opened(pathlib.Path(sys.argv[1])) as repo:
    head = git.resolve(repo, "HEAD")
    files = git.changes(repo, git.resolve(repo, "HEAD~1"), head)
    cut = [len(git.read_file(repo, head, file.path, 1000)) for file in files if file.new.exists]
peak = [resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps([{file.path: [file.change, file.absence, len(file.hunks)] for file in files}, peak, max(cut)]))
"""


def read(work: Work) -> tuple[dict[str, list[object]], list[int], int]:
    # Through a shell, because a process inherits the peak of the one it was forked from.
    argv = ["/bin/sh", "-c", '"$0" "$@"; exit $?', sys.executable, "-c", PROGRAM, str(work.path)]
    run = subprocess.run(argv, capture_output=True, text=True, check=True)
    files, peak, cut = json.loads(run.stdout)
    return files, peak, cut


def test_fifty_megabytes_in_one_line_or_without_any_are_not_read(work: Work) -> None:
    work.commit(line=b"a" * 50 * MB, binary=b"\0" * 50 * MB, small="x\n")
    work.commit(line=b"b" * 50 * MB, binary=b"\0" * 50 * MB + b"1", small="y\n", copy=b"a" * 50 * MB + b"tail\n")
    files, (ours, gits), cut = read(work)
    assert files == {
        "line": ["modified", "too large", 0], "binary": ["modified", "binary", 0],
        "copy": ["copied", "too large", 0], "small": ["modified", "", 1],
    }  # fmt: skip
    assert cut == 1001
    assert ours < 60, ours
    assert gits < 250, gits


def test_a_million_lines_are_read_as_far_as_memory_goes(work: Work) -> None:
    """One small blob at many paths, so that reading blobs costs nothing and cutting them into lines everything."""
    work.commit(x="x\n")
    files = {f"f{number:02}": b"a\n" * 200_000 for number in range(60)} | {"tail": b"a\n" * 250_001}
    work.commit("many", **files)
    found, (ours, _), _ = read(work)
    assert found.pop("tail") == ["added", "too large", 0]
    read_files = [path for path, (_, absence, _) in found.items() if absence == ""]
    assert read_files == [f"f{number:02}" for number in range(3)]
    assert {tuple(row[1:]) for path, row in found.items() if path not in read_files} == {("over budget", 0)}
    assert ours < 250, ours


def test_large_texts_are_read_as_far_as_memory_goes(work: Work) -> None:
    """A single snake makes Python keep four bytes for every letter: what counts is memory, not bytes in git."""
    work.commit(x="x\n")
    work.commit("wide", **{f"f{number:02}": f"{number}\U0001f40d".encode() + b"a" * 3 * MB for number in range(20)})
    files, (ours, _), _ = read(work)
    assert [absence for _, absence, _ in files.values()] == [""] * 10 + ["over budget"] * 10
    assert ours < 450, ours


def test_a_repository_can_be_smaller_than_its_path(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 200) / ("e" * 200)
    work = Work.at(deep)
    work.commit(x="x\n")
    work.commit(x="y\n")
    assert read(work)[0] == {"x": ["modified", "", 1]}


@pytest.mark.parametrize("secret", ["x\n" * 4, "x\n" * 4000])
def test_what_is_read_of_a_path_depends_on_no_size_of_a_more_sensitive_one(
    work: Work, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git, "MAX_MEMORY", 10_000)
    work.commit(**{"a/secret": "a\n", "b/open": "b\n"})
    work.commit(**{"a/secret": secret, "b/open": "c\n" * 8})
    with git.opened(work.path) as repo:
        base, head = git.resolve(repo, "HEAD~1"), git.resolve(repo, "HEAD")
        files = git.changes(repo, base, head, lambda path: path.startswith("a/"))
    assert [(file.path, len(file.hunks)) for file in files][1] == ("b/open", 1)
    assert [file.path for file in files] == ["a/secret", "b/open"]


@pytest.mark.parametrize("secret", ["other\n" * 30, "".join(f"line {number} of it\n" for number in range(30))])
def test_a_path_that_goes_is_told_whatever_a_more_sensitive_one_that_comes_is_like(work: Work, secret: str) -> None:
    work.commit(**{"api.py": "".join(f"line {number} of it\n" for number in range(30)), "keep": "x\n"})
    work.git("rm", "-q", "api.py")
    work.commit(**{"secret/x.py": secret})
    with git.opened(work.path) as repo:
        base, head = git.resolve(repo, "HEAD~1"), git.resolve(repo, "HEAD")
        files = git.changes(repo, base, head, lambda path: path.startswith("secret/"))
    assert [(file.change, file.path) for file in files] == [("deleted", "api.py"), ("added", "secret/x.py")]
