"""Private keys that span lines: PEM in files, in strings with escaped line ends, in YAML; PuTTY's own format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, partial

from reviewbot.core.credentials.hits import Span
from reviewbot.core.credentials.sites import each, finder

_BEGIN = r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----|\bPrivate-Lines: [0-9]{1,4}"
#: The largest key that anybody uses (16,384 bits) with room for indentation, quotes and escapes.
_LONGEST = 24_000
_ENCODED = re.compile(r"[A-Za-z0-9+/=]{16,}")
#: One line of a body whose end is not there, as far as it looks like one.
_LINE = re.compile(
    r"[\s\"'+\\nr#/*>|,.-]{0,80}[A-Za-z0-9+/]{40,80}={0,2}|[\s\"'+\\nr]{0,80}[A-Za-z0-9+/]{1,64}={1,2}(?![\w+/])"
)


def spans(text: str, raw: bytes) -> Iterator[Span]:
    """The bodies of private keys, without the lines that announce and end them; an encrypted one is less sure."""
    return each(finder(_BEGIN), raw, partial(_looked, text))


def _looked(text: str, begin: int) -> Iterator[Span]:
    found = _begin().match(text, begin)
    if found is None:
        return
    start = found.end()
    end = _end(text, start) if found[0].startswith("-") else _lines_end(text, start)
    body = text[start:end]
    if sum(map(len, _ENCODED.findall(body))) >= 48 and "..." not in body and "EXAMPLE" not in body:
        encrypted = "ENCRYPTED" in found[0] or "ENCRYPTED" in body[:200]
        yield Span(start, end, "private-key", 0.5 if encrypted else 0.95)


def _end(text: str, start: int) -> int:
    """Where the body ends: at the line that says so, else where lines stop to look like a key."""
    end = text.find("-----", start, start + _LONGEST)
    return end if text.startswith("-----END", end) else _lines_end(text, start)


def _lines_end(text: str, start: int) -> int:
    end = start
    while end < start + _LONGEST and (found := _LINE.match(text, end)):
        end = found.end()
    return end


@cache
def _begin() -> re.Pattern[str]:
    return re.compile(_BEGIN)
