"""Reviews and the comments that they bring, by the REST API."""

from __future__ import annotations

from tests.servers.github import conversing, shapes
from tests.servers.github.contract import Json
from tests.servers.github.conversing import MAX_BODY, TOO_LONG
from tests.servers.github.routes import PULL, REPO, Answer, Call, RefusalError, invalid, route
from tests.servers.github.values import Note, Review, Thread

STATES = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}
_COMMENT = "PullRequestReviewComment"


def _refuse(*sentences: str) -> RefusalError:
    return RefusalError(422, "Unprocessable Entity", list(sentences))


@route("post", PULL + "/reviews")
def create_review(call: Call) -> Answer:
    """All of it or nothing; which comment is at fault is not said."""
    world, event, comments = call.world, call.body.get("event"), call.body.get("comments") or []
    commit = call.body.get("commit_id") or world.tips().head
    if any(given.state == "PENDING" and given.by == call.by.by for given in world.reviews):
        raise _refuse("User can only have one pending review per pull request")
    if not conversing.is_commit(world, commit):
        raise _refuse("The commit OID is not part of the pull request")
    _may_say(call, call.body.get("body") or "", event, bool(comments))
    problems = []
    for wanted in comments:
        if not wanted["body"].strip():
            problems.append("Body can't be blank")
        if len(wanted["body"]) > MAX_BODY:
            problems.append(TOO_LONG.capitalize())
        problem = conversing.problem_of(conversing.file_at(world, wanted["path"], commit), wanted)
        if problem is not None:
            problems.append(problem.sentence)
    if problems:
        raise _refuse(*dict.fromkeys(problems))
    given = conversing.review(world, call.by.by, call.body.get("body") or "", STATES.get(event, "PENDING"), commit)
    threads = [conversing.thread(world, call.by.by, wanted, commit, given.id) for wanted in comments]
    if event:
        conversing.begin(world, threads)
    else:
        given.drafts = threads
    return 200, shapes.review(call, given)


def _may_say(call: Call, body: str, event: str | None, comments: bool) -> None:
    own = call.by.by.login == call.world.author
    if len(body) > MAX_BODY:
        raise _refuse(TOO_LONG.capitalize())
    if event == "REQUEST_CHANGES" and not body.strip():
        raise _refuse("Body can't be blank")
    if event == "COMMENT" and not body.strip() and not comments:
        raise _refuse("Body can't be blank")
    if event in ("APPROVE", "REQUEST_CHANGES") and own:
        raise _refuse(f"Can not {event.lower().replace('_', ' ')} on your own pull request")
    if event == "APPROVE" and call.by.by.login == "github-actions[bot]":
        raise _refuse("GitHub Actions is not permitted to approve pull requests.")


@route("get", PULL + "/reviews")
def list_reviews(call: Call) -> Answer:
    return 200, [shapes.review(call, given) for given in call.world.reviews if _visible(call, given)]


def _visible(call: Call, given: Review) -> bool:
    return given.state != "PENDING" or (call.who is not None and call.who.by == given.by)


def _review(call: Call) -> Review:
    for given in call.world.reviews:
        if given.id == int(call.names["review_id"]) and _visible(call, given):
            return given
    raise RefusalError(404, "Not Found")


@route("get", PULL + "/reviews/{review_id}")
def get_review(call: Call) -> Answer:
    return 200, shapes.review(call, _review(call))


@route("put", PULL + "/reviews/{review_id}")
def update_review(call: Call) -> Answer:
    given = _review(call)
    if len(call.body["body"]) > MAX_BODY:
        raise _refuse(TOO_LONG.capitalize())
    given.body = call.body["body"]
    return 200, shapes.review(call, given)


@route("delete", PULL + "/reviews/{review_id}")
def delete_review(call: Call) -> Answer:
    given = _review(call)
    if given.state != "PENDING":
        raise _refuse("Can not delete a non-pending pull request review")
    call.world.reviews.remove(given)
    return 200, shapes.review(call, given)


