"""Exception handlers, read the same way in every language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.core.expressions import dotted
from reviewbot.core.symbols import Touched

if TYPE_CHECKING:
    from tree_sitter import Node

KINDS = ("except_clause", "rescue", "rescue_modifier", "catch_clause")
#: A block of more children than this is not one statement with its handlers.
MOST = 12
_BODIES = frozenset({"block", "then", "statement_block", "compound_statement"})
_BROAD = {
    "python": frozenset({"Exception", "BaseException"}),
    "ruby": frozenset({"StandardError", "Exception"}),
    "java": frozenset({"Exception", "Throwable", "RuntimeException", "Error"}),
    "csharp": frozenset({"Exception", "SystemException", "ApplicationException"}),
    "php": frozenset({"Exception", "Throwable", "Error"}),
    "cpp": frozenset({"exception"}),
}
_NOTHING = frozenset({"pass_statement", "empty_statement", "nil", "continue_statement", "ellipsis"})


@dataclass(frozen=True, slots=True)
class Handler:
    """What a handler catches (no types: everything) and what it does."""

    node: Node
    types: tuple[Node, ...]
    statements: tuple[Node, ...]

    @property
    def is_empty(self) -> bool:
        return all(_does_nothing(statement) for statement in self.statements)

    @property
    def goes_on(self) -> bool:
        """True where all it does is to take the next round of the loop."""
        return any(statement.type == "continue_statement" for statement in self.statements)

    def is_broad(self, language: str) -> bool:
        broad = _BROAD.get(language, frozenset())
        return not self.types or any(dotted(kind).rpartition(".")[2] in broad for kind in self.types)


def _does_nothing(node: Node) -> bool:
    if node.type == "expression_statement" and node.named_child_count == 1:
        node = node.named_children[0]
    return node.type in _NOTHING


def handler_of(node: Node, language: str) -> Handler:
    if node.type == "rescue_modifier":
        does = node.child_by_field_name("handler")
        return Handler(node, (), (does,) if does is not None else ())
    body = next((child for child in node.named_children if child.type in _BODIES), None)
    types = _TYPES.get(language)
    return Handler(node, tuple(types(node)) if types else (), statements(body) if body is not None else ())


def statements(block: Node) -> tuple[Node, ...]:
    """What a block does; comments do nothing."""
    return tuple(child for child in block.named_children if not child.type.endswith("comment"))


def _python(node: Node) -> list[Node]:
    values = node.children_by_field_name("value")
    plain = [value.named_children[0] if value.type == "as_pattern" else value for value in values]
    return [kind for value in plain for kind in (value.named_children if value.type == "tuple" else [value])]


def _ruby(node: Node) -> list[Node]:
    named = node.child_by_field_name("exceptions")
    return named.named_children if named is not None else []


def _java(node: Node) -> list[Node]:
    holders = [child for child in node.named_children if child.type == "catch_formal_parameter"]
    return [kind for holder in holders for types in holder.named_children if types.type == "catch_type"
            for kind in types.named_children]  # fmt: skip


def _csharp(node: Node) -> list[Node]:
    """A handler with a filter has looked at the exception: the filter stands for a type."""
    filters = [child for child in node.named_children if child.type == "catch_filter_clause"]
    declared = (child.child_by_field_name("type") for child in node.named_children if child.type == "catch_declaration")
    return filters or [kind for kind in declared if kind is not None]


def _php(node: Node) -> list[Node]:
    types = node.child_by_field_name("type")
    return types.named_children if types is not None else []


def _cpp(node: Node) -> list[Node]:
    """`...` is no named node: it leaves the list empty."""
    parameters = node.child_by_field_name("parameters")
    declared = parameters.named_children if parameters is not None else []
    return [kind for child in declared if (kind := child.child_by_field_name("type")) is not None]


_TYPES: dict[str, Callable[[Node], list[Node]]] = {
    "python": _python, "ruby": _ruby, "java": _java, "csharp": _csharp, "php": _php, "cpp": _cpp,
}  # fmt: skip


def attempts(touched: Touched, handler: Handler) -> tuple[Node, ...]:
    """The statements that the handler guards; () where they are too many to matter."""
    node = handler.node
    if node.type == "rescue_modifier":
        body = node.child_by_field_name("body")
    else:
        body = touched.parent(node)
        if body is not None and body.type == "try_statement":
            body = body.child_by_field_name("body")
    if body is None or body.named_child_count > MOST:
        return ()
    if node.type == "rescue_modifier":
        return (body,)
    return tuple(child for child in statements(body) if child.type not in ("rescue", "ensure", "else"))
