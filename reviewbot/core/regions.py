"""Where hosted models stand, and where a policy wants them: an order, so that demands can be joined like labels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal
from urllib.parse import urlsplit

#: What a policy may ask for. `local` is stricter than both others: no hosted model at all.
Region = Literal["eu", "us", "local"]

_MISTRAL = "mistral.ai"
_REGIONAL = {"api.eu.mistral.ai": "eu", "api.us.mistral.ai": "us"}


def strictest(asked: Iterable[Region | None]) -> Region | None:
    """All demands as one: nothing can be in two regions, so two of them leave no hosted model."""
    named = {region for region in asked if region is not None}
    return None if not named else named.pop() if len(named) == 1 else "local"


def is_mistral(url: str) -> bool:
    """Whether an address is one of Mistral's own."""
    host = urlsplit(url).hostname or ""
    return host == _MISTRAL or host.endswith(f".{_MISTRAL}")


def of(url: str) -> str | None:
    """The region that an address itself is of: `eu`, `us`, `global` for Mistral's others, None where it says none."""
    return _REGIONAL.get(urlsplit(url).hostname or "", "global") if is_mistral(url) else None
