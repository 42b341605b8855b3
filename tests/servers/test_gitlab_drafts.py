"""Draft notes of the stand-in for GitLab, each rule once, through python-gitlab."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gitlab as sdk
import pytest

from tests.repositories import Work
from tests.servers import gitlab
from tests.servers.gitlab import Action, Fault, Server
from tests.servers.gitlab.samples import NEW, change, code, position, request


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


def draft(mr: Any, note: str = "hm", **at: Any) -> Any:
    return mr.draft_notes.create({"note": note, "position": position(mr.diff_refs, **at)})


def thread(server: Server, mr: Any) -> str:
    mr.discussions.create({"body": "hm", "position": position(mr.diff_refs, new=10)})
    return server.threads[0].id


def refusal(mr: Any, **data: Any) -> object:
    with pytest.raises(sdk.GitlabCreateError) as caught:
        mr.draft_notes.create({"note": "hm", **data})
    assert caught.value.response_code == 400
    return caught.value.error_message


def test_drafts_are_seen_by_nobody_until_they_are_published(server: Server, mr: Any) -> None:
    made = draft(mr, new=10)
    draft(mr, "```suggestion:-0+0\nTEN\n```", new=10)
    assert made.attributes["line_code"] == code("a.py", 11, 10)
    assert (server.threads, mr.discussions.list(get_all=True)) == ([], [])
    assert len(mr.draft_notes.list(get_all=True)) == 2
    mr.draft_notes.bulk_publish()
    assert [(found.line, found.body[:3]) for found in server.threads] == [(10, "hm"), (10, "```")]
    assert [suggestion.new for suggestion in server.suggestions] == ["TEN\n"]
    assert (server.drafts, server.violations) == ([], [])


def test_a_draft_can_be_deleted_or_published_alone(server: Server, mr: Any) -> None:
    first, second, third = (draft(mr, note, new=10) for note in "abc")
    first.delete()
    second.publish()
    assert ([found.body for found in server.threads], [found.note for found in server.drafts]) == (["b"], ["c"])
    assert mr.draft_notes.get(third.id).note == "c"


@pytest.mark.parametrize(("resolve", "after"), [(True, True), (False, False), (None, False)])
def test_an_answer_resolves_its_thread_or_opens_it_again(
    server: Server, mr: Any, resolve: bool | None, after: bool
) -> None:
    name = thread(server, mr)
    server.resolve(name, "ada")
    data = {"note": "fixed", "in_reply_to_discussion_id": name}
    mr.draft_notes.create(data if resolve is None else {**data, "resolve_discussion": resolve})
    assert server.threads[0].resolved, "not before it is published"
    mr.draft_notes.bulk_publish()
    assert (server.threads[0].resolved, server.threads[0].replies[0].body) == (after, "fixed")


def test_a_reporter_resolves_no_thread_of_others_by_a_draft(server: Server, mr: Any) -> None:
    server.people[server.bot] = 20
    server.say("eve", "hers")
    name = mr.discussions.list(get_all=True)[0].id
    server.say("eve", "more", name)
    assert refusal(mr, in_reply_to_discussion_id=name, resolve_discussion=True) == {
        "base": ["User is not allowed to resolve thread"]
    }


def test_one_draft_at_a_time_answers_in_a_thread(server: Server, mr: Any) -> None:
    name = thread(server, mr)
    mr.draft_notes.create({"note": "one", "in_reply_to_discussion_id": name})
    assert refusal(mr, in_reply_to_discussion_id=name) == {"author_id": ["has already been taken"]}


def test_a_draft_answers_only_in_a_thread_that_is_there(mr: Any) -> None:
    assert refusal(mr, in_reply_to_discussion_id="0" * 40) == {"base": ["Thread to reply to cannot be found"]}
    assert refusal(mr, resolve_discussion=True) == {"base": ["User is not allowed to resolve thread"]}


def test_the_ends_of_a_range_may_not_have_line_numbers(mr: Any) -> None:
    end = {"line_code": code("a.py", 11, 11), "type": "new", "new_line": 11}
    at = position(mr.diff_refs, new=11, line_range={"start": end, "end": end})
    assert refusal(mr, position=at) == {"position": ["must be a valid json schema"]}


def test_a_draft_without_a_place_becomes_a_thread_that_can_be_resolved(server: Server, mr: Any) -> None:
    mr.draft_notes.create({"note": "in general"})
    mr.draft_notes.bulk_publish()
    (found,) = server.threads
    assert (found.path, found.line, found.root.kind) == ("", None, "DiscussionNote")


def test_a_wrong_line_is_noticed_when_drafts_are_published_and_leaves_duplicates_to_be(server: Server, mr: Any) -> None:
    draft(mr, "first", new=10)
    assert draft(mr, "stray", new=12).attributes["line_code"] is None
    draft(mr, "last", new=10)
    for _ in range(2):
        with pytest.raises(sdk.GitlabHttpError) as caught:
            mr.draft_notes.bulk_publish()
        assert caught.value.response_code == 500
    assert [found.body for found in server.threads] == ["first", "first"]
    assert len(server.drafts) == 3


def test_a_wrong_line_may_also_be_dropped_without_a_word(server: Server, mr: Any) -> None:
    server.world.stray_drafts = "lost"
    draft(mr, "stray", new=12)
    draft(mr, "last", new=10)
    mr.draft_notes.bulk_publish()
    assert ([found.body for found in server.threads], [lost.note for lost in server.world.lost]) == (
        ["last"],
        ["stray"],
    )
    assert server.drafts == []


def test_a_draft_at_an_older_version_is_published_and_follows_its_line(work: Work, server: Server, mr: Any) -> None:
    draft(mr, new=10)
    work.commit(**{"a.py": "top\n" + NEW})
    mr.draft_notes.bulk_publish()
    assert [(found.line, found.outdated) for found in server.threads] == [(11, False)]


def test_a_publication_may_stop_in_the_middle(server: Server, mr: Any) -> None:
    for note in "abcd":
        draft(mr, note, new=10)
    server.faults.append(Fault("POST", "bulk_publish$", 500, effect="half"))
    with pytest.raises(sdk.GitlabHttpError):
        mr.draft_notes.bulk_publish()
    assert ([found.body for found in server.threads], len(server.drafts)) == (["a", "b"], 4)


def test_quick_actions_of_a_draft_run_when_it_is_published(server: Server, mr: Any) -> None:
    draft(mr, "hm\n/approve", new=10)
    assert server.actions == []
    mr.draft_notes.bulk_publish()
    assert (server.actions, server.threads[0].body) == ([Action("approve")], "hm")
