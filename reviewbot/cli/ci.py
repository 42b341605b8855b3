"""Where a CI system says this run stands: its environment and event file to one value."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewbot.cli.environment import in_ci
from reviewbot.core.commands import Command, of_label
from reviewbot.core.conversation import Place, Service
from reviewbot.core.endpoints import is_loopback
from reviewbot.errors import ConfigError

#: Webhook payloads are a few hundred kilobytes at most.
MAX_EVENT = 8 * 1024 * 1024
_PULLS = ("pull_request", "pull_request_target")
#: Events that only those bring about who may write to the repository, for commits that are in it.
_OWN = frozenset({"push", "workflow_dispatch", "schedule", "release"})
#: Where the payload of an event has what it is about, if that is no pull request.
_KEYS = {"issue_comment": "issue", "merge_group": "merge_group"}


@dataclass(frozen=True, slots=True)
class Stand:
    """The pull request that CI runs for. `bases` are names for its base, best first; empty outside CI."""

    bases: tuple[str, ...] = ()
    head: str | None = None
    number: int | None = None
    title: str = ""
    service: Service | None = None
    #: From a fork, in a pipeline of the project itself.
    is_foreign: bool = False
    #: What a label asks for that was just set, and who set it.
    command: Command | None = None
    sender: str = ""
    #: From a fork, or nobody says from where: it counts where code of the change is executed.
    is_fork: bool = False


def stand(environ: Mapping[str, str], read: Callable[[str], bytes]) -> Stand:
    """What GitHub Actions or GitLab CI says, or nothing. Raises ConfigError for an event file that is none."""
    name = environ.get("GITHUB_EVENT_NAME", "")
    if name in (*_PULLS, "issue_comment", "merge_group"):
        return _github(name, *_event(name, environ, read))
    if environ.get("CI_MERGE_REQUEST_IID"):
        return _gitlab(environ)
    return Stand(is_fork=_is_anybodys(name, environ))


def here(environ: Mapping[str, str]) -> Stand:
    """The same, the event's file read from disk."""
    return stand(environ, lambda name: Path(name).read_bytes())


def _is_anybodys(event: str, environ: Mapping[str, str]) -> bool:
    """Whether a run that is for no pull request may be for a change from elsewhere: in CI that has to be ruled out."""
    if event or environ.get("GITHUB_ACTIONS"):
        return event not in _OWN
    if environ.get("GITLAB_CI"):
        return bool(environ.get("CI_EXTERNAL_PULL_REQUEST_IID"))
    return in_ci(environ)


def _event(name: str, environ: Mapping[str, str], read: Callable[[str], bytes]) -> tuple[Any, str]:
    """The payload and the file that it is in."""
    path = environ.get("GITHUB_EVENT_PATH", "")
    try:
        data = read(path)
        if len(data) > MAX_EVENT:
            raise ConfigError(path, "the event file is too large")
        return json.loads(data), path
    except OSError as error:
        raise ConfigError(path or "GITHUB_EVENT_PATH", "the event file cannot be read") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(path, f"not a {name} event", key=_KEYS.get(name, "pull_request")) from error


def _github(name: str, event: Any, path: str) -> Stand:
    key = _KEYS.get(name, "pull_request")
    try:
        if name == "merge_group":
            group = event[key]
            return Stand((_text(group["base_sha"]),), _text(group["head_sha"]))
        if name == "issue_comment":
            issue = event[key]
            # A comment on an issue is on nothing that can be reviewed; its head and base the forge says.
            number = _number(issue["number"]) if "pull_request" in issue else None
            return Stand(number=number, title=_text(issue["title"]), service="github" if number else None,
                         is_fork=number is not None)  # fmt: skip
        pull = event[key]
        label = event["label"]["name"] if event.get("action") == "labeled" else ""
        return Stand(
            (_text(pull["base"]["sha"]),), _text(pull["head"]["sha"]), _number(pull["number"]), _text(pull["title"]),
            "github", command=of_label(_text(label)), sender=_text(event.get("sender", {}).get("login", "")),
            is_fork=_repository(pull["head"]) is None or _repository(pull["head"]) != _repository(pull["base"]),
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError) as error:
        raise ConfigError(path, f"not a {name} event", key=key) from error


def _repository(side: Any) -> object:
    """Which repository a side is in, None where it is gone or nobody says."""
    repository = side.get("repo") or {}
    return repository.get("id") or repository.get("full_name")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError
    return value


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
    source = environ.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "")
    own = environ.get("CI_PROJECT_ID", "")
    title = environ.get("CI_MERGE_REQUEST_TITLE", "")
    target = environ.get("CI_MERGE_REQUEST_PROJECT_ID", "") or own
    return Stand(tuple(filter(None, names)), head, int(number), title, "gitlab", bool(source and own and source != own),
                 is_fork=not source or source != target)  # fmt: skip


def place(service: Service, number: int, environ: Mapping[str, str]) -> Place:
    """The pull request of that number, where CI's own variables say. Raises ConfigError by the name of a variable."""
    if service == "github":
        api = _address(environ, "GITHUB_API_URL", "https://api.github.com")
        rest = api.removesuffix("/v3")
        graphql = _address(environ, "GITHUB_GRAPHQL_URL", f"{rest}/graphql")
        project = environ.get("GITHUB_REPOSITORY", "")
        owner, slash, name = project.partition("/")
        if not (owner and slash and name) or "/" in name:
            raise ConfigError("environment", "is no owner/name, and says which repository", key="GITHUB_REPOSITORY")
        return Place("github", api, project, number, graphql)
    server = environ.get("CI_SERVER_URL", "") or "https://gitlab.com"
    api = _address(environ, "CI_API_V4_URL", f"{server.rstrip('/')}/api/v4")
    project = environ.get("CI_MERGE_REQUEST_PROJECT_ID", "") or environ.get("CI_PROJECT_ID", "")
    if not project:
        raise ConfigError("environment", "is not set, and says which project", key="CI_PROJECT_ID")
    return Place("gitlab", api, project, number)


def _address(environ: Mapping[str, str], name: str, otherwise: str) -> str:
    """An address that a token may go to: encrypted, or this machine."""
    url = (environ.get(name, "") or otherwise).rstrip("/")
    if url.startswith("https://") or (url.startswith("http://") and is_loopback(url)):
        return url
    raise ConfigError("environment", "no https address, and a token goes there", key=name)
