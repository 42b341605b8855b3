"""Guards of a Rust function: under which conditions it ends early, and how."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from reviewbot.core.symbols import text_of
from reviewbot.tasks.scaffold.languages.rust.values import parts

if TYPE_CHECKING:
    from tree_sitter import Node

#: Statements in which guards stand.
MOST_STATEMENTS = 30
#: A condition, a type or a name that is longer (bytes) is not read.
WIDE = 200
_PANICS = re.compile(r"(?:panic|unreachable|unimplemented|todo)!", re.ASCII)


def met(node: Node, fails: bool) -> Iterator[tuple[str, str, str]]:
    """What it raises, the condition, "negated" for an assertion: each `if` at the top that ends the function."""
    body = node.child_by_field_name("body")
    held = [one for one in (body.named_children if body is not None else []) if "comment" not in one.type]
    for at, one in enumerate(held[:MOST_STATEMENTS]):
        inner = one.named_children[0] if one.type == "expression_statement" and one.named_children else one
        if inner.type == "let_declaration":
            continue
        if inner.type == "macro_invocation" and text_of(inner.child_by_field_name("macro"), WIDE) == "assert":
            asserted = parts(text_of(inner.named_children[-1], WIDE)[1:-1])
            if asserted and not set(asserted[0]) & set("\t\n"):
                yield "panic", asserted[0], "negated"
            continue
        condition = text_of(inner.child_by_field_name("condition"), WIDE)
        block = inner.child_by_field_name("consequence")
        if inner.type != "if_expression" or block is None or not condition or set(condition) & set("\t\n"):
            return
        raises = _ending(block, fails, tail=at == len(held) - 1)
        if raises is None:
            return
        yield raises, condition, ""


def _ending(block: Node, fails: bool, *, tail: bool) -> str | None:
    """How a block ends its function: an error, a panic, "" for a value, None where it goes on."""
    held: Sequence[Node] = block.named_children
    last = held[-1] if held else None
    if last is not None and last.type == "expression_statement" and last.named_children:
        last = last.named_children[0]
    if last is None:
        return None
    if last.type == "macro_invocation" and _PANICS.match(text_of(last, WIDE * 10)):
        return "panic"
    is_return = last.type == "return_expression"
    value = text_of(last, WIDE * 10).removeprefix("return").strip() if is_return or tail else ""
    if not is_return and not (tail and value):
        return None
    return "Err" if fails and value.startswith("Err(") else ""
