"""What of a Python repository tells pytest from unittest."""

from __future__ import annotations

import re
from functools import lru_cache

from reviewbot.core.paths import is_test
from reviewbot.tasks.scaffold.suites import Surroundings

_MANIFEST = re.compile(
    r"(^|/)(pyproject\.toml|setup\.(cfg|py)|tox\.ini|pytest\.ini|[\w.-]*requirements[\w.-]*\.(txt|in))$"
)
_PYTEST = re.compile(r"(?m)^(import pytest\b|from pytest\b|(async )?def test_)")
_UNITTEST = re.compile(r"(?m)^(import unittest\b|from unittest\b|class \w+\([\w., ]*TestCase\))")


def styles(around: Surroundings) -> tuple[int, int]:
    """How many of the tests that there are belong to pytest, and how many to unittest."""
    found = [_style(text) for path, text in around.texts.items() if path.endswith(".py") and is_test(path)]
    return found.count("pytest"), found.count("unittest")


@lru_cache(maxsize=4096)  # every target asks the same tests
def _style(text: str) -> str:
    return "pytest" if _PYTEST.search(text) else "unittest" if _UNITTEST.search(text) else ""


def signs(around: Surroundings) -> int:
    """From 0 to 9 how much manifests and files speak for pytest."""
    manifests = sum("pytest" in text for path, text in around.texts.items() if _MANIFEST.search(path))
    files = sum(path.rpartition("/")[2] in ("conftest.py", "pytest.ini") for path in around.paths)
    return min(9, 3 * manifests + 3 * files)
