"""One review with its comments. GitHub takes a review whole or not at all, so what it refuses is found by halving."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Sequence
from itertools import chain, islice

from github.GithubObject import NotSet
from github.PullRequest import ReviewComment

from reviewbot.core.conversation import Changes, Comment
from reviewbot.forges.failures import RequestError
from reviewbot.forges.github.client import Client, made
from reviewbot.forges.github.replies import last_line, number, text, things
from reviewbot.forges.github.saying import Saying, reason

#: Comments of one review: the service has been seen to time out on more.
_MOST = 30
#: Requests that may go into finding what is refused.
_HALVINGS = 24
_UNTRIED = "GitHub refused it along with others (422), too many to try each alone"
_TICKS = re.compile("`+")


def post_review(client: Client, changes: Changes, known: Collection[str], saying: Saying) -> None:
    """`known` are ids of comments that were there before."""
    comments = changes.comments
    waiting = deque(comments[start : start + _MOST] for start in range(0, len(comments), _MOST))
    if not waiting and changes.body:
        waiting.append(())
    body, spare = changes.body, _HALVINGS
    while waiting and not saying.stopped:
        batch = waiting.popleft()
        try:
            _send(client, changes.head_sha, body, batch, known)
        except RequestError as error:
            if error.status == 422 and spare == _HALVINGS and _moved(client, changes.head_sha):
                refuse_moved(saying, (*batch, *chain(*waiting)))
                return
            spare -= 1
            if error.status != 422 or len(batch) < 2:
                _refused(saying, batch, error)
            elif spare > 0:
                middle = len(batch) // 2
                waiting.extendleft((batch[middle:], batch[:middle]))
            else:
                saying.refuse(batch, _UNTRIED)
        else:
            body = ""
    if saying.stopped:
        for batch in waiting:
            saying.refuse(batch, reason(saying.stopped))


def _refused(saying: Saying, batch: Sequence[Comment], error: RequestError) -> None:
    saying.refuse(batch, reason(error))
    if error.status != 422 or not batch:
        saying.fail(error)
    if not batch:
        saying.notice(f"The review could not be posted: {reason(error)}.")


def refuse_moved(saying: Saying, comments: Sequence[Comment]) -> None:
    saying.outcome = "moved"
    saying.refuse(comments, "the pull request has a newer head")


def _moved(client: Client, sha: str) -> bool:
    try:
        return head(client) != sha
    except RequestError:
        return False


def head(client: Client) -> str:
    """The commit that the pull request is at now."""
    path = f"/pulls/{client.place.number}"
    sha = text(client.attempts.read(lambda: client.rest("GET", path)), "head", "sha")
    if not sha:
        raise RequestError("the forge's answer is not understood", "unknown")
    return sha


def _send(client: Client, sha: str, body: str, batch: Sequence[Comment], known: Collection[str]) -> None:
    left = list(batch)

    def send() -> bool:
        with client.understood():
            payloads = [_payload(comment) for comment in left]
            made(client.pull.create_review(client.commit(sha), body or NotSet, "COMMENT", payloads).id)
        return True

    def look() -> bool | None:
        nonlocal left, body
        if not batch:
            return _is_there(client, last_line(body)) or None
        there = marks(client, known)
        left = [comment for comment in left if last_line(comment.mark) not in there]
        if len(left) < len(batch):
            body = ""
        return None if left else True

    client.attempts.write(send, look)


def marks(client: Client, known: Collection[str]) -> set[str]:
    """Last lines of the newest comments at lines, those of known ids left out; at most 100."""
    path = f"/pulls/{client.place.number}/comments"
    answer = client.attempts.read(
        lambda: client.rest("GET", path, sort="created", direction="desc", per_page=100)
    )  # fmt: skip
    return {last_line(text(said, "body")) for said in things({"": answer}, "") if number(said, "id") not in known}


def _is_there(client: Client, mark: str) -> bool:
    """Whether a review without comments ends in this line."""
    with client.understood():
        reviews = client.attempts.read(lambda: list(islice(client.pull.get_reviews().reversed, 20)))
        return any(last_line(review.body or "") == mark for review in reviews)


def _payload(comment: Comment) -> ReviewComment:
    spot = comment.spot
    start, end = spot.lines
    side = "RIGHT" if spot.side == "new" else "LEFT"
    payload: ReviewComment = {"path": spot.path, "body": composed(comment), "line": end, "side": side}
    if start < end:
        payload["start_line"], payload["start_side"] = start, side
    return payload


def composed(comment: Comment) -> str:
    """The body, a suggestion in GitHub's fence where one can be committed, and the mark."""
    parts = [comment.body]
    if comment.suggestion is not None and comment.spot.side == "new":
        ticks = "`" * max(3, *(len(run) + 1 for run in _TICKS.findall(comment.suggestion)), 3)
        lines = [comment.suggestion] if comment.suggestion else []
        parts.append("\n".join([f"{ticks}suggestion", *lines, ticks]))
    return "\n\n".join([*parts, comment.mark])
