"""The GitHub of the tests is as strict as the service: what it refuses, what it follows, what it tells to whom."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from github import BadCredentialsException, UnknownObjectException

from tests.repositories import Work
from tests.servers.github import Server, contract, serving
from tests.servers.github.routes import ROUTES
from tests.servers.github.samples import NEW, at, branch_at, client, pull, refused, review, send, text


@pytest.fixture
def branch(tmp_path: Path) -> Work:
    return branch_at(tmp_path / "work")


@pytest.fixture
def server(branch: Work) -> Iterator[Server]:
    with serving(branch.path) as running:
        yield running


def test_pygithub_reads_and_writes_everything_without_a_violation(server: Server) -> None:
    repo, change = client(server).get_repo("acme/shop"), pull(server)
    head = client(server, lazy=False).get_repo("acme/shop").get_pull(7).head.sha
    commit = repo.get_commit(head)
    change.create_review(body="All", event="COMMENT", comments=[at(), at(31, start_line=28, start_side="RIGHT")])
    change.create_review_comment("One", commit, "a.py", line=9)
    change.create_review_comment_reply(server.threads[0].root.id, "Because.").edit("Therefore.")
    change.create_issue_comment("Note").edit("Changed")
    commit.create_status("success", description="Fine", context="reviewbot")
    repo.create_check_run(
        "reviewbot", head, status="completed", conclusion="neutral", output={"title": "t", "summary": "s"}
    )
    change.add_to_labels("reviewed", "other")
    change.remove_from_labels("other")
    assert [thread.line for thread in server.threads] == [10, 31, 9]
    assert [said.body for said in change.get_review_comments()] == ["Why?", "Why?", "One", "Therefore."]
    assert [said.body for said in change.get_issue_comments()] == ["Changed"]
    assert [given.body for given in change.get_reviews()] == ["All", "", ""]
    assert [label.name for label in change.get_labels()] == ["reviewed"]
    assert commit.get_combined_status().state == "success"
    assert [run.conclusion for run in commit.get_check_runs()] == ["neutral"]
    assert [each.sha for each in change.get_commits()] == [head]
    assert repo.compare("main", "feature").ahead_by == 1
    contents = repo.get_contents("new.py", ref="feature")
    assert not isinstance(contents, list)
    assert contents.decoded_content == b"first\nsecond\n"
    assert server.violations == []


def test_files_are_listed_as_github_lists_them(server: Server) -> None:
    files = {file.filename: file for file in pull(server).get_files()}
    assert {name: file.status for name, file in files.items()} == {
        "a.py": "modified", "data.bin": "added", "moved.py": "renamed", "new.py": "added",
    }  # fmt: skip
    assert files["moved.py"].previous_filename == "old.py"
    assert files["new.py"].patch == "@@ -0,0 +1,2 @@\n+first\n+second"
    assert files["data.bin"].patch is None
    assert server.violations == []


def test_a_large_patch_is_left_out_and_a_long_list_ends(server: Server) -> None:
    server.patch_lines, server.listed_files = 10, 2
    files = list(pull(server).get_files())
    assert [file.filename for file in files] == ["a.py", "data.bin"]
    assert files[0].patch is None


def test_past_many_lines_a_page_of_files_tells_nothing(server: Server) -> None:
    server.page_lines = 5
    files = list(pull(server).get_files())
    assert [(file.filename, file.additions, file.deletions) for file in files] == [
        ("a.py", 2, 2), ("data.bin", 0, 0), ("moved.py", 0, 0), ("new.py", 0, 0),
    ]  # fmt: skip
    assert files[3].patch is None


def test_a_file_that_becomes_a_link_is_shown_as_the_link(server: Server, branch: Work) -> None:
    (branch.path / "a.py").unlink()
    (branch.path / "a.py").symlink_to("new.py")
    branch.commit(**{"z.py": "z\n"})
    files = {file.filename: file for file in pull(server).get_files()}
    assert (files["a.py"].status, files["a.py"].patch) == (
        "changed",
        "@@ -0,0 +1 @@\n+new.py\n\\ No newline at end of file",
    )
    assert files["z.py"].patch == "@@ -0,0 +1 @@\n+z"


@pytest.mark.parametrize(
    ("comment", "reason"),
    [
        (at(20), "Line could not be resolved"),
        (at(14), "Line could not be resolved"),
        (at(6), "Line could not be resolved"),
        (at(41), "Line could not be resolved"),
        (at(None), "Line could not be resolved"),
        (at(3, path="new.py"), "Line could not be resolved"),
        (at(1, path="new.py", side="LEFT"), "Line could not be resolved"),
        (at(1, path="data.bin"), "Line could not be resolved"),
        (at(1, path="moved.py"), "Line could not be resolved"),
        (at(1, path="old.py", side="LEFT"), "Path could not be resolved"),
        (at(1, path="nowhere.py"), "Path could not be resolved"),
        (at(10, start_line=10), "Pull request review thread start line must precede the end line."),
        (at(10, start_line=11), "Pull request review thread start line must precede the end line."),
        (at(30, start_line=10), "Pull request review thread start line must be part of the same hunk as the line."),
        (at(30, start_line=20), "Start line could not be resolved"),
        (at(10, start_line=11, start_side="LEFT"), "Pull request review thread start line must precede the end line."),
        (at(10, side="BOTH"), "Side is not one of: LEFT, RIGHT"),
        (at(10, body=" \n"), "Body can't be blank"),
        (at(10, body="x" * 65_537), "Body is too long (maximum is 65536 characters)"),
    ],
)
def test_one_comment_in_a_wrong_place_refuses_the_whole_review(server: Server, comment: Any, reason: str) -> None:
    data = refused(422, lambda: review(server, at(9), comment))
    assert data["message"] == "Unprocessable Entity"
    assert data["errors"] == [reason]
    assert (server.threads, server.reviews, server.violations) == ([], [], [])


@pytest.mark.parametrize(
    "comment",
    [
        at(7), at(13), at(33), at(10, side="LEFT"), at(13, side="LEFT"), at(2, path="new.py"),
        at(13, start_line=7), at(10, start_line=10, start_side="LEFT"), at(10, start_line=9, start_side="LEFT"),
        at(10, body="x" * 65_536),
    ],
)  # fmt: skip
def test_whatever_the_diff_shows_can_be_commented(server: Server, comment: Any) -> None:
    review(server, comment)
    (thread,) = server.threads
    assert (thread.line, thread.start_line, thread.side) == (
        comment["line"],
        comment.get("start_line"),
        comment["side"],
    )
    assert not thread.outdated
    assert server.violations == []


def test_a_review_takes_many_comments(server: Server) -> None:
    review(server, *[at(body=str(number)) for number in range(120)])
    assert [thread.body for thread in server.threads] == [str(number) for number in range(120)]


def test_a_review_needs_something_to_say(server: Server) -> None:
    refused(422, lambda: review(server))
    refused(422, lambda: review(server, body="x" * 65_537))
    refused(422, lambda: review(server, at(), body="", event="REQUEST_CHANGES"))
    assert server.reviews == []


def test_nobody_approves_their_own_change_and_a_workflow_approves_nothing(server: Server) -> None:
    data = refused(422, lambda: review(server, body="Good", event="APPROVE"))
    assert data["errors"] == ["GitHub Actions is not permitted to approve pull requests."]
    server.author = "robin"
    refused(422, lambda: pull(server, "person").create_review(body="Good", event="APPROVE"))


def test_a_review_without_an_event_is_seen_by_its_author_alone_until_it_is_submitted(server: Server) -> None:
    draft = pull(server).create_review(body="Later", comments=[at()])
    assert server.threads == []
    assert list(pull(server, "person").get_reviews()) == []
    refused(422, lambda: review(server, at()))
    send(server, f"/pulls/7/reviews/{draft.id}/events", {"event": "COMMENT"})
    assert [thread.line for thread in server.threads] == [10]
    assert server.violations == []


def test_a_commit_has_to_be_one_of_the_pull_request(server: Server, branch: Work) -> None:
    old = branch.git("rev-parse", "feature")
    branch.commit(**{"a.py": text(["zero", *NEW])})
    review(server, at(10), commit=client(server).get_repo("acme/shop").get_commit(old))
    assert [(thread.commit, thread.line) for thread in server.threads] == [(old, 11)]
    branch.git("reset", "-q", "--hard", "main")
    branch.commit(**{"a.py": text(NEW)}, message="again")
    for commit in (old, branch.git("rev-parse", "main"), "0" * 40):
        answer = send(server, "/pulls/7/reviews", {"commit_id": commit, "event": "COMMENT", "comments": [at(10)]})
        assert answer.status_code == 422
    single = send(server, "/pulls/7/comments", {"commit_id": old, **at(10)})
    assert single.json()["errors"][0]["message"] == "commit_id is not part of the pull request"
    assert len(server.threads) == 1


def test_a_single_comment_is_refused_in_the_longer_form(server: Server, branch: Work) -> None:
    head = branch.git("rev-parse", "feature")
    answer = send(server, "/pulls/7/comments", {"commit_id": head, **at(20)})
    assert answer.status_code == 422
    assert answer.json()["message"] == "Validation Failed"
    assert answer.json()["errors"][0]["field"] == "pull_request_review_thread.line"


def test_an_answer_to_an_answer_is_refused(server: Server) -> None:
    review(server, at())
    reply = pull(server).create_review_comment_reply(server.threads[0].root.id, "Yes")
    refused(404, lambda: pull(server).create_review_comment_reply(reply.id, "No"))


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("/pulls/7/reviews", {"event": "NOPE"}, "event"),
        ("/pulls/7/reviews", {"event": "COMMENT", "comments": [at(lines="3")]}, '"comments.lines"'),
        ("/pulls/7/reviews", {"event": "COMMENT", "comments": [at(line="3")]}, "line"),
        ("/pulls/7/reviews", {"event": "COMMENT", "comments": [{"body": "x", "line": 3}]}, "path"),
        ("/pulls/7/comments", {"body": "x", "path": "a.py", "line": 10}, "commit_id"),
        ("/issues/7/comments", {}, "body"),
        ("/issues/7/comments", {"body": "x", "text": "y"}, '"text"'),
        ("/statuses/HEAD", {"state": "fine"}, "state"),
        ("/issues/7/comments?page_size=3", {"body": "x"}, "page_size"),
    ],
)
def test_what_the_description_does_not_know_is_refused_and_recorded(
    server: Server, path: str, body: object, reason: str
) -> None:
    answer = send(server, path, body)
    assert answer.status_code == 422
    assert any(reason in each for each in server.violations)
    assert (server.reviews, server.notes) == ([], [])


def test_an_operation_that_nobody_described_is_recorded(server: Server) -> None:
    assert send(server, "/pulls/7/mergeable", None, "GET").status_code == 404
    assert server.violations == ["GET /repos/acme/shop/pulls/7/mergeable: not an operation of this server"]


def test_what_is_described_is_served_and_nothing_else() -> None:
    described = {(method, path) for path, item in contract.description()["paths"].items() for method in item}
    assert {(each.method, each.template) for each in ROUTES} == described


def test_comments_come_in_pages_with_links(server: Server) -> None:
    for number in range(65):
        server.say("ada", str(number))
    listed = client(server)
    listed.per_page = 30
    notes = [said.body for said in listed.get_repo("acme/shop").get_pull(7).get_issue_comments()]
    assert notes == [str(number) for number in range(65)]
    assert [request.path.partition("?")[2] for request in server.requests[-3:]] == ["", "page=2", "page=3"]
    more = requests.get(f"{server.api}/repos/acme/shop/issues/7/comments?per_page=500",
                        headers={"authorization": f"token {server.token}"}, timeout=5)  # fmt: skip
    assert len(more.json()) == 65


def test_annotations_of_a_check_run_are_fifty_at_a_time(server: Server, branch: Work) -> None:
    annotation = {"path": "a.py", "start_line": 1, "end_line": 1, "annotation_level": "warning", "message": "m"}
    output = {"title": "t", "summary": "s", "annotations": [annotation] * 51}
    body = {"name": "r", "head_sha": branch.git("rev-parse", "feature"), "output": output}
    assert send(server, "/check-runs", body).status_code == 422
    output["annotations"] = [annotation] * 50
    made = send(server, "/check-runs", body)
    assert made.status_code == 201
    send(server, f"/check-runs/{made.json()['id']}", {"output": output}, "PATCH")
    assert len(server.checks[0].annotations) == 100


def test_a_status_is_a_short_line_on_a_commit_that_exists(server: Server, branch: Work) -> None:
    head = branch.git("rev-parse", "feature")
    assert send(server, f"/statuses/{head}", {"state": "success", "description": "x" * 141}).status_code == 422
    assert send(server, f"/statuses/{'0' * 40}", {"state": "success"}).status_code == 422
    assert send(server, f"/statuses/{head}", {"state": "success", "description": "x" * 140}).status_code == 201
    assert [(given.sha, given.state, given.context) for given in server.statuses] == [(head, "success", "default")]


def test_checks_and_statuses_and_uploads_can_be_forbidden(server: Server, branch: Work) -> None:
    head = branch.git("rev-parse", "feature")
    server.may_check = server.may_set_status = server.may_scan = False
    sarif = {"commit_sha": head, "ref": "refs/heads/feature", "sarif": "x"}
    for path, body in (
        ("/check-runs", {"name": "r", "head_sha": head}),
        (f"/statuses/{head}", {"state": "success"}),
        ("/code-scanning/sarifs", sarif),
    ):
        assert send(server, path, body).status_code == 403
    refused(403, lambda: client(server, "person").get_repo("acme/shop").create_check_run("r", head))


def test_an_upload_is_unpacked(server: Server, branch: Work) -> None:
    head = branch.git("rev-parse", "feature")
    packed = base64.b64encode(gzip.compress(json.dumps({"version": "2.1.0"}).encode())).decode()
    body = {"commit_sha": head, "ref": "refs/heads/feature", "sarif": packed}
    assert send(server, "/code-scanning/sarifs", body).status_code == 202
    assert send(server, "/code-scanning/sarifs", {**body, "sarif": "bm8="}).status_code == 400
    assert server.sarifs == [{"version": "2.1.0"}]


def test_a_wrong_token_is_told_so(server: Server) -> None:
    with pytest.raises(BadCredentialsException):
        client(server, "none", lazy=False).get_repo("acme/shop")


def test_the_token_of_a_fork_reads_and_writes_nothing(server: Server, branch: Work) -> None:
    change = pull(server, "read")
    assert len(list(change.get_files())) == 4
    data = refused(403, lambda: change.create_issue_comment("x"))
    assert data["message"] == "Resource not accessible by integration"
    refused(403, lambda: change.create_review(body="x", event="COMMENT"))
    refused(403, lambda: client(server, "read").get_repo("acme/shop").get_commit("feature").create_status("success"))
    assert (server.notes, server.reviews, server.statuses, server.violations) == ([], [], [], [])


def test_an_installation_is_no_user_and_a_person_is(server: Server) -> None:
    data = refused(403, lambda: client(server, lazy=False).get_user().login)
    assert data["message"] == "Resource not accessible by integration"
    assert client(server, "person", lazy=False).get_user().login == "robin"


@pytest.mark.parametrize(("visibility", "stranger"), [("private", "none"), ("internal", "none"), ("public", "read")])
def test_permissions_are_those_of_people(server: Server, visibility: Any, stranger: str) -> None:
    server.visibility, server.people["max"] = visibility, "maintain"
    server.say("stranger", "hi")
    repo = client(server).get_repo("acme/shop")
    assert {name: repo.get_collaborator_permission(name) for name in ("ada", "eve", "max", "stranger")} == {
        "ada": "write", "eve": "read", "max": "write", "stranger": stranger,
    }  # fmt: skip
    assert repo.get_collaborator_role_name("max") == "maintain"
    assert refused(404, lambda: repo.get_collaborator_permission("nobody"))["message"] == "nobody is not a user"
    assert server.violations == []


def test_a_private_repository_is_not_there_for_strangers(server: Server) -> None:
    address = f"{server.api}/repos/acme/shop"
    assert requests.get(address, timeout=5).status_code == 404
    server.visibility = "public"
    assert requests.get(address, timeout=5).status_code == 200
    assert requests.post(f"{address}/issues/7/comments", json={"body": "x"}, timeout=5).status_code == 401


def test_another_pull_request_or_repository_is_not_there(server: Server) -> None:
    assert send(server, "/pulls/8", None, "GET").status_code == 404
    with pytest.raises(UnknownObjectException):
        client(server, lazy=False).get_repo("acme/other")


def test_what_is_edited_shows(server: Server) -> None:
    server.say("ada", "x")
    server.edit(server.notes[0], "ada", "y")
    (said,) = pull(server).get_issue_comments()
    assert said.body == "y"
    assert said.updated_at > said.created_at


def test_the_api_is_where_it_is_on_github_com_too(branch: Work) -> None:
    with serving(branch.path, enterprise=False) as server:
        assert server.place.graphql == f"{server.url}/graphql"
        review(server, at())
        assert client(server).requester.graphql_url == server.place.graphql
        assert client(server).requester.graphql_query("{viewer{login}}", {})[1]["data"]["viewer"]["login"]
        assert server.violations == []


def test_a_path_above_the_root_is_a_violation(server: Server) -> None:
    assert requests.get(f"{server.url}/repos/acme/shop", timeout=5).status_code == 404
    assert server.violations != []
