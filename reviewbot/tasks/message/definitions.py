"""What a side of a file defines: functions, methods, classes, types, by qualified name, and who may use them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from reviewbot.core.symbols import line_of, text_of
from reviewbot.tasks.message.signatures import Signature, signature
from reviewbot.tasks.message.visibility import Visibility

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

Kind = Literal["function", "method", "class", "type", "constant"]

#: Definitions of one side, levels of classes within each other, characters of a name.
MOST, DEEPEST, NAME = 3000, 6, 80

FUNCTIONS = frozenset({
    "function_definition", "function_declaration", "generator_function_declaration", "method_definition",
    "method_declaration", "function_item", "function_signature_item", "constructor_declaration", "method",
    "singleton_method", "method_signature", "abstract_method_signature", "function_signature",
})  # fmt: skip
CLASSES = frozenset({
    "class_definition", "class_declaration", "abstract_class_declaration", "class", "struct_item", "trait_item",
    "impl_item", "interface_declaration", "record_declaration", "struct_declaration", "class_specifier",
    "struct_specifier", "module", "trait_declaration",
})  # fmt: skip
TYPES = frozenset({
    "type_alias_declaration", "enum_declaration", "enum_item", "type_item", "type_spec", "type_alias", "enum_specifier",
    "delegate_declaration", "annotation_type_declaration",
})  # fmt: skip
_DECLARED = frozenset({"assignment", "variable_declarator", "const_item", "static_item", "const_spec"})
_STATEMENTS = frozenset({"lexical_declaration", "variable_declaration", "const_declaration"})
_DECORATORS = frozenset({"decorator", "attribute_item"})
_VALUES = frozenset({"arrow_function", "function_expression", "function", "generator_function"})
#: Below these nothing is defined that others could name.
_CLOSED = frozenset({
    "block", "statement_block", "body_statement", "arguments", "argument_list", "call_expression", "call", "string",
    "object", "array", "dictionary", "list", "comment", "jsx_element", "parenthesized_expression", "compound_statement",
})  # fmt: skip
#: What a message may say as it is: nothing of it is markup, a blank or a sign that is not seen.
_NAME = re.compile(r"[#@$]?[A-Za-z_$][\w$]{0,79}[?!=]?", re.ASCII)
#: What a part of a function looks like a definition of.
_WORDS = frozenset({"if", "for", "while", "switch", "catch", "return", "function", "with", "else", "do", "try"})
_RECEIVER = re.compile(r"([A-Za-z_]\w{0,79})(?:\[[^\]]{0,80}\])?\s*\)$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Definition:
    """A name that a side defines."""

    name: str
    kind: Kind
    #: Whether code elsewhere is meant to use it, as far as its language says.
    public: bool
    #: First and last line, 1-based.
    lines: tuple[int, int]
    #: Its text without blanks: what tells whether it changed, or only moved.
    text: str
    signature: Signature | None = None
    #: Whether its file says which of its names are exported, and leaves none to a guess.
    listed: bool = False

    @property
    def own(self) -> str:
        """The name without its owner."""
        return self.name.rpartition(".")[2]


def definitions(tree: Tree | None, language: str, path: str, text: str) -> dict[str, Definition]:
    """By qualified name the definitions of a side, in order; of those that share a name the first."""
    found: dict[str, Definition] = {}
    if tree is None:
        return found
    seen = Visibility.of(path, language, text)
    for node, place in _defining(tree.root_node, seen):
        name, owner = _name(node), place.owner
        if len(found) >= MOST:
            break
        if node.type in _DECLARED and not owner and place.column and not place.exported and not _is_function(node):
            continue  # a variable of a function, of which only a part is here
        qualified = f"{owner}.{name}" if owner else name
        if qualified in found:  # which of them a call means, nobody can say
            found[qualified] = replace(found[qualified], signature=None)
            continue
        public, last = seen.is_public(node, name, owner, place.owned, place.exported), node.end_point[0] + 1
        bare, takes = "".join(f"{place.marks}{text_of(node)}".split()), signature(node, language, bool(owner))
        lines, listed = (line_of(node), last), seen.listed is not None
        found[qualified] = Definition(qualified, _kind(node, owner), public, lines, bare, takes, listed)
    return found


def _kind(node: Node, owner: str) -> Kind:
    if _is_function(node):
        return "method" if owner else "function"
    return "type" if node.type in TYPES else "class" if node.type in CLASSES else "constant"


def _is_function(node: Node) -> bool:
    value = node.child_by_field_name("value") if node.type == "variable_declarator" else None
    return node.type in FUNCTIONS or (value is not None and value.type in _VALUES)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node stands."""

    owner: str = ""
    #: Whether the owner is public, and whether an export statement is around it.
    owned: bool = True
    exported: bool = False
    depth: int = 0
    #: The decorators before it, and the column of the statement that it is in.
    marks: str = ""
    column: int = 0


