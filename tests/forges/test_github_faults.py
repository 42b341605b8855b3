"""GitHub, where something goes wrong: nothing twice, nothing lost, and never a word of what it said of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reviewbot.core.conversation import Changes, Followup, Posted, Verdict
from reviewbot.errors import ForgeError
from reviewbot.forges.github import GitHub
from tests.forges.github_runs import NEW, Run, adapter, comment, is_command, mark, never, running, work_at
from tests.repositories import Work
from tests.servers.github import Fault, primary, secondary

PAGE = b"<html>confidential</html>"
REVIEWS, COMMENTS, GRAPHQL, CHECKS = "/pulls/7/reviews$", "/issues/7/comments$", "/graphql$", "/check-runs$"


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return work_at(tmp_path / "work")


# ---- reading ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [
    {"status": 500}, {"status": 502}, {"status": 503, "times": 3}, {"status": 504, "times": 2}, {"drop": True},
    {"drop": True, "times": 3}, {"cut": "json"}, {"cut": "connection"}, {"status": 200, "body": PAGE},
    {"status": 200, "body": {"errors": [{"message": "Something went wrong while executing your query."}]}},
    {"status": 202, "body": {}},
], ids=repr)  # fmt: skip
def test_reading_is_tried_again(work: Work, fault: dict[str, Any]) -> None:
    with running(work) as run:
        run.server.faults.append(Fault("POST", GRAPHQL, **fault))
        assert run.forge.load(never).head_sha == run.head
        assert len(run.asked) == fault.get("times", 1) + 1
        assert run.pauses == [0.5, 1.0, 2.0][: fault.get("times", 1)]


@pytest.mark.parametrize("fault", [
    {"status": 502, "times": 9}, {"drop": True, "times": 9}, {"cut": "json", "times": 9},
], ids=repr)  # fmt: skip
def test_reading_ends_with_the_fourth_failure_of_small_pages(work: Work, fault: dict[str, Any]) -> None:
    with running(work) as run:
        run.server.faults.append(Fault("POST", GRAPHQL, **fault))
        with pytest.raises(ForgeError) as caught:
            run.forge.load(never)
        assert str(caught.value).startswith("pull request 7 cannot be read: ") and not caught.value.denied
        assert "nobody knows" not in str(caught.value)
        assert [request.body["variables"]["size"] for request in run.server.requests] == [100] * 4 + [20] * 4


@pytest.mark.parametrize(("status", "problem"), [
    (401, "pull request 7 cannot be read: GitHub does not know this token (401)"),
    (403, "pull request 7 cannot be read: this token may not do that here (403)"),
    (404, "GitHub has no pull request 7 that this token may read (404)"),
])  # fmt: skip
def test_what_the_token_may_not_read_is_one_request_and_one_line(work: Work, status: int, problem: str) -> None:
    with running(work) as run:
        run.server.faults.append(Fault("POST", GRAPHQL, status))
        with pytest.raises(ForgeError) as caught:
            run.forge.load(never)
        assert (str(caught.value), caught.value.denied, len(run.asked)) == (problem, True, 1)


def test_a_token_that_nobody_gave_out_is_refused(work: Work) -> None:
    with running(work, "none") as run, pytest.raises(ForgeError, match=r"does not know this token \(401\)"):
        run.forge.load(never)


@pytest.mark.parametrize("status", [400, 409, 422, 451])
def test_another_refusal_is_no_matter_of_rights(work: Work, status: int) -> None:
    with running(work) as run:
        run.server.faults.append(Fault("POST", GRAPHQL, status))
        with pytest.raises(ForgeError) as caught:
            run.forge.load(never)
        assert f"({status})" in str(caught.value) and not caught.value.denied and len(run.asked) == 1


@pytest.mark.parametrize(("kind", "denied"), [("FORBIDDEN", True), ("NOT_FOUND", True), ("UNPROCESSABLE", False)])
def test_errors_of_graphql_are_told_apart_by_their_type(work: Work, kind: str, denied: bool) -> None:
    with running(work) as run:
        body = {"data": None, "errors": [{"type": kind, "message": "confidential", "path": ["repository"]}]}
        run.server.faults.append(Fault("POST", GRAPHQL, 200, body=body))
        with pytest.raises(ForgeError) as caught:
            run.forge.load(never)
        assert (caught.value.denied, len(run.asked)) == (denied, 1)


@pytest.mark.parametrize("body", [
    b"null", b"[]", b"{}", b"7", b'""', b"", b'{"data": null}', b'{"data": []}', b'{"data": {"repository": []}}',
    b'{"data": {"repository": {"pullRequest": null}}}', b'{"errors": []}', b'{"errors": null}', b'{"errors": 7}',
    b'{"errors": [7, {"path": 7}], "data": 3}', b'{"message": 7, "errors": [{"type": [], "path": [[]]}]}',
], ids=repr)  # fmt: skip
def test_an_answer_of_any_shape_is_one_line(work: Work, body: bytes) -> None:
    with running(work) as run:
        run.server.faults.append(Fault("POST", GRAPHQL, 200, body=body, times=9))
        with pytest.raises(ForgeError):
            run.forge.load(never)


@pytest.mark.parametrize("pull", [
    {}, {"title": 7, "headRefOid": [], "reviewThreads": 7, "comments": []},
    {"reviewThreads": {"nodes": [None, 7, {}, {"comments": {"nodes": [None]}}], "pageInfo": 7}},
    {"comments": {"nodes": [None, {"author": 7, "body": {}, "fullDatabaseId": True}],
                  "pageInfo": {"hasPreviousPage": True, "startCursor": None}}},
    {"title": "\ud800", "comments": {"nodes": [{"body": "\udfff"}], "pageInfo": {"hasPreviousPage": "yes"}}},
], ids=repr)  # fmt: skip
def test_what_is_missing_in_an_answer_is_nothing(work: Work, pull: dict[str, Any]) -> None:
    with running(work) as run:
        body = {"data": {"viewer": None, "repository": {"visibility": "SECRET", "pullRequest": pull}}}
        run.server.faults.append(Fault("POST", GRAPHQL, 200, body=body))
        loaded = run.forge.load(is_command)
        assert (loaded.threads, loaded.visibility) == ((), "public")
        assert all(note.body.isascii() and not note.own for note in loaded.notes)


def test_comments_too_large_for_one_answer_are_read_in_smaller_pages(work: Work) -> None:
    with running(work) as run:
        for number in range(70):
            run.server.say("eve", f"{number} " + "\U0001f600" * 22_000)
        for number in range(12):
            run.server.say("ada", f"{number}")
        loaded = run.forge.load(never)
        assert len(loaded.notes) == 82 and loaded.notes[-1].body == "11"
        assert (loaded.head_sha, loaded.notices) == (run.head, ())


def test_a_list_that_never_ends_is_read_for_five_pages(work: Work) -> None:
    with running(work) as run:
        page = {"nodes": [], "pageInfo": {"hasPreviousPage": True, "startCursor": "again"}}
        body = {"data": {"repository": {"pullRequest": {"reviewThreads": page, "comments": page}}}}
        run.server.faults.append(Fault("POST", GRAPHQL, 200, body=body, times=99))
        assert len(run.forge.load(never).notices) == 1
        assert len(run.asked) == 5


@pytest.mark.parametrize(("fault", "pauses"), [
    (secondary("POST", GRAPHQL, wait=3), [3.0]), (secondary("POST", GRAPHQL, wait=None), [5.0]),
    (secondary("POST", GRAPHQL, wait=2, status=429), [2.0]), (Fault("POST", GRAPHQL, 429), [5.0]),
    (Fault("POST", GRAPHQL, 200, body={"errors": [{"type": "RATE_LIMITED", "message": "x"}]}), [5.0]),
    (secondary("POST", GRAPHQL, wait=4, status=200), [4.0]),
    (Fault("POST", GRAPHQL, 200, body={"errors": [{"message": "You have exceeded a secondary rate limit."}]}), [5.0]),
    (secondary("POST", GRAPHQL, wait=61), None), (primary("POST", GRAPHQL, reset=2_000_000_000), None),
], ids=["secondary", "unsaid", "429", "bare", "graphql", "alone", "untyped", "too-long", "an-hour"])  # fmt: skip
def test_a_limit_is_waited_for_up_to_a_minute(work: Work, fault: Fault, pauses: list[float] | None) -> None:
    with running(work, seconds=3600) as run:
        run.server.faults.append(replace(fault))
        if pauses is None:
            with pytest.raises(ForgeError, match="asks to go slower") as caught:
                run.forge.load(never)
            assert not caught.value.denied
        else:
            run.forge.load(never)
        assert run.pauses == (pauses or [])


def test_a_limit_that_ends_soon_is_waited_for(work: Work) -> None:
    with running(work) as run:
        run.server.faults.append(primary("POST", GRAPHQL, reset=int(time.time()) + 20))
        run.forge.load(never)
        (pause,) = run.pauses
        assert 15 < pause <= 20


def test_no_wait_reaches_beyond_the_end_of_the_run(work: Work) -> None:
    with running(work, seconds=10) as run:
        run.server.faults.append(secondary("POST", GRAPHQL, wait=11))
        with pytest.raises(ForgeError):
            run.forge.load(never)
        assert run.pauses == []


@pytest.mark.parametrize("fault", [{"delay": 2.0}, {"delay": 2.0, "status": 502}], ids=repr)
def test_an_answer_that_is_late_ends_with_the_run(work: Work, fault: dict[str, Any]) -> None:
    with running(work, seconds=0.3) as run:
        run.server.faults.append(Fault("POST", GRAPHQL, **fault))
        start = time.monotonic()
        with pytest.raises(ForgeError, match="in time"):
            run.forge.load(never)
        assert time.monotonic() - start < 1.0


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_redirect_is_followed(work: Work, status: int, method: str, tmp_path: Path) -> None:
    with running(work) as run, running(work_at(tmp_path / "other")) as other:
        run.server.say("ada", "/reviewbot full")
        for to in (other.server.api, run.server.api):
            fault = Fault(method, "", status, headers={"location": f"{to}/x"}, body={})
            run.server.faults.append(fault)
            forge = run.again()
            if method == "POST":
                with pytest.raises(ForgeError, match=rf"the forge redirects \({status}\)"):
                    forge.load(is_command)
                assert len(run.asked) == 1
            else:
                loaded = forge.load(is_command)
                assert (len(run.asked), loaded.writers) == (2, frozenset())
                assert loaded.notices == (f"Who may give commands could not be asked: the forge redirects ({status}).",)
        assert other.server.requests == []


# ---- writing: one effect, whatever happens ----------------------------------------------------------------------

UNKNOWN: dict[str, dict[str, Any]] = {
    "500": {"status": 500}, "502": {"status": 502}, "504": {"status": 504}, "page": {"status": 200, "body": PAGE},
    "drop": {"drop": True}, "null": {"status": 200, "body": b"null"}, "list": {"status": 201, "body": b"[]"},
}  # fmt: skip
BEFORE = {f"{name}-before": Fault("", "", **fault) for name, fault in UNKNOWN.items()}
AFTER = {f"{name}-after": Fault("", "", effect="after", **fault) for name, fault in UNKNOWN.items()}
CUT = {"cut-json": Fault("", "", cut="json"), "cut-connection": Fault("", "", cut="connection")}
LIMITED = {
    "429": Fault("", "", 429), "secondary": secondary("", "", wait=3), "unsaid": secondary("", "", wait=None),
}  # fmt: skip


def _review(run: Run) -> Posted:
    return run.forge.post(Changes(run.head, "R.\n" + mark("r"), (comment("f1", 5), comment("f2", 6))))


def _text(run: Run) -> Posted:
    return run.forge.post(Changes(run.head, "R.\n" + mark("r")))


def _reply(run: Run) -> Posted:
    return run.forge.post(
        Changes(run.head, followups=(Followup(run.server.threads[0].id, "Fixed.\n" + mark("a"), True),))
    )


def _reply_alone(run: Run) -> Posted:
    return run.forge.post(Changes(run.head, followups=(Followup(run.server.threads[0].id, "Well.\n" + mark("a")),)))


def _answer(run: Run) -> Posted:
    return run.forge.post(Changes(run.head, answers=("Answer.\n" + mark("a"),)))


def _summary(run: Run) -> Posted:
    return run.forge.conclude("New summary.\n" + mark("s"), "", Verdict(run.head, "success", "t"))


def _edit(run: Run) -> Posted:
    return run.forge.conclude("Summary!\n" + mark("s"), str(run.server.notes[0].id), Verdict(run.head, "success", "t"))


#: What is done, which of its requests has the fault, and what is there in the end.
WRITES: dict[str, tuple[Callable[[Run], Posted], dict[str, Any], list[str]]] = {
    "review": (_review, {"path": REVIEWS}, ["review R.", "thread About f1.", "thread About f2."]),
    "text": (_text, {"path": REVIEWS}, ["review R."]),
    "reply": (_reply, {"path": GRAPHQL, "containing": "mutation"}, ["reply Fixed.", "resolved"]),
    "reply-alone": (_reply_alone, {"path": GRAPHQL, "containing": "mutation"}, ["reply Well."]),
    "answer": (_answer, {"path": COMMENTS}, ["note Answer."]),
    "summary": (_summary, {"path": COMMENTS}, ["note New summary.", "check success"]),
    "check": (_summary, {"path": CHECKS}, ["note New summary.", "check success"]),
    "edit": (_edit, {"method": "PATCH", "path": "/issues/comments/"}, ["note Summary!", "check success"]),
}


def _state(run: Run) -> list[str]:
    """What is on the server beside what was there before, in words."""
    server, found = run.server, []
    found += [f"review {review.body}" for review in server.reviews if review.body]
    for thread in server.threads:
        found += [] if thread.body.startswith("Old") else [f"thread {thread.body}"]
        found += [f"reply {note.body}" for note in thread.replies] + ["resolved"] * thread.resolved
    found += [f"note {note.body}" for note in server.notes if not note.body.startswith("Old")]
    found += [f"check {check.conclusion}" for check in server.checks]
    return [line.partition("\n")[0] for line in found]


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("fault", BEFORE | AFTER | CUT | LIMITED)
def test_after_a_failure_there_is_exactly_one_effect(work: Work, write: str, fault: str) -> None:
    do, where, there = WRITES[write]
    with running(work) as run:
        run.server.begin("github-actions[bot]", "Old.\n\n" + mark("old"), "a.py", 5)
        run.server.say("github-actions[bot]", "Old summary.\n" + mark("old"))
        run.forge.load(never)
        run.server.faults.append(replace((BEFORE | AFTER | CUT | LIMITED)[fault], **{"method": "POST", **where}))
        posted = do(run)
        assert _state(run) == there
        assert posted == Posted()
        assert run.server.faults[0].times == 0
        assert sum(run.pauses) <= 6


@pytest.mark.parametrize("write", WRITES)
def test_what_fails_twice_without_effect_is_told_and_not_tried_a_third_time(work: Work, write: str) -> None:
    do, where, _ = WRITES[write]
    with running(work) as run:
        run.server.begin("github-actions[bot]", "Old.\n\n" + mark("old"), "a.py", 5)
        run.server.say("github-actions[bot]", "Old summary.\n" + mark("old"))
        run.server.faults.append(Fault(**{"method": "POST", "status": 502, "times": 9, **where}))
        posted = do(run)
        assert run.server.faults[0].times == (5 if write == "edit" else 7)
        assert posted.refused or posted.notices
        assert posted.outcome == "failed"
        said = f"{dict(posted.refused)} {posted.notices}"
        assert "the forge failed (502), and nobody knows whether it is there" in said
        assert "Unicorn" not in said


@pytest.mark.parametrize("write", ["review", "text", "reply", "answer", "summary", "check"])
def test_where_nobody_can_look_nothing_is_sent_again(work: Work, write: str) -> None:
    do, where, there = WRITES[write]
    with running(work) as run:
        run.server.begin("github-actions[bot]", "Old.\n\n" + mark("old"), "a.py", 5)
        run.server.say("github-actions[bot]", "Old summary.\n" + mark("old"))
        run.forge.load(never)
        run.server.faults.append(Fault(**{"method": "POST", "status": 502, "effect": "after", **where}))
        method, path = ("POST", GRAPHQL) if write in ("answer", "summary") else ("GET", "")
        run.server.faults.append(Fault(method, path, 502, times=99))
        posted = do(run)
        assert _state(run) == there
        assert "nobody knows" in f"{dict(posted.refused)} {posted.notices}"


def test_what_was_there_before_is_not_taken_for_what_is_posted(work: Work) -> None:
    with running(work) as run:
        run.server.begin("github-actions[bot]", "Old.\n\n" + mark("f1"), "a.py", 5)
        run.server.say("github-actions[bot]", "Old.\n" + mark("a"))
        run.forge.load(never)
        run.server.faults += [Fault("POST", REVIEWS, 502), Fault("POST", COMMENTS, 502)]
        assert run.forge.post(Changes(run.head, "R.", (comment("f1", 5),), answers=("A.\n" + mark("a"),))) == Posted()
        assert (len(run.server.threads), len(run.server.notes)) == (2, 2)


def test_what_somebody_else_says_is_not_taken_for_an_answer(work: Work) -> None:
    with running(work) as run:
        run.server.say("eve", "Ha.\n" + mark("a"))
        run.server.faults.append(Fault("POST", COMMENTS, 502))
        assert run.forge.post(Changes(run.head, answers=("A.\n" + mark("a"),))) == Posted()
        assert [note.author for note in run.server.notes] == ["eve", "github-actions[bot]"]


def test_a_thread_that_was_answered_without_a_word_is_resolved_all_the_same(work: Work) -> None:
    with running(work) as run:
        thread = run.server.begin("github-actions[bot]", "Old.", "a.py", 5)
        run.server.faults.append(Fault("POST", GRAPHQL, 502, effect="after", containing="mutation"))
        assert _reply(run) == Posted()
        run.server.unresolve(thread)
        assert [len(thread.replies), "addPull" in str(run.server.requests[-1].body)] == [1, False]


# ---- writing: what is refused -----------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [{0}, {29}, {13}, {3, 4}, {0, 15, 29}])
def test_only_the_comments_that_github_refuses_are_refused(work: Work, bad: set[int]) -> None:
    with running(work) as run:
        run.forge.load(never)
        comments = tuple(
            comment(f"f{number}", 900 if number in bad else number + 1, path="new.py") for number in range(30)
        )
        posted = run.forge.post(Changes(run.head, "R.\n" + mark("r"), comments))
        why = "GitHub takes no comment at these lines (422)"
        assert posted == Posted({f"f{number}": why for number in sorted(bad)})
        assert [thread.original_line for thread in run.server.threads] == [n + 1 for n in range(30) if n not in bad]
        assert [review.body for review in run.server.reviews].count("R.\n" + mark("r")) == 1
        assert len(run.asked) <= 3 + 12 * len(bad)


def test_where_all_are_refused_the_search_ends_and_none_is_lost(work: Work) -> None:
    with running(work) as run:
        run.forge.load(never)
        comments = tuple(comment(f"f{number}", 900 + number, path="new.py") for number in range(90))
        posted = run.forge.post(Changes(run.head, "R.", comments))
        assert set(posted.refused) == {f"f{number}" for number in range(90)}
        assert set(posted.refused.values()) == {
            "GitHub takes no comment at these lines (422)",
            "GitHub refused it along with others (422), too many to try each alone",
        }
        assert posted.outcome == "posted" and run.server.threads == []
        assert len(run.asked) <= 30


def test_a_refusal_because_the_head_has_moved_ends_it(work: Work) -> None:
    with running(work) as run:
        run.forge.load(never)
        work.commit(**{"a.py": NEW + "more\n"})
        run.server.faults.append(Fault("POST", REVIEWS, 422))
        changes = Changes(run.head, "R.", (comment("f1", 5), comment("f2", 6)), (Followup("x", "y"),), ("z",))
        posted = run.forge.post(changes)
        why = "the pull request has a newer head"
        assert posted == Posted({"f1": why, "f2": why}, (), "moved")
        assert run.asked == ["POST /graphql", "POST /pulls/7/reviews", "GET /pulls/7"]


@pytest.mark.parametrize(("status", "reason", "outcome"), [
    (401, "GitHub does not know this token (401)", "denied"), (403, "this token may not do that here (403)", "denied"),
    (404, "GitHub has no such thing for this token (404)", "denied"), (409, "the forge refused (409)", "failed"),
    (307, "the forge redirects (307)", "failed"), (400, "the forge refused (400)", "failed"),
])  # fmt: skip
def test_a_review_that_is_refused_whole_is_one_request_and_one_reason(
    work: Work, status: int, reason: str, outcome: str
) -> None:
    with running(work) as run:
        run.server.faults.append(Fault("POST", REVIEWS, status, body={"message": "confidential"}, times=9))
        posted = _review(run)
        assert posted == Posted({"f1": reason, "f2": reason}, (), outcome)  # type: ignore[arg-type]
        assert run.asked == ["GET /pulls/7", "POST /pulls/7/reviews"]


def test_a_forks_token_is_denied_once_and_everything_is_named(work: Work) -> None:
    with running(work, "read", fork=True) as run:
        run.server.begin("github-actions[bot]", "Old.", "a.py", 5)
        run.forge.load(never)
        changes = Changes(
            run.head, "R.", (comment("f1", 5),), (Followup(run.server.threads[0].id, "Fixed.", True),) * 2, ("A.",)
        )
        why = "this token may not do that here (403)"
        assert run.forge.post(changes) == Posted({"f1": why}, (
            f"2 replies in threads could not be posted: {why}.", f"An answer could not be posted: {why}.",
        ), "denied")  # fmt: skip
        assert len(run.asked) == 2
        posted = run.forge.conclude("S.", "", Verdict(run.head, "success", "t"))
        assert posted == Posted({}, (
            f"The summary could not be posted: {why}.", f"The status could not be set: {why}.",
        ), "denied")  # fmt: skip
        assert run.server.threads[0].replies == run.server.notes == []


def test_a_forks_token_with_nothing_but_replies_is_denied_at_the_first(work: Work) -> None:
    with running(work, "read") as run:
        run.server.begin("github-actions[bot]", "Old.", "a.py", 5)
        run.forge.load(never)
        followups = (Followup(run.server.threads[0].id, "Fixed.", True),) * 3
        posted = run.forge.post(Changes(run.head, followups=followups))
        why = "this token may not do that here (403)"
        assert posted == Posted({}, (f"3 replies in threads could not be posted: {why}.",), "denied")
        assert len(run.asked) == 2


def test_an_api_that_is_not_there_is_asked_once(work: Work) -> None:
    with running(work) as run:
        run.server.begin("github-actions[bot]", "Old.", "a.py", 5)
        run.server.faults.append(Fault("POST", GRAPHQL, 404, times=9))
        followups = (Followup(run.server.threads[0].id, "Fixed.", True),) * 3
        assert run.forge.post(Changes(run.head, followups=followups)).outcome == "denied"
        assert run.asked == ["GET /pulls/7", "POST /graphql"]


def test_a_limit_too_long_to_wait_for_ends_it_and_everything_is_named(work: Work) -> None:
    with running(work) as run:
        run.server.begin("github-actions[bot]", "Old.", "a.py", 5)
        run.server.faults.append(secondary("POST", REVIEWS, wait=120, times=9))
        comments = tuple(comment(f"f{number}", 1 + number % 40, path="new.py") for number in range(35))
        changes = Changes(run.head, "R.", comments, (Followup(run.server.threads[0].id, "Fixed.", True),), ("A.",))
        posted = run.forge.post(changes)
        why = "the forge asks to go slower (403)"
        assert posted == Posted({each.id: why for each in comments}, (
            f"A reply in a thread could not be posted: {why}.", f"An answer could not be posted: {why}.",
        ), "failed")  # fmt: skip
        assert len(run.asked) == 2 and run.pauses == []


def test_a_review_of_which_nobody_knows_does_not_end_what_is_left_to_say(work: Work) -> None:
    with running(work) as run:
        run.server.begin("github-actions[bot]", "Old.", "a.py", 5)
        run.server.faults.append(Fault("POST", REVIEWS, 502, times=2))
        changes = Changes(
            run.head, "R.", (comment("f1", 5),), (Followup(run.server.threads[0].id, "Fixed.", True),), ("A.",)
        )
        posted = run.forge.post(changes)
        why = "the forge failed (502), and nobody knows whether it is there"
        assert posted == Posted({"f1": why}, (), "failed")
        assert run.server.threads[0].resolved and len(run.server.notes) == 1


def test_after_the_end_of_the_run_nothing_is_sent_and_everything_is_named(work: Work) -> None:
    with running(work) as run:
        forge = adapter(run, seconds=-1)
        posted = forge.post(Changes(run.head, "R.", (comment("f1", 5),)))
        assert posted == Posted(
            {"f1": "no time is left"}, ("Nothing could be posted: no time is left.",), "failed"
        )  # fmt: skip
        assert forge.conclude("S.", "", Verdict(run.head, "success", "t")) == Posted({}, (
            "The summary could not be posted: no time is left.", "The status could not be set: no time is left.",
        ), "failed")  # fmt: skip
        assert run.server.requests == []


def test_a_forge_that_is_not_there_is_told(work: Work) -> None:
    with running(work) as run:
        place = replace(run.server.place, api="http://127.0.0.1:9", graphql="")
        forge = GitHub(place, "ghs_x", run.sizes.append, time.monotonic() + 60, run.pauses.append)
        with pytest.raises(ForgeError, match="pull request 7 cannot be read: the forge cannot be reached"):
            forge.load(never)
        assert (run.sizes, run.pauses) == ([], [0.5, 1.0, 2.0])


@pytest.mark.parametrize("status", [401, 403, 404, 409, 422, 429, 500, 502, 200, 201])
def test_nothing_that_github_says_of_a_failure_is_repeated(work: Work, status: int) -> None:
    with running(work) as run:
        for body in (
            PAGE,
            {"message": "confidential", "errors": [{"message": "confidential", "type": "confidential"}]},
        ):
            run.server.faults[:] = [Fault("", "", status, body=body, times=99)]
            forge = run.again()
            with pytest.raises(ForgeError) as caught:
                forge.load(never)
            posted = [forge.post(Changes(run.head, "R.", (comment("f1", 5),), answers=("A.",))),
                      forge.conclude("S.", "7", Verdict(run.head, "success", "t"))]  # fmt: skip
            assert "confidential" not in f"{caught.value!r} {posted}" and run.server.token not in f"{posted}"
            assert all(each.outcome != "posted" for each in posted)
