"""Where in a text to look: RE2 goes over all of it once, and no more places are looked at than a budget allows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

import re2  # type: ignore[import-untyped]

from reviewbot.core.credentials.hits import Span

#: More places than this in one text are no settings and no code. Everything from there on counts as one credential,
#: so that a text made to be slow is withheld, not skipped.
MOST = 20_000


@cache
def finder(*patterns: str) -> Any:
    """One RE2 pattern over bytes, of patterns without groups of their own: it finds places, and nothing in them."""
    return re2.compile("|".join(f"(?:{pattern})" for pattern in patterns).encode("ascii"))


def each(pattern: Any, raw: bytes, look: Callable[[int], Iterable[Span]], step: int = 0) -> Iterator[Span]:
    """What `look` sees at every place that the pattern finds. `raw` has one byte for each character of the text.

    The next place begins behind this one, or already `step` characters from where this one begins.
    """
    position = 0
    for _ in range(MOST):
        found = pattern.search(raw, position)
        if found is None:
            return
        yield from look(found.start())
        position = found.start() + step if step else found.end()
    yield Span(position, len(raw), "mass-of-credentials", 0.5)
