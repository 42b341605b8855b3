"""Threads of the stand-in for GitLab, each rule once, through python-gitlab."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gitlab as sdk
import pytest

from tests.repositories import Work
from tests.servers import gitlab
from tests.servers.gitlab import Server
from tests.servers.gitlab.samples import MR, NEW, change, client, code, lines, position, refusal, request
from tests.servers.gitlab.wire import Json

REFUSED = """400 Bad request - Note {:line_code=>["can't be blank", "must be a valid line code"]}"""
INCOMPLETE = REFUSED.replace("]}", '], :position=>["is incomplete"]}')


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return change(tmp_path / "repository")


@pytest.fixture
def server(work: Work) -> Iterator[Server]:
    with gitlab.serving(work.path) as serving:
        yield serving


@pytest.fixture
def mr(server: Server) -> Any:
    return request(server)


def say(mr: Any, body: str = "hm", **at: Any) -> Any:
    return mr.discussions.create({"body": body, "position": position(mr.diff_refs, **at)})


@pytest.mark.parametrize(
    ("at", "side", "line"),
    [
        ({"new": 10}, "new", 10),
        ({"old": 20}, "old", 20),
        ({"old": 11, "new": 12}, "new", 12),
        ({"old": 28, "new": 28}, "new", 28),
        ({"path": "new.py", "new": 2}, "new", 2),
        ({"path": "gone.py", "old": 1}, "old", 1),
        ({"path": "moved.py", "old_path": "old.py", "new": 11}, "new", 11),
    ],
    ids=["added", "removed", "unchanged", "outside of hunks", "new file", "removed file", "renamed file"],
)
def test_a_thread_stands_at_its_line(server: Server, mr: Any, at: Json, side: str, line: int) -> None:
    say(mr, **at)
    (thread,) = server.threads
    assert (thread.side, thread.line, thread.path) == (side, line, at.get("path", "a.py"))
    assert (thread.body, thread.author, thread.resolved, thread.outdated) == ("hm", server.bot, False, False)
    assert server.violations == []


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        ({"new": 10, "old": 10}, REFUSED),
        ({"new": 12}, REFUSED),
        ({"old": 11}, REFUSED),
        ({"old": 11, "new": 11}, REFUSED),
        ({"old": 20, "new": 20}, REFUSED),
        ({"new": 31}, REFUSED),
        ({"path": "same.py", "old": 1, "new": 1}, REFUSED),
        ({"path": "new.py", "old": 1, "new": 1}, REFUSED),
        ({"path": "absent.py", "new": 1}, REFUSED),
        ({}, INCOMPLETE),
        ({"new": 10, "head_sha": "0" * 40}, REFUSED),
        ({"new": 10, "head_sha": ""}, "position[head_sha] is missing"),
        ({"new": "x"}, "position[new_line] is invalid"),
        ({"new": 10, "position_type": "file"}, "position[position_type] does not have a valid value"),
    ],
)
def test_a_wrong_position_is_refused_in_the_words_of_the_service(mr: Any, at: Json, reason: str) -> None:
    data = {"body": "hm", "position": position(mr.diff_refs, **at)}
    assert refusal(mr.discussions.create, data) == reason


def spanning(start: Json, end: Json) -> Json:
    return {"line_range": {"start": start, "end": end}}


def test_a_range_names_its_ends_by_line_codes(server: Server, mr: Any) -> None:
    ends = {"line_code": code("a.py", 9, 9)}, {"line_code": code("a.py", 11, 11), "type": "new"}
    say(mr, new=11, **spanning(*ends))
    assert (server.threads[0].start_line, server.threads[0].line, server.violations) == (9, 11, [])


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ({"line_code": code("a.py", 0, 10), "type": "new"}, {"line_code": code("a.py", 11, 11), "type": "new"}),
        ({"line_code": code("a.py", 11, 10), "type": "old"}, {"line_code": code("a.py", 11, 11), "type": "new"}),
        ({"line_code": code("a.py", 9, 9)}, {"line_code": code("a.py", 11, 10), "type": "new"}),
        ({"line_code": code("a.py", 11, 12)}, {"line_code": code("a.py", 11, 11), "type": "new"}),
    ],
    ids=["no such code", "wrong type", "another end", "start below the end"],
)
def test_a_range_that_is_wrong_is_a_violation(server: Server, mr: Any, start: Json, end: Json) -> None:
    say(mr, new=11, **spanning(start, end))
    assert len(server.violations) == 1


def test_the_ends_of_a_range_may_not_have_line_numbers(mr: Any) -> None:
    end = {"line_code": code("a.py", 11, 11), "type": "new", "new_line": 11}
    data = {"body": "hm", "position": position(mr.diff_refs, new=11, **spanning(end, end))}
    assert refusal(mr.discussions.create, data) == (
        '400 Bad request - Note {:position=>["must be a valid json schema"]}'
    )


def test_a_push_makes_a_version_and_threads_follow_their_lines(work: Work, server: Server, mr: Any) -> None:
    say(mr, "stays", new=10)
    say(mr, "changed", new=11)
    work.commit(**{"a.py": "top\n" + NEW.replace("ten and a half", "ten and three quarters")})
    stays, changed = server.threads
    assert (stays.line, stays.outdated, changed.line, changed.outdated) == (11, False, 11, True)
    again = request(server)
    assert stays.root.position and stays.root.position["head_sha"] == again.diff_refs["head_sha"] == again.sha
    assert changed.root.position and changed.root.position["head_sha"] == mr.diff_refs["head_sha"] != again.sha
    assert stays.root.original and stays.root.original["new_line"] == 10
    assert len(mr.diffs.list(get_all=True)) == 2
    assert [note.body for note in server.world.notes if note.system] == ["added 1 commit"]
    assert server.notes == []


def test_a_comment_at_an_older_version_is_taken_and_follows_or_is_outdated(work: Work, server: Server, mr: Any) -> None:
    work.commit(**{"a.py": "top\n" + NEW.replace("ten and a half", "ten and three quarters")})
    say(mr, new=10)
    say(mr, new=11)
    assert [(thread.line, thread.outdated) for thread in server.threads] == [(11, False), (11, True)]


def test_a_suggestion_replaces_the_lines_around_the_commented_one(server: Server, mr: Any) -> None:
    say(mr, "Better:\n```suggestion:-1+1\nTEN\n```", new=11)
    (suggestion,) = server.suggestions
    assert (suggestion.first, suggestion.last, suggestion.old) == (10, 12, "ten\nten and a half\nline 11\n")
    expected = "".join([*lines(*range(1, 10)), "TEN\n", *lines(*range(12, 20)), *lines(*range(21, 31))])
    assert server.applied(suggestion) == expected
    assert server.violations == []


def test_an_empty_suggestion_deletes_lines(server: Server, mr: Any) -> None:
    say(mr, "```suggestion:-1+0\n```", new=11)
    assert "ten" not in server.applied(server.suggestions[0])


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ("```suggestion:-101+0\nx\n```", {"new": 10}),
        ("```suggestion:-10+0\nx\n```", {"new": 10}),
        ("```suggestion:-0+30\nx\n```", {"new": 10}),
        ("```suggestion:0-1\nx\n```", {"new": 10}),
        ("```suggestion:-0+0\nx\n```", {"old": 20}),
    ],
    ids=["too many", "before the file", "after the file", "no offset", "on a removed line"],
)
def test_a_suggestion_that_would_not_be_taken_as_it_is_meant_is_a_violation(
    server: Server, mr: Any, body: str, at: Json
) -> None:
    say(mr, body, **at)
    assert server.violations


def test_people_reply_and_resolve(server: Server, mr: Any) -> None:
    discussion = say(mr, new=10)
    server.say("ada", "really?", discussion.id)
    discussion.notes.create({"body": "yes"})
    (thread,) = server.threads
    assert [(note.author, note.body) for note in thread.replies] == [("ada", "really?"), (server.bot, "yes")]
    before = thread.root.updated_at
    server.resolve(thread, "ada")
    found = mr.discussions.get(discussion.id).attributes["notes"]
    assert {note["resolved_by"]["username"] for note in found} == {"ada"}
    discussion.resolved = True
    discussion.save()
    assert {note.resolved_by.username for note in thread.notes if note.resolved_by} == {"ada"}, "whoever was first"
    assert thread.root.updated_at > before, "resolving looks like an edit"
    discussion.resolved = False
    discussion.save()
    assert not server.threads[0].resolved


def test_a_note_of_a_thread_is_edited_or_resolved_never_both(server: Server, mr: Any) -> None:
    discussion = say(mr, new=10)
    path = f"{MR}/discussions/{discussion.id}/notes/{discussion.attributes['notes'][0]['id']}"
    api = client(server)
    api.http_put(path, post_data={"body": "other"})
    api.http_put(path, post_data={"resolved": True})
    assert (server.threads[0].body, server.threads[0].resolved) == ("other", True)
    for data, reason in (
        ({"body": "x", "resolved": True}, "body, resolved are mutually exclusive"),
        ({}, "body, resolved are missing, exactly one parameter must be provided"),
    ):
        with pytest.raises(sdk.GitlabHttpError, match=reason):
            api.http_put(path, post_data=data)
