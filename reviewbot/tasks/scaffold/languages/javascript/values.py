"""Values that a test gives: by a TypeScript type, else as hints have it; the usual one first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from reviewbot.core import strings
from reviewbot.core.expressions import NAME
from reviewbot.core.grammars import parse
from reviewbot.core.strings import literal as text_in
from reviewbot.core.symbols import text_of
from reviewbot.tasks.scaffold import naming
from reviewbot.tasks.scaffold.harmless import harmless
from reviewbot.tasks.scaffold.languages.javascript.hints import (
    LISTS,
    NUMBERS,
    PLAIN,
    STRINGS,
    TRUTHS,
    defaulted,
    hinted,
    reckoned,
)
from reviewbot.tasks.scaffold.languages.javascript.signatures import is_name
from reviewbot.tasks.scaffold.suites import Parameter

if TYPE_CHECKING:
    from tree_sitter import Node

#: Values of one parameter; types inside of types; members of an object; characters of a value.
MOST, DEEPEST, MOST_MEMBERS, LONGEST = 6, 5, 12, 300
#: A type of which nothing is known: accepted everywhere.
OPAQUE = "{} as never"
_KNOWN: Mapping[str, Sequence[str]] = {
    "string": STRINGS, "String": STRINGS, "number": NUMBERS, "Number": NUMBERS, "int": NUMBERS,
    "boolean": TRUTHS, "Boolean": TRUTHS, "bigint": ("1n", "0n", "-1n"), "symbol": ('Symbol("text")',),
    "object": (PLAIN,), "Object": (PLAIN,), "null": ("null",), "undefined": ("undefined",), "void": ("undefined",),
    "Date": ("new Date(0)", 'new Date("2000-02-29T12:00:00Z")'), "RegExp": ("/text/",), "Error": ('new Error("text")',),
    "URL": ('new URL("https://example.org/")',), "URLSearchParams": ('new URLSearchParams("a=1")',),
    "Buffer": ('Buffer.from("text")', 'Buffer.from("")'), "Uint8Array": ("new Uint8Array([1])", "new Uint8Array()"),
    "Function": ("() => undefined",), "Map": ("new Map()",), "Set": ("new Set()",), "Array": LISTS, "array": LISTS,
    "Iterable": LISTS, "Headers": ("new Headers()",), "AbortSignal": ("new AbortController().signal",),
    "FormData": ("new FormData()",), "WeakMap": ("new WeakMap()",), "Promise": ("Promise.resolve(undefined)",),
}  # fmt: skip
_LISTED = frozenset({"Array", "ReadonlyArray", "Iterable", "ArrayLike", "Set", "ReadonlySet"})
_PAIRED = frozenset({"Map", "ReadonlyMap"})
_SAME = frozenset({"Readonly", "Required", "NonNullable", "Awaited"})


def offered(parameter: Parameter, types: str, typed: bool, uses: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Expressions for a parameter; `types` are the declarations of this file that its type may name."""
    found = _typed(parameter.type, types) if parameter.type else ()
    if not found or found == (OPAQUE,):
        guess = uses.get(parameter.name) or hinted(parameter.name)
        found = defaulted(parameter.default or "") or (found if typed and found else tuple(guess))
    if tuple(found[:3]) == NUMBERS:
        found = (*reckoned(parameter.name), *found[3:])
    found = harmless(parameter, found)
    return found if typed else tuple(value.replace(OPAQUE, PLAIN) for value in found)


@lru_cache(maxsize=256)
def _typed(written: str, types: str) -> tuple[str, ...]:
    root = parse("typescript", f"type _ = {written};\n{types}").root_node
    first = root.named_children[0] if root.named_children else None
    known = {text_of(node.child_by_field_name("name"), NAME): node for node in root.named_children[1:]}
    value = first.child_by_field_name("value") if first is not None else None
    return tuple(_Types(known).of(value)[:MOST]) if value is not None and not value.has_error else ()


