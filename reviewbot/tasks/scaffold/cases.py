"""The calls of a suite: the usual one, those that branches lead into, and one edge value at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest

from reviewbot.core.text import clipped, visible
from reviewbot.tasks.scaffold.suites import Branch, Case, Parameter

#: Rows of one suite, and those among them that raise; a reader reads them all.
MOST, MOST_RAISING = 12, 4
#: Characters of a value in a name.
_SHOWN = 40
_EMPTY = frozenset({'""', "''", "``", "[]", "()", "{}", "set()", "dict()", 'b""', "vec![]"})

Values = Callable[[Parameter], Sequence[str]]
Raising = Callable[[Mapping[str, str]], str]


def _never(row: Mapping[str, str]) -> str:
    return ""


def assembled(
    parameters: Sequence[Parameter],
    values: Values,
    branches: Iterable[Branch] = (),
    *,
    raising: Raising = _never,
    constructor: Sequence[Parameter] = (),
    comparable: bool = True,
    most: int = MOST,
) -> tuple[Case, ...]:
    """Distinct calls, those that raise last; none where a parameter or the constructor can be given no value."""
    built, usual = _usual(constructor, values), _usual(parameters, values)
    if built is None or usual is None:
        return ()
    returning: list[Case] = []
    failing: list[Case] = []
    seen: set[tuple[tuple[str, str], ...]] = set()
    names: dict[str, int] = {}
    for name, row, told in _rows(parameters, usual, values, branches):
        arguments = tuple((one.name, row[one.name]) for one in parameters if one.name in row)
        if arguments in seen:
            continue
        seen.add(arguments)
        raises = told or raising(row)
        if len(failing if raises else returning) >= (MOST_RAISING if raises else most):
            continue
        names[name] = count = names.get(name, 0) + 1
        distinct = name if count == 1 else f"{name} ({count})"
        case = Case(distinct, arguments, None, raises, tuple(built.items()), comparable)
        (failing if raises else returning).append(case)
    return (*returning[: most - len(failing)], *failing)


def worded(name: str, value: str) -> str:
    """`low is 0`, `text is empty`, `text is 'a b'`: no control character, and not long."""
    return f"{name} is {'empty' if value in _EMPTY else clipped(visible(value.replace(chr(10), ' ')), _SHOWN)}"


def _usual(parameters: Sequence[Parameter], values: Values) -> dict[str, str] | None:
    usual: dict[str, str] = {}
    for one in parameters:
        if one.default is None:
            offered = values(one)
            if not offered:
                return None
            usual[one.name] = offered[0]
    return usual


def _rows(
    parameters: Sequence[Parameter], usual: dict[str, str], values: Values, branches: Iterable[Branch]
) -> Iterator[tuple[str, dict[str, str], str]]:
    """Name, arguments and what is raised, the most telling first."""
    yield ("usual arguments" if usual else "no arguments"), usual, ""
    known = {one.name for one in parameters}
    for branch in branches:
        if branch.arguments and all(name in known for name, _ in branch.arguments):
            name = " and ".join(worded(*pair) for pair in branch.arguments[:3])
            yield name, usual | dict(branch.arguments), branch.raises
    columns = [[(one, value) for value in values(one) if value != one.default] for one in parameters]
    for turn in zip_longest(*columns):
        for pair in turn:
            if pair is not None:
                one, value = pair
                yield worded(one.name, value), usual | {one.name: value}, ""
