"""A GGUF file as the model, in this process, by llama.cpp: no server, and nobody else to read along.

The library is an optional part, and it is llama.cpp's server with its front door: it wants an address to listen on. It
gets one that nobody can reach, silence for its log, and no memory for old prompts. The engine cannot be interrupted
while it reads a file or works out a batch, so each call runs in a thread that is left behind at its deadline.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO, TypeVar

from reviewbot.backends import gguf
from reviewbot.core.catalogue import completed, known
from reviewbot.core.endpoints import Endpoint
from reviewbot.core.exchange import BackendError, Failure, Prompt, Reply, Traits
from reviewbot.core.text import sendable
from reviewbot.core.tokens import fewest
from reviewbot.ports import Departing

_LIBRARY = "xllamacpp"
#: What the engine says of a request by raising. Its texts may quote it: none is kept.
_ODDITIES = (ValueError, TypeError, LookupError, RuntimeError, MemoryError)
_ERRORS = {"exceed_context_size_error": Failure.TOO_LONG, "invalid_request_error": Failure.BAD_REQUEST}
#: Tokens, and bytes of a file, taken in one go: how often a call that is left behind is asked whether to go on.
_BATCH, _PIECE = 256, 4 * 1024 * 1024
#: Forms of a hole, by the pieces of the vocabulary that they need: Codestral's, and what most others learnt.
_HOLES = (
    ("[SUFFIX]{suffix}[PREFIX]{prefix}", {"[SUFFIX]", "[PREFIX]"}),
    ("<|fim_prefix|>{prefix}<|fim_suffix|>{suffix}<|fim_middle|>",
     {"<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"}),
)  # fmt: skip
_T = TypeVar("_T")
_Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _File:
    """What was read of a file: its facts, the form of its holes ("" none), and by what one sees that it is the same."""

    traits: Traits
    hole: str
    talks: bool
    state: tuple[int, ...]


class LlamaCpp:
    """The model in the file `endpoint.urls[0]`. Satisfies `reviewbot.ports.Backend`; one call at a time."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._path = Path(endpoint.urls[0])
        #: Held by whoever uses what follows: the thread of a call, also when nobody waits for it any more.
        self._lock = threading.Lock()
        self._file: _File | None = None
        self._engine: Any = None

    @property
    def endpoint(self) -> Endpoint:
        return self._endpoint

    def describe(self, deadline: float, departing: Departing) -> Traits:
        """What the file says; its digest is the SHA-256 of all of it. Nothing departs."""
        return self._in_time(self._read, deadline).traits

    def complete(self, prompt: Prompt, deadline: float, departing: Departing) -> Reply:
        """The whole reply. A request departs when the engine stands and before it sees it."""
        file, engine = self._in_time(self._started, deadline)
        if not file.talks if prompt.suffix is None else not file.hole:
            raise BackendError(Failure.BAD_REQUEST)
        body = json.dumps(_request(prompt, file), ensure_ascii=False).encode()
        ask = engine.handle_chat_completions if prompt.suffix is None else engine.handle_completions
        return self._in_time(lambda: _reply(prompt, ask, body, deadline), deadline, lambda: departing(len(body)))

    def _in_time(self, work: Callable[[], _T], deadline: float, before: Callable[[], None] = lambda: None) -> _T:
        """What `work` returns or raises; at the deadline TIMEOUT, and its thread goes on alone. `before` is ours."""
        if not self._lock.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise BackendError(Failure.TIMEOUT)
        outcome: Future[_T] = Future()
        ready = False
        try:
            if time.monotonic() >= deadline:
                raise BackendError(Failure.TIMEOUT)
            before()
            ready = True
        finally:
            if not ready:
                self._lock.release()
        # From here on the lock is the thread's, also where an interrupt comes while it starts.
        threading.Thread(target=_do, args=(work, outcome, self._lock)).start()
        if not wait([outcome], max(0.0, deadline - time.monotonic())).done:
            raise BackendError(Failure.TIMEOUT)
        return outcome.result()

    def _read(self) -> _File:
        if self._file is None:
            _library()
            try:
                with self._path.open("rb") as file:
                    found, state = gguf.facts(file), _state(os.fstat(file.fileno()))
                    file.seek(0)
                    self._file = _described(self._endpoint, found, _digest(file), state)
            except (OSError, ValueError, LookupError):
                raise BackendError(Failure.NO_MODEL) from None
        if not self._file.traits.digest.startswith(self._endpoint.digest.removeprefix("sha256:").lower()):
            raise BackendError(Failure.WRONG_MODEL)
        return self._file

    def _started(self) -> tuple[_File, Any]:
        file = self._read()
        if self._engine is None:
            try:
                engine = _engine(self._path, completed(self._endpoint, file.traits).window or 0)
                state = _state(self._path.stat())
            except (RuntimeError, OSError):
                raise BackendError(Failure.NO_MODEL) from None
            if state != file.state:
                raise BackendError(Failure.WRONG_MODEL)
            self._engine = engine
        return file, self._engine


def _do(work: Callable[[], _T], outcome: Future[_T], lock: threading.Lock) -> None:
    failure = Failure.BAD_REPLY
    try:
        outcome.set_result(work())
    except BackendError as error:
        failure = error.failure
    except _ODDITIES:
        failure = Failure.BAD_REQUEST
    finally:
        lock.release()
        # A new one, and outside of `except`: the old one holds on to what was said.
        if not outcome.done():
            outcome.set_exception(BackendError(failure))


