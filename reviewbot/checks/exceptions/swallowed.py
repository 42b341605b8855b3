"""Handlers that catch everything and do nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewbot.checks.exceptions.handlers import KINDS, MOST, Handler, attempts, handler_of, statements
from reviewbot.checks.exceptions.rules import SWALLOWED
from reviewbot.core.expressions import CALLS, NAME, Call, call_of, calls, dotted, unwrapped
from reviewbot.core.findings import Severity
from reviewbot.core.scopes import home
from reviewbot.core.sightings import Sighting
from reviewbot.core.symbols import Touched, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

#: Longer rows and handlers are not read for comments; an empty handler that long holds one.
LONGEST = 1000
#: Work of which nobody waits for the outcome: what is given back at the end, and what only tells.
_CLEANUP = re.compile(
    r"(?i)^(f?close\w*|unlink\w*|remove\w*|rm\w*|kill\w*|terminate\w*|shut_?down\w*|clean\w*|delete\w*|destroy\w*|"
    r"disconnect\w*|dispose\w*|flush\w*|release\w*|stop\w*|cancel\w*|abort\w*|quit\w*|log_?out|detach\w*|unlock\w*|"
    r"free\w*|end|join|rollback\w*|warn\w*|log\w*|print\w*)$"
)
#: An attempt that ends with this is a test of the failure.
_FAILS = re.compile(r"(?i)^(fail|unreachable|flunk)$")
_SCRIPTS = frozenset({"javascript", "typescript", "tsx"})
_IMPORTS = frozenset({"import_statement", "import_from_statement", "future_import_statement"})
_LEAVES = frozenset({"return_statement", "return", "break_statement", "return_expression"})
#: Functions in which an exception has nowhere to go.
_FINAL = re.compile(r"^(__del__|__exit__|finalize|Dispose|dispose|close|__destruct|~\w+)$")
_PYTHON_COMMENT, _OTHER_COMMENT = re.compile(r"#(.*)"), re.compile(r"//(.*)|/\*(.*)|^\s*(\*.*)|#(.*)")
#: A comment that only speaks to a tool, or puts it off, gives no reason.
_NO_REASON = re.compile(r"(?i)^[\s*/#!:-]*(noqa\b.*|pragma\b.*|nosonar\b.*|nosec\b.*|eslint-.*|type: ?ignore.*|"
                        r"(todo|fixme|xxx)\b.*)?[\s*/]*$")  # fmt: skip
#: A comment above the attempt that says it may fail.
_EXPECTED = re.compile(
    r"(?i)ignor|best.?effort|(may|might|can|could) fail|optional|swallow|suppress|harmless|"
    r"silent|no[tn].?fatal|do(n'?t| not) care|never mind|if possible|attempt|try to|fall.?back"
)
_FORESEEN = re.compile(r"(?i)\b\$?_?(ignor|expect|unused|suppress|swallow)\w{0,20}\W")


def look(touched: Touched) -> Iterator[Sighting]:
    rows = touched.rows()
    for node in touched.of(*KINDS):
        handler = handler_of(node, touched.language)
        if handler.is_empty and handler.is_broad(touched.language):
            yield from _empty(touched, handler, rows)
    if touched.language == "python" or touched.language in _SCRIPTS:
        for call in calls(touched):
            yield from _suppressed(call) if touched.language == "python" else _promise(call)
    elif touched.language in ("go", "rust"):
        yield from _conditions(touched, rows)


def _empty(touched: Touched, handler: Handler, rows: list[str]) -> Iterator[Sighting]:
    node = handler.node
    if node.has_error or _is_explained(touched, node, rows):
        return
    guarded = attempts(touched, handler)
    if _is_harmless(touched, node, guarded):
        return
    yield Sighting(SWALLOWED, (node, *handler.statements), _header(node), severity=_severity(touched, handler, guarded))


def _header(node: Node) -> str:
    return " ".join(text_of(node, NAME).split())


def _severity(touched: Touched, handler: Handler, guarded: tuple[Node, ...]) -> Severity:
    """Low where the failure shows in another way: a value that says so, the next round, the code that follows."""
    says = handler.goes_on or any(statement.type == "nil" for statement in handler.statements)
    leaves = any(statement.type in _LEAVES for statement in guarded[-1:])
    tries = touched.language in _SCRIPTS and len(guarded) == 1
    return Severity.LOW if says or leaves or tries or _has_else(touched, handler.node) else SWALLOWED.severity


def _has_else(touched: Touched, node: Node) -> bool:
    owner = touched.parent(node)
    parts = owner.named_children if owner is not None and owner.named_child_count <= MOST else ()
    return any(part.type == "else_clause" for part in parts)


def _is_harmless(touched: Touched, node: Node, guarded: tuple[Node, ...]) -> bool:
    """Cleaning up, optional imports, expected failures, and functions in which nobody could act on one."""
    if guarded and all(statement.type in _IMPORTS or _calls(statement, _CLEANUP) for statement in guarded):
        return True
    if _calls(guarded[-1], _FAILS) if guarded else False:
        return True
    function = home(touched, node)
    if function is None:
        return any(above.type == "destructor_declaration" for above in touched.ancestors(node))
    name = function.child_by_field_name("name") or function.child_by_field_name("declarator")
    return _FINAL.search(text_of(name, NAME).partition("(")[0].rpartition("::")[2]) is not None


def _calls(statement: Node, names: re.Pattern[str]) -> bool:
    """True for a statement that is one call of such a function."""
    node = statement
    for _ in range(3):
        if node.type in ("expression_statement", "await", "await_expression") and node.named_children:
            node = node.named_children[0]
    return node.type == "delete_statement" or (node.type in CALLS and names.search(call_of(node).last) is not None)


def _is_explained(touched: Touched, node: Node, rows: list[str]) -> bool:
    """A comment in the handler, behind it or right under it; a name or a comment above that foresees the failure."""
    language, first, last = touched.language, node.start_point[0], node.end_point[0]
    inside = text_of(node, LONGEST).split("\n")
    under = [row for row in rows[last + 1 : last + 2] if _indent(row) > _indent(rows[first])]
    notes = [*inside, _after(rows[last], node.end_point[1]), *(row for row in under if _is_note(row, language))]
    if any(_says(row, language) for row in notes) or _FORESEEN.search(inside[0]):
        return True
    owner = touched.parent(node)
    above = [first - 1] if owner is None else [first - 1, owner.start_point[0] - 1, owner.start_point[0]]
    comments = [comment for row in above for comment in _comments(rows[max(row, 0)], language)]
    return inside == [""] or any(_EXPECTED.search(comment) for comment in comments)


def _after(row: str, column: int) -> str:
    """The rest of a row; columns are bytes."""
    return "" if len(row) > LONGEST else row.encode("utf-8", "replace")[column:].decode("utf-8", "replace")


def _comments(row: str, language: str) -> list[str]:
    if len(row) > LONGEST:
        return []
    pattern = _PYTHON_COMMENT if language in ("python", "ruby") else _OTHER_COMMENT
    return ["".join(filter(None, found.groups())) for found in pattern.finditer(row)]


def _says(row: str, language: str) -> bool:
    return any(not _NO_REASON.search(comment[:200]) for comment in _comments(row, language))


def _is_note(row: str, language: str) -> bool:
    return row.lstrip().startswith("#" if language in ("python", "ruby") else "//")


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip())


def _suppressed(call: Call) -> Iterator[Sighting]:
    """`contextlib.suppress(Exception)`: at least it says so."""
    broad = any(text_of(kind, NAME) in ("Exception", "BaseException") for kind in call.arguments)
    if broad and call.name in ("suppress", "contextlib.suppress"):
        yield Sighting(SWALLOWED, (call.node,), call.name, severity=Severity.LOW)


def _promise(call: Call) -> Iterator[Sighting]:
    """`.catch(() => {})`"""
    if call.last != "catch" or len(call.arguments) != 1:
        return
    function = unwrapped(call.arguments[0])
    body = function.child_by_field_name("body") if function.type in ("arrow_function", "function_expression") else None
    if body is None or body.type != "statement_block" or body.named_child_count:
        return
    owner = (call.node.child_by_field_name("function") or call.node).child_by_field_name("object")
    if owner is None or owner.type not in CALLS or not _CLEANUP.search(call_of(owner).last):
        yield Sighting(SWALLOWED, (function, call.node), ".catch", severity=Severity.LOW)


def _conditions(touched: Touched, rows: list[str]) -> Iterator[Sighting]:
    """`if err != nil {}` (Go), `if let Err(_) = f() {}` (Rust)."""
    for node in touched.of("if_statement", "if_expression"):
        block = node.child_by_field_name("consequence")
        if block is None or node.child_by_field_name("alternative") is not None or node.has_error:
            continue
        inner = [part for child in statements(block) for part in
                 (child.named_children if child.type == "statement_list" else [child])]  # fmt: skip
        if inner or not _is_failure(node.child_by_field_name("condition")) or "/" in text_of(block, NAME):
            continue
        yield Sighting(SWALLOWED, (node, block), _header(node), severity=_SEVERITIES[touched.language])


_SEVERITIES = {"go": Severity.MEDIUM, "rust": Severity.LOW}


def _is_failure(condition: Node | None) -> bool:
    if condition is None:
        return False
    if condition.type == "let_condition":
        return text_of(condition.child_by_field_name("pattern"), NAME).startswith("Err(")
    name, nothing = condition.child_by_field_name("left"), condition.child_by_field_name("right")
    operator = text_of(condition.child_by_field_name("operator"), 4)
    if name is None or nothing is None or operator != "!=" or nothing.type != "nil":
        return False
    return re.search(r"(?i)(^|\.)(err\w*|\w*err(or)?)$", dotted(name)) is not None
