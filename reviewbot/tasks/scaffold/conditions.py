"""For which arguments a condition in a source text is true: found by trying the values at its edges.

The condition is read by a small parser that knows what languages have in common. What it does not know is "unknown"
and makes unknown whatever depends on it, so an answer is right or missing, but for operators that a class overrides.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeGuard

from reviewbot.tasks.scaffold.evaluating import MEASURES, Setting, evaluated, is_true
from reviewbot.tasks.scaffold.literals import (
    CSHARP,
    GO,
    JAVA,
    JAVASCRIPT,
    PHP,
    PYTHON,
    RUBY,
    RUST,
    Sized,
    Spelling,
    Value,
    kin,
    numbered,
    read,
)
from reviewbot.tasks.scaffold.parsing import Condition, parsed

__all__ = [
    "CSHARP", "GO", "JAVA", "JAVASCRIPT", "PHP", "PYTHON", "RUBY", "RUST", "Row", "Solution", "Spelling", "Values",
    "holds", "solved",
]  # fmt: skip

#: Rows of each side, names of one condition, and values of a name by how many names there are.
MOST_ROWS, MOST_NAMES = 3, 3
_TYPED = frozenset({"isinstance", "typeof"})
_MOST_VALUES = {1: 40, 2: 16, 3: 7}

#: By name of a parameter the expressions that a test may give it, the usual one first.
Values = Callable[[str], Sequence[str]]
Row = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Solution:
    """Arguments for which a condition is true and for which it is false, those nearest its boundary first."""

    holds: tuple[Row, ...]
    fails: tuple[Row, ...]


def solved(text: str, parameters: Collection[str], values: Values, spelling: Spelling) -> Solution | None:
    """None for a condition that names no parameter, too many, or of which nothing is known."""
    condition = parsed(text)
    names = [name for name in _names(condition) if name in parameters]
    if not 0 < len(names) <= MOST_NAMES:
        return None
    offered = [_offered(condition, name, values(name), spelling)[: _MOST_VALUES[len(names)]] for name in names]
    found: list[tuple[Row, Value, bool]] = []
    for choice in sorted(product(*map(enumerate, offered)), key=lambda chosen: sum(index for index, _ in chosen)):
        row = tuple((name, written) for name, (_, (written, _)) in zip(names, choice, strict=True))
        setting = Setting({name: value for name, (_, (_, value)) in zip(names, choice, strict=True)}, spelling.falsy)
        outcome = is_true(evaluated(condition, setting), spelling.falsy)
        if outcome is not None:
            found.append((row, choice[0][1][1] if len(names) == 1 else None, outcome))
    edges = {outcome: [value for _, value, other in found if other is not outcome] for outcome in (True, False)}
    found.sort(key=lambda one: not _is_beside(one[1], edges[one[2]]))
    holding, failing = ([row for row, _, other in found if other is side][:MOST_ROWS] for side in (True, False))
    return Solution(tuple(holding), tuple(failing)) if found else None


def _is_beside(value: Value, others: Sequence[Value]) -> bool:
    """Whether the next number is on the other side: of `x < 0 or x > 100` both boundaries are shown."""
    return _is_number(value) and any(_is_number(other) and abs(other - value) == 1 for other in others)


def _is_number(value: Value) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def holds(text: str, row: Mapping[str, str], spelling: Spelling) -> bool | None:
    """Whether a condition is true of a row, None where that cannot be told."""
    setting = Setting({name: read(written) for name, written in row.items()}, spelling.falsy)
    return is_true(evaluated(parsed(text), setting), spelling.falsy)


def _walk(condition: Condition) -> Iterator[tuple[Condition, bool]]:
    """Every part, the outermost first, with whether only its length is asked for."""
    stack = [(condition, False)]
    while stack:
        part, measured = stack.pop()
        yield part, measured
        inner = part.kind == "call" and part.text.lower() in MEASURES
        stack += [(child, inner) for child in reversed(part.parts)]


def _names(condition: Condition) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.text for part, _ in _walk(condition) if part.kind == "name"))


def _offered(condition: Condition, name: str, examples: Sequence[str], spelling: Spelling) -> list[tuple[str, Value]]:
    """Expressions for a parameter with their values: at the edges that the condition names, then the examples."""
    uses = {measured for part, measured in _walk(condition) if part.kind == "name" and part.text == name}
    constants = [part.value for part, _ in _walk(condition) if part.kind == "value"]
    known = [(example, read(example)) for example in examples]
    if any(part.text in _TYPED for part, _ in _walk(condition) if part.kind == "call"):
        known += [("0", 0), (spelling.quote * 2, "")]
    kinds = {kin(value) for _, value in known} - {"", "none"}
    found: dict[str, Value] = {}
    for written, value in _edges(constants, uses, examples, spelling):
        if kin(value) == "none" or not kinds or kin(value) in kinds:
            found.setdefault(written, value)
    for written, value in known:
        found.setdefault(written, value)
    return list(found.items())


def _edges(
    constants: Sequence[Value], uses: Collection[bool], examples: Sequence[str], spelling: Spelling
) -> Iterator[tuple[str, Value]]:
    for constant in constants:
        if constant is None:
            yield spelling.none, None
        elif isinstance(constant, bool):
            yield (spelling.true if constant else spelling.false), constant
        elif isinstance(constant, str) and (quoted := spelling.quoted(constant)) is not None:
            yield quoted, constant
        elif isinstance(constant, int | float):
            for number in (constant, constant - 1, constant + 1):
                if False in uses:
                    yield numbered(number, examples), number
                if True in uses and isinstance(number, int):
                    yield from _lengths(number, examples, spelling)
    if True in uses:
        yield from _lengths(0, examples, spelling)


def _lengths(length: int, examples: Sequence[str], spelling: Spelling) -> Iterator[tuple[str, Value]]:
    for example in examples[:1] or (spelling.quote * 2,):
        written = spelling.of_length(example, length) if length >= 0 else None
        if written is not None:
            is_text = isinstance(read(example), str)
            yield written, "a" * length if is_text else Sized(length)
