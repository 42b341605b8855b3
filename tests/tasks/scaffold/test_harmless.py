"""No value for a file or a folder is the current folder, or leads out of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.symbols import Syntax
from reviewbot.tasks.scaffold.harmless import harmless, is_harmless
from reviewbot.tasks.scaffold.languages import javascript, python
from reviewbot.tasks.scaffold.suites import Parameter
from tests.readings import diff

HARMFUL = ('""', "''", '" "', '"."', '".."', '"./"', '"/"', '"/etc"', '"~"', '"../a"', '"C:/a"', "Path()", "PurePath()")


@pytest.mark.parametrize("value", HARMFUL)
@pytest.mark.parametrize("parameter", [Parameter("outDir"), Parameter("file_name"), Parameter("x", "Path | None")])
def test_a_place_is_given_no_value_that_leads_anywhere(parameter: Parameter, value: str) -> None:
    assert harmless(parameter, ('"a"', value, "None")) == ('"a"', "None")
    assert harmless(parameter, (value,)) == ('"text"',)
    assert not is_harmless({parameter.name: value}, [parameter])


def test_what_is_no_place_keeps_its_values() -> None:
    assert harmless(Parameter("name", "str"), HARMFUL) == HARMFUL
    assert is_harmless({"name": '""'}, [Parameter("name")])


def test_a_list_of_places_holds_no_empty_one() -> None:
    assert harmless(Parameter("paths"), ('["a", ""]', "[]")) == ('["a", "text"]', "[]")


@pytest.mark.parametrize("name", ["path", "folder", "target_dir", "root"])
def test_a_guard_against_an_empty_path_is_not_tried_out(name: str) -> None:
    text = f"def f({name}: str):\n    if not {name} or {name} == '/':\n        raise ValueError\n    return 1\n"
    (target,) = python.targets(Syntax(diff("pkg/a.py", None, text)))
    assert {value for case in python.cases(target) for _, value in case.arguments} == {'"abc"', '" a B "'}
    text = f"export function f({name}: string) {{ if (!{name} || {name} === '/') throw new Error(); return 1; }}\n"
    (target,) = javascript.targets(Syntax(diff("src/a.ts", None, text)))
    assert {value for case in javascript.cases(target) for _, value in case.arguments} == {'"text"'}


@given(st.lists(st.text(max_size=40), max_size=4))
def test_whatever_is_kept_is_harmless(values: list[str]) -> None:
    one = Parameter("path")
    assert all(is_harmless({"path": value}, [one]) for value in harmless(one, values))
