"""Literals, and strings put together from parts, in every language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.core.expressions import CALLS, call_of, unwrapped
from reviewbot.core.symbols import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

#: A string built from more parts is a template, and reading it costs.
MAX_PARTS = 100
#: Nodes that are looked at for one string.
MAX_STEPS = 400
STRINGS = frozenset({
    "string", "template_string", "interpreted_string_literal", "raw_string_literal", "string_literal",
    "encapsed_string", "interpolated_string_expression", "verbatim_string_literal", "heredoc", "nowdoc",
    "heredoc_body", "text_block", "concatenated_string", "chained_string",
})  # fmt: skip
NUMBERS = frozenset({
    "integer", "float", "number", "int_literal", "float_literal", "decimal_integer_literal", "hex_integer_literal",
    "decimal_floating_point_literal", "integer_literal", "real_literal", "number_literal", "octal_integer_literal",
})  # fmt: skip
WORDS = frozenset({
    "true", "false", "none", "null", "nil", "boolean", "boolean_literal", "null_literal", "char_literal",
    "character_literal", "symbol", "simple_symbol", "null_pointer_literal", "undefined",
})  # fmt: skip
_HOLES = frozenset({"interpolation", "template_substitution"})
_MARKS = frozenset({"string_start", "string_end", "interpolation_start", "heredoc_start", "heredoc_end"})
_TEXT = frozenset({
    "string_content", "string_fragment", "interpreted_string_literal_content", "raw_string_literal_content",
    "string_literal_content", "heredoc_content", "escape_sequence", "multiline_string_fragment", "nowdoc_string",
})  # fmt: skip
_OWNERS = ("object", "argument", "receiver", "expression", "operand", "value")
_FORMATTERS = re.compile(r"(^|\.)([Ff]ormat|formatted|sprintf|Sprintf|vsprintf)!?$")
_PERCENT = re.compile(r"%%|%(?:\(\w{1,40}\))?[-+ #0-9.*$]{0,9}(?:ll|l|h|z|j)?[a-zA-Z]")
_BRACES = re.compile(r"\{\{|\}\}|\{[^{}]{0,80}\}")


def is_constant(node: Node) -> bool:
    """True for what can only be one value: literals, and strings put together from literals."""
    node = unwrapped(node)
    if node.type in NUMBERS or node.type in WORDS:
        return True
    parts = built(node)
    return parts is not None and all(isinstance(part, str) for part in parts)


def truth(node: Node | None) -> bool | None:
    """What a literal stands for as a condition: true, 1; false, 0, none. None where it is no such literal."""
    if node is None:
        return None
    word = text_of(unwrapped(node), 10).lower()
    return True if word in ("true", "1") else False if word in ("false", "0", "none", "null", "nil") else None


def literal(node: Node | None) -> str | None:
    """The text of a plain string literal, None for anything else."""
    if node is None:
        return None
    node = unwrapped(node)
    if node.type not in STRINGS:
        return None
    parts = built(node)
    if parts is None or not all(isinstance(part, str) for part in parts):
        return None
    return "".join(part for part in parts if isinstance(part, str))


def built(node: Node) -> list[str | Node] | None:
    """The parts of a string expression in order, texts as `str`, values as nodes; None for anything else."""
    node = unwrapped(node)
    parts: list[str | Node] = []
    texts = False
    stack = [node]
    for _ in range(MAX_STEPS):
        if not stack or len(parts) >= MAX_PARTS:
            break
        item = unwrapped(stack.pop())
        if item.type in STRINGS:
            texts = True
            parts += _string(item)
        elif (sides := _concatenated(item)) is not None:
            stack += reversed(sides)
        elif (formatted := _formatted(item)) is not None:
            texts = True
            parts += formatted
        elif item is node:
            return None
        else:
            parts.append(item)
    return parts if texts else None


def _string(node: Node) -> list[str | Node]:
    parts: list[str | Node] = []
    stack = [node]
    for _ in range(MAX_STEPS):
        if not stack or len(parts) >= MAX_PARTS:
            break
        item = stack.pop()
        if item.named_child_count > MAX_STEPS:
            continue
        if item.type in _TEXT:
            parts.append(text_of(item))
            stack += [child for child in reversed(item.named_children) if child.type in _HOLES]
        elif item.type in _HOLES:
            parts += [child for child in item.named_children if child.type != "interpolation_brace"][:1]
        elif item.type in STRINGS or item.type == "heredoc_body":
            stack += reversed(item.named_children)
        elif item.type not in _MARKS:
            parts.append(item)
    return parts


def _concatenated(node: Node) -> list[Node] | None:
    if node.type not in ("binary_expression", "binary_operator", "binary"):
        return None
    sides = [node.child_by_field_name("left"), node.child_by_field_name("right")]
    operator = node.child_by_field_name("operator")
    if operator is None or operator.type not in ("+", "."):
        return None
    return [side for side in sides if side is not None]


def _formatted(node: Node) -> list[str | Node] | None:
    """`"…" % x`, `"…".format(x)`, `fmt.Sprintf("…", x)`, `String.format`, `format!("…", x)`."""
    if node.type in ("binary_operator", "binary"):
        return _percent(node)
    if node.type not in CALLS:
        return None
    call = call_of(node)
    if not _FORMATTERS.search(call.name):
        return None
    text = literal(owner_of(node))
    values = [*call.arguments, *call.keywords.values()]
    if text is None:
        at = next((index for index, value in enumerate(values[:3]) if literal(value) is not None), None)
        if at is None:
            return None
        text, values = literal(values[at]) or "", values[at + 1 :]
    braces = call.last in ("format", "Format", "format!") and "{" in text
    return _filled(node, text, values, _BRACES if braces else _PERCENT)


def _percent(node: Node) -> list[str | Node] | None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    if operator is None or operator.type != "%" or left is None or right is None:
        return None
    text = literal(left)
    listed = right.type in ("tuple", "array", "dictionary") and right.named_child_count <= MAX_STEPS
    values = [child.child_by_field_name("value") or child for child in right.named_children] if listed else [right]
    return None if text is None else _filled(node, text, values, _PERCENT)


def owner_of(node: Node) -> Node | None:
    """The value that a method is called on."""
    function = node.child_by_field_name("function") or node
    fields = (function.child_by_field_name(name) for name in _OWNERS)
    return next((owner for owner in fields if owner is not None), None)


def _filled(node: Node, text: str, values: list[Node], placeholder: re.Pattern[str]) -> list[str | Node]:
    """The template cut at its placeholders, a value in each cut; a number's placeholder takes a digit.

    `{name}` in a Rust macro is a value of its own: the macro stands for it.
    """
    parts: list[str | Node] = []
    start = index = 0
    for found in placeholder.finditer(text):
        if found[0] in ("%%", "{{", "}}"):
            continue
        parts.append(text[start : found.start()])
        numeric = found[0][0] == "%" and found[0][-1] in "dfiux"
        captured = node.type == "macro_invocation" and found[0][1:2].isidentifier()
        value = node if captured else values[index] if index < len(values) and not numeric else "0"
        parts.append(value)
        start, index = found.end(), index + (not captured)
        if len(parts) >= MAX_PARTS:
            break
    return [*parts, text[start:]]
