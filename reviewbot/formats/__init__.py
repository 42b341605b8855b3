"""Report in, text out: one module a format, chosen by the name of the file it goes to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from reviewbot.core.report import Report
from reviewbot.errors import UsageError

Render = Callable[[Report], str]


def _json() -> Render:
    from reviewbot.formats.json import render

    return render


#: By file name first, then by suffix.
FORMATS: dict[str, Callable[[], Render]] = {".json": _json}


def renderer(name: str) -> Render:
    """The format that a file name asks for. Raises UsageError for a name that asks for none."""
    path = PurePath(name)
    for key in (path.name, path.suffix):
        if key in FORMATS:
            return FORMATS[key]()
    raise UsageError(f"{name}: no format has this name; one of {', '.join(FORMATS)}, or - for the terminal")
