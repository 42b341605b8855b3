"""A backend without a model: its answers are given. For tests and the demo; it behaves like one that sends."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Lock

from reviewbot.core import tokens
from reviewbot.core.endpoints import Endpoint
from reviewbot.core.exchange import BackendError, Failure, Prompt, Reply, Traits
from reviewbot.ports import Departing

#: A whole reply, its text alone, or why there is none.
Answer = Reply | str | BackendError


class Scripted:
    """Satisfies `reviewbot.ports.Backend` and sends nothing. The same questions have the same replies.

    `answers` is a function of the prompt, or answers one after another, of which the last repeats. Without `fim` it
    fills no holes.
    """

    def __init__(self, endpoint: Endpoint, answers: Callable[[Prompt], Answer] | Sequence[Answer],
                 *, fim: bool = True) -> None:  # fmt: skip
        if not callable(answers) and not answers:
            raise ValueError("no answers")
        self._endpoint, self._answers, self._fim = endpoint, answers, fim
        self._lock = Lock()
        self._given, self._described = 0, False

    @property
    def endpoint(self) -> Endpoint:
        return self._endpoint

    def describe(self, deadline: float, departing: Departing) -> Traits:
        """The operator's window, and holes in code. The first call departs with no body, as a real one would."""
        with self._lock:
            if not self._described:
                _depart(0, deadline, departing)
                self._described = True
        return Traits(window=self._endpoint.window, fim=self._fim)

    def complete(self, prompt: Prompt, deadline: float, departing: Departing) -> Reply:
        """The next answer; tokens are estimates and no time passes. BAD_REQUEST for a hole where it has no `fim`."""
        if prompt.suffix is not None and not self._fim:
            raise BackendError(Failure.BAD_REQUEST)
        _depart(len(_body(self._endpoint.model, prompt)), deadline, departing)
        answer = self._answers(prompt) if callable(self._answers) else self._next(self._answers)
        if isinstance(answer, BackendError):
            # A new one: an error that is raised twice, or in two threads, would gather what it met.
            raise BackendError(answer.failure, status=answer.status, retry_after=answer.retry_after)
        if isinstance(answer, Reply):
            return replace(answer, text=prompt.ended(answer.text))
        answer = prompt.ended(answer)
        hole = "" if prompt.suffix is None else prompt.suffix.text
        read = tokens.estimate(prompt.system) + tokens.estimate(prompt.text + hole)
        return Reply(answer, read, tokens.estimate(answer), 0.0, 0.0 if answer else None)

    def _next(self, answers: Sequence[Answer]) -> Answer:
        with self._lock:
            self._given += 1
            return answers[min(self._given, len(answers)) - 1]


def _depart(size: int, deadline: float, departing: Departing) -> None:
    if time.monotonic() >= deadline:
        raise BackendError(Failure.TIMEOUT)
    departing(size)


def _body(model: str, prompt: Prompt) -> bytes:
    """What a server would be sent."""
    value: dict[str, object] = {"model": model, "max_tokens": prompt.max_tokens, "temperature": 0}
    if prompt.suffix is not None:
        value |= {"prompt": prompt.text, "suffix": prompt.suffix.text}
    else:
        value["messages"] = [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.text}]
    if prompt.schema is not None:
        value["response_format"] = dict(prompt.schema)
    if prompt.stop:
        value["stop"] = list(prompt.stop)
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
