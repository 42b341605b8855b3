"""What stands in a built string, and whether somebody else could have written it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewbot.core.expressions import CALLS, NAME, call_of, unwrapped
from reviewbot.core.scopes import Scopes
from reviewbot.core.strings import NUMBERS, WORDS, built, is_constant
from reviewbot.core.symbols import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from reviewbot.core.expressions import Call

#: Functions that make a value harmless where it is put: quoting, escaping, numbers.
_SAFE_CALL = re.compile(
    r"(?i)quot|esca|sanit|purif|encode|clean|(^|\.)(int|float|len|bool|count|number|parseint|parsefloat|intval|floatval|"
    r"abs|round|min|max|sum|hash|strconv\.itoa|to_i|to_f|tofixed|id|repr|join|list2cmdline)$"
)
#: Constants by convention, and the paths of the running program.
_SAFE_NAME = re.compile(r"(^|\.)[A-Z][A-Z0-9_]*$|(^|\.)(sys\.executable|__file__|__name__|__dirname|__filename|length)$")
_CONVERSIONS = frozenset({"str", "String", "to_s", "toString", "c_str", "text", "as_str", "trim", "strip", "String.valueOf"})


def parts_of(node: Node | None, call: Call, scopes: Scopes) -> list[str | Node] | None:
    """The parts of a string argument, looked up one assignment back; None where it is no built string."""
    if node is None:
        return None
    node = scopes.value(opened(node), call.node)
    return built(opened(node))


def opened(node: Node) -> Node:
    """The string inside a conversion: `(a + b).c_str()`, `text(f"…")`."""
    node = unwrapped(node)
    if node.type not in CALLS:
        return node
    call = call_of(node)
    if call.last not in _CONVERSIONS:
        return node
    if call.arguments:
        return unwrapped(call.arguments[0])
    function = node.child_by_field_name("function") or node
    owners = (function.child_by_field_name(name) for name in ("argument", "object", "receiver", "value", "expression"))
    return unwrapped(next((owner for owner in owners if owner is not None), node))


def foreign(parts: list[str | Node] | None, call: Call, scopes: Scopes) -> Iterator[tuple[int, Node]]:
    """The values in a built string that are neither constants nor made harmless, with their places in it."""
    for index, part in enumerate(parts or ()):
        if not isinstance(part, str) and not is_harmless(part, call, scopes):
            yield index, part


def is_harmless(node: Node, call: Call, scopes: Scopes) -> bool:
    node = scopes.value(opened(node), call.node)
    if node.type in NUMBERS or node.type in WORDS or is_constant(node):
        return True
    if node.type == "macro_invocation":
        return False
    if node.type in CALLS:
        return _SAFE_CALL.search(call_of(node).name) is not None
    if node.type == "cast_expression":
        return "int" in text_of(node.child_by_field_name("type"), NAME)
    return _SAFE_NAME.search(text_of(node, NAME).replace("::", ".").lstrip("$")) is not None
