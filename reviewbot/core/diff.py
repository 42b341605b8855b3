"""The change of one file: names and modes from git's raw records, hunks through unidiff.

Paths are `str` decoded with `surrogateescape`, exactly as git stores them. Lines of text are
split at "\\n" only (git's rule), never at U+2028, form feed or a lone carriage return.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from unidiff.errors import UnidiffParseError
from unidiff.patch import Hunk as ParsedHunk
from unidiff.patch import PatchSet

Side = Literal["old", "new"]
ChangeKind = Literal["added", "modified", "deleted", "renamed", "copied", "typechange"]
#: Why the text of a blob is not there.
Absence = Literal["", "none", "binary", "too large", "submodule", "missing"]

KINDS: dict[str, ChangeKind] = {
    "A": "added", "M": "modified", "D": "deleted", "R": "renamed", "C": "copied", "T": "typechange",
}  # fmt: skip


class DiffError(ValueError):
    """A patch whose hunks do not say what they announce."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a hunk: `old` and `new` are 1-based numbers, None where the side lacks it."""

    old: int | None
    new: int | None
    text: str
    newline: bool = True

    @property
    def mark(self) -> str:
        return "+" if self.old is None else "-" if self.new is None else " "


@dataclass(frozen=True, slots=True)
class Hunk:
    """A run of changed lines with their context."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    section: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Blob:
    """One side of a change. `text` is None exactly when `absence` says why."""

    id: str
    mode: str
    size: int
    text: str | None
    absence: Absence = ""

    @property
    def exists(self) -> bool:
        return self.absence != "none"

    @property
    def is_symlink(self) -> bool:
        return self.mode == "120000"

    @property
    def is_submodule(self) -> bool:
        return self.mode == "160000"

    @property
    def is_executable(self) -> bool:
        return self.mode == "100755"

    def lines(self) -> list[str]:
        """The lines without their ends; a final newline does not begin another line."""
        return split_lines(self.text or "")


#: The side of an added or deleted file that is not there.
NOTHING = Blob(id="", mode="000000", size=0, text=None, absence="none")


@dataclass(frozen=True, slots=True)
class FileDiff:
    """The change of one path. `old_path` differs from `path` for renames and copies only."""

    change: ChangeKind
    path: str
    old_path: str
    old: Blob
    new: Blob
    hunks: tuple[Hunk, ...] = ()
    similarity: int = 0

    @property
    def absence(self) -> Absence:
        """Why the change could not be read as text, "" where it could."""
        return next((b.absence for b in (self.new, self.old) if b.absence not in ("", "none")), "")

    @property
    def added(self) -> tuple[Line, ...]:
        return tuple(line for hunk in self.hunks for line in hunk.lines if line.old is None)

    @property
    def removed(self) -> tuple[Line, ...]:
        return tuple(line for hunk in self.hunks for line in hunk.lines if line.new is None)

    def changed_numbers(self, side: Side) -> frozenset[int]:
        """The 1-based numbers of the lines this change added (new side) or removed (old side)."""
        return frozenset(
            number
            for hunk in self.hunks
            for line in hunk.lines
            if (number := line.new if side == "new" else line.old) is not None
            and (line.old if side == "new" else line.new) is None
        )

    def side_path(self, side: Side) -> str:
        return self.path if side == "new" else self.old_path


def split_lines(text: str) -> list[str]:
    """Split at "\\n" only; the text after a final newline is not a line."""
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def whole_as_added(file: FileDiff) -> FileDiff:
    """The file with all its new lines as added: the old side cannot be compared, so all of it is new."""
    lines = split_lines(file.new.text or "")
    numbered = tuple(Line(None, number, text) for number, text in enumerate(lines, 1))
    return replace(file, hunks=(Hunk(0, 0, 1, len(lines), "", numbered),))


def parse_hunks(patch: str) -> tuple[Hunk, ...]:
    """The hunks of one file's patch, whatever its header says.

    Raises DiffError when a hunk is shorter or longer than its header announces.
    """
    start = 0 if patch.startswith("@@ ") else patch.find("\n@@ ") + 1
    if start == 0 and not patch.startswith("@@ "):
        return ()
    try:
        parsed = PatchSet("--- a/f\n+++ b/f\n" + patch[start:])
    except UnidiffParseError as error:
        raise DiffError("a hunk is not what its header announces") from error
    hunks = tuple(_hunk(hunk) for file in parsed for hunk in file)
    _require_whole(patch[start:], hunks)
    return hunks


def _hunk(hunk: ParsedHunk) -> Hunk:
    return Hunk(
        hunk.source_start, hunk.source_length, hunk.target_start, hunk.target_length,
        hunk.section_header, tuple(_lines(hunk)),
    )  # fmt: skip


def _lines(hunk: ParsedHunk) -> Iterator[Line]:
    source = list(hunk)
    for index, line in enumerate(source):
        if line.line_type == "\\":
            continue
        following = source[index + 1].line_type if index + 1 < len(source) else ""
        old = line.source_line_no if line.line_type != "+" else None
        new = line.target_line_no if line.line_type != "-" else None
        yield Line(old, new, line.value.removesuffix("\n"), following != "\\")


def _require_whole(body: str, hunks: tuple[Hunk, ...]) -> None:
    """unidiff drops lines past the announced count silently; nothing may be dropped here."""
    announced = body.count("\n@@ ") + 1
    marks = sum(line[:1] in "+- " for line in split_lines(body) if line)
    if announced != len(hunks) or marks != sum(len(hunk.lines) for hunk in hunks):
        raise DiffError("the patch has lines outside its hunks")
