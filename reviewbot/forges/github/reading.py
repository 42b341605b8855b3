"""What GitHub says of a pull request: one query for nearly all of it, and one question for each author of a command."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from reviewbot.core.conversation import Conversation, Note, Thread, Visibility
from reviewbot.forges.failures import RequestError
from reviewbot.forges.github.client import Client
from reviewbot.forges.github.replies import at, number, text, things

#: Pages, and authors of commands that are asked for: a load that goes well is at most 11 requests.
_PAGES, _AUTHORS = 5, 6
#: Threads and comments of a page, and comments of a thread. The small ones are for what GitHub cannot answer in one
#: piece, or answers with more than is taken: anybody may write comments, and no number of them may silence a review.
_SIZES = ((100, 50), (20, 10))
_NOTE = "fullDatabaseId body viewerDidAuthor createdAt lastEditedAt authorAssociation author { __typename login }"
#: All lists are read from their ends: what a cap leaves out is old. Of a thread its first comment is read too, which
#: says what it is about: what the bot said there last must not be pushed out by those whom that does not please.
_QUERY = f"""
query(
  $owner: String!, $name: String!, $number: Int!,
  $threads: Boolean!, $notes: Boolean!, $thread: String, $note: String, $size: Int!, $replies: Int!
) {{
  viewer {{ login }}
  repository(owner: $owner, name: $name) {{
    visibility
    pullRequest(number: $number) {{
      title headRefOid baseRefOid
      reviewThreads(last: $size, before: $thread) @include(if: $threads) {{
        pageInfo {{ hasPreviousPage startCursor }}
        nodes {{
          id isResolved
          began: comments(first: 1) {{ nodes {{ {_NOTE} }} }}
          comments(last: $replies) {{ pageInfo {{ hasPreviousPage }} nodes {{ {_NOTE} }} }}
        }}
      }}
      comments(last: $size, before: $note) @include(if: $notes) {{
        pageInfo {{ hasPreviousPage startCursor }}
        nodes {{ {_NOTE} }}
      }}
    }}
  }}
}}"""
_NEWEST = f"""
query($owner: String!, $name: String!, $number: Int!) {{
  viewer {{ login }}
  repository(owner: $owner, name: $name) {{
    pullRequest(number: $number) {{ comments(last: 100) {{ nodes {{ {_NOTE} }} }} }}
  }}
}}"""
_PULL = ("repository", "pullRequest")
_VISIBILITIES: dict[str, Visibility] = {"PUBLIC": "public", "INTERNAL": "internal", "PRIVATE": "private"}
#: Whose comments GitHub itself says come from inside; a hint on whom to ask for first, and no more.
_INSIDE = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
_LOGIN = re.compile("[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?")
_WRITING = frozenset({"write", "maintain", "admin"})


@dataclass(slots=True)
class _Found:
    """What the pages read so far have, oldest first."""

    first: object = None
    threads: list[object] = field(default_factory=list)
    notes: list[object] = field(default_factory=list)
    size: int = 0
    replies: int = 0
    cut: bool = False


def load(client: Client, is_command: Callable[[str], bool], people: Collection[str] = ()) -> Conversation:
    """RequestError of the status 404 where there is no such pull request."""
    found = _read(client)
    pull, login = at(found.first, *_PULL), text(found.first, "viewer", "login")
    if not isinstance(pull, dict):
        raise RequestError("the forge has no such pull request (404)", "rejected", status=404)
    notices = []
    if found.cut:
        notices.append(f"Of this pull request, the newest {_PAGES * found.size} threads and comments were read.")
    own = [node for node in found.threads if _is_own(_first(node), login)]
    if any(at(node, "comments", "pageInfo", "hasPreviousPage") is True for node in own):
        most = found.replies
        notices.append(f"Of threads with more than {most} comments, the first and the newest {most} were read.")
    said = [*found.notes, *(note for node in own for note in _comments(node))]
    said.sort(key=lambda node: text(node, "createdAt"))
    asking = [node for node in said if _may_command(_note(node, login), is_command)]
    writers = _writers(client, people, asking, notices)
    return Conversation(
        head_sha=text(pull, "headRefOid"), base_sha=text(pull, "baseRefOid"), title=text(pull, "title"),
        visibility=_VISIBILITIES.get(text(found.first, "repository", "visibility"), "public"),
        threads=tuple(_thread(node, login) for node in own),
        notes=tuple(_note(node, login) for node in found.notes), writers=writers, notices=tuple(notices),
    )  # fmt: skip


def newest_notes(client: Client) -> list[Note]:
    """The newest comments on the pull request as a whole, at most 100."""
    data = client.attempts.read(lambda: client.query(_NEWEST, _names(client)))
    login = text(data, "viewer", "login")
    return [_note(node, login) for node in things(data, *_PULL, "comments", "nodes")]


def _names(client: Client) -> dict[str, object]:
    return {"owner": client.owner, "name": client.name, "number": client.place.number}


def _read(client: Client) -> _Found:
    large, small = _SIZES
    try:
        return _pages(client, *large)
    except RequestError as error:
        if error.kind != "unknown":
            raise
        try:
            return _pages(client, *small)
        except RequestError as again:
            # That there was no time for it tells less than why it was tried.
            raise (error if again.kind == "barred" else again) from None


def _pages(client: Client, size: int, replies: int) -> _Found:
    found = _Found(size=size, replies=replies)
    cursors: dict[str, str | None] = {"thread": None, "note": None}
    wanted = {"threads": True, "notes": True}
    for page in range(_PAGES):
        variables = {**_names(client), **cursors, **wanted, "size": size, "replies": replies}
        data = _page(client, variables)
        found.first = found.first if page else data
        for name, cursor, connection, nodes in (
            ("threads", "thread", "reviewThreads", found.threads), ("notes", "note", "comments", found.notes),
        ):  # fmt: skip
            if wanted[name]:
                nodes[:0] = things(data, *_PULL, connection, "nodes")
                cursors[cursor] = text(data, *_PULL, connection, "pageInfo", "startCursor")
                more = at(data, *_PULL, connection, "pageInfo", "hasPreviousPage") is True
                wanted[name] = more and bool(cursors[cursor])
        if not any(wanted.values()):
            return found
    found.cut = True
    return found


def _page(client: Client, variables: dict[str, object]) -> object:
    return client.attempts.read(lambda: client.query(_QUERY, variables))


def _first(node: object) -> object:
    return next(iter(_comments(node)), None)


def _comments(node: object) -> list[object]:
    """Those of a thread that were read, its first among them."""
    newest = things(node, "comments", "nodes")
    if at(node, "comments", "pageInfo", "hasPreviousPage") is not True:
        return newest
    return [*things(node, "began", "nodes"), *newest]


def _thread(node: object, login: str) -> Thread:
    notes = tuple(_note(one, login) for one in _comments(node))
    return Thread(id=text(node, "id"), notes=notes, resolved=at(node, "isResolved") is True)


def _is_own(node: object, login: str) -> bool:
    """What the service says of its viewer; for an app also by its name, which no person can have."""
    return at(node, "viewerDidAuthor") is True or (login.endswith("[bot]") and _author(node) == login)


def _note(node: object, login: str) -> Note:
    return Note(
        id=number(node, "fullDatabaseId"), body=text(node, "body"), author=_author(node),
        own=_is_own(node, login), edited=at(node, "lastEditedAt") is not None,
    )  # fmt: skip


def _author(node: object) -> str:
    """A name that is a person's only for a person: an app may be called what somebody is called."""
    login, kind = text(node, "author", "login"), text(node, "author", "__typename")
    if kind == "User" or not login:
        return login
    return login if login.endswith("]") else f"{login}[{kind.lower() or 'bot'}]"


