"""What GitLab says, as values. Anything may be missing or of another kind: then it is as if it were not said."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from reviewbot.core.conversation import Note, Thread, Visibility
from reviewbot.forges.gitlab.bodies import Refs
from reviewbot.forges.gitlab.calls import Said

#: An id that goes into an address.
_ID = re.compile("[0-9A-Za-z]{1,64}")
_SHA = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
#: Developer: the first level that may write.
_DEVELOPER = 30


@dataclass(frozen=True, slots=True)
class Head:
    """A merge request at one moment; no `refs` where GitLab has not yet made a diff of it."""

    sha: str
    title: str
    refs: Refs | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A note that only its author sees so far."""

    id: int
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Talk:
    """All that was said: the bot's own threads, the other notes, and the number of each author by name."""

    threads: tuple[Thread, ...]
    notes: tuple[Note, ...]
    people: dict[str, int]


def text(said: object) -> str:
    return said if isinstance(said, str) else ""


def number(said: object) -> int:
    """0 for what is none."""
    return said if isinstance(said, int) and not isinstance(said, bool) and said > 0 else 0


def part(said: Said, name: str) -> Said:
    found = said.get(name)
    return found if isinstance(found, dict) else {}


def visibility(project: Said) -> Visibility:
    """What nobody could tell is public."""
    found: tuple[Literal["internal", "private"], ...] = ("internal", "private")
    return next((each for each in found if project.get("visibility") == each), "public")


def head(said: Said) -> Head:
    refs = part(said, "diff_refs")
    base, start, tip = (_sha(refs.get(name)) for name in ("base_sha", "start_sha", "head_sha"))
    return Head(
        _sha(said.get("sha")), text(said.get("title")), Refs(base, start, tip) if base and start and tip else None
    )


def _sha(said: object) -> str:
    return said if isinstance(said, str) and _SHA.fullmatch(said) else ""


def may_write(member: Said, user: int) -> bool:
    """Whether this is that user, active, and a developer or more."""
    active = member.get("state", "active") == "active"
    return member.get("id") == user and active and number(member.get("access_level")) >= _DEVELOPER


def draft(said: Said) -> Draft:
    return Draft(number(said.get("id")), text(said.get("note")))


def own_note(said: Said, me: int) -> tuple[str, str] | None:
    """Id and body of a note by this bot; None of anything else."""
    note = _note(said, me)
    return (note.id, note.body) if note is not None and note.own else None


def talk(discussions: Iterable[Said], me: int) -> Talk:
    threads: list[Thread] = []
    notes: list[Note] = []
    people: dict[str, int] = {}
    for each in discussions:
        said = [note for note in _list(each.get("notes")) if note.get("system") is not True]
        pairs = [(note, of) for of in said if (note := _note(of, me)) is not None]
        if not pairs:
            continue
        first = pairs[0][1]
        kept, id = tuple(note for note, _ in pairs), text(each.get("id"))
        if not part(first, "position"):
            notes += kept
        elif kept[0].own and _ID.fullmatch(id):
            threads.append(Thread(id, kept, _is_resolved(said)))
        else:
            continue
        people.update({note.author: number(part(of, "author").get("id")) for note, of in pairs if note.author})
    threads.sort(key=lambda thread: age(thread.notes[0]))
    return Talk(tuple(threads), tuple(sorted(notes, key=age)), people)


def age(note: Note) -> int:
    """By this, notes are in the order in which they were written."""
    return int(note.id)


def ids(discussions: Iterable[Said]) -> frozenset[str]:
    """Those of all notes."""
    return frozenset(str(number(note.get("id"))) for each in discussions for note in _list(each.get("notes")))


def _note(said: Said, me: int) -> Note | None:
    id, author = number(said.get("id")), part(said, "author")
    if not id:
        return None
    own = me > 0 and number(author.get("id")) == me
    # When a note was last edited GitLab does not say: `updated_at` moves with its thread too.
    return Note(str(id), text(said.get("body")), text(author.get("username")), own)


def _is_resolved(notes: Iterable[Said]) -> bool:
    states = [note.get("resolved") is True for note in notes if note.get("resolvable") is True]
    return bool(states) and all(states)


def _list(said: object) -> list[Said]:
    return [each for each in said if isinstance(each, dict)] if isinstance(said, list) else []