def _defining(root: Node, seen: Visibility) -> Iterator[tuple[Node, _Place]]:
    """Each defining node."""
    stack = [(root, _Place())]
    while stack:
        node, at = stack.pop()
        kind, inside, owner, owned, depth = node.type, False, at.owner, at.owned, at.depth
        if node.is_named and _defines(node) and (name := _name(node)):
            if kind != "impl_item":
                own = at if not (receiver := _receiver(node)) else replace(at, owner=receiver)
                inside = kind in CLASSES and depth < DEEPEST
                if not (inside and kind == "module" and _is_space(node)):
                    yield node, own
                if not inside:
                    continue
                owned = seen.is_public(node, name, own.owner, owned, at.exported)
            owner, depth = f"{owner}.{name}" if owner else name, depth + 1
        elif kind in _CLOSED and node is not root:
            continue
        exported = kind == "export_statement" or (at.exported and not inside)
        body = _members(node) if inside or kind == "impl_item" else node.named_children
        for child, marks in reversed(list(_decorated(body))):
            column = (node if kind in _STATEMENTS else child).start_point[1]
            stack.append((child, _Place(owner, owned, exported, depth, marks, column)))


def _decorated(body: Sequence[Node]) -> Iterator[tuple[Node, str]]:
    """Each node that is no comment, with the decorators and attributes that stand before it."""
    before: list[str] = []
    for node in body:
        if node.type in _DECORATORS:
            before.append(text_of(node))
        elif not node.type.endswith("comment"):
            yield node, " ".join(before)
            before = []


def _is_space(node: Node) -> bool:
    """Whether a module of Ruby does nothing but hold other types."""
    held = [child for child in _members(node) if child.type != "comment"]
    return bool(held) and all(child.type in CLASSES or child.type in TYPES for child in held)


def _members(node: Node) -> list[Node]:
    """What stands in a class: its body is a block in some languages, and nobody's business in others."""
    body = node.child_by_field_name("body")
    return body.named_children if body is not None else []


def _defines(node: Node) -> bool:
    return node.type in FUNCTIONS or node.type in CLASSES or node.type in TYPES or node.type in _DECLARED


def _name(node: Node) -> str:
    """The name that a node defines, "" for none that could be said."""
    held = node.child_by_field_name("name") or (node.child_by_field_name("type") if node.type == "impl_item" else None)
    if node.type == "assignment":
        held = node.child_by_field_name("left")
    elif held is None:
        held = node.child_by_field_name("declarator")
        for _ in range(DEEPEST):
            held = held.child_by_field_name("declarator") or held if held is not None else None
    text = text_of(held, 4 * NAME)
    return text if _NAME.fullmatch(text) and text not in _WORDS and text != "__all__" else ""


def _receiver(node: Node) -> str:
    """The type that a method of Go belongs to."""
    found = _RECEIVER.search(text_of(node.child_by_field_name("receiver"), 200))
    return found[1] if found else ""
