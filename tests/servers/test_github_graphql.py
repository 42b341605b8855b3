"""The GraphQL API of the tests' GitHub: who is who, what a document gets, and where threads go as a branch moves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from graphql import validate_schema

from tests.repositories import Work
from tests.servers.github import Server, Thread, serving
from tests.servers.github.graph import schema
from tests.servers.github.samples import NEW, OLD, at, branch_at, client, graphql, pull, review, send, text

RESOLVE = "mutation($id:ID!){resolveReviewThread(input:{threadId:$id}){thread{isResolved}}}"
REPLY = """mutation($id:ID!,$body:String!){
    addPullRequestReviewThreadReply(input:{pullRequestReviewThreadId:$id,body:$body}){comment{id body}}}"""


def of_pull(fields: str, before: str = "") -> str:
    return f'{{{before} repository(owner:"acme",name:"shop"){{pullRequest(number:7){{{fields}}}}}}}'


THREADS = of_pull(
    "reviewThreads(first:100){nodes{id path line startLine originalLine isOutdated isResolved resolvedBy{login}}}"
)


@pytest.fixture
def branch(tmp_path: Path) -> Work:
    return branch_at(tmp_path / "work")


@pytest.fixture
def server(branch: Work) -> Iterator[Server]:
    with serving(branch.path) as running:
        yield running


def where(server: Server) -> list[tuple[int | None, int | None, bool]]:
    """(start, line, outdated) of all threads, which both APIs and the server's own list agree on."""
    ours = [(thread.start_line, thread.line, thread.outdated) for thread in server.threads]
    nodes = graphql(server, THREADS)["data"]["repository"]["pullRequest"]["reviewThreads"]["nodes"]
    assert [(node["startLine"], node["line"], node["isOutdated"]) for node in nodes] == ours
    comments = send(server, "/pulls/7/comments", None, "GET").json()
    assert [(comment["start_line"], comment["line"]) for comment in comments] == [each[:2] for each in ours]
    assert server.violations == []
    return ours


def test_a_thread_follows_its_line(server: Server, branch: Work) -> None:
    review(server, at(30), at(31, start_line=28, start_side="RIGHT"), at(30, side="LEFT"))
    branch.commit(**{"a.py": text(["zero", "null", *NEW])})
    assert where(server) == [(None, 32, False), (30, 33, False), (None, 30, False)]
    branch.commit(**{"a.py": text(NEW[1:])})
    assert where(server) == [(None, 29, False), (27, 30, False), (None, 30, False)]


def test_a_thread_is_outdated_by_a_change_of_its_line_and_comes_back_with_it(server: Server, branch: Work) -> None:
    review(server, at(10), at(12))
    branch.commit(**{"a.py": text([*NEW[:9], "TEN", *NEW[10:]])})
    assert where(server) == [(None, None, True), (None, 12, False)]
    assert server.threads[0].original_line == 10
    branch.git("reset", "-q", "--hard", "HEAD~1")
    assert where(server) == [(None, 10, False), (None, 12, False)]


def test_a_thread_is_outdated_where_the_diff_no_longer_shows_its_line(server: Server, branch: Work) -> None:
    review(server, at(12), at(10, side="LEFT"), at(30))
    branch.commit(**{"a.py": text([*NEW[:9], OLD[9], *NEW[10:]])})
    assert where(server) == [(None, None, True), (None, None, True), (None, 30, False)]


def test_a_thread_is_outdated_by_the_end_of_its_file(server: Server, branch: Work) -> None:
    review(server, at(1, path="new.py"), at(10))
    branch.git("rm", "-q", "new.py")
    branch.commit()
    assert where(server) == [(None, None, True), (None, 10, False)]


def test_a_thread_on_the_old_side_follows_the_base_that_was_merged_in(server: Server, branch: Work) -> None:
    review(server, at(30, side="LEFT"), at(30))
    branch.git("checkout", "-q", "main")
    branch.commit(**{"a.py": text([*OLD[:19], "between", *OLD[19:]])})
    assert where(server) == [(None, 30, False), (None, 30, False)]
    branch.git("checkout", "-q", "feature")
    branch.git("merge", "-q", "main")
    assert where(server) == [(None, 31, False), (None, 31, False)]


