"""The change of one file: names and modes from git's raw records, hunks through unidiff.

Paths are `str` decoded with `surrogateescape`, exactly as git stores them. Lines of text are
split at "\\n" only (git's rule), never at U+2028, form feed or a lone carriage return.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from unidiff.errors import UnidiffParseError
from unidiff.patch import Hunk as ParsedHunk
from unidiff.patch import PatchSet

Side = Literal["old", "new"]
ChangeKind = Literal["added", "modified", "deleted", "renamed", "copied", "typechange"]
#: Why the text of a blob is not there.
Absence = Literal["", "none", "binary", "too large", "over budget", "submodule", "missing"]

KINDS: dict[str, ChangeKind] = {
    "A": "added", "M": "modified", "D": "deleted", "R": "renamed", "C": "copied", "T": "typechange",
}  # fmt: skip


#: The header of a combined diff's hunk.
_COMBINED = re.compile(r"^@@@+ ", re.MULTILINE)
#: What begins the lines of a patch that has no hunks.
_EXTENDED = ("diff --git ", "index ", "old mode ", "new mode ", "deleted file mode ", "new file mode ",
             "similarity index ", "dissimilarity index ", "rename ", "copy ")  # fmt: skip
_BINARY = ("Binary files ", "GIT binary patch")


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


def replacement(old: Blob, new: Blob) -> tuple[Hunk, ...]:
    """All of the old side out and all of the new side in: for what appears, goes, or cannot be compared.

    Nothing is called removed where the new side could not be read.
    """
    known = new.absence in ("", "none", "submodule")
    removed = tuple(Line(number, None, text, end) for number, text, end in _whole(old)) if known else ()
    added = tuple(Line(None, number, text, end) for number, text, end in _whole(new))
    if not removed and not added:
        return ()
    return (Hunk(min(1, len(removed)), len(removed), min(1, len(added)), len(added), "", removed + added),)


def _whole(blob: Blob) -> Iterator[tuple[int, str, bool]]:
    """The numbered lines of a side and whether each is ended; a submodule shows as in git's own patches."""
    text = f"Subproject commit {blob.id}\n" if blob.is_submodule else blob.text or ""
    lines = split_lines(text)
    for number, line in enumerate(lines, 1):
        yield number, line, number < len(lines) or text.endswith("\n")


def parse_hunks(patch: str) -> tuple[Hunk, ...]:
    """The hunks of one file's patch, whatever stands before the first; none for a change without any.

    Raises DiffError for a combined diff, for text that is no patch, for a hunk that is shorter or
    longer than its header announces, and for anything that stands between hunks or after them.
    """
    start = 0 if patch.startswith("@@ ") else patch.find("\n@@ ") + 1
    preamble = patch[:start] if start or patch.startswith("@@ ") else patch
    if _COMBINED.search(preamble):
        raise DiffError("a combined diff has more than two sides")
    if preamble == patch:
        _require_header(patch)
        return ()
    try:
        parsed = PatchSet("--- a/f\n+++ b/f\n" + patch[start:])
    except (UnidiffParseError, ValueError) as error:  # ValueError: a count of thousands of digits
        raise DiffError("a hunk is not what its header announces") from error
    hunks = tuple(_hunk(hunk) for file in parsed for hunk in file)
    _require_whole(patch[start:], hunks)
    return hunks


def _require_header(patch: str) -> None:
    """A patch without hunks is a renaming, a new mode or a binary file, and says so."""
    for line in split_lines(patch):
        if line.startswith(_BINARY):
            return
        if not line.startswith(_EXTENDED):
            raise DiffError("no hunk, and no other change either")


def _hunk(hunk: ParsedHunk) -> Hunk:
    return Hunk(
        hunk.source_start, hunk.source_length, hunk.target_start, hunk.target_length,
        hunk.section_header, tuple(_lines(hunk)),
    )  # fmt: skip


def _lines(hunk: ParsedHunk) -> Iterator[Line]:
    for line, following in pairwise((*hunk, None)):
        if line is None or line.line_type not in ("+", "-", " "):
            continue
        old = line.source_line_no if line.line_type != "+" else None
        new = line.target_line_no if line.line_type != "-" else None
        yield Line(old, new, line.value.removesuffix("\n"), following is None or following.line_type != "\\")


def _require_whole(body: str, hunks: tuple[Hunk, ...]) -> None:
    """unidiff drops what stands after the announced lines silently; nothing may be dropped here."""
    rows = split_lines(body)
    headers = sum(row.startswith("@@ ") for row in rows)
    notes = sum(row.startswith("\\") for row in rows)
    lines = [line for hunk in hunks for line in hunk.lines]
    if headers != len(hunks) or len(rows) - headers - notes != len(lines) or notes != sum(not x.newline for x in lines):
        raise DiffError("the patch has lines outside its hunks")
