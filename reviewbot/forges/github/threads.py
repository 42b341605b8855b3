"""Replies in threads, and whether these are resolved; answers to the pull request as a whole."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from reviewbot.core.conversation import Followup
from reviewbot.forges.failures import RequestError
from reviewbot.forges.github.client import Client, QueryError, made
from reviewbot.forges.github.reading import newest_notes
from reviewbot.forges.github.replies import at, last_line
from reviewbot.forges.github.reviews import marks
from reviewbot.forges.github.saying import Saying, reason

_REPLY = """reply: addPullRequestReviewThreadReply(input: {pullRequestReviewThreadId: $thread, body: $body}) {
    comment { id }
  }"""
_STATE = "state: %s(input: {threadId: $thread}) { thread { id isResolved } }"
_MUTATIONS = {True: "resolveReviewThread", False: "unresolveReviewThread"}
_UNRESOLVED = "Threads were left as they are: resolving one takes a token with `contents: write`."


def follow_up(client: Client, followups: Sequence[Followup], known: Collection[str], saying: Saying) -> None:
    """One request for each thread."""
    lost: list[RequestError] = []
    for position, followup in enumerate(followups):
        if saying.stopped:
            lost += [saying.stopped] * (len(followups) - position)
            break
        try:
            _follow_up(client, followup, known, saying)
        except RequestError as error:
            lost.append(error)
            # A thread that is gone says nothing of the others.
            if not (isinstance(error, QueryError) and error.status == 404):
                saying.fail(error)
    _tell(saying, lost, "A reply in a thread", "replies in threads")


def _follow_up(client: Client, followup: Followup, known: Collection[str], saying: Saying) -> None:
    body, resolve = followup.body, followup.resolve

    def send() -> bool:
        nonlocal body
        if not body and resolve is None:
            return True
        try:
            data = client.query(
                _document(body, resolve), {"thread": followup.thread} | ({"body": body} if body else {})
            )
            if at(data, "reply" if body else "state") is None:
                raise RequestError("the forge's answer is not understood", "unknown")
        except QueryError as error:
            if body and at(error.data, "reply") is None:
                raise
            # Said, and only the state is not as it should be.
            body = ""
            if error.kind != "rejected":
                raise
            saying.notice(_UNRESOLVED if error.status == 403 else f"A thread was left as it is: {reason(error)}.")
        return True

    def look() -> bool | None:
        nonlocal body
        if body and last_line(body) in marks(client, known):
            body = ""
        # To resolve a thread twice is to resolve it.
        return True if not body and resolve is None else None

    client.attempts.write(send, look)


def _document(body: str, resolve: bool | None) -> str:
    parts = [_REPLY] if body else []
    if resolve is not None:
        parts.append(_STATE % _MUTATIONS[resolve])
    variables = "$thread: ID!, $body: String!" if body else "$thread: ID!"
    return f"mutation({variables}) {{\n  " + "\n  ".join(parts) + "\n}"


def answer(client: Client, answers: Sequence[str], known: Collection[str], saying: Saying) -> None:
    """One comment on the pull request for each."""
    lost: list[RequestError] = []
    for position, body in enumerate(answers):
        if saying.stopped:
            lost += [saying.stopped] * (len(answers) - position)
            break
        try:
            comment(client, body, known)
        except RequestError as error:
            lost.append(error)
            saying.fail(error)
    _tell(saying, lost, "An answer", "answers")


def comment(client: Client, body: str, known: Collection[str]) -> None:
    """A new comment on the pull request as a whole. RequestError where it is not there, or nobody knows."""

    def send() -> bool:
        with client.understood():
            made(client.issue.create_comment(body).id)
        return True

    def look() -> bool | None:
        mark = last_line(body)
        there = (note for note in newest_notes(client) if note.own and note.id not in known)
        return any(last_line(note.body) == mark for note in there) or None

    client.attempts.write(send, look)


def _tell(saying: Saying, lost: Sequence[RequestError], one: str, many: str) -> None:
    if lost:
        what = one if len(lost) == 1 else f"{len(lost)} {many}"
        saying.notice(f"{what} could not be posted: {reason(lost[0])}.")
