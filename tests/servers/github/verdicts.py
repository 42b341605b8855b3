"""Statuses, check runs and uploads of SARIF, by the REST API."""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import zlib

from tests.servers.github import shapes
from tests.servers.github.contract import Json
from tests.servers.github.routes import REPO, Answer, Call, RefusalError, invalid, route
from tests.servers.github.values import Check, Status

_DESCRIPTION, _STATUSES, _ANNOTATIONS, _TEXT = 140, 1_000, 50, 65_535
_LEVELS = ("failure", "error", "pending", "success")


def _commit(call: Call, name: str) -> str:
    try:
        return call.world.repository.commits(name)[0]
    except KeyError:
        raise RefusalError(422, f"No commit found for SHA: {name}") from None


@route("post", REPO + "/statuses/{sha}")
def create_status(call: Call) -> Answer:
    world, body = call.world, call.body
    if not world.may_set_status:
        raise RefusalError(403, call.by.refusal)
    sha = _commit(call, call.names["sha"])
    description, context = body.get("description") or "", body.get("context") or "default"
    if len(description) > _DESCRIPTION:
        raise invalid("Status", "description", f"description is too long (maximum is {_DESCRIPTION} characters)")
    if sum(given.sha == sha and given.context == context for given in world.statuses) >= _STATUSES:
        raise RefusalError(422, "Validation Failed", [{
            "resource": "Status", "code": "custom",
            "message": "This SHA and context has reached the maximum number of statuses.",
        }])  # fmt: skip
    given = Status(
        world.next_id(), sha, body["state"], context, description, body.get("target_url") or "", call.by.by, world.now()
    )
    world.statuses.append(given)
    return 201, shapes.status(call, given)


def _of_commit(call: Call) -> tuple[str, list[Status]]:
    """Newest first."""
    sha = _commit(call, call.names["ref"])
    return sha, [given for given in reversed(call.world.statuses) if given.sha == sha]


@route("get", REPO + "/commits/{ref}/statuses")
def list_statuses(call: Call) -> Answer:
    return 200, [shapes.status(call, given) for given in _of_commit(call)[1]]


@route("get", REPO + "/commits/{ref}/status")
def combined_status(call: Call) -> Answer:
    sha, found = _of_commit(call)
    latest: dict[str, Status] = {}
    for given in found:
        latest.setdefault(given.context, given)
    states = {"failure" if given.state == "error" else given.state for given in latest.values()}
    state = next((level for level in _LEVELS if level in states), "pending")
    return 200, {
        "state": state, "sha": sha, "total_count": len(latest), "repository": shapes.repository(call),
        "statuses": [shapes.status(call, given) for given in latest.values()],
        "url": f"{call.base}/commits/{sha}/status", "commit_url": f"{call.base}/commits/{sha}",
    }  # fmt: skip


def _may_check(call: Call) -> None:
    if not call.by.installation:
        raise RefusalError(403, "You must authenticate via a GitHub App.")
    if not call.world.may_check:
        raise RefusalError(403, call.by.refusal)


def _fill(run: Check, body: Json) -> None:
    """Annotations are added to those that are there; a conclusion ends the run."""
    output = body.get("output") or {}
    annotations = output.get("annotations") or []
    if len(annotations) > _ANNOTATIONS:
        raise RefusalError(
            422,
            f"Invalid request.\n\nNo more than {_ANNOTATIONS} items are allowed; {len(annotations)} were supplied.",
        )
    for key in ("summary", "text"):
        if len(output.get(key) or "") > _TEXT:
            raise invalid("CheckRun", key, f"{key} exceeds a maximum bytesize of {_TEXT}")
    for key in ("name", "conclusion", "external_id", "details_url"):
        setattr(run, key, body.get(key, getattr(run, key)))
    for key in ("title", "summary", "text"):
        setattr(run, key, output.get(key, getattr(run, key)))
    run.annotations.extend(annotations)
    run.status = "completed" if body.get("conclusion") else body.get("status", run.status)
    if run.status == "completed" and run.conclusion is None:
        raise RefusalError(422, "Invalid request.\n\nconclusion is missing for a completed check run.")


@route("post", REPO + "/check-runs")
def create_check(call: Call) -> Answer:
    _may_check(call)
    run = Check(call.world.next_id(), call.body["name"], _commit(call, call.body["head_sha"]))
    _fill(run, call.body)
    call.world.checks.append(run)
    return 201, shapes.check(call, run)


def _check(call: Call) -> Check:
    for run in call.world.checks:
        if run.id == int(call.names["check_run_id"]):
            return run
    raise RefusalError(404, "Not Found")


@route("patch", REPO + "/check-runs/{check_run_id}")
def update_check(call: Call) -> Answer:
    _may_check(call)
    run = _check(call)
    _fill(run, call.body)
    return 200, shapes.check(call, run)


@route("get", REPO + "/check-runs/{check_run_id}")
def get_check(call: Call) -> Answer:
    return 200, shapes.check(call, _check(call))


@route("get", REPO + "/check-runs/{check_run_id}/annotations")
def list_annotations(call: Call) -> Answer:
    return 200, _check(call).annotations


@route("get", REPO + "/commits/{ref}/check-runs")
def checks_of_commit(call: Call) -> Answer:
    """The latest run of each name, unless all are asked for."""
    sha, name = _commit(call, call.names["ref"]), call.query.get("check_name")
    runs = [run for run in reversed(call.world.checks) if run.head_sha == sha and name in (None, run.name)]
    if call.query.get("filter", "latest") == "latest":
        runs = list({run.name: run for run in reversed(runs)}.values())
    return 200, {"total_count": len(runs), "check_runs": [shapes.check(call, run) for run in runs]}


@route("post", REPO + "/code-scanning/sarifs")
def upload_sarif(call: Call) -> Answer:
    if not call.world.may_scan:
        raise RefusalError(403, "Advanced Security must be enabled for this repository to use code scanning.")
    _commit(call, call.body["commit_sha"])
    try:
        document = json.loads(gzip.decompress(base64.b64decode(call.body["sarif"], validate=True)))
    except (binascii.Error, OSError, EOFError, zlib.error, ValueError):
        raise RefusalError(400, "Invalid SARIF. Not a gzip compressed, base64 encoded document.") from None
    call.world.sarifs.append(document)
    number = call.world.next_id()
    return 202, {"id": f"{number}", "url": f"{call.base}/code-scanning/sarifs/{number}"}
