"""A target of Python from the node that declares it, with what its module says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from textwrap import dedent
from typing import TYPE_CHECKING

from reviewbot.core.symbols import line_of, text_of
from reviewbot.tasks.scaffold.languages.python.annotations import MAX_ANNOTATION, OPEN, valued
from reviewbot.tasks.scaffold.languages.python.declarations import (
    MAX_PARAMETERS,
    Definition,
    definitions,
    gives,
    globals_of,
    parameters,
    yields,
)
from reviewbot.tasks.scaffold.languages.python.offers import branched
from reviewbot.tasks.scaffold.languages.python.records import fields, members
from reviewbot.tasks.scaffold.languages.python.routes import Application, applications, endpoint, placed
from reviewbot.tasks.scaffold.suites import Parameter, Target

if TYPE_CHECKING:
    from tree_sitter import Node

#: Elements that are taken of what a generator yields: it may never end.
TAKEN = 10
MAX_BASES, MAX_CLASSES = 5, 50
_PLAIN_BASES = frozenset({"object", "Generic", "NamedTuple", "BaseModel", "Hashable", "Sized"})
#: Decorators after which a call does what the function's text says.
_TRANSPARENT = frozenset(
    {"staticmethod", "classmethod", "property", "cached_property", "override", "final", "deprecated"}
)
_LAZY = ("Iterator", "Iterable", "Generator")


@dataclass(frozen=True, slots=True)
class Module:
    """The classes and the web applications of a file."""

    path: str
    classes: Mapping[str, Definition]
    applications: Mapping[str, Application]
    #: What it defines and imports at its top.
    names: frozenset[str]
    #: By name of a class, expressions that make one.
    values: dict[str, list[str]] = field(default_factory=dict)
    #: What stands in a class, by the node of it: read once.
    held: dict[int, tuple[Definition, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, path: str, root: Node) -> Module:
        found = [one for one in definitions(root) if one.is_class][:MAX_CLASSES]
        module = cls(path, {one.name: one for one in found}, applications(root), globals_of(root))
        for one in found:
            made = module._made(one) if one.is_public else []
            if made:
                module.values[one.name] = made
        return module

    def inside(self, one: Definition) -> tuple[Definition, ...]:
        if one.node.id not in self.held:
            self.held[one.node.id] = tuple(definitions(one.body))
        return self.held[one.node.id]

    def _made(self, one: Definition) -> list[str]:
        """Expressions that make an instance without running code of the change."""
        own = {method.name for method in self.inside(one)}
        if one.is_enum:
            return list(members(one))
        if one.is_stub or own & {"__init__", "__new__", "__post_init__"}:
            return []
        if not one.record:
            return [f"{one.name}()"] if not one.bases else []
        usual = [(item.name, valued(self.values)(item)[0]) for item in fields(one.body) if item.default is None]
        if any(value == OPEN for _, value in usual):
            return []
        made = f"{one.name}({', '.join(f'{name}={value}' for name, value in usual)})"
        return [made] if len(made) <= MAX_ANNOTATION else []

    def lineage(self, one: Definition) -> tuple[list[Definition], bool]:
        """A class and those of the same file that it derives from, and whether that is all."""
        line = [one]
        for _ in range(MAX_BASES):
            bases = line[-1].kinship - _PLAIN_BASES - {""}
            if not bases:
                return line, True
            above = self.classes.get(next(iter(bases))) if len(bases) == 1 else None
            if above is None or above in line:
                return line, False
            line.append(above)
        return line, False


def read(module: Module, one: Definition, owner: Definition | None = None) -> Iterator[Target]:
    """The target of a definition; none for one that no test can call."""
    if one.is_class:
        yield from _class(module, one)
        return
    if owner is None and (route := endpoint(one, module.applications)) is not None:
        taken = parameters(one.node, bound=False)
        asked = placed(route, taken[0]) if taken is not None and route else None
        yield _unmade(module, one) if asked is None else _target(module, one, "endpoint", one.name, asked, dict(route))
        return
    shape = _shape(one) if owner is not None else "function"
    taken = parameters(one.node, bound=shape not in ("static", "function"))
    if taken is None or (one.is_async and (yields(one.body) or "Async" in one.returns)):
        yield _unmade(module, one, owner)
        return
    traits = {"shape": shape, "positional": "yes" if taken[1] else "", "gives": "yes" if gives(one.body) else ""}
    traits |= _result(module, one)
    if any(mark.last not in _TRANSPARENT for mark in one.decorators):
        traits["wrapped"] = "yes"
    if owner is None:
        yield branched(_target(module, one, "function", one.name, taken[0], traits))
        return
    built, known = _construction(module, owner, needed=shape in ("method", "property"))
    if built is None:
        yield _unmade(module, one, owner)
        return
    given, init = built
    traits |= init | ({} if known else {"unclear": "yes"})
    if not _returns(one) and shape == "method":
        traits["observed"] = _observed(module, owner)
    made = _target(module, one, "method", f"{owner.name}.{one.name}", taken[0], traits)
    yield branched(replace(made, constructor=given))


def _class(module: Module, one: Definition) -> Iterator[Target]:
    init = next((method for method in definitions(one.body) if method.name == "__post_init__"), None)
    taken = fields(one.body)
    if one.kinship - _PLAIN_BASES - {""} or len(taken) > MAX_PARAMETERS:
        yield _unmade(module, one)
        return
    if not taken:
        return
    traits = {"shape": "class", "result": one.record, "built": "record", "init": _source(init) if init else ""}
    made = _target(module, one, "class", one.name, taken, traits)
    yield branched(made) if init is not None else made


def _unmade(module: Module, one: Definition, owner: Definition | None = None) -> Target:
    """Of what no test can call: a reader learns that it has none."""
    kind, name = (
        ("method", f"{owner.name}.{one.name}") if owner else ("class" if one.is_class else "function", one.name)
    )
    return _target(module, one, kind, name, (), {"unmade": "yes"})


def _target(module: Module, one: Definition, kind: str, name: str, given: tuple[Parameter, ...],
            traits: dict[str, str]) -> Target:  # fmt: skip
    traits["names"] = " ".join(sorted(module.names))
    values = {f"value:{key}": "\n".join(made) for key, made in module.values.items()}
    return Target(
        module.path, name, kind, "python", given, one.returns if not one.is_class else "", one.is_async,  # type: ignore[arg-type]
        (), (line_of(one.whole), one.whole.end_point[0] + 1), _source(one), (),
        {key: text for key, text in (traits | values).items() if text},
    )  # fmt: skip


def _source(one: Definition) -> str:
    """The text of a definition, moved to the left margin."""
    return dedent(" " * one.whole.start_point[1] + text_of(one.whole))


def _shape(one: Definition) -> str:
    if one.marked("staticmethod"):
        return "static"
    if one.marked("classmethod"):
        return "class"
    return "property" if one.marked("property", "cached_property") else "method"


def _result(module: Module, one: Definition) -> dict[str, str]:
    """How what it returns is looked at where it is no plain value."""
    if one.marked("contextmanager", "asynccontextmanager"):
        return {"unclear": "yes"}
    head = one.returns.partition("[")[0].rpartition(".")[2]
    if yields(one.body) or head in _LAZY:
        return {"result": f"list(islice({{}}, {TAKEN}))"}
    made = module.classes.get(one.returns)
    return {"result": made.record} if made is not None and made.record else {}


def _returns(one: Definition) -> bool:
    return one.returns != "None" and (bool(one.returns) or gives(one.body) or yields(one.body))


def _observed(module: Module, owner: Definition) -> str:
    """An expression of what a method that returns nothing has done to its instance."""
    methods = module.inside(owner)
    for method in methods:
        if method.name == "__iter__":
            return f"list(islice({{}}, {TAKEN}))"
    for method in methods:
        if method.is_public and method.marked("property") and method.name.isidentifier():
            return f"{{}}.{method.name}"
    return "len({})" if any(method.name == "__len__" for method in methods) else ""


def _construction(
    module: Module, owner: Definition, *, needed: bool
) -> tuple[tuple[tuple[Parameter, ...], dict[str, str]] | None, bool]:
    """What makes an instance, the code that runs then, and whether all of that is known; None for too much."""
    if not needed:
        return ((), {}), True
    line, whole = module.lineage(owner)
    for one in line:
        methods = {method.name: method for method in module.inside(one)}
        if "__init__" in methods:
            taken = parameters(methods["__init__"].node, bound=True)
            return (None if taken is None else (taken[0], {"init": _source(methods["__init__"])})), True
        if one.record:
            after = methods.get("__post_init__")
            return (fields(one.body), {"built": "record", "init": _source(after) if after else ""}), whole
    return ((), {}), whole
