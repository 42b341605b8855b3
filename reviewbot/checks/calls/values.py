"""What stands in a built string, and whether somebody else could have written it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewbot.core.expressions import CALLS, NAME, call_of, unwrapped
from reviewbot.core.scopes import Scopes
from reviewbot.core.strings import MAX_PARTS, NUMBERS, WORDS, is_constant, literal, owner_of
from reviewbot.core.symbols import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from reviewbot.core.expressions import Call

#: Functions that make a value harmless where it is put: quoting, escaping, numbers.
_SAFE_CALL = re.compile(
    r"(?i)quot|esca|sanit|purif|specialchars|htmlentities|strip_tags|encode|clean|var_export|digest|"
    r"(^|\.)(md5|sha\d+|int|float|len|bool|count|number|parseint|parsefloat|intval|floatval|"
    r"abs|round|min|max|sum|hash|strconv\.itoa|to_i|to_f|tofixed|id|repr|list2cmdline)$"
)
#: Constants by convention, and the paths of the running program.
_SAFE_NAME = re.compile(
    r"(^|\.)[A-Z][A-Z0-9_]*$|"
    r"(^|\.)(sys\.executable|process\.execPath|__file__|__name__|__dirname|__filename|length|count|pid|ppid)$"
)
_CONVERSIONS = frozenset({"str", "String", "to_s", "toString", "c_str", "text", "as_str", "trim", "strip", "valueOf"})
_CHOICES = frozenset({"conditional_expression", "ternary_expression", "conditional"})
MAX_CHOICES = 20
#: Expressions that read what a client sent.
_REQUEST = re.compile(
    r"(?i)\b(request|req)\.(args|form|values|json|data|body|query|params|cookies|headers|files|get|post)\b|"
    r"\bparams\s*\[|\$_(GET|POST|REQUEST|COOKIE|SERVER)\b|\.getParameter\(|\.getHeader\(|\.(Post)?FormValue\(|"
    r"\bURL\.Query\(\)|\blocation\.(hash|search|href)\b|\bRequest\.(Query|Form|QueryString|Headers)\b|php://input"
)


def parts_of(node: Node | None, call: Call, scopes: Scopes) -> list[str | Node] | None:
    """The parts of a string argument, looked up one assignment back; None where it is no built string."""
    if node is None:
        return None
    pieces = [opened(piece) for piece in scopes.pieces(opened(node), call.node)]
    read = [scopes.built(piece) for piece in pieces]
    if not any(read):
        return None
    return [part for piece, parts in zip(pieces, read, strict=True) for part in (parts or [piece])][:MAX_PARTS]


def opened(node: Node) -> Node:
    """The string inside a conversion: `(a + b).c_str()`, `text(f"…")`."""
    node = unwrapped(node)
    if node.type not in CALLS:
        return node
    call = call_of(node)
    if call.last == "join" and len(call.arguments) == 1:
        # `" ".join(words)` in Python, `words.join(" ")` elsewhere.
        owner = owner_of(node)
        return call.arguments[0] if owner is None or literal(owner) is not None else owner
    if call.last not in _CONVERSIONS:
        return node
    return unwrapped(call.arguments[0] if call.arguments else owner_of(node) or node)


def foreign(parts: list[str | Node] | None, call: Call, scopes: Scopes) -> Iterator[tuple[int, Node]]:
    """The values in a built string that are neither constants nor made harmless, with their places in it."""
    for index, part in enumerate(parts or ()):
        if not isinstance(part, str) and not is_harmless(part, call, scopes):
            yield index, part


def is_harmless(node: Node, call: Call, scopes: Scopes) -> bool:
    """True for what can be only what the program itself says: constants, numbers, quoted values, a choice of these."""
    stack = [node]
    for _ in range(MAX_CHOICES):
        if not stack or scopes.is_spent():
            return True
        item = opened(stack.pop())
        if _is_safe_name(item):
            continue
        item = scopes.value(item, call.node)
        if item.type in _CHOICES:
            fields = (item.child_by_field_name(name) for name in ("consequence", "body", "alternative"))
            branches = [branch for branch in fields if branch is not None]
            # Python writes `a if condition else b` without fields.
            stack += branches if len(branches) > 1 else item.named_children[0:3:2]
        elif not _is_plain(item):
            return False
    return False


def _is_plain(node: Node) -> bool:
    if node.type in NUMBERS or node.type in WORDS or is_constant(node):
        return True
    if node.type == "macro_invocation":
        return False
    if node.type in CALLS:
        call = call_of(node)
        # Ruby reads a field by a call without arguments.
        field = not call.arguments and _SAFE_NAME.search(call.name) is not None
        return field or _SAFE_CALL.search(call.name) is not None
    if node.type == "cast_expression":
        return "int" in text_of(node.child_by_field_name("type"), NAME)
    return _is_safe_name(node)


def _is_safe_name(node: Node) -> bool:
    return _SAFE_NAME.search(text_of(node, NAME).replace("::", ".").lstrip("$")) is not None


def is_request(node: Node) -> bool:
    """True for an expression that itself reads what a client sent."""
    return _REQUEST.search(text_of(node, NAME)) is not None