def test_a_thread_survives_a_rebase(server: Server, branch: Work) -> None:
    review(server, at(30))
    branch.git("checkout", "-q", "main")
    branch.commit(**{"a.py": text(["zero", *OLD])})
    branch.git("checkout", "-q", "feature")
    branch.git("rebase", "-q", "main")
    assert where(server) == [(None, 31, False)]


@pytest.mark.parametrize(
    ("kind", "viewer", "author", "typename"),
    [
        ("workflow", "github-actions[bot]", "github-actions", "Bot"),
        ("app", "reviewer[bot]", "reviewer", "Bot"),
        ("person", "robin", "robin", "User"),
    ],
)
def test_bots_are_named_otherwise_as_authors(
    server: Server, kind: str, viewer: str, author: str, typename: str
) -> None:
    pull(server, kind).create_issue_comment("mine")
    server.say("ada", "hers")
    server.say("", "nobody's")
    said = "comments(first:9){nodes{viewerDidAuthor author{login __typename}}}"
    data = graphql(server, of_pull(said, "viewer{login}"), kind)["data"]
    assert data["viewer"]["login"] == viewer
    assert data["repository"]["pullRequest"]["comments"]["nodes"] == [
        {"viewerDidAuthor": True, "author": {"login": author, "__typename": typename}},
        {"viewerDidAuthor": False, "author": {"login": "ada", "__typename": "User"}},
        {"viewerDidAuthor": False, "author": None},
    ]
    assert [note.author for note in server.notes] == [viewer, "ada", ""]


def test_reviews_are_told_to_whom_they_are_seen_by(server: Server) -> None:
    review(server, at(), body="Mine")
    pull(server, "person").create_review(body="Pending")
    query = of_pull("reviews(first:9){nodes{body state viewerDidAuthor author{login}}} headRepository{nameWithOwner}")
    mine = {"body": "Mine", "state": "COMMENTED", "viewerDidAuthor": True, "author": {"login": "github-actions"}}
    seen = graphql(server, query)["data"]["repository"]["pullRequest"]
    assert seen == {"reviews": {"nodes": [mine]}, "headRepository": {"nameWithOwner": "acme/shop"}}
    others = graphql(server, query.replace("first:9", 'first:9,author:"robin"'), "person")
    nodes = others["data"]["repository"]["pullRequest"]["reviews"]["nodes"]
    assert [(node["body"], node["state"]) for node in nodes] == [("Pending", "PENDING")]
    assert server.violations == []


def test_the_schema_is_a_valid_one() -> None:
    assert validate_schema(schema()) == []


def test_what_was_edited_says_so(server: Server) -> None:
    thread = server.begin("ada", "x", "a.py", 10)
    fields = "lastEditedAt includesCreatedEdit editor{login}"
    query = of_pull(f"reviewThreads(first:1){{nodes{{comments(first:1){{nodes{{{fields}}}}}}}}}")

    def edited() -> object:
        nodes = graphql(server, query)["data"]["repository"]["pullRequest"]["reviewThreads"]["nodes"]
        return nodes[0]["comments"]["nodes"][0]

    assert edited() == {"lastEditedAt": None, "includesCreatedEdit": False, "editor": None}
    server.edit(thread.root, "eve", "y")
    assert edited() == {"lastEditedAt": thread.root.updated, "includesCreatedEdit": True, "editor": {"login": "eve"}}


def test_a_thread_is_answered_and_resolved_and_opened_again(server: Server) -> None:
    thread = server.begin("ada", "x", "a.py", 10)
    assert (
        graphql(server, REPLY, id=thread.id, body="Done")["data"]["addPullRequestReviewThreadReply"]["comment"]["body"]
        == "Done"
    )
    assert graphql(server, RESOLVE, id=thread.id) == {"data": {"resolveReviewThread": {"thread": {"isResolved": True}}}}
    assert thread.resolved_by is not None
    assert graphql(server, RESOLVE, id=thread.id)["data"]["resolveReviewThread"]["thread"]["isResolved"]
    graphql(server, RESOLVE.replace("resolve", "unresolve", 1).replace("{resolve", "{unresolve"), id=thread.id)
    assert not thread.resolved
    assert [(note.author, note.body) for note in thread.replies] == [("github-actions[bot]", "Done")]
    assert server.violations == []


