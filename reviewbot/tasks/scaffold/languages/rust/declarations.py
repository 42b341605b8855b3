"""What a Rust file declares: its public types, and the functions that a test outside the crate can call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.core.symbols import text_of
from reviewbot.tasks.scaffold.languages.rust import values
from reviewbot.tasks.scaffold.languages.rust.values import parts, plain
from reviewbot.tasks.scaffold.suites import Parameter, Target

if TYPE_CHECKING:
    from tree_sitter import Node

#: Items of one file that are read, parameters of a function, statements in which guards stand.
MOST, MOST_PARAMETERS, MOST_STATEMENTS = 3000, 8, 30
#: A condition, a type or a name that is longer (bytes) is not read.
WIDE = 200
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_RESULT = re.compile(r"(?:\w{1,40}::){0,4}Result<(.{1,150})>", re.ASCII)
_ERRORS = re.compile(
    r"(?:std::\w+::|\w+::)?(?:Parse\w+Error|io::Error|Error|Utf8Error)|Box<dyn [\w:+ ]{1,60}>", re.ASCII
)
_DERIVES = re.compile(r"#\[derive\(([^()]{1,300})\)\]")
_PANICS = re.compile(r"(?:panic|unreachable|unimplemented|todo)!", re.ASCII)


@dataclass(frozen=True, slots=True)
class Function:
    """A public function: its node, and the type that its `impl` is of, "" for none."""

    node: Node
    owner: str = ""


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
        built = self._construction(owner) if on else ((), "")
        if not _NAME.fullmatch(name) or parameters is None or built is None or not _is_plain(node):
            return None
        words = set(_NAME.findall(" ".join((returns, *(one.type for one in (*parameters, *built[0]))))))
        found = _RESULT.fullmatch(returns)
        held = (parts(found[1]) or ("",)) if found is not None else (returns,)
        errors = held[1] if len(held) > 1 else "Error"
        seen = values.shows(errors, self.types, "Debug") or _ERRORS.fullmatch(errors) is not None
        same = all(values.shows(held[0], self.types, trait) for trait in ("Debug", "PartialEq"))
        traits = {
            "self": on, "construct": built[1], "result": "yes" if found is not None else "",
            "unit": "yes" if returns == "()" else "",
            "debug": "yes" if values.shows(held[0], self.types, "Debug") else "",
            "error": "yes" if found is not None and seen else "",
            "comparable": "yes" if same and returns != "()" else "no",
            "own": " ".join(sorted(words & self.types.derived.keys())),
            "made": "\n".join(
                f"{one} {' '.join(self.types.made[one])}" for one in sorted(words & self.types.made.keys())
            ),
            "guards": "\n".join("\t".join(one) for one in _met(node, found is not None)),
        }  # fmt: skip
        return Target(
            self.path, f"{owner}.{name}" if owner else name, "method" if owner else "function", "rust", parameters,
            "" if returns == "()" else returns, lines=lines, source=text_of(node, 50_000), constructor=built[0],
            traits=traits,
        )  # fmt: skip

    def _construction(self, owner: str) -> tuple[tuple[Parameter, ...], str] | None:
        """What `new` takes, and what is written before its arguments; a value as it stands where there is no `new`."""
        node = self.makers.get(owner)
        taken = _parameters(node, owner) if node is not None else None
        if node is not None and taken is not None and _is_plain(node):
            returns = text_of(node.child_by_field_name("return_type"), WIDE)
            if returns in ("Self", owner) and all(values.values(one.type, self.types) for one in taken):
                return tuple(Parameter(f"new_{one.name}", one.type) for one in taken), f"{owner}::new"
        made = self.types.made.get(owner)
        return ((), made[0]) if made else None


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
    """No type parameters but lifetimes, nothing async, unsafe or foreign."""
    generic = node.child_by_field_name("type_parameters")
    free = generic is None or all(one.type in ("lifetime", "lifetime_parameter") for one in generic.named_children)
    words = next((text_of(one, WIDE) for one in node.named_children if one.type == "function_modifiers"), "")
    return free and not set(words.split()) & {"async", "unsafe", "extern"}


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
    body = node.child_by_field_name("body")
    if owner not in made or node.child_by_field_name("type_parameters") is not None or body is None:
        return
    if trait == "Default" and not made[owner]:
        made[owner] = (f"{owner}::default()",)
    for inner, marks in _items(body):
        if not trait and inner.type == "function_item" and _is_public(inner) and "#[cfg" not in marks:
            yield Function(inner, owner)


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


def _met(node: Node, fails: bool) -> Iterator[tuple[str, str, str]]:
    """What it raises, the condition, "negated" for an assertion: each `if` at the top that ends the function."""
    body = node.child_by_field_name("body")
    held = [one for one in (body.named_children if body is not None else []) if "comment" not in one.type]
    for at, one in enumerate(held[:MOST_STATEMENTS]):
        inner = one.named_children[0] if one.type == "expression_statement" and one.named_children else one
        if inner.type == "let_declaration":
            continue
        if inner.type == "macro_invocation" and text_of(inner.child_by_field_name("macro"), WIDE) == "assert":
            asserted = parts(text_of(inner.named_children[-1], WIDE)[1:-1])
            if asserted and not set(asserted[0]) & set("\t\n"):
                yield "panic", asserted[0], "negated"
            continue
        condition = text_of(inner.child_by_field_name("condition"), WIDE)
        block = inner.child_by_field_name("consequence")
        if inner.type != "if_expression" or block is None or not condition or set(condition) & set("\t\n"):
            return
        raises = _ending(block, fails, tail=at == len(held) - 1)
        if raises is None:
            return
        yield raises, condition, ""


def _ending(block: Node, fails: bool, *, tail: bool) -> str | None:
    """How a block ends its function: an error, a panic, "" for a value, None where it goes on."""
    held: Sequence[Node] = block.named_children
    last = held[-1] if held else None
    if last is not None and last.type == "expression_statement" and last.named_children:
        last = last.named_children[0]
    if last is None:
        return None
    if last.type == "macro_invocation" and _PANICS.match(text_of(last, WIDE * 10)):
        return "panic"
    is_return = last.type == "return_expression"
    value = text_of(last, WIDE * 10).removeprefix("return").strip() if is_return or tail else ""
    if not is_return and not (tail and value):
        return None
    return "Err" if fails and value.startswith("Err(") else ""


def made_of(rows: Mapping[str, str]) -> values.Types:
    """The types that a target's traits tell of."""
    named = (row.split(" ", 1) for row in rows["made"].split("\n") if row)
    return values.Types({name: tuple(shown.split()) for name, shown in named})
