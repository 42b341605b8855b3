from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.tasks.scaffold.conditions import JAVA, JAVASCRIPT, PYTHON, RUBY, RUST, Solution, Spelling, holds, solved

EXAMPLES: dict[str, tuple[str, ...]] = {
    "x": ("1", "0", "-1"), "low": ("1", "0"), "high": ("1", "0"), "text": ('"abc"', '""'), "items": ("[1]", "[]"),
    "rate": ("0.5", "0.0"), "big": ("1L",),
}  # fmt: skip


def examples(name: str) -> Sequence[str]:
    return EXAMPLES[name]


def solution(text: str, spelling: Spelling = PYTHON) -> Solution:
    found = solved(text, EXAMPLES, examples, spelling)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "spelling", "holding", "failing"),
    [
        ("x < 0", PYTHON, {"x": "-1"}, {"x": "0"}),
        ("x >= 10", PYTHON, {"x": "10"}, {"x": "9"}),
        ("0 < x <= 5", PYTHON, {"x": "1"}, {"x": "0"}),
        ("not x", PYTHON, {"x": "0"}, {"x": "1"}),
        ("!x", JAVASCRIPT, {"x": "0"}, {"x": "1"}),
        ("x is None", PYTHON, {"x": "None"}, {"x": "1"}),
        ("x is not None and x > 3", PYTHON, {"x": "4"}, {"x": "None"}),
        ("x === null", JAVASCRIPT, {"x": "null"}, {"x": "1"}),
        ("x == nil", RUBY, {"x": "nil"}, {"x": "1"}),
        ("low > high", PYTHON, {"low": "1", "high": "0"}, {"low": "1", "high": "1"}),
        ("x not in (1, 2)", PYTHON, {"x": "0"}, {"x": "1"}),
        ("x % 2 == 0", PYTHON, {"x": "2"}, {"x": "1"}),
        ("len(text) > 3", PYTHON, {"text": '"aaaa"'}, {"text": '"aaa"'}),
        ("len(items) > 2", PYTHON, {"items": "[1, 1, 1]"}, {"items": "[1, 1]"}),
        ("len(text) > 255", PYTHON, {"text": '"a" * 256'}, {"text": '"a" * 255'}),
        ("text == 'yes'", PYTHON, {"text": '"yes"'}, {"text": '"abc"'}),
        ("text.strip() == ''", PYTHON, {"text": '""'}, {"text": '"abc"'}),
        ("text.startswith('ab')", PYTHON, {"text": '"ab"'}, {"text": '""'}),
        ("not isinstance(text, str)", PYTHON, {"text": "0"}, {"text": '"abc"'}),
        ('typeof text !== "string"', JAVASCRIPT, {"text": "0"}, {"text": '"string"'}),
        ("items.length === 0", JAVASCRIPT, {"items": "[]"}, {"items": "[1]"}),
        ("items.is_empty()", RUST, {"items": "[]"}, {"items": "[1]"}),
        ("text.nil? || text.empty?", RUBY, {"text": '""'}, {"text": '"abc"'}),
        ("%s.include?(text)" % ["yes", "no"], RUBY, {"text": '"yes"'}, {"text": '"abc"'}),
        ('List.of("yes", "no").contains(text)', JAVA, {"text": '"yes"'}, {"text": '"abc"'}),
        ("!in_array($x, [1, 2], true)", PYTHON, {"x": "0"}, {"x": "1"}),
        ('text.equals("a")', JAVA, {"text": '"a"'}, {"text": '"abc"'}),
        ("rate > 1", PYTHON, {"rate": "2.0"}, {"rate": "1.0"}),
        ("big < 0", JAVA, {"big": "-1L"}, {"big": "0L"}),
        ("$x < 0", PYTHON, {"x": "-1"}, {"x": "0"}),
        ("x?.length", JAVASCRIPT, {"x": "1"}, None),
    ],
)  # fmt: skip
def test_arguments_for_both_sides_are_found_at_the_boundary(
    text: str, spelling: Spelling, holding: dict[str, str], failing: dict[str, str] | None
) -> None:
    found = solved(text, EXAMPLES, examples, spelling)
    if failing is None:
        assert found is None
        return
    assert found is not None
    assert dict(found.holds[0]) == holding
    assert failing in [dict(row) for row in found.fails]


@pytest.mark.parametrize(
    "text",
    [
        "y > 3",
        "x > LIMIT",
        "check(x)",
        "known(x) or x",
        "x < other.value",
        "x <",
        "((x)",
        "x @ 3",
        "",
        "x[0] == 1",
        "(" * 300,
    ],
)
def test_what_is_not_known_is_not_guessed(text: str) -> None:
    assert solved(text, EXAMPLES, examples, PYTHON) is None


def test_languages_disagree_on_what_is_false() -> None:
    assert [dict(row) for row in solution("!items", JAVASCRIPT).holds] == []
    assert solution("not items", PYTHON).holds[0] == (("items", "[]"),)
    assert solution("!x", RUBY).holds == ()


@pytest.mark.parametrize(
    ("text", "row", "outcome"),
    [
        ("x < 0", {"x": "-1"}, True), ("x < 0", {"x": "0"}, False), ("x < 0", {"x": "Foo()"}, None),
        ("x < 0", {}, None),
        ("x is None or x < 0", {"x": "None"}, True), ("x < 0 or x is None", {"x": "None"}, None),
        ("x < 0", {"x": '"a"'}, None), ("len(x) == 2", {"x": '["a", "b"]'}, True),
        ("len(x) == 3", {"x": '{"a": 1}'}, False),
        ("x == [1]", {"x": "[1]"}, None), ("len(x) == 2", {"x": "(1, 2)"}, True), ("len(x) == 1", {"x": "(1)"}, None),
        ("len(x) > 255", {"x": '"a" * 256'}, True), ("x == 1", {"x": "True"}, False),
    ],
)  # fmt: skip
def test_a_row_is_judged_only_where_that_is_certain(text: str, row: dict[str, str], outcome: bool | None) -> None:
    assert holds(text, row, PYTHON) is outcome


WORDS = st.sampled_from(
    ["x", "not", "and", "or", "(", ")", "<", "==", "3", "'a'", "is", "None", "in", "[", "]", ",", "-", "."]
)


@given(st.lists(WORDS, max_size=30).map(" ".join) | st.text(max_size=60))
def test_any_text_has_an_answer_that_agrees_with_itself(text: str) -> None:
    found = solved(text, {"x"}, examples, PYTHON)
    if found is not None:
        assert all(holds(text, dict(row), PYTHON) is True for row in found.holds)
        assert all(holds(text, dict(row), PYTHON) is False for row in found.fails)


@pytest.mark.parametrize(
    "text", ["not " * 99 + "x", "x and " * 60 + "x", "-" * 399 + "x", "x < " * 90 + "x", '"' * 400]
)
def test_hostile_conditions_take_no_time(text: str) -> None:
    begin = time.process_time()
    solved(text, EXAMPLES, examples, PYTHON)
    assert time.process_time() - begin < 1
