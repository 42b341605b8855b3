"""One exchange with a model: what is asked, what came back, and the only words a failure may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reviewbot.core.labels import Label, join
from reviewbot.errors import NotReviewedError


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of text with its label. `origin` is what it is made of: a path, or `policy`."""

    text: str = field(repr=False)
    label: Label
    origin: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked. Its label is computed from its excerpts and cannot be assigned."""

    #: Our own words, the same in every run.
    system: str
    excerpts: tuple[Excerpt, ...]
    #: JSON Schema of the reply, None for free text.
    schema: Mapping[str, object] | None = None
    #: Tokens that the reply may have.
    max_tokens: int = 2048
    #: Fill in the middle: the text between the excerpts and this one is asked for. None for chat.
    suffix: Excerpt | None = None
    #: Texts before the first of which a reply ends, and is whole.
    stop: tuple[str, ...] = ()

    @property
    def label(self) -> Label:
        suffix = () if self.suffix is None else (self.suffix.label,)
        return join(*(excerpt.label for excerpt in self.excerpts), *suffix)

    @property
    def text(self) -> str:
        """The excerpts as one text: the user's message, or what stands before a hole."""
        return "".join(excerpt.text for excerpt in self.excerpts)

    def ended(self, reply: str) -> str:
        """What a reply has before the first stop, also where a server overlooks them."""
        return reply[: min((at for at in map(reply.find, self.stop) if at >= 0), default=len(reply))]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model wrote, in full: a reply that was cut is a Failure."""

    text: str = field(repr=False)
    #: Tokens as the server counted them, None where it does not say.
    tokens_in: int | None = None
    tokens_out: int | None = None
    #: Seconds from the start of the call to the end of the reply, and to its first token (None: not streamed).
    seconds: float = 0.0
    first_token: float | None = None


@dataclass(frozen=True, slots=True)
class Traits:
    """What a server says of its model; None or "" is what it does not say."""

    window: int | None = None
    #: The model's own name, where the operator gives none.
    model: str = ""
    fim: bool = False
    license: str = ""
    digest: str = ""
    quantization: str = ""
    #: Version of the server.
    version: str = ""
    #: What the server says of the model's retirement.
    deprecation: str = ""


class Failure(StrEnum):
    """Why there is no reply. Texts of servers and libraries quote prompts, so these words are all that is kept."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    BROKEN = "connection broken"
    UNAUTHORIZED = "key refused"
    NO_KEY = "key not set"
    NO_MODEL = "no such model"
    BAD_REQUEST = "request refused"
    RATE_LIMITED = "rate limited"
    BUSY = "server busy"
    SERVER_ERROR = "server error"
    REDIRECTED = "redirect refused"
    NOT_LOCAL = "not a local model"
    WRONG_MODEL = "another model than pinned"
    TOO_LONG = "prompt longer than the window"
    TRUNCATED = "cut short"
    TOO_LARGE = "reply too large"
    BAD_REPLY = "reply not understood"
    CIRCUIT_OPEN = "given up after repeated failures"
    SLOW = "too slow"
    CALLS_SPENT = "limit of calls reached"
    COST_SPENT = "limit of cost reached"
    TIME_SPENT = "limit of time reached"
    NOT_INSTALLED = "library not installed"


#: What another backend, or a later attempt, may do better.
UNAVAILABLE = frozenset({
    Failure.UNREACHABLE, Failure.TIMEOUT, Failure.BROKEN, Failure.RATE_LIMITED, Failure.BUSY, Failure.SERVER_ERROR,
    Failure.CIRCUIT_OPEN, Failure.SLOW,
})  # fmt: skip


class BackendError(NotReviewedError):
    """A call that brought no whole reply. `retry_after` is in seconds, as the server asked."""

    def __init__(self, failure: Failure, *, status: int | None = None, retry_after: float | None = None) -> None:
        self.failure, self.status, self.retry_after = failure, status, retry_after
        super().__init__(str(failure) if status is None else f"{failure} (HTTP {status})")
