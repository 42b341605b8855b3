"""Where the keys of a TOML document stand: tomllib gives the values, the syntax tree gives their lines."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

#: ("rule", 0, "label"): keys, and numbers of what stands in an array.
Place = tuple[str | int, ...]

_KEYS = ("bare_key", "quoted_key", "dotted_key")
#: Keys and numbers of a place that are told apart: valid documents need four, and a hostile one has thousands.
DEPTH = 8


@dataclass(frozen=True, slots=True)
class Lines:
    """The 1-based line of every place, and of the first key that is given twice."""

    known: dict[Place, int]
    duplicate: tuple[Place, int] | None = None

    def of(self, place: Place) -> int | None:
        """The line of a place, or of the nearest place around it."""
        return next((self.known[place[:n]] for n in range(len(place), 0, -1) if place[:n] in self.known), None)


def lines(text: str) -> Lines:
    """Read the lines of a document; one that is not valid is read as far as it goes."""
    import tree_sitter_toml
    from tree_sitter import Language, Parser

    root = Parser(Language(tree_sitter_toml.language())).parse(text.encode("utf-8", "replace")).root_node
    known: dict[Place, int] = {}
    duplicate: tuple[Place, int] | None = None
    for place, line, opens in _places(root):
        if place in known and not opens:
            duplicate = duplicate or (place, line)
        known.setdefault(place, line)
    return Lines(known, duplicate)


def _places(root: Node) -> Iterator[tuple[Place, int, bool]]:
    """Every place with its line; `opens` is true for a step on the way to a key, which may be taken twice."""
    elements: dict[Place, int] = {}
    for node in root.named_children:
        if node.type == "pair":
            yield from _pairs([((), node)])
        elif node.type in ("table", "table_array_element"):
            place = _resolved(_keys(node), elements)
            if node.type == "table_array_element":
                elements[place] = elements.get(place, -1) + 1
                yield place, _line(node), True
                place = (*place, elements[place])
            yield place, _line(node), False
            yield from _pairs((place, child) for child in node.named_children if child.type == "pair")


def _resolved(keys: Iterable[str], elements: dict[Place, int]) -> Place:
    """The place of a table: within the last element of each array on the way."""
    place: Place = ()
    for key in islice(keys, DEPTH):
        if place in elements:
            place = (*place, elements[place])
        place = (*place, key)
    return place


def _pairs(pairs: Iterable[tuple[Place, Node]]) -> Iterator[tuple[Place, int, bool]]:
    stack = list(pairs)[::-1]
    while stack:
        place, node = stack.pop()
        if node.type == "pair":
            keys = tuple(islice(_keys(node), DEPTH))
            for length in range(1, len(keys)):
                yield (*place, *keys[:length]), _line(node), True
            place = (*place, *keys)
            value = node.named_children[-1] if len(node.named_children) > 1 else None
        else:
            value = node
        yield place, _line(node), False
        if len(place) >= DEPTH:
            continue
        if value is not None and value.type == "array":
            items = [child for child in value.named_children if child.type != "comment"]
            stack += [((*place, number), item) for number, item in enumerate(items)][::-1]
        elif value is not None and value.type == "inline_table":
            stack += [(place, child) for child in value.named_children if child.type == "pair"][::-1]


def _keys(node: Node) -> Iterator[str]:
    """The key of a pair or a table; a dotted one nests to the left, as deep as it is long."""
    found: list[str] = []
    stack = [child for child in node.named_children if child.type in _KEYS][:1]
    while stack:
        key = stack.pop()
        if key.type == "dotted_key":
            stack += [child for child in key.named_children if child.type in _KEYS]
        else:
            found.append(_name(key))
    yield from found[::-1]


def _name(key: Node) -> str:
    text = (key.text or b"").decode("utf-8", "replace")
    if key.type != "quoted_key":
        return text
    try:
        return str(tomllib.loads(f"key = {text}")["key"])
    except tomllib.TOMLDecodeError:
        return text


def _line(node: Node) -> int:
    return node.start_point[0] + 1
