"""Ten small Python modules of different kinds, each with a mutant and what its calls return."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from reviewbot.core.symbols import Syntax
from reviewbot.tasks.scaffold.frameworks.python_calls import called, given
from reviewbot.tasks.scaffold.languages import python
from reviewbot.tasks.scaffold.suites import Case, Suite, Target
from tests.readings import diff


@dataclass(frozen=True, slots=True)
class Example:
    """A module `shop/NAME.py`; `mutant` is what of its text changes, and to what."""

    name: str
    #: The target that is meant, by its name.
    target: str
    source: str
    mutant: tuple[str, str]

    @property
    def path(self) -> str:
        return f"shop/{self.name}.py"

    def targets(self) -> tuple[Target, ...]:
        """What the whole module, being new, has to test."""
        return tuple(python.targets(Syntax(diff(self.path, None, self.source))))

    def chosen(self) -> Target:
        return next(target for target in self.targets() if target.name == self.target)

    def mutated(self) -> str:
        return self.source.replace(*self.mutant, 1)


CLAMP = '''\
def clamp(value: int, low: int = 0, high: int = 10) -> int:
    """The value, or the nearer end."""
    if low > high:
        raise ValueError("low is above high")
    if value < low:
        return low
    return high if value > high else value
'''

SLUG = '''\
def slug(text: str) -> str:
    """Words with dashes between."""
    return "-".join(text.lower().split())
'''

DURATION = '''\
SECONDS = {"s": 1, "m": 60, "h": 3600}


class DurationError(ValueError):
    """Not a duration."""


def parse_duration(text):
    """Seconds of `90s`, `5m`, `1h`."""
    text = text.strip()
    if not text:
        raise DurationError("nothing")
    unit = SECONDS.get(text[-1], 0)
    if unit == 0:
        return None
    return int(text[:-1]) * unit
'''

STACK = '''\
class Stack:
    """The last in is the first out."""

    def __init__(self, items: list[int] | None = None) -> None:
        self._items = items or []

    def push(self, item: int) -> None:
        self._items.append(item)

    def pop(self) -> int:
        if not self._items:
            raise IndexError("empty")
        return self._items.pop()

    def __len__(self) -> int:
        return len(self._items)
'''

FETCH = '''\
import asyncio


async def fetched(name: str, retries: int = 1) -> dict[str, int]:
    """Asks until somebody answers."""
    if retries < 0:
        raise ValueError("retries")
    for _ in range(retries):
        await asyncio.sleep(0)
    return {name: retries + 1}
'''

POINT = """\
from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    x: float
    y: float = 0.5
    label: str = ""
"""

CHUNKS = """\
from collections.abc import Iterator, Sequence


def chunks(items: Sequence[int], size: int) -> Iterator[list[int]]:
    if size < 1:
        raise ValueError("size")
    for at in range(0, len(items), size):
        yield list(items[at : at + size])
"""

FIRST = '''\
from __future__ import annotations


def first_even(numbers: list[int]) -> int | None:
    """The first even number, None where there is none."""
    for number in numbers:
        if number % 2 == 0:
            return number
    return None
'''

WITHDRAW = """\
def withdraw(balance: float, amount: float, *, overdraft: bool = False) -> float:
    if amount <= 0:
        raise ValueError("amount")
    if amount > balance and not overdraft:
        raise ArithmeticError("balance")
    return balance - amount
"""

RECTANGLE = """\
class Rectangle:
    def __init__(self, width: int, height: int):
        if width < 0 or height < 0:
            raise ValueError("negative")
        self.width = width
        self.height = height

    @property
    def area(self) -> int:
        return self.width * self.height
"""

EXAMPLES = (
    Example("clamps", "clamp", CLAMP, ("value < low", "value <= high")),
    Example("slugs", "slug", SLUG, (".lower()", "")),
    Example("durations", "parse_duration", DURATION, ("unit == 0", "unit != 0")),
    Example("stacks", "Stack.push", STACK, ("self._items.append(item)", "pass")),
    Example("fetching", "fetched", FETCH, ("retries + 1", "retries")),
    Example("points", "Point", POINT, ("y: float = 0.5", "y: float = 1.5")),
    Example("chunking", "chunks", CHUNKS, ("at + size", "at + size - 1")),
    Example("firsts", "first_even", FIRST, ("== 0", "!= 0")),
    Example("accounts", "withdraw", WITHDRAW, ("balance - amount", "balance + amount")),
    Example("shapes", "Rectangle.area", RECTANGLE, ("self.width * self.height", "self.width + self.height")),
)


def answers(example: Example, suite: Suite) -> Mapping[str, str]:
    """By the name of each case without an expectation what its call returns, as an expression; "" where it raises."""
    return {case.name: _answer(example, suite, case) for case in suite.cases if not case.is_written}


def _answer(example: Example, suite: Suite, case: Case) -> str:
    scope: dict[str, Any] = {"asyncio": asyncio, "islice": itertools.islice, "asdict": asdict, "__name__": __name__}
    exec(example.source, scope)
    arguments = ", ".join(f"{name}={value}" for name, value in given(suite.target, case))
    call = called(suite, arguments)
    try:
        for line in call.before:
            exec(line, scope)
        return repr(eval(call.value, scope))
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
        return ""
