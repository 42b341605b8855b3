"""What a model wrote as values: JSON wherever it stands in a reply, numbers and texts however they are written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from reviewbot.core.text import encodable

#: Digits of a line's number, or of a claim's.
_DIGITS = 7
#: Places at which an object is looked for: a reply may have any number of braces.
_TRIES = 16
#: A text, or a comma before a bracket that closes. Possessive, so nothing is read twice.
_TRAILING = re.compile(r'"(?:[^"\\]|\\.)*+"?|,(?=\s*[}\]])', re.DOTALL)
_FENCED = re.compile(r"\A\s*```\w*\s|\s```\s*\Z")
#: Line breaks within a text are let pass.
_DECODER = json.JSONDecoder(strict=False)


class UnreadableError(ValueError):
    """A reply that is not the object asked for."""


def listed(reply: str, member: str) -> list[Any]:
    """The items of that name in all JSON objects of a reply, whatever stands around them. Raises UnreadableError.

    A list alone counts where the reply is nothing else: prose has brackets too, and none of them means "no defect".
    """
    for text in (reply, _TRAILING.sub(_uncommaed, reply)):
        found = [value[member] for value in _objects(text, member) if isinstance(value[member], list)]
        if found:
            return [item for items in found for item in items]
        bare = _FENCED.sub("", text).strip()
        value, end = _decoded(bare, 0)
        if end == len(bare) and isinstance(value, list) and all(isinstance(item, dict) for item in value):
            return value
    raise UnreadableError(f"no object with {member}")


def single(reply: str, member: str) -> dict[str, Any]:
    """The first JSON object of a reply that has a member of this name. Raises UnreadableError."""
    for text in (reply, _TRAILING.sub(_uncommaed, reply)):
        if (found := next(_objects(text, member), None)) is not None:
            return found
    raise UnreadableError(f"no object with {member}")


def _uncommaed(match: re.Match[str]) -> str:
    return "" if match[0] == "," else match[0]


def _objects(reply: str, member: str) -> Iterator[dict[str, Any]]:
    """The JSON objects of a text that have a member of this name: those that begin with it, and a few others."""
    starts: set[int] = set()
    for pattern in (rf'\{{\s*"{re.escape(member)}"', r"\{"):
        starts.update(match.start() for match, _ in zip(re.finditer(pattern, reply), range(_TRIES), strict=False))
    end = 0
    for at in sorted(starts):
        value, after = _decoded(reply, at) if at >= end else (None, end)
        if isinstance(value, dict) and member in value:
            yield value
            end = after


def _decoded(text: str, at: int) -> tuple[Any, int]:
    """The JSON value that begins there and where it ends; None and -1 for no JSON, and for more of it than is read."""
    try:
        return _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None, -1


def number(value: object) -> int | None:
    """A number however it is written; None for what is none, and for more than any file has lines."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _DIGITS:
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if type(value) is int and 0 <= value < 10**_DIGITS else None


def prose(value: object) -> object:
    """A text, also where it came as a list of lines; "" for nothing. Half a character is spelled out."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        value = "\n".join(value)
    return encodable(value) if isinstance(value, str) else "" if value is None else value


def optional(value: object) -> str:
    """A text, "" for what is none."""
    text = prose(value)
    return text if isinstance(text, str) else ""
