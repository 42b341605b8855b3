"""Endpoints of draft notes: a review that is written in pieces and published at once."""

from __future__ import annotations

from tests.servers.gitlab.attributes import DRAFT
from tests.servers.gitlab.positions import Refused, valid_schema
from tests.servers.gitlab.routes import MR, Call, Result, route
from tests.servers.gitlab.state import Discussion, Draft
from tests.servers.gitlab.talking import REPORTER
from tests.servers.gitlab.wire import Json

DRAFTS = MR + "/draft_notes"


@route("GET", DRAFTS, "draftNote")
def drafts(call: Call) -> Result:
    """All of one's own; not in pages."""
    return 200, [draft.view for draft in _own(call)]


@route("POST", DRAFTS, "draftNote", body=DRAFT)
def add(call: Call) -> Result:
    """Where the line of the position does not exist, nothing is said: that comes out when drafts are published."""
    call.require(REPORTER)
    note, position = call.text("note"), call.body.get("position")
    if not note.strip():
        raise _invalid("note", "can't be blank")
    resolve = call.body.get("resolve_discussion") or False
    within = _answered(call, call.body.get("in_reply_to_discussion_id"))
    if resolve and (within is None or not call.world.may_resolve(within, call.person)):
        raise _invalid("base", "User is not allowed to resolve thread")
    if within is not None and any(draft.discussion == within.id for draft in _own(call)):
        raise _invalid("author_id", "has already been taken")
    kept: Json | None = None
    code: str | None = None
    if position:
        kept, placed = call.world.locate(position)
        code = call.world.code(placed)
        if not valid_schema(position):
            raise _invalid("position", "must be a valid json schema")
    answered = within.id if within else None
    draft = Draft(call.world.next_id(), note, call.person, kept, answered, resolve, code)
    call.world.drafts.append(draft)
    return 201, draft.view


@route("POST", DRAFTS + "/bulk_publish")
def publish(call: Call) -> Result:
    """All of one's own drafts, in order. Each is a note of its own: what is published stays, whatever comes after."""
    call.require(REPORTER)
    own = _own(call)
    for draft in own[: len(own) // 2] if call.half else own:
        if not _published(call, draft):
            return 500, {"message": "500 Internal Server Error"}
    if not call.half:
        call.world.drafts = [draft for draft in call.world.drafts if draft not in own]
    return 204, None


@route("GET", DRAFTS + "/{draft}", "draftNote")
def draft(call: Call) -> Result:
    return 200, _find(call).view


@route("DELETE", DRAFTS + "/{draft}")
def remove(call: Call) -> Result:
    call.world.drafts.remove(_find(call))
    return 204, None


@route("PUT", DRAFTS + "/{draft}/publish")
def publish_one(call: Call) -> Result:
    draft = _find(call)
    if not _published(call, draft):
        return 500, {"message": "500 Internal Server Error"}
    call.world.drafts.remove(draft)
    return 204, None


def _published(call: Call, draft: Draft) -> bool:
    """Whether publishing may go on."""
    world = call.world
    placed = world.locate(draft.position)[1] if draft.position else None
    if draft.position and placed is None:
        if world.stray_drafts == "error":
            return False
        world.lost.append(draft)
        return True
    body = world.written(draft.note)
    if not body:
        return True
    if draft.position and placed:
        world.put(draft.author, body, draft.position, placed)
        return True
    within = next((found for found in world.discussions if found.id == draft.discussion), None)
    world.say(draft.author, body, within=within, kind="DiscussionNote")
    if within is not None:
        may = draft.resolve and world.may_resolve(within, draft.author)
        world.resolve(within, draft.author if may else None)
    return True


def _own(call: Call) -> list[Draft]:
    return [draft for draft in call.world.drafts if draft.author == call.person]


def _find(call: Call) -> Draft:
    found = next((draft for draft in _own(call) if str(draft.id) == call.ids["draft"]), None)
    if found is None:
        raise Refused(404, {"message": "404 Not found"})
    return found


def _answered(call: Call, discussion: str | None) -> Discussion | None:
    if not discussion:
        return None
    found = next((found for found in call.world.discussions if found.id == discussion), None)
    if found is None:
        raise _invalid("base", "Thread to reply to cannot be found")
    if found.root.system:
        raise _invalid("base", "Replies to system notes are not allowed")
    return found


def _invalid(name: str, problem: str) -> Refused:
    return Refused(400, {"message": {name: [problem]}})
