"""ruff on changed Python files: on their text alone, under neutral names, by no configuration but the one here.

A few files are a process each and are read from standard input. A process takes some ten milliseconds to start,
so many files go to one process in a private folder. Where that one fails, each file is a process after all:
a file that makes ruff crash hides itself and no other.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePath

from reviewbot.core import grammars, paths
from reviewbot.core.diff import FileDiff
from reviewbot.core.remarks import Remark, rule_slug
from reviewbot.linters import programs, rules
from reviewbot.linters.programs import trusted

__all__ = ["Linted", "ruff", "trusted"]

#: Files that are a process each.
ALONE = 16
_WORKERS = 4
#: Wall clock of one process, and of one call with all its processes.
_RUN_SECONDS, _SECONDS = 10.0, 60.0
#: Bytes of what ruff says of one file, and of many.
_OUTPUT, _OUTPUTS = 4 * 1024 * 1024, 64 * 1024 * 1024
_BANDIT = re.compile(r"S\d")


@dataclass(frozen=True, slots=True)
class Linted:
    """What ruff says, how many files it was asked about, and why it did not get through some of them."""

    remarks: tuple[Remark, ...] = ()
    asked: int = 0
    notices: tuple[str, ...] = ()


def ruff(program: str | None, files: Sequence[FileDiff], *, seconds: float = _SECONDS) -> Linted:
    """What ruff says of the new side of every changed Python file; nothing, silently, where there is no ruff."""
    sources = [file for file in files if _is_linted(file)]
    if program is None or not sources:
        return Linted()
    with tempfile.TemporaryDirectory(prefix="reviewbot-") as scratch:
        answers = _Run(program, Path(scratch), time.monotonic() + seconds).answers(sources)
    failures = Counter(answer for answer in answers if isinstance(answer, str))
    return Linted(
        tuple(remark for answer in answers if not isinstance(answer, str) for remark in answer), len(sources),
        tuple(f"ruff did not get through {count} of {len(sources)} Python files: {reason}"
              for reason, count in sorted(failures.items())),
    )  # fmt: skip


def _is_linted(file: FileDiff) -> bool:
    """A regular Python file that this project's people wrote and that the change adds lines to."""
    text = file.new.text
    return (
        text is not None
        and grammars.language_of(file.path) == "python"
        and not file.new.is_symlink
        and not file.new.is_submodule
        and not paths.is_foreign(file.path, "")  # by its path: a word in the text must not hide it
        and any(line.old is None for hunk in file.hunks for line in hunk.lines)
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """One diagnostic of ruff."""

    code: str
    message: str
    row: int
    file: str


#: What ruff says of a file, or how it ended.
_Answer = list[Remark] | str


@dataclass(frozen=True, slots=True)
class _Run:
    program: str
    #: Empty, ours alone, and gone afterwards.
    scratch: Path
    deadline: float

    def answers(self, sources: Sequence[FileDiff]) -> list[_Answer]:
        together = self._together(sources) if len(sources) > ALONE else None
        if together is not None:
            return together
        with ThreadPoolExecutor(min(_WORKERS, os.cpu_count() or 1)) as pool:
            return list(pool.map(self._alone, sources))

    def _together(self, sources: Sequence[FileDiff]) -> list[_Answer] | None:
        """One process for all files, from a folder; None where it fails."""
        with tempfile.TemporaryDirectory(dir=self.scratch) as folder:
            for number, file in enumerate(sources):
                Path(folder, _name(number, file)).write_bytes(_encoded(file))
            try:
                rows = self._rows((".",), b"", folder, _OUTPUTS)
                said: list[list[_Row]] = [[] for _ in sources]
                for row in rows:
                    said[int(PurePath(row.file).stem)].append(row)
            except (programs.FailedError, ValueError, IndexError):
                return None
        return [_remarks(rows, file) for rows, file in zip(said, sources, strict=True)]

    def _alone(self, file: FileDiff) -> _Answer:
        """A process for one file, which it reads from standard input."""
        try:
            name = ("--stdin-filename", _name(0, file), "-")
            return _remarks(self._rows(name, _encoded(file), str(self.scratch), _OUTPUT), file)
        except programs.FailedError as failure:
            return str(failure)

    def _rows(self, arguments: Sequence[str], given: bytes, folder: str, most: int) -> list[_Row]:
        seconds = min(_RUN_SECONDS, self.deadline - time.monotonic())
        said = programs.output((self.program, *rules.OPTIONS, *arguments), given, folder, seconds, most)
        try:
            return [_Row(row["code"], row["message"], int(row["location"]["row"]), row["filename"])
                    for row in json.loads(said)]  # fmt: skip
        except (ValueError, KeyError, TypeError, RecursionError):
            raise programs.FailedError("it answers in another format") from None


def _name(number: int, file: FileDiff) -> str:
    """Neutral: of a path only its being a stub matters. How tests are treated is decided here, not by ruff."""
    return f"{number}.pyi" if file.path.lower().endswith(".pyi") else f"{number}.py"


def _encoded(file: FileDiff) -> bytes:
    """The text as UTF-8; ruff reads nothing else. What is not UTF-8 becomes a question mark, so lines stay."""
    return (file.new.text or "").encode("utf-8", "replace")


def _remarks(rows: Sequence[_Row], file: FileDiff) -> list[Remark]:
    """What counts in this file: only the first syntax error, the rest follow from it; no security rule in tests."""
    text = file.new.text or ""
    syntax = [row for row in rows if row.code == "invalid-syntax"][:1]
    test = paths.is_test(file.path)
    counted = [row for row in rows if row.code in rules.SEVERITIES and not (test and _BANDIT.match(row.code))]
    return [
        Remark("ruff", rule_slug(row.code), rules.SEVERITIES[row.code], row.message, file.path, _line(text, row.row))
        for row in (syntax or counted)
    ]


def _line(text: str, row: int) -> int:
    """git's number of the line that ruff calls `row`: for ruff a lone carriage return ends a line too."""
    if "\r" not in text:
        return row
    ends = [match.end() for match in re.finditer(r"\r\n|\r|\n", text)]
    return text.count("\n", 0, ends[min(row, len(ends) + 1) - 2]) + 1 if row > 1 and ends else 1
