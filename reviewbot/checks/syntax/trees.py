"""Code that its grammar does not take: the first error of a tree, and what Python's grammar forgives."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from reviewbot.core.symbols import line_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

#: Statements that hold statements, in Python.
_COMPOUND = frozenset({
    "module", "block", "class_definition", "function_definition", "decorated_definition", "if_statement",
    "elif_clause", "else_clause", "for_statement", "while_statement", "try_statement", "except_clause",
    "except_group_clause", "finally_clause", "with_statement", "match_statement", "case_clause",
})  # fmt: skip
_HANDLERS = frozenset({"except_clause", "except_group_clause", "finally_clause"})


def first_error(tree: Tree, language: str, within: Sequence[range] | None = None) -> int | None:
    """The 1-based line of the first thing that is wrong; None for a tree without.

    What Python's grammar forgives is looked for in blocks that reach into the lines `within` only.
    """
    if tree.root_node.has_error:
        return min(_errors(tree.root_node), default=line_of(tree.root_node))
    return min(_python(tree.root_node, within), default=None) if language == "python" else None


def is_paired(tree: Tree) -> bool:
    """Whether every kind of bracket opens as often as it closes, strings and comments left out."""
    count = Counter(node.type for node in walk(tree.root_node, *"(){}[]") if not node.is_missing)
    return count["("] == count[")"] and count["{"] == count["}"] and count["["] == count["]"]


def _errors(root: Node) -> Iterator[int]:
    """The lines of errors that hold no other."""
    stack = [root]
    while stack:
        node = stack.pop()
        inner = [child for child in node.children if child.has_error or child.is_missing]
        if node.is_missing or (node.is_error and not inner):
            yield line_of(node)
        stack += inner


def _python(root: Node, within: Sequence[range] | None) -> Iterator[int]:
    """What the grammar lets pass: an empty block, a block at two indentations, a try without handlers."""
    stack = [root]
    while stack:
        node = stack.pop()
        inner = node.named_children
        if node.type in ("module", "block"):
            statements = [child for child in inner if child.type != "comment"]
            if node.type == "block" and not statements:
                yield line_of(node)
            yield from _uneven(statements)
        elif node.type == "try_statement" and not any(child.type in _HANDLERS for child in inner):
            yield line_of(node)
        stack += [child for child in inner if child.type in _COMPOUND and (within is None or _reaches(child, within))]


def _reaches(node: Node, within: Sequence[range]) -> bool:
    """Whether a node has a line in one of these ranges, which are in order."""
    first, last = line_of(node), node.end_point[0] + 1
    at = bisect_left(within, first, key=lambda lines: lines.stop)
    return at < len(within) and within[at].start <= last


def _uneven(statements: list[Node]) -> Iterator[int]:
    """Columns are of bytes: a tab counts as it is written, one more than Python would forgive."""
    columns: dict[int, int] = {}
    for before, node in zip([None, *statements], statements, strict=False):
        if before is None or before.end_point[0] != node.start_point[0]:
            columns.setdefault(node.start_point[1], line_of(node))
    yield from list(columns.values())[1:]
