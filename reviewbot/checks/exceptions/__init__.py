"""Failures that leave no trace: swallowed, never raised, never caught, discarded on the way out."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.checks.exceptions import lost, swallowed
from reviewbot.checks.exceptions.rules import RULES
from reviewbot.core.findings import Finding, Severity
from reviewbot.core.merging import fold
from reviewbot.core.sightings import Sighting, fresh
from reviewbot.core.symbols import Touched
from reviewbot.ports import Reading

__all__ = ["RULES", "check"]


def check(reading: Reading) -> Iterator[Finding]:
    yield from fold(fresh(reading.syntax, _look, in_tests=Severity.LOW))


def _look(touched: Touched) -> Iterator[Sighting]:
    yield from swallowed.look(touched)
    yield from lost.look(touched)
