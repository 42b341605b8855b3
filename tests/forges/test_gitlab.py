"""A merge request is read whole, and what is said lands where it should, once, in as few calls as it can."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewbot.core.conversation import Followup, Place, Spot, Verdict
from reviewbot.core.report import Conclusion
from reviewbot.errors import ForgeError
from reviewbot.ports import Forge
from tests.forges.gitlabs import Bench, bench, comment, mark, moved, repository, said, spots
from tests.repositories import Work
from tests.servers.gitlab import Fault


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Work:
    return repository(tmp_path_factory.mktemp("source"))


@pytest.fixture
def work(source: Work, tmp_path: Path) -> Work:
    source.git("clone", "-q", str(source.path), str(tmp_path / "work"))
    copy = Work(tmp_path / "work")
    copy.git("branch", "-q", "-f", "main", "origin/main")
    return copy


@pytest.fixture
def at(work: Work) -> Iterator[Bench]:
    with bench(work) as made:
        yield made


def is_command(body: str) -> bool:
    return body.startswith("/reviewbot")


# load


def test_a_merge_request_is_read_in_five_calls(at: Bench) -> None:
    forge, found = at.loaded()
    satisfied: Forge = forge
    assert satisfied is forge
    assert (found.head_sha, found.base_sha) == (at.head, at.work.git("rev-parse", "main"))
    assert (found.title, found.visibility) == ("Add a feature", "private")
    assert (found.threads, found.notes, found.writers, found.notices) == ((), (), frozenset(), ())
    assert len(at.server.requests) == 5 and at.sizes == []


@pytest.mark.parametrize("visibility", ["public", "internal", "private"])
def test_the_visibility_is_the_projects(at: Bench, visibility: str) -> None:
    at.server.world.visibility = visibility  # type: ignore[assignment]
    assert at.loaded()[1].visibility == visibility


def test_a_gitlab_below_a_path_is_reached(work: Work) -> None:
    with bench(work, root="/code/gitlab") as at:
        assert at.loaded()[1].head_sha == at.head
        assert at.post(at.changes(*at.added(5))).outcome == "posted"
        assert at.bodies() == ["Finding id5."]


def test_a_project_is_found_by_its_number_too(at: Bench) -> None:
    place = at.server.place
    at.server.world.project = "other/name"
    assert isinstance(place, Place)
    assert at.loaded()[1].head_sha == at.head


def test_its_own_threads_and_the_notes_on_the_whole_are_told_apart(at: Bench) -> None:
    at.post(at.changes(*at.added(5, 6)))
    thread = at.server.threads[0]
    at.server.say("ada", "Why?", thread)
    at.server.say("ada", "Looks good.")
    at.server.say(at.server.bot, said("Summary", "s"))
    at.server.resolve(at.server.threads[1], "ada")
    found = at.loaded()[1]
    assert [[note.body.split("\n")[0] for note in one.notes] for one in found.threads] == [
        ["Finding id5.", "Why?"], ["Finding id6."],
    ]  # fmt: skip
    assert [[note.own for note in one.notes] for one in found.threads] == [[True, False], [True]]
    assert [one.resolved for one in found.threads] == [False, True]
    assert [(note.body.split("\n")[0], note.own, note.author) for note in found.notes] == [
        ("Looks good.", False, "ada"), ("Summary", True, at.server.bot),
    ]  # fmt: skip


def test_a_summary_that_was_answered_is_still_found(at: Bench) -> None:
    """GitLab makes a discussion of a note that somebody replies to."""
    at.server.say(at.server.bot, said("Summary", "s"))
    at.server.say("ada", "Thanks", at.server.world.discussions[0])
    assert [note.body.split("\n")[0] for note in at.loaded()[1].notes] == ["Summary", "Thanks"]


def test_a_thread_that_somebody_else_began_is_none_of_its_own(at: Bench) -> None:
    """Also where the bot has the last word in it."""
    at.post(at.changes(*at.added(5)))
    at.server.threads[0].root.person = at.server.person("ada")
    at.server.say(at.server.bot, "Reply", at.server.threads[0])
    found = at.loaded()[1]
    assert (found.threads, found.notes) == ((), ())


def test_all_pages_are_read(at: Bench) -> None:
    for number in range(250):
        at.server.say("ada", f"note {number}")
    assert [note.body for note in at.loaded()[1].notes] == [f"note {number}" for number in range(250)]
    assert len(at.asked("GET", "/discussions")) == 3


def test_too_many_discussions_are_an_error_and_not_a_part(at: Bench) -> None:
    page = '[{"id": "d1", "notes": []}]'
    headers = {"content-type": "application/json", "x-next-page": "2"}
    at.server.faults.append(Fault("GET", "/discussions$", 200, body=page, headers=headers, times=99))
    with pytest.raises(ForgeError, match="more discussions than are read") as caught:
        at.loaded()
    assert not caught.value.denied
    assert len(at.asked("GET", "/discussions")) == 50


def test_only_of_authors_of_commands_it_is_asked_who_may_write(at: Bench) -> None:
    at.server.people.update({"ada": 30, "eve": 20, "bob": 40})
    for author, body in [("ada", "/reviewbot x"), ("ada", "/reviewbot y"), ("eve", "/reviewbot x"), ("bob", "hello"),
                         ("zoe", "/reviewbot x"), (at.server.bot, "/reviewbot x")]:  # fmt: skip
        at.server.say(author, body)
    found = at.loaded(is_command)[1]
    assert found.writers == {"ada"}
    assert len(at.server.requests) == 5 + 3
    assert found.notices == ()


def test_a_crowd_that_gives_commands_costs_no_more_than_six_questions(at: Bench) -> None:
    for number in range(9):
        at.server.people[f"dev{number}"] = 30
        at.server.say(f"dev{number}", "/reviewbot review")
    found = at.loaded(is_command)[1]
    assert found.writers == {f"dev{number}" for number in range(3, 9)}
    assert found.notices == ("Too many people gave commands: those of the first ones are not followed.",)
    assert len(at.server.requests) <= 12


# post


def test_a_comment_lands_at_every_line_of_every_hunk(at: Bench) -> None:
    every = list(spots(at.work))
    comments = [comment(spot, f"id{number}") for number, spot in enumerate(every)]
    posted = at.post(at.changes(*comments))
    assert (dict(posted.refused), posted.notices, posted.outcome) == ({}, (), "posted")
    found = [(thread.path, thread.side, thread.line) for thread in at.server.threads]
    assert len(every) == 40
    wanted = [(spot.path if spot.side == "new" else spot.old_path, spot.side, spot.lines[1]) for spot in every]
    assert sorted(found, key=str) == sorted(wanted, key=str)
    assert {spot.side for spot in every} == {"old", "new"}


def test_a_review_is_a_draft_for_each_thread_and_one_publication(at: Bench) -> None:
    at.post(at.changes(*at.added(5, 6, 7)))
    assert [(one.method, one.path.rpartition("/")[2]) for one in at.writes()] == [
        *[("POST", "draft_notes")] * 3, ("POST", "bulk_publish"),
    ]  # fmt: skip
    assert at.server.drafts == []


def test_a_whole_run_writes_three_times_and_once_for_each_thread(at: Bench) -> None:
    at.post(at.changes(*at.added(5, 6)))
    first, second = at.server.threads
    forge = at.loaded()[0]
    before = len(at.writes())
    followups = (Followup(first.id, said("Fixed.", "f"), True), Followup(second.id, said("Answer.", "g"), None))
    forge.post(at.changes(*at.added(7), followups=followups))
    forge.conclude(said("Summary", "s"), "", at.verdict())
    assert len(at.writes()) - before == 3 + 3
    assert at.bodies() == ["Answer.", "Finding id5.", "Finding id6.", "Finding id7.", "Fixed.", "Summary"]


def test_what_stands_above_a_review_is_no_note_of_its_own(at: Bench) -> None:
    at.post(at.changes(*at.added(5), body=said("1 comment", "r")))
    assert at.bodies() == ["Finding id5."]


def test_replies_resolve_open_again_or_leave_their_thread(at: Bench) -> None:
    at.post(at.changes(*at.added(5, 6, 7)))
    to_resolve, to_open, to_leave = at.server.threads
    at.server.resolve(to_open, at.server.bot)
    at.server.resolve(to_leave, "ada")
    followups = (
        Followup(to_resolve.id, said("Fixed.", "f1"), True), Followup(to_open.id, said("Back.", "f2"), False),
        Followup(to_leave.id, said("Because.", "f3"), None),
    )  # fmt: skip
    assert at.post(at.changes(followups=followups)).outcome == "posted"
    assert [[note.body.split("\n")[0] for note in thread.replies] for thread in at.server.threads] == [
        ["Fixed."], ["Back."], ["Because."],
    ]  # fmt: skip
    assert [thread.resolved for thread in at.server.threads[:2]] == [True, False]
    # A draft would open the last one: what leaves it alone is a reply.
    assert len(at.asked("POST", f"/discussions/{to_leave.id}/notes")) == 1
    assert at.asked("PUT") == []


def test_two_replies_in_a_thread_are_both_said_and_the_last_one_decides(at: Bench) -> None:
    """GitLab keeps one draft of a user in a thread."""
    at.post(at.changes(*at.added(5)))
    thread = at.server.threads[0].id
    at.post(at.changes(followups=(Followup(thread, said("One", "1"), False), Followup(thread, said("Two", "2"), True))))
    assert [note.body.split("\n")[0] for note in at.server.threads[0].replies] == ["One", "Two"]
    assert at.server.threads[0].resolved
    assert all(one.status < 300 for one in at.server.requests)


def test_a_thread_that_it_may_not_resolve_is_answered_all_the_same(at: Bench) -> None:
    at.post(at.changes(*at.added(5)))
    thread = at.server.threads[0]
    at.server.people[at.server.bot] = 20
    thread.root.person = at.server.person("ada")
    posted = at.post(at.changes(*at.added(6), followups=(Followup(thread.id, said("Fixed.", "f"), True),)))
    assert posted.notices == ("A thread could not be resolved: the forge refused (403).",)
    assert (dict(posted.refused), posted.outcome) == ({}, "posted")
    assert at.bodies() == ["Finding id6.", "Fixed."]


def test_a_thread_that_is_gone_is_said_so_and_the_rest_is_posted(at: Bench) -> None:
    posted = at.post(at.changes(*at.added(5), followups=(Followup("f" * 40, said("Fixed.", "f"), True),)))
    assert posted.notices == ("A reply could not be posted: the forge refused (404).",)
    assert (at.bodies(), posted.outcome) == (["Finding id5."], "posted")


def test_answers_are_notes_on_the_whole(at: Bench) -> None:
    at.post(at.changes(answers=(said("Help", "h"), said("Hi", "i"))))
    assert [note.body.split("\n")[0] for note in at.server.notes] == ["Help", "Hi"]


def test_several_lines_are_one_thread_and_its_suggestion_replaces_them(at: Bench) -> None:
    """Unchanged lines, whose codes are known."""
    spot = Spot("a.py", "a.py", "new", (3, 3), (4, 4), ((3, 3), (4, 4)))
    at.post(at.changes(comment(spot, suggestion="three\nfour")))
    (thread,) = at.server.threads
    assert (thread.start_line, thread.line) == (3, 4)
    (suggestion,) = at.server.suggestions
    assert (suggestion.first, suggestion.last, suggestion.old) == (3, 4, "line 3\nline 4\n")
    assert at.server.applied(suggestion).startswith("line 1\nline 2\nthree\nfour\nline five\n")


def test_a_suggestion_for_added_lines_replaces_them(at: Bench) -> None:
    at.post(at.changes(comment(Spot("a.py", "a.py", "new", (None, 5), (None, 7)), suggestion="new")))
    (suggestion,) = at.server.suggestions
    assert (suggestion.old, suggestion.new) == ("line five\nnew a\nnew b\n", "new\n")


def test_a_line_that_is_not_in_the_change_is_refused_alone(at: Bench) -> None:
    """Its draft is taken, and the publication fails at it."""
    wrong = comment(Spot("a.py", "a.py", "new", (None, 12), (None, 12)), "wrong")
    posted = at.post(at.changes(*at.added(5), wrong, *at.added(6, 7)))
    assert posted.refused == {"wrong": "GitLab takes no comment at these lines (400)"}
    assert posted.outcome == "posted"
    assert at.bodies() == ["Finding id5.", "Finding id6.", "Finding id7."]
    assert at.server.drafts == []


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_line_that_is_lost_without_a_word_is_noticed(at: Bench, place: int) -> None:
    at.server.world.stray_drafts = "lost"
    comments = at.added(5, 6)
    comments.insert(place, comment(Spot("no.py", "no.py", "new", (None, 1), (None, 1)), "wrong"))
    posted = at.post(at.changes(*comments))
    assert posted.refused == {"wrong": "GitLab takes no comment at these lines (400)"}
    assert at.bodies() == ["Finding id5.", "Finding id6."]


def test_a_publication_that_takes_its_time_is_waited_for(at: Bench) -> None:
    """Else what it says later would be said twice."""
    at.server.faults.append(Fault("POST", "bulk_publish$", 204))
    at.later = lambda: at.asks("POST", "draft_notes/bulk_publish")
    assert at.post(at.changes(*at.added(5, 6))).outcome == "posted"
    assert at.bodies() == ["Finding id5.", "Finding id6."]
    assert [one.path.rpartition("/")[2] for one in at.writes()] == [*["draft_notes"] * 2, *["bulk_publish"] * 2]


def test_nothing_is_said_of_an_old_head(at: Bench) -> None:
    changes = at.changes(*at.added(5), answers=(said("Help", "h"),))
    at.work.git("checkout", "-q", "feature")
    at.work.commit("push", **{"b.py": "b\n"})
    posted = at.post(changes)
    assert (posted.outcome, posted.refused) == ("moved", {"id5": "the merge request has a newer head"})
    assert at.writes() == []


def test_with_nothing_to_say_it_still_tells_that_the_head_moved(at: Bench) -> None:
    assert at.post(at.changes()).outcome == "posted"
    assert at.post(moved(at.changes(), "0" * 40)).outcome == "moved"
    assert at.writes() == []


@pytest.mark.parametrize("refs", [None, {}, {"base_sha": "b" * 40, "start_sha": "b" * 40, "head_sha": "c" * 40}])
def test_without_a_diff_of_the_head_all_but_comments_is_said(at: Bench, refs: object) -> None:
    """GitLab makes the diff a while after a push."""
    forge = at.loaded()[0]
    at.server.faults.append(Fault("GET", "/merge_requests/7$", 200, body={"sha": at.head, "diff_refs": refs}))
    posted = forge.post(at.changes(*at.added(5), answers=(said("Help", "h"),)))
    assert posted.refused == {"id5": "GitLab has not yet made a diff of this head"}
    assert (at.bodies(), posted.outcome) == (["Help"], "posted")


def test_drafts_of_a_run_that_died_are_never_published(at: Bench) -> None:
    at.server.faults.append(Fault("POST", "bulk_publish$", 401))
    at.post(at.changes(*at.added(5, 6)))
    assert len(at.server.drafts) == 2
    at.post(at.changes(*at.added(6, 7)))
    assert (at.bodies(), at.server.drafts) == (["Finding id6.", "Finding id7."], [])


def test_what_a_person_is_still_writing_is_not_published(at: Bench) -> None:
    """The token of a person: everything that they have as a draft would go out with the review."""
    at.server.faults.append(Fault("POST", "bulk_publish$", 401))
    at.post(at.changes(*at.added(5)))
    at.server.drafts[0].note = "I am not sure yet"
    posted = at.post(at.changes(*at.added(6, 7)))
    assert (at.bodies(), posted.outcome) == (["Finding id6.", "Finding id7."], "posted")
    assert [draft.note for draft in at.server.drafts] == ["I am not sure yet"]


def test_no_body_is_run_as_a_command(at: Bench) -> None:
    """What comes here is clean; this is the last door all the same."""
    spot = Spot("a.py", "a.py", "new", (None, 5), (None, 5))
    evil = comment(spot, "x\n/approve", suggestion="y\n/merge")
    forge = at.loaded()[0]
    forge.post(at.changes(evil, answers=("/close\n" + mark("a"),)))
    thread = at.server.threads[0].id
    at.post(at.changes(followups=(Followup(thread, "/lock\n" + mark("f"), True), Followup(thread, "~~~\n/ship\n~~~"))))
    forge.conclude("<!--\n/merge\n-->\n" + mark("s"), "", at.verdict())
    assert (len(at.bodies()), at.server.suggestions, at.server.actions) == (5, [], [])


# conclude


def test_a_summary_is_made_once_and_edited_ever_after(at: Bench) -> None:
    forge = at.forge()
    assert forge.conclude(said("First", "1"), "", at.verdict()).outcome == "posted"
    note = at.loaded()[1].notes[0]
    assert forge.conclude(said("Second", "2"), note.id, at.verdict()).notices == ()
    assert [found.body.split("\n")[0] for found in at.server.notes] == ["Second"]


def test_a_summary_that_somebody_deleted_is_made_anew(at: Bench) -> None:
    assert at.forge().conclude(said("Summary", "1"), "4711", at.verdict()).outcome == "posted"
    assert at.bodies() == ["Summary"]


@pytest.mark.parametrize(("conclusion", "state"), [
    ("success", "success"), ("failure", "failed"), ("action_required", "failed"), ("neutral", "skipped"),
])  # fmt: skip
def test_each_conclusion_has_its_state(at: Bench, conclusion: Conclusion, state: str) -> None:
    at.forge().conclude("Summary", "", Verdict(at.head, conclusion, "one line\nand more"))
    (status,) = at.server.statuses
    assert (status.state, status.name, status.sha) == (state, "reviewbot", at.head)
    assert status.description == "one line and more"


def test_a_description_is_cut_to_what_gitlab_takes(at: Bench) -> None:
    at.forge().conclude("Summary", "", Verdict(at.head, "success", "é" * 300))
    assert at.server.statuses[0].description == "é" * 255


def test_a_status_that_is_there_already_is_done(at: Bench) -> None:
    at.forge().conclude("Summary", "", at.verdict())
    at.server.faults.append(Fault("POST", "/statuses/", 400))
    assert at.forge().conclude("Summary", "", at.verdict()).notices == ()


def test_a_status_that_is_refused_otherwise_is_said(at: Bench) -> None:
    at.server.faults.append(Fault("POST", "/statuses/", 400))
    posted = at.forge().conclude("Summary", "", at.verdict())
    assert posted.notices == ("The status could not be set: the forge refused (400).",)
    assert posted.outcome == "failed"
