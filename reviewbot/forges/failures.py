"""How a request to a forge fails, in our words: nothing of what the forge said is kept but the status and a wait."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Literal

#: How GitHub words a limit for which it sets no header; bytes of an answer in which that is looked for.
_LIMIT = re.compile(rb"rate limit|abuse detection", re.IGNORECASE)
_BEGINNING = 4096

#: `unsent`: no connection stood, nothing left. `limited`: turned away for going too fast, without effect.
#: `rejected`: answered no, without effect. `unknown`: nobody knows whether it took effect.
#: `barred`: not sent by us, and never to be.
Kind = Literal["unsent", "limited", "rejected", "unknown", "barred"]


class RequestError(Exception):
    """A request without the answer that it was sent for. `str()` of it is in our words alone.

    `status` is 0 where none came; `wait` is in seconds, None where the forge did not say.
    """

    def __init__(self, problem: str, kind: Kind, *, status: int = 0, wait: float | None = None) -> None:
        super().__init__(problem)
        self.kind: Kind = kind
        self.status, self.wait = status, wait


def refusal(status: int, headers: Mapping[str, str], content: bytes) -> RequestError:
    """What a status from 300 on means. `headers` have lower-case names."""
    if status < 400:
        return RequestError(f"the forge redirects ({status})", "rejected", status=status)
    if status >= 500:
        return RequestError(f"the forge failed ({status})", "unknown", status=status, wait=asked_wait(headers))
    spent = headers.get("x-ratelimit-remaining", "").strip() == "0"
    limited = spent or "retry-after" in headers or _LIMIT.search(content[:_BEGINNING]) is not None
    if status == 429 or (status == 403 and limited):
        return RequestError(
            f"the forge asks to go slower ({status})", "limited", status=status, wait=asked_wait(headers)
        )
    return RequestError(f"the forge refused ({status})", "rejected", status=status)


def asked_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds, from `Retry-After` (a number or a date, RFC 9110, 10.2.3) or from when a spent limit is reset."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,6})?", value, re.ASCII):
        return float(value)
    if value:
        try:
            return max(0.0, parsedate_to_datetime(value[:64]).timestamp() - time.time())
        except (ValueError, OverflowError, TypeError, LookupError, OSError):
            return None
    if headers.get("x-ratelimit-remaining", headers.get("ratelimit-remaining", "")).strip() != "0":
        return None
    reset = headers.get("x-ratelimit-reset", headers.get("ratelimit-reset", "")).strip()
    return max(0.0, int(reset) - time.time()) if re.fullmatch(r"\d{1,12}", reset, re.ASCII) else None
