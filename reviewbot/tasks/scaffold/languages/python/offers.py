"""What the calls of a Python target are given: values that end its loops, do no harm and come by its guards."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from reviewbot.core.expressions import NAME
from reviewbot.core.scopes import assigned
from reviewbot.core.symbols import text_of
from reviewbot.tasks.scaffold.conditions import PYTHON, Row, solved
from reviewbot.tasks.scaffold.harmless import is_harmless
from reviewbot.tasks.scaffold.languages.loops import counted, ending, is_ending
from reviewbot.tasks.scaffold.languages.python.annotations import valued
from reviewbot.tasks.scaffold.languages.python.calls import MAX_SOURCE, Outcomes, body
from reviewbot.tasks.scaffold.languages.python.guards import conditions
from reviewbot.tasks.scaffold.languages.settling import settled
from reviewbot.tasks.scaffold.suites import Branch, Parameter, Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

#: Branches of one target, and conditions that its usual arguments are fitted to.
MAX_BRANCHES, MAX_SETTLED = 12, 6
_SPELLED = re.compile(r"""(?<![\w.])([^\W\d]\w{0,60})(?: ?[!=]= ?| (?:not )?in [(\[{])["']""")


@dataclass(frozen=True, slots=True)
class Offers:
    """The values of every parameter of one target."""

    target: Target
    outcomes: Outcomes
    read: Callable[[Parameter], tuple[str, ...]]
    #: By name of a parameter the least value with which a loop ends.
    least: Mapping[str, int]
    #: The body whose conditions tell cases apart, None where there is none to read.
    node: Node | None
    #: Names that the text compares with quoted words.
    spelled: frozenset[str] = frozenset()

    @classmethod
    def of(cls, target: Target) -> Offers:
        outcomes, read = Outcomes.of(target), valued(classes(target.traits))
        if target.kind not in ("function", "method"):
            return cls(target, outcomes, read, {}, outcomes.opening if target.kind == "class" else None)
        node = outcomes.own or body(target.source)
        least = counted(node, {one.name for one in target.parameters}, target.called)
        texts = (target.source[:MAX_SOURCE], target.traits.get("init", "")[:MAX_SOURCE])
        spelled = frozenset(match[1] for text in texts for match in _SPELLED.finditer(text))
        return cls(target, outcomes, read, least, node, spelled)

    def values(self, parameter: Parameter) -> tuple[str, ...]:
        if not parameter.type and parameter.default is None and parameter.name in self.spelled:
            parameter = replace(parameter, type="str")
        return ending(self.read(parameter), self.least.get(parameter.name))

    def usual(self) -> dict[str, str]:
        """The first value of all that a call has to give, or one that its guards let by."""
        needed = {one.name: one for one in (*self.target.constructor, *self.target.parameters) if one.default is None}
        row = {name: self.values(one)[0] for name, one in needed.items()}
        for node in (self.outcomes.opening, self.outcomes.own):
            if node is not None and self.outcomes.stopped(row) is not None:
                answers = islice(self._answers(node, row, needed), MAX_SETTLED)
                rows = [each for answer in answers for side in answer for each in side[:2]]
                row = settled(row, rows, self.outcomes.stopped)
        return row

    def branches(self) -> tuple[Branch, ...]:
        """Those that the conditions of the function itself lead into, with what is raised there."""
        target = self.target
        if self.node is None:
            return ()
        usual = self.usual()
        varied = {item.name: item for item in (target.parameters or target.constructor)}
        found: dict[Row, str] = {}
        for holds, fails in self._answers(self.node, usual, varied):
            for row in (*holds[:2], *fails[:2]):
                if row not in found and len(found) < MAX_BRANCHES:
                    found[row] = self.outcomes.raised(usual | dict(row))
            if len(found) >= MAX_BRANCHES:
                break
        return tuple(Branch(row, raised) for row, raised in found.items())

    def _answers(
        self, node: Node, row: Mapping[str, str], varied: Mapping[str, Parameter]
    ) -> Iterator[tuple[list[Row], list[Row]]]:
        given = self.outcomes.given(row) or row
        names = self.outcomes.fields() | _assignments(node) | self.outcomes.opened(given)[0].names
        for condition in conditions(node, names):
            answer = solved(condition, varied, lambda name: [*self.values(varied[name])], PYTHON)
            if answer is not None:
                yield [*filter(self._fits, answer.holds)], [*filter(self._fits, answer.fails)]

    def _fits(self, row: Row) -> bool:
        everything = (*self.target.constructor, *self.target.parameters)
        return is_harmless(dict(row), everything) and all(
            name not in self.least or is_ending(value, self.least[name]) for name, value in row
        )


def branched(target: Target) -> Target:
    """With the ways that its conditions lead into."""
    return replace(target, branches=Offers.of(target).branches())


def classes(traits: Mapping[str, str]) -> dict[str, list[str]]:
    """By name of a class of the same file, expressions that make one."""
    prefix = "value:"
    return {key.removeprefix(prefix): text.split("\n") for key, text in traits.items() if key.startswith(prefix)}


def _assignments(node: Node) -> dict[str, str]:
    """Names that are set once, by a statement of the body itself, to something short."""
    found: dict[str, str | None] = {}
    for statement in node.named_children:
        inner = statement.named_children[0] if statement.type == "expression_statement" else statement
        pair = assigned(inner)
        if pair is not None and pair[0].type == "identifier":
            name = text_of(pair[0], NAME)
            found[name] = None if name in found else f"({text_of(pair[1], NAME)})"
    return {name: text for name, text in found.items() if text is not None and text != "()"}
