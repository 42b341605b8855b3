"""The calls of a target, as the guards of it and of its constructor allow them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from reviewbot.tasks.scaffold.cases import Values, assembled
from reviewbot.tasks.scaffold.conditions import Spelling
from reviewbot.tasks.scaffold.harmless import harmless, is_harmless
from reviewbot.tasks.scaffold.languages.guards import Fits, Guard, anything, branches, raised, settled
from reviewbot.tasks.scaffold.suites import Branch, Case, Parameter, Target

#: A trait of a target that is public, and that no test can call by itself.
UNMADE = "unmade"
#: What begins the trait of an argument of the constructor that its guards ask for.
_MADE = "made "


def called(
    target: Target,
    values: Values,
    guards: Sequence[Guard],
    spelling: Spelling,
    fits: Fits = anything,
    *,
    ways: Iterable[Branch] | None = None,
    comparable: bool = True,
) -> tuple[Case, ...]:
    """Calls over edge values that types and guards suggest; `ways` are the branches where they are known already."""
    if UNMADE in target.traits:
        return ()
    usual = settled(guards, target.parameters, values, spelling, fits) or {}
    made = {name.removeprefix(_MADE): text for name, text in target.traits.items() if name.startswith(_MADE)}

    constructor = _asked(target.constructor, made)
    makers, takers = ({one.name: one for one in row} for row in (target.constructor, target.parameters))

    def offered(one: Parameter) -> Sequence[str]:
        known, asked = (makers, made) if any(one is taken for taken in constructor) else (takers, usual)
        found, first = harmless(known[one.name], values(known[one.name])), asked.get(one.name)
        return found if first is None else (first, *(value for value in found if value != first))

    if ways is None:
        led = branches(guards, takers, lambda name: values(takers[name]), spelling, fits)
        # What an argument raises is asked of all guards in order: one above may have it first.
        ways = [replace(one, raises="") for one in led]
    found = assembled(
        _asked(target.parameters, usual), offered, ways, raising=raised(guards, target.parameters, spelling),
        constructor=constructor, comparable=comparable,
    )  # fmt: skip
    return tuple(
        case for case in found
        if _stays(target.parameters, case.arguments) and _stays(target.constructor, case.construction)
    )  # fmt: skip


def _asked(parameters: Iterable[Parameter], usual: Collection[str]) -> tuple[Parameter, ...]:
    """A default that a guard refuses is no usual argument: a call gives another."""
    return tuple(replace(one, default=None) if one.name in usual else one for one in parameters)


def construction(
    guards: Sequence[Guard], constructor: Sequence[Parameter], values: Values, spelling: Spelling,
    fits: Fits = anything, spelled: Callable[[str], str] = str,
) -> dict[str, str]:  # fmt: skip
    """The traits of a target whose constructor has these guards: the arguments, as `spelled`, that they let through."""
    found = settled(guards, constructor, values, spelling, fits)
    return {UNMADE: "yes"} if found is None else {f"{_MADE}{spelled(name)}": value for name, value in found.items()}


def _stays(parameters: Sequence[Parameter], given: Iterable[tuple[str, str]]) -> bool:
    """Whether no path, left out ones included, is the folder that a test runs in or one above it."""
    return is_harmless({**{one.name: one.default or "" for one in parameters}, **dict(given)}, parameters)
