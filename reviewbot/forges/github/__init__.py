"""GitHub, and GitHub Enterprise Server: REST for what is written, GraphQL for what is read and for threads."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from reviewbot.core.conversation import Changes, Conversation, Place, Posted, Verdict
from reviewbot.errors import ForgeError
from reviewbot.forges.failures import RequestError
from reviewbot.forges.github import reading, status, threads
from reviewbot.forges.github.client import Client
from reviewbot.forges.github.reviews import head, post_review, refuse_moved
from reviewbot.forges.github.saying import Saying, cause, is_denied, reason
from reviewbot.ports import Departing


class GitHub:
    """Satisfies `reviewbot.ports.Forge`. Raises ForgeError, and what the Departing raised."""

    def __init__(
        self, place: Place, token: str, departing: Departing, ends: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        """`ends` is when the run does, a reading of `time.monotonic()`; `sleep` waits between attempts."""
        self._client = Client(place, token, departing, ends, sleep)
        self._head = ""
        #: Ids of the comments that were there when it was read: none of them is what is posted later.
        self._known: frozenset[str] = frozenset()

    def load(self, is_command: Callable[[str], bool], people: Collection[str] = ()) -> Conversation:
        """At most 11 requests."""
        try:
            loaded = reading.load(self._client, is_command, people)
        except RequestError as error:
            number = self._client.place.number
            problem = f"pull request {number} cannot be read: {cause(error)}"
            if error.status == 404:
                problem = f"GitHub has no pull request {number} that this token may read (404)"
            raise ForgeError(problem, denied=is_denied(error), status=error.status) from None
        self._head = loaded.head_sha
        notes = (*loaded.notes, *(note for thread in loaded.threads for note in thread.notes))
        self._known = frozenset(note.id for note in notes)
        return loaded

    def post(self, changes: Changes) -> Posted:
        """One request for the review, one for each thread, one for each answer."""
        saying = Saying()
        try:
            self._head = self._head or head(self._client)
        except RequestError as error:
            saying.fail(error)
            saying.refuse(changes.comments, cause(error))
            saying.notice(f"Nothing could be posted: {cause(error)}.")
            return saying.posted()
        if self._head != changes.head_sha:
            refuse_moved(saying, changes.comments)
            return saying.posted()
        post_review(self._client, changes, self._known, saying)
        if saying.outcome != "moved":
            threads.follow_up(self._client, changes.followups, self._known, saying)
            threads.answer(self._client, changes.answers, self._known, saying)
        return saying.posted()

    def conclude(self, summary: str, note: str, verdict: Verdict) -> Posted:
        """One request for the note and one for the status, however the first ends."""
        saying = Saying()
        try:
            self._summarize(summary, note)
        except RequestError as error:
            saying.fail(error)
            saying.notice(f"The summary could not be posted: {reason(error)}.")
        try:
            status.mark(self._client, summary, verdict)
        except RequestError as error:
            # One that an earlier run has set would stay, and may be greener; what a token may never do is no accident.
            if not is_denied(error):
                saying.fail(error)
            saying.notice(f"The status could not be set: {reason(error)}.")
        return saying.posted()

    def _summarize(self, summary: str, note: str) -> None:
        if note.isascii() and note.isdigit():
            try:
                # Another edit to the same text changes nothing.
                self._client.attempts.read(
                    lambda: self._client.rest("PATCH", f"/issues/comments/{note}", {"body": summary})
                )
                return
            except RequestError as error:
                if error.status not in (404, 410):
                    raise
        threads.comment(self._client, summary, self._known)
