"""Where a CI system says this run stands: its environment and event file to one value."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reviewbot.errors import ConfigError

#: Webhook payloads are a few hundred kilobytes at most.
MAX_EVENT = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Stand:
    """The pull request that CI runs for. `bases` are names for its base, best first; empty outside CI."""

    bases: tuple[str, ...] = ()
    head: str | None = None
    number: int | None = None
    title: str = ""


def stand(environ: Mapping[str, str], read: Callable[[str], bytes]) -> Stand:
    """What GitHub Actions or GitLab CI says, or nothing. Raises ConfigError for an event file that is none."""
    if environ.get("GITHUB_EVENT_NAME", "") in ("pull_request", "pull_request_target"):
        return _github(environ, read)
    if environ.get("CI_MERGE_REQUEST_IID"):
        return _gitlab(environ)
    return Stand()


def _github(environ: Mapping[str, str], read: Callable[[str], bytes]) -> Stand:
    path = environ.get("GITHUB_EVENT_PATH", "")
    try:
        data = read(path)
        if len(data) > MAX_EVENT:
            raise ConfigError(path, "the event file is too large")
        pull = json.loads(data)["pull_request"]
        base, head, number, title = pull["base"]["sha"], pull["head"]["sha"], pull["number"], pull["title"]
    except OSError as error:
        raise ConfigError(path or "GITHUB_EVENT_PATH", "the event file cannot be read") from error
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise ConfigError(path, "not a pull_request event", key="pull_request") from error
    if not (isinstance(base, str) and isinstance(head, str) and isinstance(number, int) and isinstance(title, str)):
        raise ConfigError(path, "not a pull_request event", key="pull_request")
    return Stand((base,), head, number, title)


def _gitlab(environ: Mapping[str, str]) -> Stand:
    number = environ["CI_MERGE_REQUEST_IID"]
    if not number.isdecimal():
        raise ConfigError("environment", "not a number", key="CI_MERGE_REQUEST_IID")
    branch = environ.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "")
    names = (
        environ.get("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", ""),
        f"refs/remotes/origin/{branch}" if branch else "",
        environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA", ""),
    )
    head = environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or environ.get("CI_COMMIT_SHA")
    return Stand(tuple(filter(None, names)), head, int(number), environ.get("CI_MERGE_REQUEST_TITLE", ""))
