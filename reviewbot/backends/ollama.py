"""A model that Ollama serves, over its own protocol: only there can the window be asked for.

"Ollama" is not yet "here": it passes the prompts of some models on to other machines, and it answers as if nothing were
amiss when it has read half of a prompt. Both are looked for before the first prompt leaves and in every reply. What the
library makes of a reply leaves out the members that tell, so replies are read as they come.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import closing
from typing import Any, TypeVar

import httpx
import ollama

from reviewbot.backends import transport
from reviewbot.core.catalogue import completed, is_cloud
from reviewbot.core.endpoints import Endpoint
from reviewbot.core.exchange import BackendError, Failure, Prompt, Reply, Traits
from reviewbot.core.text import sendable
from reviewbot.core.tokens import estimate, fewest
from reviewbot.ports import Departing, introducing

#: All that the library, and json below it, raise at a reply. Their texts quote it: none is kept.
_ODDITIES = (
    ollama.ResponseError, ollama.RequestError, httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ConnectionError,
    ValueError, TypeError, LookupError, AttributeError, RuntimeError,
)  # fmt: skip
_ENDS = {None: Failure.BROKEN, "length": Failure.TRUNCATED}
#: Smallest window asked for, and what a template adds to a prompt, in tokens.
_STEP, _FRAME = 4096, 64
#: How far twice what is left of a prompt cut in half may be from the window.
_HALF = 16
#: How long the model stays loaded between two prompts of a run.
_KEPT = "10m"
_WORD = re.compile(r"[\w.:+-]{1,64}", re.ASCII)
_REGISTRY = re.compile(r"^(?:registry\.ollama\.ai/)?(?:library/)?")

_T = TypeVar("_T")
_Json = dict[str, Any]


class Ollama:
    """A model of an Ollama server. Satisfies `reviewbot.ports.Backend`."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._lock = threading.Lock()
        self._traits: Traits | None = None
        url = endpoint.urls[0]
        self._library = _Library(url, transport.client("httpx", (url,)))

    @property
    def endpoint(self) -> Endpoint:
        return self._endpoint

    def describe(self, deadline: float, departing: Departing) -> Traits:
        """What the server says of the model: NOT_LOCAL where another machine serves it, WRONG_MODEL by its digest."""
        if is_cloud(self._endpoint.model):
            raise BackendError(Failure.NOT_LOCAL)
        if not self._lock.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise BackendError(Failure.TIMEOUT)
        try:
            if self._traits is None:
                self._traits = _asked(self._described, deadline, departing)
            return self._traits
        finally:
            self._lock.release()

    def complete(self, prompt: Prompt, deadline: float, departing: Departing) -> Reply:
        """The whole reply. What surely does not fit is TOO_LONG, and not sent."""
        traits = self.describe(deadline, introducing(departing))
        if prompt.suffix is not None and not traits.fim:
            raise BackendError(Failure.BAD_REQUEST)
        window = completed(self._endpoint, traits).window or _STEP
        if sum(map(fewest, _texts(prompt))) > window:
            raise BackendError(Failure.TOO_LONG)
        if not self._endpoint.window:
            # No more memory than the prompt needs, in few sizes: with each new one Ollama loads the model again. Where
            # the operator names a window it is always that one, and the model is loaded once.
            window = min(window, max(_STEP, 1 << (_needed(prompt) - 1).bit_length()))
        return _asked(lambda: self._reply(prompt, window), deadline, departing)

    def _described(self) -> Traits:
        version = self._library.answer("GET", "/api/version").get("version")
        show = self._library.answer("POST", "/api/show", {"model": self._endpoint.model})
        rows = self._library.answer("GET", "/api/tags")["models"]
        if (row := next((row for row in rows if self._is_ours(row.get("model") or row["name"])), None)) is None:
            raise BackendError(Failure.NO_MODEL)
        if _is_elsewhere(show) or _is_elsewhere(row):
            raise BackendError(Failure.NOT_LOCAL)
        digest = str(row.get("digest") or "").removeprefix("sha256:").lower()
        if not digest.startswith(self._endpoint.digest.removeprefix("sha256:").lower()):
            raise BackendError(Failure.WRONG_MODEL)
        return Traits(
            window=_window(show), fim="insert" in (show.get("capabilities") or ()), digest=digest,
            license=_license(show.get("license")), version=_word(version),
            quantization=_word((show.get("details") or {}).get("quantization_level")),
        )  # fmt: skip

    def _reply(self, prompt: Prompt, window: int) -> Reply:
        start = time.monotonic()
        path, body = self._request(prompt, window)
        with closing(self._library.lines(path, body)) as lines:
            text, last, first = self._read(lines, start)
        if (end := last.get("done_reason")) != "stop":
            raise BackendError(_ENDS.get(end, Failure.BAD_REPLY))
        tokens_in, tokens_out = _count(last, "prompt_eval_count"), _count(last, "eval_count")
        if tokens_in is None or _is_cut(prompt, window, tokens_in, tokens_out or 0):
            raise BackendError(Failure.TRUNCATED)
        return Reply(prompt.ended(text), tokens_in, tokens_out, time.monotonic() - start, first)

    def _request(self, prompt: Prompt, window: int) -> tuple[str, _Json]:
        # In place of those that the model's own parameters name: none is asked for without need.
        stop = {"stop": [*map(sendable, prompt.stop)]} if prompt.stop else {}
        body: _Json = {
            "model": self._endpoint.model, "stream": True, "keep_alive": _KEPT,
            # Older versions do not know these two, and cut.
            "truncate": False, "shift": False,
            "options": {"num_ctx": window, "num_predict": prompt.max_tokens, "temperature": 0, "seed": 1} | stop,
        }  # fmt: skip
        if prompt.suffix is not None:
            return "/api/generate", body | {"prompt": sendable(prompt.text), "suffix": sendable(prompt.suffix.text)}
        messages = [{"role": "user", "content": sendable(prompt.text)}]
        if prompt.system:
            messages.insert(0, {"role": "system", "content": sendable(prompt.system)})
        form = {} if prompt.schema is None else {"format": dict(prompt.schema)}
        return "/api/chat", body | {"messages": messages} | form

    def _is_ours(self, name: str) -> bool:
        return _full(name) == _full(self._endpoint.model)

    def _read(self, lines: Iterable[_Json], start: float) -> tuple[str, _Json, float | None]:
        """The text of a stream, its last line, and the seconds to its first piece."""
        pieces, first, last = [], None, {}
        for line in lines:
            if _is_elsewhere(line) or not self._is_ours(line["model"]):
                raise BackendError(Failure.NOT_LOCAL)
            piece = line["message"].get("content", "") if "message" in line else line.get("response", "")
            if piece and first is None:
                first = time.monotonic() - start
            pieces.append(piece)
            last = line
        if not last.get("done"):
            raise BackendError(Failure.BROKEN)
        return "".join(pieces), last, first


