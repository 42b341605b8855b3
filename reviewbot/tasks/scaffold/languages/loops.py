"""Parameters that a loop or a recursion counts by: a value that it steps over would never end it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from reviewbot.core.expressions import NAME, call_of
from reviewbot.core.symbols import text_of, walk
from reviewbot.tasks.scaffold.literals import kin, numbered, read

if TYPE_CHECKING:
    from tree_sitter import Node

#: Loops and calls of one function that are looked at, nodes of each, and of one expression.
_MOST, _NODES, _FEW = 40, 2000, 60
_LOOPS = ("while_statement", "do_statement", "for_statement")
_CHANGES = frozenset({
    "assignment", "augmented_assignment", "assignment_expression", "augmented_assignment_expression",
    "update_expression",
})  # fmt: skip
_RECKONED = frozenset({"binary_operator", "binary_expression"})
_COMPARED = frozenset({"comparison_operator", "binary_expression"})
_UNEQUAL = frozenset({"!=", "!=="})
#: By operator the least step that gets anywhere.
_STEPS = {**dict.fromkeys(("+", "-"), 1), **dict.fromkeys(("*", "/", "//", "%", "**", ">>", "<<"), 2)}


def counted(body: Node | None, names: Collection[str], own: str) -> Mapping[str, int]:
    """By name of a parameter the least value with which a loop, or a call of the function itself, comes to an end."""
    found: dict[str, int] = {}
    for name, least in _told(body, own) if body is not None else ():
        if name in names:
            found[name] = max(least, found.get(name, 0))
    return found


def ending(values: Iterable[str], least: int | None) -> tuple[str, ...]:
    """The values with which it ends: whole numbers from the least one on, and whatever is no number."""
    every = tuple(values)
    if least is None:
        return every
    kept = tuple(value for value in every if is_ending(value, least))
    return kept or ((numbered(least + 1, every),) if every else ())


def is_ending(value: str, least: int) -> bool:
    known = read(value)
    return kin(known) != "number" or (isinstance(known, int | float) and known >= least and known == int(known))


def _told(body: Node, own: str) -> Iterator[tuple[str, int]]:
    for node in islice(walk(body, *_LOOPS), _MOST):
        yield from _loop(node)
    for node in islice(walk(body, "call", "call_expression"), _NODES):
        call = call_of(node)
        if own and call.last == own:
            reckoned = (argument for argument in call.arguments if argument.type in _RECKONED)
            yield from ((name, 0) for argument in reckoned for name in _names(argument))


def _loop(node: Node) -> Iterator[tuple[str, int]]:
    condition = node.child_by_field_name("condition")
    if condition is None:
        return
    asked = _names(condition)
    for part in islice(walk(node), _NODES):
        left = part.child_by_field_name("left") or part.child_by_field_name("argument")
        changed = _names(left) if part.type in _CHANGES else set()
        if not changed or (asked and not asked & changed):
            continue
        yield from ((name, 0) for name in changed)
        right = part.child_by_field_name("right")
        sign = text_of(part.child_by_field_name("operator"), 4).removesuffix("=")
        if right is not None and right.type in _RECKONED:
            sign = text_of(right.child_by_field_name("operator"), 4)
        yield from ((name, _STEPS[sign]) for name in _names(right) - changed if sign in _STEPS)
    for part in islice(walk(condition), _NODES):
        if part.type in _COMPARED and any(child.type in _UNEQUAL for child in part.children):
            yield from _unequal(part)


def _unequal(node: Node) -> Iterator[tuple[str, int]]:
    """What is counted until it is another value starts there."""
    limits: Sequence[int] = [
        value for child in node.named_children if isinstance(value := read(text_of(child, 20)), int)
    ]
    yield from ((name, max(0, limits[0]) if limits else 1) for name in _names(node))


def _names(node: Node | None) -> set[str]:
    parts = islice(walk(node), _FEW) if node is not None else ()
    return {text_of(part, NAME) for part in parts if part.type == "identifier"}
