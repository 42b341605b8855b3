"""C#: public methods of public classes, records and structs that a test can make without help."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.core.expressions import NAME, call_of
from reviewbot.core.grammars import parse
from reviewbot.core.paths import is_foreign, is_sample, is_test
from reviewbot.core.symbols import Syntax, line_of, text_of, walk
from reviewbot.tasks.scaffold import arguments, naming
from reviewbot.tasks.scaffold.conditions import CSHARP
from reviewbot.tasks.scaffold.frameworks import xunit
from reviewbot.tasks.scaffold.languages import calling, csharp_values, guards
from reviewbot.tasks.scaffold.languages.guards import Guard
from reviewbot.tasks.scaffold.languages.ruby_members import overlaps
from reviewbot.tasks.scaffold.suites import Case, Framework, Parameter, Target

if TYPE_CHECKING:
    from tree_sitter import Node

FRAMEWORKS: tuple[Framework, ...] = (xunit,)

_MOST = 20
_WORD = re.compile(r"[A-Za-z_]\w{0,99}", re.ASCII)
_DOTTED = re.compile(r"[A-Za-z_]\w{0,99}(?:\.[A-Za-z_]\w{0,99}){0,15}", re.ASCII)
_TYPES = frozenset({"class_declaration", "record_declaration", "struct_declaration", "record_struct_declaration"})
_SPACES = frozenset({"namespace_declaration", "file_scoped_namespace_declaration"})
_TASKS = re.compile(r"(?:Task|ValueTask)(<.{1,180}>)?", re.DOTALL)
#: What `ArgumentNullException.ThrowIfNull(x)` and its like check of their argument.
_CHECKS = {
    "ArgumentNullException.ThrowIfNull": "{} == null", "ArgumentException.ThrowIfNullOrEmpty": '{} == ""',
    "ArgumentException.ThrowIfNullOrWhiteSpace": '{} == ""', "ArgumentOutOfRangeException.ThrowIfNegative": "{} < 0",
    "ArgumentOutOfRangeException.ThrowIfNegativeOrZero": "{} <= 0",
    "ArgumentOutOfRangeException.ThrowIfZero": "{} == 0",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Type:
    """A public type: its namespace, its name below it, what `new` takes, None where nobody may, and its guards."""

    space: str
    name: str
    node: Node
    constructor: tuple[Parameter, ...] | None
    guards: tuple[Guard, ...] = ()
    #: It has type parameters, which a test would have to choose.
    is_generic: bool = False


def targets(syntax: Syntax) -> Iterator[Target]:
    """What is public in a file and new or changed, in order. Pure and linear, for code may be hostile."""
    file = syntax.file
    if syntax.language() != "csharp" or syntax.new is None or is_sample(file.path):
        return
    if is_foreign(file.path, file.old.text or ""):
        return
    added = sorted(file.changed_numbers("new"))
    usings = _usings(syntax.new.root_node)
    for holder in _types(syntax.new.root_node):
        for node in _members(holder.node):
            if node.type == "method_declaration" and overlaps(node, added):
                target = _target(file.path, holder, node, usings)
                if target is not None:
                    yield target


def _usings(root: Node) -> str:
    found = (text_of(child, NAME) for child in root.named_children if child.type == "using_directive")
    names = (text.removeprefix("using ").rstrip("; ") for text in found)
    return " ".join(name for name in names if _DOTTED.fullmatch(name))


def _types(root: Node) -> Iterator[_Type]:
    """Public types, those inside others after them."""
    space = ""
    stack: list[tuple[Node, str, str]] = [(child, "", "") for child in reversed(root.named_children)]
    while stack:
        node, above, outer = stack.pop()
        name = text_of(node.child_by_field_name("name"), NAME)
        if node.type in _SPACES and _DOTTED.fullmatch(name):
            full = f"{above}.{name}" if above else name
            if node.type == "file_scoped_namespace_declaration":
                space = full
            stack += [(child, full, "") for child in reversed(_members(node))] if len(full) <= NAME else []
        elif node.type in _TYPES and _is(node, "public") and _WORD.fullmatch(name):
            full = f"{outer}.{name}" if outer else name
            if len(full) > NAME:
                continue
            is_generic = any(child.type == "type_parameter_list" for child in node.named_children)
            if not _is(node, "abstract"):
                yield _Type(above or space, full, node, *_constructor(node), is_generic)
            if is_generic:
                continue
            stack += [(child, above or space, full) for child in reversed(_members(node)) if child.type in _TYPES]


def _members(node: Node) -> list[Node]:
    body = node.child_by_field_name("body")
    return body.named_children if body is not None else []


def _is(node: Node, modifier: str) -> bool:
    return any(child.type == "modifier" and text_of(child, 20) == modifier for child in node.named_children[:10])


def _constructor(node: Node) -> tuple[tuple[Parameter, ...] | None, tuple[Guard, ...]]:
    """What the simplest public one takes, and its guards."""
    if _is(node, "static"):
        return None, ()
    declared = [
        child for child in _members(node) if child.type == "constructor_declaration" and not _is(child, "static")
    ]
    primary = next((child for child in node.named_children if child.type == "parameter_list"), None)
    if "struct" in node.type or (primary is None and not declared):
        return (), ()
    offered = [(_parameters(child.child_by_field_name("parameters")), _guards(child))
               for child in declared if _is(child, "public")]  # fmt: skip
    offered += [(_parameters(primary), ())] if primary is not None else []
    known = [(taken, ends) for taken, ends in offered if taken is not None]
    return min(known, key=lambda one: len(one[0])) if known else (None, ())


def _parameters(holder: Node | None) -> tuple[Parameter, ...] | None:
    """None where a call would have to hand in a variable."""
    found: list[Parameter] = []
    for node in holder.named_children[: _MOST + 1] if holder is not None else ():
        if node.type != "parameter":
            continue
        name, kind = text_of(node.child_by_field_name("name"), NAME), text_of(node.child_by_field_name("type"), NAME)
        if _is(node, "ref") or _is(node, "out") or not _WORD.fullmatch(name):
            return None
        equals = next((at for at, child in enumerate(node.children) if child.type == "="), None)
        default = (
            text_of(node.children[equals + 1], NAME) if equals is not None and equals + 1 < len(node.children) else None
        )
        found.append(Parameter(name, "".join(kind.split()), default))
    return tuple(found) if len(found) <= _MOST else None


def _target(path: str, holder: _Type, node: Node, usings: str) -> Target | None:
    name, parameters = (
        text_of(node.child_by_field_name("name"), NAME),
        _parameters(node.child_by_field_name("parameters")),
    )
    static = _is(node, "static")
    if not _is(node, "public") or _is(node, "abstract") or _is(node, "override") or not _WORD.fullmatch(name):
        return None
    made = () if static else holder.constructor
    unmade = parameters is None or made is None or holder.is_generic
    unmade, parameters = unmade or node.child_by_field_name("type_parameters") is not None, parameters or ()
    by_name = {one.name: one for one in parameters}
    ways = guards.branches(
        _guards(node), tuple(by_name), lambda called: csharp_values.values(by_name[called].type), CSHARP,
        lambda called, value: csharp_values.fits(by_name[called].type, value),
    )  # fmt: skip
    kinds = {one.name: one.type for one in made or ()}
    settled = {calling.UNMADE: "yes"} if unmade else calling.construction(
        () if static else holder.guards, made or (), lambda one: csharp_values.values(one.type), CSHARP,
        lambda called, value: csharp_values.fits(kinds[called], value),
    )  # fmt: skip
    returns = text_of(node.child_by_field_name("returns"), NAME)
    traits = {"namespace": holder.space, "usings": usings, **({"static": "yes"} if static else {}), **settled}
    return Target(
        path, f"{holder.name}.{name}", "method", "csharp", parameters, returns,
        is_async=_TASKS.fullmatch(returns) is not None, branches=ways,
        lines=(line_of(node), node.end_point[0] + 1), source=text_of(node),
        constructor=made or (), traits=traits,
    )  # fmt: skip


def _guards(method: Node) -> tuple[Guard, ...]:
    """The guards at the top, up to where a parameter becomes something else."""
    body = method.child_by_field_name("body")
    found: list[Guard] = []
    for node in body.named_children[: guards.MOST] if body is not None and body.type == "block" else ():
        if node.type == "if_statement":
            condition, raises = text_of(node.child_by_field_name("condition"), guards.WIDE), _ending(node)
            found += [Guard(condition, raises)] if condition and raises is not None else []
        elif node.type == "expression_statement":
            inner = node.named_children[0] if node.named_children else node
            if method.type == "constructor_declaration" and inner.type == "assignment_expression":
                continue
            if inner.type != "invocation_expression":
                break
            call = call_of(inner)
            argument = text_of(call.argument(0), NAME)
            if call.name in _CHECKS and _WORD.fullmatch(argument):
                found.append(Guard(_CHECKS[call.name].format(argument), call.name.partition(".")[0]))
    return tuple(found)


def _ending(statement: Node) -> str | None:
    """What the first way of an if throws, "" for a return; None for what does not end, or who knows how."""
    node = statement.child_by_field_name("consequence")
    while node is not None and node.type in ("block", "throw_statement"):
        node = node.named_children[-1] if node.named_children else None
    if node is None:
        return None
    if node.type == "return_statement":
        return ""
    name = text_of(node.child_by_field_name("type"), NAME) if node.type == "object_creation_expression" else ""
    return name if _DOTTED.fullmatch(name) else None


def cases(target: Target) -> tuple[Case, ...]:
    """Calls over edge values that types and branches suggest, those that raise last."""
    root = parse("csharp", f"class A {{ {target.source} }}").root_node
    method = next(walk(root, "method_declaration"), None)
    task = _TASKS.fullmatch(target.returns)
    comparable = target.returns != "void" and (task is None or task[1] is not None)
    kinds = {one.name: one.type for one in target.parameters}
    found = calling.called(
        target, lambda one: csharp_values.values(one.type), _guards(method) if method is not None else (), CSHARP,
        lambda name, value: csharp_values.fits(kinds[name], value), ways=target.branches,
        comparable=comparable and not target.returns.startswith("IAsyncEnumerable"),
    )  # fmt: skip
    return arguments.writable(target.parameters, found)


def names(test: str, path: str, target: Target) -> bool:
    """Whether a test names the target: its method and its class."""
    known = naming.identifiers("csharp", test)
    return is_test(path) and target.called in known and target.owner.rpartition(".")[2] in known
