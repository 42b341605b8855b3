"""Calls and their arguments: one view of them in every language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewbot.core.symbols import Touched, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

#: Names, keys and operands longer than this are data, not names (bytes).
NAME = 200

CALLS = (
    "call", "call_expression", "new_expression", "method_invocation", "object_creation_expression",
    "invocation_expression", "function_call_expression", "member_call_expression", "scoped_call_expression",
    "nullsafe_member_call_expression", "macro_invocation",
)  # fmt: skip
IDENTIFIERS = frozenset({"identifier", "variable_name", "constant"})
_WRAPPERS = frozenset({"argument", "parenthesized_expression", "reference_expression", "literal_element"})


@dataclass(frozen=True, slots=True)
class Call:
    """A call. `name` is dotted whatever the language writes; `keywords` are named arguments."""

    node: Node
    name: str
    arguments: tuple[Node, ...] = ()
    keywords: dict[str, Node] = field(default_factory=dict)

    @property
    def last(self) -> str:
        return self.name.rpartition(".")[2]

    def argument(self, index: int) -> Node | None:
        return self.arguments[index] if index < len(self.arguments) else None


def calls(touched: Touched) -> Iterator[Call]:
    """Every call that overlaps a changed line."""
    for node in touched.of(*CALLS):
        yield call_of(node)


def call_of(node: Node) -> Call:
    plain: list[Node] = []
    named: dict[str, Node] = {}
    holder = node.child_by_field_name("arguments") or next(
        (child for child in node.named_children if child.type in ("arguments", "argument_list", "token_tree")), None
    )
    # A tagged template (JavaScript) is a call whose arguments are the template: its tag decides what it does.
    for child in holder.named_children if holder is not None and holder.type != "template_string" else ():
        _sort(child, plain, named)
    return Call(node, _callee(node), tuple(plain), named)


def _sort(child: Node, plain: list[Node], named: dict[str, Node]) -> None:
    """Put one argument where it belongs: `k=v` (Python), `k: v` (Ruby, C#, PHP), or by place."""
    if child.type == "comment":
        return
    key = child.child_by_field_name("name" if child.type in ("keyword_argument", "argument") else "key")
    if child.type in ("keyword_argument", "pair") and key is not None:
        value = child.child_by_field_name("value")
        if value is not None:
            named[text_of(key, NAME).strip("\"':")] = value
    elif child.type == "argument" and child.named_children:
        value = child.named_children[-1]
        if key is not None and len(child.named_children) > 1:
            named[text_of(key, NAME)] = value
        else:
            plain.append(value)
    else:
        plain.append(child)


def _callee(node: Node) -> str:
    owners = (node.child_by_field_name(name) for name in ("receiver", "object", "scope"))
    parts = [owner for owner in owners if owner is not None][:1]
    for name in ("function", "constructor", "method", "name", "macro", "type"):
        if (child := node.child_by_field_name(name)) is not None:
            parts.append(child)
            break
    else:
        parts += [child for child in node.named_children if child.type in ("name", "qualified_name")][:1]
    name = ".".join(filter(None, map(dotted, parts)))
    return name + "!" if node.type == "macro_invocation" else name


def dotted(node: Node) -> str:
    """`a->b`, `a::b`, `a?.b`, `\\a\\b`, `$a.b` as `a.b`; a long or computed owner as `….b`."""
    text = text_of(node, NAME)
    if not text:
        fields = ("attribute", "property", "field", "name")
        last = next((child for name in fields if (child := node.child_by_field_name(name)) is not None), None)
        return "…." + text_of(last, NAME) if last is not None else "…"
    text = "".join(text.split())
    for mark in ("->", "::", "?.", "\\"):
        text = text.replace(mark, ".")
    return text.replace("$", "").lstrip(".")


def unwrapped(node: Node) -> Node:
    """The expression inside parentheses, references and argument shells."""
    for _ in range(20):
        inner = node.named_children if node.type in _WRAPPERS else ()
        if len(inner) != 1:
            return node
        node = inner[0]
    return node
