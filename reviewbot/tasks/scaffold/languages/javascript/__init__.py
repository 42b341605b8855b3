"""JavaScript and TypeScript: what a module exports, what it is called with, and which tests name it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.core.paths import is_foreign, is_sample
from reviewbot.core.scopes import own
from reviewbot.core.symbols import Syntax
from reviewbot.tasks.scaffold import cases as calls
from reviewbot.tasks.scaffold.conditions import JAVASCRIPT
from reviewbot.tasks.scaffold.frameworks import jest, mocha, nodetest, vitest
from reviewbot.tasks.scaffold.languages.guards import raised
from reviewbot.tasks.scaffold.languages.javascript import targets as made
from reviewbot.tasks.scaffold.languages.javascript import throws, values
from reviewbot.tasks.scaffold.languages.javascript.exports import ROUTINES
from reviewbot.tasks.scaffold.languages.javascript.imports import names
from reviewbot.tasks.scaffold.languages.javascript.offers import Offers
from reviewbot.tasks.scaffold.suites import Case, Framework, Parameter, Target

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["FRAMEWORKS", "cases", "names", "targets"]

FRAMEWORKS: tuple[Framework, ...] = (nodetest, vitest, jest, mocha)
#: What declares types, or is run by a tool and by no importer.
_APART = re.compile(r"(?:\.d\.[cm]?ts|\.config\.[cm]?[jt]s|\.stories\.[jt]sx?|(?:^|/)\.[^/]*)$")
_NOTHING = frozenset({"void", "undefined", "never", "Promise<void>", "Promise<undefined>", "Promise<never>"})
#: Values that cannot be compared with one expression of another place.
_INCOMPARABLE = ("=>", "Function", "Generator", "Iterator", "Observable", "Stream", "Symbol", "symbol")


def targets(syntax: Syntax) -> Iterator[Target]:
    """Exported functions and methods of exported classes, new or changed, in order of place."""
    file = syntax.file
    if not (is_sample(file.path) or is_foreign(file.path, file.old.text or "") or _APART.search(file.path)):
        yield from made.targets(syntax)


def cases(target: Target) -> tuple[Case, ...]:
    """Calls over the values that types, names and branches suggest; none for what cannot be made."""
    offers, built = Offers.of(target), Offers.of(target, constructor=True)
    usual, made = offers.usual(), built.usual()
    if target.traits.get("unmade") or built.stopped(made) is not None:
        return ()
    fixed = frozenset(target.constructor)

    def offered(parameter: Parameter) -> tuple[str, ...]:
        return built.chosen(parameter, made) if parameter in fixed else offers.chosen(parameter, usual)

    node, stops = offers.node, offers.stops
    doubts = raised(throws.doubtful(node, stops) if node is not None else (), target.parameters, JAVASCRIPT)
    opaque = any(offered(one)[:1] == (values.OPAQUE,) for one in (*target.parameters, *target.constructor))
    found = calls.assembled(
        target.parameters, offered, [replace(one, raises="") for one in target.branches],
        raising=raised(stops, target.parameters, JAVASCRIPT),
        constructor=target.constructor, comparable=not opaque and _is_comparable(target, node),
    )  # fmt: skip
    sure = tuple(case for case in found if case.raises or not doubts(dict(case.arguments)))
    return sure if any(not case.raises for case in sure) else found


def _is_comparable(target: Target, node: Node | None) -> bool:
    """Whether it returns something that an expression can be equal to."""
    if target.returns in _NOTHING or target.traits.get("generator") or any(
        word in target.returns for word in _INCOMPARABLE
    ):  # fmt: skip
        return False
    if node is None or target.returns:
        return True
    if node.type != "statement_block":
        return node.type not in ROUTINES
    answers = own(node, "return_statement")
    values_given = [one.named_children[0] for one in answers if one.named_children]
    return bool(values_given) and not any(one.type in ROUTINES for one in values_given)
