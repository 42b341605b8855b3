"""YAML as nodes with line numbers, read from the parser's events: nothing is constructed, no alias is expanded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

#: Larger documents are not read: the longest real workflow seen has a tenth of this (characters).
MAX_TEXT = 512_000
#: libyaml's scanner is quadratic in nesting, and nobody nests a workflow this deep.
MAX_DEPTH = 64
MAX_NODES = 50_000

_SURROGATE = re.compile("[\ud800-\udfff]")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class NodesError(ValueError):
    """A text that is not YAML, or more of it than is read."""


class BrokenError(NodesError):
    """A text that no parser takes for YAML; `line` is where it stops being that, if known."""

    def __init__(self, line: int | None) -> None:
        super().__init__("not YAML")
        self.line = line


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A scalar (`text`), a sequence (`items`) or a mapping (`pairs`), on lines `line` to `last`, 1-based."""

    line: int
    last: int
    text: str | None = None
    items: tuple[Node, ...] = ()
    pairs: tuple[tuple[Node, Node], ...] = ()

    def get(self, *keys: str) -> Node | None:
        """The value under a path of keys; None where there is none."""
        node: Node | None = self
        for key in keys:
            node = next((value for name, value in node.pairs if name.text == key), None) if node else None
        return node

    def entries(self) -> Iterator[tuple[str, Node, Node]]:
        """Name, key node and value node of every pair with a plain key."""
        for key, value in self.pairs:
            if key.text is not None:
                yield key.text, key, value

    def scalars(self) -> Iterator[Node]:
        """The node itself if it is a scalar, else the scalars directly in the sequence."""
        yield from (node for node in (self.items or (self,)) if node.text is not None)


@dataclass(slots=True)
class _Open:
    """A collection whose end has not been read; for a mapping, `parts` alternates keys and values."""

    line: int
    mapping: bool
    anchor: str | None
    parts: list[Node]


def compose(text: str) -> tuple[Node, ...]:
    """The root node of every document. Raises BrokenError for what is not YAML, NodesError for what is too much."""
    if len(text) > MAX_TEXT:
        raise NodesError("too large")
    try:
        # Undecodable bytes would stop the reader; they stand for no syntax.
        return tuple(_documents(yaml.parse(_SURROGATE.sub("\ufffd", text), Loader=_LOADER)))
    except yaml.MarkedYAMLError as error:
        if error.problem == "exceeded maximum nesting depth":  # libyaml looks ahead, and has a limit of its own
            raise NodesError("too deep") from error
        raise BrokenError(error.problem_mark.line + 1 if error.problem_mark else None) from error
    except yaml.YAMLError as error:
        raise BrokenError(None) from error


def walk(roots: Iterable[Node]) -> Iterator[Node]:
    """Every node once, from the roots down and in order, however many aliases name it."""
    stack = list(roots)[::-1]
    seen: set[int] = set()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        stack += [part for pair in node.pairs for part in pair][::-1] or node.items[::-1]


def _documents(events: Iterator[Any]) -> Iterator[Node]:
    stack: list[_Open] = []
    anchors: dict[str, Node] = {}
    for count, event in enumerate(events):
        if count > MAX_NODES:
            raise NodesError("too many nodes")
        line: int = event.start_mark.line + 1
        match event:
            case yaml.DocumentStartEvent():
                anchors = {}
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                mapping = isinstance(event, yaml.MappingStartEvent)
                stack.append(_Open(line, mapping, event.anchor, []))
                if len(stack) > MAX_DEPTH:
                    raise NodesError("too deep")
            case yaml.ScalarEvent() | yaml.AliasEvent() | yaml.CollectionEndEvent():
                node = _node(event, stack, anchors)
                if stack:
                    stack[-1].parts.append(node)
                else:
                    yield node


def _node(event: Any, stack: list[_Open], anchors: dict[str, Node]) -> Node:
    """What an event completes. An alias is the very node it names, or nothing while that one is still open."""
    line, last = event.start_mark.line + 1, event.end_mark.line + 1
    # The end of a block scalar or collection is the beginning of the line after it.
    ends_before: bool = event.end_mark.column == 0
    anchor: str | None = None if isinstance(event, yaml.CollectionEndEvent) else event.anchor
    if isinstance(event, yaml.AliasEvent):
        return anchors.get(anchor or "") or Node(line, last)
    if isinstance(event, yaml.ScalarEvent):
        last -= ends_before and last > line
        node = Node(line, last, event.value)
    else:
        done = stack.pop()
        parts, anchor = tuple(done.parts), done.anchor
        last -= ends_before and last > done.line
        node = (
            Node(done.line, last, pairs=tuple(zip(parts[::2], parts[1::2], strict=False)))
            if done.mapping
            else Node(done.line, last, items=parts)
        )
    if anchor:
        anchors[anchor] = node
    return node
