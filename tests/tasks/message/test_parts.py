"""A file that several messages are made about is read once, and its part is the same as if it were read anew."""

from __future__ import annotations

from reviewbot.tasks.message.parts import Known, parts
from tests.readings import diff

OLD, NEW = "def f(a):\n    return a\n", "def f(a):\n    return a\n\n\ndef g(b):\n    return b\n"


def test_a_part_is_made_once_of_the_same_file() -> None:
    known: Known = {}
    file = diff("lib/a.py", OLD, NEW)
    (first,) = parts([file], known)
    assert parts([file, diff("lib/b.py", OLD, NEW)], known)[0] is first
    assert [one.name for one in first.appeared] == ["g"]


def test_another_change_of_the_same_path_is_read_anew() -> None:
    known: Known = {}
    parts([diff("lib/a.py", OLD, NEW)], known)
    (other,) = parts([diff("lib/a.py", NEW, OLD)], known)
    assert [one.name for one in other.vanished] == ["g"]


def test_a_part_of_hunks_alone_is_not_taken_for_the_whole_file() -> None:
    known: Known = {}
    file, large = diff("lib/a.py", OLD, NEW), diff("lib/large.py", None, "x = 1\n" * 99_995)
    after = parts([large, file], known)[1]
    assert parts([file], known)[0].file is file
    assert after.file is not file
