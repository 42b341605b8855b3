"""Ruby: module functions, public methods of classes and modules, and functions at the top of a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from reviewbot.core.expressions import NAME
from reviewbot.core.grammars import parse
from reviewbot.core.paths import is_foreign, is_sample, is_test
from reviewbot.core.symbols import Syntax, line_of, text_of, walk
from reviewbot.tasks.scaffold import arguments, naming
from reviewbot.tasks.scaffold.conditions import RUBY
from reviewbot.tasks.scaffold.frameworks import minitest, rspec
from reviewbot.tasks.scaffold.languages import calling, guards, ruby_values
from reviewbot.tasks.scaffold.languages import ruby_members as members
from reviewbot.tasks.scaffold.languages.guards import Guard
from reviewbot.tasks.scaffold.languages.ruby_members import Member
from reviewbot.tasks.scaffold.suites import Case, Framework, Parameter, Target

if TYPE_CHECKING:
    from tree_sitter import Node

FRAMEWORKS: tuple[Framework, ...] = (rspec, minitest)

#: Parameters that are read.
_MOST = 20
_WORD = re.compile(r"[A-Za-z_]\w{0,99}", re.ASCII)
#: Others are private by what everybody agrees on, or written between their arguments.
_CALLABLE = re.compile(r"[A-Za-z]\w{0,99}[?!]?", re.ASCII)
_CONSTANT = re.compile(r"[A-Z]\w{0,99}(?:::[A-Z]\w{0,99}){0,9}", re.ASCII)
#: Conditions in the words of Ruby, and in those of every language.
_SPELLED = (
    (re.compile(r"\b(\w{1,60})\.zero\?"), r"\1 == 0"), (re.compile(r"\b(\w{1,60})\.negative\?"), r"\1 < 0"),
    (re.compile(r"\b(\w{1,60})\.positive\?"), r"\1 > 0"),
)  # fmt: skip
#: `%w[EUR USD]`
_WORDS = re.compile(r"%w[\[(]([\w ]{1,200})[\])]", re.ASCII)
_CORE = frozenset({
    "ArgumentError", "EncodingError", "EOFError", "FloatDomainError", "FrozenError", "IndexError", "IOError",
    "KeyError", "NameError", "NoMethodError", "NotImplementedError", "RangeError", "RegexpError", "RuntimeError",
    "StandardError", "StopIteration", "TypeError", "ZeroDivisionError",
})  # fmt: skip


def targets(syntax: Syntax) -> Iterator[Target]:
    """What is public in a file and new or changed, in order. Pure and linear, for code may be hostile."""
    file = syntax.file
    if syntax.language() != "ruby" or not file.path.endswith(".rb") or syntax.new is None:
        return
    if is_sample(file.path) or is_foreign(file.path, file.old.text or ""):
        return
    found = members.members(syntax.new.root_node)
    added = sorted(file.changed_numbers("new"))
    for member in found.members:
        if members.overlaps(member.node, added) and _CALLABLE.fullmatch(member.name):
            target = _target(file.path, member, found.constants)
            if target is not None:
                yield target


def _target(path: str, member: Member, constants: frozenset[str]) -> Target | None:
    if _is_abstract(member.node):
        return None
    parameters, constructor = _parameters(member.node), _parameters(member.constructor)
    unmade = parameters is None or constructor is None or not member.made
    parameters, constructor = parameters or (), constructor or ()
    if member.owner and not _CONSTANT.fullmatch(member.owner):
        return None
    ends, examples = _guards(member.node), ruby_values.examples(ruby_values.kinds(member.node))
    by_name = {one.name: one for one in parameters}
    ways = guards.branches(ends, tuple(by_name), lambda name: examples(by_name[name]), RUBY)
    asked = ruby_values.kinds(member.constructor)
    traits: dict[str, str] = {"kind": member.kind, **({"block": "yes"} if _takes_block(member.node) else {})}
    traits |= {f"new {one.name}": asked[one.name] for one in constructor if one.name in asked}
    traits |= {f"raises {end.raises}": _resolved(end.raises, member.owner, constants) for end in ends if end.raises}
    traits |= (
        {calling.UNMADE: "yes"}
        if unmade
        else calling.construction(_guards(member.constructor), constructor, ruby_values.examples(asked), RUBY)
    )
    name = f"{member.owner}.{member.name}" if member.owner else member.name
    return Target(
        path, name, "method" if member.owner else "function", "ruby", parameters, branches=ways,
        lines=(line_of(member.node), member.node.end_point[0] + 1),
        source=text_of(member.node), constructor=constructor + member.fields, traits=traits,
    )  # fmt: skip


def _parameters(method: Node | None) -> tuple[Parameter, ...] | None:
    """Those that a call may give, None where one has no name to give it by."""
    holder = method.child_by_field_name("parameters") if method is not None else None
    nodes = holder.named_children[: _MOST + 1] if holder is not None else ()
    if len(nodes) > _MOST:
        return None
    found: list[Parameter] = []
    for node in nodes:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        default = text_of(value, NAME) if value is not None else None
        if node.type == "identifier":
            found.append(Parameter(text_of(node, NAME)))
        elif node.type == "optional_parameter":
            found.append(Parameter(text_of(name, NAME), default=default))
        elif node.type == "keyword_parameter":
            found.append(Parameter(text_of(name, NAME), default=default, named=True))
        elif node.type == "destructured_parameter":
            return None
    return tuple(found) if all(_WORD.fullmatch(one.name) for one in found) else None


def _takes_block(method: Node) -> bool:
    holder = method.child_by_field_name("parameters")
    given = holder is not None and any(node.type == "block_parameter" for node in holder.named_children[:_MOST])
    return given or next(walk(method, "yield"), None) is not None


def _is_abstract(method: Node) -> bool:
    """Whether it raises whatever it is given."""
    body = method.child_by_field_name("body")
    nodes = body.named_children[: guards.MOST] if body is not None and body.type == "body_statement" else [body]
    return any(_ending(node) for node in nodes if node is not None and node.type in ("call", "identifier"))


def _guards(method: Node | None) -> tuple[Guard, ...]:
    """The guards at the top, up to where a parameter becomes something else; none where errors are rescued."""
    body = method.child_by_field_name("body") if method is not None else None
    if body is None or body.type != "body_statement" or any(node.type == "rescue" for node in body.named_children):
        return ()
    found: list[Guard] = []
    for node in body.named_children[: guards.MOST]:
        if node.type in ("if_modifier", "unless_modifier"):
            end = node.child_by_field_name("body")
        elif node.type in ("if", "unless"):
            then = node.child_by_field_name("consequence")
            end = then.named_children[-1] if then is not None and then.named_children else None
        elif node.type in ("assignment", "operator_assignment"):
            break
        else:
            continue
        raises = _ending(end)
        condition = text_of(node.child_by_field_name("condition"), guards.WIDE)
        condition = _WORDS.sub(lambda found: str(found[1].split()), condition)
        for shape, plain in _SPELLED:
            condition = shape.sub(plain, condition)
        if raises is not None and condition:
            found.append(Guard(condition, raises, node.type.startswith("unless")))
    return tuple(found)


def _ending(node: Node | None) -> str | None:
    """What a statement raises, "" for a return; None for what does not end its function, or who knows how."""
    if node is None:
        return None
    if node.type == "return":
        return ""
    if node.type == "identifier":
        return "RuntimeError" if text_of(node, NAME) in ("raise", "fail") else None
    if node.type != "call" or text_of(node.child_by_field_name("method"), NAME) not in ("raise", "fail"):
        return None
    arguments = node.child_by_field_name("arguments")
    first = arguments.named_children[0] if arguments is not None and arguments.named_children else None
    if first is not None and first.type == "call" and text_of(first.child_by_field_name("method"), NAME) == "new":
        first = first.child_by_field_name("receiver")
    if first is None or first.type == "string":
        return "RuntimeError"
    return text_of(first, NAME) if _CONSTANT.fullmatch(text_of(first, NAME)) else None


def _resolved(name: str, owner: str, constants: frozenset[str]) -> str:
    """The full name of an exception as the file shows it; StandardError where it does not."""
    scopes = owner.split("::") if owner else []
    candidates = ["::".join([*scopes[:depth], name]) for depth in range(len(scopes), -1, -1)]
    found = next((one for one in candidates if one in constants), None)
    return found or (name if name in _CORE else "StandardError")


def cases(target: Target) -> tuple[Case, ...]:
    """Calls over edge values that defaults, uses and branches suggest, those that raise last."""
    method = next(walk(parse("ruby", target.source).root_node, "method", "singleton_method"), None)
    examples = ruby_values.examples(ruby_values.kinds(method))
    made = {name.removeprefix("new "): kind for name, kind in target.traits.items() if name.startswith("new ")}
    making = ruby_values.examples(made)

    def values(parameter: Parameter) -> Sequence[str]:
        return (making if any(parameter is one for one in target.constructor) else examples)(parameter)

    found = calling.called(target, values, _guards(method), RUBY, ways=target.branches)
    return arguments.writable(target.parameters, found)


def names(test: str, path: str, target: Target) -> bool:
    """Whether a test names the target: its method and its class, or its function and its file."""
    known = naming.identifiers("ruby", test)
    if not is_test(path) or target.called not in known:
        return False
    if target.owner:
        return target.owner.rpartition("::")[2] in known
    return _reaches(naming.modules("ruby", test), target.path)


def _reaches(required: Iterable[str], path: str) -> bool:
    stem = path.rpartition("/")[2].removesuffix(".rb")
    return any(one.rpartition("/")[2].removesuffix(".rb") in (stem, "spec_helper", "test_helper", "rails_helper")
               for one in required)  # fmt: skip
