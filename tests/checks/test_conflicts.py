from __future__ import annotations

from reviewbot.checks import conflicts
from tests.readings import found

CONFLICT = "a\n<<<<<<< ours\nb\n=======\nc\n>>>>>>> theirs\n"


def test_a_whole_conflict_is_found_at_its_opening_line() -> None:
    assert found(conflicts, "a.py", CONFLICT, "a\n") == [("conflicts/marker", 2)]


def test_an_underlined_heading_is_not_a_conflict() -> None:
    assert found(conflicts, "a.rst", "Title\n=======\n\n>>>>>>> x\n") == []


def test_a_conflict_that_was_there_before_is_not_this_changes() -> None:
    assert found(conflicts, "a.py", CONFLICT + "new\n", CONFLICT) == []
