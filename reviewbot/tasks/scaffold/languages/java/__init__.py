"""Java: public methods of a public class, on the class itself or on what its simplest constructor makes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from reviewbot.core.paths import is_foreign, is_sample, is_test
from reviewbot.core.symbols import Syntax, line_of
from reviewbot.tasks.scaffold import naming
from reviewbot.tasks.scaffold.frameworks import junit5
from reviewbot.tasks.scaffold.languages import calling
from reviewbot.tasks.scaffold.languages.guards import Guard
from reviewbot.tasks.scaffold.languages.java import values
from reviewbot.tasks.scaffold.languages.java.declarations import Source
from reviewbot.tasks.scaffold.suites import Case, Framework, Parameter, Target

#: What ends the process that a test runs in.
_ENDS = re.compile(r"\bSystem\.exit\(|\.halt\(")
FRAMEWORKS: tuple[Framework, ...] = (junit5,)
_PACKAGE = re.compile(r"^\s{0,20}package\s{1,20}([\w.]{1,300})\s{0,20};", re.MULTILINE | re.ASCII)
#: What runs as long as a number says.
_BUSY = r"\b(?:for|while|repeat|new\s{1,9}\w{1,40}\s?\[|%s)\b"


def targets(syntax: Syntax) -> Iterator[Target]:
    file, tree = syntax.file, syntax.new
    source = Source.of(tree.root_node, file.path) if tree is not None else None
    if source is None or is_foreign(file.path, file.old.text or "") or not _is_product(file.path, source.package):
        return
    added = file.changed_numbers("new")
    for node in source.methods():
        lines = (line_of(node), node.end_point[0] + 1)
        target = source.target(node, lines) if any(one in added for one in range(lines[0], lines[1] + 1)) else None
        if target is not None:
            yield target


def cases(target: Target) -> tuple[Case, ...]:
    if calling.UNMADE in target.traits or _ENDS.search(target.source):
        return ()
    types = _types(target)
    body = target.source.partition("{")[2]
    calm = re.search(_BUSY % re.escape(target.called), body) is not None
    recurses = re.search(rf"\b{re.escape(target.called)}\(", body) is not None

    def offered(one: Parameter) -> Sequence[str]:
        found = values.values(one.type, types, calm=calm)
        found = tuple(value for value in found if not value.startswith("-")) if recurses else found
        # A bare null may be meant for any of several methods.
        return tuple(value for value in found if value != "null") if target.traits["overloaded"] else found

    known = {one.name: one for one in target.parameters}
    rows = (row.split("\t") for row in target.traits["guards"].split("\n") if row)
    guards = tuple(Guard(row[1], row[0]) for row in rows)
    return calling.called(
        target, offered, guards, values.SPELLING,
        lambda name, text: values.fits(known[name].type, text, bare=not target.traits["overloaded"]),
        comparable=target.traits["comparable"] == "yes",
    )  # fmt: skip


def names(test: str, path: str, target: Target) -> bool:
    """A test of the same package, or one that imports the class, that uses the names of both."""
    if not path.endswith(".java") or not is_test(path):
        return False
    package = _PACKAGE.search(test)
    here, full = package[1] if package else "", ".".join(filter(None, (target.traits["package"], target.owner)))
    imported = (one for one in naming.modules("java", test))
    if here != target.traits["package"] and not any(full == one or f"{one}." in f"{full}." or one.startswith(f"{full}.")
                                                    for one in imported):  # fmt: skip
        return False
    return {target.called, target.owner} <= naming.identifiers("java", test)


def _is_product(path: str, package: str) -> bool:
    """Folders of a package are no sign: `com.example.data` holds no samples."""
    folder, inside = str(PurePosixPath(path).parent), package.replace(".", "/")
    root = folder.removesuffix(inside) if inside else folder
    name = PurePosixPath(path).name
    return not is_test(name) and not is_sample(f"{root}/{name}".lstrip("/"))


def _types(target: Target) -> values.Types:
    imports = {one.rpartition(".")[2]: one for one in target.traits["imports"].split("\n") if one}
    enums = dict(row.split(" ", 1) for row in target.traits["enums"].split("\n") if row)
    return values.Types(imports, {name: tuple(held.split()) for name, held in enums.items()})
