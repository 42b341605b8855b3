"""Comparisons and conditions in every language, as left side, operator and right side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.core.expressions import CALLS, NAME
from reviewbot.core.symbols import Touched, text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

SCRIPTS = frozenset({"javascript", "typescript", "tsx"})
EQUALITIES = frozenset({"==", "!=", "===", "!=="})
_KINDS = ("binary_expression", "binary", "comparison_operator", "boolean_operator")
_CHANGES = (
    *CALLS, "assignment_expression", "augmented_assignment_expression", "update_expression", "await", "yield",
    "await_expression", "yield_expression", "named_expression", "assignment", "operator_assignment", "unary_assignment",
    "postfix_unary_expression", "prefix_unary_expression", "command_call", "delete_expression", "let_condition",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Operation:
    node: Node
    left: Node
    operator: str
    right: Node

    @property
    def key(self) -> str:
        return squeezed(self.node)


def operations(touched: Touched) -> Iterator[Operation]:
    for node in touched.of(*_KINDS):
        if (operation := operation_of(node)) is not None:
            yield operation


def operation_of(node: Node) -> Operation | None:
    """None for a chain of comparisons, and for what is no operation of two sides."""
    if node.type == "comparison_operator":
        sides, operators = node.named_children, node.children_by_field_name("operators")
        if len(sides) != 2 or len(operators) != 1:
            return None
        return Operation(node, sides[0], text_of(operators[0], NAME), sides[1])
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    if node.type not in _KINDS or left is None or right is None or operator is None:
        return None
    return Operation(node, left, text_of(operator, NAME), right)


def squeezed(node: Node | None, limit: int = NAME) -> str:
    """The text with single blanks, "" where it is longer than `limit`."""
    return " ".join(text_of(node, limit).split())


def is_pure(node: Node) -> bool:
    """True for a short expression that calls and changes nothing: it has the same value a second time."""
    text = text_of(node, NAME)
    return bool(text) and "++" not in text and "--" not in text and next(walk(node, *_CHANGES), None) is None


def is_condition(touched: Touched, node: Node) -> bool:
    """Whether the value of `node` only decides which way to go."""
    above = touched.parent(node)
    while above is not None and above.type in ("parenthesized_expression", "condition_clause"):
        node, above = above, touched.parent(above)
    return above is not None and condition_of(above) == node


def condition_of(node: Node) -> Node | None:
    if node.type in (
        "if_statement",
        "elif_clause",
        "else_if_clause",
        "while_statement",
        "do_statement",
        "if_expression",
    ):
        return node.child_by_field_name("condition")
    return None


def inner(condition: Node | None) -> Node | None:
    """The expression that a condition holds, one pair of parentheses taken off: a second pair says it is meant."""
    if condition is None:
        return None
    if condition.type in ("parenthesized_expression", "condition_clause") and condition.named_child_count == 1:
        return condition.named_children[0]
    return condition
