"""Which backends may read a text: a function of its label and the operator's order, never of health."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from reviewbot.core.endpoints import Endpoint
from reviewbot.core.labels import Label, permits


def route(label: Label, endpoints: Sequence[Endpoint]) -> tuple[Endpoint, ...]:
    """The backends cleared for this label, in the operator's order. Fallback walks this and nothing else."""
    return tuple(endpoint for endpoint in endpoints if permits(endpoint.clearance, label))


def windows(endpoints: Sequence[Endpoint]) -> dict[Label, int]:
    """The smallest window of each label's route, so that fallback never has to cut; a label of none is left out."""
    sizes = {label: [one.window for one in route(label, endpoints) if one.window is not None] for label in Label}
    return {label: min(found) for label, found in sizes.items() if found}


def shared(endpoints: Sequence[Endpoint], pull_request: str) -> tuple[Endpoint, ...]:
    """The backends that take part in this pull request: each has its `share` of them, always the same ones.

    `pull_request` names it without depending on its content: its number, else its base.
    """
    return tuple(endpoint for endpoint in endpoints if _draw(f"{endpoint.name}\0{pull_request}") < endpoint.share)


def _draw(name: str) -> int:
    """A number below 100, the same for the same name."""
    return int.from_bytes(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[:8]) % 100
