"""Calls of this file's own async functions whose outcome nobody waits for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewbot.checks.asynchrony.rules import ALWAYS_TRUE, FLOATING, NOT_AWAITED
from reviewbot.core.expressions import IDENTIFIERS, NAME, Call, calls
from reviewbot.core.scopes import home, own
from reviewbot.core.sightings import Sighting
from reviewbot.core.symbols import Touched, text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_DEFINITIONS = ("function_definition", "function_declaration", "method_definition", "variable_declarator")
_CLASSES = frozenset({"class_definition", "class_declaration", "class"})
#: Where names are bound that are no function of this file.
_BINDINGS = (
    "parameters", "lambda_parameters", "formal_parameters", "assignment", "named_expression", "for_statement",
    "for_in_statement", "for_in_clause", "import_from_statement", "aliased_import", "import_specifier", "import_clause",
    "as_pattern_target", "variable_declarator", "assignment_expression", "arrow_function", "object_pattern",
)  # fmt: skip
_TARGETS = ("left", "name", "alias", "parameter")
#: Coroutines of the standard library.
_KNOWN = frozenset({
    "asyncio.sleep", "asyncio.wait", "asyncio.wait_for", "asyncio.to_thread", "asyncio.open_connection",
    "asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell",
})  # fmt: skip
_CONDITIONS = frozenset({"if_statement", "elif_clause", "while_statement", "do_statement", "ternary_expression"})
#: Names of a target that are looked at: a pattern of more binds whatever it binds.
MOST_NAMES = 100


@dataclass(frozen=True, slots=True)
class _Functions:
    """The async functions of a file by name, and its classes' own by class; names bound twice are in neither."""

    plain: frozenset[str]
    methods: dict[int, frozenset[str]] = field(default_factory=dict)


def look(touched: Touched) -> Iterator[Sighting]:
    if touched.root is None or "async" not in (text := text_of(touched.root)):
        return
    functions: _Functions | None = None
    for call in calls(touched):
        place = _place(touched, call)
        if place is None:
            continue
        functions = functions or _functions(touched.root, text)
        if _is_coroutine(touched, call, functions):
            yield from _told(touched, call, place)


def _told(touched: Touched, call: Call, place: str) -> Iterator[Sighting]:
    key = " ".join(text_of(call.node, NAME).split()) or call.name
    if place == "condition":
        yield Sighting(ALWAYS_TRUE, (call.node,), key)
    elif touched.language == "python":
        yield Sighting(NOT_AWAITED, (call.node,), key)
    elif (function := home(touched, call.node)) is not None and is_async(function):
        yield Sighting(FLOATING, (call.node,), key)


def is_async(function: Node) -> bool:
    parts = function.children[:12]
    return any(
        part.type == "async" or (part.type in ("modifier", "function_modifiers") and "async" in text_of(part, NAME))
        for part in parts
    )


def _place(touched: Touched, call: Call) -> str | None:
    """Whether the call is a statement of its own or a condition."""
    node, above = call.node, touched.parent(call.node)
    while above is not None and above.type == "parenthesized_expression":
        node, above = above, touched.parent(above)
    if above is None:
        return None
    if above.type == "expression_statement":
        return "statement"
    if above.type in _CONDITIONS and above.child_by_field_name("condition") == node:
        return "condition"
    if above.type in ("not_operator", "assert_statement"):
        return "condition"
    operator = text_of(above.child_by_field_name("operator"), 4)
    if above.type == "unary_expression" and operator == "!":
        return "condition"
    left = above.type in ("binary_expression", "boolean_operator") and above.child_by_field_name("left") == node
    return "condition" if left and operator in ("&&", "||", "and", "or") else None


def _is_coroutine(touched: Touched, call: Call, functions: _Functions) -> bool:
    owner, _, name = call.name.rpartition(".")
    if call.name in _KNOWN:
        return touched.language == "python"
    if not owner:
        return name in functions.plain
    if owner not in ("self", "this", "cls"):
        return False
    around = next((above for above in touched.ancestors(call.node) if above.type in _CLASSES), None)
    return around is not None and name in functions.methods.get(around.id, ())


def _functions(root: Node, text: str) -> _Functions:
    times: Counter[str] = Counter()
    plain: set[str] = set()
    methods: dict[int, Counter[str]] = {}
    coroutines: dict[int, set[str]] = {}
    around: list[Node] = []
    for node in walk(root, *_DEFINITIONS, *_BINDINGS, *_CLASSES):
        while around and node.start_byte >= around[-1].end_byte:
            around.pop()
        if node.type in _CLASSES:
            around.append(node)
            continue
        name = _defines(node)
        if name is None:
            times.update(_bound(node))
        elif (owner := _class_of(node, around)) is not None:
            methods.setdefault(owner.id, Counter())[name] += 1
            coroutines.setdefault(owner.id, set()).update({name} if _is_plain_coroutine(node) else ())
        else:
            times[name] += 1
            plain.update({name} if _is_plain_coroutine(node) else ())
    assigned = frozenset(re.findall(r"(?:self|this|cls)\.(\w{1,100})\s{0,9}=[^=]", text))
    own_methods = {
        owner: frozenset(name for name in names if methods[owner][name] == 1 and name not in assigned)
        for owner, names in coroutines.items()
    }
    return _Functions(frozenset(name for name in plain if times[name] == 1), own_methods)


def _defines(node: Node) -> str | None:
    """The name of a function that the node defines."""
    if node.type == "variable_declarator":
        value = node.child_by_field_name("value")
        if value is None or value.type not in ("arrow_function", "function_expression"):
            return None
    elif node.type not in _DEFINITIONS:
        return None
    return text_of(node.child_by_field_name("name"), NAME) or None


def _class_of(node: Node, around: list[Node]) -> Node | None:
    """The class whose own function it is: two steps up, three with a decorator."""
    if not around:
        return None
    above = node.parent
    if above is not None and above.type == "decorated_definition":
        above = above.parent
    return (
        around[-1]
        if above is not None and above.type in ("block", "class_body") and above.parent == around[-1]
        else None
    )


def _is_plain_coroutine(node: Node) -> bool:
    """An async function that nothing wraps, and that is no generator."""
    above = node.parent
    function = node.child_by_field_name("value") if node.type == "variable_declarator" else node
    if function is None or not is_async(function) or (above is not None and above.type == "decorated_definition"):
        return False
    if any(child.type in ("*", "decorator") for child in function.children[:12]):
        return False
    return next(own(function, "yield", "yield_expression"), None) is None


def _bound(node: Node) -> Iterator[str]:
    """The names that a parameter list, an assignment or an import binds."""
    targets = [node.child_by_field_name(name) for name in _TARGETS]
    holders = [target for target in targets if target is not None] or [node]
    for holder in holders:
        if holder.type in IDENTIFIERS:
            yield text_of(holder, NAME)
            continue
        for child in holder.named_children[:MOST_NAMES]:
            name = child.child_by_field_name("name") or child.child_by_field_name("pattern") or child
            inner = name.named_children[:1] if name.type in ("dotted_name", "typed_parameter") else [name]
            yield from (text_of(part, NAME) for part in inner)
