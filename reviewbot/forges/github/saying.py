"""What came of saying things, gathered while they are said; and what a failure is called to a reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from reviewbot.core.conversation import Comment, Outcome, Posted
from reviewbot.forges.failures import RequestError

_STATUSES = {
    401: "GitHub does not know this token (401)",
    403: "this token may not do that here (403)",
    404: "GitHub has no such thing for this token (404)",
    422: "GitHub takes no comment at these lines (422)",
}
_DENIED = frozenset({401, 403, 404})


def cause(error: RequestError) -> str:
    """Why something could not be read."""
    return _STATUSES.get(error.status, str(error)) if error.kind == "rejected" else str(error)


def reason(error: RequestError) -> str:
    """Why something could not be written."""
    return cause(error) + (", and nobody knows whether it is there" if error.kind == "unknown" else "")


def is_denied(error: RequestError) -> bool:
    return error.kind == "rejected" and error.status in _DENIED


def is_final(error: RequestError) -> bool:
    """Whether nothing else need be tried: not allowed at all, too fast for the time left, no way there."""
    return is_denied(error) or error.kind in ("limited", "unsent", "barred")


@dataclass(slots=True)
class Saying:
    refused: dict[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    outcome: Outcome = "posted"
    #: Why nothing else is said, once that is so.
    stopped: RequestError | None = None

    def refuse(self, comments: Sequence[Comment], why: str) -> None:
        self.refused.update((comment.id, why) for comment in comments)

    def notice(self, line: str) -> None:
        """One line, once."""
        if line not in self.notices:
            self.notices.append(line)

    def fail(self, error: RequestError) -> None:
        if is_final(error):
            self.stopped = error
        if is_denied(error):
            self.outcome = "denied"
        elif self.outcome == "posted":
            self.outcome = "failed"

    def posted(self) -> Posted:
        return Posted(MappingProxyType(dict(self.refused)), tuple(self.notices), self.outcome)
