"""YAML as nodes with line numbers, read from the parser's events: nothing is constructed, no alias is expanded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml  # type: ignore[import-untyped]

#: Larger documents are not read: the longest real workflow seen has a tenth of this (characters).
MAX_TEXT = 512_000
#: libyaml's scanner is quadratic in nesting, and nobody nests a workflow this deep.
MAX_DEPTH = 64
MAX_NODES = 50_000

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class NodesError(ValueError):
    """A text that is not YAML, or more of it than is read."""


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
    """The root node of every document. Raises NodesError for what is not YAML, too large or too deep."""
    if len(text) > MAX_TEXT:
        raise NodesError("too large")
    try:
        # Undecodable bytes would stop the reader; they stand for no syntax.
        text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        return tuple(_documents(yaml.parse(text, Loader=_LOADER)))
    except yaml.YAMLError as error:
        raise NodesError("not YAML") from error


def _documents(events: Iterator[Any]) -> Iterator[Node]:
    stack: list[_Open] = []
    anchors: dict[str, Node] = {}
    for count, event in enumerate(events):
        if count > MAX_NODES:
            raise NodesError("too many nodes")
        match event:
            case yaml.DocumentStartEvent():
                anchors = {}
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                mapping = isinstance(event, yaml.MappingStartEvent)
                stack.append(_Open(event.start_mark.line + 1, mapping, event.anchor, []))
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
    if isinstance(event, yaml.AliasEvent):
        return anchors.get(event.anchor) or Node(line, last)
    if isinstance(event, yaml.ScalarEvent):
        # The end of a block scalar is the beginning of the line after it.
        last -= event.end_mark.column == 0 and last > line
        node, anchor = Node(line, last, event.value), event.anchor
    else:
        done = stack.pop()
        parts, anchor = tuple(done.parts), done.anchor
        last -= event.end_mark.column == 0 and last > done.line
        node = (
            Node(done.line, last, pairs=tuple(zip(parts[::2], parts[1::2], strict=False)))
            if done.mapping
            else Node(done.line, last, items=parts)
        )
    if anchor:
        anchors[anchor] = node
    return node
