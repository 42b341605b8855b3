from __future__ import annotations

from collections.abc import Iterator

from reviewbot.core.findings import Rule, Severity
from reviewbot.core.sightings import Sighting, fresh
from reviewbot.core.symbols import Syntax, Touched, text_of
from tests.readings import diff

RULE = Rule("calls/any", Severity.HIGH, "A call", "It is one.")


def look(touched: Touched) -> Iterator[Sighting]:
    """Every call, known by its text."""
    for node in touched.of("call"):
        yield Sighting(RULE, (node,), text_of(node))


def lines(new: str | None, old: str | None = None, path: str = "a.py") -> list[int | None]:
    return [finding.location.line for finding in fresh(Syntax(diff(path, old, new)), look)]


def test_a_sighting_counts_where_it_begins_on_an_added_line() -> None:
    assert lines("f()\ng()\n", "f()\n") == [2]
    assert lines("f(\n    1,\n    2,\n)\n", "f(\n    1,\n)\n") == []


def test_what_removed_lines_had_is_not_new_as_often_as_they_had_it() -> None:
    assert lines("if x:\n    f()\n", "f()\n") == []
    assert lines("if x:\n    f()\n    f()\n", "f()\n") == [3]


def test_another_key_is_new() -> None:
    assert lines("f(2)\n", "f(1)\n") == [1]


def test_the_line_is_that_of_the_first_node_that_is_new() -> None:
    def both(touched: Touched) -> Iterator[Sighting]:
        for node in touched.of("call"):
            yield Sighting(RULE, (node, node.named_children[-1].named_children[-1]), text_of(node))

    found = fresh(Syntax(diff("a.py", "f(\n  [1])\n", "f(\n  [2])\n")), both)
    assert [finding.location.line for finding in found] == [2]


def test_in_tests_a_severity_is_capped_and_never_raised() -> None:
    for cap, expected in ((Severity.LOW, Severity.LOW), (Severity.CRITICAL, Severity.HIGH), (None, Severity.HIGH)):
        (finding,) = fresh(Syntax(diff("tests/a.py", None, "f()\n")), look, in_tests=cap)
        assert finding.severity == expected
    (finding,) = fresh(Syntax(diff("a.py", None, "f()\n")), look, in_tests=Severity.LOW)
    assert finding.severity == Severity.HIGH


def test_vendored_deleted_and_unparsed_files_have_none() -> None:
    assert lines("f()\n", path="vendor/a.py") == []
    assert lines("# @generated\nf()\n", "# @generated\n") == []
    assert lines(None, "f()\n") == []
    assert lines("f()\n", path="a.txt") == []
