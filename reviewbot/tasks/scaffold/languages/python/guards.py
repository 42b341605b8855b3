"""What the first statements of a Python function do with given arguments, as far as that is certain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from reviewbot.core.expressions import NAME, call_of
from reviewbot.core.symbols import text_of, walk
from reviewbot.tasks.scaffold.evaluating import Setting, evaluated, is_true
from reviewbot.tasks.scaffold.literals import PYTHON, UNKNOWN, Value, read
from reviewbot.tasks.scaffold.parsing import MAX_TEXT, parsed

if TYPE_CHECKING:
    from tree_sitter import Node

#: Statements that are followed, and conditions of one function that are tried.
MAX_STEPS, MAX_CONDITIONS = 100, 30
_INNER = frozenset({"function_definition", "lambda", "class_definition"})
_TRUTHS = frozenset({"comparison_operator", "boolean_operator", "not_operator"})
_BRANCHES = frozenset({"if_statement", "elif_clause", "while_statement"})
#: Expressions that cannot raise.
_QUIET = _TRUTHS - {"comparison_operator"} | frozenset({
    "identifier", "integer", "float", "string", "string_start", "string_content", "string_end", "none", "true", "false",
    "list", "dictionary", "tuple", "parenthesized_expression", "pair", "conditional_expression",
})  # fmt: skip
_IDLE = frozenset({"comment", "pass_statement", "import_statement", "import_from_statement", "global_statement"})

Ending = Literal["raises", "returns", "ends", "unknown"]


@dataclass(slots=True)
class Run:
    """The first statements of one call: names stand for the expressions that were assigned to them."""

    row: Mapping[str, str]
    names: dict[str, str] = field(default_factory=dict)
    raised: str = ""
    #: Where it raises: the further, the more guards let the call by.
    at: int = 0

    def of(self, body: Node) -> Ending:
        """How the call ends; "unknown" from the first statement on that could do anything."""
        pending = list(reversed(body.named_children[:MAX_STEPS]))
        for _ in range(MAX_STEPS):
            if not pending:
                return "ends"
            node = pending.pop()
            if node.type == "return_statement":
                return "returns"
            if node.type == "raise_statement":
                self.raised, self.at = exception(node), node.start_byte
                return "raises" if self.raised else "unknown"
            entered = self._branch(node) if node.type == "if_statement" else () if self._is_passed(node) else None
            if entered is None:
                return "unknown"
            pending += reversed(entered)
        return "unknown"

    def _branch(self, node: Node) -> tuple[Node, ...] | None:
        """The statements of the branch that is taken, None where that is not known."""
        for clause in (node, *node.children_by_field_name("alternative")):
            condition = clause.child_by_field_name("condition")
            truth = True if condition is None else self.truth(condition)
            block = clause.child_by_field_name("consequence") or clause.child_by_field_name("body")
            if truth is None or block is None:
                return None
            if truth:
                return tuple(block.named_children[:MAX_STEPS])
        return ()

    def _is_passed(self, node: Node) -> bool:
        """Whether a statement is understood: it assigns a name, or it does nothing."""
        if node.type in _IDLE:
            return True
        inner = node.named_children[0] if node.type == "expression_statement" and node.named_child_count == 1 else None
        if inner is None:
            return False
        if inner.type == "string":
            return True
        if inner.type == "call":
            return call_of(inner).name.startswith(("log.", "logger.", "logging.", "_log.", "_logger."))
        return inner.type == "assignment" and self._assign(inner)

    def _assign(self, node: Node) -> bool:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None or not (left.type == "identifier" or is_own(left)):
            return False
        text = self.written(right)
        quiet = all(part.type in _QUIET for part in walk(right) if part.is_named) or self._value(text) is not UNKNOWN
        self.names[text_of(left, NAME)] = f"({text})"
        return quiet and len(text) <= MAX_TEXT

    def truth(self, condition: Node) -> bool | None:
        return is_true(self._value(self.written(condition)), PYTHON.falsy)

    def _value(self, text: str) -> Value:
        setting = Setting({name: read(value) for name, value in self.row.items()}, PYTHON.falsy)
        return evaluated(parsed(text), setting)

    def written(self, node: Node) -> str:
        """The text of an expression with what names stand for in their place."""
        return written(node, self.names)


def is_own(node: Node) -> bool:
    """`self.x`"""
    return node.type == "attribute" and text_of(node.child_by_field_name("object"), 5) == "self"


def written(node: Node, names: Mapping[str, str]) -> str:
    """The text of an expression, "…" where it is too long, with what names stand for in their place."""
    text, begin = node.text or b"", node.start_byte
    if len(text) > MAX_TEXT:
        return "…"
    pieces, end = [], begin
    for part in _named(node):
        stands = names.get(text_of(part, NAME))
        if stands is not None:
            pieces += [
                text[end - node.start_byte : part.start_byte - node.start_byte].decode("utf-8", "replace"),
                stands,
            ]
            end = part.end_byte
    return "".join([*pieces, text[end - begin :].decode("utf-8", "replace")])


def _named(node: Node) -> Iterator[Node]:
    """Names and `self.x` in an expression, in order; no attribute of something else and no keyword."""
    stack = [node]
    while stack:
        part = stack.pop()
        if part.type == "identifier" or is_own(part):
            yield part
        elif part.type == "attribute":
            stack += [child for child in (part.child_by_field_name("object"),) if child is not None]
        elif part.type == "keyword_argument":
            stack += [child for child in (part.child_by_field_name("value"),) if child is not None]
        elif part.type not in _INNER:
            stack += reversed(part.named_children)


def exception(node: Node) -> str:
    """The class that a statement raises, as the source names it: `errors.Missing`; "" for a variable."""
    raised = next((child for child in node.named_children if child.type != "comment"), None)
    if raised is None:
        return ""
    name = call_of(raised).name if raised.type == "call" else text_of(raised, NAME)
    parts = name.split(".")
    return name if all(part.isidentifier() for part in parts) and parts[-1][:1].isupper() and parts[0] != "self" else ""


def conditions(body: Node, names: Mapping[str, str]) -> Iterator[str]:
    """The texts of what a body branches on or returns as a truth, in order."""
    stack, count = [body], 0
    while stack and count < MAX_CONDITIONS:
        node = stack.pop()
        if node.type in _INNER and node is not body:
            continue
        asked = (
            node.child_by_field_name("condition") if node.type in _BRANCHES else node if node.type in _TRUTHS else None
        )
        if node.type == "conditional_expression" and node.named_child_count == 3:
            asked = node.named_children[1]
        if asked is not None:
            count += 1
            yield written(asked, names)
        stack += reversed(
            [child for child in node.named_children if child != asked] if node.type not in _TRUTHS else []
        )
