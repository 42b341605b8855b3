"""Functions and classes of a Python file as their tree declares them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.core.expressions import NAME, Call, call_of, unwrapped
from reviewbot.core.strings import literal
from reviewbot.core.symbols import overlaps, text_of, walk
from reviewbot.tasks.scaffold.suites import Parameter

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_PARAMETERS, MAX_NAMES = 12, 300
_STUBS = frozenset({"Protocol", "ABC", "ABCMeta", "TypedDict", "TestCase", "IsolatedAsyncioTestCase"})
_ENUMS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})
_RECORDS = frozenset(
    {"dataclass", "dataclasses.dataclass", "attr.s", "attrs.define", "attrs.frozen", "define", "frozen"}
)


@dataclass(frozen=True, slots=True)
class Definition:
    """A function or class with the names of its decorators and the node of the whole of it."""

    name: str
    node: Node
    whole: Node
    decorators: tuple[Call, ...] = ()

    @property
    def is_class(self) -> bool:
        return self.node.type == "class_definition"

    @property
    def body(self) -> Node | None:
        return self.node.child_by_field_name("body")

    @property
    def is_public(self) -> bool:
        return not self.name.startswith("_")

    def marked(self, *names: str) -> bool:
        """Whether one of its decorators has one of these names, whatever stands before its last dot."""
        return any(mark.last in names for mark in self.decorators)

    @property
    def is_async(self) -> bool:
        return any(child.type == "async" for child in self.node.children)

    @property
    def returns(self) -> str:
        return text_of(self.node.child_by_field_name("return_type"), NAME).strip("\"' ")

    @property
    def bases(self) -> tuple[str, ...]:
        holder = self.node.child_by_field_name("superclasses")
        return tuple(text_of(base, NAME) for base in holder.named_children[:20]) if holder is not None else ()

    @property
    def kinship(self) -> frozenset[str]:
        """The last words of what a class derives from: `Generic[T]` is Generic."""
        return frozenset(base.partition("[")[0].rpartition(".")[2].rpartition("=")[2] for base in self.bases)

    @property
    def is_enum(self) -> bool:
        return bool(self.kinship & _ENUMS)

    @property
    def is_stub(self) -> bool:
        """Whether nobody makes one: a protocol, an abstract class, a test case."""
        return bool(self.kinship & _STUBS) or any(one.marked("abstractmethod") for one in definitions(self.body))

    @property
    def record(self) -> str:
        """An expression of all that a record holds, with {} for it; "" for any other class."""
        if self.kinship & {"NamedTuple"}:
            return "{}._asdict()"
        if self.kinship & {"BaseModel"}:
            return "{}.model_dump()"
        if any(mark.name in _RECORDS for mark in self.decorators):
            is_attrs = any("attr" in mark.name or mark.name == "define" for mark in self.decorators)
            return "attrs.asdict({})" if is_attrs else "asdict({})"
        return ""


def definitions(body: Node | None) -> Iterator[Definition]:
    """What stands directly in a module or class, in order."""
    for child in body.named_children if body is not None else ():
        node, decorators = child, []
        if child.type == "decorated_definition":
            marks = [mark for mark in child.named_children if mark.type == "decorator"]
            decorators = [_mark(mark) for mark in marks]
            node = child.child_by_field_name("definition") or child
        if node.type in ("function_definition", "class_definition"):
            name = normal(text_of(node.child_by_field_name("name"), NAME))
            if name:
                yield Definition(name, node, child, tuple(decorators))


def _mark(decorator: Node) -> Call:
    inner = unwrapped(decorator.named_children[0]) if decorator.named_children else decorator
    return call_of(inner) if inner.type == "call" else Call(inner, text_of(inner, NAME))


def normal(name: str) -> str:
    """An identifier as Python itself compares it."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)


