from __future__ import annotations

import json

import pytest

from reviewbot.cli.ci import Stand, stand
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
    assert stand(ACTIONS, lambda _: json.dumps(EVENT).encode()) == Stand(("a" * 40,), "b" * 40, 7, "T")


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
    assert stand(environ, absent) == Stand(("refs/remotes/origin/main", "d" * 40), "c" * 40, 3, "T")


def test_a_merge_request_number_that_is_none_is_named() -> None:
    with pytest.raises(ConfigError, match="CI_MERGE_REQUEST_IID"):
        stand({"CI_MERGE_REQUEST_IID": "x"}, absent)


def test_a_merged_result_is_not_the_head_that_is_reviewed() -> None:
    environ = {"CI_MERGE_REQUEST_IID": "3", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "e" * 40, "CI_COMMIT_SHA": "c" * 40}
    assert stand(environ, absent).head == "e" * 40
