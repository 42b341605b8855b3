"""Branches that decide nothing, that are never taken, and code after the end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from reviewbot.checks.slips.operators import inner, is_pure, squeezed
from reviewbot.checks.slips.rules import BODY, BRANCHES, CONDITION, KEY, UNREACHABLE
from reviewbot.core.sightings import Sighting
from reviewbot.core.strings import is_constant
from reviewbot.core.symbols import Touched, text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

#: Branches longer than this are not compared (bytes); conditions of one chain beyond this are not read.
LONGEST, MOST = 4000, 100
_IFS = ("if_statement", "if_expression", "if")
_LEAVES = frozenset({"return_statement", "raise_statement", "throw_statement", "break_statement", "continue_statement",
                     "return", "goto_statement"})  # fmt: skip
_BLOCKS = ("block", "statement_block", "compound_statement", "statement_list", "body_statement", "then", "switch_case",
           "case_statement", "switch_section")  # fmt: skip
#: What a jump, a linker or another pass reaches though nothing runs into it.
_REACHED = (
    "label",
    "preproc",
    "case",
    "switch",
    "rescue",
    "ensure",
    "else",
    "text_interpolation",
    "php_tag",
    "catch",
    "elsif",
)
_HOISTED = frozenset({
    "function_declaration", "generator_function_declaration", "class_declaration", "function_definition",
    "interface_declaration", "type_alias_declaration", "enum_declaration", "local_function_statement",
    "variable_declaration", "import_declaration", "type_definition", "struct_specifier",
})  # fmt: skip
_NOTHING = frozenset({"empty_statement", "break_statement", "pass_statement"})


def look(touched: Touched) -> Iterator[Sighting]:
    rows = touched.rows()
    for node in touched.of(*_IFS):
        yield from _empty(node)
        if _is_first(touched, node):
            yield from _same(node) if not _is_explained(node, rows) else ()
            yield from _repeated(node)
    for node in touched.of("ternary_expression", "conditional_expression", "conditional"):
        yield from _ternary(node)
    for node in touched.of("switch_body", "switch_block", "case"):
        yield from _cases(node)
    if touched.language not in ("rust", "java"):
        for node in touched.of(*_BLOCKS):
            yield from _unreachable(node)


def _is_explained(node: Node, rows: list[str]) -> bool:
    """A comment right above."""
    row = node.start_point[0]
    return row > 0 and rows[row - 1].lstrip().startswith(("#", "//", "*", "/*"))


def _same(node: Node) -> Iterator[Sighting]:
    others = node.children_by_field_name("alternative")
    body = node.child_by_field_name("consequence") or node.child_by_field_name("body")
    if len(others) != 1 or body is None or others[0].type in ("elif_clause", "elsif", "else_if_clause", *_IFS):
        return
    other = others[0]
    inside = other.named_children if other.type == "else_clause" else []
    if any(child.type.endswith("comment") for child in (*inside, *node.named_children[:MOST])):
        return
    if other.type == "else_clause":
        other = other.child_by_field_name("body") or (inside or [other])[-1]
    text = _body(body)
    if text and text == _body(other) and other.type not in _IFS and not node.has_error:
        yield Sighting(BRANCHES, (node, other), text)


def _body(node: Node) -> str:
    """The text of a branch, "" for one that holds nothing."""
    text = text_of(node, LONGEST).strip()
    text = text.removeprefix("else").removeprefix("then") if node.type in ("else", "then") else text
    text = text[1:-1] if text.startswith("{") and text.endswith("}") else text
    return " ".join(text.split()) if any(character.isalnum() for character in text) else ""


def _ternary(node: Node) -> Iterator[Sighting]:
    body = node.child_by_field_name("consequence") or node.child_by_field_name("body")
    sides = [body, node.child_by_field_name("alternative")]
    if None in sides and node.named_child_count == 3:
        sides = [node.named_children[0], node.named_children[2]]
    texts = [squeezed(side, LONGEST) for side in sides]
    if texts[0] and texts[0] == texts[1] and not node.has_error:
        yield Sighting(BRANCHES, (node,), texts[0])


def _empty(node: Node) -> Iterator[Sighting]:
    """`if (x);`"""
    body, condition = node.child_by_field_name("consequence"), node.child_by_field_name("condition")
    if (
        body is None
        or condition is None
        or text_of(body, 2) != ";"
        or node.child_by_field_name("alternative") is not None
    ):
        return
    if body.start_point[0] == condition.end_point[0] and not node.has_error:
        yield Sighting(BODY, (body, node), squeezed(condition))


def _is_first(touched: Touched, node: Node) -> bool:
    above = touched.parent(node)
    return above is None or (above.type != "else_clause" and above.child_by_field_name("alternative") != node)


def _repeated(node: Node) -> Iterator[Sighting]:
    seen: set[str] = set()
    for link in islice(_chain(node), MOST):
        condition = inner(link.child_by_field_name("condition"))
        if condition is None or link.child_by_field_name("initializer") is not None or not is_pure(condition):
            continue
        text = squeezed(condition)
        if text in seen:
            yield Sighting(CONDITION, (condition, link), text)
        seen.add(text)


def _chain(node: Node) -> Iterator[Node]:
    """The conditions of an if with all its else-ifs, nested or side by side."""
    link: Node | None = node
    while link is not None:
        yield link
        others = link.children_by_field_name("alternative")
        link = None
        for other in others:
            if other.type in ("elif_clause", "else_if_clause"):
                yield other
            elif other.type in (*_IFS, "elsif"):
                link = other
            elif other.type == "else_clause":
                link = next((child for child in other.named_children[:2] if child.type in _IFS), None)


def _cases(node: Node) -> Iterator[Sighting]:
    """Cases with the same literal; in languages that compile, the compiler says so."""
    seen: set[str] = set()
    for case in node.named_children:
        values = [case.child_by_field_name("value")] if case.type != "when" else case.children_by_field_name("pattern")
        for value in values:
            if value is None or (case.type == "when" and not value.named_children):
                continue
            literal = value.named_children[0] if value.type == "pattern" else value
            text = squeezed(literal)
            if not text or not is_constant(literal):
                continue
            if text in seen:
                yield Sighting(KEY, (value, case), text, title="The same case a second time",
                               body=CONDITION.reason)  # fmt: skip
            seen.add(text)


def _unreachable(block: Node) -> Iterator[Sighting]:
    gone: Node | None = None
    for node in block.named_children if not block.has_error else ():
        if gone is not None and not node.type.endswith("comment") and node.type not in _HOISTED:
            if node.type not in _needless(gone) and not node.type.startswith(_REACHED) and not _is_idle(node):
                yield Sighting(UNREACHABLE, (node, gone), squeezed(node) or node.type)
            return
        if node.type in _LEAVES:
            gone = node


def _needless(gone: Node) -> frozenset[str]:
    """What may follow: compilers want a `return` behind a `throw`."""
    return _NOTHING | {"return_statement"} if gone.type in ("throw_statement", "raise_statement") else _NOTHING


def _is_idle(node: Node) -> bool:
    """A lone semicolon; the `yield` that makes a generator of a function."""
    if node.type != "expression_statement":
        return any(part.type in ("labeled_statement", "case_statement") for part in islice(walk(node), LONGEST))
    return not node.named_children or node.named_children[0].type in ("yield", "yield_expression")
