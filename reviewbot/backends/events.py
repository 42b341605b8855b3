"""Streams of server-sent events, read to their end: a reply that is cut, or not understood, is a failure."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reviewbot.core.exchange import BackendError, Failure

#: Why a server stopped, where that is not the end of the reply: OpenAI's words, vLLM's, llama.cpp's.
_ENDS = {
    "length": Failure.TRUNCATED, "limit": Failure.TRUNCATED, "error": Failure.SERVER_ERROR,
    "abort": Failure.SERVER_ERROR,
}  # fmt: skip
_WHOLE = ("stop", "eos", "word")


@dataclass(frozen=True, slots=True)
class Written:
    """What a stream brought. Token counts are the server's, None where it gives none; `first` is in seconds."""

    text: str
    tokens_in: int | None
    tokens_out: int | None
    first: float | None


def mapping(data: bytes) -> dict[str, Any]:
    """A JSON object. Raises BackendError for anything else, and for one that says that it is an error."""
    try:
        value = json.loads(data.decode())
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise BackendError(Failure.BAD_REPLY)
    if value.get("error") or value.get("object") == "error":
        raise BackendError(Failure.SERVER_ERROR)
    return value


def parsed(kind: str, pieces: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The events of a body up to `[DONE]`, or to its end. Raises BackendError."""
    if kind.partition(";")[0].strip().lower() != "text/event-stream":
        mapping(b"".join(pieces))  # an error, told in place of a stream
        raise BackendError(Failure.BAD_REPLY)
    data: list[bytes] = []
    for line in _lines(pieces):
        name, _, value = line.partition(b":")
        if name == b"data":
            data.append(value.removeprefix(b" "))
        elif name == b"error":  # llama.cpp's, where it fails on the way
            raise BackendError(Failure.SERVER_ERROR)
        elif not line and data:
            event, data = b"\n".join(data), []
            if event == b"[DONE]":
                return
            yield mapping(event)
    if data not in ([], [b"[DONE]"]):
        raise BackendError(Failure.BROKEN)  # cut in an event


def choices(said: Iterator[Mapping[str, Any]], start: float) -> Written:
    """A reply of `/v1/chat/completions` or `/v1/completions`."""
    pieces: list[str] = []
    end, usage, first = None, None, None
    for event in said:
        usage = event.get("usage") or usage
        match event.get("choices", []):
            case []:
                continue
            case [dict(choice)]:
                piece, end = _piece(choice), choice.get("finish_reason") or end
            case _:
                raise BackendError(Failure.BAD_REPLY)
        if piece and first is None:
            first = time.monotonic() - start
        pieces.append(piece)
    _check(end)
    if usage is not None and not isinstance(usage, dict):
        raise BackendError(Failure.BAD_REPLY)
    counts = usage or {}
    return Written(_joined(pieces), _count(counts, "prompt_tokens"), _count(counts, "completion_tokens"), first)


def _piece(choice: Mapping[str, Any]) -> str:
    delta = choice.get("delta", {})
    text = choice.get("text") if "text" in choice else delta.get("content") if isinstance(delta, dict) else 0
    if text is not None and not isinstance(text, str):
        raise BackendError(Failure.BAD_REPLY)
    return text or ""


def completion(said: Iterator[Mapping[str, Any]], start: float) -> Written:
    """A reply of llama.cpp's `/completion`."""
    pieces: list[str] = []
    first = None
    for event in said:
        piece = event.get("content", "")
        if not isinstance(piece, str):
            raise BackendError(Failure.BAD_REPLY)
        if piece and first is None:
            first = time.monotonic() - start
        pieces.append(piece)
        if event.get("stop") is True:
            if event.get("truncated"):
                raise BackendError(Failure.TRUNCATED)
            _check(event.get("stop_type"))
            return Written(_joined(pieces), _count(event, "tokens_evaluated"), _count(event, "tokens_predicted"), first)
    raise BackendError(Failure.BROKEN)


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest: list[bytes] = []
    for piece in pieces:
        *lines, last = piece.split(b"\n")
        for line in lines:
            yield b"".join([*rest, line]).removesuffix(b"\r")
            rest = []
        rest.append(last)
    if last := b"".join(rest):
        yield last


def _check(end: object) -> None:
    if end is None:
        raise BackendError(Failure.BROKEN)
    if end not in _WHOLE:
        raise BackendError(_ENDS.get(end, Failure.BAD_REPLY) if isinstance(end, str) else Failure.BAD_REPLY)


def _joined(pieces: list[str]) -> str:
    """The text; halves of a sign, as JSON may have them, are joined to it or are question marks."""
    return "".join(pieces).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _count(counts: Mapping[str, Any], name: str) -> int | None:
    count = counts.get(name)
    if count is None:
        return None
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise BackendError(Failure.BAD_REPLY)
    return count
