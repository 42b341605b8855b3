"""What the pipeline needs from outside its core: Protocols of one to three members, none optional."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from reviewbot.core.conversation import Changes, Conversation, Posted, Verdict
from reviewbot.core.credentials import Hit
from reviewbot.core.diff import FileDiff, Side
from reviewbot.core.endpoints import Endpoint
from reviewbot.core.exchange import Failure, Prompt, Reply, Traits
from reviewbot.core.findings import Finding, Rule
from reviewbot.core.fingerprints import Excerpt
from reviewbot.core.labels import Label
from reviewbot.core.ledger import Entry
from reviewbot.core.policy import Policy
from reviewbot.core.pull import PullRequest
from reviewbot.core.symbols import Syntax
from reviewbot.core.tree import Tree, tree_of


@dataclass(frozen=True, slots=True)
class Reading:
    """What a check sees: one file of a pull request, its trees, and everything around it."""

    file: FileDiff
    label: Label
    syntax: Syntax
    pull: PullRequest
    #: The policy in force, and the one that would be after a merge (None: the same document).
    policy: Policy
    proposed: Policy | None = None
    old_hits: tuple[Hit, ...] = ()
    new_hits: tuple[Hit, ...] = ()
    #: What of the file is copied from text of a higher label.
    excerpt: Excerpt | None = None
    #: Fingerprints of credentials by side and first hit; empty where the operator gave no key.
    names: Mapping[tuple[Side, Hit], str] = field(default_factory=dict)
    #: The pull request without what is labelled above the file: what may be said of the file depends on no more.
    seen: PullRequest | None = None

    @property
    def tree(self) -> Tree:
        """The paths that a finding on this file may depend on."""
        return tree_of(self.seen or self.pull)

    def hits(self, side: Side) -> tuple[Hit, ...]:
        return self.new_hits if side == "new" else self.old_hits


class Check(Protocol):
    """A deterministic reviewer. Modules of `reviewbot.checks` satisfy it."""

    @property
    def RULES(self) -> tuple[Rule, ...]:  # noqa: N802 (a constant of the module)
        """The kinds of finding it makes."""

    def check(self, reading: Reading) -> Iterable[Finding]:
        """The findings on this file, each on an added or removed line or on the file as a whole."""


class Departing(Protocol):
    """Called with the size of a body when a connection stands and before the body's first byte leaves.

    What it raises ends the call, and nothing has left. A function of one number satisfies it.
    """

    def __call__(self, size: int, /) -> None:
        """`size` is in bytes; 0 where a request has no body."""


@runtime_checkable
class Witness(Departing, Protocol):
    """A Departing that also hears of attempts: a Backend that tries again tells it, any other has nothing to tell."""

    def again(self, attempt: int, failure: Failure) -> None:
        """Attempt 1, 2, … ended so and another is due. How the last one ends is what the call returns or raises.

        What it raises ends the call, and no other attempt is made.
        """


@runtime_checkable
class Introducing(Departing, Protocol):
    """A Departing that tells apart what asks a server about its model: nothing of the prompt is in that."""

    def introduced(self, size: int, /) -> None:
        """As a Departing, for such a request."""


def introducing(departing: Departing) -> Departing:
    """What is called where a server is asked about its model on the way to a reply."""
    return departing.introduced if isinstance(departing, Introducing) else departing


class Backend(Protocol):
    """A way to reach a model. Safe to call from several threads.

    `deadline` is a reading of `time.monotonic()`; both methods end before it, or raise BackendError with a Failure.
    """

    @property
    def endpoint(self) -> Endpoint:
        """Where and what it is."""

    def describe(self, deadline: float, departing: Departing) -> Traits:
        """What the server says of its model. Asked once; later calls return the same."""

    def complete(self, prompt: Prompt, deadline: float, departing: Departing) -> Reply:
        """The whole reply. It was not cut short, and the server read the whole prompt."""


class Ledger(Protocol):
    """Where every decision and every departure is written, before it happens. Safe to call from several threads."""

    def append(self, entry: Entry) -> None:
        """Write one line. What it raises must stop what was about to happen."""


class Forge(Protocol):
    """Where a pull request is discussed. One object serves one pull request in one run, from one thread."""

    def load(self, is_command: Callable[[str], bool], people: Collection[str] = ()) -> Conversation:
        """What the forge says. The API is asked who may write for authors of notes that are commands, and for `people`.

        Raises ForgeError where it cannot be read.
        """

    def post(self, changes: Changes) -> Posted:
        """Say it, nothing twice: after a request whose outcome nobody knows, the forge is asked before another."""

    def conclude(self, summary: str, note: str, verdict: Verdict) -> Posted:
        """Put the summary into the bot's note of that id, a new one for "", and set the status of the head."""
