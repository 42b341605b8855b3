"""The hosted Mistral API by Mistral's own library: chat and holes in code, always streamed; no files, batch or agents.

The library has more ways out than its HTTP client: keys, a tracer and a log that variables of the environment open.
Each is closed here by a value of ours, and the command line removes the variables as well.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx2
from mistralai.client import Mistral as Library
from mistralai.client import chat as _chat  # noqa: F401 (as the next two: the library imports them on first use)
from mistralai.client import errors, models
from mistralai.client import fim as _fim  # noqa: F401
from mistralai.client import models_ as _models  # noqa: F401
from mistralai.client.types import UNSET
from mistralai.extra.exceptions import MistralClientException

from reviewbot.backends import transport
from reviewbot.core.endpoints import MISTRAL_URL, Endpoint
from reviewbot.core.exchange import BackendError, Failure, Prompt, Reply, Traits
from reviewbot.core.text import sendable
from reviewbot.core.tokens import fewest
from reviewbot.ports import Departing, introducing

#: All that the library, and pydantic and json below it, raise at a reply. Their texts quote it: none is kept.
_ODDITIES = (
    errors.MistralError, errors.NoResponseError, MistralClientException, httpx2.HTTPError, httpx2.InvalidURL,
    ValueError, TypeError, LookupError, AttributeError, RuntimeError,
)  # fmt: skip
_ENDS = {
    None: Failure.BROKEN, "length": Failure.TRUNCATED, "model_length": Failure.TRUNCATED,
    "error": Failure.SERVER_ERROR,
}  # fmt: skip
_NAME = re.compile(r"[\w.:/-]{1,100}", re.ASCII)
_KEY = re.compile(r"[!-~]+", re.ASCII)

_T = TypeVar("_T")


class Mistral:
    """A model of Mistral's API, or of a server that speaks it. Satisfies `reviewbot.ports.Backend`."""

    def __init__(self, endpoint: Endpoint, key: str) -> None:
        self._endpoint, self._key = endpoint, key.strip()
        self._lock = threading.Lock()
        self._traits: Traits | None = None
        url = endpoint.urls[0] if endpoint.urls else MISTRAL_URL
        client = transport.client("httpx2", (url,))
        client.event_hooks = {"response": [_without_notice]}
        library = Library(api_key=self._key, server_url=url, client=client, async_client=_Nowhere(), retry_config=None,
                          debug_logger=_Silence())  # fmt: skip
        # What is set here is not looked for in MISTRAL_SDK_TELEMETRY.
        library.sdk_configuration.telemetry = False  # type: ignore[attr-defined]
        # Looked up once: the library makes them on first use, which is not safe from several threads.
        self._chat, self._fim, self._models = library.chat, library.fim, library.models

    @property
    def endpoint(self) -> Endpoint:
        return self._endpoint

    def describe(self, deadline: float, departing: Departing) -> Traits:
        """Window, hole filling and retirement, as the list of models says."""
        if not self._lock.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise BackendError(Failure.TIMEOUT)
        try:
            if self._traits is None:
                self._traits = self._asked(self._listed, deadline, departing)
            return self._traits
        finally:
            self._lock.release()

    def complete(self, prompt: Prompt, deadline: float, departing: Departing) -> Reply:
        """The whole reply. A hole is filled only where the list of models says that this one can: else BAD_REQUEST."""
        if prompt.suffix is not None and not self.describe(deadline, introducing(departing)).fim:
            raise BackendError(Failure.BAD_REQUEST)
        return self._asked(lambda: self._reply(prompt), deadline, departing)

    def _asked(self, question: Callable[[], _T], deadline: float, departing: Departing) -> _T:
        """What the library answers. A failure is a new one, with no trace of the library's and of what it quotes."""
        if not self._key:
            raise BackendError(Failure.NO_KEY)
        if not _KEY.fullmatch(self._key):
            raise BackendError(Failure.UNAUTHORIZED)
        if self._endpoint.digest:  # a hosted model has none, so a pin never holds
            raise BackendError(Failure.WRONG_MODEL)
        try:
            with transport.call(deadline, departing):
                return question()
        except BackendError as error:
            failure = BackendError(error.failure, status=error.status, retry_after=error.retry_after)
        except _ODDITIES:
            failure = BackendError(Failure.BAD_REPLY)
        # Outside of `except`: inside, the new error would hold on to the old one as its context.
        raise failure

    def _listed(self) -> Traits:
        name, cards = self._endpoint.model, self._models.list().data or []
        for card in cards:
            if isinstance(card, models.BaseModelCard | models.FTModelCard):
                if name == card.id or name in (card.aliases or ()):
                    return _traits(card)
            elif isinstance(card.raw, dict) and card.raw.get("id") == name:
                return Traits()  # listed, in words that the library does not know
        raise BackendError(Failure.NO_MODEL)

    def _reply(self, prompt: Prompt) -> Reply:
        start = time.monotonic()
        with self._stream(prompt) as events:
            written = _read(events, start)
        if written.end != "stop":
            raise BackendError(_ENDS.get(written.end, Failure.BAD_REPLY))
        tokens_in, tokens_out = _count(written.usage, "prompt_tokens"), _count(written.usage, "completion_tokens")
        other = prompt.system if prompt.suffix is None else prompt.suffix.text
        if tokens_in is not None and tokens_in < fewest(prompt.text) + fewest(other):
            raise BackendError(Failure.TRUNCATED)
        return Reply(prompt.ended(written.text), tokens_in, tokens_out, time.monotonic() - start, written.first)

    def _stream(self, prompt: Prompt) -> AbstractContextManager[Iterable[models.CompletionEvent]]:
        model, tokens = self._endpoint.model, prompt.max_tokens
        stop = [*map(sendable, prompt.stop)] or UNSET
        if prompt.suffix is not None:
            return self._fim.stream(model=model, prompt=sendable(prompt.text), suffix=sendable(prompt.suffix.text),
                                    temperature=0, random_seed=1, max_tokens=tokens, stop=stop)  # fmt: skip
        messages: list[models.ChatCompletionStreamRequestMessage] = [
            models.UserMessage(content=sendable(prompt.text)),
        ]
        if prompt.system:
            messages.insert(0, models.SystemMessage(content=sendable(prompt.system)))
        return self._chat.stream(model=model, messages=messages, response_format=_format(prompt), temperature=0,
                                 random_seed=1, max_tokens=tokens, stop=stop)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Written:
    """What a stream brought. `end` is why the server stopped, None where it did not say; `first` is in seconds."""

    text: str
    end: str | None
    usage: models.UsageInfo | None
    first: float | None


