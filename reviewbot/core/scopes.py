"""Where code stands: its function, its loop, and what a local name was last set to."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from reviewbot.core.expressions import IDENTIFIERS, NAME, unwrapped
from reviewbot.core.strings import built, is_constant
from reviewbot.core.symbols import Touched, text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

#: A name that is added to more often is a template, and reading it costs.
MAX_PIECES = 50
#: Functions around a name in which it is looked up.
MAX_AROUND = 8
#: Names that are looked up in one file.
MAX_LOOKUPS = 100_000
_WORD = re.compile(r"\$?\w+")
FUNCTIONS = frozenset({
    "function_definition", "lambda", "function_declaration", "function_expression", "arrow_function", "function",
    "method_definition", "generator_function", "generator_function_declaration", "method_declaration", "func_literal",
    "constructor_declaration", "lambda_expression", "function_item", "closure_expression", "local_function_statement",
    "anonymous_method_expression", "method", "singleton_method", "anonymous_function",
    "anonymous_function_creation_expression",
})  # fmt: skip
#: Kind of an assignment: the fields of its name and of its value.
ASSIGNMENTS = {
    "assignment": ("left", "right"), "augmented_assignment": ("left", "right"), "named_expression": ("name", "value"),
    "assignment_expression": ("left", "right"), "augmented_assignment_expression": ("left", "right"),
    "variable_declarator": ("name", "value"), "short_var_declaration": ("left", "right"),
    "assignment_statement": ("left", "right"), "let_declaration": ("pattern", "value"),
    "compound_assignment_expr": ("left", "right"), "init_declarator": ("declarator", "value"),
    "operator_assignment": ("left", "right"), "var_spec": ("name", "value"), "const_spec": ("name", "value"),
}  # fmt: skip


def assigned(node: Node) -> tuple[Node, Node] | None:
    """The target and the value of an assignment or declaration with one of each."""
    names = ASSIGNMENTS.get(node.type)
    if names is None:
        return None
    target, value = (node.child_by_field_name(name) for name in names)
    if value is None and node.type == "variable_declarator" and len(node.named_children) > 1:
        value = node.named_children[-1]
    if target is None or value is None:
        return None
    return _only(target), _only(value)


def _only(node: Node) -> Node:
    return node.named_children[0] if node.type == "expression_list" and len(node.named_children) == 1 else node


def home(touched: Touched, node: Node) -> Node | None:
    """The innermost function around a node."""
    return next((above for above in touched.ancestors(node) if above.type in FUNCTIONS), None)


def own(root: Node, *kinds: str) -> Iterator[Node]:
    """The nodes of these kinds below `root`, those of inner functions left out."""
    return (node for node in walk(root, *kinds, stop=FUNCTIONS) if node is not root)


@dataclass(slots=True)
class Values:
    """What one name is set to in one function, in order of place."""

    #: True where it may hold something else than these: a parameter.
    given: bool = False
    ends: list[int] = field(default_factory=list)
    values: list[Node] = field(default_factory=list)
    #: For each of them the index of the last one that does not add to the one before (`+=`).
    starts: list[int] = field(default_factory=list)
    #: How many of the first are constants.
    constants: int = 0

    def add(self, value: Node, plain: bool) -> None:
        if self.constants == len(self.ends) and is_constant(value):
            self.constants += 1
        self.starts.append(len(self.ends) if plain or not self.starts else self.starts[-1])
        self.ends.append(value.end_byte)
        self.values.append(value)

    def before(self, byte: int) -> list[Node]:
        """The last value given before a place, and what was added to it since.

        None for a constant after other values: it may be set on one branch only.
        """
        at = bisect_right(self.ends, byte)
        run = self.values[self.starts[at - 1] : at][:MAX_PIECES] if at else []
        other = self.given or self.constants < at - 1
        return [] if other and len(run) == 1 and is_constant(run[0]) else run


@dataclass(slots=True)
class Scopes:
    """Local names one step back: enough to see `query = f"…"` above `execute(query)`."""

    touched: Touched
    tables: dict[int, dict[str, Values]] = field(default_factory=dict)
    texts: dict[int, list[str | Node] | None] = field(default_factory=dict)
    looked_up: int = 0

    def value(self, node: Node, user: Node) -> Node:
        """What `node` stands for: where it is a name, the one value last given to it above `user`."""
        pieces = self.pieces(node, user)
        return pieces[0] if len(pieces) == 1 else unwrapped(node)

    def pieces(self, node: Node, user: Node) -> list[Node]:
        """The same with what was added to it since: `query = "…"`, then `query += x`.

        Looked up in the functions around `user` from the inside out; a parameter is nobody's value.
        """
        node = unwrapped(node)
        if node.type not in IDENTIFIERS or self.is_spent():
            return [node]
        name = text_of(node, NAME)
        for function in self._around(user):
            if (values := self._table(function).get(name)) is not None:
                return [unwrapped(value) for value in values.before(user.start_byte)] or [node]
        return [node]

    def built(self, node: Node) -> list[str | Node] | None:
        """The parts of a string, read once however many names lead to it."""
        if node.id not in self.texts:
            self.texts[node.id] = built(self._body(node) if node.type == "heredoc_beginning" else node)
        return self.texts[node.id]

    def _body(self, beginning: Node) -> Node:
        """The text of Ruby's `<<~SQL`, which begins at the end of the same line."""
        bodies = self.touched.kinds.get("heredoc_body", [])
        at = bisect_left(bodies, beginning.end_byte, key=lambda body: body.start_byte)
        same = at < len(bodies) and bodies[at].start_point[0] == beginning.start_point[0]
        return bodies[at] if same else beginning

    def is_spent(self) -> bool:
        """Counts a look-up; True when there were more than any real file needs."""
        self.looked_up += 1
        return self.looked_up > MAX_LOOKUPS

    def _around(self, node: Node) -> Iterator[Node]:
        yield from islice((above for above in self.touched.ancestors(node) if above.type in FUNCTIONS), MAX_AROUND)
        yield from next(iter(self.touched.kinds.values()), ())[:1]

    def _table(self, function: Node) -> dict[str, Values]:
        if function.id not in self.tables:
            self.tables[function.id] = _table(function)
        return self.tables[function.id]


def _table(function: Node) -> dict[str, Values]:
    found = [(node, *pair) for node in own(function, *ASSIGNMENTS) if (pair := assigned(node)) is not None]
    table = {name: Values(given=True) for name in _parameters(function)}
    for node, target, value in sorted(found, key=lambda row: row[2].end_byte):
        table.setdefault(text_of(target, NAME).lstrip("*& "), Values()).add(value, _is_plain(node))
    return table


def _is_plain(node: Node) -> bool:
    operator = node.child_by_field_name("operator") or node.child(1)
    return operator is None or not operator.type.endswith("=") or operator.type in ("=", ":=")


def _parameters(function: Node) -> list[str]:
    declarator = function.child_by_field_name("declarator") or function
    fields = (declarator.child_by_field_name(name) for name in ("parameters", "parameter"))
    return _WORD.findall(text_of(next((node for node in fields if node is not None), None), 4000))
