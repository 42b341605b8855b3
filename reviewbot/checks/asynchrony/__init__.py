"""Mistakes around promises and coroutines that are certain from one file."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.checks.asynchrony import callbacks, coroutines
from reviewbot.checks.asynchrony.rules import RULES
from reviewbot.core.findings import Finding, Severity
from reviewbot.core.merging import fold
from reviewbot.core.sightings import Sighting, fresh
from reviewbot.core.symbols import Touched
from reviewbot.ports import Reading

__all__ = ["RULES", "check"]


def check(reading: Reading) -> Iterator[Finding]:
    yield from fold(fresh(reading.syntax, _look))
    yield from fold(fresh(reading.syntax, callbacks.blocking, in_tests=Severity.INFO))


def _look(touched: Touched) -> Iterator[Sighting]:
    yield from coroutines.look(touched)
    yield from callbacks.look(touched)
