"""What a test can call in a Python file, and over which values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

from reviewbot.core.expressions import NAME
from reviewbot.core.grammars import parse
from reviewbot.core.paths import is_foreign, is_sample
from reviewbot.core.symbols import Syntax, text_of, walk
from reviewbot.tasks.scaffold.cases import assembled
from reviewbot.tasks.scaffold.frameworks import pytest, unittest
from reviewbot.tasks.scaffold.frameworks.python_calls import is_refused
from reviewbot.tasks.scaffold.languages.python.annotations import OPEN
from reviewbot.tasks.scaffold.languages.python.declarations import Definition, definitions, exported, has_code
from reviewbot.tasks.scaffold.languages.python.offers import Offers
from reviewbot.tasks.scaffold.languages.python.reading import Module, read
from reviewbot.tasks.scaffold.naming import identifiers, modules
from reviewbot.tasks.scaffold.suites import Case, Framework, Parameter, Target

FRAMEWORKS: tuple[Framework, ...] = (pytest, unittest)

#: Targets of one file: who adds more adds a module that was generated.
MOST = 200
_APART = frozenset({"setup.py", "conftest.py", "__main__.py", "noxfile.py", "tasks.py", "fabfile.py", "manage.py"})
#: Decorators that change how a function is called, or who calls it.
_UNCALLED = (
    "overload", "abstractmethod", "fixture", "command", "group", "task", "shared_task", "setter", "deleter", "getter",
    "hookimpl", "hookspec", "register", "receiver", "validator", "field_validator", "model_validator", "root_validator",
    "errorhandler", "exception_handler", "middleware", "before_request", "after_request", "on_event", "callback",
)  # fmt: skip
_COMPARABLE = frozenset({
    "int", "float", "str", "bool", "bytes", "complex", "list", "dict", "tuple", "set", "frozenset", "None", "Optional",
    "Union", "Literal", "Sequence", "Iterable", "Iterator", "Generator", "Collection", "Mapping", "Any", "List", "Dict",
    "Tuple", "Set", "FrozenSet", "object", "Decimal", "date", "datetime", "timedelta", "typing", "collections", "abc",
    "MutableMapping", "MutableSequence", "LiteralString", "Counter", "defaultdict", "OrderedDict",
})  # fmt: skip


def targets(syntax: Syntax) -> Iterator[Target]:
    """Public functions, methods, records and endpoints with changed code, in order."""
    file, tree = syntax.file, syntax.new
    lines = sorted(file.changed_numbers("new"))
    name = file.path.rpartition("/")[2]
    if tree is None or not lines or syntax.language() != "python" or not name.endswith(".py") or name in _APART:
        return
    if is_sample(file.path) or is_foreign(file.path, file.old.text or file.new.text or ""):
        return
    module = Module.of(file.path, tree.root_node)
    listed = exported(tree.root_node)
    found = (target for one in definitions(tree.root_node) if _is_offered(one, listed)
             for target in _inside(module, one, lines))  # fmt: skip
    for _, target in zip(range(MOST), found, strict=False):
        yield target


def _is_offered(definition: Definition, listed: frozenset[str] | None) -> bool:
    return definition.name in listed if listed is not None else definition.is_public


def _inside(module: Module, definition: Definition, lines: Sequence[int]) -> Iterator[Target]:
    if not definition.is_class:
        if has_code(definition, lines) and not definition.marked(*_UNCALLED):
            yield from read(module, definition)
        return
    if definition.is_stub or definition.is_enum:
        return
    methods = [one for one in definitions(definition.body) if not one.is_class and one.is_public]
    for method in methods:
        if has_code(method, lines) and not method.marked(*_UNCALLED):
            yield from read(module, method, definition)
    builds = [one for one in definitions(definition.body) if one.name == "__post_init__"]
    if definition.record and any(has_code(one, lines) for one in (definition, *builds)):
        yield from read(module, definition)


def cases(target: Target) -> tuple[Case, ...]:
    """Over the constructor where there is nothing else to choose; none for what cannot be made."""
    offers = Offers.of(target)
    usual, outcomes = offers.usual(), offers.outcomes
    if target.traits.get("unmade") or (target.kind == "method" and not outcomes.is_made(usual)):
        return ()

    def values(one: Parameter) -> tuple[str, ...]:
        found = offers.values(one)
        return tuple(dict.fromkeys((usual[one.name], *found))) if one.name in usual else found

    swapped = not target.parameters and bool(target.constructor)
    varied, fixed = (target.constructor, ()) if swapped else (target.parameters, target.constructor)
    is_open = any(values(one)[:1] == (OPEN,) for one in (*varied, *fixed) if one.default is None)
    comparable = not is_open and _is_comparable(target)
    found = assembled(
        varied, values, target.branches, constructor=fixed, comparable=comparable, most=1 if is_open else 12,
        raising=lambda row: outcomes.raised(usual | dict(row)),
    )  # fmt: skip
    if not swapped:
        return found
    return tuple(
        Case(one.name, (), None, one.raises, one.arguments, one.comparable) for one in found
        if not one.raises or is_refused(target, one.raises) or outcomes.is_made(usual | dict(one.arguments))
    )  # fmt: skip


def _is_comparable(target: Target) -> bool:
    if target.traits.get("unclear"):
        return False
    if target.traits.get("result") or target.traits.get("observed") or target.kind == "endpoint":
        return True
    if not target.returns:
        return target.traits.get("gives") == "yes"
    words = "".join(letter if letter.isalnum() or letter == "_" else " " for letter in target.returns).split()
    known = all(word in _COMPARABLE or (len(word) <= 2 and word.isupper()) or word.isdigit() for word in words)
    return target.returns != "None" and (known or target.returns.startswith("Literal["))


def names(test: str, path: str, target: Target) -> bool:
    """Whether a test imports the module, or what it exports, and uses the name; of an endpoint, its route."""
    route = _fixed(target.traits.get("route", "")) if target.kind == "endpoint" else ""
    if route and any(quote + route in test for quote in ("'", '"')):
        return True
    if target.called not in identifiers("python", test):
        return False
    parts = target.path.removesuffix(".py").removesuffix("/__init__").split("/")
    wholes = {".".join(parts[at:]) for at in range(len(parts))}
    packages = {above for whole in wholes for above in accumulate(whole.split("."), "{}.{}".format)}
    offered = {f"{above}.{name}" for above in packages for name in (target.called, target.owner or target.called)}
    imported = [name.lstrip(".") for name in modules("python", test)]
    if any(name in wholes or name in offered for name in imported):
        return True
    through = {name for name in imported if name in packages}
    return any(f"{name}.{target.called}" in _attributes(test) for name in through)


def _fixed(route: str) -> str:
    """What of a route stands before its first parameter."""
    fixed = route.partition("<")[0].partition("{")[0]
    return fixed if len(fixed) > 1 else ""


@lru_cache(maxsize=4096)  # every target asks the same tests
def _attributes(test: str) -> frozenset[str]:
    return frozenset(text_of(node, NAME) for node in walk(parse("python", test).root_node, "attribute"))
