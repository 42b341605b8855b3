"""Several addresses of one model: the one with the fewest calls under way is asked."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

from reviewbot.ports import Departing

#: Seconds for which an address that refused a connection comes after the others.
_AVOIDED = 10.0


class Addresses:
    """Calls under way by address. Safe to use from several threads."""

    def __init__(self, urls: Sequence[str]) -> None:
        self._lock = Lock()
        self._calls = dict.fromkeys(urls, 0)
        #: Until when each comes after the others, as readings of `time.monotonic()`.
        self._avoided = dict.fromkeys(urls, 0.0)

    @contextmanager
    def taken(self, tried: Collection[str]) -> Iterator[str | None]:
        """An address that was not tried yet, for one call: of those least busy the first. None where all were."""
        with self._lock:
            now = time.monotonic()
            left = [url for url in self._calls if url not in tried]
            best = min(left, key=lambda url: (self._avoided[url] > now, self._calls[url]), default=None)
            if best is not None:
                self._calls[best] += 1
        try:
            yield best
        finally:
            with self._lock:
                if best is not None:
                    self._calls[best] -= 1

    def avoid(self, url: str) -> None:
        """A connection was refused there."""
        with self._lock:
            self._avoided[url] = time.monotonic() + _AVOIDED


class Watch:
    """A Departing that remembers whether it was called: after that, no other address may be asked in its place."""

    def __init__(self, departing: Departing) -> None:
        self._departing = departing
        self.called = False

    def __call__(self, size: int, /) -> None:
        self.called = True
        self._departing(size)
