"""A quote is found where it stands and nowhere else; what the model says of the place is a hint."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reviewbot.core.anchoring import TELLING, Anchor, Shown
from reviewbot.core.diff import Line
from reviewbot.core.passages import Material, row
from tests.materials import lines, material, materials

SOME = settings(max_examples=150, deadline=None)
OLD = """import os

def total(items):
    check(items)
    amount = sum(items)
    return amount / len(items)

def first(items):
    return items[0]
"""
NEW = """import os

def total(items):
    amount = sum(items)

    mean = amount / len(items)
    return mean

def first(items):
    return items[0]
"""


def place(*given_materials: Material) -> Shown:
    return Shown((one.path, one.old_path, [part.lines for part in one.lean]) for one in given_materials)


APP = material(OLD, NEW)
SHOWN = place(APP)
MEAN = Anchor("src/app.py", "new", 6, 6)


@pytest.mark.parametrize("quote", [
    "    mean = amount / len(items)", "mean = amount / len(items)", "mean  =\tamount / len(items)  ",
    "6 +     mean = amount / len(items)", "  6 + mean = amount / len(items)", "+    mean = amount / len(items)",
    "+mean = amount / len(items)", "```python\n    mean = amount / len(items)\n```",
    "\n\nmean = amount / len(items)\n\n",
    "6 mean = amount / len(items)", "mean = amount / len(items)\r\n", "```\n6 + mean = amount / len(items)\n```",
])  # fmt: skip
@pytest.mark.parametrize("line", [6, None, 1, 999_999])
def test_a_line_is_found_however_it_is_copied(quote: str, line: int | None) -> None:
    assert SHOWN.find("src/app.py", line, quote) == MEAN


@pytest.mark.parametrize("quote", [
    "mean = amount / len(items)\nreturn mean", "6 + mean = amount / len(items)\n7 + return mean",
    "+    mean = amount / len(items)\n+    return mean", "    mean = amount / len(items)\n\n    return mean",
    "5 - amount = gone()\n6 + mean = amount / len(items)\n7 + return mean",
])  # fmt: skip
def test_several_lines_are_found_together(quote: str) -> None:
    assert SHOWN.find("src/app.py", 6, quote) == Anchor("src/app.py", "new", 6, 7)


@pytest.mark.parametrize("quote", ["check(items)", "4 -     check(items)", "-    check(items)", "    check(items)"])
def test_a_removed_line_is_found_on_the_old_side(quote: str) -> None:
    assert SHOWN.find("src/app.py", 4, quote) == Anchor("src/app.py", "old", 4, 4)


def test_a_removed_line_of_a_renamed_file_is_at_its_old_name() -> None:
    shown = place(material(OLD, NEW, "new.py", old_path="old.py"), material(OLD, NEW, "other.py"))
    assert shown.find("new.py", 4, "check(items)") == Anchor("old.py", "old", 4, 4)


def test_blank_lines_do_not_count_but_are_covered() -> None:
    found = SHOWN.find("src/app.py", None, "amount = sum(items)\nmean = amount / len(items)")
    assert found == Anchor("src/app.py", "new", 4, 6)


def test_an_unchanged_line_is_on_the_new_side() -> None:
    assert SHOWN.find("src/app.py", 5, "    amount = sum(items)") == Anchor("src/app.py", "new", 4, 4)


@pytest.mark.parametrize("quote", ["", " \n\t\n", "\n"])
def test_a_quote_of_nothing_is_empty(quote: str) -> None:
    assert SHOWN.find("src/app.py", 6, quote) == "empty"


@pytest.mark.parametrize("quote", [
    "mean = amount / len(rows)", "mеan = amount / len(items)", "mean = amount ∕ len(items)",
    "MEAN = AMOUNT / LEN(ITEMS)", "mean = amount / len(items) # as above",
    "mean\u200b = amount / len(items)", "```\n```", "### src/app.py (modified)", "...",
    "12345 + ", "+", "mean = amount / len(items)mean = amount / len(items)",
])  # fmt: skip
def test_text_that_was_not_shown_is_absent(quote: str) -> None:
    assert SHOWN.find("src/app.py", 6, quote) == "absent"


def test_a_piece_of_a_line_is_found_and_is_no_whole_line() -> None:
    assert SHOWN.find("src/app.py", None, "amount / len(items)") == Anchor("src/app.py", "new", 6, 6, exact=False)
    assert SHOWN.find("src/app.py", None, "mean = amount /") == Anchor("src/app.py", "new", 6, 6, exact=False)
    assert SHOWN.find("src/app.py", 6, "mean") == "absent"
    assert len("mean =".replace(" ", "")) < TELLING


def test_a_whole_line_is_preferred_to_a_longer_one_that_has_it() -> None:
    shown = place(material("", "value = load(x)\nvalue = load(x) + 1\n"))
    assert shown.find("src/app.py", None, "value = load(x)") == Anchor("src/app.py", "new", 1, 1)


def test_a_quote_with_a_wrong_line_in_it_is_found_by_its_longest_right_one() -> None:
    found = SHOWN.find("src/app.py", 6, "mean = amount / len(items)\nreturn round(mean)")
    assert found == Anchor("src/app.py", "new", 6, 6, exact=False)


REPEATED = place(material("a\n" * 30, "a\n" * 3 + "close(x)\n" + "a\n" * 9 + "close(x)\n" + "a\n" * 18))


@pytest.mark.parametrize(("line", "at"), [(4, 4), (14, 14), (5, 4), (12, 14), (3, 4), (18, 14)])
def test_of_equal_lines_the_one_near_the_hint_is_meant(line: int, at: int) -> None:
    assert REPEATED.find("src/app.py", line, "close(x)") == Anchor("src/app.py", "new", at, at)


@pytest.mark.parametrize("line", [None, 9, 40, 999, 10**30])
def test_equal_lines_without_a_hint_that_helps_are_ambiguous(line: int | None) -> None:
    assert REPEATED.find("src/app.py", line, "close(x)") == "ambiguous"


def test_of_equal_lines_the_one_that_changed_is_meant() -> None:
    shown = place(material("close(x)\nb\nc\n", "close(x)\nb\nclose(x)\nc\n"))
    assert shown.find("src/app.py", None, "close(x)") == Anchor("src/app.py", "new", 3, 3)


def test_of_a_line_that_was_indented_anew_the_new_one_is_meant_unless_its_mark_says_otherwise() -> None:
    shown = place(material("if a:\n    close(x)\n", "if a:\n        close(x)\n"))
    assert shown.find("src/app.py", 2, "close(x)") == Anchor("src/app.py", "new", 2, 2)
    assert shown.find("src/app.py", 2, "2 -     close(x)") == Anchor("src/app.py", "old", 2, 2)


TWO = place(material("", "close(x)\nonly_here(1)\n", "src/app.py"), material("", "close(x)\nclose(x)\n", "lib/app.py"))


@pytest.mark.parametrize("path", [
    "src/app.py", "./src/app.py", "b/src/app.py", "### src/app.py (added)", "src/app.py (added)", " src/app.py ",
    "/repo/src/app.py",
])  # fmt: skip
def test_a_file_is_meant_however_its_name_is_copied(path: str) -> None:
    assert TWO.find(path, None, "close(x)") == Anchor("src/app.py", "new", 1, 1)


@pytest.mark.parametrize("path", ["", "app.py", "other.py", "lib/app.py", "src/app.pyc"])
def test_a_quote_that_stands_in_one_file_only_is_found_under_any_name(path: str) -> None:
    assert TWO.find(path, None, "only_here(1)") == Anchor("src/app.py", "new", 2, 2)


def test_a_line_that_is_twice_in_the_file_named_is_not_looked_for_elsewhere() -> None:
    assert TWO.find("lib/app.py", None, "close(x)") == "ambiguous"


def test_a_name_is_known_as_the_heading_spells_it() -> None:
    shown = place(material("", "close(x)\n", "a\u202eb.py"), material("", "close(x)\n", "c.py"))
    assert shown.find("a\\u{202e}b.py", None, "close(x)") == Anchor("a\u202eb.py", "new", 1, 1)


def test_a_line_that_ends_in_a_carriage_return_is_quoted_without() -> None:
    shown = place(material("a\r\n", "a\r\nclose(x)\r\n"))
    for quote in ("close(x)", "close(x)‹U+000D›", "close(x)\r"):
        assert shown.find("src/app.py", None, quote) == Anchor("src/app.py", "new", 2, 2)


def test_what_looks_like_a_number_and_a_mark_may_be_code() -> None:
    shown = place(material("", "x = (\n    12 - y\n)\n"))
    assert shown.find("src/app.py", 2, "12 - y") == Anchor("src/app.py", "new", 2, 2)


def test_a_fence_may_be_code() -> None:
    shown = place(material("", "```sh\nmake all\n```\n", "a.md"))
    assert shown.find("a.md", None, "```sh\nmake all\n```") == Anchor("a.md", "new", 1, 3)


def test_lines_on_both_sides_of_a_gap_do_not_follow_each_other() -> None:
    shown = Shown([("a.py", "a.py", [lines(2), lines(2, start=9)])])
    assert shown.find("a.py", None, "x = 2\nx = 9") == "absent"
    assert shown.find("a.py", None, "x = 1\nx = 2") == Anchor("a.py", "new", 1, 2)


def test_pieces_of_one_long_line_are_one_place_and_never_it_whole() -> None:
    shown = Shown([("a.js", "a.js", [(Line(None, 1, "f(abcdef);"),), (Line(None, 1, "g(abcdef);"),)])])
    assert shown.find("a.js", None, "abcdef") == Anchor("a.js", "new", 1, 1, exact=False)


@SOME
@given(materials(), st.data())
def test_a_changed_line_is_found_where_it_is(one: Material, data: st.DataObject) -> None:
    """Copied as shown, with its number as the hint: there is one answer, unless its like is on the same line."""
    changes = [line for part in one.lean for line in part.lines if line.mark != " "]
    line = data.draw(st.sampled_from(changes)) if changes else None
    assume(line is not None and "".join(row(line).split()[2:]).removesuffix("‹U+000D›"))
    assert line is not None
    quote = row(line) if data.draw(st.booleans()) else row(line).partition(f" {line.mark} ")[2]
    number = line.old if line.new is None else line.new
    found = place(one).find(one.path, number, quote)
    assert isinstance(found, Anchor)
    if found.side == ("old" if line.new is None else "new"):
        assert (found.line, found.end_line) == (number, number)
    else:
        assert quote != row(line) or not re.match(r"\d+ - ", quote)


@SOME
@given(materials(), st.text(max_size=40) | st.sampled_from(["x = 1", "}", "return items[0]", "12 + eval(x)"]),
       st.none() | st.integers(), st.text(max_size=9))  # fmt: skip
def test_an_anchor_is_always_a_row_that_was_shown(one: Material, quote: str, line: int | None, path: str) -> None:
    found = place(one).find(path, line, quote)
    if isinstance(found, Anchor):
        rows = {(one.path, "new", each.new) for part in one.lean for each in part.lines}
        rows |= {(one.old_path, "old", each.old) for part in one.lean for each in part.lines}
        assert {(found.path, found.side, found.line), (found.path, found.side, found.end_line)} <= rows
        assert found.line <= found.end_line
    else:
        assert found in ("absent", "ambiguous", "empty")


HUGE = 100_000


@pytest.mark.parametrize("quote", [
    "a\n" * HUGE, " " * HUGE + "x", "1" * HUGE, "`" * HUGE, "+" * HUGE, "12 + x\n" * (HUGE // 7), "\n" * HUGE,
    "x = 7\n" * (HUGE // 6), "".join(f"x = {n}\n" for n in range(HUGE // 8)), "\u202e" * HUGE, "\\r" * HUGE,
])  # fmt: skip
def test_a_hostile_quote_costs_no_more_than_a_look_at_each_row(quote: str) -> None:
    shown = Shown([("a.py", "a.py", [lines(5000, text="x = 7"), lines(5000, start=6000)])])
    assert isinstance(shown.find("a.py", None, quote), Anchor | str)


def test_a_quote_longer_than_is_looked_for_is_not_exact() -> None:
    shown = Shown([("a.py", "a.py", [lines(200)])])
    quote = "".join(f"x = {number}\n" for number in range(1, 101))
    found = shown.find("a.py", None, quote)
    assert found == Anchor("a.py", "new", 1, 60, exact=False)
