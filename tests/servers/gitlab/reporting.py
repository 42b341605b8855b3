"""Endpoints of commit statuses: jobs from outside in a pipeline."""

from __future__ import annotations

from tests.servers.gitlab.attributes import STATUS, STATUSES_QUERY
from tests.servers.gitlab.routes import Call, Refused, Result, route
from tests.servers.gitlab.state import Status
from tests.servers.gitlab.world import World

DEVELOPER = 30
MAX_TEXT = 255
#: By state that is asked for: the event, and the states it may come from.
EVENTS = {
    "pending": ("enqueue", ("created", "skipped")),
    "running": ("run", ("pending",)),
    "success": ("success", ("created", "pending", "running")),
    "failed": ("drop", ("created", "pending", "running")),
    "canceled": ("cancel", ("created", "pending", "running")),
    "skipped": ("skip", ("created", "pending")),
}


@route("POST", "/projects/{project}/statuses/{sha}", "status", body=STATUS)
def post(call: Call) -> Result:
    call.require(DEVELOPER)
    world, sha, body = call.world, call.ids["sha"], call.body
    state = call.text("state")
    if state not in EVENTS:
        raise Refused(400, {"error": "state does not have a valid value"})
    if not world.repository.has(sha):
        raise Refused(404, {"message": "404 Commit Not Found"})
    if body.get("pipeline_id") not in (None, world.pipeline):
        raise Refused(404, {"message": "404 Pipeline for pipeline_id, sha and ref Not Found"})
    for name in ("ref", "target_url", "description"):
        if len(body.get(name) or "") > MAX_TEXT:
            raise Refused(400, {"message": {name: [f"is too long (maximum is {MAX_TEXT} characters)"]}})
    status = _unfinished(call) or _made(call)
    before = status.state
    _change(world, status, state)
    status.description = body.get("description", status.description)
    status.target_url = body.get("target_url", status.target_url)
    if before == "created":
        world.statuses.append(status)
    return 201, status.view(world.web)


@route("GET", "/projects/{project}/repository/commits/{sha}/statuses", "status", query=STATUSES_QUERY, paged=True)
def statuses(call: Call) -> Result:
    """The latest of each name, unless all are asked for."""
    of = [status for status in call.world.statuses if status.sha == call.ids["sha"]]
    of = [status for status in of if call.query.get("name", status.name) == status.name]
    latest = of if call.query.get("all") == "true" else list({status.name: status for status in of}.values())
    return 200, [status.view(call.world.web) for status in latest]


def _made(call: Call) -> Status:
    world, ref = call.world, call.body.get("ref") or call.world.head
    made = (world.next_id(), call.ids["sha"], ref, _name(call), "created", world.pipeline)
    return Status(*made, call.person, world.now())


def _name(call: Call) -> str:
    return str(call.body.get("name") or call.body.get("context") or "default")


def _unfinished(call: Call) -> Status | None:
    """The one of the same name and author that has not ended: it is changed, where an ended one stays as it is."""
    ref = call.body.get("ref") or call.world.head
    key = (call.ids["sha"], ref, _name(call), call.person)
    going = (status for status in call.world.statuses if status.state in ("pending", "running"))
    return next((status for status in going if (status.sha, status.ref, status.name, status.author) == key), None)


def _change(world: World, status: Status, state: str) -> None:
    event, allowed = EVENTS[state]
    before = "pending" if state == "running" and status.state == "created" else status.state
    if before not in allowed:
        reason = f'Status cannot transition via "{event}"'
        said = f"Cannot transition status via :{event} from :{before} (Reason(s): {reason})"
        raise Refused(400, {"message": said})
    status.state = state
    if state == "running":
        status.started_at = world.now()
    elif state != "pending":
        status.finished_at = world.now()
