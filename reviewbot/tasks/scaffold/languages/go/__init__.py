"""Go: exported functions, and methods of exported types that a constructor or the zero value makes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from reviewbot.core.paths import is_foreign, is_sample
from reviewbot.core.symbols import Syntax, line_of
from reviewbot.tasks.scaffold import naming
from reviewbot.tasks.scaffold.frameworks import gotest
from reviewbot.tasks.scaffold.harmless import is_place
from reviewbot.tasks.scaffold.languages import calling
from reviewbot.tasks.scaffold.languages.go import values
from reviewbot.tasks.scaffold.languages.go.declarations import Source
from reviewbot.tasks.scaffold.languages.guards import Guard
from reviewbot.tasks.scaffold.suites import Case, Framework, Parameter, Target

#: What ends the process that a test runs in.
_ENDS = re.compile(r"\b(?:os\.Exit|log\.Fatal\w*)\(")
FRAMEWORKS: tuple[Framework, ...] = (gotest,)
_CONSTRAINED = re.compile(r"^//\s?(?:go:build|\+build)\b", re.MULTILINE)


def targets(syntax: Syntax) -> Iterator[Target]:
    file, tree = syntax.file, syntax.new
    text = file.new.text or ""
    if tree is None or is_sample(file.path) or is_foreign(file.path, file.old.text or ""):
        return
    # Constraints and C decide where a file compiles, and a test of it would have to say the same.
    systems = gotest.SYSTEMS.intersection(PurePosixPath(file.path).stem.split("_")[1:])
    if systems or _CONSTRAINED.search(text[:5000]) or '"C"' in text[:5000]:
        return
    added = file.changed_numbers("new")
    source = Source.of(tree.root_node, file.path)
    for node in source.functions:
        lines = (line_of(node), node.end_point[0] + 1)
        if any(number in added for number in range(lines[0], lines[1] + 1)):
            target = source.target(node, lines)
            if target is not None:
                yield target


def cases(target: Target) -> tuple[Case, ...]:
    if calling.UNMADE in target.traits or _ENDS.search(target.source):
        return ()
    types = _types(target)
    calm = (
        re.search(rf"\b(?:for|make|Repeat|{re.escape(target.called)})\b", target.source.partition("{")[2]) is not None
    )
    known = {one.name: one.type for one in (*target.parameters, *target.constructor)}

    def offered(one: Parameter) -> Sequence[str]:
        found = values.values(one.type, types, calm=calm)
        if is_place(one):  # of a type declared elsewhere, which may be an empty text
            found = tuple(value for value in found if not value.startswith("*new("))
        return found if not _recurses(target) else tuple(value for value in found if not value.startswith("-"))

    return calling.called(
        target, offered, _guards(target), values.SPELLING, lambda name, text: values.fits(known[name], text),
        comparable=target.traits["comparable"] == "yes",
    )  # fmt: skip


def names(test: str, path: str, target: Target) -> bool:
    """A test of the same folder, or one that imports it, that uses the name."""
    if not path.endswith("_test.go"):
        return False
    here, folder = str(PurePosixPath(path).parent), str(PurePosixPath(target.path).parent)
    if here != folder and not any(("/" + module).endswith("/" + folder) for module in naming.modules("go", test)):
        return False
    used = naming.identifiers("go", test)
    return target.called in used and (not target.owner or any(target.owner in name for name in used))


def _recurses(target: Target) -> bool:
    return re.search(rf"\b{re.escape(target.called)}\(", target.source.partition("{")[2]) is not None


def _guards(target: Target) -> tuple[Guard, ...]:
    """`if low > high { return 0, errors.New(…) }`, written down by the extraction, one a line."""
    rows = (row.split("\t") for row in target.traits.get("guards", "").split("\n") if row)
    return tuple(Guard(row[1], row[0]) for row in rows)


def _types(target: Target) -> values.Types:
    under = dict(row.split(" ", 1) for row in target.traits.get("types", "").split("\n") if row)
    constants = dict(row.split(" ", 1) for row in target.traits.get("constants", "").split("\n") if row)
    return values.Types(under, {name: tuple(held.split()) for name, held in constants.items()})
