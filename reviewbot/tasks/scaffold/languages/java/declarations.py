"""What a Java file declares: its public class, and the methods of it that a test of the package can call."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.core.symbols import text_of, walk
from reviewbot.tasks.scaffold.languages import calling
from reviewbot.tasks.scaffold.languages.guards import Guard
from reviewbot.tasks.scaffold.languages.java import values
from reviewbot.tasks.scaffold.suites import Parameter, Target

if TYPE_CHECKING:
    from tree_sitter import Node

#: Members of a class that are read, parameters of a method, statements in which guards stand.
MOST, MOST_PARAMETERS, MOST_STATEMENTS = 3000, 8, 30
#: A condition, a type or a name that is longer (bytes) is not read.
WIDE = 200
_NAME = re.compile(r"[A-Za-z_$][\w$]*", re.ASCII)
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)
_NULL = re.compile(r"^(?:Objects\.)?requireNonNull\(\s?(\w{1,60})\s?[,)]", re.ASCII)
#: Statements that no guard stands in, and that change no parameter.
_PASSED = ("line_comment", "block_comment", "local_variable_declaration", "explicit_constructor_invocation")
_KEPT = re.compile(r"this\.\w{1,60} ?= ?\w{1,60};", re.ASCII)
_CLASSES = ("class_declaration", "record_declaration", "enum_declaration")
_TYPES = (*_CLASSES, "interface_declaration", "annotation_type_declaration")


@dataclass(frozen=True, slots=True)
class _Made:
    """How what a method is called on is made: what its constructor takes, and what stands before the arguments."""

    parameters: tuple[Parameter, ...] = ()
    shown: str = ""
    traits: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """The public class of a file."""

    path: str
    package: str
    node: Node
    name: str
    types: values.Types
    wildcards: tuple[str, ...]
    #: Names of types declared inside the class.
    nested: frozenset[str]
    variables: frozenset[str]
    #: Names of methods, those of overloads more than once.
    named: Mapping[str, int]

    @classmethod
    def of(cls, root: Node, path: str) -> Source | None:
        package, imports, wildcards = "", dict[str, str](), list[str]()
        found: Node | None = None
        for node in root.named_children[:MOST]:
            if node.type == "package_declaration":
                package = text_of(node.named_children[-1], WIDE) if node.named_children else ""
            elif node.type == "import_declaration" and "static" not in text_of(node, WIDE * 2).split()[1:2]:
                name = text_of(next((one for one in node.named_children if one.type != "asterisk"), None), WIDE)
                starred = any(one.type == "asterisk" for one in node.named_children)
                if _DOTTED.fullmatch(name):
                    wildcards += [name] if starred else []
                    imports |= {} if starred else {name.rpartition(".")[2]: name}
            elif node.type in _CLASSES and found is None and "public" in _modifiers(node):
                found = node
        name = text_of(found.child_by_field_name("name"), WIDE) if found is not None else ""
        if found is None or not _NAME.fullmatch(name) or (package and not _DOTTED.fullmatch(package)):
            return None
        inside = [one for one in _members(found) if one.type in _TYPES]
        nested = frozenset(text_of(one.child_by_field_name("name"), WIDE) for one in inside)
        enums = {
            text_of(one.child_by_field_name("name"), WIDE): _constants(one, name)
            for one in inside if one.type == "enum_declaration" and "private" not in _modifiers(one)
        }  # fmt: skip
        if found.type == "enum_declaration":
            enums[name] = _constants(found, "")
        variables = next((one for one in found.named_children if one.type == "type_parameters"), None)
        return cls(path, package, found, name, values.Types(imports, enums), tuple(wildcards), nested,
                   frozenset(_NAME.findall(text_of(variables, WIDE))),
                   Counter(text_of(one.child_by_field_name("name"), WIDE) for one in _members(found)
                           if one.type == "method_declaration"))  # fmt: skip

    def methods(self) -> Iterator[Node]:
        """The public ones in order, of several with one name the first."""
        seen: set[str] = set()
        for node in _members(self.node):
            name = text_of(node.child_by_field_name("name"), WIDE)
            if node.type == "method_declaration" and "public" in _modifiers(node) and name not in seen:
                seen.add(name)
                yield node

    def target(self, node: Node, lines: tuple[int, int]) -> Target | None:
        name, returns = text_of(node.child_by_field_name("name"), WIDE), text_of(node.child_by_field_name("type"), WIDE)
        marks, parameters = _modifiers(node), _parameters(node)
        is_static = "static" in marks
        built = _Made() if is_static else self._construction
        if not _NAME.fullmatch(name) or not returns or "abstract" in marks or node.child_by_field_name("body") is None:
            return None
        words = set(_NAME.findall(" ".join((returns, *(one.type for one in parameters or ())))))
        generic = any(one.type in ("type_parameters", "dimensions") for one in node.named_children)
        if words & self.variables or generic or built is None or parameters is None:
            built, parameters = _Made(traits={calling.UNMADE: "yes"}), parameters or ()
        made, construct = built.parameters, built.shown
        thrown = " ".join(text_of(one, WIDE) for one in node.named_children if one.type == "throws")
        guards = "\n".join(f"{self.outside(raises)}\t{condition}" for condition, raises in _met(node))
        needed = {*words, *_NAME.findall(guards), *(word for one in made for word in _NAME.findall(one.type))}
        traits = {
            "package": self.package, "class": self.name, "static": "yes" if is_static else "", "construct": construct,
            "throws": "Throwable" if "Throwable" in thrown else "Exception", "result": self.outside(returns),
            "comparable": "yes" if values.is_value(returns, self.types) else "no",
            "imports": "\n".join(dict.fromkeys((
                *(self.types.imports[one] for one in
                  sorted((needed | values.PACKAGES.keys()) & self.types.imports.keys())),
                *(f"{values.PACKAGES[one]}.{one}" for one in sorted(values.PACKAGES.keys() - self.types.imports)),
            ))),
            "wildcards": "\n".join(self.wildcards), "guards": guards,
            "enums": "\n".join(f"{one} {' '.join(self.types.enums[one])}" for one in
                               sorted(words & self.types.enums.keys())),
            "overloaded": "yes" if self.named[name] > 1 or self.node.child_by_field_name("superclass") else "",
            **built.traits,
        }  # fmt: skip
        return Target(
            self.path, f"{self.name}.{name}", "method", "java", parameters, returns if returns != "void" else "",
            lines=lines, source=text_of(node, 50_000), constructor=made, traits=traits,
        )  # fmt: skip

    def outside(self, code: str) -> str:
        """A type as a test names it: one declared inside the class by its class."""
        named = re.compile(r"(?<![\w.])[A-Za-z_]\w*", re.ASCII)
        return named.sub(lambda one: f"{self.name}.{one[0]}" if one[0] in self.nested else one[0], code)

    @cached_property
    def _construction(self) -> _Made | None:
        """By the simplest constructor; None for none."""
        if self.node.type == "enum_declaration":
            constants = self.types.enums[self.name]
            return _Made(shown=constants[0]) if constants else None
        if "abstract" in _modifiers(self.node):
            return None
        shown = f"new {self.name}{'<>' if self.variables else ''}"
        declared = [one for one in _members(self.node) if one.type == "constructor_declaration"]
        offered = [(_parameters(one), one) for one in declared if "private" not in _modifiers(one)]
        if self.node.type == "record_declaration":
            compact = (one for one in _members(self.node) if one.type == "compact_constructor_declaration")
            offered.append((_parameters(self.node), next(compact, self.node)))
        elif not declared:
            offered.append(((), self.node))
        fitting = [(taken, node) for taken, node in offered
                   if taken is not None and all(values.values(one.type, self.types) for one in taken)]  # fmt: skip
        if not fitting:
            return None
        taken, node = min(fitting, key=lambda pair: len(pair[0]))
        traits = calling.construction(
            [Guard(condition, raises) for condition, raises in _met(node)], taken,
            lambda one: values.values(one.type, self.types), values.SPELLING,
            lambda name, text: all(values.fits(one.type, text) for one in taken if one.name == name),
        )  # fmt: skip
        return _Made(taken, shown, traits)


def _members(node: Node) -> Sequence[Node]:
    body = node.child_by_field_name("body")
    held = body.named_children[:MOST] if body is not None else []
    return [
        *held,
        *(one for part in held if part.type == "enum_body_declarations" for one in part.named_children[:MOST]),
    ]


def _modifiers(node: Node) -> Mapping[str, None]:
    found = next((one for one in node.children[:3] if one.type == "modifiers"), None)
    return {} if found is None else {one.type: None for one in found.children}


def _constants(node: Node, owner: str) -> tuple[str, ...]:
    """`Foo.Mode.FAST`: the first constants of an enum."""
    name = text_of(node.child_by_field_name("name"), WIDE)
    held = (text_of(one.child_by_field_name("name"), WIDE) for one in _members(node) if one.type == "enum_constant")
    return tuple(".".join(filter(None, (owner, name, one))) for one in held if _NAME.fullmatch(one))[:3]


def _parameters(node: Node) -> tuple[Parameter, ...] | None:
    """None for more than a test should give."""
    holder = node.child_by_field_name("parameters")
    found: list[Parameter] = []
    for one in holder.named_children if holder is not None else ():
        if one.type == "formal_parameter" and one.child_by_field_name("dimensions") is None:
            name, kind = text_of(one.child_by_field_name("name"), WIDE), text_of(one.child_by_field_name("type"), WIDE)
        elif one.type == "spread_parameter":
            held = [part for part in one.named_children if part.type != "modifiers"]
            name = text_of(next(walk(held[-1], "identifier"), None), WIDE) if held else ""
            kind = f"{text_of(held[0], WIDE)}..." if held else ""
        elif one.type in ("line_comment", "block_comment", "receiver_parameter"):
            continue
        else:
            return None
        found.append(Parameter(name, kind))
    fits = len(found) <= MOST_PARAMETERS and all(_NAME.fullmatch(one.name) and one.type for one in found)
    return tuple(found) if fits else None


def _met(node: Node) -> Iterator[tuple[str, str]]:
    """Condition and exception ("" for none) of each `if` at the top that ends the method."""
    body = node.child_by_field_name("body")
    for one in (body.named_children if body is not None else [])[:MOST_STATEMENTS]:
        if one.type in _PASSED or (one.type == "expression_statement" and _KEPT.fullmatch(text_of(one, WIDE))):
            continue
        null = _NULL.search(text_of(one, WIDE)) if one.type == "expression_statement" else None
        if null is not None:
            yield f"{null[1]} == null", "NullPointerException"
            continue
        condition, inner = text_of(one.child_by_field_name("condition"), WIDE), one.child_by_field_name("consequence")
        if one.type != "if_statement" or inner is None or not condition or set(condition) & set("\t\n"):
            return
        end = inner.named_children[-1] if inner.type == "block" and inner.named_children else inner
        if end.type == "return_statement":
            yield condition[1:-1], ""
            continue
        made = end.named_children[0] if end.type == "throw_statement" and end.named_children else None
        raises = text_of(made.child_by_field_name("type"), WIDE) if made is not None else ""
        if made is None or made.type != "object_creation_expression" or not _DOTTED.fullmatch(raises):
            return
        yield condition[1:-1], raises
