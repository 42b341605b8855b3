"""Tests that no longer run, or run and check nothing."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.checks.testing import coverage, marks
from reviewbot.checks.testing.rules import RULES
from reviewbot.core.findings import Finding
from reviewbot.core.merging import fold
from reviewbot.core.paths import is_foreign, is_test
from reviewbot.core.sightings import fresh
from reviewbot.ports import Reading

__all__ = ["RULES", "check"]


def check(reading: Reading) -> Iterator[Finding]:
    file = reading.file
    # Words such as `fit` and `skip` mean something else in other files.
    if is_test(file.path) and not is_foreign(file.path, file.old.text or ""):
        yield from fold(fresh(reading.syntax, marks.look))
        yield from fold(coverage.look(reading.syntax))
