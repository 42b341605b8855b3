"""Merge conflict markers left in a file: git's, Mercurial's and Jujutsu's, which begin alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from reviewbot.core.findings import Finding, Rule, Severity, at
from reviewbot.core.paths import is_sample
from reviewbot.ports import Reading

MARKER = Rule(
    "conflicts/marker", Severity.HIGH, "Merge conflict marker",
    "The merge was committed unresolved: both versions are in the file.", 0.99,
)  # fmt: skip
RULES = (MARKER,)

_OPENS = re.compile(r"<{7}( |$)")
#: The bar between the sides; Jujutsu shows one as a difference or as a snapshot.
_BAR = re.compile(r"={7}$|%{7}( |$)|\+{7}( |$)")
_CLOSES = re.compile(r">{7}( |$)")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_PROSE = frozenset({".md", ".markdown", ".mdx", ".rst", ".adoc", ".txt"})


@dataclass(frozen=True, slots=True)
class Conflict:
    """The lines of the three markers."""

    opens: int
    bar: int
    closes: int


def check(reading: Reading) -> Iterator[Finding]:
    """A marker counts only as a set, in order, one of them added; a sample may mean it."""
    file = reading.file
    if file.new.text is None or "<<<<<<<" not in file.new.text or file.new.is_symlink:
        return
    added = file.changed_numbers("new")
    prose = PurePosixPath(file.path).suffix.lower() in _PROSE
    for conflict in conflicts(file.new.lines(), fences=prose):
        marks = (conflict.opens, conflict.bar, conflict.closes)
        line = next((line for line in marks if line in added), None)
        if line is not None and not _is_quoted(reading, conflict.opens):
            finding = at(MARKER, file, line, body=f"It ends on line {conflict.closes}. {MARKER.reason}")
            yield replace(finding, severity=Severity.INFO, confidence=0.5) if is_sample(file.path) else finding


def _is_quoted(reading: Reading, line: int) -> bool:
    """True where code that its grammar takes has the marker in a string or a comment."""
    tree = reading.syntax.new
    if tree is None or tree.root_node.has_error:
        return False
    node = tree.root_node.descendant_for_point_range((line - 1, 0), (line - 1, 7))
    return node is not None and any(word in node.type for word in ("string", "comment", "heredoc", "nowdoc"))


def conflicts(lines: list[str], *, fences: bool = False) -> Iterator[Conflict]:
    """The whole conflicts of a text, those in a fenced block of prose left out."""
    opens = bar = 0
    fence = ""
    for number, row in enumerate(lines, 1):
        line = row.removesuffix("\r")
        if fences and (match := _FENCE.match(line)) is not None:
            fence = match[1] if not fence else "" if match[1] == fence else fence
        elif fence:
            continue
        elif _OPENS.match(line):
            opens, bar = number, 0
        elif opens and _BAR.match(line):
            bar = bar or number
        elif opens and bar and _CLOSES.match(line):
            yield Conflict(opens, bar, number)
            opens = bar = 0
