"""What of a file is shown: every changed line once, on its number, and nothing that another could have written."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.diff import FileDiff, Hunk, Line, split_lines
from reviewbot.core.passages import Material, Passage, named, passages, rendered, row, shown
from reviewbot.core.symbols import Syntax
from tests.materials import HOSTILE, PATHS, changed, in_hunks, material, texts
from tests.readings import blob, diff

SOME = settings(max_examples=150, deadline=None)
FUNCTION = "class Store:\n    def get(self, key):\n" + "".join(f"        a{n} = {n}\n" for n in range(30))
FUNCTION += "        return a0\n\n    def put(self, key):\n        self.rows[key] = 1\n"


def both(file: FileDiff) -> tuple[tuple[Passage, ...], ...]:
    text = file.new.text or ""
    return passages(file.hunks, text.split("\n") if text else [], Syntax(file))


@SOME
@given(texts(), st.sampled_from(PATHS))
def test_every_changed_line_is_shown_once_both_ways(both_texts: tuple[str, str], path: str) -> None:
    file = diff(path, *both_texts)
    for shown_passages in both(file):
        assert changed(shown_passages) == in_hunks(file.hunks)


@SOME
@given(texts(), st.sampled_from(PATHS))
def test_every_line_has_the_numbers_that_it_has_in_its_files(both_texts: tuple[str, str], path: str) -> None:
    old, new = map(split_lines, both_texts)
    for shown_passages in both(diff(path, *both_texts)):
        for line in (line for passage in shown_passages for line in passage.lines):
            assert line.old is None or old[line.old - 1] == line.text
            assert line.new is None or new[line.new - 1] == line.text


@SOME
@given(texts(), st.sampled_from(PATHS))
def test_lines_come_in_order_and_none_of_a_side_twice(both_texts: tuple[str, str], path: str) -> None:
    for shown_passages in both(diff(path, *both_texts)):
        every = [line for passage in shown_passages for line in passage.lines]
        for numbers in ([line.old for line in every], [line.new for line in every]):
            known = [number for number in numbers if number is not None]
            assert known == sorted(set(known))


@SOME
@given(texts(), st.sampled_from(PATHS))
def test_a_passage_leaves_no_line_out(both_texts: tuple[str, str], path: str) -> None:
    for passage in (passage for some in both(diff(path, *both_texts)) for passage in some):
        for numbers in ([line.old for line in passage.lines], [line.new for line in passage.lines]):
            known = [number for number in numbers if number is not None]
            assert known == list(range(known[0], known[0] + len(known))) if known else True


@pytest.mark.parametrize("hunk", [
    Hunk(5, 0, 6, 1, "", (Line(None, 6, "new"),)), Hunk(6, 1, 5, 0, "", (Line(6, None, "gone"),)),
    Hunk(5, 1, 5, 1, "", (Line(5, None, "was"), Line(None, 5, "is"))),
], ids=["added", "removed", "replaced"])  # fmt: skip
def test_a_hunk_without_context_gets_lines_of_the_right_numbers(hunk: Hunk) -> None:
    """Git names the line before where a side of a hunk is empty; earlier hunks moved everything below them."""
    old = [f"line {number}" for number in range(1, 12)]
    new = list(old)
    if hunk.old_count:
        del new[hunk.old_start - 1]
    if hunk.new_count:
        new.insert(hunk.new_start - 1, hunk.lines[-1].text)
    file = FileDiff("modified", "a.txt", "a.txt", blob("\n".join(old)), blob("\n".join(new)), (hunk,))
    _, (rich,) = both(file)
    assert next((line.old, line.new) for line in rich.lines if line.mark == " ") == (1, 1)
    assert all(old[line.old - 1] == new[line.new - 1] for line in rich.lines if line.old and line.new)
    assert rich.lines[-1].new == len(new)


def test_a_hunk_below_others_that_are_not_shown_with_it_has_shifted_numbers() -> None:
    old = "".join(f"line {number}\n" for number in range(200))
    new = "first\nsecond\n" + old.replace("line 150\n", "")
    _, rich = both(diff("a.txt", old, new))
    context = [(line.old, line.new) for line in rich[-1].lines if line.mark == " "]
    assert context[0] == (136, 138)
    assert context[-1] == (166, 167)


def test_a_short_function_is_shown_whole_and_named_where_it_is_not() -> None:
    new = FUNCTION.replace("a9 = 9", "a9 = 10")
    lean, rich = both(diff("a.py", FUNCTION, new))
    assert [line.text for line in rich[0].lines if line.new] == split_lines(new)
    assert lean[0].inside == ("class Store:", "    def get(self, key):")
    assert len(lean[0].lines) == 8


def test_the_first_line_of_a_file_encloses_nothing() -> None:
    old = "import os\n" + "".join(f"x{number} = {number}\n" for number in range(60))
    lean, rich = both(diff("a.py", old, old.replace("x40 = 40", "x40 = 0")))
    assert (lean[0].inside, rich[0].inside) == ((), ())
    assert len(rich[0].lines) < 40


def test_hunks_whose_surroundings_meet_are_one_passage() -> None:
    old = "".join(f"line {number}\n" for number in range(40))
    lean, rich = both(diff("a.txt", old, old.replace("line 5\n", "x\n").replace("line 25\n", "y\n")))
    assert (len(lean), len(rich)) == (2, 1)
    assert changed(lean) == changed(rich)


def test_a_function_that_begins_above_the_passage_before_takes_it_in() -> None:
    """Of removed lines nobody knows the function, so it is found with the second hunk only."""
    body = [f"    a{number} = {number}" for number in range(60)]
    old = "\n".join(["x = 1"] * 20 + ["def long():", *body[:40], "    gone()", *body[40:]])
    new = old.replace("    gone()\n", "").replace("a55 = 55", "a55 = 56")
    _, rich = both(diff("a.py", old, new))
    assert len(rich) == 1
    assert "def long():" in [line.text for line in rich[0].lines]


def test_what_ends_the_last_line_is_no_line() -> None:
    _, rich = both(diff("a.txt", "a\nb\n", "a\nc\n"))
    assert [line.new for line in rich[0].lines] == [1, None, 2]


def test_a_deleted_file_is_shown_as_it_was() -> None:
    lean, rich = both(diff("a.py", FUNCTION, None))
    assert lean == rich
    assert len(lean[0].lines) == FUNCTION.count("\n")


#: What a line of a rendered file may begin with: ours, a number, a signature, or a remark of a check.
OURS = re.compile(r"### |\.\.\.$|Already reported:$|\d+ [ +-] |@ |- ")
NAMES = st.one_of(st.sampled_from(("a.py", "x (added)\n### b.py", "a\u2028...", "### c", "\x1b[2J", "\udcff" * 9)),
                  st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=30))  # fmt: skip


@SOME
@given(texts(), NAMES, NAMES, st.lists(st.sampled_from(HOSTILE) | st.text(max_size=9), max_size=3))
def test_no_line_is_ours_that_we_did_not_write(
    both_texts: tuple[str, str], path: str, old_path: str, facts: Sequence[str]
) -> None:
    lean, rich = both(diff("a.py", *both_texts))
    one = Material(path, old_path, "renamed", material("", "x").label, lean, rich, tuple(facts))
    for shown_passages in (lean, rich):
        text = rendered(one, shown_passages)
        rows = text.split("\n")
        assert text.splitlines() == rows[:-1]
        assert [line for line in rows[:-1] if not OURS.match(line)] == []
        assert [line for line in rows if line.startswith("### ")] == rows[:1]
        assert rows.count("...") == max(0, len(shown_passages) - 1)
        numbered = [line for line in rows if re.match(r"\d+ [ +-] ", line)]
        assert len(numbered) == sum(len(passage.lines) for passage in shown_passages)
        marks = [re.sub(r"\d+ (.).*", r"\1", line) for line in numbered]
        assert marks == [line.mark for passage in shown_passages for line in passage.lines]
        assert rows.count("Already reported:") == bool(facts)


def test_a_file_is_rendered_as_models_learnt_it() -> None:
    one = material("a = 1\nb = 2\n", "a = 1\nb = 3\n", "new.py", old_path="old.py", facts=["line 2: Odd"])
    assert rendered(one, one.lean) == (
        "### new.py (renamed from old.py)\n1   a = 1\n2 - b = 2\n2 + b = 3\nAlready reported:\n- line 2: Odd\n"
    )
    gap = Passage((Line(9, 9, "\tx"),), ("class A:", "    def f():"))
    assert rendered(one, (*one.lean, gap)).split("\n")[4:8] == ["...", "@ class A:", "@ def f():", "9   \tx"]


def test_a_name_and_a_fact_of_any_length_take_little_room() -> None:
    one = material("a\n", "b\n", "d/" * 2000 + "a.py", old_path="\udcff" * 4000, facts=["x" * 9000])
    assert len(rendered(one, ())) < 1000
    assert named("src/app.py") == "src/app.py"


def test_carriage_returns_at_the_end_of_every_line_are_not_told() -> None:
    one = material("a\r\nb\r\n", "a\r\nc\r\n")
    assert "‹" not in rendered(one, one.rich)


def test_a_change_of_line_ends_alone_can_be_seen() -> None:
    one = material("a\nb\n", "a\r\nb\r\n")
    assert "1 + a‹U+000D›\n2 + b‹U+000D›\n" in rendered(one, one.rich)


@given(st.text(st.characters()))
def test_what_is_shown_of_a_line_is_one_line_with_its_tabs(text: str) -> None:
    assert "\n" not in shown(text)
    assert len(shown(text).splitlines()) <= 1
    assert shown(text).count("\t") == text.count("\t")
    assert row(Line(3, None, text)).startswith("3 - ")


def test_a_quarter_of_a_million_lines_cost_no_more_than_a_look_at_each() -> None:
    """Twenty thousand hunks of one file: quadratic work would take minutes."""
    rows = [f"    x{number} = {number}" for number in range(250_000)]
    hunks = tuple(
        Hunk(at, 6, at, 7, "", (
            *(Line(at + n, at + n, rows[at + n - 1]) for n in range(3)), Line(None, at + 3, rows[at + 2]),
            *(Line(at + n, at + n + 1, rows[at + n]) for n in range(3, 6)),
        ))
        for at in range(1, 240_000, 12)
    )  # fmt: skip
    file = FileDiff("modified", "a.txt", "a.txt", blob("x"), blob("x"), hunks)
    lean, rich = passages(hunks, rows, Syntax(file))
    assert sum(passage.changed for passage in lean) == sum(passage.changed for passage in rich) == len(hunks)
    assert len(rendered(material("a", "b"), lean)) > 1_000_000


def test_functions_that_all_begin_on_one_line_cost_no_more_than_a_look_at_each() -> None:
    text = "x = [" + "lambda: [" * 150 + "\n" + "]\n" * 150 + "]\n" + "a = 1\n" * 2000
    file = diff("a.py", text, text.replace("a = 1", "a = 2"))
    lean, _ = both(file)
    assert changed(lean) == in_hunks(file.hunks)


def test_a_signature_of_a_megabyte_is_cut() -> None:
    text = "def f(" + "a" * 900_000 + "):\n" + "".join(f"    a{n} = {n}\n" for n in range(300))
    lean, _ = both(diff("a.py", text, text.replace("a200 = 200", "a200 = 0").replace("a250 = 250", "a250 = 0")))
    assert [len(passage.inside[0]) for passage in lean] == [1000, 1000]
