"""A clone prepared by an enemy: a repository, a program that leaves a mark when anything runs it, and the mark."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from reviewbot import git
from tests.repositories import ENVIRONMENT, Work

TEXT = "".join(f"line {number}\n" for number in range(30))


@dataclass(frozen=True)
class Trap:
    """`program` runs nowhere but where git is careless: `mark` says whether it did."""

    work: Work
    program: Path
    mark: Path

    def fires(self, *arguments: str, folder: str = ".", environment: dict[str, str] | None = None) -> bool:
        """Whether the plain git command of a careless reader runs the program."""
        argv = ["git", "-c", "safe.directory=*", *arguments]
        env = {**ENVIRONMENT, **(environment or {})}
        given = b"protocol=https\nhost=host.invalid\n\n"  # what `credential fill` asks for
        subprocess.run(argv, cwd=self.work.path / folder, env=env, input=given, capture_output=True, timeout=20)
        fired = self.mark.exists()
        self.mark.unlink(missing_ok=True)
        return fired

    def configure(self, key: str, value: str) -> None:
        self.work.git("config", "--add", key, value)


def build(path: Path) -> Work:
    """The same repository every time: main, and a topic with a change of every kind, signed."""
    work = Work.at(path)
    files: dict[str, str | bytes] = {
        "a.py": TEXT,
        "b/c.txt": TEXT + "b\n",
        "bin": b"\0",
        "caf\u00e9": "x\n",
        "gone": "gone\n",
    }
    work.commit("one", **files)
    work.git("switch", "-qc", "topic")
    (path / "gone").unlink()
    (path / "link").symlink_to("a.py")
    (path / "b/c.txt").rename(path / "b/d.txt")
    files = {"a.py": TEXT.replace("7", "x"), "copy.py": TEXT, "bin": b"\0\0", "new": "a\r\nb"}
    work.commit("two", **files)
    signed = work.git("cat-file", "commit", "HEAD").replace("\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n x\n\n", 1)
    oid = work.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=signed.encode() + b"\n")
    work.git("reset", "-q", "--hard", oid)
    return work


def set_trap(folder: Path) -> Trap:
    program, mark = folder / "payload", folder / "mark"
    program.write_text(f"#!/bin/sh\n: >'{mark}'\nexit 1\n")
    program.chmod(0o755)
    return Trap(build(folder / "work"), program, mark)


def reading(folder: Path) -> tuple[object, ...]:
    """All that we ever read of a repository."""
    with git.opened(folder) as repo:
        base, head = git.resolve(repo, git.default_base(repo)), git.resolve(repo, "HEAD")
        left = git.merge_base(repo, base, head)
        files = git.changes(repo, left, head)
        ids = [file.new.id for file in files if file.new.exists]
        texts = git.contents(repo, ids), git.read_file(repo, head, "a.py", 1000)
        return base, head, left, files, git.tree(repo, head), git.sizes(repo, ids), texts, git.log(repo, base, head)


def require_unmoved(trap: Trap, tmp_path: Path) -> None:
    expected = reading(build(tmp_path / "clean").path)
    assert reading(trap.work.path) == expected
    assert not trap.mark.exists()
