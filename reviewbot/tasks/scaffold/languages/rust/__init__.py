"""Rust: public functions of a library, and methods of types that `new`, Default or a variant makes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reviewbot.core.paths import is_foreign, is_sample, is_test
from reviewbot.core.symbols import Syntax, line_of
from reviewbot.tasks.scaffold import naming
from reviewbot.tasks.scaffold.frameworks import cargotest
from reviewbot.tasks.scaffold.languages import calling
from reviewbot.tasks.scaffold.languages.guards import Guard
from reviewbot.tasks.scaffold.languages.rust import values
from reviewbot.tasks.scaffold.languages.rust.declarations import Source, made_of
from reviewbot.tasks.scaffold.suites import Case, Framework, Parameter, Target

#: What ends the process that a test runs in.
_ENDS = re.compile(r"\bprocess::(?:exit|abort)\(")
FRAMEWORKS: tuple[Framework, ...] = (cargotest,)
#: What runs as long as a number says.
_BUSY = r"\b(?:for|while|loop|repeat|with_capacity|collect|resize|vec!|%s)"


def targets(syntax: Syntax) -> Iterator[Target]:
    file, tree = syntax.file, syntax.new
    if tree is None or is_sample(file.path) or is_foreign(file.path, file.old.text or ""):
        return
    added = file.changed_numbers("new")
    source = Source.of(tree.root_node, file.path)
    tested = naming.identifiers("rust", source.tested) if source.tested else frozenset()
    for function in source.functions:
        lines = (line_of(function.node), function.node.end_point[0] + 1)
        target = source.target(function, lines) if any(n in added for n in range(lines[0], lines[1] + 1)) else None
        # Its tests stand in its own file more often than not.
        if target is not None and not {target.called, target.owner or target.called} <= tested:
            yield target


def cases(target: Target) -> tuple[Case, ...]:
    if calling.UNMADE in target.traits or _ENDS.search(target.source):
        return ()
    types, known = made_of(target.traits), {one.name: one for one in target.parameters}
    body = target.source.partition("{")[2]
    calm = re.search(_BUSY % re.escape(target.called), body) is not None
    recurses = re.search(rf"\b{re.escape(target.called)}\(", body) is not None

    def offered(one: Parameter) -> Sequence[str]:
        found = values.values(one.type, types, calm=calm)
        return tuple(value for value in found if not value.startswith("-")) if recurses else found

    rows = (row.split("\t") for row in target.traits["guards"].split("\n") if row)
    guards = tuple(Guard(row[1], row[0], row[2] == "negated") for row in rows)
    return calling.called(
        target, offered, guards, values.SPELLING, lambda name, text: values.fits(known[name].type, text),
        comparable=target.traits["comparable"] == "yes",
    )  # fmt: skip


def names(test: str, path: str, target: Target) -> bool:
    """An integration test, or tests in another file of the crate, that use the names."""
    if not path.endswith(".rs"):
        return False
    if not is_test(path):
        test = test[found:] if (found := test.find("#[cfg(test)]")) >= 0 else ""
    crate = f"/{target.path}".partition("/src/")[0]
    if not f"/{path}".startswith(f"{crate}/"):
        return False
    return {target.called, target.owner or target.called} <= naming.identifiers("rust", test)
