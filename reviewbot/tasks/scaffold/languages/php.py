"""PHP: functions and public methods, of classes that a test can make."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.core.expressions import NAME
from reviewbot.core.grammars import parse
from reviewbot.core.paths import is_foreign, is_sample, is_test
from reviewbot.core.symbols import Syntax, line_of, text_of, walk
from reviewbot.tasks.scaffold import arguments, naming
from reviewbot.tasks.scaffold.conditions import PHP
from reviewbot.tasks.scaffold.frameworks import phpunit
from reviewbot.tasks.scaffold.languages import calling, guards, php_values
from reviewbot.tasks.scaffold.languages.guards import Guard
from reviewbot.tasks.scaffold.languages.ruby_members import overlaps
from reviewbot.tasks.scaffold.suites import Case, Framework, Parameter, Target

if TYPE_CHECKING:
    from tree_sitter import Node

FRAMEWORKS: tuple[Framework, ...] = (phpunit,)

_MOST = 20
_WORD = re.compile(r"[A-Za-z_]\w{0,99}", re.ASCII)
_PLACE = re.compile(r"[A-Za-z_]\w{0,99}(?:\\[A-Za-z_]\w{0,99}){0,15}", re.ASCII)
_METHODS = frozenset({"method_declaration", "function_definition"})
_PARAMETERS = frozenset({"simple_parameter", "property_promotion_parameter"})
#: What nothing can be compared with.
_SILENT = frozenset(
    {"void", "never", "iterable", "generator", "\\generator", "static", "self", "callable", "\\closure"}
)


def targets(syntax: Syntax) -> Iterator[Target]:
    """What is public in a file and new or changed, in order. Pure and linear, for code may be hostile."""
    file = syntax.file
    if syntax.language() != "php" or syntax.new is None or is_sample(file.path):
        return
    if is_foreign(file.path, file.old.text or ""):
        return
    added, uses = sorted(file.changed_numbers("new")), _uses(syntax.new.root_node)
    for place, node, holder in _members(syntax.new.root_node):
        if overlaps(node, added):
            target = _target(file.path, place, node, holder, uses)
            if target is not None:
                yield target


def _members(root: Node) -> Iterator[tuple[str, Node, Node | None]]:
    """Namespace, function or method, and the class of a method, in order."""
    place = ""
    stack = list(reversed(root.named_children))
    while stack:
        node = stack.pop()
        if node.type == "namespace_definition":
            place = text_of(node.child_by_field_name("name"), NAME)
            body = node.child_by_field_name("body")
            stack += reversed(body.named_children) if body is not None else []
        elif node.type == "function_definition":
            yield place, node, None
        elif node.type == "class_declaration" and not _is(node, "abstract_modifier"):
            body = node.child_by_field_name("body")
            for child in body.named_children if body is not None else ():
                if child.type == "method_declaration" and _is_public(child):
                    yield place, child, node


def _is(node: Node, modifier: str) -> bool:
    return any(child.type == modifier for child in node.named_children[:10])


def _is_public(method: Node) -> bool:
    marks = [text_of(child, 20) for child in method.named_children[:10] if child.type == "visibility_modifier"]
    name = text_of(method.child_by_field_name("name"), NAME)
    return marks in ([], ["public"]) and (not name.startswith("__") or name == "__invoke")


def _target(path: str, place: str, node: Node, holder: Node | None, uses: dict[str, str]) -> Target | None:
    name = text_of(node.child_by_field_name("name"), NAME)
    owner = text_of(holder.child_by_field_name("name"), NAME) if holder is not None else ""
    static = _is(node, "static_modifier")
    maker, made = _constructor(holder) if holder is not None and not static else (None, ())
    taken = _parameters(node)
    words = [name, *([owner] if owner else [])]
    if not all(_WORD.fullmatch(word) for word in words):
        return None
    if place and not _PLACE.fullmatch(place):
        return None
    parameters, constructor = _spelled(taken or (), uses, place), _spelled(made or (), uses, place)
    by_name = {one.name: one for one in parameters}
    ends = _guards(node)
    ways = guards.branches(
        ends, tuple(by_name), lambda called: php_values.examples(by_name[called]), PHP,
        lambda called, value: php_values.fits(by_name[called].type, value),
    )  # fmt: skip
    traits = {"namespace": place, **({"static": "yes"} if static else {})}
    traits |= {f"raises {end.raises}": _resolved(end.raises, place, uses) for end in ends if end.raises}
    kinds = {one.name: one.type for one in constructor}
    traits |= {calling.UNMADE: "yes"} if taken is None or made is None else calling.construction(
        _guards(maker), constructor, php_values.examples, PHP,
        lambda called, value: php_values.fits(kinds[called], value),
    )  # fmt: skip
    return Target(
        path, f"{owner}.{name}" if owner else name, "method" if owner else "function", "php", parameters,
        text_of(node.child_by_field_name("return_type"), NAME), branches=ways,
        lines=(line_of(node), node.end_point[0] + 1), source=text_of(node), constructor=constructor, traits=traits,
    )  # fmt: skip


def _constructor(holder: Node) -> tuple[Node | None, tuple[Parameter, ...] | None]:
    """The constructor, and what `new` takes, None where the class is not made so."""
    body = holder.child_by_field_name("body")
    for child in body.named_children if body is not None else ():
        if text_of(child.child_by_field_name("name"), NAME) == "__construct":
            marks = [text_of(one, 20) for one in child.named_children[:10] if one.type == "visibility_modifier"]
            return child, _parameters(child) if marks in ([], ["public"]) else None
    return None, ()


def _parameters(function: Node) -> tuple[Parameter, ...] | None:
    """None where a test cannot write one: one by reference takes a variable."""
    holder = function.child_by_field_name("parameters")
    found: list[Parameter] = []
    for node in holder.named_children[: _MOST + 1] if holder is not None else ():
        if node.type not in _PARAMETERS:
            continue
        name, value = text_of(node.child_by_field_name("name"), NAME), node.child_by_field_name("default_value")
        if not _WORD.fullmatch(name.removeprefix("$")) or _is(node, "reference_modifier"):
            return None
        default = text_of(value, NAME) if value is not None else None
        found.append(Parameter(name[1:], text_of(node.child_by_field_name("type"), NAME), default))
    return tuple(found) if len(found) <= _MOST else None


def _uses(root: Node) -> dict[str, str]:
    """By the last word in small letters the full names that a file imports."""
    found: dict[str, str] = {}
    for child in root.named_children:
        if child.type != "namespace_use_declaration":
            continue
        group = child.child_by_field_name("body")
        above = text_of(child.named_children[0], NAME) + "\\" if group is not None else ""
        for clause in (group or child).named_children[:100]:
            name, _, alias = text_of(clause, NAME).partition(" as ")
            name = above + name.strip().lstrip("\\")
            if clause.type == "namespace_use_clause" and _PLACE.fullmatch(name):
                found[(alias.strip() or name.rpartition("\\")[2]).lower()] = name
    return found


def _spelled(parameters: Sequence[Parameter], uses: dict[str, str], place: str) -> tuple[Parameter, ...]:
    """The same with full names for types that a test can make and does not find in its own namespace."""
    found: list[Parameter] = []
    for one in parameters:
        plain = one.type.removeprefix("?")
        known = plain.lower() in uses or php_values.INTERFACE.fullmatch(plain)
        if known or (not place and f"\\{plain.lower()}" in php_values.KINDS):
            mark = "?" if one.type.startswith("?") else ""
            found.append(replace(one, type=mark + _resolved(plain, place, uses)))
        else:
            found.append(one)
    return tuple(found)


def _resolved(name: str, place: str, uses: dict[str, str]) -> str:
    """`\\A\\B` of an exception as the file names it."""
    if name.startswith("\\"):
        return name
    first, slash, rest = name.partition("\\")
    full = uses[first.lower()] + slash + rest if first.lower() in uses else f"{place}\\{name}" if place else name
    return "\\" + full


def _guards(function: Node | None) -> tuple[Guard, ...]:
    """The guards at the top, up to where a parameter becomes something else."""
    body = function.child_by_field_name("body") if function is not None else None
    found: list[Guard] = []
    for node in body.named_children[: guards.MOST] if body is not None else ():
        changed = next(walk(node, "assignment_expression"), None) if node.type == "expression_statement" else None
        if changed is not None and not text_of(changed, NAME).startswith("$this->"):
            break
        condition = text_of(node.child_by_field_name("condition"), guards.WIDE)
        if node.type == "if_statement" and condition:
            raises = _ending(node.child_by_field_name("body"))
            found += [Guard(condition, raises)] if raises is not None else []
    return tuple(found)


def _ending(node: Node | None) -> str | None:
    """What a statement raises, "" for a return; None for what does not end its function, or who knows how."""
    while node is not None and node.type in ("compound_statement", "expression_statement", "throw_expression"):
        node = node.named_children[-1] if node.named_children else None
    if node is None:
        return None
    if node.type == "return_statement":
        return ""
    names = [child for child in node.named_children[:1] if child.type in ("name", "qualified_name")]
    name = text_of(names[0], NAME) if node.type == "object_creation_expression" and names else ""
    return name if _PLACE.fullmatch(name.removeprefix("\\")) else None


def cases(target: Target) -> tuple[Case, ...]:
    """Calls over edge values that types and branches suggest, those that raise last."""
    text = f"<?php class A {{ {target.source} }}" if target.owner else f"<?php {target.source}"
    function = next((node for node in walk(parse("php", text).root_node, *_METHODS)), None)
    comparable = target.returns.lower().lstrip("?") not in _SILENT
    kinds = {one.name: one.type for one in target.parameters}
    found = calling.called(
        target, php_values.examples, _guards(function), PHP, lambda name, value: php_values.fits(kinds[name], value),
        ways=target.branches, comparable=comparable,
    )  # fmt: skip
    return arguments.writable(target.parameters, found)


def names(test: str, path: str, target: Target) -> bool:
    """Whether a test names the target: its method and its class, or its function and what holds it."""
    known = naming.identifiers("php", test)
    if not is_test(path) or target.called not in known:
        return False
    if target.owner:
        return target.owner in known
    place, stem = target.traits.get("namespace", ""), target.path.rpartition("/")[2]
    return stem in test or (set(place.split("\\")) <= known if place else True)
