"""The calls that one merge request takes, as python-gitlab makes them. Whatever goes wrong raises RequestError."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import requests
from gitlab import Gitlab
from gitlab.client import GitlabList
from gitlab.exceptions import GitlabError, GitlabParsingError

from reviewbot.core.conversation import Place
from reviewbot.forges.failures import RequestError

#: What GitLab gives at once, at most.
PER_PAGE = 100
_ROOT = "/api/v4"

#: What GitLab says of one thing.
Said = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `total` is None where GitLab does not count."""

    items: tuple[Said, ...]
    more: bool
    total: int | None


@contextmanager
def _translated() -> Iterator[None]:
    """What the library makes of an answer in another shape. Its text has the answer in it and is dropped."""
    try:
        yield
    except GitlabError:
        raise RequestError("the forge's answer is not what was asked for", "unknown") from None


def _is_object(said: object) -> Said:
    """The same; the library says so of what it makes objects of, and does not look at the rest."""
    if isinstance(said, dict):
        return said
    raise GitlabParsingError


class Calls:
    """Each method is one request."""

    def __init__(self, place: Place, token: str, session: requests.Session) -> None:
        root = place.api.rstrip("/").removesuffix(_ROOT)
        # The library tries writes again, waits as long as a server wants and follows it elsewhere: what is above and
        # below this does all of that.
        self._client = Gitlab(
            root, private_token=token, session=session, retry_transient_errors=False, keep_base_url=True,
        )  # fmt: skip
        self._project = self._client.projects.get(place.project, lazy=True)
        self._request = self._project.mergerequests.get(place.number, lazy=True)

    def user(self) -> Said:
        """Who the token is. Not `auth()`: that one makes a pattern of the name that it is told."""
        with _translated():
            return _is_object(self._client.http_get("/user"))

    def project(self) -> Said:
        with _translated():
            return self._client.projects.get(self._project.get_id() or "").asdict()

    def merge_request(self) -> Said:
        with _translated():
            return self._project.mergerequests.get(self._request.get_id() or "").asdict()

    def member(self, user: int) -> Said:
        """What somebody may do, be it by the project or by a group above it."""
        with _translated():
            return self._project.members_all.get(user).asdict()

    def discussions(self, page: int) -> Page:
        return self._page(self._request.discussions.path, page)

    def notes(self, page: int) -> Page:
        """Newest first, those in discussions too."""
        return self._page(self._request.notes.path, page, order_by="created_at", sort="desc")

    def drafts(self) -> tuple[Said, ...]:
        """Those of this token's user alone; all at once."""
        return self._list(self._request.draft_notes.path, {}).items

    def statuses(self, sha: str, name: str) -> Page:
        return self._page(self._project.commits.get(sha, lazy=True).statuses.path, 1, name=name)

    def _page(self, path: str, page: int, **query: str) -> Page:
        return self._list(path, {"page": page, "per_page": PER_PAGE, **query})

    def _list(self, path: str, query: Mapping[str, str | int]) -> Page:
        with _translated():
            listing = self._client.http_list(path, dict(query), iterator=True, get_next=False)
            if not isinstance(listing, GitlabList):
                raise GitlabParsingError
            try:
                items = tuple(listing)
                # A full page without a word on the next one may have lost that word.
                more = bool(items) and (len(items) >= PER_PAGE or listing.next_page is not None)
                total = listing.total
            except (KeyError, TypeError, ValueError, AttributeError):  # no list; no numbers in its headers
                raise GitlabParsingError from None
            if not all(isinstance(item, dict) for item in items):
                raise GitlabParsingError
            return Page(items, more, total)

    def draft(self, note: str, place: Said) -> Said:
        """`place` is a position, or what the note replies to."""
        with _translated():
            return self._request.draft_notes.create({"note": note, **place}).asdict()

    def discard(self, draft: int) -> None:
        with _translated():
            self._request.draft_notes.delete(draft)

    def publish(self) -> None:
        with _translated():
            self._request.draft_notes.bulk_publish()

    def discuss(self, body: str, position: Said) -> Said:
        with _translated():
            return self._request.discussions.create({"body": body, "position": position}).asdict()

    def reply(self, discussion: str, body: str) -> Said:
        with _translated():
            found = self._request.discussions.get(discussion, lazy=True)
            return found.notes.create({"body": body}).asdict()

    def resolve(self, discussion: str, resolved: bool) -> None:
        with _translated():
            _is_object(self._request.discussions.update(discussion, {"resolved": resolved}))

    def say(self, body: str) -> Said:
        with _translated():
            return self._request.notes.create({"body": body}).asdict()

    def edit(self, note: str, body: str) -> None:
        with _translated():
            _is_object(self._request.notes.update(note, {"body": body}))

    def set_status(self, sha: str, state: str, name: str, description: str) -> None:
        said = {"state": state, "name": name, "description": description}
        with _translated():
            self._project.commits.get(sha, lazy=True).statuses.create(said)
