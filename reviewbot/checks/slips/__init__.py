"""Slips of the pen: code that surely does not do what it reads like."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.checks.slips import branches, operands, values
from reviewbot.checks.slips.rules import RULES
from reviewbot.core.findings import Finding, Severity
from reviewbot.core.merging import fold
from reviewbot.core.sightings import Sighting, fresh
from reviewbot.core.symbols import Touched
from reviewbot.ports import Reading

__all__ = ["RULES", "check"]


def check(reading: Reading) -> Iterator[Finding]:
    yield from fold(fresh(reading.syntax, _look, in_tests=Severity.LOW))
    yield from fold(fresh(reading.syntax, operands.unused))
    # Tests of equality compare a value with itself.
    yield from fold(fresh(reading.syntax, operands.same, in_tests=Severity.INFO))


def _look(touched: Touched) -> Iterator[Sighting]:
    yield from operands.look(touched)
    yield from branches.look(touched)
    yield from values.look(touched)
