"""What a call of a function has to give: its parameters, and which changes of them break calls that were right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from reviewbot.core.symbols import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

#: Parameters of a function, characters of one.
MOST, WIDE = 60, 300
#: Languages whose calls are checked against types.
STATIC = frozenset({"go", "java", "csharp", "rust", "c", "cpp"})
#: Languages in which any argument may be given by the name of its parameter.
NAMED = frozenset({"python", "php"})

_SCRIPTS = frozenset({"typescript", "tsx"})
_PRIMITIVES = ("string", "number", "boolean", "bigint", "symbol", "null", "undefined", "void")
_OWN = frozenset((*_PRIMITIVES, *(f"{one}[]" for one in _PRIMITIVES)))

_DEFAULTED = frozenset({"default_parameter", "typed_default_parameter", "assignment_pattern", "optional_parameter"})
_REST = frozenset({
    "list_splat_pattern", "dictionary_splat_pattern", "rest_pattern", "spread_parameter", "splat_parameter",
    "hash_splat_parameter", "variadic_parameter", "variadic_parameter_declaration", "block_parameter",
})  # fmt: skip
_WRAPS = frozenset({"typed_parameter", "required_parameter"})

Role = Literal["positional", "named", "rest"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: by what name, of what type, and whether a call may leave it out."""

    name: str
    type: str
    required: bool
    role: Role = "positional"


@dataclass(frozen=True, slots=True)
class Signature:
    """The parameters of a function, and what it returns as written."""

    parameters: tuple[Parameter, ...]
    returns: str
    language: str


def signature(node: Node, language: str, owned: bool) -> Signature | None:
    """The signature of a function's node, None for what takes no parameters."""
    value = node.child_by_field_name("value") if node.type == "variable_declarator" else None
    function = value if value is not None else node
    held = function.child_by_field_name("parameters") or function.child_by_field_name("parameter")
    if held is None:
        is_callable = "function" in function.type or function.type in ("method", "singleton_method")
        return Signature((), "", language) if is_callable and language == "ruby" else None
    found = list(_parameters(held))[:MOST]
    if owned and language == "python" and found and found[0].name in ("self", "cls"):
        found = found[1:]
    return Signature(tuple(found), _text(_returned(function, language)).removeprefix(": "), language)


def _returned(function: Node, language: str) -> Node | None:
    fields = {"java": ("type",), "csharp": ("returns", "type")}.get(language, ("return_type", "result"))
    return next(filter(None, map(function.child_by_field_name, fields)), None)


def _parameters(held: Node) -> Iterator[Parameter]:
    named = False
    children = held.named_children if held.type != "identifier" else [held]
    for node in children[: 2 * MOST]:
        if node.type in ("comment", "attribute", "decorator", "positional_separator"):
            continue
        if node.type == "keyword_separator":
            named = True
            continue
        for parameter in _parameter(node, named):
            named = named or (parameter.role == "rest" and node.type in ("list_splat_pattern", "typed_parameter"))
            yield parameter


def _parameter(node: Node, named: bool) -> Iterator[Parameter]:
    kind, inner = node.type, node.named_children[0] if node.named_children else None
    if kind in _REST or (kind in _WRAPS and inner is not None and inner.type in _REST):
        yield Parameter(_text(node), "", False, "rest")
        return
    keyword = kind == "keyword_parameter"
    default = node.child_by_field_name("value") or node.child_by_field_name("default_value")
    required = kind not in _DEFAULTED and default is None and "=" not in [child.type for child in node.children]
    declared = _text(node.child_by_field_name("type")).removeprefix(": ")
    names = [_text(one) for one in node.children_by_field_name("name")]
    first = node.child_by_field_name("pattern") or node.child_by_field_name("left") or inner
    if not names:
        names = [_text(first) if first is not None and kind != "parameter_declaration" else _text(node)]
    for name in names:
        yield Parameter(name, declared, required, "named" if named or keyword else "positional")


def _text(node: Node | None) -> str:
    return " ".join(text_of(node, WIDE).split())


def breaks(old: Signature, new: Signature) -> bool:
    """Whether a call that was right by the old signature may be wrong by the new one."""
    if old.language in STATIC:
        return _breaks_types(old, new)
    if old.language in _SCRIPTS and _breaks_scripts(old, new):
        return True
    was, now = _of(old, "positional"), _of(new, "positional")
    open_ended = any(one.role == "rest" for one in new.parameters)
    if sum(one.required for one in now) > sum(one.required for one in was):
        return True
    if len(now) < len(was) and not open_ended:
        return True
    if old.language in NAMED and [one.name for one in now[: len(was)]] != [one.name for one in was] and not open_ended:
        return True
    left, other = {one.name for one in new.parameters}, {one.name for one in old.parameters if one.required}
    if not open_ended and any(one.name not in left for one in _of(old, "named")):
        return True
    return any(one.required and one.name not in other for one in _of(new, "named"))


def _of(one: Signature, role: Role) -> Sequence[Parameter]:
    return [parameter for parameter in one.parameters if parameter.role == role]


def _breaks_types(old: Signature, new: Signature) -> bool:
    """One more that may be left out breaks nothing; any other type does."""
    was, now = ([one.type or one.name for one in side.parameters] for side in (old, new))
    more = new.parameters[len(was) :]
    return now[: len(was)] != was or any(one.required for one in more) or old.returns != new.returns


def _breaks_scripts(old: Signature, new: Signature) -> bool:
    pairs = zip(_of(old, "positional"), _of(new, "positional"), strict=False)
    return any(is_other_type(was.type, now.type, old.language) for was, now in pairs) or is_other_result(old, new)


def is_other_type(was: str, now: str, language: str) -> bool:
    """Whether an argument of the old type may be none of the new one; of TypeScript only its own types are judged."""
    if language in _SCRIPTS:
        old, new = _united(was), _united(now)
        return old is not None and new is not None and not old <= new
    return language in STATIC and was != now


def is_other_result(old: Signature, new: Signature) -> bool:
    """Whether what took the old result may not take the new one."""
    if old.language not in _SCRIPTS:
        return old.language in STATIC and old.returns != new.returns
    was, now = _united(old.returns), _united(new.returns)
    if was is None or "void" in was:
        return False
    return not now <= was if now is not None else new.returns.startswith("Promise<")


def _united(text: str) -> frozenset[str] | None:
    """The types of a union, None where one of them is not of the language itself."""
    found = frozenset(one.strip() for one in text.split("|"))
    return found if found <= _OWN else None
