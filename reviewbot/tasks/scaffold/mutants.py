"""Small changes of a target that a test which asserts something notices."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from reviewbot.core.expressions import COMMENTS, call_of
from reviewbot.core.grammars import parse
from reviewbot.core.scopes import FUNCTIONS
from reviewbot.core.strings import NUMBERS, STRINGS
from reviewbot.core.symbols import MAX_PARSED, text_of
from reviewbot.tasks.scaffold.returned import BINARY, negated, other, result, tail

if TYPE_CHECKING:
    from tree_sitter import Node

#: Mutants of one target; each costs a run of its tests.
MOST = 60
#: The strongest first. Numbers and operators may be equal to what they were in all that a suite tries.
_RETURNED, _NEGATED, _COMPARED, _CALCULATED, _JOINED, _CALLED, _COUNTED, _RAISED = range(8)
_COMPARES = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "===": "!==", "!==": "===", "is": "is not",
    "is not": "is", "in": "not in", "not in": "in",
}  # fmt: skip
#: `+` of two texts has no other operator: it is changed beside a number only.
_CALCULATES = {"+": "-", "-": "+", "*": "+", "/": "*", "//": "*", "%": "+", "**": "*"}
_JOINS = {"and": "or", "or": "and", "&&": "||", "||": "&&"}
_CONDITIONAL = frozenset({
    "if_statement", "elif_clause", "if_expression", "if", "unless", "elsif", "if_modifier", "unless_modifier",
    "ternary_expression", "conditional_expression", "conditional",
})  # fmt: skip
_LOOPS = frozenset({"while_statement", "while_expression", "while", "until", "while_modifier", "do_statement"})
#: Where a number or sign is no value of the program.
_TYPES = COMMENTS | STRINGS | frozenset({
    "type", "type_annotation", "array_type", "generic_type", "type_arguments", "type_parameters", "attribute_item",
    "decorator", "annotation", "marker_annotation", "import_statement", "enum_variant", "enum_body",
})  # fmt: skip
#: Languages in which a statement may go without a compiler's complaint.
_LOOSE = frozenset({"python", "javascript", "typescript", "tsx", "ruby", "php"})
_NOTHING = {"python": "pass", "ruby": "nil"}
_DECIMAL = re.compile(r"([0-9][0-9_]*)((?:\.[0-9]+)?(?:[a-zA-Z][a-zA-Z0-9]*)?)")


class _Edit(NamedTuple):
    """What stands between two bytes instead; edits sort by how telling they are, then by place."""

    rank: int
    start: int
    end: int
    text: str
    words: str


@dataclass(frozen=True, slots=True)
class _Place:
    """A node on the way down with what is above it."""

    node: Node
    language: str
    #: Type that the function around it declares, and whether a branch is around it.
    declared: str = ""
    guarded: bool = False


def mutants(language: str, text: str, lines: tuple[int, int]) -> Iterator[tuple[str, str]]:
    """In few words what was changed, and the whole changed text, which parses; the strongest first."""
    if len(text) > MAX_PARSED or (root := parse(language, text).root_node).has_error:
        return
    source = text.encode("utf-8", "replace")
    for edit in sorted(set(_edits(root, language, lines)))[:MOST]:
        changed = (source[: edit.start] + edit.text.encode() + source[edit.end :]).decode("utf-8", "replace")
        if not parse(language, changed).root_node.has_error:
            yield edit.words, changed


def _edits(root: Node, language: str, lines: tuple[int, int]) -> Iterator[_Edit]:
    first, last = lines[0] - 1, lines[1] - 1
    stack = [_Place(root, language)]
    while stack:
        place = stack.pop()
        node = place.node
        if node.start_point[0] >= first and node.end_point[0] <= last:
            for rule in _RULES:
                yield from rule(place)
        declared = result(node) if node.type in FUNCTIONS else place.declared
        guarded = node.type in _CONDITIONAL or (place.guarded and node.type not in FUNCTIONS)
        condition = node.child_by_field_name("condition") if node.type in _LOOPS else None
        for child in reversed(node.children):
            near = child.child_count and child.start_point[0] <= last and child.end_point[0] >= first
            if (near or child.type in NUMBERS) and child.type not in _TYPES and child != condition:
                stack.append(_Place(child, language, declared, guarded))


def _edit(rank: int, node: Node, text: str, words: str) -> _Edit:
    return _Edit(rank, node.start_byte, node.end_byte, text, words)


def _returns(place: _Place) -> Iterator[_Edit]:
    value = tail(place.node)
    if value is not None and (changed := other(value, place.language, _declared(place))) is not None:
        yield _edit(_RETURNED, value, *changed)


def _declared(place: _Place) -> str:
    """A function is asked for its own type where its last expression is what it returns."""
    return result(place.node) if place.node.type in FUNCTIONS else place.declared


def _negates(place: _Place) -> Iterator[_Edit]:
    condition = place.node.child_by_field_name("condition") if place.node.type in _CONDITIONAL else None
    if condition is not None and condition.type not in ("let_condition", "let_chain"):
        yield _edit(_NEGATED, condition, negated(condition, place.language), "a condition is negated")


def _operates(place: _Place) -> Iterator[_Edit]:
    if place.node.type not in BINARY:
        return
    for child in place.node.children:
        sign = child.type
        if child.child_count == 0 or sign in ("is not", "not in"):
            if sign in _COMPARES:
                yield _edit(_COMPARED, child, _COMPARES[sign], f"`{sign}` is `{_COMPARES[sign]}`")
            elif sign in _JOINS:
                yield _edit(_JOINED, child, _JOINS[sign], f"`{sign}` is `{_JOINS[sign]}`")
            elif sign in _CALCULATES and _is_number(place.node, sign):
                yield _edit(_CALCULATED, child, _CALCULATES[sign], f"`{sign}` is `{_CALCULATES[sign]}`")


def _is_number(node: Node, sign: str) -> bool:
    """Whether an operation is one of numbers by all that its text tells."""
    sides = [child.type for child in node.named_children]
    if any(side in STRINGS for side in sides):
        return False
    return sign not in ("+", "%") or any(side in NUMBERS for side in sides)


def _counts(place: _Place) -> Iterator[_Edit]:
    written = text_of(place.node, 40) if place.node.type in NUMBERS else ""
    match = _DECIMAL.fullmatch(written)
    if match is None or (len(match[1]) > 1 and match[1][0] == "0") or (match[1] == "0" and match[2][:1].isalpha()):
        return
    number = str(int(match[1].replace("_", "")) + 1) + match[2]
    yield _edit(_COUNTED, place.node, number, f"{written} is {number}")


def _raises(place: _Place) -> Iterator[_Edit]:
    node, language = place.node, place.language
    loose = language in _LOOSE or (place.guarded and language in ("java", "csharp"))
    if not loose:
        return
    if node.type in ("raise_statement", "throw_statement"):
        yield _edit(_RAISED, node, _NOTHING.get(language, "{}"), "nothing is raised")
    elif node.type == "throw_expression" and language == "php":
        yield _edit(_RAISED, node, "null", "nothing is raised")
    elif language == "ruby" and node.type == "call" and call_of(node).name == "raise":
        yield _edit(_RAISED, node, "nil", "nothing is raised")


def _calls(place: _Place) -> Iterator[_Edit]:
    """A call for its effect: `self.items.append(item)`."""
    node = place.node
    if node.type != "expression_statement" or place.language not in _LOOSE or node.named_child_count != 1:
        return
    if node.named_children[0].type in ("call", "call_expression", "member_call_expression"):
        yield _edit(_CALLED, node, _NOTHING.get(place.language, ";"), "a call is left out")


_RULES: tuple[Callable[[_Place], Iterator[_Edit]], ...] = (
    _returns, _negates, _operates, _counts, _raises, _calls,
)  # fmt: skip
