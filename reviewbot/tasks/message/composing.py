"""A commit message from a change alone: no model, and the same change gives the same message."""

from __future__ import annotations

from collections.abc import Sequence

from reviewbot.core.diff import FileDiff
from reviewbot.core.drafts import Message
from reviewbot.core.labels import Label
from reviewbot.tasks.message.convention import Convention
from reviewbot.tasks.message.facts import facts
from reviewbot.tasks.message.kinds import kind, reason
from reviewbot.tasks.message.parts import Known, parts
from reviewbot.tasks.message.phrasing import Phrase
from reviewbot.tasks.message.scopes import scope
from reviewbot.tasks.message.shaping import Draft, bullets, shaped
from reviewbot.tasks.message.subjects import phrases

#: Files that are looked at.
_FILES = 2000


def composed(files: Sequence[FileDiff], convention: Convention, label: Label, *, branch: str = "",
             known: Known | None = None) -> Message:  # fmt: skip
    """The message for a change, valid by its convention whatever the change is. `known` saves reading a file twice."""
    held = parts(files[:_FILES], known)
    told = facts(held)
    because = reason(held)
    type_ = kind(held, convention, branch, because)
    said = [one.said(convention.mood) for one in phrases(held, told, type_)]
    said = said or [Phrase("change", ("nothing",)).said(convention.mood)]
    pinned = because in ("dependencies", "actions")
    body = bullets(list(dict.fromkeys(said[1:])))
    draft = Draft(type_, scope(held, convention, type_, pinned), said[0], body, told.breaking)
    return shaped(draft, convention, label, branch=branch)
