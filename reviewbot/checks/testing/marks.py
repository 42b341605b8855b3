"""Marks that keep tests from running, and assertions that are never made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from reviewbot.checks.testing.rules import FOCUSED, NEVER, SKIPPED
from reviewbot.core.expressions import NAME, Call, calls, dotted, unwrapped
from reviewbot.core.scopes import FUNCTIONS
from reviewbot.core.sightings import Sighting
from reviewbot.core.strings import NUMBERS, literal, truth
from reviewbot.core.symbols import Touched, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

SCRIPTS = frozenset({"javascript", "typescript", "tsx"})
_SUITES = r"(it|test|describe|context|suite|specify|Deno\.test|bench|fixture|feature|scenario)"
_FOCUS = {
    "javascript": re.compile(
        rf"^{_SUITES}(\.(describe|concurrent|serial|parallel))?\.only(\.each)?$|"
        r"^(fit|fdescribe|fcontext|ftest)$"
    ),
    "ruby": re.compile(r"^(fit|fdescribe|fcontext|fspecify|fexample|ffeature|fscenario|focus)$"),
    "go": re.compile(r"^(ginkgo\.)?F(It|Describe|Context|When|Entry|Specify|DescribeTable)$"),
}
_SKIP = {
    "javascript": re.compile(
        rf"^{_SUITES}(\.(describe|concurrent|serial))?\.skip(\.each)?$|"
        r"^(xit|xdescribe|xcontext|xtest|xspecify)$"
    ),
    "ruby": re.compile(r"^(xit|xdescribe|xcontext|xspecify|xexample|xscenario)$"),
    "go": re.compile(r"^t\.(Skip|SkipNow)$"),
    "php": re.compile(r"(^|\.)(markTestSkipped|markTestIncomplete)$"),
    "python": re.compile(r"^(pytest\.skip|self\.skipTest)$"),
    "csharp": re.compile(r"^Assert\.(Ignore|Inconclusive)$"),
}
#: Marks without a reason behind them, by the kind of node that holds one.
_MARKS = {
    "decorator": re.compile(r"^@(pytest\.mark\.skip|unittest\.skip|skip)(\(\s*\))?$"),
    "marker_annotation": re.compile(r"^@(Disabled|Ignore)$"),
    "attribute_item": re.compile(r"^#\[ignore\]$"),
    "attribute": re.compile(r"^(NUnit\.Framework\.)?Ignore$"),
}
_COMMENT = re.compile(r"(^|[\s;,{)\]])(//|#(?!\[)|/\*)")
_UNCALLED = re.compile(r"^(to(Be|Equal|Match|Contain|Have|Throw|StrictEqual)\w*)$")
_MOCKED = re.compile(r"^assert_(called|any_call|has_calls|not_called|awaited|not_awaited)\w*$")
_PROMISED = re.compile(r"\.(resolves|rejects)\.")


def look(touched: Touched) -> Iterator[Sighting]:
    family = "javascript" if touched.language in SCRIPTS else touched.language
    focus, skip = _FOCUS.get(family), _SKIP.get(family)
    rows = touched.rows()
    for call in calls(touched) if focus is not None or skip is not None else ():
        if focus is not None and focus.search(call.name) and _TESTS[family](call):
            yield Sighting(FOCUSED, (call.node,), _title(call), title=f"Focused test: `{_short(call)}`")
        elif skip is not None and skip.search(call.name) and _GIVES_NO_REASON[family](call):
            if not _is_conditional(touched, call.node) and not _is_explained(call.node, rows):
                yield Sighting(SKIPPED, (call.node,), _title(call))
        elif family == "ruby":
            yield from _ruby(call)
    for kind, mark in _MARKS.items():
        for node in touched.of(kind):
            if mark.search(text_of(node, NAME)) and not _is_explained(node, rows):
                yield Sighting(SKIPPED, (node,), text_of(node, NAME))
    for node in touched.of("expression_statement"):
        yield from _never(touched, node)


def _is_conditional(touched: Touched, node: Node) -> bool:
    """A skip under a condition says when."""
    for above in touched.ancestors(node):
        if above.type in FUNCTIONS:
            return False
        if above.type in ("if_statement", "switch_statement", "except_clause", "expression_switch_statement"):
            return True
    return False


def _is_explained(node: Node, rows: list[str]) -> bool:
    """A comment on the same line, or on the one above."""
    row = node.start_point[0]
    above = rows[row - 1].lstrip() if row else ""
    explained = above.startswith(("//", "#", "*", "/*")) and not above.startswith("#[")
    return explained or _COMMENT.search(rows[row][-NAME:]) is not None


def _short(call: Call) -> str:
    return call.name.removesuffix(".each")


def _title(call: Call) -> str:
    return literal(call.argument(0)) or call.name


def _is_script_test(call: Call) -> bool:
    """A title and a function, or a table that both follow."""
    handed = [unwrapped(argument).type for argument in call.arguments[1:]]
    return any(kind in FUNCTIONS for kind in handed) or call.last == "each"


def _is_block(call: Call) -> bool:
    return call.node.child_by_field_name("block") is not None


def _is_plain(call: Call) -> bool:
    return len(call.arguments) > 1


_TESTS: dict[str, Callable[[Call], bool]] = {"javascript": _is_script_test, "ruby": _is_block, "go": _is_plain}


def _is_bare(call: Call) -> bool:
    return not call.arguments and not call.keywords


def _is_titled(call: Call) -> bool:
    return literal(call.argument(0)) is not None


_GIVES_NO_REASON: dict[str, Callable[[Call], bool]] = {
    "javascript": _is_script_test, "ruby": _is_titled, "go": _is_bare, "php": _is_bare, "python": _is_bare,
    "csharp": _is_bare,
}  # fmt: skip


def _ruby(call: Call) -> Iterator[Sighting]:
    """`it "…", focus: true do`, `it "…", :focus do`, `skip: true`."""
    if call.name not in ("it", "describe", "context", "specify", "example", "scenario", "feature"):
        return
    marks = [text_of(argument, NAME) for argument in call.arguments[1:]]
    if ":focus" in marks or truth(call.keywords.get("focus")) is True:
        yield Sighting(FOCUSED, (call.node,), _title(call))
    elif ":skip" in marks or truth(call.keywords.get("skip")) is True:
        yield Sighting(SKIPPED, (call.node,), _title(call))


def _never(touched: Touched, statement: Node) -> Iterator[Sighting]:
    node = statement.named_children[0] if statement.named_child_count == 1 else None
    if node is None or statement.has_error:
        return
    if touched.language in SCRIPTS:
        if _is_unfinished(node):
            yield Sighting(NEVER, (statement,), _key(node))
        elif node.type == "call_expression" and _is_promised(node):
            yield Sighting(NEVER, (statement,), _key(node), title="Assertion on a promise is not waited for",
                           body="The test is over before it is made: put `await` before it or return it.")  # fmt: skip
    elif touched.language == "python" and node.type == "attribute" and _MOCKED.search(_last(node)):
        yield Sighting(NEVER, (statement,), _key(node))
    elif touched.language == "python" and node.type == "call":
        yield from _second(node, statement)


def _key(node: Node) -> str:
    return " ".join(text_of(node, NAME).split()) or node.type


def _last(node: Node) -> str:
    return text_of(node.child_by_field_name("property") or node.child_by_field_name("attribute"), NAME)


def _is_unfinished(node: Node) -> bool:
    """`expect(x);` and `expect(x).toBe;`"""
    if node.type == "call_expression":
        return text_of(node.child_by_field_name("function"), NAME) == "expect"
    uncalled = node.type == "member_expression" and _UNCALLED.search(_last(node)) is not None
    return uncalled and text_of(node, NAME).startswith("expect(")


def _is_promised(node: Node) -> bool:
    """`expect(p).resolves.toBe(1);`"""
    function = text_of(node.child_by_field_name("function"), 2000)
    found = _PROMISED.search(function)
    return function.startswith("expect(") and found is not None and "\n\n" not in function


def _second(node: Node, statement: Node) -> Iterator[Sighting]:
    """`self.assertTrue(x, 3)`: the second argument is a message, not what the first should be."""
    if dotted(node.child_by_field_name("function") or node) not in ("self.assertTrue", "self.assertFalse"):
        return
    holder = node.child_by_field_name("arguments")
    values = [child for child in holder.named_children if child.type != "comment"] if holder is not None else []
    if len(values) == 2 and values[1].type in (*NUMBERS, "list", "dictionary", "set", "true", "false"):
        yield Sighting(NEVER, (statement,), _key(node), title="Second argument is only the message",
                       body="`assertEqual` compares; this passes for everything that is true.")  # fmt: skip
