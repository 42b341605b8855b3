"""What of the bot's own is on a merge request: looked at where nobody knows what came of a request."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import partial

from reviewbot.forges.attempts import Attempts
from reviewbot.forges.failures import RequestError
from reviewbot.forges.gitlab.bodies import mark_of
from reviewbot.forges.gitlab.calls import Calls
from reviewbot.forges.gitlab.reading import Draft, draft, own_note

#: Pages of notes that are looked through.
_LOOKED = 10
#: Seconds in which a publication that is under way brings another note.
_SETTLING = 1.0


class Sight:
    """`me` is the number of the bot's user. None of the notes in `seen`, which were there before, was just said."""

    def __init__(self, calls: Calls, attempts: Attempts, me: int, seen: Collection[str]) -> None:
        self._calls, self._attempts, self._me, self._seen = calls, attempts, me, seen

    def said(self, marks: Collection[str]) -> set[str]:
        """Those of the marks that a new note of the bot's own has. Raises RequestError."""
        found: set[str] = set()
        for number in range(1, _LOOKED + 1):
            page = self._calls.notes(number)
            ours = [note for said in page.items if (note := own_note(said, self._me)) is not None]
            found |= {mark for id, body in ours if id not in self._seen and (mark := mark_of(body)) in marks}
            # Newest first: after one that was there before, all are older still.
            old = any(str(said.get("id")) in self._seen for said in page.items)
            if old or not page.more or len(found) == len(marks):
                break
        return found

    def is_said(self, mark: str) -> bool | None:
        return mark in self.said({mark}) or None

    def settled(self, marks: Collection[str], looks: int) -> set[str]:
        """As `said`, when no more come: that many looks brought none."""
        found = self.said(marks)
        while looks > 0 and len(found) < len(marks) and self._attempts.clock() + _SETTLING < self._attempts.ends:
            self._attempts.sleep(_SETTLING)
            before, found = found, self.said(marks)
            looks -= len(found) == len(before)
        return found

    def drafts(self) -> list[Draft]:
        """All that the bot's user has. Raises RequestError."""
        return [draft(said) for said in self._calls.drafts()]

    def is_drafted(self, mark: str) -> bool | None:
        return any(mark_of(found.body) == mark for found in self.drafts()) or None

    def discard(self, drafts: Iterable[Draft]) -> bool:
        """Whether none of them is there any more."""
        for found in drafts:
            try:
                self._attempts.read(partial(self._calls.discard, found.id))
            except RequestError as error:
                if error.kind != "rejected" or error.status != 404:
                    return False
        return True

    def discard_marked(self, marks: Collection[str]) -> bool:
        """Whether no draft with one of the marks is there any more."""
        try:
            every = self._attempts.read(self.drafts)
        except RequestError:
            return False
        return self.discard(found for found in every if mark_of(found.body) in marks)
