"""Async functions handed to what does not wait, and waiting that lets nobody else run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewbot.checks.asynchrony.coroutines import is_async
from reviewbot.checks.asynchrony.rules import ALWAYS_TRUE, BLOCKING, EXECUTOR, FOR_EACH, TASK, VOID
from reviewbot.core.expressions import NAME, Call, calls, unwrapped
from reviewbot.core.findings import Severity
from reviewbot.core.scopes import home
from reviewbot.core.sightings import Sighting
from reviewbot.core.symbols import Touched, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_SCRIPTS = frozenset({"javascript", "typescript", "tsx"})
_FUNCTIONS = frozenset({"arrow_function", "function_expression"})
#: Array functions that ask a question of every element.
_QUESTIONS = frozenset({"filter", "some", "every", "findIndex", "findLast", "findLastIndex"})
_BLOCKING = {
    "python": re.compile(
        r"^(time\.sleep|requests\.(get|post|put|patch|delete|head|request)|urllib\.request\.urlopen)$"
    ),
    "csharp": re.compile(r"^(System\.Threading\.)?Thread\.Sleep$"),
    "rust": re.compile(r"^(std\.)?thread\.sleep$"),
}
#: Subprocesses are often short, and setups often run alone.
_SLOW = re.compile(r"^subprocess\.(run|call|check_call|check_output)$")
_IMPORTED_SLEEP = re.compile(r"(?m)^from time import [^\n]{0,200}\bsleep\b")


def look(touched: Touched) -> Iterator[Sighting]:
    if touched.language in _SCRIPTS:
        for call in calls(touched):
            yield from _handed(touched, call)
    if touched.language == "python":
        for call in calls(touched):
            yield from _dropped(touched, call)
    if touched.language == "csharp":
        for node in touched.of("method_declaration"):
            yield from _void(node)


def blocking(touched: Touched) -> Iterator[Sighting]:
    """Calls that stop the event loop, in the async function itself: an inner function may run in a thread."""
    names = _BLOCKING.get(touched.language)
    if names is None:
        return
    sleep = touched.language == "python" and _IMPORTED_SLEEP.search(text_of(touched.root)) is not None
    for call in calls(touched):
        slow = touched.language == "python" and _SLOW.search(call.name) is not None
        if not slow and not names.search(call.name) and not (sleep and call.name == "sleep"):
            continue
        function = home(touched, call.node)
        if function is not None and is_async(function):
            yield Sighting(BLOCKING, (call.node,), call.name, severity=Severity.LOW if slow else None)


def _handed(touched: Touched, call: Call) -> Iterator[Sighting]:
    function = unwrapped(call.arguments[0]) if call.arguments else None
    if function is None or function.type not in _FUNCTIONS or not is_async(function):
        return
    above = touched.parent(call.node)
    awaited = above is not None and above.type == "await_expression"
    if call.node.type == "new_expression" and call.name == "Promise":
        if not _is_guarded(function):
            yield Sighting(EXECUTOR, (call.node, function), "Promise")
    elif "." not in call.name or len(call.arguments) > 2:
        return
    elif call.last == "forEach":
        # A collection of its own may wait where it is waited for.
        yield Sighting(FOR_EACH, (call.place, function), call.last, severity=Severity.LOW if awaited else None)
    elif call.last in _QUESTIONS and not awaited:
        yield Sighting(ALWAYS_TRUE, (call.place, function), call.last, title=f"`{call.last}` with an async function",
                       body="It takes the promise for the answer, and a promise counts as true.")  # fmt: skip


def _is_guarded(function: Node) -> bool:
    """True where all it does stands in one `try` that catches."""
    body = function.child_by_field_name("body")
    tries = [child for child in body.named_children if child.type != "comment"] if body is not None else []
    return len(tries) == 1 and tries[0].type == "try_statement" and tries[0].child_by_field_name("handler") is not None


def _dropped(touched: Touched, call: Call) -> Iterator[Sighting]:
    above = touched.parent(call.node) if call.name in ("asyncio.create_task", "asyncio.ensure_future") else None
    if above is not None and above.type == "expression_statement":
        yield Sighting(TASK, (call.node,), call.name)


def _void(node: Node) -> Iterator[Sighting]:
    """An event handler has no other choice."""
    if text_of(node.child_by_field_name("returns"), NAME) != "void" or not is_async(node):
        return
    parameters = text_of(node.child_by_field_name("parameters"), 1000)
    modifiers = [text_of(child, NAME) for child in node.children[:12] if child.type == "modifier"]
    if not re.search(r"EventArgs|\bsender\b|^$", parameters) and "override" not in modifiers:
        yield Sighting(VOID, (node,), text_of(node.child_by_field_name("name"), NAME))
