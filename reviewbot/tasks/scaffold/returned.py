"""What a function returns, and another value of the same type."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.core.expressions import NAME
from reviewbot.core.scopes import FUNCTIONS
from reviewbot.core.strings import NUMBERS, STRINGS
from reviewbot.core.symbols import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

BINARY = frozenset({"binary_expression", "binary_operator", "comparison_operator", "boolean_operator", "binary"})
_RETURNS = frozenset({"return_statement", "return_expression", "return", "yield", "yield_expression"})
_TRUTHS = frozenset({"true", "false", "boolean", "boolean_literal", "not_operator"})
_SIGNS = frozenset({"<", "<=", ">", ">=", "==", "!=", "===", "!==", "in", "not in", "is", "is not"})
_NUMERIC = re.compile(
    r"u?int(8|16|32|64|ptr)?|[iuf](8|16|32|64|128|size)|float(32|64)?|double|long|short|number|decimal|Integer|Long|Double"
)
_TEXTS = frozenset({"string", "String", "str"})
_BOOLEANS = frozenset({"bool", "boolean", "Boolean"})
#: What stands for any value where no type forbids it.
_NEUTRAL = {
    "python": "None", "javascript": "undefined", "typescript": "(undefined as any)", "tsx": "(undefined as any)",
    "ruby": "nil", "php": "null",
}  # fmt: skip
_JOINED = {"php": ' . "x"', "rust": ' + "x"'}
#: Expressions that nobody has to put into parentheses.
_CLOSED = NUMBERS | STRINGS | {"identifier", "call", "call_expression", "parenthesized_expression", "method_invocation"}
_NOTHING = frozenset({"none", "null", "nil", "undefined", "null_literal"})


def result(function: Node) -> str:
    """The type that a function declares to return, as written, "" for none."""
    names = ("return_type", "result", "returns", "type")
    node = next((found for name in names if (found := function.child_by_field_name(name)) is not None), None)
    return text_of(node, NAME).lstrip(": ").strip()


def tail(node: Node) -> Node | None:
    """The value that a node returns: of a return statement, of an arrow, of a body that ends in an expression."""
    if node.type in _RETURNS:
        inner = [child for child in node.named_children if "comment" not in child.type]
        delegates = any(child.type == "from" for child in node.children)
        return _single(inner[0]) if len(inner) == 1 and not delegates else None
    if node.type == "arrow_expression_clause":
        return node.named_children[-1] if node.named_children else None
    body = node.child_by_field_name("body") if node.type in FUNCTIONS else None
    if body is None or node.type == "lambda":
        return None
    if node.type == "arrow_function":
        return None if body.type == "statement_block" else body
    if node.type in ("function_item", "method", "singleton_method") and body.named_children:
        last = body.named_children[-1]
        return last if _is_value(last) else None
    return None


def _single(node: Node) -> Node | None:
    """The one expression of a list: Go and Ruby return several."""
    if node.type not in ("expression_list", "argument_list"):
        return node
    return node.named_children[0] if node.named_child_count == 1 else None


def _is_value(node: Node) -> bool:
    """Whether a last expression is one value: no statement, no branch, no assignment."""
    return node.type in BINARY | _CLOSED | _TRUTHS | {
        "element_reference", "field_expression", "index_expression", "unary", "unary_expression", "macro_invocation",
        "instance_variable", "array", "hash", "constant",
    }  # fmt: skip


def negated(condition: Node, language: str) -> str:
    text = text_of(condition)
    if language == "python":
        return f"not ({text})"
    return f"(!{text})" if condition.type == "parenthesized_expression" else f"!({text})"


def other(value: Node, language: str, declared: str) -> tuple[str, str] | None:
    """Another value of the same type and its words; None where there is no telling which."""
    text = text_of(value)
    kind = _kind(value, declared, language)
    closed = text if value.type in _CLOSED else f"({text})"
    typed = bool(declared) and (language == "php" or (bool(kind) and language != "python"))
    if language in _NEUTRAL and value.type not in _NOTHING and not typed:
        return _NEUTRAL[language], f"returns {_NEUTRAL[language].strip('()').split()[0]}"
    if kind == "number":
        return f"{closed} + 1{'.0' if language == 'rust' and declared.startswith('f') else ''}", "returns one more"
    if kind == "truth":
        return f"{'not ' if language == 'python' else '!'}({text})", "returns the opposite"
    if kind == "text" and not (language == "rust" and value.type in STRINGS):
        return closed + _JOINED.get(language, ' + "x"'), "returns a longer text"
    return None


def _kind(value: Node, declared: str, language: str) -> str:
    """What sort of value it is: by the type that the function declares, else by what is written."""
    plain = declared.strip("?() ")
    if _NUMERIC.fullmatch(plain) and "char" not in plain:
        return "number"
    if plain in _TEXTS:
        return "text"
    if plain in _BOOLEANS:
        return "truth"
    if declared and language != "python":
        return ""
    signs = {child.type for child in value.children} if value.type in BINARY else set()
    if value.type in _TRUTHS or signs & _SIGNS:
        return "truth"
    return "number" if value.type in NUMBERS else "text" if value.type in STRINGS else ""
