"""JSON out of whatever a model writes around it: found wherever it stands, and never guessed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.replies import UnreadableError, listed, number, optional, prose, single

ITEMS = st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=9) | st.integers() | st.booleans(), max_size=3))


@given(ITEMS, st.text("[]{} ,x\n`", max_size=30), st.text("[]{} ,x\n`", max_size=30), st.none() | st.integers(0, 4))
def test_the_items_are_found_between_any_brackets(
    items: list[dict[str, object]], before: str, after: str, indent: int | None
) -> None:
    reply = before[:12] + json.dumps({"items": items}, indent=indent) + after
    assert listed(reply, "items") == items


@given(ITEMS)
def test_an_object_inside_another_is_found(items: list[dict[str, object]]) -> None:
    assert listed(json.dumps({"x": [{"y": {"items": items}}]}), "items") == items


def test_what_begins_with_the_member_is_found_behind_any_number_of_braces() -> None:
    assert listed("{x} " * 500 + '{ "items": [1]}', "items") == [1]


def test_commas_in_texts_are_not_taken_for_commas_too_many() -> None:
    assert listed('{"items": ["a,]", "\\",}",],}', "items") == ["a,]", '",}']


@pytest.mark.parametrize(
    "reply", ['{"items": [1, 2', '{"items": [1 2]}', '{"Items": []}', '[{"a": 1}] and more', "[3]"]
)
def test_what_is_not_all_there_is_not_read(reply: str) -> None:
    with pytest.raises(UnreadableError):
        listed(reply, "items")


@pytest.mark.parametrize(("value", "read"), [
    (7, 7), ("7", 7), (7.0, 7), (0, 0), (9_999_999, 9_999_999), (10**7, None), (-1, None), (7.5, None), (True, None),
    (None, None), ("", None), ("7a", None), ("\u0667", None), (float("nan"), None), (float("inf"), None), ([7], None),
])  # fmt: skip
def test_a_number_is_read_however_it_is_written(value: object, read: int | None) -> None:
    assert number(value) == read
    assert type(number(value)) is type(read)


def test_a_text_may_come_in_lines_and_half_a_character_is_spelled_out() -> None:
    assert prose(["a", "b"]) == "a\nb"
    assert prose("\ud800") == "\\u{d800}"
    assert (prose(None), prose(3), prose([1])) == ("", 3, [1])
    assert (optional(3), optional([1]), optional("x")) == ("", "", "x")


def test_a_single_object_is_the_first_that_has_the_member() -> None:
    reply = 'Well: {"x": 1} {"subject": "a", "body": "b",} {"subject": "c"}'
    assert single(reply, "subject") == {"subject": "c"}
    assert single(reply.replace(",}", "}"), "subject") == {"subject": "a", "body": "b"}
    with pytest.raises(UnreadableError):
        single('["subject"]', "subject")