def both(thread: Thread) -> str:
    """A document that resolves, answers, and asks for a thread that is not there."""
    reply = f'{{pullRequestReviewThreadId:"{thread.id}",body:"Fixed"}}'
    return f"""mutation{{
        a: resolveReviewThread(input:{{threadId:"{thread.id}"}}){{thread{{isResolved}}}}
        b: addPullRequestReviewThreadReply(input:{reply}){{comment{{body}}}}
        c: resolveReviewThread(input:{{threadId:"PRRT_0"}}){{thread{{isResolved}}}}
    }}"""


def test_a_refused_field_leaves_the_others_of_its_document(server: Server) -> None:
    server.may_resolve = False
    thread = server.begin("ada", "x", "a.py", 10)
    answer = graphql(server, both(thread))
    assert answer["data"] == {"a": None, "b": {"comment": {"body": "Fixed"}}, "c": None}
    assert [(error["type"], error["path"], error["message"]) for error in answer["errors"]] == [
        ("FORBIDDEN", ["a"], "Resource not accessible by integration"),
        ("NOT_FOUND", ["c"], "Could not resolve to a node with the global id of 'PRRT_0'"),
    ]
    assert (thread.resolved, len(thread.replies), server.violations) == (False, 1, [])
    may = of_pull("reviewThreads(first:1){nodes{viewerCanResolve}}")
    nodes = graphql(server, may)["data"]["repository"]["pullRequest"]["reviewThreads"]["nodes"]
    assert nodes == [{"viewerCanResolve": False}]
    assert graphql(server, RESOLVE, "person", id=thread.id)["data"]["resolveReviewThread"]


def test_the_token_of_a_fork_changes_nothing(server: Server) -> None:
    thread = server.begin("github-actions[bot]", "x", "a.py", 10)
    answer = graphql(server, both(thread), "read")
    assert [error["type"] for error in answer["errors"]] == ["FORBIDDEN", "FORBIDDEN", "NOT_FOUND"]
    assert graphql(server, THREADS, "read")["data"]["repository"]
    assert (thread.resolved, thread.replies) == (False, [])


@pytest.mark.parametrize("body", [" ", "x" * 65_537])
def test_an_answer_of_nothing_or_too_much_is_refused(server: Server, body: str) -> None:
    thread = server.begin("ada", "x", "a.py", 10)
    assert graphql(server, REPLY, id=thread.id, body=body)["errors"][0]["type"] == "UNPROCESSABLE"
    assert thread.replies == []


def test_comments_are_edited_and_hidden(server: Server) -> None:
    thread, note = server.begin("ada", "x", "a.py", 10), server.say("ada", "y")
    query = f"""mutation{{
        updatePullRequestReviewComment(input:{{pullRequestReviewCommentId:"{thread.root.node_id}",body:"x2"}}){{
            pullRequestReviewComment{{fullDatabaseId body}}}}
        updateIssueComment(input:{{id:"{note.node_id}",body:"y2"}}){{issueComment{{body}}}}
        minimizeComment(input:{{subjectId:"{note.node_id}",classifier:OUTDATED}}){{
            minimizedComment{{isMinimized minimizedReason}}}}
    }}"""
    data = graphql(server, query)["data"]
    found = data["updatePullRequestReviewComment"]["pullRequestReviewComment"]
    assert found == {"fullDatabaseId": str(thread.root.id), "body": "x2"}
    assert data["minimizeComment"]["minimizedComment"] == {"isMinimized": True, "minimizedReason": "outdated"}
    assert (thread.body, note.body, note.minimized) == ("x2", "y2", "outdated")
    assert server.violations == []


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ("", "MISSING_PAGINATION_BOUNDARIES"),
        ("(first:101)", "EXCESSIVE_PAGINATION"),
        ("(last:101)", "EXCESSIVE_PAGINATION"),
    ],
)
def test_a_page_has_to_be_asked_for_and_has_a_hundred_at_most(server: Server, arguments: str, kind: str) -> None:
    answer = graphql(server, of_pull(f"comments{arguments}{{nodes{{id}}}}"))
    assert [error["type"] for error in answer["errors"]] == [kind]


