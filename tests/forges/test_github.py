"""GitHub, where everything goes well: what is read, what is said, and in how many requests."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewbot.core.conversation import Changes, Followup, Place, Posted, Verdict
from reviewbot.core.report import Conclusion
from reviewbot.errors import ForgeError
from reviewbot.forges.github import GitHub
from tests.forges.github_runs import NEW, adapter, comment, is_command, mark, never, running, work_at
from tests.repositories import Work
from tests.servers import github


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return work_at(tmp_path / "work")


# ---- load -------------------------------------------------------------------------------------------------------


def test_a_pull_request_without_a_word_is_one_request(work: Work) -> None:
    with running(work, title="Add \u00e9l\u00e9ments") as run:
        loaded = run.forge.load(is_command)
        assert run.asked == ["POST /graphql"]
        assert (loaded.head_sha, loaded.base_sha) == (run.head, work.git("rev-parse", "main"))
        assert (loaded.title, loaded.threads, loaded.notes, loaded.notices) == ("Add \u00e9l\u00e9ments", (), (), ())
        assert loaded.writers == frozenset()


@pytest.mark.parametrize("enterprise", [True, False])
def test_both_kinds_of_github_are_reached_at_their_addresses(work: Work, enterprise: bool) -> None:
    with running(work, enterprise=enterprise) as run:
        run.forge.load(never)
        assert run.forge.post(Changes(run.head, comments=(comment("f1", 5),))).outcome == "posted"
        assert len(run.server.threads) == 1


@pytest.mark.parametrize("visibility", ["public", "internal", "private"])
def test_who_may_read_the_project_is_told(work: Work, visibility: str) -> None:
    with running(work, visibility=visibility) as run:
        assert run.forge.load(never).visibility == visibility


def test_threads_that_the_bot_began_are_kept_with_what_others_said_in_them(work: Work) -> None:
    with running(work) as run:
        mine = run.server.begin("github-actions[bot]", "Mine.\n\n" + mark("f1"), "a.py", 5)
        theirs = run.server.begin("ada", "Hers.", "a.py", 6)
        run.server.say("ada", "I think not.", mine)
        run.server.say("github-actions[bot]", "But yes.", mine)
        run.server.say("github-actions[bot]", "Indeed.", theirs)
        run.server.resolve(mine, "ada")
        (thread,) = run.forge.load(never).threads
        assert (thread.id, thread.resolved) == (mine.id, True)
        assert [(note.author, note.own, note.body) for note in thread.notes] == [
            ("github-actions[bot]", True, "Mine.\n\n" + mark("f1")), ("ada", False, "I think not."),
            ("github-actions[bot]", True, "But yes."),
        ]  # fmt: skip


def test_comments_are_there_oldest_first_with_who_wrote_and_who_changed_them(work: Work) -> None:
    with running(work) as run:
        server = run.server
        notes = [server.say("ada", "one"), server.say("", "two"), server.say("github-actions[bot]", "three"),
                 server.say("dependabot[bot]", "four")]  # fmt: skip
        server.edit(notes[0], "eve", "one!")
        assert [(note.id, note.body, note.author, note.own, note.edited) for note in run.forge.load(never).notes] == [
            (str(notes[0].id), "one!", "ada", False, True), (str(notes[1].id), "two", "", False, False),
            (str(notes[2].id), "three", "github-actions[bot]", True, False),
            (str(notes[3].id), "four", "dependabot[bot]", False, False),
        ]  # fmt: skip


def test_who_may_write_is_asked_once_for_each_author_of_commands_and_for_no_other(work: Work) -> None:
    people = {"ada": "write", "eve": "read", "max": "maintain", "tim": "triage", "amy": "admin"}
    with running(work, people=people) as run:
        server = run.server
        thread = server.begin("github-actions[bot]", "Mine.", "a.py", 5)
        for name in ("ada", "eve", "max", "tim", "ada", "nobody"):
            server.say(name, "/reviewbot help")
        server.say("amy", "/reviewbot explain x", thread)
        server.say("bob", "What a nice day.")
        server.say("github-actions[bot]", "/reviewbot full")
        server.say("", "/reviewbot full")
        server.edit(server.say("zoe", "Hello."), "zoe", "/reviewbot full")
        loaded = run.forge.load(is_command)
        assert loaded.writers == {"ada", "max", "amy"}
        asked = [path.split("/")[2] for path in run.asked if "permission" in path]
        assert sorted(asked) == ["ada", "amy", "eve", "max", "nobody", "tim"]
        assert loaded.notices == ()


def test_an_app_that_is_called_like_somebody_is_not_that_person(work: Work) -> None:
    with running(work) as run:
        run.server.say("ada[bot]", "/reviewbot full")
        loaded = run.forge.load(is_command)
        assert (loaded.writers, len(run.asked)) == (frozenset(), 1)
        assert loaded.notes[0].author == "ada[bot]"


def test_many_authors_of_commands_cost_six_requests_and_insiders_are_among_them(work: Work) -> None:
    with running(work, visibility="public") as run:
        run.server.say("ada", "/reviewbot full")
        for number in range(9):
            run.server.say(f"visitor-{number}", "/reviewbot full")
        loaded = run.forge.load(is_command)
        assert loaded.writers == {"ada"} and len(run.asked) == 7
        assert loaded.notices == ("Commands of 4 more people were not looked at: too many gave some.",)


def test_a_token_that_may_not_ask_who_may_write_trusts_nobody_and_says_so(work: Work) -> None:
    with running(work, "person", people={"robin": "read", "ada": "write"}) as run:
        run.server.say("ada", "/reviewbot full")
        loaded = run.forge.load(is_command)
        assert loaded.writers == frozenset()
        assert loaded.notices == ("Who may give commands could not be asked: the forge refused (403).",)


def test_all_pages_are_read_in_as_many_requests_as_the_longer_list_has(work: Work) -> None:
    with running(work) as run:
        for number in range(250):
            run.server.say("ada", f"note {number}")
        for number in range(120):
            run.server.begin("github-actions[bot]", f"thread {number}", "new.py", 1 + number % 40)
        loaded = run.forge.load(never)
        assert len(run.asked) == 3
        assert [note.body for note in loaded.notes] == [f"note {number}" for number in range(250)]
        assert [thread.notes[0].body for thread in loaded.threads] == [f"thread {number}" for number in range(120)]
        assert loaded.notices == ()


def test_of_what_has_no_end_the_newest_five_pages_are_read_and_that_is_said(work: Work) -> None:
    with running(work) as run:
        for number in range(560):
            run.server.say("ada", f"note {number}")
        loaded = run.forge.load(never)
        assert len(run.asked) == 5
        assert [note.body for note in loaded.notes] == [f"note {number}" for number in range(60, 560)]
        assert loaded.notices == ("Of this pull request, the newest 500 threads and comments were read.",)


def test_of_a_long_thread_its_beginning_and_its_end_are_read_and_that_is_said(work: Work) -> None:
    with running(work) as run:
        thread = run.server.begin("github-actions[bot]", "Mine.", "a.py", 5)
        for number in range(60):
            run.server.say("ada", f"{number}", thread)
        loaded = run.forge.load(never)
        assert [note.body for note in loaded.threads[0].notes] == ["Mine.", *map(str, range(10, 60))]
        said = "Of threads with more than 50 comments, the first and the newest 50 were read."
        assert loaded.notices == (said,)


@pytest.mark.parametrize("other", ["number", "project"])
def test_what_is_not_there_is_one_clear_line(work: Work, other: str) -> None:
    with running(work) as run:
        place = run.server.place
        wrong = (
            Place("github", place.api, place.project, 8, place.graphql) if other == "number"
            else Place("github", place.api, "acme/other", 7, place.graphql)
        )  # fmt: skip
        with pytest.raises(ForgeError) as caught:
            adapter(run, place=wrong).load(never)
        number = 8 if other == "number" else 7
        assert str(caught.value) == f"GitHub has no pull request {number} that this token may read (404)"
        assert caught.value.denied


@pytest.mark.parametrize(
    "project", ["", "acme", "acme/shop/x", "../shop", "acme/..", "acme/sh op", "acme/shop?x", "a/b\n"]
)
def test_a_name_that_is_no_projects_is_refused_before_anything_is_sent(project: str) -> None:
    with pytest.raises(ForgeError, match="owner/name"):
        GitHub(Place("github", "http://127.0.0.1:9", project, 7), "ghs_x", lambda size: None, 0.0)


@pytest.mark.parametrize("api", [
    "", "api.github.com", "ftp://api.github.com", "file:///etc", "http://", "https://host:port", "https://u:p@host",
    "https://host?x", "https://host/x y", "https://host\n",
])  # fmt: skip
def test_an_address_that_is_none_is_refused_before_anything_is_sent(api: str) -> None:
    with pytest.raises(ForgeError, match="the address of GitHub's API"):
        GitHub(Place("github", api, "acme/shop", 7), "ghs_x", lambda size: None, 0.0)


@pytest.mark.parametrize(
    "api", ["https://api.github.com", "https://ghe.example:8443/api/v3/", "http://[::1]:80/api/v3"]
)
def test_making_an_adapter_asks_for_nothing(api: str) -> None:
    GitHub(Place("github", api, "acme/shop", 7), "ghs_x", lambda size: None, 0.0)


@pytest.mark.parametrize("token", ["", "  \n", "two words", "ghs_\u00e9", "a\r\nx-header: y"])
def test_what_cannot_be_a_token_is_refused_before_anything_is_sent(token: str) -> None:
    with pytest.raises(ForgeError, match="there is no token for GitHub") as caught:
        GitHub(Place("github", "http://127.0.0.1:9", "acme/shop", 7), token, lambda size: None, 0.0)
    assert caught.value.denied


def test_the_end_of_a_line_after_a_token_is_none_of_it(work: Work) -> None:
    with running(work) as run:
        adapter(run, run.server.token + "\n").load(never)
        assert run.server.requests[0].headers["authorization"].endswith(" " + run.server.token)


# ---- post -------------------------------------------------------------------------------------------------------


def test_a_review_its_summary_and_its_status_are_three_requests(work: Work) -> None:
    with running(work) as run:
        run.forge.load(never)
        run.server.requests.clear()
        run.sizes.clear()
        comments = tuple(comment(f"f{number}", number) for number in range(2, 8))
        assert run.forge.post(Changes(run.head, "Six findings.\n" + mark("r"), comments)) == Posted()
        assert run.forge.conclude("Summary.\n" + mark("s"), "", Verdict(run.head, "failure", "6 findings")) == Posted()
        assert run.asked == ["POST /pulls/7/reviews", "POST /issues/7/comments", "POST /check-runs"]
        (review,) = run.server.reviews
        assert (review.state, review.commit, review.body) == ("COMMENTED", run.head, "Six findings.\n" + mark("r"))
        assert [thread.line for thread in run.server.threads] == [2, 3, 4, 5, 6, 7]


def test_comments_are_at_their_lines_on_both_sides(work: Work) -> None:
    with running(work) as run:
        comments = (
            comment("one", 5), comment("many", 5, 6), comment("old", 30, 31, side="old"),
            comment("gone", 1, path="gone.py", side="old"), comment("moved", 9, path="to.py", old_path="moved.py"),
            comment("moved-old", 9, path="to.py", old_path="moved.py", side="old"),
            comment("new", 1, 40, path="new.py"),
        )  # fmt: skip
        assert run.forge.post(Changes(run.head, comments=comments)) == Posted()
        assert [
            (thread.path, thread.side, thread.original_start_line, thread.original_line)
            for thread in run.server.threads
        ] == [
            ("a.py", "RIGHT", None, 5), ("a.py", "RIGHT", 5, 6), ("a.py", "LEFT", 30, 31), ("gone.py", "LEFT", None, 1),
            ("to.py", "RIGHT", None, 9), ("to.py", "LEFT", None, 9), ("new.py", "RIGHT", 1, 40),
        ]  # fmt: skip


@pytest.mark.parametrize(("suggestion", "fence"), [
    ("x = 1", "```suggestion\nx = 1\n```"), ("", "```suggestion\n```"), ("a\n\nb", "```suggestion\na\n\nb\n```"),
    ("```\ncode\n```", "````suggestion\n```\ncode\n```\n````"), ("a ````` b", "``````suggestion\na ````` b\n``````"),
])  # fmt: skip
def test_a_suggestion_is_fenced_longer_than_what_is_in_it_and_the_mark_is_the_last_line(
    work: Work, suggestion: str, fence: str
) -> None:
    with running(work) as run:
        run.forge.post(Changes(run.head, comments=(comment("f1", 5, suggestion=suggestion),)))
        assert run.bodies == [f"About f1.\n\n{fence}\n\n{mark('f1')}"]


def test_removed_lines_get_no_suggestion(work: Work) -> None:
    with running(work) as run:
        run.forge.post(Changes(run.head, comments=(comment("f1", 30, side="old", suggestion="x"),)))
        assert run.bodies == [f"About f1.\n\n{mark('f1')}"]


def test_more_than_thirty_comments_are_more_reviews_and_one_of_them_has_the_text(work: Work) -> None:
    with running(work) as run:
        run.forge.load(never)
        comments = tuple(comment(f"f{number}", 1 + number % 40, path="new.py") for number in range(65))
        assert run.forge.post(Changes(run.head, "Many.", comments)) == Posted()
        assert [review.body for review in run.server.reviews] == ["Many.", "", ""]
        assert len(run.server.threads) == 65 and len(run.asked) == 4


def test_a_text_without_comments_is_a_review_and_nothing_at_all_is_none(work: Work) -> None:
    with running(work) as run:
        run.forge.load(never)
        assert run.forge.post(Changes(run.head)) == Posted()
        assert len(run.asked) == 1
        assert run.forge.post(Changes(run.head, "Nothing new.\n" + mark("r"))) == Posted()
        assert [review.body for review in run.server.reviews] == ["Nothing new.\n" + mark("r")]


@pytest.mark.parametrize("loaded", [True, False])
def test_at_a_head_that_has_moved_nothing_is_said(work: Work, loaded: bool) -> None:
    with running(work) as run:
        work.commit(**{"a.py": NEW + "more\n"})
        if loaded:
            run.forge.load(never)
        changes = Changes(run.head, "Old.", (comment("f1", 5),), (Followup("x", "y"),), ("z",))
        posted = run.forge.post(changes)
        assert posted == Posted({"f1": "the pull request has a newer head"}, (), "moved")
        assert run.asked == (["POST /graphql"] if loaded else ["GET /pulls/7"])


def test_a_thread_is_answered_and_resolved_or_opened_again_in_one_request(work: Work) -> None:
    with running(work) as run:
        threads = [run.server.begin("github-actions[bot]", "Mine.", "a.py", line) for line in (5, 6, 7)]
        run.server.resolve(threads[1], "ada")
        run.forge.load(never)
        followups = (
            Followup(threads[0].id, "Fixed.\n" + mark("a"), True),
            Followup(threads[1].id, "Again.\n" + mark("b"), False),
            Followup(threads[2].id, "Well.\n" + mark("c")),
        )  # fmt: skip
        assert run.forge.post(Changes(run.head, followups=followups)) == Posted()
        assert len(run.asked) == 4
        assert [thread.replies[0].body for thread in run.server.threads] == [f.body for f in followups]
        assert [thread.resolved for thread in run.server.threads] == [True, False, False]


def test_a_token_that_may_not_resolve_leaves_its_replies_and_says_so_once(work: Work) -> None:
    with running(work, may_resolve=False) as run:
        threads = [run.server.begin("github-actions[bot]", "Mine.", "a.py", line) for line in (5, 6)]
        followups = tuple(Followup(thread.id, "Fixed.\n" + mark("a"), True) for thread in threads)
        posted = run.forge.post(Changes(run.head, followups=followups))
        assert posted.outcome == "posted" and posted.notices == (
            "Threads were left as they are: resolving one takes a token with `contents: write`.",
        )
        assert [len(thread.replies) for thread in run.server.threads] == [1, 1]
        assert not any(thread.resolved for thread in run.server.threads)


def test_a_thread_that_is_gone_is_a_notice_and_the_others_are_answered(work: Work) -> None:
    with running(work) as run:
        thread = run.server.begin("github-actions[bot]", "Mine.", "a.py", 5)
        followups = (Followup("PRRT_gone", "Fixed.", True), Followup(thread.id, "Fixed.", True))
        posted = run.forge.post(Changes(run.head, followups=followups))
        assert posted == Posted({}, (
            "A reply in a thread could not be posted: GitHub has no such thing for this token (404).",
        ))  # fmt: skip
        assert run.server.threads[0].resolved


def test_answers_are_comments_on_the_pull_request(work: Work) -> None:
    with running(work) as run:
        assert run.forge.post(Changes(run.head, answers=("One.\n" + mark("a"), "Two.\n" + mark("b")))) == Posted()
        assert [note.body for note in run.server.notes] == ["One.\n" + mark("a"), "Two.\n" + mark("b")]


# ---- conclude ---------------------------------------------------------------------------------------------------


def test_the_summary_is_edited_in_place(work: Work) -> None:
    with running(work) as run:
        verdict = Verdict(run.head, "success", "nothing found")
        run.forge.conclude("First.\n" + mark("s"), "", verdict)
        forge = run.again()
        (note,) = forge.load(never).notes
        assert note.own
        assert forge.conclude("Second.\n" + mark("s"), note.id, verdict) == Posted()
        assert run.asked == ["POST /graphql", f"PATCH /issues/comments/{note.id}", "POST /check-runs"]
        assert [each.body for each in run.server.notes] == ["Second.\n" + mark("s")]


@pytest.mark.parametrize("note", ["999999", "IC_no_number"])
def test_where_somebody_deleted_the_summary_there_is_a_new_one(work: Work, note: str) -> None:
    with running(work) as run:
        posted = run.forge.conclude("Anew.\n" + mark("s"), note, Verdict(run.head, "success", "nothing found"))
        assert posted == Posted()
        assert [each.body for each in run.server.notes] == ["Anew.\n" + mark("s")]


@pytest.mark.parametrize("conclusion", ["success", "failure", "neutral", "action_required"])
def test_each_conclusion_is_one_of_a_check_run(work: Work, conclusion: Conclusion) -> None:
    with running(work) as run:
        run.forge.conclude("S.", "", Verdict(run.head, conclusion, "a title"))
        (check,) = run.server.checks
        assert (check.name, check.head_sha, check.status, check.conclusion, check.title, check.summary) == (
            "reviewbot", run.head, "completed", conclusion, "a title", "S.",
        )  # fmt: skip
        assert run.server.statuses == []


@pytest.mark.parametrize(("conclusion", "state"), [
    ("success", "success"), ("failure", "failure"), ("action_required", "failure"), ("neutral", "pending"),
])  # fmt: skip
def test_a_token_that_may_make_no_check_run_sets_a_status_that_is_no_greener(
    work: Work, conclusion: Conclusion, state: str
) -> None:
    with running(work, may_check=False) as run:
        posted = run.forge.conclude("S.", "", Verdict(run.head, conclusion, "a title" + "!" * 200))
        assert posted == Posted()
        (status,) = run.server.statuses
        assert (status.sha, status.state, status.context) == (run.head, state, "reviewbot")
        assert status.description.startswith("a title!") and len(status.description) == 140


def test_a_token_that_may_set_neither_leaves_a_summary_and_says_so(work: Work) -> None:
    with running(work, may_check=False, may_set_status=False) as run:
        posted = run.forge.conclude("S.", "", Verdict(run.head, "success", "a title"))
        assert posted == Posted(notices=("The status could not be set: this token may not do that here (403).",))
        assert [note.body for note in run.server.notes] == ["S."]


def test_a_summary_too_long_for_a_check_run_is_in_its_note_alone(work: Work) -> None:
    with running(work) as run:
        summary = "\u00e9" * 60_000
        assert run.forge.conclude(summary, "", Verdict(run.head, "success", "T" * 300)) == Posted()
        (check,) = run.server.checks
        assert (check.title, check.summary) == ("T" * 250, "T" * 300)
        assert run.server.notes[0].body == summary


# ---- another run ------------------------------------------------------------------------------------------------


def test_what_is_posted_is_what_the_next_run_reads(work: Work) -> None:
    with running(work) as run:
        run.forge.post(Changes(run.head, "R.\n" + mark("r"), (comment("f1", 5, suggestion="x"), comment("f2", 6))))
        forge = run.again()
        loaded = forge.load(never)
        assert [thread.notes[0].body.rpartition("\n")[2] for thread in loaded.threads] == [mark("f1"), mark("f2")]
        assert all(thread.notes[0].own and not thread.notes[0].edited for thread in loaded.threads)


@pytest.mark.parametrize("step", ["load", "post", "conclude"])
def test_what_a_departure_raises_ends_the_run_as_it_is(work: Work, step: str) -> None:
    with github.serving(work.path) as server:

        def full(size: int) -> None:
            raise reason

        for reason in (OSError("the disk is full"), ValueError("x"), RuntimeError("y"), TypeError("z")):
            forge = GitHub(server.place, server.token, full, time.monotonic() + 60, lambda seconds: None)
            steps: dict[str, Callable[[], object]] = {
                "load": lambda forge=forge: forge.load(never),  # type: ignore[misc]
                "post": lambda forge=forge: forge.post(Changes(work.git("rev-parse", "feature"), "R.")),  # type: ignore[misc]
                "conclude": lambda forge=forge: forge.conclude("S.", "", Verdict("0" * 40, "success", "t")),  # type: ignore[misc]
            }
            with pytest.raises(type(reason)) as caught:
                steps[step]()
            assert caught.value is reason
        assert not any(request.size for request in server.requests)


@pytest.mark.parametrize(("author", "own"), [("github-actions[bot]", True), ("github-actions", False), ("ada", False)])
def test_an_app_knows_its_comments_by_its_name_where_the_service_does_not_say_so(
    work: Work, author: str, own: bool
) -> None:
    """A person may be called what an app is called, but for the brackets."""
    with running(work) as run:
        run.server.knows_viewer = False
        run.server.say(author, "Said.\n\n" + mark("f1"))
        run.server.begin(author, "Mine.\n\n" + mark("f2"), "a.py", 5)
        loaded = run.forge.load(never)
        assert [note.own for note in loaded.notes] == [own]
        assert len(loaded.threads) == own
