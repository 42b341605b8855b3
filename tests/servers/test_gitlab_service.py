"""The stand-in for GitLab as a service: who may what, what it tells of a change, statuses, contract and faults."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gitlab as sdk
import httpx
import pytest

from tests.repositories import Work
from tests.servers import gitlab
from tests.servers.gitlab import Server
from tests.servers.gitlab.samples import MR, change, client, position, request
from tests.servers.gitlab.shapes import DEVIATIONS, problems
from tests.servers.gitlab.wire import Json


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return change(tmp_path / "repository")


@pytest.fixture
def server(work: Work) -> Iterator[Server]:
    with gitlab.serving(work.path) as serving:
        yield serving


def call(server: Server, method: str, path: str, token: str = "", header: str = "PRIVATE-TOKEN", **more: Any) -> Any:
    headers = {"content-type": "application/json", **({header: token} if token else {})}
    return httpx.request(method, server.place.api + path, headers=headers, trust_env=False, **more)


READS = ("/projects/1", MR, MR + "/versions", MR + "/diffs", MR + "/commits", MR + "/raw_diffs", MR + "/notes")


def test_the_token_of_the_bot_reads_everything(server: Server) -> None:
    for path in (*READS, MR + "/discussions", MR + "/draft_notes", "/user"):
        assert call(server, "GET", path, server.token).status_code == 200, path
    assert client(server).projects.get("group/project").visibility == "private"
    assert server.violations == []


def test_a_token_for_reading_writes_nothing(server: Server) -> None:
    mr = request(server, server.tokens["read"])
    assert mr.discussions.list(get_all=True) == []
    with pytest.raises(sdk.GitlabCreateError) as caught:
        mr.notes.create({"body": "hm"})
    assert (caught.value.response_code, caught.value.error_message) == (403, "insufficient_scope")


def test_a_token_of_a_job_reads_the_merge_request_and_its_notes_only(server: Server) -> None:
    api = sdk.Gitlab(server.url, job_token=server.tokens["job"])
    mr = api.projects.get("group/project", lazy=True).mergerequests.get(7)
    assert mr.notes.list(get_all=True) == []
    expected = {"/user": 401, MR + "/discussions": 401, MR + "/versions": 404, "/projects/1": 404}
    for path, status in expected.items():
        assert call(server, "GET", path, server.tokens["job"], "JOB-TOKEN").status_code == status, path
    for path in ("/notes", "/discussions", "/draft_notes"):
        answer = call(server, "POST", MR + path, server.tokens["job"], "JOB-TOKEN", json={"body": "hm"})
        assert answer.status_code == 401


def test_a_wrong_token_is_nobody_s(server: Server) -> None:
    for path in READS:
        assert call(server, "GET", path, server.tokens["none"]).json() == {"message": "401 Unauthorized"}


def test_without_a_token_what_is_public_is_read(server: Server) -> None:
    assert call(server, "GET", MR).status_code == 404
    server.visibility = "public"
    assert [call(server, "GET", path).status_code for path in (MR, MR + "/discussions")] == [200, 401]


def test_a_bot_of_a_low_level_sees_or_writes_less(server: Server) -> None:
    server.people[server.bot] = "guest"
    assert call(server, "GET", MR, server.token).status_code == 404
    server.people[server.bot] = "reporter"
    sha = request(server).sha
    assert (
        call(server, "POST", f"/projects/1/statuses/{sha}", server.token, json={"state": "success"}).status_code == 403
    )


def test_members_have_levels_and_others_are_not_found(server: Server) -> None:
    server.people["ed"] = "write"
    server.say("ed", "x"), server.say("mallory", "x")
    ids = {note.author: note.person.id for note in server.notes}
    project = client(server).projects.get(1, lazy=True)
    assert project.members_all.get(ids["ed"]).access_level == 30
    with pytest.raises(sdk.GitlabGetError, match="404"):
        project.members_all.get(ids["mallory"])


def test_a_merge_request_says_what_a_reviewer_asks_of_it(work: Work, server: Server) -> None:
    server.world.draft, server.world.title, server.world.labels = True, "Draft: x", ["a"]
    server.world.source_project = 2
    mr = request(server)
    head, base = work.git("rev-parse", "feature"), work.git("merge-base", "main", "feature")
    assert (mr.sha, mr.diff_refs["head_sha"], mr.diff_refs["base_sha"]) == (head, head, base)
    assert (mr.draft, mr.title, mr.labels, mr.state, mr.changes_count) == (True, "Draft: x", ["a"], "opened", "4")
    assert mr.source_project_id != mr.target_project_id


def test_the_target_branch_is_where_it_was_when_the_version_was_made(work: Work, server: Server) -> None:
    before = request(server).diff_refs
    work.git("checkout", "-q", "main")
    tip = work.commit(**{"later.py": "x\n"})
    assert request(server).diff_refs == before
    work.git("checkout", "-q", "feature")
    work.commit(**{"new.py": "one\n"})
    after = request(server).diff_refs
    assert (after["start_sha"], after["base_sha"]) == (tip, before["base_sha"])


def test_diffs_are_told_in_pages_and_empty_where_they_are_long(work: Work, server: Server) -> None:
    work.commit(**{"big.txt": "x" * 30_000 + "\n", "huge.txt": "x" * 300_000 + "\n"})
    server.world.collapsed.add("new.py")
    found = list(client(server).http_list(MR + "/diffs", iterator=True, per_page=2))
    by = {diff["new_path"]: diff for diff in found}
    assert list(by) == ["a.py", "big.txt", "gone.py", "huge.txt", "moved.py", "new.py"]
    empty = {path: (diff["collapsed"], diff["too_large"]) for path, diff in by.items() if not diff["diff"]}
    assert empty == {"big.txt": (True, False), "huge.txt": (False, True), "new.py": (True, False)}
    assert by["moved.py"]["renamed_file"] and by["gone.py"]["deleted_file"]
    assert len(server.requests) == 3
    raw = client(server).http_get(MR + "/raw_diffs", raw=True)
    assert b"+" + b"x" * 300_000 in raw.content  # type: ignore[union-attr]  # a response, for `raw`


def test_pages_are_linked_and_hold_at_most_a_hundred(server: Server) -> None:
    for index in range(130):
        server.say("ada", f"{index}")
    answer = call(server, "GET", MR + "/discussions?per_page=500", server.token)
    assert (len(answer.json()), answer.headers["x-next-page"], answer.headers["x-total"]) == (100, "2", "130")
    last = httpx.get(answer.links["next"]["url"], headers={"PRIVATE-TOKEN": server.token}, trust_env=False)
    assert (len(last.json()), last.headers["x-next-page"], "next" in last.links) == (30, "", False)
    assert len(call(server, "GET", MR + "/discussions", server.token).json()) == 20
    assert call(server, "GET", MR + "/discussions?page=0", server.token).status_code == 400


def test_an_own_server_may_have_the_api_below_a_root_of_its_own(work: Work) -> None:
    with gitlab.serving(work.path, root="/gitlab") as server:
        for index in range(21):
            server.say("ada", f"{index}")
        assert server.place.api.endswith("/gitlab/api/v4")
        assert len(request(server).notes.list(get_all=True)) == 21
        assert httpx.get(server.place.api.replace("/gitlab", "") + "/user", trust_env=False).status_code == 404


def post(server: Server, state: str, **more: object) -> Json:
    sha = more.pop("sha", None) or request(server).sha
    data = {"state": state, "name": "reviewbot", **more}
    posted = client(server).http_post(f"/projects/1/statuses/{sha}", post_data=data)
    assert isinstance(posted, dict)
    return posted


def test_a_status_runs_once_and_ends_once(server: Server) -> None:
    states = ["pending", "running", "failed"]
    assert [post(server, state)["status"] for state in states] == states
    assert len(server.statuses) == 1
    post(server, "success", description="all well", target_url="https://example.org")
    told = [(status.state, status.description) for status in server.statuses]
    assert told == [("failed", None), ("success", "all well")]
    path = f"/projects/1/repository/commits/{request(server).sha}/statuses"
    assert [status["status"] for status in client(server).http_list(path, get_all=True)] == ["success"]


@pytest.mark.parametrize(
    ("first", "second", "event"),
    [
        ("pending", "pending", "enqueue"),
        ("running", "running", "run"),
        ("running", "pending", "enqueue"),
        ("running", "skipped", "skip"),
    ],
)
def test_a_status_that_goes_nowhere_is_refused(server: Server, first: str, second: str, event: str) -> None:
    post(server, first)
    with pytest.raises(sdk.GitlabHttpError) as caught:
        post(server, second)
    reason = f'(Reason(s): Status cannot transition via "{event}")'
    assert caught.value.response_code == 400
    assert caught.value.error_message == f"Cannot transition status via :{event} from :{first} {reason}"


@pytest.mark.parametrize(
    ("more", "status"),
    [({"description": "x" * 256}, 400), ({"pipeline_id": 9}, 404), ({"sha": "0" * 40}, 404), ({"pipeline_id": 501}, 0)],
)
def test_a_status_is_short_and_of_a_commit_and_pipeline_that_exist(server: Server, more: Json, status: int) -> None:
    try:
        post(server, "success", **more)
    except sdk.GitlabHttpError as refused:
        assert refused.response_code == status
    else:
        assert status == 0


@pytest.mark.parametrize(
    "data", [{"body": "hm", "bdy": "x"}, {"body": "hm", "position": {"line": 3}}], ids=["of a body", "of a position"]
)
def test_an_attribute_that_nobody_knows_is_a_violation(server: Server, data: Json) -> None:
    at = position(request(server).diff_refs, new=10)
    data = {**data, "position": {**at, **data["position"]}} if "position" in data else data
    assert call(server, "POST", MR + "/discussions", server.token, json=data).status_code == 201
    assert len(server.violations) == 1 and "unknown attribute" in server.violations[0]


def test_a_parameter_or_an_endpoint_that_nobody_knows_is_a_violation(server: Server) -> None:
    call(server, "GET", MR + "?x=1", server.token)
    call(server, "GET", MR + "/pipelines", server.token)
    assert len(server.violations) == 2


def test_answers_are_held_to_their_shapes(server: Server) -> None:
    discussion = {"id": "x", "individual_note": False, "notes": [{"id": 1}]}
    assert problems("discussion", discussion)
    assert len({(deviation.shape, deviation.member, deviation.why) for deviation in DEVIATIONS}) == len(DEVIATIONS)


def test_every_request_is_recorded_with_its_exact_size(server: Server) -> None:
    body = '{"body": "h\u00e9"}'.encode()
    call(server, "POST", MR + "/notes", server.token, content=body)
    (seen,) = server.requests
    assert (seen.method, seen.size, seen.status, seen.body) == ("POST", len(body), 201, {"body": "h\u00e9"})
    assert seen.path.endswith(MR + "/notes")


def test_a_diff_takes_a_moment_to_be_made_and_a_push_to_be_noticed(work: Work, server: Server) -> None:
    before = request(server).sha
    server.world.late = True
    tip = work.commit(**{"new.py": "gamma\n"})
    assert request(server).sha == before
    server.world.late, server.world.prepared = False, False
    mr = request(server)
    assert (mr.sha, mr.diff_refs, mr.changes_count, mr.prepared_at) == (tip, None, None, None)
    assert mr.diffs.list(get_all=True) == []
    assert server.violations == []
