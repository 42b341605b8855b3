"""What is going on, for someone who watches: on a terminal only, and gone when it is done."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stage(text: str) -> Iterator[None]:
    """Show `text` on standard error while the block runs, if that is a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.markup import escape

    from reviewbot.core.text import harmless

    with Console(stderr=True).status(escape(harmless(text))):
        yield
