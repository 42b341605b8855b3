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


def _markdown() -> Render:
    from reviewbot.formats.markdown import render

    return render


def _html() -> Render:
    from reviewbot.formats.html import render

    return render


def _sarif() -> Render:
    from reviewbot.formats.sarif import render

    return render


def _codequality() -> Render:
    from reviewbot.formats.codequality import render

    return render


def _openmetrics() -> Render:
    from reviewbot.formats.openmetrics import render

    return render


#: By file name first, then by suffix. Each is imported when its name is asked for.
FORMATS: dict[str, Callable[[], Render]] = {
    "gl-code-quality-report.json": _codequality, ".json": _json, ".md": _markdown, ".html": _html, ".sarif": _sarif,
    ".prom": _openmetrics,
}  # fmt: skip


def renderer(name: str) -> Render:
    """The format that a file name asks for. Raises UsageError for a name that asks for none."""
    path = PurePath(name)
    for key in (path.name, path.suffix):
        if key in FORMATS:
            return FORMATS[key]()
    raise UsageError(f"{name}: no format has this name; one of {', '.join(FORMATS)}, or - for the terminal")
