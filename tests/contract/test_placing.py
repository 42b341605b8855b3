"""Whatever a change is like: each comment is taken at its lines, and each suggestion leaves a file that parses.

`REVIEWBOT_DIFFS` is how many diffs are drawn.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.contract.drawn import FILE, LINK, Change
from tests.contract.placing import Told, fences, telling
from tests.contract.remarked import TOGETHER, Drawn, Pick, pulls, together
from tests.contract.suggesting import applied, edits, parses
from tests.repositories import Work

DIFFS = int(os.environ.get("REVIEWBOT_DIFFS", "500"))


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    return Work.at(tmp_path_factory.mktemp("placing") / "work")


def test_every_comment_is_taken_at_its_lines_and_every_suggestion_leaves_a_file_that_parses(work: Work) -> None:
    comments = suggestions = refused = 0

    @settings(max_examples=max(1, DIFFS // TOGETHER), deadline=None, suppress_health_check=list(HealthCheck),
              database=None, phases=[Phase.explicit, Phase.generate] if DIFFS <= 500 else list(Phase))  # fmt: skip
    @given(pulls)
    def each(diffs: Sequence[Drawn]) -> None:
        nonlocal comments, suggestions, refused
        for told in hold(work, together(diffs)):
            comments += len(told.threads)
            refused += len(told.refused)
            suggestions += sum(comment.suggestion is not None for comment in told.comments)

    each()
    # Of what holds of nothing nobody would know that it fails.
    assert comments > 2 * DIFFS
    assert suggestions > DIFFS / 10
    assert refused <= comments / 500


def hold(work: Work, one: Drawn) -> list[Told]:
    """All that has to hold of a change and what is said of it, on either forge."""
    found = list(telling(work, one))
    for told in found:
        assert (told.outcome, told.broken) == ("posted", told.CLEAN)
        paths = {finding.id: finding.location.path for finding in told.report.findings}
        assert [name for name in told.refused if paths[name] not in told.contested] == []
        assert told.threads == told.wanted
        in_summary(told)
        suggested(work, told)
    return found


def in_summary(told: Told) -> None:
    """What has no place at lines is in the summary, and nothing is lost."""
    posted = {finding.id: finding.posted for finding in told.report.findings}
    at_lines = {name for name, where in posted.items() if where == "inline"}
    assert at_lines == set(told.threads) == {comment.id for comment in told.comments} - set(told.refused)
    assert at_lines >= told.placeable
    for finding in told.report.findings:
        claim = re.compile(rf"{finding.title.partition(' stands')[0]} stands")
        assert claim.search(told.bodies[finding.id] if finding.id in at_lines else told.summary)


def suggested(work: Work, told: Told) -> None:
    """What the forge offers is what was suggested, byte for byte; committed, it leaves a file that parses."""
    offered = {comment.id: comment.suggestion for comment in told.comments if comment.suggestion is not None}
    assert {name: list(fences(body)) for name, body in told.bodies.items()} == {
        name: [offered[name]] if name in offered else [] for name in told.bodies
    }
    made = edits(told)
    places = {finding.id: finding.location for finding in told.report.findings}
    wanted = [(where.path, where.line, where.end_line) for where in map(places.__getitem__, offered)]
    assert sorted(((edit.path, edit.first, edit.last) for edit in made), key=str) == sorted(wanted, key=str)
    lines = [(edit.path, line) for edit in made for line in range(edit.first, edit.last + 1)]
    assert len(lines) == len(set(lines))
    for edit, after in zip(made, applied(work, made), strict=True):
        assert parses(edit.path, after) or not parses(edit.path, edit.before), edit
        if edit.by_forge is not None:
            # GitLab ends what it puts in as the first end of a line that it finds, a carriage return alone included.
            assert re.split(rb"\r\n|\r|\n", edit.by_forge) == re.split(rb"\r\n|\r|\n", after)
            assert parses(edit.path, edit.by_forge) or not parses(edit.path, edit.before), edit


LINES = tuple(f"line_{number} = {number}" for number in range(30))


def text(*rows: str, end: str = "\n") -> bytes:
    return "".join(row + end for row in rows).encode()


def placed(told: Told) -> list[tuple[str, str, int, int | None]]:
    return sorted(told.threads.values())


def test_of_a_file_that_became_a_link_the_forge_shows_the_new_side_alone(work: Work) -> None:
    change = Change({"a.txt": (FILE, text("one", "two"))}, {"a.txt": (LINK, b"elsewhere")})
    for told in hold(work, Drawn(change, (Pick(0, "old", "any", 1), Pick(0, "new", "any", 0)))):
        assert [(path, line) for path, _, line, _ in placed(told)] == [("a.txt", 1)]
        assert "Claim 1 stands" in told.summary


def test_lines_of_a_copy_are_those_of_an_added_file(work: Work) -> None:
    """Context lines too, and several of them at once; what the original had is no part of the change there."""
    old, new = text(*LINES), text(*LINES[:20], "new", *LINES[20:])
    change = Change({"a.py": (FILE, old)}, {"a.py": (FILE, old), "b.py": (FILE, new)})
    picks = (Pick(0, "new", "shown", 0, 5), Pick(0, "old", "shown", 0), Pick(0, "new", "shown", 3, 0, "{in}x = 2"))
    for told in hold(work, Drawn(change, picks)):
        assert [at[0] for at in placed(told)] == ["b.py", "b.py"]
        assert [at[2:] for at in placed(told)] == [(21, None), (23, 18)]
        assert [comment.suggestion for comment in told.comments if comment.suggestion] == ["x = 2"]


def test_which_half_of_a_file_that_was_split_is_the_file_moved_is_for_the_forge_to_say(work: Work) -> None:
    rows = text(*LINES)
    change = Change({"a.py": (FILE, rows)}, {"b.py": (FILE, rows + b"b = 1\n"), "c.py": (FILE, b"c = 1\n" + rows[11:])})
    picks = tuple(Pick(file, side, "changed", 0) for file in (0, 1) for side in ("new", "old"))
    for told in hold(work, Drawn(change, picks)):
        assert {at[0] for at in placed(told)} == {"b.py", "c.py"}
        assert told.refused == {}


def test_what_goes_while_its_like_is_copied_may_be_taken_for_the_copy(work: Work) -> None:
    """git finds the exact copy of a file that stays; a forge, which looks for no copies, sees one that moved."""
    like = text(*LINES[:20], *(f"own_{number} = {number}" for number in range(10)))
    stays = {"stays.py": (FILE, text(*LINES))}
    change = Change({"goes.py": (FILE, like), **stays}, {**stays, "copy.py": (FILE, text(*LINES))})
    picks = tuple(Pick(file, "old", "any", 25) for file in (0, 1))
    for told in hold(work, Drawn(change, picks)):
        assert (told.threads, told.refused) == ({}, {})
        assert {"Claim 1", "Claim 2"} <= {" ".join(claim) for claim in re.findall(r"(Claim) (\d)", told.summary)}


def test_a_suggestion_for_lines_that_end_in_carriage_returns_has_none(work: Work) -> None:
    change = Change(
        {"a.py": (FILE, text("x = 1", "y = 1", end="\r\n"))}, {"a.py": (FILE, text("x = 1", "y = 2", end="\r\n"))}
    )
    for told in hold(work, Drawn(change, (Pick(0, "new", "any", 0, 1, "x = 3\r\ny = 4\r\n"),))):
        (edit,) = edits(told)
        assert (edit.first, edit.last, edit.text) == (1, 2, "x = 3\ny = 4")
        assert applied(work, [edit]) == [b"x = 3\r\ny = 4\r\n"]


@pytest.mark.parametrize("broken", [
    "return 010", "print 'x'", "f(a=1, 2)", "x := 1", "del f()", "a, b += 1", "x = `y`", "# -*- coding: nothing -*-",
])  # fmt: skip
def test_what_python_does_not_read_is_not_offered(work: Work, broken: str) -> None:
    """Grammars forgive all of these."""
    change = Change({}, {"a.py": (FILE, text(*LINES[:3]))})
    for told in hold(work, Drawn(change, (Pick(0, "new", "any", 0, 0, broken),))):
        assert len(told.threads) == 1
        assert [comment.suggestion for comment in told.comments] == [None]


@pytest.mark.parametrize("template", ["{in}fence = '````'  # ```suggestion", '{in}text = """\n~~~\n````\n"""'])
def test_a_suggestion_with_fences_in_it_is_one_suggestion(work: Work, template: str) -> None:
    change = Change({}, {"a.py": (FILE, text(*LINES[:3]))})
    for told in hold(work, Drawn(change, (Pick(0, "new", "any", 1, 0, template),))):
        assert [edit.text for edit in edits(told)] == [template.format(**{"in": ""})]


def test_a_file_whose_name_no_forge_can_be_told_is_in_the_summary(work: Work) -> None:
    change = Change({}, {"caf\udce9.py": (FILE, text("x = 1")), "b.py": (FILE, text("x = 1"))})
    for told in hold(work, Drawn(change, (Pick(0, "new", "any", 0), Pick(1, "new", "any", 0)))):
        assert [at[0] for at in placed(told)] == ["b.py"]


def test_a_suggestion_with_a_command_in_it_is_text_and_runs_nothing(work: Work) -> None:
    change = Change({}, {"a.py": (FILE, text(*LINES[:3]))})
    for told in hold(work, Drawn(change, (Pick(0, "new", "any", 1, 0, "x = '''\n/approve\n'''"),))):
        assert [comment.suggestion for comment in told.comments] == [None]
        assert "+/approve" in told.bodies[told.comments[0].id]


def test_of_two_suggestions_for_a_line_one_can_be_committed(work: Work) -> None:
    change = Change({}, {"a.py": (FILE, text(*LINES[:5]))})
    picks = (Pick(0, "new", "any", 0, 2, "x = 1"), Pick(0, "new", "any", 2, 1, "x = 2"))
    for told in hold(work, Drawn(change, picks)):
        assert len(told.threads) == 2
        assert len(edits(told)) == 1


def test_a_suggestion_for_more_lines_than_are_shown_is_text(work: Work) -> None:
    change = Change({"a.py": (FILE, text(*LINES))}, {"a.py": (FILE, text("first = 1", *LINES))})
    for told in hold(work, Drawn(change, (Pick(0, "new", "changed", 0, 9, "x = 1"),))):
        assert len(told.threads) == 1
        assert edits(told) == []
