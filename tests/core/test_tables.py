"""Lines of keys: exactly where a reader of the document would point."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.tables import DEPTH, lines

DOCUMENT = """\
# a comment
default = "internal"

[[rule]]
label = "restricted"
paths = [
  "a",   # first
  # between
  "b",
]

[[rule]]
"label" = 'public'
content = ["x"]

[review]
ignore = ["a"]
gate.fail_on = "none"
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("default",), 2),
        (("rule",), 4),
        (("rule", 0), 4),
        (("rule", 0, "label"), 5),
        (("rule", 0, "paths"), 6),
        (("rule", 0, "paths", 0), 7),
        (("rule", 0, "paths", 1), 9),
        (("rule", 1), 12),
        (("rule", 1, "label"), 13),
        (("rule", 1, "content", 0), 14),
        (("review",), 16),
        (("review", "gate", "fail_on"), 18),
        (("review", "nothing"), 16),
        (("nothing",), None),
    ],
)
def test_a_key_has_its_line(place: tuple[str | int, ...], line: int | None, end: str) -> None:
    assert lines(DOCUMENT.replace("\n", end)).of(place) == line


def test_tables_in_line_have_lines_too() -> None:
    found = lines('rule = [\n  {label = "public", paths = ["a"]},\n  {label = "x",\n paths = []},\n]\n')
    assert found.of(("rule", 0)) == 2
    assert found.of(("rule", 1, "label")) == 3


def test_a_line_within_a_string_is_no_line_of_the_document() -> None:
    found = lines('text = """\n[[rule]]\ndefault = 1\n"""\ndefault = 2\n')
    assert found.of(("default",)) == 5
    assert found.of(("rule",)) is None


@pytest.mark.parametrize(
    ("text", "place", "line"),
    [
        ("a = 1\n\na = 2\n", ("a",), 3),
        ("[a]\nb = 1\n[c]\n[a]\n", ("a",), 4),
        ("[a]\nb = 1\nb.c = 1\nb = 2\n", ("a", "b"), 4),
        ("[[a]]\nb = 1\n[[a]]\nb = 2\nb = 3\n", ("a", 1, "b"), 5),
        ("a.b = 1\na.b = 2\n", ("a", "b"), 2),
        ('a = 1\n"a" = 2\n', ("a",), 2),
    ],
)
def test_a_key_that_is_given_twice_is_named(text: str, place: tuple[str | int, ...], line: int) -> None:
    assert lines(text).duplicate == (place, line)


@pytest.mark.parametrize(
    "text", ["[[a]]\n[[a]]\n", "[[a]]\nb = 1\n[[a]]\nb = 1\n", "a.b = 1\na.c = 2\n", "[a.b]\n[a]\n"]
)
def test_what_is_not_given_twice_is_not_named(text: str) -> None:
    tomllib.loads(text)
    assert lines(text).duplicate is None


@given(st.text("[]{}=.,\"'#ab \n\r\\", max_size=60))
def test_any_text_is_read_as_far_as_it_goes(text: str) -> None:
    assert all(0 < line <= text.count("\n") + 1 for line in lines(text).known.values())


@pytest.mark.parametrize(
    "text", ["a." * 20_000 + "a = 1", "[" + "a." * 20_000 + "a]", "a = " + "[" * 800 + "1," * 20_000 + "]" * 800]
)
def test_a_deep_document_is_cut_not_followed(text: str) -> None:
    known = lines(text).known
    assert len(known) < 100
    assert all(len(place) <= DEPTH for place in known)