def test_a_document_may_not_ask_for_too_many_nodes(server: Server) -> None:
    deep = "reviewThreads(first:100){nodes{comments(first:$many){nodes{id}}}}"
    fits = "query($many:Int)" + of_pull(deep)
    assert "errors" not in graphql(server, fits, many=100)
    aliased = " ".join(f"a{number}: {deep}" for number in range(60))
    answer = graphql(server, "query($many:Int)" + of_pull(aliased), many=100)
    assert answer["errors"][0]["type"] == "MAX_NODE_LIMIT_EXCEEDED"


def test_pages_follow_each_other_in_both_directions(server: Server) -> None:
    for number in range(7):
        server.say("ada", str(number))
    page = "comments(%s){nodes{body} pageInfo{hasNextPage hasPreviousPage startCursor endCursor}}"

    def read(forwards: bool) -> list[str]:
        found: list[str] = []
        cursor = ""
        while True:
            size = f"first:3{cursor}" if forwards else f"last:3{cursor}"
            asked = graphql(server, of_pull(page % size))["data"]["repository"]["pullRequest"]["comments"]
            bodies = [node["body"] for node in asked["nodes"]]
            found = [*found, *bodies] if forwards else [*bodies, *found]
            info = asked["pageInfo"]
            if not info["hasNextPage" if forwards else "hasPreviousPage"]:
                return found
            cursor = f',after:"{info["endCursor"]}"' if forwards else f',before:"{info["startCursor"]}"'

    assert read(True) == read(False) == list("0123456")
    answer = graphql(server, of_pull('comments(first:1,after:"nonsense"){nodes{id}}'))
    assert answer["errors"][0]["type"] == "INVALID_CURSOR_ARGUMENTS"


@pytest.mark.parametrize(
    "query",
    [
        "{viewer{nope}}",
        "{",
        "mutation{resolveReviewThread(input:{thread:1}){thread{id}}}",
        "query($a:Int!){viewer{login}}",
    ],
)
def test_a_document_that_the_schema_does_not_know_is_refused_with_200_and_recorded(server: Server, query: str) -> None:
    answer = graphql(server, query)
    assert answer["errors"][0]["message"]
    assert "data" not in answer
    assert server.violations != []


def test_what_is_not_there_is_told_at_its_field(server: Server) -> None:
    answer = graphql(server, '{viewer{login} repository(owner:"acme",name:"other"){id}}')
    assert answer["data"] == {"viewer": {"login": "github-actions[bot]"}, "repository": None}
    assert (answer["errors"][0]["type"], answer["errors"][0]["path"]) == ("NOT_FOUND", ["repository"])
    other = graphql(server, '{repository(owner:"acme",name:"shop"){pullRequest(number:8){id}}}')
    assert other["data"] == {"repository": {"pullRequest": None}}


def test_a_wrong_token_and_none_are_401(server: Server) -> None:
    for headers in ({"authorization": f"Bearer {server.tokens['none']}"}, {}):
        assert (
            requests.post(
                server.place.graphql, json={"query": "{viewer{login}}"}, headers=headers, timeout=5
            ).status_code
            == 401
        )


def test_pygithub_resolves_a_thread(server: Server) -> None:
    thread = server.begin("ada", "x", "a.py", 10)
    requester = client(server).requester
    _, payload = requester.graphql_named_mutation("resolveReviewThread", {"threadId": thread.id}, "thread{isResolved}")
    assert payload == {"thread": {"isResolved": True}}
