from __future__ import annotations

from reviewbot.tasks.scaffold.choosing import chosen
from reviewbot.tasks.scaffold.frameworks import pytest, unittest
from reviewbot.tasks.scaffold.suites import Surroundings

UNIT = "import unittest\n\nclass ATest(unittest.TestCase):\n    def test_a(self):\n        pass\n"
PLAIN = "def test_a():\n    assert True\n"


def name(texts: dict[str, str]) -> str:
    return chosen((pytest, unittest), Surroundings(frozenset(texts), texts), "pkg/x.py").NAME


def test_a_repository_without_tests_gets_the_first() -> None:
    assert name({}) == "pytest"


def test_the_style_of_most_tests_wins_over_a_manifest() -> None:
    tests = {"tests/test_a.py": UNIT, "tests/test_b.py": UNIT, "tests/test_c.py": PLAIN}
    assert name({**tests, "pyproject.toml": "[tool.pytest]", "conftest.py": ""}) == "unittest"
    assert name({"tests/test_a.py": UNIT, "tests/test_b.py": PLAIN, "tests/test_c.py": PLAIN}) == "pytest"


def test_a_manifest_decides_between_equals() -> None:
    tests = {"tests/test_a.py": UNIT, "tests/test_b.py": PLAIN}
    assert name({**tests, "requirements-dev.txt": "pytest\n"}) == "pytest"


def test_classes_that_use_pytest_are_tests_of_pytest() -> None:
    assert name({"tests/test_a.py": "import pytest\n" + UNIT}) == "pytest"
