"""Servers that speak OpenAI's protocol: vLLM, llama.cpp's, LM Studio. Chat and holes in code, always streamed.

A hole is filled only where it can be told that the server can: llama.cpp's, whose model has Codestral's own marks
for it, and vLLM, which refuses a suffix that it cannot use. Others may overlook the suffix without a word.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from reviewbot.backends import events, transport
from reviewbot.backends.addresses import Addresses, Watch
from reviewbot.core import tokens
from reviewbot.core.endpoints import Endpoint
from reviewbot.core.exchange import BackendError, Failure, Prompt, Reply, Traits
from reviewbot.core.text import sendable
from reviewbot.ports import Departing, introducing

_KEY = re.compile(r"[!-~]+", re.ASCII)
_VERSION = re.compile(r"[\w.+-]{1,64}", re.ASCII)

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Served:
    """The model that a server has under the name asked for. `maker` is who wrote the server, "" where unknown."""

    model: str
    maker: str
    traits: Traits


class OpenAICompatible:
    """A model of one or more such servers. Satisfies `reviewbot.ports.Backend`."""

    def __init__(self, endpoint: Endpoint, key: str = "") -> None:
        self._endpoint, self._key = endpoint, key.strip()
        self._lock = threading.Lock()
        self._found: _Served | None = None
        #: Many give the address with the version that every path begins with.
        self._addresses = Addresses(tuple(url.rstrip("/").removesuffix("/v1") for url in endpoint.urls))
        self._http = transport.client("httpx", endpoint.urls)

    @property
    def endpoint(self) -> Endpoint:
        return self._endpoint

    def describe(self, deadline: float, departing: Departing) -> Traits:
        """Window, version and hole filling, as the first server that answers says."""
        served = self._served(deadline, departing)
        return replace(served.traits, model=served.model)

    def complete(self, prompt: Prompt, deadline: float, departing: Departing) -> Reply:
        """The whole reply. BAD_REQUEST for a hole where the server is not known to fill them."""
        model, maker = self._endpoint.model, ""
        if prompt.suffix is not None or not model:
            served = self._served(deadline, introducing(departing))
            model, maker = served.model, served.maker
            if prompt.suffix is not None and not (served.traits.fim or maker == "vllm"):
                raise BackendError(Failure.BAD_REQUEST)
        return self._asked(lambda root: self._reply(root, _question(prompt, model, maker)), deadline, departing)

    def _served(self, deadline: float, departing: Departing) -> _Served:
        if not self._lock.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise BackendError(Failure.TIMEOUT)
        try:
            if self._found is None:
                self._found = self._asked(self._listed, deadline, departing)
            return self._found
        finally:
            self._lock.release()

    def _asked(self, question: Callable[[str], _T], deadline: float, departing: Departing) -> _T:
        """The answer of an address. The next is asked only where a connection was refused and so nothing has left.

        A failure is a new one, with no trace of the connection's and of what it holds.
        """
        self._allowed()
        tried: set[str] = set()
        failure = BackendError(Failure.UNREACHABLE)
        while True:
            watch = Watch(departing)
            with self._addresses.taken(tried) as root:
                if root is None:
                    break
                try:
                    with transport.call(deadline, watch):
                        return question(root)
                except BackendError as error:
                    failure = BackendError(error.failure, status=error.status, retry_after=error.retry_after)
            if failure.failure is not Failure.UNREACHABLE or watch.called:
                break
            self._addresses.avoid(root)
            tried.add(root)
        # Outside of `except`: inside, the new error would hold on to the old one as its context.
        raise failure

    def _allowed(self) -> None:
        if self._endpoint.key_env and not self._key:
            raise BackendError(Failure.NO_KEY)
        if self._key and not _KEY.fullmatch(self._key):
            raise BackendError(Failure.UNAUTHORIZED)
        if self._endpoint.digest:  # no such server tells one, so a pin never holds
            raise BackendError(Failure.WRONG_MODEL)

    def _reply(self, root: str, question: _Question) -> Reply:
        start = time.monotonic()
        with self._http.stream(
            "POST", root + question.path, headers=self._headers(), content=question.body
        ) as response:
            written = question.read(events.parsed(response.headers["content-type"], response.iter_raw()), start)
        if written.tokens_in is not None and written.tokens_in < question.fewest:
            raise BackendError(Failure.TRUNCATED)
        return Reply(
            question.ended(written.text), written.tokens_in, written.tokens_out, time.monotonic() - start, written.first
        )

    def _headers(self) -> dict[str, str]:
        kind = {"content-type": "application/json"}
        return {**kind, "authorization": f"Bearer {self._key}"} if self._key else kind

    def _listed(self, root: str) -> _Served:
        cards = self._got(f"{root}/v1/models").get("data")
        if not isinstance(cards, list):
            raise BackendError(Failure.BAD_REPLY)
        for card in cards:
            match card:
                case {"id": str(name)} if name and self._endpoint.model in ("", name):
                    return self._told(root, name, card)
                case {"id": str(), "aliases": [*names]} if self._endpoint.model in names:
                    return self._told(root, self._endpoint.model, card)
        raise BackendError(Failure.NO_MODEL)

    def _told(self, root: str, name: str, card: Mapping[str, Any]) -> _Served:
        """What the card says and, of a server known by it, what its own pages say."""
        meta = card.get("meta") if isinstance(card.get("meta"), dict) else None
        if card.get("owned_by") == "llamacpp" or meta is not None:
            return _Served(name, "llama.cpp", self._of_llamacpp(root, meta or {}))
        if card.get("owned_by") == "vllm" or "max_model_len" in card:
            version = _version(self._said(f"{root}/version").get("version"))
            return _Served(name, "vllm", Traits(window=_size(card.get("max_model_len")), version=version))
        return _Served(name, "", Traits())

    def _of_llamacpp(self, root: str, meta: Mapping[str, Any]) -> Traits:
        props = self._said(f"{root}/props")
        settings = props.get("default_generation_settings")
        own = settings.get("n_ctx") if isinstance(settings, dict) else None
        # What the server has may be shared out among its slots, and one call has one slot.
        sizes = [size for size in (_size(meta.get("n_ctx")), _size(own)) if size]
        marks = {"content": "[SUFFIX][PREFIX]", "add_special": False, "parse_special": True}
        parts = self._said(f"{root}/tokenize", _json(marks)).get("tokens")
        return Traits(
            window=min(sizes) if sizes else _size(meta.get("n_ctx_train")),
            fim=isinstance(parts, list) and len(parts) == 2,
            version=_version(props.get("build_info")),
        )

    def _got(self, url: str, body: bytes | None = None) -> dict[str, Any]:
        response = self._http.request("GET" if body is None else "POST", url, headers=self._headers(), content=body)
        return events.mapping(response.content)

    def _said(self, url: str, body: bytes | None = None) -> dict[str, Any]:
        """What is there only on some servers: nothing where there is an answer, and it is no."""
        try:
            return self._got(url, body)
        except BackendError as error:
            if error.status is None and error.failure not in (Failure.BAD_REPLY, Failure.SERVER_ERROR):
                raise
            return {}


@dataclass(frozen=True, slots=True)
class _Question:
    """A request as it is sent. `fewest`: if the server counts less in it, it has not read it all."""

    path: str
    body: bytes
    fewest: int
    read: Callable[[Iterator[Mapping[str, Any]], float], events.Written]
    ended: Callable[[str], str]


def _question(prompt: Prompt, model: str, maker: str) -> _Question:
    before, limit = sendable(prompt.text), prompt.max_tokens
    stop = {"stop": [*map(sendable, prompt.stop)]} if prompt.stop else {}
    if prompt.suffix is None:
        system = [{"role": "system", "content": sendable(prompt.system)}] if prompt.system else []
        body = _asking(model, limit) | {"messages": [*system, {"role": "user", "content": before}]}
        if prompt.schema is not None:
            schema = {"name": "reply", "schema": dict(prompt.schema), "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        fewest = tokens.fewest(prompt.system) + tokens.fewest(before)
        return _Question("/v1/chat/completions", _json(body | stop), fewest, events.choices, prompt.ended)
    after = sendable(prompt.suffix.text)
    fewest = tokens.fewest(before) + tokens.fewest(after)
    if maker == "llama.cpp":
        # Its own /infill puts the prefix first; Codestral was trained with the suffix first.
        body = {"prompt": f"[SUFFIX]{after}[PREFIX]{before}", "n_predict": limit, "temperature": 0, "seed": 1,
                "stream": True}  # fmt: skip
        return _Question("/completion", _json(body | stop), fewest, events.completion, prompt.ended)
    body = _asking(model, limit) | {"prompt": before, "suffix": after}
    return _Question("/v1/completions", _json(body | stop), fewest, events.choices, prompt.ended)


def _asking(model: str, limit: int) -> dict[str, Any]:
    return {"model": model, "temperature": 0, "seed": 1, "max_tokens": limit, "stream": True,
            "stream_options": {"include_usage": True}}  # fmt: skip


def _json(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _size(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _version(value: object) -> str:
    return value if isinstance(value, str) and _VERSION.fullmatch(value) else ""
