"""When a request to a forge is sent again: reading, as often as it helps; writing, never twice for one effect."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from reviewbot.forges.failures import RequestError

_T = TypeVar("_T")

#: Attempts of one request, the first included.
_ATTEMPTS = 4
#: Seconds: the first pause (then twice that, and so on), the longest that a forge may ask for, and what a write turned
#: away without a word on how long waits at first.
_PAUSE, _LONGEST, _UNSAID = 0.5, 60.0, 5.0
#: Seconds before looking whether a write took effect: the forge may still be at it.
_SETTLING = 1.0


@dataclass(frozen=True, slots=True)
class Attempts:
    """`ends` is when the run does, a reading of `clock`. No pause reaches beyond it: what would is raised at once."""

    ends: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def read(self, ask: Callable[[], _T]) -> _T:
        """What `ask` returns; RequestError where no attempt helped or none could."""
        for attempt in range(1, _ATTEMPTS):
            try:
                return ask()
            except RequestError as error:
                self._pause(error, attempt)
        return ask()

    def write(self, send: Callable[[], _T], look: Callable[[], _T | None]) -> _T:
        """What `send` returns, sent again only where it had no effect.

        `look` says what `send` would have returned if the forge shows its effect, else None. It is asked after every
        outcome that nobody knows, and after the first such one `send` gets one more go. RequestError of the kind
        `unknown` means that even that did not tell, or that `look` could not.
        """
        unknown = 0
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return send()
            except RequestError as error:
                if error.kind == "unknown":
                    unknown += 1
                    found = self._looked(look, error)
                    if found is not None:
                        return found
                if unknown > 1 or attempt == _ATTEMPTS:
                    raise
                if error.kind != "unknown":
                    self._pause(error, attempt)
        raise AssertionError("unreachable")

    def _looked(self, look: Callable[[], _T | None], error: RequestError) -> _T | None:
        if self.clock() + _SETTLING < self.ends:
            self.sleep(_SETTLING)
        try:
            return self.read(look)
        except RequestError:
            raise error from None

    def _pause(self, error: RequestError, attempt: int) -> None:
        """Wait before another attempt, or raise what makes one useless."""
        if error.kind not in ("unsent", "limited", "unknown"):
            raise error
        doubled = (_UNSAID if error.kind == "limited" else _PAUSE) * 2.0 ** (attempt - 1)
        seconds = doubled if error.wait is None else max(error.wait, _PAUSE)
        if seconds > _LONGEST or self.clock() + seconds >= self.ends:
            raise error
        self.sleep(seconds)
