"""Options that are set: keyword arguments, pairs, fields and assignments, in one view."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.core.expressions import CALLS, IDENTIFIERS, NAME, call_of, dotted, unwrapped
from reviewbot.core.findings import Rule
from reviewbot.core.scopes import ASSIGNMENTS, FUNCTIONS, assigned
from reviewbot.core.sightings import Sighting
from reviewbot.core.strings import literal, truth
from reviewbot.core.symbols import Touched, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

#: Kind of a named value: the fields of its name and of its value, "" for its first and last child.
_PAIRS = {
    "keyword_argument": ("name", "value"), "pair": ("key", "value"), "keyed_element": ("key", "value"),
    "array_element_initializer": ("", ""), "argument": ("name", ""), "field_initializer": ("field", "value"),
}  # fmt: skip
_SUBSCRIPT = re.compile(r"\[(['\"]?)([\w.-]{1,80})\1\]$")


@dataclass(frozen=True, slots=True)
class Option:
    """A name and the value that it is given. `name` is dotted: `session.verify`, `verify`."""

    node: Node
    name: str
    value: Node


@dataclass(frozen=True, slots=True)
class Row:
    """An option that must not have such a value; `call` is what the call around it must be named, if anything."""

    rule: Rule
    name: re.Pattern[str]
    holds: Callable[[Node], bool]
    call: re.Pattern[str] | None = None
    title: str = ""


def options(touched: Touched) -> Iterator[Option]:
    """Every option on a changed line."""
    for kind, (name, value) in _PAIRS.items():
        for node in touched.of(kind):
            if (option := _pair(node, name, value)) is not None:
                yield option
    for node in touched.of(*ASSIGNMENTS):
        pair = assigned(node)
        # A plain variable is no option yet; in C# a plain name is, within an initializer.
        if pair is not None and (pair[0].type not in IDENTIFIERS or node.type == "assignment_expression"):
            yield Option(node, _target(pair[0]), unwrapped(pair[1]))


def _pair(node: Node, name: str, value: str) -> Option | None:
    count = node.named_child_count
    if count < 2:
        return None
    key = node.child_by_field_name(name) if name else node.named_child(0)
    given = node.child_by_field_name(value) if value else node.named_child(count - 1)
    if key is None or given is None:
        return None
    return Option(node, (literal(key) or dotted(key).lstrip(":"))[:NAME], unwrapped(given))


def _target(node: Node) -> str:
    """`a.b`; `a["b"]` as `a.b`."""
    return _SUBSCRIPT.sub(r".\2", dotted(node))


def within(touched: Touched, node: Node) -> str:
    """The name of the call that a node is an argument of, "" for none."""
    for above in touched.ancestors(node):
        if above.type in CALLS:
            return call_of(above).name
        if above.type in FUNCTIONS:
            break
    return ""


def met(option: Option, rows: tuple[Row, ...], touched: Touched) -> Iterator[Sighting]:
    """The first row that an option meets."""
    for row in rows:
        if not row.name.search(option.name) or not row.holds(option.value):
            continue
        if row.call is None or row.call.search(within(touched, option.node)):
            yield Sighting(row.rule, (option.node,), option.name, title=row.title)
            return


def is_off(node: Node) -> bool:
    """`false` or 0; nothing at all (`None`, `nil`) leaves a default in force."""
    return truth(node) is False and text_of(node, 10)[:1].lower() != "n"


def is_on(node: Node) -> bool:
    return truth(node) is True


def reads(pattern: str) -> Callable[[Node], bool]:
    """True for a value whose text is short and matches."""
    compiled = re.compile(pattern)
    return lambda node: compiled.search("".join(text_of(node, NAME).split())) is not None


#: A function that says yes, or nothing, to everything: `(a, b) => true`, `{ return true; }`, `() => {}`.
_NOTHING = r"(true|undefined|null)"
_YES = re.compile(
    rf"(=>|->)\(?({_NOTHING}|\{{(return)?{_NOTHING}?;?\}})\)?$|"
    rf"^(async)?(function|func|delegate)\w*\([^)]*\)\w*\{{(return)?{_NOTHING}?;?\}}$"
)


def accepts_all(node: Node) -> bool:
    if node.type not in FUNCTIONS:
        return False
    text = "".join(text_of(node, NAME).split())
    return _YES.search(text) is not None
