"""Names of test methods from words that tell cases apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from reviewbot.tasks.scaffold import naming

_MINUS = re.compile(r"-(?=\d)")
_POINT = re.compile(r"(?<=\d)\.(?=\d)")


def titles(names: Iterable[str], style: Callable[[str], str]) -> tuple[str, ...]:
    """One for each, all different, of letters, digits and underscores; `style` is snake or pascal."""
    found: list[str] = []
    used: set[str] = set()
    for number, name in enumerate(names):
        title = naming.safe(style(_POINT.sub(" point ", _MINUS.sub("minus ", name)))).lstrip("_")
        while title.lower() in used:
            title = f"{title}_{number}"
        used.add(title.lower())
        found.append(title)
    return tuple(found)
