"""What a forge says of a pull request, and what is to be said there. Ids are the forge's own and opaque to us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from reviewbot.core.diff import Side
from reviewbot.core.report import Conclusion

Service = Literal["github", "gitlab"]
Visibility = Literal["public", "internal", "private"]
#: `denied`: the token may not; `failed`: the forge did not take it; `moved`: the pull request has a newer head.
Outcome = Literal["posted", "denied", "failed", "moved"]
#: Characters of one comment that both forges take (GitHub; GitLab takes a million), with room for what adapters add.
MAX_BODY = 60_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pull request is: addresses and names, as the CI's own variables have them."""

    service: Service
    #: Root of the REST API: `https://api.github.com`, `https://gitlab.example/api/v4`.
    api: str
    #: `owner/name` on GitHub; the number or the full path of a project on GitLab.
    project: str
    number: int
    #: GitHub's GraphQL address.
    graphql: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """One comment, of anybody."""

    id: str
    body: str = field(repr=False)
    #: Name of who wrote it, "" for nobody that is known.
    author: str = ""
    #: Written by the identity that this bot has on the forge.
    own: bool = False
    #: Changed after it was written, as far as the forge tells.
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread at lines of the change that this bot began: its first note is the bot's own."""

    id: str
    notes: tuple[Note, ...]
    resolved: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """A pull request as its forge has it."""

    head_sha: str = ""
    #: Tip of the branch that the change goes to.
    base_sha: str = ""
    title: str = ""
    #: What nobody could tell is public.
    visibility: Visibility = "public"
    #: The bot's own threads, oldest first.
    threads: tuple[Thread, ...] = ()
    #: Comments on the pull request as a whole, oldest first.
    notes: tuple[Note, ...] = ()
    #: Of the authors of commands, those who may write to the project, as its API says.
    writers: frozenset[str] = frozenset()
    #: What could not be read, for the reader of the review.
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spot:
    """Lines of one hunk, both ends with their numbers on both sides: (old, new), None where the side lacks the line."""

    path: str
    old_path: str
    side: Side
    start: tuple[int | None, int | None]
    end: tuple[int | None, int | None]
    #: Both ends by both of the diff's running counters, also where a side lacks the line: so GitLab names lines.
    counts: tuple[tuple[int, int], tuple[int, int]] | None = field(default=None, compare=False)

    @property
    def lines(self) -> tuple[int, int]:
        """First and last line on the side that it is about."""
        at = 1 if self.side == "new" else 0
        return self.start[at] or 0, self.end[at] or 0


@dataclass(frozen=True, slots=True)
class Comment:
    """A new thread. What an adapter posts is the body, the suggestion in the forge's own fence, then the mark."""

    #: Id of the finding.
    id: str
    spot: Spot
    body: str = field(repr=False)
    #: The hidden last line by which the bot knows its own.
    mark: str = field(repr=False)
    #: What replaces the lines of the spot, without a final newline; None for none.
    suggestion: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Followup:
    """A reply in a thread of the bot's own, its mark included."""

    thread: str
    body: str = field(repr=False)
    #: True to resolve the thread, False to open it again, None to leave it.
    resolve: bool | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be said at one head: one review, replies in threads, and answers to the pull request as a whole."""

    head_sha: str
    #: What the review says above its comments, its mark included.
    body: str = field(default="", repr=False)
    comments: tuple[Comment, ...] = ()
    followups: tuple[Followup, ...] = ()
    #: Each with its mark.
    answers: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the status of a head says."""

    head_sha: str
    conclusion: Conclusion
    #: One line.
    title: str


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of posting. Whatever is not on the forge is named: a caller has to tell it elsewhere."""

    #: By id of the finding, why it is not at its lines.
    refused: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    #: What else could not be done, one line each.
    notices: tuple[str, ...] = ()
    outcome: Outcome = "posted"
