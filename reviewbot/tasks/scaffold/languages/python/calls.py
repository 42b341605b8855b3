"""What a call of a Python target raises, as far as its first statements tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.core.grammars import parse
from reviewbot.tasks.scaffold.frameworks.python_calls import is_builtin
from reviewbot.tasks.scaffold.languages.python.annotations import OPEN
from reviewbot.tasks.scaffold.languages.python.declarations import definitions
from reviewbot.tasks.scaffold.languages.python.guards import Run
from reviewbot.tasks.scaffold.suites import Target

if TYPE_CHECKING:
    from tree_sitter import Node


#: Characters of a function that are read for what it raises.
MAX_SOURCE = 20_000


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The first statements of a call, parsed once for all rows."""

    target: Target
    #: Of the constructor, and of the function itself.
    opening: Node | None
    own: Node | None

    @classmethod
    def of(cls, target: Target) -> Outcomes:
        init = target.traits.get("init", "")
        is_run = target.kind in ("function", "method") and not (
            target.traits.get("unclear") or target.traits.get("wrapped")
        )
        return cls(target, body(init) if init else None, body(target.source) if is_run else None)

    def raised(self, row: Mapping[str, str]) -> str:
        """The class of what a call raises, "" where it returns or nobody can tell."""
        given = self.given(row)
        name = self._run(given) if given is not None else ""
        known = is_builtin(name) or name.partition(".")[0] in self.target.traits.get("names", "").split()
        return name if known else ""

    def stopped(self, row: Mapping[str, str]) -> tuple[int, int] | None:
        """Where a call raises: in the constructor (0) or after it, and at which place of that."""
        given = self.given(row)
        run, is_sure = self.opened(given) if given is not None else (Run({}), False)
        if run.raised:
            return 0, run.at
        if self.own is None or not is_sure:
            return None
        return (1, run.at) if run.of(self.own) == "raises" else None

    def is_made(self, row: Mapping[str, str]) -> bool:
        """Whether the constructor does not raise, as far as anybody can tell."""
        at = self.stopped(row)
        return at is None or at[0] > 0

    def _run(self, given: Mapping[str, str]) -> str:
        run, is_sure = self.opened(given)
        if run.raised or self.own is None or not is_sure:
            return run.raised
        return run.raised if run.of(self.own) == "raises" else ""

    def opened(self, given: Mapping[str, str]) -> tuple[Run, bool]:
        """After the constructor: what the attributes stand for, or what it raises, and whether there is an instance."""
        run = Run(given, self.fields())
        ending = run.of(self.opening) if self.opening is not None else "ends"
        run.raised = run.raised if ending == "raises" else ""
        run.names = {name: text for name, text in run.names.items() if name.startswith("self.") and ending == "ends"}
        # What cannot be followed is taken to succeed where it is given all that it asks for.
        is_fed = OPEN not in given.values() and "*" not in self.target.traits.get("init", "").partition(")")[0]
        return run, ending == "ends" or (ending != "raises" and is_fed)

    def fields(self) -> dict[str, str]:
        """What the attributes of a record stand for before any code of its own runs."""
        if self.target.traits.get("built") != "record":
            return {}
        return {f"self.{one.name}": one.name for one in (self.target.constructor or self.target.parameters)}

    def given(self, row: Mapping[str, str]) -> dict[str, str] | None:
        """Every argument of the call and of the constructor; None where two have one name and could be mistaken."""
        everything = (*self.target.constructor, *self.target.parameters)
        if len({one.name for one in everything}) < len(everything):
            return None
        return {one.name: one.default for one in everything if one.default is not None} | dict(row)


def body(source: str) -> Node | None:
    """The body of the function that a text declares."""
    if len(source) > MAX_SOURCE:
        return None
    one = next(definitions(parse("python", source).root_node), None)
    return one.body if one is not None else None
