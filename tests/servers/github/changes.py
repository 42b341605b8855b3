"""What git says of a change, as GitHub shows it: files and hunks with three lines of context, from the merge base on.

Also where a line of one commit is in another one: comments follow their lines as a branch moves.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from tests.repositories import ENVIRONMENT

Side = Literal["LEFT", "RIGHT"]

#: Whatever the repository's own configuration says.
_DIFF = (
    "-c", "diff.noprefix=false", "-c", "diff.mnemonicPrefix=false", "diff", "--no-color", "--no-ext-diff",
    "--no-textconv", "--diff-algorithm=myers", "--inter-hunk-context=0", "--find-renames",
)  # fmt: skip
_HUNK = re.compile(rb"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")
_STATUSES = {"A": "added", "M": "modified", "D": "removed", "R": "renamed", "C": "copied", "T": "changed"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a hunk: its number on both sides, None where a side lacks it."""

    old: int | None
    new: int | None

    def at(self, side: Side) -> int | None:
        return self.old if side == "LEFT" else self.new


@dataclass(frozen=True)
class File:
    """One file of a change. `patch` is what follows the header, b"" for binary files and bare renames."""

    path: str
    old_path: str
    status: str
    blob: str
    patch: bytes

    @cached_property
    def hunks(self) -> tuple[tuple[Row, ...], ...]:
        hunks: list[list[Row]] = []
        old = new = 0
        for line in self.patch.split(b"\n"):
            if head := _HUNK.match(line):
                old, new = int(head[1]), int(head[2])
                hunks.append([])
            elif line[:1] in (b" ", b"+", b"-"):
                mark = line[:1]
                hunks[-1].append(Row(None if mark == b"+" else old, None if mark == b"-" else new))
                old, new = old + (mark != b"+"), new + (mark != b"-")
        return tuple(map(tuple, hunks))

    @property
    def added(self) -> int:
        return sum(row.old is None for hunk in self.hunks for row in hunk)

    @property
    def removed(self) -> int:
        return sum(row.new is None for hunk in self.hunks for row in hunk)

    def find(self, line: int, side: Side) -> tuple[int, int] | None:
        """(hunk, row) of a line, None where the diff does not show it."""
        for number, hunk in enumerate(self.hunks):
            for index, row in enumerate(hunk):
                if row.at(side) == line:
                    return number, index
        return None

    def excerpt(self, line: int, side: Side) -> str:
        """The hunk up to a line, as a comment shows it."""
        place = self.find(line, side)
        if place is None:
            return ""
        starts = [match.start() for match in re.finditer(rb"^@@ ", self.patch, re.MULTILINE)]
        rows = self.patch[starts[place[0]] :].split(b"\n")
        count = -1
        for index, text in enumerate(rows):
            count += text[:1] in (b" ", b"+", b"-")
            if index and count == place[1]:
                return b"\n".join(rows[: index + 1]).decode("utf-8", "replace")
        return ""


@dataclass
class Repository:
    """Commits and changes of a git repository, read anew whenever a branch may have moved; changes are kept."""

    path: Path

    def __post_init__(self) -> None:
        self._bases: dict[tuple[str, str], str] = {}
        self._changes: dict[tuple[str, str], tuple[File, ...]] = {}
        self._moved: dict[tuple[str, str, str], tuple[tuple[int, int, int, int], ...] | None] = {}

    def git(self, *arguments: str) -> bytes:
        """Standard output. KeyError where git fails: there is no such object."""
        run = subprocess.run(["git", *arguments], cwd=self.path, env=ENVIRONMENT, capture_output=True)
        if run.returncode:
            raise KeyError(arguments)
        return run.stdout

    def commits(self, *names: str) -> list[str]:
        """The ids of commits. KeyError for what names none."""
        if any(name.startswith("-") for name in names):
            raise KeyError(names)
        return self.git("rev-parse", *(f"{name}^{{commit}}" for name in names)).decode().split()

    def merge_base(self, base: str, head: str) -> str:
        if (base, head) not in self._bases:
            self._bases[base, head] = self.git("merge-base", base, head).decode().strip()
        return self._bases[base, head]

    def between(self, base: str, head: str) -> list[str]:
        """Commits of `head` that `base` lacks, oldest first."""
        return self.git("rev-list", "--reverse", f"{base}..{head}").decode().split()

    def change(self, old: str, new: str) -> tuple[File, ...]:
        """The files that differ between two commits."""
        if (old, new) not in self._changes:
            self._changes[old, new] = self._read(old, new)
        return self._changes[old, new]

    def _read(self, old: str, new: str) -> tuple[File, ...]:
        fields = self.git(*_DIFF, "--raw", "-z", "--abbrev=40", old, new).split(b"\0")
        patches = (b"\n" + self.git(*_DIFF, "--patch", "--unified=3", old, new)).split(b"\ndiff --git ")[1:]
        files, at, patch = [], 0, 0
        while at < len(fields) - 1:
            _, _, _, blob, status = fields[at].decode().split(" ")
            pair = status[0] in "RC"
            names = [name.decode("utf-8", "replace") for name in fields[at + 1 : at + 2 + pair]]
            # A file that becomes a link is two patches, a removal and an addition: GitHub shows the addition.
            patch += status[0] == "T"
            _, mark, hunks = patches[patch].partition(b"\n@@ ")
            text = (b"@@ " + hunks).removesuffix(b"\n") if mark else b""
            files.append(File(names[-1], names[0], _STATUSES[status[0]], blob, text))
            at, patch = at + 2 + pair, patch + 1
        return tuple(files)

    def follow(self, path: str, line: int, old: str, new: str) -> int | None:
        """Where a line of `old` is in `new`, None where it was changed or is gone."""
        key = (path, old, new)
        if key not in self._moved:
            self._moved[key] = self._edits(path, old, new)
        edits = self._moved[key]
        if edits is None:
            return None
        shift = 0
        for start, count, new_start, new_count in edits:
            # Of nothing replaced, git counts from the line before it.
            first = start + (count == 0)
            if line < first:
                break
            if line < first + count:
                return None
            shift = (new_start + (new_count == 0) + new_count) - (first + count)
        return line + shift

    def _edits(self, path: str, old: str, new: str) -> tuple[tuple[int, int, int, int], ...] | None:
        if old == new:
            return ()
        try:
            self.git("cat-file", "-e", f"{new}:{path}")
        except KeyError:
            return None
        patch = self.git(*_DIFF, "--text", "--unified=0", old, new, "--", f":(literal){path}")
        found = re.finditer(rb"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", patch, re.MULTILINE)
        return tuple(
            (int(m[1]), int(m[2] if m[2] is not None else 1), int(m[3]), int(m[4] if m[4] is not None else 1))
            for m in found
        )
