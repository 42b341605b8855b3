"""What functions and constructors take and return, as TypeScript, JSDoc and defaults tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from reviewbot.core.expressions import NAME
from reviewbot.core.symbols import text_of, walk
from reviewbot.tasks.scaffold.suites import Parameter

if TYPE_CHECKING:
    from tree_sitter import Node

#: Parameters of a function and members of its options that are read; longer types and defaults are not (bytes).
MOST_PARAMETERS, LONGEST = 30, 2000
#: Declared types that a signature is read with, and their text (characters).
MOST_TYPES, MOST_TEXT = 12, 6000
_DOCUMENTED = re.compile(r"@param[ \t]+\{([^{}\n]{1,200})\}[ \t]+(\[?)([A-Za-z_$][\w$]{0,60})")
_RETURNED = re.compile(r"@returns?[ \t]+\{([^{}\n]{1,200})\}")
_PROPERTIES = frozenset({"property_signature", "method_signature"})
_WORD = re.compile(r"[A-Za-z_$][\w$]{0,60}")


@dataclass(frozen=True, slots=True)
class Signature:
    """What a call gives and gets."""

    parameters: tuple[Parameter, ...] = ()
    returns: str = ""
    #: The name of the parameter that takes all further arguments.
    rest: str = ""
    #: "required" or "optional" where members of an object are parameters of their own.
    options: str = ""


def is_name(text: str) -> bool:
    """Whether a text is an identifier that needs no escaping anywhere."""
    return len(text) <= 100 and text.replace("$", "_").isidentifier()


def signature(node: Node, doc: str, types: Mapping[str, Node]) -> Signature:
    """The signature of a function, method or constructor."""
    told = {name: (kind.strip(), bool(bracket)) for kind, bracket, name in _DOCUMENTED.findall(doc)}
    found: list[Parameter] = []
    rest = options = ""
    for index, child in enumerate(_given(node)):
        pattern, default, kind = _parts(child)
        optional = child.type == "optional_parameter"
        if pattern.type == "this" or text_of(pattern, NAME) == "this":
            continue
        if pattern.type == "object_pattern" and not options:
            options = "optional" if default is not None or optional else "required"
            found += _members(pattern, kind, types)
            continue
        is_rest = pattern.type == "rest_pattern"
        name = text_of(pattern, NAME).removeprefix("...").strip()
        name = name if is_name(name) else f"arg{index + 1}"
        rest = name if is_rest else rest
        hinted, bracket = told.get(name, ("", False))
        value = text_of(default, LONGEST) if default is not None else None
        if value is None and (optional or is_rest or bracket or hinted.endswith("=")):
            value = "[]" if is_rest else "undefined"
        found.append(Parameter(name, text_of(kind, LONGEST) or hinted.rstrip("="), value))
    returned = _RETURNED.search(doc)
    returns = _type(node.child_by_field_name("return_type"))
    written = text_of(returns, LONGEST) or (returned[1].strip() if returned else "")
    return Signature(tuple(found[:MOST_PARAMETERS]), written, rest, options)


def declared(signature: Signature, more: tuple[Parameter, ...], types: Mapping[str, Node]) -> str:
    """The texts of the types of this file that a signature names, and of those that these name."""
    wanted = [parameter.type for parameter in (*signature.parameters, *more)]
    found: dict[str, str] = {}
    while wanted:
        for name in _WORD.findall(wanted.pop()[:LONGEST]):
            if name in types and name not in found and len(found) < MOST_TYPES:
                found[name] = text_of(types[name], LONGEST)
                wanted.append(found[name])
    return "\n".join(found.values())[:MOST_TEXT]


def _given(node: Node) -> list[Node]:
    single = node.child_by_field_name("parameter")
    if single is not None:
        return [single]
    holder = node.child_by_field_name("parameters")
    children = holder.named_children[: MOST_PARAMETERS * 2] if holder is not None else []
    return [child for child in children if child.type not in ("comment", "decorator")][:MOST_PARAMETERS]


def _parts(node: Node) -> tuple[Node, Node | None, Node | None]:
    """Pattern, default and type of a parameter."""
    if node.type in ("required_parameter", "optional_parameter"):
        pattern = node.child_by_field_name("pattern") or node
        return pattern, node.child_by_field_name("value"), _type(node.child_by_field_name("type"))
    if node.type == "assignment_pattern":
        return node.child_by_field_name("left") or node, node.child_by_field_name("right"), None
    return node, None, None


def _type(annotation: Node | None) -> Node | None:
    """The type behind a colon."""
    return annotation.named_children[0] if annotation is not None and annotation.named_children else None


def _members(pattern: Node, kind: Node | None, types: Mapping[str, Node]) -> Iterator[Parameter]:
    """Of `{ a, b = 2 }: { a: number; b?: number }` what a call may give by name."""
    known = dict(_properties(kind, types)) if kind is not None else {}
    seen: set[str] = set()
    for child in pattern.named_children[:MOST_PARAMETERS]:
        name, default = _member(child)
        if is_name(name):
            seen.add(name)
            written, optional = known.get(name, ("", False))
            yield Parameter(name, written, default or ("undefined" if optional else None), named=True)

    # What the type asks for beside those that the function takes out of it.
    for name, (written, optional) in known.items():
        if is_name(name) and name not in seen and not optional:
            yield Parameter(name, written, named=True)


def _member(child: Node) -> tuple[str, str | None]:
    if child.type == "shorthand_property_identifier_pattern":
        return text_of(child, NAME), None
    if child.type == "object_assignment_pattern":
        return text_of(child.child_by_field_name("left"), NAME), text_of(child.child_by_field_name("right"), LONGEST)
    if child.type == "pair_pattern":
        value = child.child_by_field_name("value")
        right = value.child_by_field_name("right") if value is not None else None
        return text_of(child.child_by_field_name("key"), NAME), text_of(right, LONGEST) or None
    return "", None


def _properties(kind: Node, types: Mapping[str, Node]) -> Iterator[tuple[str, tuple[str, bool]]]:
    """The members of an object type, written here or declared in this file, with whether they may be left out."""
    node = types.get(text_of(kind, NAME), kind)
    for member in islice(walk(node, *_PROPERTIES, stop=_PROPERTIES), MOST_PARAMETERS):
        optional = any(child.type == "?" for child in member.children)
        written = text_of(_type(member.child_by_field_name("type")), LONGEST)
        written = "() => never" if member.type == "method_signature" else written
        yield text_of(member.child_by_field_name("name"), NAME), (written, optional)