def _library() -> ModuleType:
    try:
        return import_module(_LIBRARY)
    except ImportError:
        raise BackendError(Failure.NOT_INSTALLED) from None


def _engine(path: Path, window: int) -> Any:
    """llama.cpp with the file, for `window` tokens. RuntimeError where it cannot."""
    library = _library()
    params = library.CommonParams()
    params.verbosity, params.offline = -1, True
    params.model.path = str(path)
    params.n_ctx, params.n_parallel, params.n_batch = window, 1, _BATCH
    # Its threads wait for each other: where something else takes the last core, all of them stand still.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = max(1, (os.cpu_count() or 2) - 1)
    # A prompt that does not fit is refused, and nothing of it is thrown away to make room for the reply.
    params.ctx_shift, params.fit_params, params.warmup, params.use_jinja = False, False, False, True
    params.ui, params.endpoint_slots, params.endpoint_props, params.endpoint_metrics = False, False, False, False
    params.cache_ram_mib, params.api_keys = 0, [secrets.token_hex(32)]
    with tempfile.TemporaryDirectory(prefix="reviewbot-") as folder:
        # A name in a folder that only we can enter, and that is gone when the engine stands.
        params.hostnames, params.port = [f"{folder}/{_LIBRARY}.sock"], 0
        engine = library.Server(params)
    # Who lets go of an engine before its loop runs waits for ever, and all others with him. After an answer it runs.
    engine.handle_completions(b'{"prompt": "a", "max_tokens": 1, "stream": true}', lambda _: False)
    return engine


def _request(prompt: Prompt, file: _File) -> _Json:
    form: _Json = {
        "max_tokens": prompt.max_tokens, "temperature": 0, "seed": 1, "stream": True,
        "stream_options": {"include_usage": True}, "return_progress": True,
    }  # fmt: skip
    if prompt.stop:
        form |= {"stop": [*map(sendable, prompt.stop)]}
    if prompt.suffix is not None:
        text = file.hole.format(prefix=sendable(prompt.text), suffix=sendable(prompt.suffix.text))
        return form | {"prompt": text}
    messages = [{"role": "user", "content": sendable(prompt.text)}]
    if prompt.system:
        messages.insert(0, {"role": "system", "content": sendable(prompt.system)})
    if prompt.schema is not None:
        schema = {"name": "reply", "schema": dict(prompt.schema), "strict": True}
        form |= {"response_format": {"type": "json_schema", "json_schema": schema}}
    return form | {"messages": messages}


def _reply(prompt: Prompt, ask: Callable[..., None], body: bytes, deadline: float) -> Reply:
    start = time.monotonic()
    events: list[tuple[float, bytes]] = []

    def hear(event: bytes) -> bool:
        """Whether to stop."""
        now = time.monotonic()
        events.append((now - start, event))
        return now >= deadline or _is_ending()

    ask(body, hear)
    if time.monotonic() >= deadline:
        raise BackendError(Failure.TIMEOUT)
    usage: _Json = {}
    pieces, first, end = [], None, None
    for seconds, event in events:
        said = json.loads(event)
        if "error" in said:
            raise BackendError(_ERRORS.get(said["error"].get("type"), Failure.SERVER_ERROR))
        usage = said.get("usage") or usage
        for choice in said["choices"]:
            piece = choice.get("text") or choice.get("delta", {}).get("content") or ""
            first = seconds if piece and first is None else first
            pieces.append(piece)
            end = choice.get("finish_reason") or end
    if end != "stop":
        raise BackendError(Failure.TRUNCATED if end == "length" else Failure.BROKEN)
    tokens_in = usage["prompt_tokens"]
    if tokens_in < sum(map(fewest, (prompt.system if prompt.suffix is None else prompt.suffix.text, prompt.text))):
        raise BackendError(Failure.TRUNCATED)
    return Reply("".join(pieces), tokens_in, usage["completion_tokens"], time.monotonic() - start, first)


def _described(endpoint: Endpoint, facts: _Json, digest: str, state: tuple[int, ...]) -> _File:
    window = facts[f"{facts['general.architecture']}.context_length"]
    pieces = set(facts.get("tokenizer.ggml.tokens") or ())
    model = known(endpoint)
    hole = "" if model and not model.fim else next((form for form, needed in _HOLES if needed <= pieces), "")
    license = facts.get("general.license.name") or facts.get("general.license") or ""
    traits = Traits(
        window=window, fim=bool(hole), license=" ".join(license.split())[:100], digest=digest,
        quantization=gguf.quantization(facts), version=_library().__version__,
    )  # fmt: skip
    return _File(traits, hole, bool(facts.get("tokenizer.chat_template")), state)


def _digest(file: BinaryIO) -> str:
    found = hashlib.sha256()
    while piece := file.read(_PIECE):
        found.update(piece)
        if _is_ending():
            raise BackendError(Failure.TIMEOUT)
    return found.hexdigest()


def _is_ending() -> bool:
    """Whether the process waits for our threads to end: it may not end before, since the engine would break it off."""
    return not threading.main_thread().is_alive()


def _state(found: os.stat_result) -> tuple[int, ...]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
