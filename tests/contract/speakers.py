"""Every backend by one name, ready to be asked: over sockets from a server of the tests, or in this process."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from reviewbot.backends.llamacpp import LlamaCpp
from reviewbot.backends.mistral import Mistral
from reviewbot.backends.ollama import Ollama
from reviewbot.backends.openai_compatible import OpenAICompatible
from reviewbot.backends.retrying import Patience, Retrying
from reviewbot.backends.scripted import Answer, Scripted
from reviewbot.core.endpoints import Endpoint, Kind
from reviewbot.core.exchange import BackendError, Excerpt, Prompt, Reply
from reviewbot.core.labels import Label
from reviewbot.ports import Backend, Departing
from tests.servers.faulty import MODEL, Act, Dialect, Faulty

CANARY = "gorse-7431"
SCHEMA: Mapping[str, object] = {
    "type": "object", "additionalProperties": False, "required": ["found"],
    "properties": {"found": {"type": "array", "maxItems": 2, "items": {"type": "string", "maxLength": 8}}},
}  # fmt: skip
#: Two attempts, with no time between them that a test would notice; it never gives up on a server.
PATIENCE = Patience(attempts=2, pause=0.001, longest=0.001, failures=10_000)


@dataclass(frozen=True)
class Speaker:
    """A backend and the words of its server."""

    name: str
    dialect: Dialect
    kind: Kind
    speak: Callable[[Endpoint], Backend]
    retrying: bool = False

    def __repr__(self) -> str:
        return f"{self.name}-retrying" if self.retrying else self.name

    @property
    def attempts(self) -> int:
        return PATIENCE.attempts if self.retrying else 1

    def at(self, url: str, *, seconds: float = 20.0) -> Backend:
        """The backend for one address, or file."""
        model = self.speak(Endpoint("one", self.kind, MODEL, Label.RESTRICTED, (url,), seconds=seconds))
        return Retrying(model, PATIENCE) if self.retrying else model


_PLAIN = (
    Speaker("mistral", "mistral", "mistral", lambda endpoint: Mistral(endpoint, "sk-1")),
    Speaker("vllm", "openai", "openai", OpenAICompatible),
    Speaker("llama.cpp", "llamacpp", "openai", lambda endpoint: OpenAICompatible(endpoint, "sk-1")),
    Speaker("ollama", "ollama", "ollama", Ollama),
)
#: Those that ask a server.
WIRED = tuple(replace(one, retrying=retrying) for one in _PLAIN for retrying in (False, True))


def scripted(retrying: bool, answers: Callable[[Prompt], Answer]) -> Backend:
    model = Scripted(Endpoint("one", "openai", MODEL, Label.RESTRICTED), answers)
    return Retrying(model, PATIENCE) if retrying else model


def in_process(retrying: bool, file: Path) -> Backend:
    model = LlamaCpp(Endpoint("one", "llamacpp", "tiny", Label.RESTRICTED, (str(file),)))
    return Retrying(model, PATIENCE) if retrying else model


@dataclass
class Log:
    """A Departing, and a Witness: what was announced, and which attempts failed."""

    sizes: list[int] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def __call__(self, size: int, /) -> None:
        self.sizes.append(size)

    def again(self, attempt: int, failure: str) -> None:
        self.failures.append(failure)


@dataclass(frozen=True)
class Standing:
    """A backend whose server was asked for its description, and stands."""

    model: Backend
    server: Faulty
    log: Log

    def ask(self, question: Prompt | None = None, seconds: float = 20.0) -> Reply:
        return self.model.complete(question or prompt(), soon(seconds), self.log)

    def error(self, question: Prompt | None = None, seconds: float = 20.0) -> BackendError:
        return failed(lambda: self.ask(question, seconds))

    def is_accounted_for(self) -> bool:
        """Whether the sizes announced are those of the bodies that the server has read, one by one."""
        return self.log.sizes == [len(request.body) for request in self.server.requests]


@contextmanager
def standing(speaker: Speaker, *acts: Act, describing: tuple[Act, ...] = ()) -> Iterator[Standing]:
    with Faulty(*acts, dialect=speaker.dialect, describing=describing) as server:
        log = Log()
        model = speaker.at(server.url)
        if not describing:
            model.describe(soon(), log)
        yield Standing(model, server, log)


def prompt(
    text: str = f"def {CANARY}(x): return x", *, schema: Mapping[str, object] | None = None, tokens: int = 64,
    suffix: str | None = None, label: Label = Label.RESTRICTED, stop: tuple[str, ...] = (),
) -> Prompt:  # fmt: skip
    hole = None if suffix is None else Excerpt(suffix, label, "a.py")
    return Prompt(f"Review {CANARY}.", (Excerpt(text, label, "a.py"),), schema, tokens, hole, stop)


def unseen(size: int) -> None:
    """A departure that nobody writes down."""


def soon(seconds: float = 20.0) -> float:
    return time.monotonic() + seconds


def failed(call: Callable[[], object]) -> BackendError:
    with pytest.raises(BackendError) as caught:
        call()
    return caught.value


def told(error: BaseException) -> str:
    """All that an error says, in whatever way it is printed, with every other one that it holds on to."""
    words = ["".join(traceback.format_exception(error))]
    todo: list[BaseException | None] = [error]
    while todo:
        if (one := todo.pop()) is not None:
            words += [str(one), repr(one), repr(one.args), repr(vars(one))]
            todo += [one.__cause__, one.__context__]
    return "\n".join(words)


def refusing(reason: BaseException) -> Departing:
    def departing(size: int) -> None:
        raise reason

    return departing
