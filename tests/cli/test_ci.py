from __future__ import annotations

import json

import pytest

from reviewbot.cli.ci import Stand, place, stand
from reviewbot.core.commands import Command
from reviewbot.core.conversation import Service
from reviewbot.errors import ConfigError

ACTIONS = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": "event.json"}
EVENT = {"pull_request": {"number": 7, "title": "T", "base": {"sha": "a" * 40}, "head": {"sha": "b" * 40}}}


def absent(path: str) -> bytes:
    raise FileNotFoundError(path)


def test_outside_ci_nothing_is_said() -> None:
    assert stand({}, absent) == Stand()


def test_a_push_in_actions_is_not_a_pull_request() -> None:
    assert stand({"GITHUB_EVENT_NAME": "push"}, absent) == Stand()


def test_actions_says_it_in_the_event_file() -> None:
    assert stand(ACTIONS, lambda _: json.dumps(EVENT).encode()) == Stand(("a" * 40,), "b" * 40, 7, "T", "github",
                                                                         is_fork=True)  # fmt: skip


NUMBER_FOR_SHA = {"pull_request": {**EVENT["pull_request"], "base": {"sha": 3}}}


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"pull_request": 1}', b"[" * 100_000, b"\xff",
                                  json.dumps(NUMBER_FOR_SHA).encode()])  # fmt: skip
def test_an_event_file_that_is_none_is_named(data: bytes) -> None:
    with pytest.raises(ConfigError, match=r"^event\.json: pull_request: not a pull_request event"):
        stand(ACTIONS, lambda _: data)


def test_an_event_file_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigError, match=r"^event\.json: "):
        stand(ACTIONS, absent)


def test_gitlab_prefers_the_tip_of_the_target_branch_where_the_policy_is() -> None:
    environ = {
        "CI_MERGE_REQUEST_IID": "3", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", "CI_COMMIT_SHA": "c" * 40,
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": "d" * 40, "CI_MERGE_REQUEST_TITLE": "T",
    }  # fmt: skip
    assert stand(environ, absent) == Stand(("refs/remotes/origin/main", "d" * 40), "c" * 40, 3, "T", "gitlab",
                                           is_fork=True)  # fmt: skip


def test_a_merge_request_number_that_is_none_is_named() -> None:
    with pytest.raises(ConfigError, match="CI_MERGE_REQUEST_IID"):
        stand({"CI_MERGE_REQUEST_IID": "x"}, absent)


def test_a_merged_result_is_not_the_head_that_is_reviewed() -> None:
    environ = {"CI_MERGE_REQUEST_IID": "3", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "e" * 40, "CI_COMMIT_SHA": "c" * 40}
    assert stand(environ, absent).head == "e" * 40


def event(**more: object) -> bytes:
    return json.dumps({**EVENT, **more}).encode()


def test_a_label_that_was_just_set_is_a_command_of_whoever_set_it() -> None:
    data = event(action="labeled", label={"name": "reviewbot:full"}, sender={"login": "ada"})
    found = stand(ACTIONS, lambda _: data)
    assert (found.command, found.sender) == (Command("full"), "ada")


@pytest.mark.parametrize("more", [{"action": "labeled", "label": {"name": "bug"}},
                                  {"action": "opened", "label": {"name": "reviewbot:full"}}])  # fmt: skip
def test_another_label_or_another_event_is_no_command(more: dict[str, object]) -> None:
    assert stand(ACTIONS, lambda _: event(**more)).command is None


def commented(**more: object) -> Stand:
    data = json.dumps({"issue": {"number": 7, "title": "T", **more}}).encode()
    return stand({**ACTIONS, "GITHUB_EVENT_NAME": "issue_comment"}, lambda _: data)


def test_a_comment_on_a_pull_request_names_it_and_no_commit() -> None:
    assert commented(pull_request={}) == Stand(number=7, title="T", service="github", is_fork=True)


def test_a_comment_on_an_issue_is_on_nothing_to_review() -> None:
    assert commented() == Stand(title="T")


def test_a_merge_queue_has_commits_and_nothing_to_comment_on() -> None:
    data = json.dumps({"merge_group": {"base_sha": "a" * 40, "head_sha": "b" * 40}}).encode()
    found = stand({**ACTIONS, "GITHUB_EVENT_NAME": "merge_group"}, lambda _: data)
    assert found == Stand(("a" * 40,), "b" * 40)


