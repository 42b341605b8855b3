"""Exceptions that never arrive: made and dropped, hidden behind a broader handler, discarded on the way out."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from reviewbot.checks.exceptions.handlers import handler_of
from reviewbot.checks.exceptions.rules import DROPPED, FINALLY, NEVER_CAUGHT, TRACE
from reviewbot.core.expressions import NAME, call_of
from reviewbot.core.scopes import FUNCTIONS
from reviewbot.core.sightings import Sighting
from reviewbot.core.symbols import Touched, text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

#: Nodes of a finally block that are looked at, and handlers of one try.
MOST_NODES, MOST_HANDLERS = 500, 50
_KNOWN: dict[str, type[BaseException]] = {
    name: kind for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, BaseException)
}
_FINALLY = frozenset({"python", "javascript", "typescript", "tsx", "java", "php"})
_NAMED = re.compile(r"(^|\.)([A-Z]\w*Exception|(Assertion|Type|Range|Runtime|Value|Syntax|Reference|Eval|URI)?Error)$")
_BLOCKS = frozenset({"block", "module", "program", "statement_block", "compound_statement", "constructor_body",
                     "switch_block_statement_group", "switch_case", "switch_section", "global_statement"})  # fmt: skip
_EXPECTS = re.compile(r"(?i)raises|warns|suppress")
_HANDED = frozenset({"lambda_expression", "arrow_function", "function_expression", "anonymous_function",
                     "anonymous_method_expression", "anonymous_function_creation_expression"})  # fmt: skip
#: A loop or switch inside the finally block is left by its own break; a function by its own return.
_LOOPS = frozenset({
    "for_statement", "while_statement", "do_statement", "for_in_statement", "enhanced_for_statement",
    "foreach_statement", "switch_statement", "switch_expression", "class_definition", "class_declaration",
})  # fmt: skip


def look(touched: Touched) -> Iterator[Sighting]:
    for node in touched.of("expression_statement"):
        yield from _dropped(touched, node)
    if touched.language == "python":
        yield from _python(touched)
    if touched.language == "csharp":
        for node in touched.of("catch_clause"):
            yield from _rethrown(node)
    if touched.language in _FINALLY:
        for node in touched.of("finally_clause"):
            yield from _left(node)


def _dropped(touched: Touched, statement: Node) -> Iterator[Sighting]:
    """`ValueError("no")` (Python), `new Error("no")` elsewhere: a statement of its own."""
    inner = statement.named_children[0] if statement.named_child_count == 1 else None
    above = touched.parent(statement)
    if inner is None or statement.has_error or above is None or above.type not in _BLOCKS:
        return
    if touched.language == "python":
        made = inner.type == "call" and text_of(inner.child_by_field_name("function"), NAME) in _KNOWN
    else:
        made = inner.type in ("new_expression", "object_creation_expression") and _is_exception(inner)
    if made and not _is_expected(touched, statement):
        yield Sighting(DROPPED, (statement, inner), " ".join(text_of(statement, NAME).split()))


def _is_exception(node: Node) -> bool:
    named = [child for child in node.named_children if child.type in ("name", "qualified_name")]
    name = call_of(node).name or (text_of(named[0], NAME) if named else "")
    return _NAMED.search(name.replace("\\", ".")) is not None


def _is_expected(touched: Touched, node: Node) -> bool:
    """Inside `with pytest.raises(…)`, or in a function handed to somebody, the making itself is what is tried."""
    for above in touched.ancestors(node):
        if above.type == "with_statement" and _EXPECTS.search(text_of(above.named_children[0], NAME)):
            return True
        if above.type in FUNCTIONS:
            return above.type in _HANDED
    return False


def _python(touched: Touched) -> Iterator[Sighting]:
    for node in touched.of("raise_statement"):
        raised = node.named_children[0] if node.named_children else None
        if raised is not None and text_of(raised, NAME).partition("(")[0] == "NotImplemented":
            yield Sighting(DROPPED, (node, raised), "NotImplemented", title="`NotImplemented` is no exception",
                           body="Raising it is a TypeError: `NotImplementedError` is the exception.")  # fmt: skip
    for node in touched.of("except_clause"):
        for named in node.children_by_field_name("value"):
            value = named.named_children[0] if named.type == "as_pattern" else named
            operator = text_of(value.child_by_field_name("operator"), 4) if value.type == "boolean_operator" else ""
            if operator == "or":
                yield Sighting(NEVER_CAUGHT, (value, node), " ".join(text_of(value, NAME).split()),
                               body="`A or B` is `A`: only the first is caught. A tuple catches both.")  # fmt: skip
    for node in touched.of("try_statement"):
        yield from _hidden(node)


def _hidden(node: Node) -> Iterator[Sighting]:
    """A handler after one that has already caught its exceptions; told from built-in exceptions only."""
    clauses = [child for child in node.named_children[:MOST_HANDLERS] if child.type == "except_clause"]
    before: list[type[BaseException]] = []
    for clause in clauses:
        kinds = [_KNOWN.get(text_of(kind, NAME)) for kind in handler_of(clause, "python").types]
        caught = [kind for kind in kinds if kind is not None]
        if kinds and len(caught) == len(kinds) and all(issubclass(kind, tuple(before)) for kind in caught):
            yield Sighting(NEVER_CAUGHT, (clause,), caught[0].__name__,
                           body="A handler above it catches the same exceptions already.")  # fmt: skip
        before += caught


def _rethrown(node: Node) -> Iterator[Sighting]:
    declared = next((child for child in node.named_children if child.type == "catch_declaration"), None)
    name = text_of(declared.child_by_field_name("name"), NAME) if declared is not None else ""
    handler = handler_of(node, "csharp")
    last = handler.statements[-1] if handler.statements else None
    if name and last is not None and last.type == "throw_statement" and text_of(last, NAME) == f"throw {name};":
        yield Sighting(TRACE, (last, node), text_of(last))


def _left(node: Node) -> Iterator[Sighting]:
    leaves = ("return_statement", "break_statement", "continue_statement")
    for inner in islice(walk(node, stop=FUNCTIONS | _LOOPS), MOST_NODES):
        if inner.type in leaves:
            yield Sighting(FINALLY, (inner, node), " ".join(text_of(inner, NAME).split()))
            return