def parameters(function: Node, *, bound: bool) -> tuple[tuple[Parameter, ...], bool] | None:
    """What a call gives, `self` left out where the function is bound, and whether by place only; None for too many."""
    holder = function.child_by_field_name("parameters")
    children = [child for child in holder.named_children if child.type != "comment"] if holder is not None else []
    children = children[1:] if bound else children
    if len(children) > MAX_PARAMETERS:
        return None
    found: list[Parameter] = []
    named = positional = False
    for child in children:
        if child.type == "positional_separator":
            positional = True
        named = named or child.type in ("keyword_separator", "list_splat_pattern") or _is_splat(child)
        one = _parameter(child, named)
        found += [one] if one is not None else []
    if positional:  # what stands before the mark has no name for a caller
        found = [one for one in found if one.default is None]
    return tuple(found), positional


def _is_splat(child: Node) -> bool:
    return child.type == "typed_parameter" and child.named_children[0].type != "identifier"


def _parameter(child: Node, named: bool) -> Parameter | None:
    if child.type == "identifier":
        return Parameter(normal(text_of(child, NAME)), named=named)
    if child.type not in ("typed_parameter", "default_parameter", "typed_default_parameter") or _is_splat(child):
        return None
    name = child.child_by_field_name("name") or child.named_children[0]
    default = child.child_by_field_name("value")
    written = None if default is None else text_of(default, NAME) or "…"
    if name.type != "identifier":
        return None
    return Parameter(normal(text_of(name, NAME)), text_of(child.child_by_field_name("type"), NAME), written, named)


def exported(root: Node) -> frozenset[str] | None:
    """The names in `__all__`, None where there is no telling."""
    for statement in root.named_children:
        inner = statement.named_children[0] if statement.type == "expression_statement" else statement
        left = inner.child_by_field_name("left") if inner.type == "assignment" else None
        if text_of(left, 10) == "__all__":
            right = inner.child_by_field_name("right")
            if right is None or right.type not in ("list", "tuple"):
                return None
            return frozenset(filter(None, (literal(item) for item in right.named_children)))
    return None


def has_code(definition: Definition, lines: Sequence[int]) -> bool:
    """Whether one of these lines, in order, holds code of it: no comment, no docstring."""
    if not overlaps(definition.whole, lines):
        return False
    silent, stack = docstring(definition.body), [definition.whole]
    while stack:
        node = stack.pop()
        if not overlaps(node, lines) or node.type == "comment" or node == silent:
            continue
        if not node.child_count:
            return True
        if node is definition.whole or not _is_apart(definition, node):
            stack += node.children
    return False


def _is_apart(definition: Definition, node: Node) -> bool:
    """Whether a node inside of a class is a method: those are asked for themselves."""
    return definition.is_class and node.type in ("function_definition", "decorated_definition")


def docstring(body: Node | None) -> Node | None:
    first = (
        next((child for child in body.named_children if child.type != "comment"), None) if body is not None else None
    )
    is_text = first is not None and first.type == "expression_statement" and first.named_children[0].type == "string"
    return first if is_text else None


def yields(body: Node | None) -> bool:
    """Whether a function is a generator."""
    stop = frozenset({"function_definition", "lambda", "class_definition"})
    return body is not None and any(True for _ in walk(body, "yield", stop=stop))


def gives(body: Node | None) -> bool:
    """Whether a function returns a value somewhere."""
    stop = frozenset({"function_definition", "lambda", "class_definition"})
    found = walk(body, "return_statement", stop=stop) if body is not None else ()
    return any(node.named_child_count > 0 for node in found)


def globals_of(root: Node) -> frozenset[str]:
    """Names of classes that a module defines or imports at its top, and of modules: what a test can import from it."""
    found: set[str] = set()
    for statement in root.named_children:
        if statement.type in ("import_statement", "import_from_statement"):
            origin = statement.child_by_field_name("module_name")
            found |= {_bound(child) for child in statement.named_children if child != origin}
    found |= {one.name for one in definitions(root) if one.is_class}
    return frozenset(sorted(name for name in found if name.isidentifier() and _is_raisable(name))[:MAX_NAMES])


def _bound(child: Node) -> str:
    named = child.child_by_field_name("alias") or child.child_by_field_name("name") or child
    return normal(text_of(named, NAME).partition(".")[0])


def _is_raisable(name: str) -> bool:
    """Whether an exception may be named by it: a class, or the module of one."""
    return name[:1].isupper() or name.islower()
