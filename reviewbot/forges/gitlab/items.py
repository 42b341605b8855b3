"""What is to be said on GitLab, note by note."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reviewbot.core.conversation import Changes
from reviewbot.forges.failures import RequestError
from reviewbot.forges.gitlab.bodies import Refs, commandless, composed, mark_of, position
from reviewbot.forges.gitlab.calls import Said


@dataclass(frozen=True, slots=True)
class Item:
    """One note: at lines, in a thread, or (with neither) on the merge request as a whole."""

    body: str = field(repr=False)
    #: What it is called where it could not be posted.
    name: str
    #: The finding that it is about, "" for none.
    finding: str = ""
    position: Said | None = None
    thread: str = ""
    resolve: bool | None = None

    @property
    def mark(self) -> str:
        return mark_of(self.body)

    @property
    def place(self) -> Said:
        """Where it is, as a draft says it."""
        if self.thread:
            return {"in_reply_to_discussion_id": self.thread, "resolve_discussion": self.resolve is True}
        return {} if self.position is None else {"position": self.position}

    def is_alone_in(self, error: RequestError) -> bool:
        """Whether this note was refused for what it is, so that others may still be taken."""
        gone = error.status == 404 and self.thread != ""
        others = error.status < 400 or error.status in (401, 403, 404, 405)
        return error.kind == "rejected" and (gone or not others)

    def reason(self, error: RequestError) -> str:
        at_lines = self.position is not None and error.kind == "rejected" and error.status in (400, 422)
        return f"GitLab takes no comment at these lines ({error.status})" if at_lines else str(error)


def items(changes: Changes, refs: Refs | None) -> Iterator[Item]:
    """What comes together at one head. Not the body: what is published together has no text of its own on GitLab, and
    as one more note it would say no more than the summary does.
    """
    if refs is not None:
        for comment in changes.comments:
            yield Item(composed(comment), "A comment", comment.id, position(comment.spot, refs))
    for followup in changes.followups:
        yield Item(commandless(followup.body), "A reply", thread=followup.thread, resolve=followup.resolve)


def divided(every: Iterable[Item]) -> tuple[list[Item], list[Item]]:
    """What can be drafts, and what is said one by one.

    A draft decides whether its thread is resolved, so a reply that leaves that as it is cannot be one; and nobody has
    two drafts in a thread.
    """
    drafts: list[Item] = []
    others: list[Item] = []
    threads: set[str] = set()
    for item in every:
        fits = not item.thread or (item.resolve is not None and item.thread not in threads)
        (drafts if fits else others).append(item)
        threads.add(item.thread)
    return drafts, others
