"""Comments on the pull request as a whole, and labels, by the REST API."""

from __future__ import annotations

from tests.servers.github import conversing, shapes
from tests.servers.github.conversing import MAX_BODY, TOO_LONG
from tests.servers.github.routes import ISSUE, REPO, Answer, Call, RefusalError, invalid, route
from tests.servers.github.values import Note

_ONE = REPO + "/issues/comments/{comment_id}"


@route("get", ISSUE + "/comments")
def list_notes(call: Call) -> Answer:
    since = call.query.get("since", "")
    return 200, [shapes.note(call, said) for said in call.world.notes if said.updated >= since]


@route("post", ISSUE + "/comments")
def create_note(call: Call) -> Answer:
    _fits(call.body["body"])
    said = conversing.note(call.world, call.by.by, call.body["body"], prefix="IC")
    call.world.notes.append(said)
    return 201, shapes.note(call, said)


def _fits(body: str) -> None:
    if not body.strip():
        raise invalid("IssueComment", "data", "Body cannot be blank", "unprocessable")
    if len(body) > MAX_BODY:
        raise invalid("IssueComment", "body", TOO_LONG, "unprocessable")


def _note(call: Call) -> Note:
    for said in call.world.notes:
        if said.id == int(call.names["comment_id"]):
            return said
    raise RefusalError(404, "Not Found")


@route("get", _ONE)
def get_note(call: Call) -> Answer:
    return 200, shapes.note(call, _note(call))


@route("patch", _ONE)
def update_note(call: Call) -> Answer:
    said = _note(call)
    _fits(call.body["body"])
    conversing.edit(call.world, call.by.by, said, call.body["body"])
    return 200, shapes.note(call, said)


@route("delete", _ONE)
def delete_note(call: Call) -> Answer:
    call.world.notes.remove(_note(call))
    return 204, None


def _wanted(call: Call) -> list[str]:
    given = call.body.get("labels", []) if isinstance(call.body, dict) else call.body
    return [each["name"] if isinstance(each, dict) else each for each in given]


def _labels(call: Call) -> Answer:
    return 200, [shapes.label(call, name) for name in call.world.labels]


@route("get", ISSUE + "/labels")
def list_labels(call: Call) -> Answer:
    return _labels(call)


@route("post", ISSUE + "/labels")
def add_labels(call: Call) -> Answer:
    call.world.labels[:] = dict.fromkeys([*call.world.labels, *_wanted(call)])
    return _labels(call)


@route("put", ISSUE + "/labels")
def set_labels(call: Call) -> Answer:
    call.world.labels[:] = dict.fromkeys(_wanted(call))
    return _labels(call)


@route("delete", ISSUE + "/labels")
def remove_labels(call: Call) -> Answer:
    call.world.labels.clear()
    return 204, None


@route("delete", ISSUE + "/labels/{name}")
def remove_label(call: Call) -> Answer:
    name = call.names["name"]
    if name not in call.world.labels:
        raise RefusalError(404, "Label does not exist")
    call.world.labels.remove(name)
    return _labels(call)
