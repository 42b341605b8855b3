"""What is in an answer, whatever its shape: nothing where it should be is nothing, never an error."""

from __future__ import annotations

from reviewbot.core.text import sendable


def at(value: object, *keys: str) -> object:
    """What is under these keys, one in the other; None where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def text(value: object, *keys: str) -> str:
    found = at(value, *keys)
    return sendable(found) if isinstance(found, str) else ""


def number(value: object, *keys: str) -> str:
    """An id, as digits: GraphQL has the large ones as text."""
    found = at(value, *keys)
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    return found if isinstance(found, str) and found.isascii() and found.isdigit() else ""


def things(value: object, *keys: str) -> list[object]:
    found = at(value, *keys)
    return found if isinstance(found, list) else []


def last_line(body: str) -> str:
    """What a mark is compared with: forges change the ends of lines and strip the last."""
    return body.replace("\r\n", "\n").rstrip().rpartition("\n")[2]
