"""Fields of records and members of enumerations in Python."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewbot.core.expressions import NAME, call_of
from reviewbot.core.symbols import text_of
from reviewbot.tasks.scaffold.languages.python.declarations import Definition, normal
from reviewbot.tasks.scaffold.suites import Parameter

if TYPE_CHECKING:
    from tree_sitter import Node


def fields(record: Node | None) -> tuple[Parameter, ...]:
    """The fields of a record that its constructor takes."""
    found: list[Parameter] = []
    for name, kind, value in _annotated(record):
        if kind.partition("[")[0].rpartition(".")[2] in ("ClassVar", "KW_ONLY"):
            continue
        call = call_of(value) if value is not None and value.type == "call" else None
        default = None if value is None else text_of(value, NAME) or "…"
        if call is not None and call.last in ("field", "Field", "ib"):
            if text_of(call.keywords.get("init"), 10) == "False":
                continue
            given = {"default", "default_factory", "factory"} & set(call.keywords) or call.arguments
            default = (text_of(call.keywords.get("default"), NAME) or "…") if given else None
        found.append(Parameter(name, kind, default, named=True))
    return tuple(found)


def _annotated(record: Node | None) -> Iterator[tuple[str, str, Node | None]]:
    for statement in record.named_children if record is not None else ():
        inner = statement.named_children[0] if statement.type == "expression_statement" else statement
        kind = inner.child_by_field_name("type") if inner.type == "assignment" else None
        left = inner.child_by_field_name("left") if kind is not None else None
        if left is not None and left.type == "identifier":
            yield normal(text_of(left, NAME)), text_of(kind, NAME), inner.child_by_field_name("right")


def members(enum: Definition) -> tuple[str, ...]:
    """The members of an enumeration, `Color.RED`, the first and the last."""
    statements = enum.body.named_children if enum.body is not None else ()
    names = [
        text_of(left, NAME)
        for statement in statements
        if statement.type == "expression_statement" and statement.named_children[0].type == "assignment"
        and (left := statement.named_children[0].child_by_field_name("left")) is not None
        and left.type == "identifier" and text_of(left, 2)[:1] != "_"
    ]  # fmt: skip
    return tuple(dict.fromkeys(f"{enum.name}.{name}" for name in (*names[:1], *names[-1:])))