def _read(events: Iterable[models.CompletionEvent], start: float) -> _Written:
    pieces: list[str] = []
    end, usage, first = None, None, None
    for event in events:
        usage = event.data.usage or usage
        for choice in event.data.choices:
            piece = _text(choice.delta.content)
            if piece and first is None:
                first = time.monotonic() - start
            pieces.append(piece)
            end = choice.finish_reason or end
    return _Written("".join(pieces), end, usage, first)


def _text(content: object) -> str:
    """The text of a delta: a string, or a list of parts of which thoughts are left out; anything else is refused."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = [part for part in content if not isinstance(part, models.ThinkChunk)]
    if not all(isinstance(part, models.TextChunk) for part in parts):
        raise BackendError(Failure.BAD_REPLY)
    return "".join(part.text for part in parts)


def _format(prompt: Prompt) -> models.ResponseFormat | None:
    if prompt.schema is None:
        return None
    schema = models.JSONSchema.model_validate({"name": "reply", "schema": dict(prompt.schema), "strict": True})
    return models.ResponseFormat(type="json_schema", json_schema=schema)


def _traits(card: models.BaseModelCard | models.FTModelCard) -> Traits:
    """What a card says itself: for what it leaves out the library puts in numbers of its own."""
    window = card.max_context_length if "max_context_length" in card.model_fields_set else None
    return Traits(
        window=window if window and window > 0 else None,
        fim=bool(card.capabilities.completion_fim),
        deprecation=_deprecation(card),
    )


def _deprecation(card: models.BaseModelCard | models.FTModelCard) -> str:
    if not card.deprecation:
        return ""
    day, follower = f"{card.deprecation:%Y-%m-%d}", card.deprecation_replacement_model
    return f"{day}, replaced by {follower}" if isinstance(follower, str) and _NAME.fullmatch(follower) else day


def _count(usage: models.UsageInfo | None, name: str) -> int | None:
    """A number of tokens that the server itself gave; for one it leaves out the library says 0."""
    if usage is None or name not in usage.model_fields_set:
        return None
    count: int | None = getattr(usage, name)
    if count is not None and count < 0:
        raise BackendError(Failure.BAD_REPLY)
    return count


def _without_notice(response: httpx2.Response) -> None:
    """A model's retirement comes in a header too. The library logs it, and cannot where the reply is a stream."""
    response.headers.pop("x-model-deprecation-timestamp", None)


class _Silence:
    """The library's own log writes whole requests where MISTRAL_DEBUG is set."""

    def debug(self, msg: str, *args: Any, **kwargs: Any) -> None:
        pass


class _Nowhere:
    """The library wants a second, asynchronous client: this one leads nowhere."""

    async def send(self, request: httpx2.Request, **_: Any) -> httpx2.Response:
        raise BackendError(Failure.REDIRECTED)

    def build_request(self, method: str, url: Any, **_: Any) -> httpx2.Request:
        raise BackendError(Failure.REDIRECTED)

    async def aclose(self) -> None:
        pass