class _Library(ollama.Client):
    """The library's client on our connections, without the address and the key that the environment may hold."""

    def __init__(self, url: str, client: httpx.Client) -> None:
        def ours(base_url: str, **_: object) -> httpx.Client:
            client.base_url = httpx.URL(base_url)
            return client

        # What the library's own constructor adds to its base is the choice of httpx's client.
        super(ollama.Client, self).__init__(ours, url)

    def answer(self, method: str, path: str, body: _Json | None = None) -> _Json:
        """One object. SERVER_ERROR where it is an error though the status is 200."""
        with self._client.stream(method, path, json=body) as response:
            return _object(b"".join(response.iter_bytes()))

    def lines(self, path: str, body: _Json) -> Generator[_Json]:
        """The objects of a stream, each when it is there."""
        rest = b""
        with self._client.stream("POST", path, json=body) as response:
            # Not the lines of httpx: it also splits where a text has U+0085.
            for piece in response.iter_bytes():
                *whole, rest = (rest + piece).split(b"\n")
                yield from map(_object, filter(None, whole))
            if rest:
                yield _object(rest)


def _asked(question: Callable[[], _T], deadline: float, departing: Departing) -> _T:
    """What the server answers. A failure is a new one, with no trace of the library's and of what it quotes."""
    try:
        with transport.call(deadline, departing):
            return question()
    except BackendError as error:
        failure = BackendError(error.failure, status=error.status, retry_after=error.retry_after)
    except _ODDITIES:
        failure = BackendError(Failure.BAD_REPLY)
    # Outside of `except`: inside, the new error would hold on to the old one as its context.
    raise failure


def _object(line: bytes) -> _Json:
    value = json.loads(line)
    if not isinstance(value, dict):
        raise BackendError(Failure.BAD_REPLY)
    if value.get("error"):
        raise BackendError(Failure.SERVER_ERROR)
    return value


def _texts(prompt: Prompt) -> tuple[str, str]:
    return (prompt.system, prompt.text) if prompt.suffix is None else (prompt.text, prompt.suffix.text)


def _needed(prompt: Prompt) -> int:
    """Tokens of prompt and reply, estimated high."""
    return sum(map(estimate, _texts(prompt))) + prompt.max_tokens + _FRAME


def _is_cut(prompt: Prompt, window: int, tokens_in: int, tokens_out: int) -> bool:
    """Whether the server read less than the prompt. Its count has what was in its cache too (seen: 0.9.3).

    One that has cut a prompt counts what was left of it: the window, or about half. One whose window fills while it
    writes drops the prompt's beginning.
    """
    if tokens_in >= window or tokens_in + tokens_out > window or tokens_in < sum(map(fewest, _texts(prompt))):
        return True
    return _needed(prompt) > window and abs(2 * tokens_in - window) <= _HALF


def _is_elsewhere(value: object) -> bool:
    """Whether a member anywhere in it names another machine or its model."""
    if isinstance(value, Mapping):
        return any(map(value.get, ("remote_host", "remote_model"))) or any(map(_is_elsewhere, value.values()))
    return isinstance(value, list) and any(map(_is_elsewhere, value))


def _full(name: str) -> str:
    """A name as Ollama completes it, in small letters: `codestral` is `codestral:latest`."""
    name = _REGISTRY.sub("", name.strip().lower())
    return name if ":" in name.rpartition("/")[2] else f"{name}:latest"


def _window(show: _Json) -> int | None:
    """Tokens that the model was made for."""
    facts = show.get("model_info") or {}
    window = facts.get(f"{facts.get('general.architecture')}.context_length")
    return window if isinstance(window, int) and window > 0 else None


def _license(text: object) -> str:
    """The title of a licence: its first line, and the version below it."""
    lines = [line.strip(" \t#*=-") for line in text.splitlines()] if isinstance(text, str) else []
    first, second, *_ = [*filter(None, lines), "", ""]
    title = f"{first} {second}" if second.lower().startswith("version") else first
    return "".join(sign if sign.isprintable() else " " for sign in title[:100])


def _word(value: object) -> str:
    return value if isinstance(value, str) and _WORD.fullmatch(value) else ""


def _count(line: _Json, name: str) -> int | None:
    count = line.get(name)
    return count if isinstance(count, int) and count >= 0 else None
