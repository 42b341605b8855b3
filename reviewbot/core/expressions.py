"""Calls and their arguments: one view of them in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewbot.core.symbols import Touched, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

#: Names, keys and operands longer than this are data, not names (bytes).
NAME = 200
#: A call with more arguments is a table of data, and reading it costs.
MAX_ARGUMENTS = 500

CALLS = (
    "call", "call_expression", "new_expression", "method_invocation", "object_creation_expression",
    "invocation_expression", "function_call_expression", "member_call_expression", "scoped_call_expression",
    "nullsafe_member_call_expression", "macro_invocation",
)  # fmt: skip
COMMENTS = frozenset({"comment", "line_comment", "block_comment"})
IDENTIFIERS = frozenset({"identifier", "variable_name", "constant"})
#: `$name` (PHP) is a name; `$(…)` and `$.x` (JavaScript) are the name `$`.
_SIGIL = re.compile(r"\$(?=\w)")
_LAST = ("attribute", "property", "field", "method", "name")
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

    @property
    def place(self) -> Node:
        """The name at the end of a chain: a chain begins where its first call does, lines above."""
        function = self.node.child_by_field_name("function") or self.node
        names = (function.child_by_field_name(name) for name in _LAST)
        return next((name for name in names if name is not None), function)


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
    if holder is not None and holder.type != "template_string" and holder.named_child_count <= MAX_ARGUMENTS:
        for child in holder.named_children:
            _sort(child, plain, named)
    return Call(node, _callee(node), tuple(plain), named)


def _sort(child: Node, plain: list[Node], named: dict[str, Node]) -> None:
    """Put one argument where it belongs: `k=v` (Python), `k: v` (Ruby, C#, PHP), or by place."""
    if child.type in COMMENTS:
        return
    if child.type not in ("keyword_argument", "pair", "argument") or not child.named_children:
        plain.append(child)
        return
    key = child.child_by_field_name("key" if child.type == "pair" else "name")
    value = child.child_by_field_name("value") or child.named_children[-1]
    if key is None or key == value:
        plain.append(value)
    else:
        named[text_of(key, NAME).strip("\"':")] = value


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
    if parts and parts[-1].type == "variable_name":  # PHP's `$function(…)` is not `function(…)`.
        return "$" + name
    return name + "!" if node.type == "macro_invocation" else name


def dotted(node: Node) -> str:
    """`a->b`, `a::b`, `a?.b`, `\\a\\b`, `$a.b`, `a.b<T>` as `a.b`; a long or computed owner as `….b`."""
    text = text_of(node, NAME)
    if not text:
        last = next((child for name in _LAST if (child := node.child_by_field_name(name)) is not None), None)
        return "…." + text_of(last, NAME) if last is not None else "…"
    text = "".join(text.split())
    for mark in ("->", "::", "?.", "\\"):
        text = text.replace(mark, ".")
    if text.endswith(">"):
        text = text.partition("<")[0].rstrip(".")
    return _SIGIL.sub("", text).lstrip(".")


def unwrapped(node: Node) -> Node:
    """The expression inside parentheses, references and argument shells."""
    for _ in range(20):
        inner = node.named_children if node.type in _WRAPPERS else ()
        if len(inner) != 1:
            return node
        node = inner[0]
    return node
