"""Endpoints of discussions and notes."""

from __future__ import annotations

from tests.servers.gitlab.attributes import BODY, DISCUSSION, EDIT, NOTE, NOTES_QUERY, PAGES, REPLY, RESOLUTION
from tests.servers.gitlab.positions import INCOMPLETE, LINE_CODE, SCHEMA, note_refused, valid_schema
from tests.servers.gitlab.routes import MR, Call, Refused, Result, route
from tests.servers.gitlab.state import Discussion, Note
from tests.servers.gitlab.wire import Json

MAX_BODY = 1_000_000
#: Lowest level that may write notes, as the stand-in has it.
REPORTER = 20
MAINTAINER = 40


@route("GET", MR + "/discussions", "discussion", query=PAGES, paged=True)
def discussions(call: Call) -> Result:
    return 200, [_shown(call, found) for found in call.world.discussions]


@route("POST", MR + "/discussions", "discussion", body=DISCUSSION)
def discuss(call: Call) -> Result:
    person, world = call.person, call.world
    call.require(REPORTER)
    body = call.text("body")
    position: Json | None = call.body.get("position")
    if position is None:
        found = world.say(person, _kept(call, body), kind="DiscussionNote")
        return 201, _shown(call, _of(call, found))
    kept, placed = world.locate(position)
    if not valid_schema(position):
        raise note_refused(SCHEMA)
    if placed is None:
        complete = kept["old_line"] is not None or kept["new_line"] is not None
        raise note_refused(LINE_CODE if complete else INCOMPLETE)
    return 201, _shown(call, world.put(person, _kept(call, body), kept, placed))


@route("GET", MR + "/discussions/{discussion}", "discussion")
def discussion(call: Call) -> Result:
    return 200, _shown(call, find(call))


@route("PUT", MR + "/discussions/{discussion}", "discussion", body=RESOLUTION)
def resolve(call: Call) -> Result:
    if not isinstance(call.body.get("resolved"), bool):
        raise Refused(400, {"error": "resolved is missing" if "resolved" not in call.body else "resolved is invalid"})
    found = find(call)
    if not call.world.may_resolve(found, call.person):
        raise Refused(403, {"message": "403 Forbidden"})
    call.world.resolve(found, call.person if call.body["resolved"] else None)
    return 200, _shown(call, found)


@route("POST", MR + "/discussions/{discussion}/notes", "mrDiscussionNote", body=REPLY)
def reply(call: Call) -> Result:
    call.require(REPORTER)
    body, found = call.text("body"), find(call)
    if found.root.system:
        raise Refused(400, {"message": "400 Bad request - Discussion can not be replied to."})
    return 201, _view(call, call.world.say(call.person, _kept(call, body), within=found))


@route("PUT", MR + "/discussions/{discussion}/notes/{note}", "mrDiscussionNote", body=EDIT)
def edit_in_discussion(call: Call) -> Result:
    given = {"body", "resolved"} & call.body.keys()
    if len(given) != 1:
        said = "are mutually exclusive" if given else "are missing, exactly one parameter must be provided"
        raise Refused(400, {"error": f"body, resolved {said}"})
    note = _note(call)
    if "body" in given:
        return 200, _edited(call, note)
    found = _of(call, note)
    if not call.world.may_resolve(found, call.person):
        raise Refused(403, {"message": "403 Forbidden"})
    if not note.resolvable:
        raise Refused(400, {"message": "400 Bad request - Note is not resolvable"})
    call.world.resolve(Discussion(found.id, [note]), call.person if call.body["resolved"] else None)
    return 200, _view(call, note)


@route("GET", MR + "/notes", "note", access="job", query=NOTES_QUERY, paged=True)
def notes(call: Call) -> Result:
    order, sort = call.query.get("order_by", "created_at"), call.query.get("sort", "desc")
    if order not in ("created_at", "updated_at") or sort not in ("asc", "desc"):
        raise Refused(400, {"error": "order_by, sort does not have a valid value"})
    which = call.query.get("activity_filter", "all_notes")
    found = [n for n in call.world.notes if which == "all_notes" or n.system is (which == "only_activity")]
    found.sort(key=lambda note: (getattr(note, order), note.id), reverse=sort == "desc")
    return 200, [_view(call, note) for note in found]


@route("GET", MR + "/notes/{note}", "note", access="job")
def note(call: Call) -> Result:
    return 200, _view(call, _note(call))


@route("POST", MR + "/notes", "note", body=NOTE)
def add_note(call: Call) -> Result:
    call.require(REPORTER)
    before = len(call.world.actions)
    kept = _kept(call, call.text("body"), commands_only=True)
    if not kept:
        names = [action.name for action in call.world.actions[before:]]
        return 202, {"commands_changes": {}, "summary": [f"Ran {', '.join(names)}"]}
    return 201, _view(call, call.world.say(call.person, kept))


@route("PUT", MR + "/notes/{note}", "note", body=BODY)
def edit(call: Call) -> Result:
    return 200, _edited(call, _note(call))


@route("DELETE", MR + "/notes/{note}")
def remove(call: Call) -> Result:
    note = _owned(call, _note(call))
    found = _of(call, note)
    found.notes.remove(note)
    if not found.notes:
        call.world.discussions.remove(found)
    return 204, None


def find(call: Call) -> Discussion:
    found = next((d for d in call.world.discussions if d.id == call.ids["discussion"]), None)
    if found is None:
        raise Refused(404, {"message": "404 Discussion Not Found"})
    return found


def _of(call: Call, note: Note) -> Discussion:
    return next(found for found in call.world.discussions if note in found.notes)


def _note(call: Call) -> Note:
    found = next((note for note in call.world.notes if str(note.id) == call.ids["note"]), None)
    if found is None or ("discussion" in call.ids and found not in find(call).notes):
        raise Refused(404, {"message": "404 Not found"})
    return found


def _owned(call: Call, note: Note) -> Note:
    allowed = note.person == call.person or call.world.people.level(call.person) >= MAINTAINER
    if note.system or not allowed:
        raise Refused(403, {"message": "403 Forbidden"})
    return note


def _edited(call: Call, note: Note) -> Json:
    _owned(call, note)
    body = call.text("body")
    if not body.strip():
        raise Refused(400, {"error": "body is empty"})
    note.body, note.updated_at = _kept(call, body), call.world.now()
    return _view(call, note)


def _kept(call: Call, body: str, *, commands_only: bool = False) -> str:
    """What is stored of a body: no carriage returns, nothing blank at its end, no quick actions."""
    if not body.strip():
        raise note_refused('{:note=>["can\'t be blank"]}')
    if len(body) > MAX_BODY:
        raise note_refused(f'{{:note=>["is too long (maximum is {MAX_BODY} characters)"]}}')
    kept = call.world.written(body)
    if not kept and not commands_only:
        raise note_refused('{:commands_only=>["Commands applied"]}')
    return kept


def _shown(call: Call, found: Discussion) -> Json:
    return found.view(call.world.web, call.world.number)


def _view(call: Call, note: Note) -> Json:
    return note.view(call.world.web, call.world.number)
