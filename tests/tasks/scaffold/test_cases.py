from __future__ import annotations

from collections.abc import Mapping, Sequence

from reviewbot.tasks.scaffold.cases import MOST, MOST_RAISING, assembled, worded
from reviewbot.tasks.scaffold.suites import Branch, Parameter

LOW, HIGH = Parameter("low", "int"), Parameter("high", "int", "10")
VALUES = {"low": ("1", "0", "-1"), "high": ("1", "10"), "name": ('"a"',)}


def values(parameter: Parameter) -> Sequence[str]:
    return VALUES.get(parameter.name, ())


def test_the_usual_call_comes_first_and_leaves_defaults_out() -> None:
    first = assembled((LOW, HIGH), values)[0]
    assert (first.name, first.arguments) == ("usual arguments", (("low", "1"),))


def test_one_argument_at_a_time_is_an_edge_value() -> None:
    found = assembled((LOW, HIGH), values)
    assert [case.name for case in found] == ["usual arguments", "high is 1", "low is 0", "low is -1"]
    assert dict(found[1].arguments) == {"low": "1", "high": "1"}


def test_what_raises_comes_last() -> None:
    branches = (Branch((("low", "5"),), "ValueError"), Branch((("low", "6"),)))
    found = assembled((LOW,), values, branches)
    assert [case.raises for case in found] == ["", "", "", "", "ValueError"]
    assert found[1].name == "low is 6"


def test_an_edge_value_that_meets_a_guard_raises() -> None:
    def raising(row: Mapping[str, str]) -> str:
        return "ValueError" if row["low"] == "-1" else ""

    assert [case.name for case in assembled((LOW,), values, raising=raising) if case.raises] == ["low is -1"]


def test_a_suite_stays_short_and_its_names_distinct() -> None:
    many = [Branch((("low", str(number % 7 * 1.0 + number)),), "ValueError" * (number % 2)) for number in range(60)]
    found = assembled((LOW,), values, many)
    assert len(found) == MOST
    assert sum(bool(case.raises) for case in found) == MOST_RAISING
    assert len({case.name for case in found}) == len({case.arguments for case in found}) == MOST


def test_what_nobody_can_make_has_no_cases() -> None:
    assert assembled((Parameter("unknown"),), values) == ()
    assert assembled((LOW,), values, constructor=(Parameter("unknown"),)) == ()
    assert assembled((Parameter("unknown", default="3"),), values)[0].arguments == ()


def test_a_constructor_is_given_what_is_usual() -> None:
    found = assembled((), values, constructor=(Parameter("name"), HIGH))
    assert [(case.name, case.construction) for case in found] == [("no arguments", (("name", '"a"'),))]


def test_a_branch_on_something_else_is_left_out() -> None:
    assert len(assembled((LOW,), values, [Branch((("other", "1"),)), Branch(())])) == 3


def test_words_for_a_value_are_short_and_on_one_line() -> None:
    assert worded("text", '""') == "text is empty"
    assert worded("text", '"a\nb\u202e"') == 'text is "a b\\u{202e}"'
    assert len(worded("text", "x" * 500)) < 80
