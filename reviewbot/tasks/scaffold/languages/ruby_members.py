"""The methods of a Ruby file that others may call, and on what."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from reviewbot.core.expressions import NAME
from reviewbot.core.symbols import text_of
from reviewbot.tasks.scaffold.suites import Parameter

if TYPE_CHECKING:
    from tree_sitter import Node

#: How a method is reached: on its module, on an instance, on what extends its module, or on nothing.
Reach = Literal["static", "instance", "mixin", "top"]
_METHODS = ("method", "singleton_method")
_SECTIONS = frozenset({"private", "protected", "public", "module_function"})
_RECORDS = frozenset({"Struct.new", "Data.define"})


@dataclass(frozen=True, slots=True)
class Member:
    """A public method."""

    node: Node
    name: str
    owner: str
    kind: Reach
    #: `initialize` of its class, and the fields of a Struct.
    constructor: Node | None = None
    fields: tuple[Parameter, ...] = ()
    #: Whether others may make what it is called on.
    made: bool = True


@dataclass(frozen=True, slots=True)
class Members:
    """Of a file in order; `constants` are full names of its modules and classes."""

    members: tuple[Member, ...]
    constants: frozenset[str]


@dataclass(slots=True)
class _Scope:
    """A body of a module or class while it is read."""

    name: str
    kind: str
    body: Node
    fields: tuple[Parameter, ...] = ()
    section: str = "public"
    #: Name and kind: a `def self.x` and a `def x` are two.
    found: dict[tuple[str, bool], Node] = field(default_factory=dict)
    hidden: set[tuple[str, bool]] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    shut: set[str] = field(default_factory=set)
    extends_self: bool = False
    inner: list[_Scope] = field(default_factory=list)


def members(root: Node) -> Members:
    """All public methods, in order."""
    found: list[Member] = []
    constants: set[str] = set()
    stack = [_Scope("", "top", root)]
    while stack:
        scope = stack.pop()
        constants |= {scope.name} if scope.kind in ("class", "module") else set()
        for child in scope.body.named_children:
            _read(scope, child)
        found += _public(scope)
        stack += [one for one in scope.inner if one.name.rpartition("::")[2] not in scope.shut]
    return Members(tuple(sorted(found, key=lambda one: one.node.start_byte)), frozenset(constants))


def overlaps(node: Node, ordered: Sequence[int]) -> bool:
    """Whether one of these lines, in order, is a line of the node."""
    at = bisect_left(ordered, node.start_point[0] + 1)
    return at < len(ordered) and ordered[at] <= node.end_point[0] + 1


def _read(scope: _Scope, node: Node) -> None:
    if node.type in _METHODS:
        _define(scope, node, scope.section)
    elif node.type == "identifier":
        word = text_of(node, NAME)
        scope.section = word if word in _SECTIONS else scope.section
    elif node.type == "call":
        _declare(scope, node)
    elif node.type in ("class", "module", "singleton_class"):
        _open(scope, node)


def _define(scope: _Scope, node: Node, section: str) -> None:
    name = text_of(node.child_by_field_name("name"), NAME)
    if node.type == "singleton_method":
        receiver = text_of(node.child_by_field_name("object"), NAME)
        if receiver in ("self", scope.name.rpartition("::")[2]) and scope.name:
            scope.found[name, True] = node
        return
    scope.found[name, False] = node
    if section in ("private", "protected"):
        scope.hidden.add((name, False))
    elif section == "module_function":
        scope.functions.add(name)


def _declare(scope: _Scope, node: Node) -> None:
    """`private :a`, `private def a`, `private_class_method :new`, `extend self`."""
    word, holder = text_of(node.child_by_field_name("method"), NAME), node.child_by_field_name("arguments")
    if holder is None or node.child_by_field_name("receiver") is not None:
        return
    for argument in holder.named_children[:200]:
        name = text_of(argument, NAME).lstrip(":").strip("\"'")
        if argument.type in _METHODS:
            _define(scope, argument, word if word in _SECTIONS else scope.section)
            name = text_of(argument.child_by_field_name("name"), NAME)
        if word in ("private", "protected"):
            scope.hidden.add((name, False))
        elif word == "private_class_method":
            scope.hidden.add((name, True))
        elif word == "module_function":
            scope.functions.add(name)
        elif word == "private_constant":
            scope.shut.add(name)
        scope.extends_self |= word == "extend" and argument.type == "self"


def _open(scope: _Scope, node: Node) -> None:
    body, name = node.child_by_field_name("body"), text_of(node.child_by_field_name("name"), NAME)
    if node.type == "singleton_class":
        if body is not None and text_of(node.child_by_field_name("value"), NAME) == "self":
            scope.inner.append(_Scope(scope.name, "singleton", body))
        return
    full = name.removeprefix("::") if name.startswith("::") or not scope.name else f"{scope.name}::{name}"
    if name and len(full) <= NAME:  # a body that is not there has no methods, and yet it is a constant
        scope.inner.append(_Scope(full, node.type, body if body is not None else node, _fields(node)))


def _fields(node: Node) -> tuple[Parameter, ...]:
    """Those of `class Point < Struct.new(:x, :y)`."""
    above = node.child_by_field_name("superclass")
    call = above.named_children[0] if above is not None and above.named_children else None
    holder = call.child_by_field_name("arguments") if call is not None and call.type == "call" else None
    if call is None or holder is None:
        return ()
    made = f"{text_of(call.child_by_field_name('receiver'), NAME)}.{text_of(call.child_by_field_name('method'), NAME)}"
    symbols = [text_of(one, NAME).lstrip(":") for one in holder.named_children[:20] if one.type == "simple_symbol"]
    named = "keyword_init: true" in text_of(holder, 1000)
    return tuple(Parameter(one, named=named) for one in symbols) if made in _RECORDS else ()


def _public(scope: _Scope) -> Iterator[Member]:
    constructor = scope.found.get(("initialize", False))
    made = ("new", True) not in scope.hidden
    for (name, static), node in scope.found.items():
        if (name, static) in scope.hidden or name in ("initialize", "method_missing", "inherited", "included"):
            continue
        kind = _kind(scope, name, static)
        if kind == "instance":
            fields = () if constructor is not None else scope.fields
            yield Member(node, name, scope.name, kind, constructor, fields, made)
        else:
            yield Member(node, name, scope.name, kind)


def _kind(scope: _Scope, name: str, static: bool) -> Reach:
    if scope.kind == "top":
        return "top"
    if static or scope.kind == "singleton":
        return "static"
    if scope.kind == "module":
        return "static" if scope.extends_self or name in scope.functions else "mixin"
    return "instance"
