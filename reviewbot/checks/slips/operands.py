"""Comparisons whose outcome is certain, and those that nobody looks at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewbot.checks.slips.operators import (
    EQUALITIES,
    SCRIPTS,
    Operation,
    inner,
    is_condition,
    is_pure,
    operation_of,
    operations,
    squeezed,
)  # fmt: skip
from reviewbot.checks.slips.rules import (
    ALWAYS,
    ASSIGNED,
    IDENTITY,
    ITSELF,
    NAN,
    NEGATED,
    OPERANDS,
    TYPEOF,
    UNUSED,
)  # fmt: skip
from reviewbot.core.expressions import IDENTIFIERS, NAME, dotted, unwrapped
from reviewbot.core.findings import Severity
from reviewbot.core.scopes import FUNCTIONS, assigned
from reviewbot.core.sightings import Sighting
from reviewbot.core.strings import NUMBERS, STRINGS, is_constant, literal
from reviewbot.core.symbols import Touched, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_NAN = re.compile(r"^((Number|[Ff]loat|[Dd]ouble|Single|math|np|numpy|f32|f64|std\.f32|std\.f64)\.([Nn]a[Nn]|NAN)|NaN|"
                  r"NAN|math\.NaN\(\)|float\(['\"][+-]?nan['\"]\))$")  # fmt: skip
_TYPES = frozenset({"undefined", "object", "boolean", "number", "string", "function", "symbol", "bigint", "unknown"})
_LOGICAL = frozenset({"&&", "||", "and", "or"})
_SAME = _LOGICAL | {"==", "===", "<=", ">=", "<", ">"}
_STRICT = frozenset({"===", "!=="})
#: Literals that are a new object each time: of scripts, of Python.
_OBJECTS = (frozenset({"array", "object"}), frozenset({"list", "dictionary", "set", "tuple", *STRINGS, *NUMBERS}))
_COMPARES = frozenset({"python", "javascript", "typescript", "tsx", "c", "cpp", "php"})
_ASSIGNS = frozenset({"javascript", "typescript", "tsx", "c", "cpp", "php", "java", "csharp"})
_TESTED = EQUALITIES | {"is", "is not"}
_TRIES = re.compile(r"(?i)raises|warns|throws|benchmark|timer|suppress")


def look(touched: Touched) -> Iterator[Sighting]:
    for operation in operations(touched):
        yield from _compared(touched, operation)
        if touched.language in SCRIPTS:
            yield from _scripted(operation)
        yield from _alternative(touched, operation)
    for node in touched.of("if_statement", "while_statement", "else_if_clause", "do_statement"):
        yield from _assigned(touched, node)
    if touched.language not in ("c", "cpp", "ruby"):
        for node in touched.of("assignment", "assignment_expression"):
            yield from _itself(touched, node)


def unused(touched: Touched) -> Iterator[Sighting]:
    """`x == 5` as a statement: in a test a lost assertion."""
    for node in touched.of("expression_statement") if touched.language in _COMPARES else ():
        operation = operation_of(unwrapped(node.named_children[0])) if node.named_child_count == 1 else None
        if operation is None or operation.operator not in _TESTED or node.has_error:
            continue
        if not _is_tried(touched, node):
            yield Sighting(UNUSED, (node,), operation.key)


def same(touched: Touched) -> Iterator[Sighting]:
    """`x or x` is certain. `x == x` may ask whether x is a number, as `x != x` does."""
    for operation in operations(touched):
        left, right = unwrapped(operation.left), unwrapped(operation.right)
        if operation.operator not in _SAME or (touched.language == "cpp" and operation.operator in ("<", ">")):
            continue
        if left.type != right.type or text_of(left, NAME) != text_of(right, NAME) or operation.node.has_error:
            continue
        if is_pure(left) and not is_constant(left) and not _is_old_choice(touched, operation):
            severity = None if operation.operator in _LOGICAL else Severity.LOW
            yield Sighting(OPERANDS, (operation.node,), operation.key, severity=severity)


def _is_old_choice(touched: Touched, operation: Operation) -> bool:
    """`x and x or y`: a conditional from before there was one."""
    above = touched.parent(operation.node)
    around = operation_of(above) if above is not None else None
    return operation.operator in ("and", "&&") and around is not None and around.operator in ("or", "||")


def _compared(touched: Touched, operation: Operation) -> Iterator[Sighting]:
    sides = [unwrapped(operation.left), unwrapped(operation.right)]
    kinds = [side.type for side in sides]
    if operation.operator in EQUALITIES and any(_NAN.search(dotted(side)) for side in sides):
        yield Sighting(NAN, (operation.node,), operation.key)
    elif operation.operator in ("is", "is not") or (touched.language in SCRIPTS and operation.operator in _STRICT):
        if any(kind in _OBJECTS[touched.language == "python"] for kind in kinds):
            yield Sighting(IDENTITY, (operation.node,), operation.key)
    elif touched.language == "java" and operation.operator in EQUALITIES and _is_text_and_value(kinds):
        yield Sighting(IDENTITY, (operation.node,), operation.key, title="Strings are compared by identity",
                       body="Equal texts need not be the same object: `equals` compares them.")  # fmt: skip


def _is_text_and_value(kinds: list[str]) -> bool:
    return kinds.count("string_literal") == 1 and "null_literal" not in kinds


def _scripted(operation: Operation) -> Iterator[Sighting]:
    left, right = unwrapped(operation.left), unwrapped(operation.right)
    operand = text_of(operation.left.child_by_field_name("operator"), NAME)
    if operation.operator in ("in", "instanceof") and operation.left.type == "unary_expression" and operand == "!":
        yield Sighting(NEGATED, (operation.node,), operation.key)
    if operation.operator not in EQUALITIES:
        return
    for side, other in ((left, right), (right, left)):
        if side.type == "unary_expression" and text_of(side.child_by_field_name("operator"), NAME) == "typeof":
            value = literal(other)
            if other.type == "undefined" or (value is not None and value not in _TYPES):
                yield Sighting(TYPEOF, (operation.node,), operation.key)


def _alternative(touched: Touched, operation: Operation) -> Iterator[Sighting]:
    """`if x == "a" or "b":`"""
    if operation.operator not in ("or", "||") or touched.language not in ("python", "php", *SCRIPTS):
        return
    right = unwrapped(operation.right)
    before = operation_of(unwrapped(operation.left))
    number = right.type in NUMBERS and text_of(right, NAME).strip("0.") != ""
    compares = before is not None and before.operator in (*EQUALITIES, "in", "not in", "is")
    if (number or literal(right)) and compares and is_condition(touched, operation.node):
        yield Sighting(ALWAYS, (operation.node,), operation.key)


def _assigned(touched: Touched, node: Node) -> Iterator[Sighting]:
    """`if (x = 5)`: only a literal is certain, a call is read and tested in one go."""
    condition = inner(node.child_by_field_name("condition"))
    if touched.language not in _ASSIGNS or condition is None or condition.type != "assignment_expression":
        return
    operator, value = condition.child_by_field_name("operator"), condition.child_by_field_name("right")
    if value is not None and (operator is None or operator.type == "=") and is_constant(value):
        yield Sighting(ASSIGNED, (condition,), squeezed(condition))


def _is_tried(touched: Touched, node: Node) -> bool:
    """Inside `with pytest.raises(…)` or in a function handed to somebody, that it can be compared is what is tried."""
    for above in touched.ancestors(node):
        if above.type == "with_statement" and _TRIES.search(text_of(above.named_children[0], NAME)):
            return True
        if above.type == "try_statement":
            return True
        if above.type in FUNCTIONS:
            return above.type in ("arrow_function", "lambda_expression", "function_expression")
    return False


def _itself(touched: Touched, node: Node) -> Iterator[Sighting]:
    statement, pair = touched.parent(node), assigned(node)
    operator = node.child_by_field_name("operator")
    if pair is None or statement is None or statement.type != "expression_statement" or _is_filler(touched, statement):
        return
    names = [text_of(side, NAME) for side in pair]
    if names[0] != names[1] or any(side.type not in IDENTIFIERS for side in pair):
        return
    above = (node.type for node in touched.ancestors(node) if node.type in FUNCTIONS or "class" in node.type)
    if next(above, "") in FUNCTIONS and (operator is None or operator.type == "="):
        yield Sighting(ITSELF, (node,), names[0])


def _is_filler(touched: Touched, statement: Node) -> bool:
    """All there is in a branch: it says that nothing is to be done."""
    block = touched.parent(statement)
    above = touched.parent(block) if block is not None and block.named_child_count == 1 else None
    return above is not None and above.type in ("if_statement", "elif_clause", "else_clause", "else_if_clause")
