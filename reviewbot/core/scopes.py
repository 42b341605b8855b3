"""Where code stands: its function, its loop, and what a local name was last set to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewbot.core.expressions import IDENTIFIERS, NAME, unwrapped
from reviewbot.core.symbols import Touched, text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

FUNCTIONS = frozenset({
    "function_definition", "lambda", "function_declaration", "function_expression", "arrow_function", "function",
    "method_definition", "generator_function", "generator_function_declaration", "method_declaration", "func_literal",
    "constructor_declaration", "lambda_expression", "function_item", "closure_expression", "local_function_statement",
    "anonymous_method_expression", "method", "singleton_method", "anonymous_function",
    "anonymous_function_creation_expression",
})  # fmt: skip
#: Kind of an assignment: the fields of its name and of its value.
ASSIGNMENTS = {
    "assignment": ("left", "right"), "augmented_assignment": ("left", "right"), "named_expression": ("name", "value"),
    "assignment_expression": ("left", "right"), "augmented_assignment_expression": ("left", "right"),
    "variable_declarator": ("name", "value"), "short_var_declaration": ("left", "right"),
    "assignment_statement": ("left", "right"), "let_declaration": ("pattern", "value"),
    "compound_assignment_expr": ("left", "right"), "init_declarator": ("declarator", "value"),
    "operator_assignment": ("left", "right"),
}  # fmt: skip


def assigned(node: Node) -> tuple[Node, Node] | None:
    """The target and the value of an assignment or declaration with one of each."""
    names = ASSIGNMENTS.get(node.type)
    if names is None:
        return None
    target, value = (node.child_by_field_name(name) for name in names)
    if value is None and node.type == "variable_declarator" and len(node.named_children) > 1:
        value = node.named_children[-1]
    if target is None or value is None:
        return None
    return _only(target), _only(value)


def _only(node: Node) -> Node:
    return node.named_children[0] if node.type == "expression_list" and len(node.named_children) == 1 else node


def home(touched: Touched, node: Node) -> Node | None:
    """The innermost function around a node."""
    return next((above for above in touched.ancestors(node) if above.type in FUNCTIONS), None)


def own(root: Node, *kinds: str) -> Iterator[Node]:
    """The nodes of these kinds below `root`, those of inner functions left out."""
    return (node for node in walk(root, *kinds, stop=FUNCTIONS) if node is not root)


@dataclass(frozen=True, slots=True)
class Scopes:
    """Local names one step back: enough to see `query = f"…"` above `execute(query)`."""

    touched: Touched
    tables: dict[int, dict[str, list[Node]]] = field(default_factory=dict)

    def value(self, node: Node, user: Node) -> Node:
        """What `node` stands for: where it is a name, the value last given to it above `user` in the same function."""
        node = unwrapped(node)
        function = home(self.touched, user) if node.type in IDENTIFIERS else None
        if function is None:
            return node
        if function.id not in self.tables:
            self.tables[function.id] = _table(function)
        values = self.tables[function.id].get(text_of(node, NAME), ())
        above = [value for value in values if value.end_byte <= user.start_byte]
        return unwrapped(above[-1]) if above else node


def _table(function: Node) -> dict[str, list[Node]]:
    table: dict[str, list[Node]] = {}
    for node in own(function, *ASSIGNMENTS):
        if (pair := assigned(node)) is not None:
            table.setdefault(text_of(pair[0], NAME), []).append(pair[1])
    return table
