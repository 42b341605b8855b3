"""The state as GraphQL has it: mappings by field, with functions for what takes arguments."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.servers.github import shapes
from tests.servers.github.contract import Json
from tests.servers.github.values import WRITERS, Access, Identity, Note, Review, Thread
from tests.servers.github.world import World

_Row = TypeVar("_Row")

#: Of any connection.
LARGEST_PAGE = 100


class FieldError(Exception):
    """An error at a field, with GitHub's word for its kind; the other fields of a document are answered."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True)
class Nodes:
    """The state, as one viewer sees it. `url` is the address that pages begin with."""

    world: World
    who: Access
    url: str

    def actor(self, by: Identity | None) -> Json | None:
        """None for an account that is gone. Bots lose the `[bot]` of their names here."""
        if by is None:
            return None
        return {
            "__typename": by.kind, "id": f"U_{by.id}", "databaseId": by.id, "login": by.actor,
            "url": f"{self.url}/{by.actor}",
        }  # fmt: skip

    def viewer(self) -> Json:
        """Whose token it is: a User whatever it is, and by its whole name."""
        by = self.who.by
        return {
            "__typename": "User", "id": f"U_{by.id}", "databaseId": by.id, "login": by.login,
            "url": f"{self.url}/{by.login}",
        }  # fmt: skip

    def repository(self, *, head: bool = False) -> Json:
        """The repository, or with `head` the one that the change comes from."""
        world = self.world
        full = f"{world.author}/{world.name}" if head and world.fork else world.full_name
        own = None if self.who.installation else world.permission(self.who.by.login)
        return {
            "__typename": "Repository", "id": "R_1", "databaseId": 1, "name": world.name, "nameWithOwner": full,
            "isFork": head and world.fork, "url": f"{self.url}/{full}",
            "isPrivate": world.visibility != "public", "visibility": world.visibility.upper(),
            "viewerPermission": None if own in (None, "none") else str(own).upper(),
            "pullRequest": self._pull_request,
        }  # fmt: skip

    def _pull_request(self, _info: object, number: int) -> Json:
        if number != self.world.number:
            raise FieldError("NOT_FOUND", f"Could not resolve to a PullRequest with the number of {number}.")
        return self.pull_request()

    def pull_request(self) -> Json:
        world, tips = self.world, self.world.tips()
        return {
            "__typename": "PullRequest", "id": "PR_11", "databaseId": 11, "number": world.number,
            "title": world.title, "body": world.body, "isDraft": world.draft, "state": world.state.upper(),
            "closed": world.state == "closed", "merged": False, "isCrossRepository": world.fork,
            "author": self.actor(world.identity(world.author)),
            "headRefName": world.head, "headRefOid": tips.head, "baseRefName": world.base, "baseRefOid": tips.base,
            "changedFiles": len(world.files()), "url": f"{self.url}/{world.full_name}/pull/{world.number}",
            "headRepository": self.repository(head=True),
            "comments": connection("comments", world.notes, self.note),
            "reviews": self._reviews,
            "reviewThreads": connection("reviewThreads", world.threads, self.thread),
        }  # fmt: skip

    def _reviews(self, _info: object, author: str | None = None, states: list[str] | None = None, **page: Any) -> Json:
        """Those that this viewer sees. `author` is as GraphQL has it or whole."""
        found = [
            given
            for given in self.world.reviews
            if (given.state != "PENDING" or given.by == self.who.by)
            and author in (None, given.by.actor, given.by.login)
            and (states is None or given.state in states)
        ]
        return connection("reviews", found, self.review)(_info, **page)

    def review(self, given: Review) -> Json:
        said = Note(given.id, given.node_id, given.body, given.by, given.submitted, given.submitted)
        url = f"{self.url}/{self.world.full_name}/pull/{self.world.number}#pullrequestreview-{given.id}"
        return {
            "__typename": "PullRequestReview", **self._said(said), "url": url, "state": given.state,
            "submittedAt": None if given.state == "PENDING" else given.submitted,
        }  # fmt: skip

    def thread(self, thread: Thread) -> Json:
        may = self.may_resolve
        return {
            "__typename": "PullRequestReviewThread", "id": thread.id, "path": thread.path,
            "isResolved": thread.resolved, "isOutdated": thread.outdated, "resolvedBy": self._user(thread.resolved_by),
            "line": thread.line, "startLine": thread.start_line,
            "originalLine": thread.original_line, "originalStartLine": thread.original_start_line,
            "diffSide": thread.side, "startDiffSide": thread.start_side if thread.original_start_line else None,
            "subjectType": "FILE" if thread.file_level else "LINE",
            "viewerCanReply": self.who.writes and not self.world.locked,
            "viewerCanResolve": may and not thread.resolved, "viewerCanUnresolve": may and thread.resolved,
            "comments": connection("comments", thread.notes, lambda said: self.comment(thread, said)),
        }  # fmt: skip

    def _user(self, by: Identity | None) -> Json | None:
        found = self.actor(by)
        return found and {**found, "__typename": "User"}

    @property
    def may_resolve(self) -> bool:
        """It takes the right to write to the repository, or being the author of the pull request."""
        if self.who.installation:
            return self.who.writes and self.world.may_resolve
        by = self.who.by.login
        return self.who.writes and (by == self.world.author or self.world.permission(by) in WRITERS)

    def may_edit(self, said: Note) -> bool:
        if not self.who.writes:
            return False
        return said.by == self.who.by or self.who.installation or self.world.permission(self.who.by.login) in WRITERS

    def _said(self, said: Note) -> Json:
        return {
            "id": said.node_id, "databaseId": said.id, "fullDatabaseId": str(said.id), "body": said.body,
            "author": self.actor(said.by), "authorAssociation": shapes.association(self.world, said.author),
            "createdAt": said.created, "publishedAt": said.created, "updatedAt": said.updated,
            "lastEditedAt": said.updated if said.edited else None, "includesCreatedEdit": said.edited,
            "editor": self.actor(said.editor), "viewerDidAuthor": said.by == self.who.by and self.world.knows_viewer,
            "isMinimized": bool(said.minimized), "minimizedReason": said.minimized or None,
            "viewerCanMinimize": self.may_edit(said), "viewerCanUpdate": self.may_edit(said),
        }  # fmt: skip

    def note(self, said: Note) -> Json:
        url = f"{self.url}/{self.world.full_name}/pull/{self.world.number}#issuecomment-{said.id}"
        return {"__typename": "IssueComment", **self._said(said), "url": url}

    def comment(self, thread: Thread, said: Note) -> Json:
        url = f"{self.url}/{self.world.full_name}/pull/{self.world.number}#discussion_r{said.id}"
        return {
            "__typename": "PullRequestReviewComment", **self._said(said), "url": url, "path": thread.path,
            "line": thread.line, "startLine": thread.start_line, "originalLine": thread.original_line,
            "outdated": thread.outdated, "state": "SUBMITTED",
            "replyTo": None if said is thread.root else self.comment(thread, thread.root),
        }  # fmt: skip

    def node(self, node_id: str) -> Json:
        """Whatever has that id."""
        if node_id == "PR_11":
            return self.pull_request()
        found = self.world.find(node_id)
        if isinstance(found, Thread):
            return self.thread(found)
        if isinstance(found, Note):
            return self.any_note(found)
        raise FieldError("NOT_FOUND", f"Could not resolve to a node with the global id of '{node_id}'")

    def any_note(self, said: Note) -> Json:
        """A comment, wherever it is."""
        thread = next((each for each in self.world.threads if said in each.notes), None)
        return self.comment(thread, said) if thread else self.note(said)


