"""What a change makes or changes that a test can call: exported functions, and methods of exported classes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewbot.core.expressions import NAME
from reviewbot.core.symbols import Syntax, text_of, walk
from reviewbot.tasks.scaffold.conditions import JAVASCRIPT, solved
from reviewbot.tasks.scaffold.languages import guards
from reviewbot.tasks.scaffold.languages.javascript import throws
from reviewbot.tasks.scaffold.languages.javascript.exports import CLASSES, ROUTINES, Export, Module, module_of
from reviewbot.tasks.scaffold.languages.javascript.imports import default_name
from reviewbot.tasks.scaffold.languages.javascript.offers import Offers
from reviewbot.tasks.scaffold.languages.javascript.signatures import Signature, declared, is_name, signature
from reviewbot.tasks.scaffold.suites import Branch, Kind, Target

if TYPE_CHECKING:
    from tree_sitter import Node

#: Targets of one file, members of a class, and the length of a source.
MOST, MOST_MEMBERS, LONGEST = 60, 2000, 20_000
_MARKUP = ("jsx_element", "jsx_self_closing_element", "jsx_fragment")
_PROMISES = re.compile(r"(?:\breturn|=>)\s{1,5}(?:new\s{1,5}Promise\b|Promise\.\w)")
_EXTENDED = re.compile(r"extends\s{1,5}([A-Za-z_$][\w$]{0,60})")
#: Classes of one line of descent.
_GENERATIONS = 5
_FIELDS = frozenset({"public_field_definition", "field_definition"})


@dataclass(frozen=True, slots=True)
class _Found:
    """A callable node with what is said of it where it stands."""

    node: Node
    export: Export
    name: str
    kind: Kind
    traits: Mapping[str, str]
    doc: str = ""
    #: What holds its lines, where that is more than the function.
    whole: Node | None = None
    constructor: Signature = Signature()  # noqa: RUF009 (a frozen value)
    maker: Node | None = None


def targets(syntax: Syntax) -> Iterator[Target]:
    """In order of place."""
    tree, path = syntax.new, syntax.file.path
    if tree is None:
        return
    module = module_of(tree)
    changed = sorted(syntax.file.changed_numbers("new"))
    found = [one for export in module.exports() for one in _callables(export, module, path)]
    rows: list[Target] = []
    for one in sorted(found, key=lambda each: each.node.start_byte):
        first, last = (one.whole or one.node).start_point[0] + 1, one.node.end_point[0] + 1
        at = bisect_left(changed, first)
        if at < len(changed) and changed[at] <= last and len(rows) < MOST and not _is_rendered(one):
            rows.append(_target(one, module, path, syntax.language() or "javascript", (first, last)))
    seen: dict[str, Target] = {}
    for row in rows:
        seen.setdefault(row.id, row)
    yield from seen.values()


def _is_rendered(one: _Found) -> bool:
    """A component or hook of React: a test renders it, and calls it never."""
    if one.name[:3] == "use" and one.name[3:4].isupper():
        return True
    if one.node.end_byte - one.node.start_byte > LONGEST:
        return False
    return next(walk(one.node, *_MARKUP), None) is not None


def _callables(export: Export, module: Module, path: str) -> Iterator[_Found]:
    node = export.node
    own = text_of(node.child_by_field_name("name"), NAME)
    traits: dict[str, str] = {"form": export.form, "system": module.system}
    if export.form == "named":
        traits["exported"] = export.name
        name = export.name
    else:
        name = own or default_name(path)
    if not is_name(name):
        return
    if node.type in CLASSES:
        yield from _methods(export, module, name, traits)
    elif node.type in ROUTINES or node.type == "method_definition":
        yield _Found(node, export, name, "function", traits, export.doc)


def _methods(export: Export, module: Module, owner: str, traits: Mapping[str, str]) -> Iterator[_Found]:
    body = export.node.child_by_field_name("body")
    members = body.named_children[:MOST_MEMBERS] if body is not None else []
    maker = _maker(export.node, module)
    makes = signature(maker, "", module.types) if maker is not None else Signature()
    closed = export.node.type == "abstract_class_declaration" or (maker is not None and _is_hidden(maker))
    doc = ""
    for member in members:
        if member.type == "comment":
            doc = text_of(member, LONGEST)
            continue
        callee = member.child_by_field_name("value") if member.type in _FIELDS else member
        tokens = {child.type for child in member.children if not child.is_named}
        static, name = "static" in tokens, _named(member)
        is_callable = callee is not None and callee.type in (*ROUTINES, "method_definition")
        usable = name != "constructor" and is_name(name) and name[0] != "_" and "set" not in tokens
        if callee is not None and is_callable and usable and not _is_hidden(member):
            marks = {
                **traits,
                **({"static": "yes"} if static else {}),
                **({"getter": "yes"} if "get" in tokens else {}),
                **({"unmade": "yes"} if closed and not static else {}),
            }
            constructor = Signature() if static else makes
            yield _Found(callee, export, f"{owner}.{name}", "method", marks, doc, member, constructor,
                         None if static else maker)  # fmt: skip
        doc = ""


def _maker(node: Node, module: Module) -> Node | None:
    """The constructor of a class, or the one that it has from a class of the same file."""
    for _ in range(_GENERATIONS):
        body = node.child_by_field_name("body")
        members = body.named_children[:MOST_MEMBERS] if body is not None else []
        if (maker := next((one for one in members if _named(one) == "constructor"), None)) is not None:
            return maker
        heritage = next((child for child in node.named_children[:8] if child.type == "class_heritage"), None)
        above = _EXTENDED.match(text_of(heritage, NAME))
        parent = module.declared.get(above[1]) if above is not None else None
        if parent is None:
            return None
        node = parent
    return None


def _named(member: Node) -> str:
    name = member.child_by_field_name("property" if member.type == "field_definition" else "name")
    return text_of(name, NAME) if name is not None and name.type == "property_identifier" else ""


def _is_hidden(member: Node) -> bool:
    modifier = next((child for child in member.children[:6] if child.type == "accessibility_modifier"), None)
    return text_of(modifier, NAME) in ("private", "protected")


def _target(one: _Found, module: Module, path: str, language: str, lines: tuple[int, int]) -> Target:
    node = one.node
    told = signature(node, one.doc, module.types)
    tokens = {child.type for child in node.children if not child.is_named}
    is_async = "async" in tokens or told.returns.startswith("Promise<") or _PROMISES.search(text_of(node, LONGEST))
    traits = {**one.traits, "types": declared(told, one.constructor.parameters, module.types)}
    for prefix, taken in (("", told), ("constructor-", one.constructor)):
        traits |= {prefix + "rest": taken.rest} if taken.rest else {}
        traits |= {prefix + "options": taken.options} if taken.options else {}
    if "*" in tokens:
        traits["generator"] = "yes"
    if node.child_by_field_name("type_parameters") is not None:
        traits["generic"] = "yes"
    body = node.child_by_field_name("body")
    stops = throws.guards(body) if body is not None else ()
    more = throws.conditions(body, stops) if body is not None else ()
    traits["errors"] = " ".join(sorted(name for name in _errors(stops) if _is_exported(name, module)))
    source = text_of(node, LONGEST)
    traits["init"] = text_of(one.maker, LONGEST)
    made = Target(
        path, one.name, one.kind, language, told.parameters, told.returns, bool(is_async), (), lines, source,
        one.constructor.parameters, traits,
    )  # fmt: skip
    return replace(made, branches=_branches((*stops, *more), Offers.of(made)))


def _errors(stops: Sequence[guards.Guard]) -> set[str]:
    return {guard.raises for guard in stops if is_name(guard.raises)}


def _is_exported(name: str, module: Module) -> bool:
    return any(form == "named" and name == exported == (local or name) for exported, form, local, _ in module.exported)


def _branches(stops: Sequence[guards.Guard], offers: Offers) -> tuple[Branch, ...]:
    """Two calls on each side of every guard: of a range both ends."""
    chosen = {one.name: offers.values(one) for one in offers.parameters}
    found: list[Branch] = []
    for guard in stops:
        answer = solved(guard.condition, list(chosen), lambda name: chosen.get(name, ()), JAVASCRIPT)
        if answer is None:
            continue
        meets, misses = (answer.fails, answer.holds) if guard.negated else (answer.holds, answer.fails)
        for rows, raises in ((meets, guard.raises), (misses, "")):
            fitting = [row for row in rows if all(offers.fits(*pair) for pair in row)]
            found += [Branch(row, raises) for row in fitting[:2]]
    return tuple(found)
