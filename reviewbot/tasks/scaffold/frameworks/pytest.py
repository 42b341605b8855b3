"""Suites for pytest: tables of rows over plain functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from reviewbot.tasks.scaffold.frameworks import python_layout
from reviewbot.tasks.scaffold.frameworks.python_calls import (
    SINGLE,
    Call,
    called,
    columns,
    given,
    handed,
    header,
    held,
    is_by_place,
    is_real,
    reachable,
    refused,
    title,
)
from reviewbot.tasks.scaffold.frameworks.python_imports import imports
from reviewbot.tasks.scaffold.frameworks.python_lines import WIDTH, bracketed, quoted
from reviewbot.tasks.scaffold.frameworks.python_signs import signs, styles
from reviewbot.tasks.scaffold.holes import HOLE
from reviewbot.tasks.scaffold.suites import Case, Suite, Surroundings, Target

NAME = "pytest"


def weight(around: Surroundings, path: str) -> int:
    """The share of the tests that are written for it, then manifests that name it."""
    ours, theirs = styles(around)
    return (100 * ours // (ours + theirs) if ours + theirs else 0) + signs(around)


def places(target: Target, around: Surroundings) -> Sequence[str]:
    return python_layout.places(target, around)


def module(target: Target, path: str, around: Surroundings) -> str:
    return python_layout.module(target, around)


def render(suite: Suite) -> str:
    """One function for what is returned, one for what is raised, one for what nobody has written yet."""
    cases = reachable(suite)
    written = [case for case in cases if case.expected is not None and not case.raises]
    raising = [case for case in cases if case.raises]
    open_ = [case for case in cases if not case.is_written]
    lines = [header(suite), *imports(suite, NAME)]
    if written:
        lines += ["", *_returns(suite, written)]
    for raised, group in groupby(sorted(raising, key=lambda case: case.raises), key=lambda case: case.raises):
        several = len({case.raises for case in raising}) > 1
        lines += ["", *_raises(suite, raised, list(group), several=several)]
    if open_:
        lines += ["", *_unwritten(suite, open_)]
    return "\n".join([*_spaced(lines), ""])


def _spaced(lines: Sequence[str]) -> Iterator[str]:
    """Two blank lines before each function."""
    for at, line in enumerate(lines):
        if not line and at + 1 < len(lines) and lines[at + 1].startswith(("@", "def ")):
            if lines[at - 1]:
                yield ""
            yield ""
        else:
            yield line


def _returns(suite: Suite, cases: Sequence[Case]) -> Iterator[str]:
    expected = [case.expected or "" for case in cases]
    sign = "is" if all(value in SINGLE for value in expected) else "=="

    def body(call: Call, wanted: str) -> list[str]:
        return [*call.before, f"assert {call.value} {sign} {wanted}"]

    yield from _test(suite, "returns", cases, ("expected", [_approximate(value) for value in expected]), body)


def _approximate(value: str) -> str:
    return f"pytest.approx({value})" if value != HOLE and is_real(value) else value


def _raises(suite: Suite, raised: str, cases: Sequence[Case], *, several: bool) -> Iterator[str]:
    def body(call: Call, wanted: str) -> list[str]:
        return [*call.before, f"with pytest.raises({raised}):", f"    {call.value}"]

    name = re.sub(r"\W", "_", raised).lower()
    yield from _test(suite, f"raises_{name}" if several else "raises", cases, None, body, raised)


def _unwritten(suite: Suite, cases: Sequence[Case]) -> Iterator[str]:
    """They skip with what they saw: it is for a human to say what is right."""

    def body(call: Call, wanted: str) -> list[str]:
        return [
            "try:",
            *(f"    {line}" for line in call.before),
            f"    result = repr({call.value})",
            "except (Exception, SystemExit) as error:",
            '    pytest.skip(f"to be written: it raised {error!r:.200}")',
            'pytest.skip(f"to be written: it returned {result:.200}")',
        ]

    yield from _test(suite, "is_to_be_written", cases, None, body)


def _test(
    suite: Suite, what: str, cases: Sequence[Case], wanted: tuple[str, list[str]] | None,
    body: Callable[[Call, str], list[str]], raised: str = "",
) -> Iterator[str]:  # fmt: skip
    """A test over rows, a plain one where there is nothing to vary."""
    name, names = f"test_{title(suite.target)}_{what}", columns(suite)

    def written(arguments: str) -> Call:
        return refused(suite, arguments, raised) if raised else called(suite, arguments)

    if names == ():
        yield f"def {name}():"
        for line in body(written(""), wanted[1][0] if wanted else ""):
            yield f"    {line}"
        return
    call = written(handed(suite, names)) if names else None
    by_place = is_by_place(suite.target)
    if call is None or any(len(line) + 8 > WIDTH for line in body(call, "expected")):
        names, call = None, written("*arguments" if by_place else "**arguments")
    heads = (*(names or ("arguments",)), *([wanted[0]] if wanted else []))
    yield "@pytest.mark.parametrize("
    words = [quoted(head) for head in heads]
    yield from [f"    {words[0]},"] if len(words) == 1 else bracketed("(", words, "),", 4)
    yield "    ["
    for at, case in enumerate(cases):
        pairs = given(suite.target, case)
        values = [value for _, value in pairs] if names else [held(pairs, by_place=by_place)]
        parts = [*values, *([wanted[1][at]] if wanted else []), f"id={quoted(case.name)}"]
        yield from bracketed("pytest.param(", parts, "),", 8)
    yield from ("    ],", ")")
    yield from bracketed(f"def {name}(", heads, "):", 0)
    for line in body(call, "expected"):
        yield f"    {line}"
