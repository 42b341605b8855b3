"""Hunks: read strictly, never a line lost or invented."""

from __future__ import annotations

import pytest

from reviewbot.core.diff import (
    NOTHING,
    Blob,
    DiffError,
    FileDiff,
    Hunk,
    Line,
    parse_hunks,
    replacement,
    split_lines,
)

ONE = "@@ -1,3 +1,3 @@ def f():\n a\n-b\n+B\n c\n"
TWO = ONE + "@@ -10 +10,2 @@\n-j\n+J\n+K\n"
HEADER = "diff --git a/x b/x\nindex 1111111..2222222 100644\n--- a/x\n+++ b/x\n"


def blob(text: str | None, mode: str = "100644", **more: str) -> Blob:
    return Blob("1" * 40, mode, len(text or ""), text, **more)  # type: ignore[arg-type]


def test_a_hunk_keeps_its_numbers_section_and_lines() -> None:
    assert parse_hunks(ONE) == (
        Hunk(1, 3, 1, 3, "def f():", (Line(1, 1, "a"), Line(2, None, "b"), Line(None, 2, "B"), Line(3, 3, "c"))),
    )


def test_what_stands_before_the_first_hunk_is_of_no_account() -> None:
    assert parse_hunks(HEADER + TWO) == parse_hunks("--- x\n+++ y\n" + TWO) == parse_hunks(TWO)
    assert len(parse_hunks(TWO)) == 2


@pytest.mark.parametrize("text", ["--- a/f", "+++ b/f", "@@ -1 +1 @@", "diff --git a/x b/x", "\\ No newline", "-", ""])
def test_lines_that_look_like_a_patch_are_content(text: str) -> None:
    (hunk,) = parse_hunks(f"@@ -1,2 +1,2 @@\n {text}\n-{text}\n+{text}\n")
    assert [line.text for line in hunk.lines] == [text] * 3
    assert [line.mark for line in hunk.lines] == [" ", "-", "+"]


@pytest.mark.parametrize("separator", ["\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\r\r"])
def test_only_a_line_feed_ends_a_line(separator: str) -> None:
    (hunk,) = parse_hunks(f"@@ -1 +1 @@\n-a{separator}b\n+a{separator}{separator}\n")
    assert [line.text for line in hunk.lines] == [f"a{separator}b", f"a{separator}{separator}"]
    assert split_lines(f"a{separator}b\nc") == [f"a{separator}b", "c"]


def test_a_missing_final_newline_belongs_to_its_own_side() -> None:
    (old,) = parse_hunks("@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n")
    (new,) = parse_hunks("@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file\n")
    (both,) = parse_hunks("@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n")
    assert [line.newline for line in old.lines] == [False, True]
    assert [line.newline for line in new.lines] == [True, False]
    assert [line.newline for line in both.lines] == [False, False]


def test_an_empty_context_line_without_its_blank_is_read() -> None:
    (hunk,) = parse_hunks("@@ -1,2 +1,3 @@\n a\n\n+b\n")
    assert hunk.lines[1] == Line(2, 2, "")


@pytest.mark.parametrize(
    "patch",
    [
        "", "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n",
        "diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n",
        "diff --git a/x b/x\nindex 1111111..2222222 100644\nBinary files a/x and b/x differ\n",
        "diff --git a/x b/x\nindex 1111111..2222222\nGIT binary patch\nliteral 3\nKcmZQzWMT#Y01f~L\n\n",
    ],
)  # fmt: skip
def test_a_change_without_lines_has_no_hunks(patch: str) -> None:
    assert parse_hunks(patch) == ()


@pytest.mark.parametrize(
    ("patch", "why"),
    [
        (ONE.removesuffix(" c\n"), "a line is missing"),
        ("@@ -1,3 +1,3 @@\n", "all lines are missing"),
        (ONE + "+d\n", "a line too many at the end"),
        (ONE + " d\n", "a context line too many"),
        (ONE + "\n", "an empty line too many"),
        (ONE + "+d\n@@ -10 +11 @@\n-j\n+J\n", "a line too many between hunks"),
        (ONE + "garbage\n", "words after the last hunk"),
        (ONE + "\\ No newline at end of file\n\\ No newline at end of file\n", "said twice"),
        (ONE.replace(" a\n", " a\ngarbage\n"), "words inside"),
        (ONE.replace("-b\n", "\x1b[31m-b\x1b[m\n"), "coloured"),
        ("@@ -1,3 +1 @@\n a\n-b\n+B\n c\n", "longer than announced"),
        ("@@ -" + "1" * 5000 + " +1 @@\n-a\n+b\n", "a number of 5000 digits"),
        ("@@ -x +1 @@\n-a\n+b\n", "no number"),
        ("@@@ -1,2 -1,2 +1,3 @@@\n  a\n++b\n", "combined"),
        (
            "diff --cc x\nindex 1,2..3\n--- a/x\n+++ b/x\n@@@ -1,2 -1,2 +1,3 @@@\n  a\n++b\n",
            "combined, too",
        ),
        ("<html><body>Not found</body></html>\n", "a page"),
        ("--- a/x\n+++ b/x\n", "cut off before the first hunk"),
        (HEADER + ONE + HEADER + ONE, "two files"),
    ],
)
def test_what_is_no_whole_patch_is_refused(patch: str, why: str) -> None:
    with pytest.raises(DiffError):
        parse_hunks(patch)


def test_a_replacement_takes_all_of_the_old_side_out_and_puts_all_of_the_new_side_in() -> None:
    (hunk,) = replacement(blob("a\nb\n"), blob("c"))
    assert hunk == Hunk(1, 2, 1, 1, "", (Line(1, None, "a"), Line(2, None, "b"), Line(None, 1, "c", newline=False)))
    (added,) = replacement(NOTHING, blob("a\n"))
    assert added == Hunk(0, 0, 1, 1, "", (Line(None, 1, "a"),))
    (gone,) = replacement(blob("a\n"), NOTHING)
    assert gone == Hunk(1, 1, 0, 0, "", (Line(1, None, "a"),))


def test_an_empty_file_appears_and_goes_without_a_hunk() -> None:
    assert replacement(NOTHING, blob("")) == replacement(blob(""), NOTHING) == ()


def test_nothing_is_called_removed_where_the_new_side_could_not_be_read() -> None:
    assert replacement(blob("a\n"), blob(None, absence="too large")) == ()
    (hunk,) = replacement(blob(None, absence="missing"), blob("a\n"))
    assert [line.mark for line in hunk.lines] == ["+"]


def test_a_submodule_shows_its_commits() -> None:
    (hunk,) = replacement(blob(None, "160000", absence="submodule"), NOTHING)
    assert [line.text for line in hunk.lines] == ["Subproject commit " + "1" * 40]


def test_a_file_knows_its_changed_lines_on_both_sides() -> None:
    file = FileDiff("modified", "x", "x", blob("a\nb\nc\n"), blob("a\nB\nc\n"), parse_hunks(ONE))
    assert file.changed_numbers("old") == file.changed_numbers("new") == frozenset({2})
    assert [line.text for line in file.added] == ["B"]
    assert [line.text for line in file.removed] == ["b"]


@pytest.mark.parametrize(
    ("text", "lines"), [("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\n\n", ["a", ""])]
)
def test_a_final_newline_begins_no_line(text: str, lines: list[str]) -> None:
    assert split_lines(text) == lines
    assert blob(text).lines() == lines
