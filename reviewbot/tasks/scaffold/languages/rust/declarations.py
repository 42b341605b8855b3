"""What a Rust file declares: its public types, and the functions that a test outside the crate can call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewbot.core.symbols import text_of
from reviewbot.tasks.scaffold.languages import calling
from reviewbot.tasks.scaffold.languages.guards import Guard
from reviewbot.tasks.scaffold.languages.rust import values
from reviewbot.tasks.scaffold.languages.rust.endings import WIDE, met
from reviewbot.tasks.scaffold.languages.rust.values import parts, plain
from reviewbot.tasks.scaffold.suites import Parameter, Target

if TYPE_CHECKING:
    from tree_sitter import Node

#: Items of one file that are read, and parameters of a function.
MOST, MOST_PARAMETERS = 3000, 8
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_RESULT = re.compile(r"(?:\w{1,40}::){0,4}Result<(.{1,150})>", re.ASCII)
_ERRORS = re.compile(
    r"(?:std::\w+::|\w+::)?(?:Parse\w+Error|io::Error|Error|Utf8Error)|Box<dyn [\w:+ ]{1,60}>", re.ASCII
)
_DERIVES = re.compile(r"#\[derive\(([^()]{1,300})\)\]")
_LIFETIMES = ("lifetime", "lifetime_parameter")


@dataclass(frozen=True, slots=True)
class Function:
    """A public function: its node, and the type that its `impl` is of, "" for none."""

    node: Node
    owner: str = ""
    #: The type has others in it that a test would have to choose.
    is_generic: bool = False


@dataclass(frozen=True, slots=True)
class _Made:
    """How what a method is called on is made: what its constructor takes, and what stands before the arguments."""

    parameters: tuple[Parameter, ...] = ()
    shown: str = ""
    traits: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """The items of a file."""

    path: str
    functions: tuple[Function, ...]
    types: values.Types
    #: Names in the file's own tests.
    tested: str
    #: `new` of each type that has one.
    makers: Mapping[str, Node]

    @classmethod
    def of(cls, root: Node, path: str) -> Source:
        functions: list[Function] = []
        made: dict[str, tuple[str, ...]] = {}
        derived: dict[str, frozenset[str]] = {}
        tested = ""
        for node, marks in _items(root):
            name = text_of(node.child_by_field_name("name"), WIDE)
            if node.type == "mod_item" and "cfg(test)" in marks:
                tested += text_of(node)
            elif "#[cfg" in marks:
                continue
            elif node.type == "function_item" and _is_public(node):
                functions.append(Function(node))
            elif node.type in ("struct_item", "enum_item") and _is_public(node) and _NAME.fullmatch(name):
                names = frozenset(part.strip() for one in _DERIVES.findall(marks) for part in one.split(","))
                derived[name] = names
                made[name] = _made(node, name, names)
            elif node.type == "impl_item":
                functions += _implemented(node, made)
        taken = {owner: shown for owner, shown in made.items() if shown}
        makers = {one.owner: one.node for one in functions if one.owner and not _self(one.node)
                  and text_of(one.node.child_by_field_name("name"), WIDE) == "new"}  # fmt: skip
        return cls(path, tuple(functions), values.Types(taken, derived), tested, makers)

    def target(self, function: Function, lines: tuple[int, int]) -> Target | None:
        node, owner = function.node, function.owner
        name, on = text_of(node.child_by_field_name("name"), WIDE), _self(node)
        parameters = _parameters(node, owner)
        returns = plain(text_of(node.child_by_field_name("return_type"), WIDE)) or "()"
        returns = re.sub(r"\bSelf\b", owner, returns) if owner else returns
        built = self._construction(owner) if on else _Made()
        if not _NAME.fullmatch(name):
            return None
        if parameters is None or built is None or not _is_plain(node) or function.is_generic:
            parameters, built = parameters or (), _Made(traits={calling.UNMADE: "yes"})
        words = set(_NAME.findall(" ".join((returns, *(one.type for one in (*parameters, *built.parameters))))))
        found = _RESULT.fullmatch(returns)
        held = (parts(found[1]) or ("",)) if found is not None else (returns,)
        errors = held[1] if len(held) > 1 else "Error"
        seen = values.shows(errors, self.types, "Debug") or _ERRORS.fullmatch(errors) is not None
        same = all(values.shows(held[0], self.types, trait) for trait in ("Debug", "PartialEq"))
        traits = {
            "self": on, "construct": built.shown, "result": "yes" if found is not None else "",
            "unit": "yes" if returns == "()" else "",
            "debug": "yes" if values.shows(held[0], self.types, "Debug") else "",
            "error": "yes" if found is not None and seen else "",
            "comparable": "yes" if same and returns != "()" else "no",
            "own": " ".join(sorted(words & self.types.derived.keys())),
            "made": "\n".join(
                f"{one} {' '.join(self.types.made[one])}" for one in sorted(words & self.types.made.keys())
            ),
            "guards": "\n".join("\t".join(one) for one in met(node, found is not None)),
            **built.traits,
        }  # fmt: skip
        return Target(
            self.path, f"{owner}.{name}" if owner else name, "method" if owner else "function", "rust", parameters,
            "" if returns == "()" else returns, lines=lines, source=text_of(node, 50_000), constructor=built.parameters,
            traits=traits,
        )  # fmt: skip

    def _construction(self, owner: str) -> _Made | None:
        """By `new`; a value as it stands where there is none."""
        node = self.makers.get(owner)
        taken = _parameters(node, owner) if node is not None else None
        if node is not None and taken is not None and _is_plain(node):
            returns = plain(text_of(node.child_by_field_name("return_type"), WIDE))
            if returns in ("Self", owner) and all(values.values(one.type, self.types) for one in taken):
                kinds = {one.name: one.type for one in taken}
                traits = calling.construction(
                    [Guard(condition, raises, mark == "negated") for raises, condition, mark in met(node, False)],
                    taken, lambda one: values.values(one.type, self.types), values.SPELLING,
                    lambda name, text: values.fits(kinds[name], text), spelled="new_{}".format,
                )  # fmt: skip
                return _Made(tuple(Parameter(f"new_{one.name}", one.type) for one in taken), f"{owner}::new", traits)
        made = self.types.made.get(owner)
        return _Made(shown=made[0]) if made else None


def _items(root: Node) -> Iterator[tuple[Node, str]]:
    """The items of a file or an `impl`, each with its attributes."""
    marks = ""
    for node in root.named_children[:MOST]:
        if node.type == "attribute_item":
            marks += text_of(node, WIDE * 3)
        elif node.type not in ("line_comment", "block_comment"):
            yield node, marks
            marks = ""


def _is_public(node: Node) -> bool:
    return any(one.type == "visibility_modifier" and text_of(one, WIDE) == "pub" for one in node.children[:3])


def _is_plain(node: Node) -> bool:
    """Not generic, nothing async, unsafe or foreign."""
    words = next((text_of(one, WIDE) for one in node.named_children if one.type == "function_modifiers"), "")
    return not _is_generic(node) and not set(words.split()) & {"async", "unsafe", "extern"}


def _is_generic(node: Node) -> bool:
    """Whether it has type parameters other than lifetimes."""
    held = node.child_by_field_name("type_parameters")
    return held is not None and any(one.type not in _LIFETIMES for one in held.named_children)


def _made(node: Node, name: str, derived: frozenset[str]) -> tuple[str, ...]:
    body = node.child_by_field_name("body")
    if node.child_by_field_name("type_parameters") is not None:
        return ()
    if node.type == "enum_item":
        variants = [one for one in (body.named_children if body else []) if one.type == "enum_variant"]
        bare = (
            text_of(one.child_by_field_name("name"), WIDE)
            for one in variants
            if one.child_by_field_name("body") is None
        )
        return tuple(f"{name}::{one}" for one in bare if _NAME.fullmatch(one))[:3]
    if body is None:
        return (name,)
    return (f"{name}::default()",) if "Default" in derived else ()


def _implemented(node: Node, made: dict[str, tuple[str, ...]]) -> Iterator[Function]:
    """The public functions of an `impl` of a public type; one of Default makes its type."""
    owner, trait = text_of(node.child_by_field_name("type"), WIDE), text_of(node.child_by_field_name("trait"), WIDE)
    body, (owner, _, held) = node.child_by_field_name("body"), plain(owner).partition("<")
    if owner not in made or body is None:
        return
    is_generic = bool(held) or _is_generic(node)
    if trait == "Default" and not made[owner] and not is_generic:
        made[owner] = (f"{owner}::default()",)
    for inner, marks in _items(body):
        if not trait and inner.type == "function_item" and _is_public(inner) and "#[cfg" not in marks:
            yield Function(inner, owner, is_generic)


def _self(node: Node) -> str:
    """`&self`, `&mut self`, `self`, "" for a function without one."""
    holder = node.child_by_field_name("parameters")
    found = next((one for one in (holder.named_children if holder else []) if one.type == "self_parameter"), None)
    return plain(text_of(found, WIDE)) if found is not None else ""


def _parameters(node: Node, owner: str) -> tuple[Parameter, ...] | None:
    """None for more than a test should give."""
    holder = node.child_by_field_name("parameters")
    found: list[Parameter] = []
    for one in holder.named_children if holder is not None else ():
        if one.type in ("self_parameter", "line_comment", "block_comment", "attribute_item"):
            continue
        pattern, kind = one.child_by_field_name("pattern"), text_of(one.child_by_field_name("type"), WIDE)
        name = text_of(pattern, WIDE) if pattern is not None and pattern.type == "identifier" else f"arg{len(found)}"
        found.append(Parameter(name, re.sub(r"\bSelf\b", owner, plain(kind)) if owner else plain(kind)))
    fits = len(found) <= MOST_PARAMETERS and all(one.type and _NAME.fullmatch(one.name) for one in found)
    return tuple(found) if fits else None


def made_of(rows: Mapping[str, str]) -> values.Types:
    """The types that a target's traits tell of."""
    named = (row.split(" ", 1) for row in rows["made"].split("\n") if row)
    return values.Types({name: tuple(shown.split()) for name, shown in named})
