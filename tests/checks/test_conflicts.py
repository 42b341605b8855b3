from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.checks import conflicts
from reviewbot.core.findings import Severity
from tests.checks.anchors import anchored
from tests.readings import found, reading

MARKER = "conflicts/marker"
CONFLICT = "a\n<<<<<<< ours\nb\n=======\nc\n>>>>>>> theirs\n"


def test_a_whole_conflict_is_found_at_its_opening_line() -> None:
    assert found(conflicts, "a.py", CONFLICT, "a\n") == [(MARKER, 2)]


@pytest.mark.parametrize(
    "text",
    [
        "<<<<<<<\nb\n=======\nc\n>>>>>>>\n",
        "<<<<<<< HEAD\nb\n||||||| base\na\n=======\nc\n>>>>>>> topic\n",
        "<<<<<<< HEAD\r\nb\r\n=======\r\nc\r\n>>>>>>> topic\r\n",
        "<<<<<<< conflict 1 of 1\n%%%%%%% diff from: x\n-a\n+b\n+++++++ side #2\nc\n>>>>>>> conflict 1 of 1 ends\n",
        "<<<<<<< local\nb\n=======\nc\n>>>>>>> other",
        "<<<<<<< a\n<<<<<<< b\nx\n=======\ny\n>>>>>>> b\n",
    ],
)
def test_every_style_of_marker_is_found(text: str) -> None:
    assert [rule for rule, _ in found(conflicts, "a.cfg", text)] == [MARKER]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.rst", "Title\n=======\n\n>>>>>>> x\n"),
        ("a.txt", "<<<<<<< x\nquoted\n>>>>>>> y\n"),
        ("a.txt", "<<<<<<<< x\n========\n>>>>>>>> y\n"),
        ("a.txt", " <<<<<<< x\n=======\n>>>>>>> y\n"),
        ("a.txt", ">>>>>>> y\n=======\n<<<<<<< x\n"),
        ("a.md", f"How to resolve:\n\n```\n{CONFLICT}```\n"),
        ("a.md", f"~~~text\n{CONFLICT}~~~\n"),
        ("a.py", f'TEXT = """\n{CONFLICT}"""\n'),
        ("a.js", f"const text = `\n{CONFLICT}`\n"),
        ("a.c", f"/*\n{CONFLICT}*/\n"),
    ],
)
def test_what_only_looks_like_a_conflict_is_left_alone(path: str, text: str) -> None:
    assert found(conflicts, path, text) == []


def test_a_conflict_after_a_fenced_block_is_one() -> None:
    assert found(conflicts, "a.md", f"```\nx\n```\n{CONFLICT}") == [(MARKER, 5)]


def test_a_page_of_php_has_no_string_around_its_text() -> None:
    assert found(conflicts, "a.php", CONFLICT) == [(MARKER, 2)]


def test_a_conflict_that_was_there_before_is_not_this_changes() -> None:
    assert found(conflicts, "a.cfg", CONFLICT + "new\n", CONFLICT) == []


def test_a_conflict_that_only_its_end_completes_stands_there() -> None:
    assert found(conflicts, "a.cfg", CONFLICT, CONFLICT.replace(">>>>>>> theirs\n", "")) == [(MARKER, 6)]


def test_each_conflict_counts() -> None:
    assert found(conflicts, "a.cfg", CONFLICT * 2) == [(MARKER, 2), (MARKER, 8)]


def test_a_sample_may_mean_it() -> None:
    assert [f.severity for f in conflicts.check(reading("tests/fixtures/a.diff", CONFLICT))] == [Severity.INFO]


ROWS = st.sampled_from(
    ["<<<<<<<", "<<<<<<< x", "=======", "|||||||", ">>>>>>> y", ">>>>>>>\r", "a", "```", "%%%%%%% d"]
)


@given(st.lists(ROWS), st.integers(0, 9), st.sampled_from(["a.md", "a.py", "a.cfg"]))
def test_whatever_the_lines_findings_stand_on_changed_ones(lines: list[str], kept: int, path: str) -> None:
    anchored(conflicts, reading(path, "\n".join(lines), "\n".join(lines[:kept])))
