"""The rules that are not about imports hold, and each has been seen to fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.planted import SOURCES
from tests.house.rules import violations

ROOT = Path(__file__).parents[2]
FILES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "reviewbot").rglob("*.py"))


@pytest.mark.parametrize("path", FILES)
def test_the_house_is_in_order(path: str) -> None:
    assert violations(path, (ROOT / path).read_text()) == []


@pytest.mark.parametrize(("path", "source"), SOURCES)
def test_a_planted_violation_is_caught(path: str, source: str) -> None:
    assert len(violations(path, source)) == 1