def _may_command(note: Note, is_command: Callable[[str], bool]) -> bool:
    return not note.own and not note.edited and _LOGIN.fullmatch(note.author) is not None and is_command(note.body)


def _writers(client: Client, people: Collection[str], commands: Iterable[object],
             notices: list[str]) -> frozenset[str]:  # fmt: skip
    """Those who may write, of these people and of the authors of commands (oldest first).

    Asked for first is who is likely to, then who spoke last.
    """
    likely = {name: True for name in people if _LOGIN.fullmatch(name)}
    for node in reversed(list(commands)):
        name, inside = _author(node), text(node, "authorAssociation") in _INSIDE
        likely[name] = likely.get(name, False) or inside
    asked = sorted(likely, key=lambda name: not likely[name])
    if len(asked) > _AUTHORS:
        notices.append(f"Commands of {len(asked) - _AUTHORS} more people were not looked at: too many gave some.")
    return frozenset(name for name in asked[:_AUTHORS] if _may_write(client, name, notices))


def _may_write(client: Client, name: str, notices: list[str]) -> bool:
    def ask() -> object:
        with client.understood():
            return client.repository.get_collaborator_permission(name)

    try:
        return client.attempts.read(ask) in _WRITING
    except RequestError as error:
        if error.status != 404:  # nobody's name
            notices.append(f"Who may give commands could not be asked: {error}.")
        return False
