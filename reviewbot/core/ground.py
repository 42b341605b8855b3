"""The lines of a change, in which what was told of earlier heads is looked for."""

from __future__ import annotations

from collections.abc import Sequence

from reviewbot.core.comment import Told, line_hash
from reviewbot.core.diff import Side
from reviewbot.core.report import FileReport

#: Number, text and hash of lines that follow one another.
Rows = Sequence[tuple[int, str, str]]


class Ground:
    """The lines of a change, in which those of findings are looked for."""

    def __init__(self, files: Sequence[FileReport]) -> None:
        self._homes: dict[tuple[Side, str], list[FileReport]] = {}
        for file in files:
            self._homes.setdefault(("new", file.path), []).append(file)
            self._homes.setdefault(("old", file.old_path), []).append(file)
        for file in files:
            if file.change == "renamed":
                self._homes.setdefault(("new", file.old_path), [file])
        self._fresh = [file for file in files if file.change in ("added", "renamed")]
        self._hunks: dict[tuple[Side, str], tuple[list[Rows], frozenset[str]]] = {}

    def homes(self, told: Told) -> Sequence[FileReport]:
        """The files of its path, on its side; the one that took it away where there is none."""
        return self._homes.get((told.location.side, told.location.path), ())

    def find(self, told: Told) -> tuple[FileReport | None, Rows]:
        """Where a finding stands, and its rows, those nearest to where they were; () where its lines do not stand.

        What was added under one name and now has another may be in one file, of no higher label.
        """
        homes = self.homes(told)
        found = [(file, rows) for file in homes if (rows := self._standing(told, file))]
        if not homes and told.location.side == "new" and any(told.lines):
            fresh = (file for file in self._fresh if file.label <= told.label)
            found = [(file, rows) for file in fresh if (rows := self._standing(told, file))]
            found = found if len(found) == 1 else []
        return found[0] if found else (homes[0] if homes else None, ())

    def _standing(self, told: Told, file: FileReport) -> Rows:
        hunks, there = self._hashed(file, told.location.side)
        size = len(told.lines)
        if not size or not there.issuperset(told.lines):
            return ()
        runs = [rows[at : at + size] for rows in hunks for at in range(len(rows) - size + 1)
                if all(row[2] == line for row, line in zip(rows[at : at + size], told.lines, strict=True))]  # fmt: skip
        return min(runs, key=lambda run: abs(run[0][0] - (told.location.line or 0)), default=())

    def _hashed(self, file: FileReport, side: Side) -> tuple[list[Rows], frozenset[str]]:
        if (side, file.path) not in self._hunks:
            hunks: list[Rows] = []
            for hunk in file.hunks:
                numbered = [(line.new if side == "new" else line.old, line.text) for line in hunk.lines]
                hunks.append([(number, text, line_hash(text)) for number, text in numbered if number is not None])
            self._hunks[side, file.path] = hunks, frozenset(row[2] for rows in hunks for row in rows)
        return self._hunks[side, file.path]
