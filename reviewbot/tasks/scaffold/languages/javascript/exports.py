"""What a module of JavaScript or TypeScript exports, by ES modules or CommonJS, as functions and classes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from reviewbot.core.expressions import NAME, unwrapped
from reviewbot.core.symbols import text_of

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

#: How a test gets at it: by its name, as the default, or as all that the module is (`module.exports = …`).
Form = Literal["named", "default", "whole"]
System = Literal["module", "commonjs"]

#: Statements of a file that are read; no real module has more at its top.
MOST_STATEMENTS = 20_000
ROUTINES = frozenset({
    "function_declaration", "generator_function_declaration", "function_expression", "generator_function",
    "arrow_function",
})  # fmt: skip
CLASSES = frozenset({"class_declaration", "abstract_class_declaration", "class"})
TYPES = frozenset({"interface_declaration", "type_alias_declaration", "enum_declaration"})
_VARIABLES = frozenset({"lexical_declaration", "variable_declaration"})
#: `exports = module.exports = f`: no real chain is longer.
_CHAIN = 4


@dataclass(frozen=True, slots=True)
class Export:
    """A function or class that a test can import."""

    #: Under which it is exported; "" where it has none.
    name: str
    form: Form
    node: Node
    #: The comment right above it.
    doc: str = ""


@dataclass(slots=True)
class Module:
    """What stands at the top of a file."""

    system: System = "module"
    #: By name the functions and classes declared, exported or not, and the comments above them.
    declared: dict[str, Node] = field(default_factory=dict)
    docs: dict[int, str] = field(default_factory=dict)
    types: dict[str, Node] = field(default_factory=dict)
    #: By name and form what is exported, and the node where that is not a declared name.
    exported: list[tuple[str, Form, str, Node | None]] = field(default_factory=list)

    def exports(self) -> Iterator[Export]:
        """Each function and class once, a name before a default."""
        seen: set[int] = set()
        for name, form, local, node in sorted(self.exported, key=lambda row: row[1] != "named"):
            found = node or self.declared.get(local)
            if found is not None and found.id not in seen:
                seen.add(found.id)
                yield Export(name, form, found, self.docs.get(found.id, ""))


def module_of(tree: Tree) -> Module:
    """The exports of a tree, from its top statements alone."""
    module = Module()
    doc = ""
    modern = plain = False
    for statement in tree.root_node.named_children[:MOST_STATEMENTS]:
        kind = statement.type
        if kind == "comment":
            doc = text_of(statement, 20_000)
            continue
        if kind == "export_statement":
            modern = True
            _export(module, statement, doc)
        elif kind == "expression_statement":
            plain = _assignment(module, statement, doc) or plain
        else:
            modern = modern or kind == "import_statement"
            _declare(module, statement, doc)
        doc = ""
    module.system = "commonjs" if plain and not modern else "module"
    return module


def _declare(module: Module, node: Node, doc: str) -> list[str]:
    """Notes what a declaration declares; its names."""
    if node.type in ROUTINES or node.type in CLASSES or node.type in TYPES:
        name = text_of(node.child_by_field_name("name"), NAME)
        (module.types if node.type in TYPES else module.declared)[name] = node
        module.docs[node.id] = doc
        return [name]
    names: list[str] = []
    for declarator in node.named_children if node.type in _VARIABLES else ():
        value = declarator.child_by_field_name("value")
        name = text_of(declarator.child_by_field_name("name"), NAME)
        if value is not None and (inner := _callable(value)) is not None and name:
            module.declared[name] = inner
            module.docs[inner.id] = doc
            names.append(name)
    return names


def _export(module: Module, node: Node, doc: str) -> None:
    if node.child_by_field_name("source") is not None:
        return  # handed on from another module
    default = any(child.type == "default" for child in node.children[:6])
    declaration, value = node.child_by_field_name("declaration"), node.child_by_field_name("value")
    if declaration is not None:
        for name in _declare(module, declaration, doc):
            module.exported.append((name, "default" if default else "named", name, None))
        return
    if value is not None:
        _value(module, value, "", "default", doc)
    for child in node.named_children:
        if child.type == "identifier" and value is None:  # `export = f`
            module.exported.append(("", "whole", text_of(child, NAME), None))
        elif child.type == "export_clause":
            for specifier in child.named_children[:MOST_STATEMENTS]:
                local = text_of(specifier.child_by_field_name("name"), NAME)
                name = text_of(specifier.child_by_field_name("alias"), NAME) or local
                module.exported.append((name, "default" if name == "default" else "named", local, None))


def _assignment(module: Module, statement: Node, doc: str) -> bool:
    """`module.exports = …`, `exports.x = …`: whether it is one of them."""
    node = statement.named_children[0] if statement.named_children else None
    owners: list[str] = []
    while node is not None and node.type == "assignment_expression" and len(owners) < _CHAIN:
        owners.append("".join(text_of(node.child_by_field_name("left"), NAME).split()))
        node = node.child_by_field_name("right")
    exported = [owner for owner in owners if owner.removeprefix("module.").split(".")[0] == "exports"]
    if node is None or not exported:
        return False
    for owner in exported:
        name = owner.removeprefix("module.").partition(".")[2]
        if not name and owner.startswith("module.") and node.type == "object":
            _members(module, node)
        elif name:
            _value(module, node, name, "named", doc)
        elif owner.startswith("module."):
            _value(module, node, "", "whole", doc)
    return True


def _members(module: Module, node: Node) -> None:
    for child in node.named_children[:MOST_STATEMENTS]:
        if child.type == "shorthand_property_identifier":
            name = text_of(child, NAME)
            module.exported.append((name, "named", name, None))
        elif child.type == "pair" and (value := child.child_by_field_name("value")) is not None:
            _value(module, value, text_of(child.child_by_field_name("key"), NAME), "named", "")
        elif child.type == "method_definition":
            name = text_of(child.child_by_field_name("name"), NAME)
            module.exported.append((name, "named", "", child))


def _value(module: Module, value: Node, name: str, form: Form, doc: str) -> None:
    inner = _callable(value)
    if inner is not None:
        module.docs[inner.id] = doc
        module.exported.append((name, form, "", inner))
    elif value.type == "identifier":
        module.exported.append((name, form, text_of(value, NAME), None))


def _callable(value: Node) -> Node | None:
    node = unwrapped(value)
    return node if node.type in ROUTINES or node.type in CLASSES else None
