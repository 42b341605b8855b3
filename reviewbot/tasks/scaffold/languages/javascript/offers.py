"""What the calls of a target of JavaScript are given: values that end its loops, do no harm and come by its guards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.core.grammars import parse
from reviewbot.core.symbols import walk
from reviewbot.tasks.scaffold.conditions import JAVASCRIPT, Row, holds, solved
from reviewbot.tasks.scaffold.harmless import is_harmless
from reviewbot.tasks.scaffold.languages.guards import Guard
from reviewbot.tasks.scaffold.languages.javascript import hints, throws, values
from reviewbot.tasks.scaffold.languages.javascript.exports import ROUTINES
from reviewbot.tasks.scaffold.languages.loops import counted, ending, is_ending
from reviewbot.tasks.scaffold.languages.settling import settled
from reviewbot.tasks.scaffold.suites import Parameter, Target

if TYPE_CHECKING:
    from tree_sitter import Node

#: Guards that the usual arguments are fitted to.
_SETTLED = 6
TYPED = frozenset({"typescript", "tsx"})


@dataclass(frozen=True, slots=True)
class Offers:
    """The values of parameters of one function or constructor."""

    parameters: Sequence[Parameter]
    types: str
    typed: bool
    #: By name what its text does with a value, and the least one with which its loops end.
    uses: Mapping[str, Sequence[str]]
    least: Mapping[str, int]
    stops: tuple[Guard, ...] = ()
    node: Node | None = None

    @classmethod
    def of(cls, target: Target, *, constructor: bool = False) -> Offers:
        source = target.traits.get("init", "") if constructor else target.source
        parameters = target.constructor if constructor else target.parameters
        node, called = body(source, target.language), "" if constructor else target.called
        stops = throws.guards(node) if node is not None else ()
        least = counted(node, {one.name for one in parameters}, called)
        types = target.traits.get("types", "")
        return cls(parameters, types, target.language in TYPED, hints.used(source), least, stops, node)

    def values(self, parameter: Parameter) -> tuple[str, ...]:
        found = values.offered(parameter, self.types, self.typed, self.uses)
        return ending(found, self.least.get(parameter.name))

    def fits(self, name: str, value: str) -> bool:
        return is_harmless({name: value}, self.parameters) and (
            name not in self.least or is_ending(value, self.least[name])
        )

    def usual(self) -> dict[str, str]:
        """The first value of all that a call has to give, or one that the guards let by."""
        needed = {one.name: one for one in self.parameters if one.default is None}
        row = {name: offered[0] for name, one in needed.items() if (offered := self.values(one))}
        is_open = values.OPAQUE in row.values()
        if self.stopped(row) is None and not is_open:
            return row
        rows: list[Row] = []
        for guard in self.stops[:_SETTLED]:
            answer = solved(guard.condition, needed, lambda name: self.values(needed[name]), JAVASCRIPT)
            by, into = (answer.fails, answer.holds) if answer is not None else ((), ())
            rows += (*into[:2], *by[:2]) if guard.negated else (*by[:2], *into[:2])
        fitting = [each for each in rows if all(self.fits(*pair) for pair in each)]
        for name, value in (pair for each in fitting for pair in each):
            if row[name] == values.OPAQUE:  # what a guard asks of it tells more than its type
                row[name] = value
        return settled(row, fitting, self.stopped)

    def stopped(self, row: Mapping[str, str]) -> tuple[int, int] | None:
        """The number of the guard that a call is stopped by."""
        given = {one.name: one.default for one in self.parameters if one.default is not None} | dict(row)
        for at, guard in enumerate(self.stops):
            met = holds(guard.condition, given, JAVASCRIPT)
            if met is not None and met is not guard.negated:
                return (0, at) if guard.raises else None
        return None

    def chosen(self, parameter: Parameter, usual: Mapping[str, str]) -> tuple[str, ...]:
        """The values with the usual one first, and without one that tells nothing where there is a better one."""
        first = usual.get(parameter.name)
        found = self.values(parameter)
        if first is None or found[:1] == (first,):
            return found
        return tuple(dict.fromkeys((first, *(value for value in found if value != values.OPAQUE))))


def body(source: str, language: str) -> Node | None:
    """The body of a function, parsed anew from its text: as a member where it is one, else as an expression."""
    for text in (f"_ = {source}", f"class _ {{ {source} }}", f"_ = {{ {source} }}") if source else ():
        root = parse(language, text).root_node
        if not root.has_error:
            found = next(walk(root, *ROUTINES, "method_definition"), None)
            return found.child_by_field_name("body") if found is not None else None
    return None