@pytest.mark.parametrize(("source", "foreign"), [("2", True), ("1", False), ("", False)])
def test_a_pipeline_of_a_fork_in_the_project_itself_is_told(source: str, foreign: bool) -> None:
    environ = {"CI_MERGE_REQUEST_IID": "3", "CI_PROJECT_ID": "1", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": source}
    assert stand(environ, absent).is_foreign is foreign


def test_a_server_of_ones_own_needs_no_setting_beside_the_variables_of_ci() -> None:
    environ = {"GITHUB_API_URL": "https://ghe.example/api/v3", "GITHUB_REPOSITORY": "o/r"}
    assert place("github", 7, environ).graphql == "https://ghe.example/api/graphql"
    environ = {"CI_SERVER_URL": "https://git.example/gitlab", "CI_PROJECT_ID": "5"}
    assert place("gitlab", 7, environ).api == "https://git.example/gitlab/api/v4"


def test_the_merge_request_of_a_fork_is_in_the_project_that_it_goes_to() -> None:
    assert place("gitlab", 7, {"CI_PROJECT_ID": "2", "CI_MERGE_REQUEST_PROJECT_ID": "1"}).project == "1"


@pytest.mark.parametrize(("service", "environ", "name"), [
    ("github", {"GITHUB_API_URL": "http://ghe.example/api/v3", "GITHUB_REPOSITORY": "o/r"}, "GITHUB_API_URL"),
    ("github", {"GITHUB_GRAPHQL_URL": "ftp://x", "GITHUB_REPOSITORY": "o/r"}, "GITHUB_GRAPHQL_URL"),
    ("github", {}, "GITHUB_REPOSITORY"), ("github", {"GITHUB_REPOSITORY": "o/r/x"}, "GITHUB_REPOSITORY"),
    ("gitlab", {"CI_API_V4_URL": "http://git.example/api/v4", "CI_PROJECT_ID": "5"}, "CI_API_V4_URL"),
    ("gitlab", {}, "CI_PROJECT_ID"),
])  # fmt: skip
def test_a_place_that_a_token_may_not_go_to_is_named_by_its_variable(
    service: Service, environ: dict[str, str], name: str
) -> None:
    with pytest.raises(ConfigError, match=f"^environment: {name}: "):
        place(service, 7, environ)


def side(sha: str, repository: object) -> dict[str, object]:
    return {"sha": sha, "repo": repository}


@pytest.mark.parametrize(("head", "is_fork"), [({"id": 1}, False), ({"id": 2}, True), (None, True), ({}, True)])
def test_a_head_in_another_repository_or_in_none_is_of_a_fork(head: object, is_fork: bool) -> None:
    pull = {"number": 7, "title": "T", "base": side("a" * 40, {"id": 1}), "head": side("b" * 40, head)}
    assert stand(ACTIONS, lambda _: json.dumps({"pull_request": pull}).encode()).is_fork is is_fork


@pytest.mark.parametrize(("source", "own", "target", "is_fork"), [
    ("1", "1", "1", False), ("2", "1", "1", True), ("2", "2", "1", True), ("", "1", "1", True), ("1", "1", "", False),
])  # fmt: skip
def test_a_merge_request_from_another_project_is_of_a_fork_wherever_it_runs(
    source: str, own: str, target: str, is_fork: bool
) -> None:
    environ = {"CI_MERGE_REQUEST_IID": "3", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": source, "CI_PROJECT_ID": own,
               "CI_MERGE_REQUEST_PROJECT_ID": target}  # fmt: skip
    assert stand(environ, absent).is_fork is is_fork


@pytest.mark.parametrize(("environ", "is_fork"), [
    ({}, False), ({"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push"}, False),
    ({"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request_review"}, True),
    ({"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "workflow_run"}, True), ({"GITHUB_ACTIONS": "true"}, True),
    ({"GITLAB_CI": "true"}, False), ({"GITLAB_CI": "true", "CI_EXTERNAL_PULL_REQUEST_IID": "7"}, True),
    ({"CI": "true", "JENKINS_URL": "https://ci.example.org"}, True),
])  # fmt: skip
def test_where_nobody_says_whose_the_change_is_it_may_be_of_a_fork(environ: dict[str, str], is_fork: bool) -> None:
    assert stand(environ, absent).is_fork is is_fork
