"""The parts of a change, one for each file: what it is to the project, and what it defines that is new, gone, other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from textwrap import dedent

from reviewbot.core.diff import Blob, FileDiff, Hunk, Line, Side
from reviewbot.core.grammars import language_of, parse
from reviewbot.core.symbols import Syntax, line_of
from reviewbot.tasks.message.definitions import Definition, definitions
from reviewbot.tasks.message.exports import relisted
from reviewbot.tasks.message.roles import Role, role

#: Characters of both sides of all files that are parsed whole; of what is above, the hunks alone are.
_PARSED = 600_000
#: Lines of one file that are looked at, and characters of one.
MOST_LINES, WIDE = 4000, 400
#: Marks of a line that may open the comment at its end.
_TRAILING = 20
#: Hunks that are read one by one where the whole could not be.
_BROKEN = 40

_COMMENT = {
    "python": ("#",), "ruby": ("#",), "sh": ("#",), "php": ("//", "#", "*", "/*"),
    "": ("//", "/*", "*/", "* ", "*", "///", "<!--", "--", "#!"),
}  # fmt: skip
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Part:
    """The change of one file."""

    #: With a text on each side that exists, were it only what the hunks show.
    file: FileDiff
    role: Role

    @property
    def path(self) -> str:
        return self.file.path

    @property
    def is_new(self) -> bool:
        return self.file.change in ("added", "copied")

    @property
    def is_gone(self) -> bool:
        return self.file.change == "deleted"

    @property
    def is_moved(self) -> bool:
        return self.file.change == "renamed"

    @cached_property
    def added(self) -> tuple[str, ...]:
        """The added lines that are code, without blanks around them."""
        return tuple(self._code("new"))

    @cached_property
    def removed(self) -> tuple[str, ...]:
        return tuple(self._code("old"))

    @cached_property
    def tested(self) -> bool:
        """Whether tests that stand in the same file as what they test have grown."""
        return any((line.new or 0) > self._last("new") for line in self.file.added)

    def _last(self, side: Side) -> int:
        """The last line that is no test: in Rust the module of tests is the end of its file."""
        if not self.path.endswith(".rs"):
            return 10**9
        blob = self.file.new if side == "new" else self.file.old
        lines = enumerate(blob.lines(), 1)
        return next((number for number, line in lines if line.startswith("#[cfg(test)]")), 10**9)

    def _code(self, side: Side) -> Iterator[str]:
        lines = self.file.added if side == "new" else self.file.removed
        last = self._last(side)
        for line in lines[:MOST_LINES]:
            if (line.new or line.old or 0) > last:
                return
            if (text := line.text[:WIDE].strip()) and not self._is_comment(line, text, side):
                yield text

    def _is_comment(self, line: Line, text: str, side: Side) -> bool:
        marks = _COMMENT.get(self._language, _COMMENT[""])
        return self.role == "code" and (text.startswith(marks) or (line.new or line.old) in self._documented(side))

    @property
    def _language(self) -> str:
        name = self.path.rpartition("/")[2]
        return language_of(self.path) or ("sh" if "." not in name or name.endswith(("sh", "yml", "yaml")) else "")

    def _documented(self, side: Side) -> frozenset[int]:
        return self._documents[side]

    @cached_property
    def _documents(self) -> dict[Side, frozenset[int]]:
        return {side: frozenset(_texts(self._syntax, side)) for side in ("old", "new")}

    @property
    def is_respaced(self) -> bool:
        """Whether only blanks changed, each in its place."""
        return bool(self.file.hunks) and all(map(_is_respaced, self.file.hunks))

    @property
    def is_commented(self) -> bool:
        """Whether only comments and docstrings of code changed."""
        if self.role != "code" or not self.file.hunks or len(self.added) != len(self.removed):
            return False
        mark = "#" if self._language in ("python", "ruby", "sh") else "//"
        return all(_bare(one, mark) == _bare(other, mark) for one, other in zip(self.added, self.removed, strict=True))

    @cached_property
    def _syntax(self) -> Syntax:
        return Syntax(self.file)

    @cached_property
    def old(self) -> dict[str, Definition]:
        return self._defined("old")

    @cached_property
    def new(self) -> dict[str, Definition]:
        return self._defined("new")

    def _defined(self, side: Side) -> dict[str, Definition]:
        language = self._syntax.language(side)
        if language is None or self.role != "code":
            return {}
        tree = self._syntax.new if side == "new" else self._syntax.old
        blob = self.file.new if side == "new" else self.file.old
        path = self.file.side_path(side)
        found = definitions(tree, language, path, blob.text or "")
        if language == "rust":
            found = {name: one for name, one in found.items() if one.lines[0] <= self._last(side)}
        if tree is not None and tree.root_node.has_error:  # what is broken in one place hides what stands below
            for hunk in self.file.hunks[:_BROKEN]:
                for name, one in _within(hunk, side, language, path).items():
                    if not any(known.rpartition(".")[2] == one.own for known in found):
                        found[name] = one
        return found

    @cached_property
    def appeared(self) -> tuple[Definition, ...]:
        """What the new side alone defines, on a line that is added."""
        lines = self.file.changed_numbers("new")
        return tuple(one for name, one in self.new.items() if name not in self.old and one.lines[0] in lines)

    @cached_property
    def vanished(self) -> tuple[Definition, ...]:
        lines = self.file.changed_numbers("old")
        return tuple(one for name, one in self.old.items() if name not in self.new and one.lines[0] in lines)

    @cached_property
    def altered(self) -> tuple[tuple[Definition, Definition], ...]:
        """What both sides define, each in its own way; the innermost where one stands in another."""
        pairs = [(self.old[name], one) for name, one in self.new.items() if name in self.old]
        pairs = [pair for pair in pairs if pair[0].text != pair[1].text]
        outer = {pair[1].name.rpartition(".")[0] for pair in pairs}
        inner = {name.rpartition(".")[0] for name in (one.name for one in (*self.appeared, *self.vanished))}
        return tuple(pair for pair in pairs if pair[1].name not in outer | inner)

    @cached_property
    def resighted(self) -> tuple[tuple[Definition, Definition], ...]:
        """What both sides define, and one alone lets others use. A first list of exports takes nothing away."""
        pairs = [(self.old[name], one) for name, one in self.new.items() if name in self.old]
        pairs += [pair for pair in relisted(self.file) if pair[0].name not in self.old and pair[0].name not in self.new]
        return tuple((was, now) for was, now in pairs if was.public != now.public and was.listed == now.listed)


def _bare(line: str, mark: str) -> str:
    """The line without the comment at its end; a mark within quotes is none."""
    at = -1
    for _ in range(_TRAILING):
        at = line.find(f" {mark}", at + 1)
        if at < 0:
            return line
        if not any(line.count(quote, 0, at) % 2 for quote in "\"'`"):
            return line[:at].rstrip()
    return line


def _is_respaced(hunk: Hunk) -> bool:
    lines = hunk.lines[:MOST_LINES]
    old, new = ("".join(line.text[:WIDE] for line in lines if mark != line.mark) for mark in "+-")
    return _SPACE.sub("", old) == _SPACE.sub("", new)


def _texts(syntax: Syntax, side: Side) -> Iterator[int]:
    """The lines of docstrings that changed lines stand in."""
    if syntax.language(side) != "python":
        return
    for node in syntax.touched(side).of("expression_statement"):
        if len(node.named_children) == 1 and node.named_children[0].type == "string":
            yield from range(line_of(node), node.end_point[0] + 2)


def _within(hunk: Hunk, side: Side, language: str, path: str) -> dict[str, Definition]:
    """What one hunk defines, read by itself."""
    lines = [line.text for line in hunk.lines[:MOST_LINES] if (line.new if side == "new" else line.old) is not None]
    text = dedent("\n".join(line[:WIDE] for line in lines))
    before = (hunk.new_start if side == "new" else hunk.old_start) - 1
    found = definitions(parse(language, text), language, path, text)
    return {
        name: replace(one, lines=(one.lines[0] + before, one.lines[1] + before))
        for name, one in found.items() if one.kind != "constant"
    }  # fmt: skip


#: Parts by path, each with the file that it was made of, whole or excerpted.
Known = dict[tuple[str, bool], tuple[FileDiff, Part]]


def parts(files: Sequence[FileDiff], known: Known | None = None) -> tuple[Part, ...]:
    """The parts of a change in order; those of `known` are not read again: a file has many messages made about it."""
    left = _PARSED
    held: Known = {} if known is None else known
    found: list[Part] = []
    for file in files:
        spent = sum(len(side.text or "") for side in (file.old, file.new))
        whole = spent <= left and not file.absence
        left -= spent if whole else 0
        made_of, part = held.get((file.path, whole), (None, None))
        if part is None or made_of is not file:
            part = Part(file if whole else _excerpted(file), role(file.path))
            held[file.path, whole] = file, part
        found.append(part)
    return tuple(found)


def _excerpted(file: FileDiff) -> FileDiff:
    """The file with sides that are no more than its hunks show, each line at its number."""
    return replace(file, old=_excerpt(file, file.old, True), new=_excerpt(file, file.new, False))


def _excerpt(file: FileDiff, blob: Blob, old: bool) -> Blob:
    rows: list[str] = []
    for line in [line for hunk in file.hunks for line in hunk.lines][:MOST_LINES]:
        number = line.old if old else line.new
        if number is not None and len(rows) < number <= 100 * MOST_LINES:
            rows += [""] * (number - 1 - len(rows)) + [line.text]
    text = "\n".join(rows)
    return replace(blob, text=text, size=len(text), absence="") if blob.exists else blob
