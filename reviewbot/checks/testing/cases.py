"""The tests of one side of a file, by name, with their assertions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.core.expressions import CALLS, NAME, call_of, unwrapped
from reviewbot.core.scopes import FUNCTIONS
from reviewbot.core.strings import literal
from reviewbot.core.symbols import line_of, text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

#: A file with more tests than this is a corpus.
MOST = 5000
SCRIPTS = frozenset({"javascript", "typescript", "tsx"})
_CALLED = re.compile(r"^(it|test|specify|Deno\.test)(\.(only|skip|concurrent|serial|failing|fails))?$")
_MARKED = {
    "java": re.compile(r"@(\w+\.){0,9}(Test|ParameterizedTest|RepeatedTest)\b"),
    "csharp": re.compile(r"\b(Test|Fact|Theory|TestMethod|TestCase|DataTestMethod)\b"),
    "php": re.compile(r"#\[Test\b"),
}
_NAMED = {
    "python": re.compile(r"^test"), "go": re.compile(r"^Test([A-Z_0-9]|$)"), "php": re.compile(r"^test[A-Z_0-9]"),
    "ruby": re.compile(r"^test_"),
}  # fmt: skip
_KINDS = {
    "python": ("function_definition",), "go": ("function_declaration",), "java": ("method_declaration",),
    "csharp": ("method_declaration",), "php": ("method_declaration",), "ruby": ("call", "method"),
    "rust": ("attribute_item", "function_item"), **dict.fromkeys(SCRIPTS, ("call_expression",)),
}  # fmt: skip
_ASSERTS = re.compile(
    r"(^|\.)(assert\w*|expect\w*|verify\w*|should(?!Receive|Allow|Defer|Ignore)\w*|must_\w{1,40}|refute\w*|raises|warns|"
    r"fail\w*|check\w*|ensure\w*)!?$|"
    r"^(assert|Assert|require|expect|should|chai\.assert|is|qt|td)\.\w+$|^t\.(Error|Errorf|Fatal|Fatalf|Fail|FailNow|is|"
    r"true|false|deepEqual|equal|same|throws\w*|not\w*|ok|match|snapshot|regex)$"
)
_STATEMENTS = ("assert_statement",)


@dataclass(frozen=True, slots=True)
class Case:
    """A test: its name, its node, and the node of what it does."""

    name: str
    node: Node
    body: Node

    @property
    def first(self) -> int:
        return line_of(self.node)

    @property
    def last(self) -> int:
        return self.node.end_point[0] + 1

    def assertions(self) -> tuple[Node, ...]:
        calls = walk(self.body, *CALLS, *_STATEMENTS)
        return tuple(
            node for node in calls if node.type in _STATEMENTS or _ASSERTS.search(call_of(node).name) is not None
        )


def cases(tree: Tree | None, language: str) -> tuple[Case, ...]:
    """The tests of a side in order, those inside others left out."""
    kinds = _KINDS.get(language)
    if tree is None or kinds is None:
        return ()
    found: list[Case] = []
    marked = False
    stack = [tree.root_node]
    while stack and len(found) <= MOST:
        node = stack.pop()
        kind = node.type
        if kind == "attribute_item":
            marked = marked or re.search(r"\btest\b", text_of(node, NAME)) is not None
        elif kind in kinds:
            case = _case(node, language, marked)
            marked = False
            found += [case] if case is not None else []
            if case is not None or kind not in CALLS:  # no test stands inside a test, nor in a function
                continue
        stack += reversed(node.named_children)
    return tuple(found) if len(found) <= MOST else ()


def _case(node: Node, language: str, marked: bool) -> Case | None:
    if node.type in CALLS:
        return _called(node, language)
    name, body = text_of(node.child_by_field_name("name"), NAME), node.child_by_field_name("body")
    if body is None or not name:
        return None
    by_name, by_mark = _NAMED.get(language), _MARKED.get(language)
    head = "".join(text_of(child, 1000) for child in node.children[:4] if child.type in _HEADS)
    counts = marked or (by_name is not None and by_name.search(name)) or (by_mark is not None and by_mark.search(head))
    return Case(name, node, body) if counts else None


_HEADS = frozenset({"modifiers", "attribute_list"})


def _called(node: Node, language: str) -> Case | None:
    """`it("title", () => {…})`, `it "title" do … end`."""
    function = node.child_by_field_name("function") or node.child_by_field_name("method")
    if not _CALLED.search(text_of(function, 30)):
        return None
    call = call_of(node)
    title = literal(call.argument(0))
    handed = [unwrapped(argument) for argument in call.arguments[1:]]
    body = node.child_by_field_name("block") or next((item for item in handed if item.type in FUNCTIONS), None)
    return Case(title, node, body) if title and body is not None else None
