"""Suites for unittest: tables of rows in a class, a subtest for each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from reviewbot.tasks.scaffold.frameworks import python_layout
from reviewbot.tasks.scaffold.frameworks.python_calls import (
    SINGLE,
    Call,
    called,
    columns,
    given,
    header,
    held,
    is_by_place,
    is_real,
    reachable,
    refused,
    title,
)
from reviewbot.tasks.scaffold.frameworks.python_imports import imports
from reviewbot.tasks.scaffold.frameworks.python_lines import bracketed, quoted
from reviewbot.tasks.scaffold.frameworks.python_signs import styles
from reviewbot.tasks.scaffold.naming import pascal
from reviewbot.tasks.scaffold.suites import Case, Suite, Surroundings, Target

NAME = "unittest"


def weight(around: Surroundings, path: str) -> int:
    """The share of the tests that are written for it."""
    theirs, ours = styles(around)
    return 100 * ours // (ours + theirs) if ours else 0


def places(target: Target, around: Surroundings) -> Sequence[str]:
    """What its discovery finds begins with `test`."""
    return python_layout.places(target, around)


def module(target: Target, path: str, around: Surroundings) -> str:
    return python_layout.module(target, around)


def render(suite: Suite) -> str:
    """One method for what is returned, one for what is raised, one for what nobody has written yet."""
    cases = reachable(suite)
    written = [case for case in cases if case.expected is not None and not case.raises]
    raising = sorted((case for case in cases if case.raises), key=lambda case: case.raises)
    open_ = [case for case in cases if not case.is_written]
    methods: list[Iterator[str]] = []
    for assertion, chosen in _assertions(written):
        methods.append(_returns(suite, assertion, chosen, several=len(chosen) < len(written)))
    for raised, group in groupby(raising, key=lambda case: case.raises):
        methods.append(_raises(suite, raised, list(group), several=len({case.raises for case in raising}) > 1))
    if open_:
        methods.append(_unwritten(suite, open_))
    name = pascal(title(suite.target)) or "Subject"
    lines = [header(suite), *imports(suite, NAME), "", f"class {name}Test(unittest.TestCase):"]
    for at, method in enumerate(methods):
        lines += [*([""] if at else []), *(f"    {line}" if line else "" for line in method)]
    return "\n".join([*lines, ""])


def _assertions(cases: Sequence[Case]) -> list[tuple[str, list[Case]]]:
    """The cases by how they are compared: by identity, nearly, or by equality."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        expected = case.expected or ""
        how = "assertIs" if expected in SINGLE else "assertAlmostEqual" if is_real(expected) else "assertEqual"
        groups.setdefault(how, []).append(case)
    return sorted(groups.items(), reverse=True)


def _returns(suite: Suite, assertion: str, cases: Sequence[Case], *, several: bool) -> Iterator[str]:
    suffix = {"assertIs": "_exactly", "assertAlmostEqual": "_nearly"}.get(assertion, "") if several else ""
    yield f"def test_returns{suffix}(self):"
    call, names = _call(suite)
    if names == ():
        yield from (f"    {line}" for line in call.before)
        yield f"    self.{assertion}({call.value}, {cases[0].expected})"
        return
    yield from _rows(suite, cases, [case.expected or "" for case in cases])
    yield "    for name, arguments, expected in rows:"
    yield "        with self.subTest(name):"
    yield from (f"            {line}" for line in (*call.before, f"self.{assertion}({call.value}, expected)"))


def _raises(suite: Suite, raised: str, cases: Sequence[Case], *, several: bool) -> Iterator[str]:
    suffix = "_" + re.sub(r"\W", "_", raised).lower() if several else ""
    yield f"def test_raises{suffix}(self):"
    names = columns(suite)
    call = refused(suite, _arguments(suite, names), raised)
    if names == ():
        yield from (f"    {line}" for line in call.before)
        yield f"    with self.assertRaises({raised}):"
        yield f"        {call.value}"
        return
    yield from _rows(suite, cases, None)
    yield "    for name, arguments in rows:"
    indent = " " * 8
    if call.before:
        yield f"{indent}with self.subTest(name):"
        yield from (f"{indent}    {line}" for line in call.before)
        yield f"{indent}    with self.assertRaises({raised}):"
        yield f"{indent}        {call.value}"
        return
    yield f"{indent}with self.subTest(name), self.assertRaises({raised}):"
    yield f"{indent}    {call.value}"


def _unwritten(suite: Suite, cases: Sequence[Case]) -> Iterator[str]:
    """They skip with what they saw: it is for a human to say what is right."""
    yield "def test_is_to_be_written(self):"
    call, names = _call(suite)
    indent = " " * 4
    if names != ():
        yield from _rows(suite, cases, None)
        yield "    for name, arguments in rows:"
        yield "        with self.subTest(name):"
        indent = " " * 12
    yield f"{indent}try:"
    yield from (f"{indent}    {line}" for line in call.before)
    yield f"{indent}    result = repr({call.value})"
    yield f"{indent}except (Exception, SystemExit) as error:"
    yield f'{indent}    self.skipTest(f"to be written: it raised {{error!r:.200}}")'
    yield f'{indent}self.skipTest(f"to be written: it returned {{result:.200}}")'


def _call(suite: Suite) -> tuple[Call, tuple[str, ...] | None]:
    """The call over a row, or over nothing where there is nothing to vary."""
    names = columns(suite)
    return called(suite, _arguments(suite, names)), names


def _arguments(suite: Suite, names: tuple[str, ...] | None) -> str:
    return "" if names == () else "*arguments" if is_by_place(suite.target) else "**arguments"


def _rows(suite: Suite, cases: Sequence[Case], expected: Sequence[str] | None) -> Iterator[str]:
    by_place = is_by_place(suite.target)
    yield "    rows = ["
    for at, case in enumerate(cases):
        pairs = given(suite.target, case)
        parts = [quoted(case.name), held(pairs, by_place=by_place), *([expected[at]] if expected is not None else [])]
        yield from bracketed("(", parts, "),", 8)
    yield "    ]"
