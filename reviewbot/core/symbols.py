"""The two sides of a changed file as syntax trees, and the nodes on the lines that changed.

Walks go from the root down and never ask a node for its parent or sibling: tree-sitter answers
those by a search from the root, which is quadratic on hostile input (so are its queries).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.core.diff import Blob, FileDiff, Side
from reviewbot.core.grammars import language_of, parse

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

#: Larger texts are not parsed (0.5 s each): a syntax check of a megabyte tells nobody anything.
MAX_PARSED = 1_000_000
#: No real code nests deeper; a climb that ends here keeps hostile input linear.
MAX_CLIMB = 200


@dataclass(frozen=True)
class Syntax:
    """The two sides of one changed file as trees, parsed when first asked for."""

    file: FileDiff

    def language(self, side: Side = "new") -> str | None:
        return language_of(self.file.side_path(side))

    @cached_property
    def new(self) -> Tree | None:
        return _tree(self.file.path, self.file.new)

    @cached_property
    def old(self) -> Tree | None:
        return _tree(self.file.old_path, self.file.old)

    @cached_property
    def new_touched(self) -> Touched:
        return _touched(self.new, self.language("new"), self.file.changed_numbers("new"))

    @cached_property
    def old_touched(self) -> Touched:
        return _touched(self.old, self.language("old"), self.file.changed_numbers("old"))

    def touched(self, side: Side = "new") -> Touched:
        return self.new_touched if side == "new" else self.old_touched


def _tree(path: str, blob: Blob) -> Tree | None:
    language = language_of(path)
    if language is None or blob.text is None or blob.size > MAX_PARSED or blob.is_symlink:
        return None
    return parse(language, blob.text)


@dataclass(frozen=True, slots=True)
class Touched:
    """The nodes of one side that overlap a changed line, by kind and in order, tokens left out."""

    language: str
    lines: frozenset[int]
    kinds: dict[str, list[Node]]
    parents: dict[int, Node]

    def of(self, *kinds: str) -> Iterator[Node]:
        for kind in kinds:
            yield from self.kinds.get(kind, ())

    @property
    def root(self) -> Node | None:
        """The whole side; None where no line of it changed."""
        return next(iter(self.kinds.values()))[0] if self.kinds else None

    def rows(self) -> list[str]:
        """The lines of the whole side, by row; the root begins at its first token, so blanks stand in before it."""
        if self.root is None:
            return []
        row, column = self.root.start_point
        return ("\n" * row + " " * column + text_of(self.root)).split("\n")

    def parent(self, node: Node) -> Node | None:
        return self.parents.get(node.id)

    def ancestors(self, node: Node) -> Iterator[Node]:
        """From the parent upwards, MAX_CLIMB at most."""
        for _ in range(MAX_CLIMB):
            above = self.parents.get(node.id)
            if above is None:
                return
            yield above
            node = above

    def begins(self, node: Node) -> bool:
        """True where the node begins on a changed line."""
        return line_of(node) in self.lines


def _touched(tree: Tree | None, language: str | None, lines: frozenset[int]) -> Touched:
    kinds: dict[str, list[Node]] = {}
    parents: dict[int, Node] = {}
    if tree is not None and lines:
        ordered = sorted(lines)
        stack = [tree.root_node]
        while stack:
            node = stack.pop()
            kinds.setdefault(node.type, []).append(node)
            inner = [child for child in node.named_children if child.child_count and overlaps(child, ordered)]
            for child in inner:
                parents[child.id] = node
            stack.extend(reversed(inner))
    return Touched(language or "", lines, kinds, parents)


def overlaps(node: Node, ordered: Sequence[int]) -> bool:
    """Whether one of these lines, in order, is a line of the node."""
    at = bisect_left(ordered, node.start_point[0] + 1)
    return at < len(ordered) and ordered[at] <= node.end_point[0] + 1


def walk(root: Node, *kinds: str, stop: frozenset[str] = frozenset()) -> Iterator[Node]:
    """All nodes of these kinds (every node for none) from `root` down, in order, not below the kinds in `stop`."""
    wanted = frozenset(kinds)
    stack = [root]
    while stack:
        node = stack.pop()
        kind = node.type
        if not wanted or kind in wanted:
            yield node
        if kind not in stop or node is root:
            stack.extend(reversed(node.children))


def line_of(node: Node) -> int:
    """The 1-based line on which a node begins."""
    return node.start_point[0] + 1


def text_of(node: Node | None, limit: int = 0) -> str:
    """The source text of a node, "" for None and for a text of more than `limit` bytes (0: any length)."""
    if node is None or (limit and node.end_byte - node.start_byte > limit) or node.text is None:
        return ""
    return node.text.decode("utf-8", "replace")
