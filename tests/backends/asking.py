"""Questions for backends, and what to do with the answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import pytest

from reviewbot.core.exchange import BackendError, Excerpt, Prompt
from reviewbot.core.labels import Label

SCHEMA: Mapping[str, object] = {
    "type": "object", "additionalProperties": False, "required": ["found"],
    "properties": {"found": {"type": "array", "maxItems": 2, "items": {"type": "string", "maxLength": 8}}},
}  # fmt: skip


def prompt(
    text: str = "def f(x): return x", *, schema: Mapping[str, object] | None = SCHEMA, tokens: int = 256,
    suffix: str | None = None, system: str = "Review this.",
) -> Prompt:  # fmt: skip
    hole = None if suffix is None else Excerpt(suffix, Label.RESTRICTED, "a.py")
    return Prompt(system, (Excerpt(text, Label.RESTRICTED, "a.py"),), schema, tokens, hole)


def unseen(size: int) -> None:
    """A departure that nobody writes down."""


def soon(seconds: float = 20.0) -> float:
    return time.monotonic() + seconds


def failed(call: Callable[[], object]) -> BackendError:
    with pytest.raises(BackendError) as caught:
        call()
    return caught.value