@route("post", PULL + "/reviews/{review_id}/events")
def submit_review(call: Call) -> Answer:
    given = _review(call)
    if given.state != "PENDING":
        raise _refuse("Could not find a pending review to submit")
    body = call.body.get("body") or given.body
    _may_say(call, body, call.body["event"], bool(given.drafts))
    given.body, given.state = body, STATES[call.body["event"]]
    conversing.begin(call.world, given.drafts)
    given.drafts = []
    return 200, shapes.review(call, given)


@route("get", PULL + "/reviews/{review_id}/comments")
def comments_of_review(call: Call) -> Answer:
    given = _review(call)
    threads = given.drafts or call.world.threads
    return 200, [shapes.comment(call, t, said) for t in threads for said in t.notes if said.review == given.id]


@route("get", PULL + "/comments")
def list_comments(call: Call) -> Answer:
    """By the time they were made, whatever the thread."""
    found = sorted(((said, thread) for thread in call.world.threads for said in thread.notes), key=lambda p: p[0].id)
    if call.query.get("direction") == "desc":
        found.reverse()
    since = call.query.get("since", "")
    return 200, [shapes.comment(call, thread, said) for said, thread in found if said.updated >= since]


@route("post", PULL + "/comments")
def create_comment(call: Call) -> Answer:
    """One comment, or an answer where `in_reply_to` says to which."""
    body: Json = call.body
    _fits(body["body"])
    if "in_reply_to" in body:
        return _reply(call, body["in_reply_to"])
    if not conversing.is_commit(call.world, body["commit_id"]):
        raise invalid(_COMMENT, "commit_id", "commit_id is not part of the pull request")
    problem = conversing.problem_of(conversing.file_at(call.world, body["path"], body["commit_id"]), body)
    if problem is not None:
        raise invalid(_COMMENT, f"pull_request_review_thread.{problem.field}", problem.message)
    given = conversing.review(call.world, call.by.by, "", "COMMENTED", body["commit_id"])
    thread = conversing.thread(call.world, call.by.by, body, body["commit_id"], given.id)
    conversing.begin(call.world, [thread])
    return 201, _shown(call, thread, thread.root)


@route("post", PULL + "/comments/{comment_id}/replies")
def create_reply(call: Call) -> Answer:
    _fits(call.body["body"])
    return _reply(call, int(call.names["comment_id"]))


def _reply(call: Call, to: int) -> Answer:
    thread = next((thread for thread in call.world.threads if thread.root.id == to), None)
    if thread is None:
        # An answer to an answer is refused too.
        raise RefusalError(404, "Not Found")
    return 201, _shown(call, thread, conversing.reply(call.world, call.by.by, thread, call.body["body"]))


def _fits(body: str) -> None:
    if not body.strip():
        raise invalid(_COMMENT, "body", "body can't be blank", "missing_field")
    if len(body) > MAX_BODY:
        raise invalid(_COMMENT, "body", TOO_LONG)


def _shown(call: Call, thread: Thread, said: Note) -> Json:
    """After the line of a new thread was looked for."""
    assert any(each is thread for each in call.world.threads)
    return shapes.comment(call, thread, said)


def _comment(call: Call) -> tuple[Thread, Note]:
    for thread in call.world.threads:
        for said in thread.notes:
            if said.id == int(call.names["comment_id"]):
                return thread, said
    raise RefusalError(404, "Not Found")


@route("get", REPO + "/pulls/comments/{comment_id}")
def get_comment(call: Call) -> Answer:
    return 200, shapes.comment(call, *_comment(call))


@route("patch", REPO + "/pulls/comments/{comment_id}")
def update_comment(call: Call) -> Answer:
    thread, said = _comment(call)
    _fits(call.body["body"])
    conversing.edit(call.world, call.by.by, said, call.body["body"])
    return 200, shapes.comment(call, thread, said)


@route("delete", REPO + "/pulls/comments/{comment_id}")
def delete_comment(call: Call) -> Answer:
    """A thread without comments is gone; one without its first belongs to the next."""
    thread, said = _comment(call)
    thread.notes.remove(said)
    if not thread.notes:
        call.world.threads.remove(thread)
    return 204, None
