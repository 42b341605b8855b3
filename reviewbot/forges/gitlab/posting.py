"""Saying it on GitLab: as drafts that are published at once, one by one where there are none; nothing twice."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from reviewbot.core.conversation import Changes, Outcome, Posted
from reviewbot.forges.attempts import Attempts
from reviewbot.forges.failures import RequestError
from reviewbot.forges.gitlab.bodies import Refs, commandless, is_marked
from reviewbot.forges.gitlab.calls import Calls
from reviewbot.forges.gitlab.items import Item, divided, items
from reviewbot.forges.gitlab.reading import Draft
from reviewbot.forges.gitlab.seeing import Sight

_SOME = RequestError("GitLab published only some of the review", "unknown")
#: Looks that bring no more notes before a publication is taken to be over: after a word of success, and without one.
_LOOKS, _FEW_LOOKS = 3, 1


def is_denial(error: RequestError) -> bool:
    """Whether this token may not, whatever is tried. What a token may not see GitLab says is not there (404)."""
    return error.kind == "rejected" and error.status in (401, 403, 404)


class Posting:
    """What is said in one go."""

    def __init__(self, calls: Calls, attempts: Attempts, sight: Sight) -> None:
        self._calls, self._attempts, self._sight = calls, attempts, sight
        self._refused: dict[str, str] = {}
        self._notices: list[str] = []
        self._outcome: Outcome = "posted"
        self._why = ""
        #: Replies that could be no drafts, for one because the bot may not resolve the thread.
        self._undrafted: list[Item] = []

    def say(self, changes: Changes, refs: Refs | None, drafts: Sequence[Draft] | None) -> Posted:
        """No `refs` where the head has no diff yet. `drafts` are those that this user has already, None where the
        instance gives it none.
        """
        if refs is None:
            self._refused |= {comment.id: "GitLab has not yet made a diff of this head" for comment in changes.comments}
        together, others = divided(items(changes, refs))
        # All that the user has is published with ours, and what a person is still writing is not to be.
        if together and drafts is not None and all(is_marked(draft.body) for draft in drafts):
            self._together(together, drafts)
        else:
            self._each(together)
        self._each([*self._undrafted, *others])
        self._each([Item(commandless(answer), "An answer") for answer in changes.answers])
        return Posted(dict(self._refused), tuple(dict.fromkeys(self._notices)), self._outcome)

    def _together(self, every: Sequence[Item], leftovers: Sequence[Draft]) -> None:
        """All as drafts, then published. What a run that died has left comes from another head."""
        if not self._sight.discard(leftovers):
            return self._each(every)
        made: list[Item] = []
        for index, item in enumerate(every):
            try:
                self._attempts.write(partial(self._drafted, item), partial(self._sight.is_drafted, item.mark))
            except RequestError as error:
                if self._is_alone(item, error) and item.thread:
                    self._undrafted.append(item)
                elif self._is_alone(item, error):
                    self._refuse([item], item.reason(error))
                elif not made and error.kind == "rejected" and error.status in (403, 404, 405):
                    return self._each(every[index:])
                else:
                    self._give_up(every[index:], error)
                    break
            else:
                made.append(item)
        return self._publish(made) if made else None

    def _publish(self, made: Sequence[Item]) -> None:
        """All of the drafts at once; those that GitLab does not publish one by one.

        A draft that cannot be published is dropped without a word, or it ends the publication there, and then those
        that were published stay drafts as well: to publish them once more would say them twice.
        """
        marks, failure = {item.mark for item in made}, _SOME
        try:
            self._attempts.write(self._published, lambda: bool(self._sight.settled(marks, _FEW_LOOKS)) or None)
        except RequestError as error:
            failure = error
        try:
            looks = _LOOKS if failure is _SOME else _FEW_LOOKS
            there = self._attempts.read(lambda: self._sight.settled(marks, looks))
        except RequestError as error:
            # After a word of success there is no reason to doubt it.
            return self._give_up(made, failure) if failure is not _SOME else self._doubt(error)
        missing = [item for item in made if item.mark not in there]
        if missing and failure.status != 401 and self._sight.discard_marked(marks):
            return self._each(missing)
        return self._give_up(missing, failure)

    def _each(self, every: Sequence[Item]) -> None:
        """One by one; none after a failure that is not about one alone."""
        for index, item in enumerate(every):
            if self._outcome != "posted":
                return self._refuse(every[index:], self._why)
            try:
                self._attempts.write(partial(self._said, item), partial(self._sight.is_said, item.mark))
            except RequestError as error:
                if self._is_alone(item, error):
                    self._refuse([item], item.reason(error))
                    continue
                return self._give_up(every[index:], error)
            if item.resolve is not None:
                self._resolve(item.thread, item.resolve)
        return None

    def _is_alone(self, item: Item, error: RequestError) -> bool:
        """Whether others may still be taken. What is never to be sent (with the token in it) is one note's fault."""
        barred = error.kind == "barred" and self._attempts.clock() < self._attempts.ends
        return barred or item.is_alone_in(error)

    def _give_up(self, left: Sequence[Item], error: RequestError) -> None:
        if left:
            self._outcome = "denied" if is_denial(error) else "failed"
            self._why = str(error)
            self._refuse(left, self._why)

    def _refuse(self, refused: Sequence[Item], reason: str) -> None:
        for item in refused:
            if item.finding:
                self._refused[item.finding] = reason
            else:
                self._notices.append(f"{item.name} could not be posted: {reason}.")

    def _doubt(self, error: RequestError) -> None:
        self._notices.append(f"Whether all of the review was published could not be seen: {error}.")

    def _drafted(self, item: Item) -> bool:
        self._calls.draft(item.body, item.place)
        return True

    def _published(self) -> bool:
        self._calls.publish()
        return True

    def _said(self, item: Item) -> bool:
        if item.position is not None:
            self._calls.discuss(item.body, item.position)
        elif item.thread:
            self._calls.reply(item.thread, item.body)
        else:
            self._calls.say(item.body)
        return True

    def _resolve(self, thread: str, resolved: bool) -> None:
        try:
            self._attempts.read(partial(self._calls.resolve, thread, resolved))
        except RequestError as error:
            done = "resolved" if resolved else "opened again"
            self._notices.append(f"A thread could not be {done}: {error}.")
