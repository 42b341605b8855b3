"""Comments on the whole of the stand-in for GitLab, each rule once, through python-gitlab."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gitlab as sdk
import pytest

from tests.servers import gitlab
from tests.servers.gitlab import Server
from tests.servers.gitlab.samples import change, refusal, request


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with gitlab.serving(change(tmp_path / "repository").path) as serving:
        yield serving


@pytest.fixture
def mr(server: Server) -> Any:
    return request(server)


def test_a_comment_on_the_whole_is_a_discussion_of_one_note(server: Server, mr: Any) -> None:
    note = mr.notes.create({"body": "summary"})
    note.body = "new summary"
    note.save()
    (only,) = mr.discussions.list(get_all=True)
    assert only.attributes["individual_note"] is True
    assert [found.body for found in server.notes] == ["new summary"]
    assert server.notes[0].updated_at > server.notes[0].created_at
    assert server.threads == []


def test_an_answer_to_a_single_comment_makes_a_thread_of_it(server: Server, mr: Any) -> None:
    mr.notes.create({"body": "summary"})
    (only,) = mr.discussions.list(get_all=True)
    only.notes.create({"body": "answer"})
    assert server.notes == []
    assert [note.kind for note in server.threads[0].notes] == ["DiscussionNote", "DiscussionNote"]


def test_a_bot_edits_and_deletes_its_own_notes_only(server: Server, mr: Any) -> None:
    own, foreign = mr.notes.create({"body": "own"}), mr.notes.get(server.say("ada", "hers"))
    own.delete()
    foreign.body = "mine"
    with pytest.raises(sdk.GitlabUpdateError) as caught:
        foreign.save()
    assert (caught.value.response_code, [note.body for note in server.notes]) == (403, ["hers"])


def test_notes_come_newest_first_unless_asked_otherwise(server: Server, mr: Any) -> None:
    for body in "abc":
        server.say("ada", body)
    assert [note.body for note in mr.notes.list(get_all=True)] == ["c", "b", "a"]
    assert [note.body for note in mr.notes.list(get_all=True, sort="asc", order_by="created_at")] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (" \n", """400 Bad request - Note {:note=>["can't be blank"]}"""),
        ("x" * 1_000_001, '400 Bad request - Note {:note=>["is too long (maximum is 1000000 characters)"]}'),
    ],
    ids=["blank", "too long"],
)
def test_a_body_has_to_be_there_and_may_be_a_million_characters_long(mr: Any, body: str, reason: str) -> None:
    assert refusal(mr.notes.create, {"body": body}) == reason
    assert refusal(mr.discussions.create, {"body": body}) == reason


def test_a_body_is_kept_without_carriage_returns_and_blanks_at_its_end(server: Server, mr: Any) -> None:
    mr.notes.create({"body": "a\r\nb \n\n"})
    assert server.notes[0].body == "a\nb"
