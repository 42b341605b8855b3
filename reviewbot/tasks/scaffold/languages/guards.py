"""Guards at the top of a function, `raise X if low > high`: which arguments lead into them, and which raise."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviewbot.tasks.scaffold.conditions import Spelling, Values, holds, solved
from reviewbot.tasks.scaffold.suites import Branch, Parameter

#: Guards of one function that are read, and the length of a condition.
MOST, WIDE = 12, 300
#: Whether a parameter of that name takes a value.
Fits = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Guard:
    """A statement that ends its function under a condition."""

    condition: str
    #: What it raises as the source names it, "" where it returns.
    raises: str = ""
    #: It ends the function where the condition does not hold.
    negated: bool = False


def anything(name: str, value: str) -> bool:
    return True


def branches(
    guards: Iterable[Guard],
    names: Collection[str],
    values: Values,
    spelling: Spelling,
    fits: Fits = anything,
) -> tuple[Branch, ...]:
    """The arguments that meet each guard, and one set that just does not; `fits` says which values a name takes."""
    found: list[Branch] = []
    for guard in guards:
        solution = solved(guard.condition, names, values, spelling)
        if solution is None:
            continue
        meets, misses = (solution.fails, solution.holds) if guard.negated else (solution.holds, solution.fails)
        for rows, most, raises in ((meets, 2, guard.raises), (misses, 1, "")):
            fitting = [row for row in rows if all(fits(*pair) for pair in row)]
            found += [Branch(row, raises) for row in fitting[:most]]
    return tuple(found)


def settled(
    guards: Sequence[Guard],
    parameters: Sequence[Parameter],
    values: Callable[[Parameter], Sequence[str]],
    spelling: Spelling,
    fits: Fits = anything,
) -> dict[str, str] | None:
    """What a call gives in place of first values and defaults that a guard raises on; None where one always does."""
    offered = {one.name: values(one) for one in parameters}
    if not all(offered[one.name] for one in parameters if one.default is None):
        return {}
    usual = {one.name: one.default if one.default is not None else offered[one.name][0] for one in parameters}
    row = dict(usual)
    for at, guard in enumerate(guards[:MOST]):
        raising = raised([one for one in guards[: at + 1] if one.raises], parameters, spelling)
        if not raising(row):
            continue
        solution = solved(guard.condition, offered, offered.__getitem__, spelling)
        rows = () if solution is None else solution.holds if guard.negated else solution.fails
        free = ({**row, **dict(one)} for one in rows if all(fits(*pair) for pair in one))
        found = next((one for one in free if not raising(one)), None)
        if found is None:
            return None
        row = found
    return {name: value for name, value in row.items() if value != usual[name]}


def raised(
    guards: Sequence[Guard], parameters: Iterable[Parameter], spelling: Spelling
) -> Callable[[Mapping[str, str]], str]:
    """What a call raises by the first guard that its arguments meet."""
    defaults = {one.name: one.default for one in parameters if one.default is not None}

    def raising(row: Mapping[str, str]) -> str:
        given = {**defaults, **row}
        for guard in guards:
            met = holds(guard.condition, given, spelling)
            if met is not None and met is not guard.negated:
                return guard.raises
        return ""

    return raising