@dataclass(slots=True)
class _Types:
    """The types of one file, read to a depth."""

    known: Mapping[str, Node]
    depth: int = 0
    #: Types that are read, of all kinds: an answer is small whatever refers to what.
    left: int = field(default=200)

    def of(self, node: Node) -> Sequence[str]:
        """Values of a type, none that is not known."""
        self.left -= 1
        if self.depth >= DEEPEST or self.left < 0:
            return (OPAQUE,)
        self.depth += 1
        values = [value for value in self._of(node) if len(value) <= LONGEST]
        self.depth -= 1
        return values or (OPAQUE,)

    def first(self, node: Node | None) -> str:
        return self.of(node)[0] if node is not None else OPAQUE

    def _of(self, node: Node) -> Sequence[str]:
        children = node.named_children
        match node.type:
            case "predefined_type" | "type_identifier" | "identifier":
                return self._named(text_of(node, NAME))
            case "literal_type":
                return _literal(children[0]) if children else ()
            case "parenthesized_type" | "readonly_type" if children:
                return self.of(children[0])
            case "union_type":
                return _distinct(value for child in _united(node) for value in self.of(child)[:2])
            case "array_type":
                return self._list(children[0] if children else None, "[{}]")
            case "tuple_type":
                return (f"[{', '.join(self.first(child) for child in children[:MOST_MEMBERS])}]",)
            case "object_type" | "interface_body":
                return (self._object(node),)
            case "function_type":
                return (self._function(node),)
            case "generic_type":
                return self._generic(node)
        return ()

    def _named(self, name: str) -> Sequence[str]:
        declaration = self.known.get(name)
        if declaration is None:
            return _KNOWN.get(name, ())
        if declaration.type == "enum_declaration":
            return ()
        inner = declaration.child_by_field_name("value") or declaration.child_by_field_name("body")
        return self.of(inner) if inner is not None else ()

    def _list(self, item: Node | None, shape: str) -> Sequence[str]:
        values = self.of(item)[:2] if item is not None else ()
        return _distinct([shape.format(", ".join(values)), shape.format("")])

    def _object(self, node: Node) -> str:
        """All that has to be there."""
        pairs = []
        for member in node.named_children[: MOST_MEMBERS * 3]:
            name = text_of(member.child_by_field_name("name"), NAME)
            if not is_name(name) or any(child.type == "?" for child in member.children):
                continue
            if member.type == "property_signature":
                annotation = member.child_by_field_name("type")
                inner = annotation.named_children[0] if annotation is not None and annotation.named_children else None
                pairs.append(f"{name}: {self.first(inner)}")
            elif member.type == "method_signature":
                pairs.append(f"{name}: () => undefined as never")
        return f"{{ {', '.join(pairs[:MOST_MEMBERS])} }}" if pairs else PLAIN

    def _function(self, node: Node) -> str:
        value = node.child_by_field_name("return_type")
        result = self.first(value) if value is not None else "undefined"
        return f"() => ({result})" if result.startswith("{") else f"() => {result}"

    def _generic(self, node: Node) -> Sequence[str]:
        name = text_of(node.child_by_field_name("name"), NAME)
        holder = node.child_by_field_name("type_arguments")
        inner = holder.named_children[:2] if holder is not None else []
        if name in _LISTED:
            return self._list(inner[0] if inner else None, "new Set([{}])" if "Set" in name else "[{}]")
        if name in _PAIRED and len(inner) == 2:
            return (f"new Map([[{self.first(inner[0])}, {self.first(inner[1])}]])", "new Map()")
        if name == "Record" and len(inner) == 2:
            key, value = self.first(inner[0]), self.first(inner[1])
            return ("{ " + (f"text: {value}" if key == '"text"' else f"[{key}]: {value}") + " }", PLAIN)
        if name in ("Promise", "PromiseLike"):
            return (f"Promise.resolve({self.first(inner[0] if inner else None)})",)
        if name == "Partial":
            return (PLAIN,)
        return self.of(inner[0]) if name in _SAME and inner else self._named(name)


def _literal(node: Node) -> Sequence[str]:
    """A literal type as an expression of our own spelling."""
    if node.type == "string":
        value = text_in(node)
        return () if value is None or "\\" in value else (naming.literal(value),)
    written = text_of(node, 40)
    negative = node.type == "unary_expression" and written[:1] == "-" and written[1:].replace(".", "").isdigit()
    return (
        (written,)
        if negative or node.type in strings.NUMBERS or written in ("true", "false", "null", "undefined")
        else ()
    )


def _united(node: Node) -> Sequence[Node]:
    """The members of a union, which the grammar nests to the left."""
    found: list[Node] = []
    stack = [node]
    while stack and len(found) < MOST_MEMBERS:
        item = stack.pop()
        if item.type == "union_type":
            stack += reversed(item.named_children)
        else:
            found.append(item)
    return found


def _distinct(values: Iterable[str]) -> Sequence[str]:
    return tuple(dict.fromkeys(value for value in values if value))
