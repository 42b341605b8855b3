"""What a function throws, and the conditions that its calls may be on either side of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.core.expressions import NAME
from reviewbot.core.scopes import FUNCTIONS
from reviewbot.core.symbols import text_of, walk
from reviewbot.tasks.scaffold.languages.guards import Guard

if TYPE_CHECKING:
    from tree_sitter import Node

#: Statements of a body that are read for guards, conditions beside them, and the length of one.
MOST, MOST_CONDITIONS, WIDE = 60, 12, 300
#: What is thrown that is no new object of a class: a reader learns that something is.
SOMETHING = "an error"
_CLASS = re.compile(r"[A-Za-z_$][\w$]{0,60}")
_BLOCK = "statement_block"


def guards(body: Node) -> tuple[Guard, ...]:
    """The `if (…) throw …` that every call comes by, in order, and those that return before the next one."""
    found: list[Guard] = []
    for statement in body.named_children[:MOST] if body.type == _BLOCK else ():
        if statement.type == "comment":
            continue
        condition = _condition(statement)
        if statement.type != "if_statement" or not condition:
            if statement.type in ("lexical_declaration", "expression_statement"):
                continue
            break
        last = _last(statement.child_by_field_name("consequence"))
        if last is None or last.type not in ("throw_statement", "return_statement"):
            continue
        found.append(Guard(condition, _thrown(last)))
    return tuple(found)


def conditions(body: Node, known: tuple[Guard, ...]) -> tuple[Guard, ...]:
    """Other questions that the function asks, inner functions left out."""
    seen = {guard.condition for guard in known}
    found: list[Guard] = []
    for node in walk(body, "if_statement", "ternary_expression", stop=FUNCTIONS):
        condition = _condition(node)
        if condition and condition not in seen:
            seen.add(condition)
            found.append(Guard(condition))
        if len(found) >= MOST_CONDITIONS:
            break
    return tuple(found)


def doubtful(body: Node, known: tuple[Guard, ...]) -> tuple[Guard, ...]:
    """Conditions of what throws inside of something else: who meets one may throw."""
    seen = {guard.condition for guard in known}
    found: list[Guard] = []
    for node in walk(body, "if_statement", stop=FUNCTIONS):
        condition = _condition(node)
        sides = (
            (name == "alternative", _last(node.child_by_field_name(name))) for name in ("consequence", "alternative")
        )
        throwing = [negated for negated, last in sides if last is not None and last.type == "throw_statement"]
        if throwing and condition not in seen:
            seen.add(condition)
            found.append(Guard(condition, SOMETHING, throwing[0]))
        if len(found) >= MOST_CONDITIONS:
            break
    return tuple(found)


def _condition(node: Node) -> str:
    return text_of(node.child_by_field_name("condition"), WIDE).strip()


def _last(branch: Node | None) -> Node | None:
    """The statement that a branch ends with."""
    for _ in range(3):
        if branch is None or branch.type not in (_BLOCK, "else_clause"):
            break
        inner = [child for child in branch.named_children[-3:] if child.type != "comment"]
        branch = inner[-1] if inner else None
    return branch


def _thrown(statement: Node) -> str:
    """The class of what is thrown or what a returned promise is rejected with, "" for a plain return."""
    value = statement.named_children[0] if statement.named_children else None
    if statement.type == "return_statement":
        function = value.child_by_field_name("function") if value is not None else None
        if value is None or text_of(function, NAME) != "Promise.reject":
            return ""
        arguments = value.child_by_field_name("arguments")
        value = arguments.named_children[0] if arguments is not None and arguments.named_children else None
    maker = None if value is None else value.child_by_field_name("constructor")
    name = text_of(maker, NAME)
    if value is not None and not name and text_of(value.child_by_field_name("function"), NAME) == "Error":
        name = "Error"
    return name if _CLASS.fullmatch(name) else SOMETHING