def connection(name: str, rows: Sequence[_Row], shown: Callable[[_Row], Json]) -> Callable[..., Json]:
    """A field that gives one page of `rows`: how many has to be said, and no more than a hundred."""

    def page(
        _info: object, first: int | None = None, last: int | None = None, after: str | None = None,
        before: str | None = None, **_order: Any,
    ) -> Json:  # fmt: skip
        _bounds(name, first, last)
        start = _position(after, 0) + (after is not None)
        end = _position(before, len(rows))
        if first is not None:
            end = min(end, start + first)
        else:
            start = max(start, end - (last or 0))
        found = range(len(rows))[start:end]
        return {
            "nodes": [shown(rows[index]) for index in found],
            "totalCount": len(rows),
            "pageInfo": {
                "hasNextPage": end < len(rows), "hasPreviousPage": start > 0,
                "startCursor": _cursor(found[0]) if found else None, "endCursor": _cursor(found[-1]) if found else None,
            },
        }  # fmt: skip

    return page


def _bounds(name: str, first: int | None, last: int | None) -> None:
    if first is None and last is None:
        raise FieldError(
            "MISSING_PAGINATION_BOUNDARIES",
            f"You must provide a `first` or `last` value to properly paginate the `{name}` connection.",
        )
    for word, number in (("first", first), ("last", last)):
        if number is not None and number > LARGEST_PAGE:
            raise FieldError(
                "EXCESSIVE_PAGINATION",
                f"Requesting {number} records on the `{name}` connection exceeds the `{word}` limit of"
                f" {LARGEST_PAGE} records.",
            )
        if number is not None and number < 0:
            raise FieldError("INVALID", f"`{word}` on the `{name}` connection cannot be less than zero.")


def _cursor(index: int) -> str:
    return base64.b64encode(f"cursor:v1:{index}".encode()).decode()


def _position(cursor: str | None, default: int) -> int:
    if cursor is None:
        return default
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("cursor:v1:"))
    except (binascii.Error, ValueError):
        raise FieldError("INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor.") from None
