"""Scaffolds in Python, run by pytest and unittest themselves."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from reviewbot.tasks.scaffold.frameworks import pytest as pytest_framework
from reviewbot.tasks.scaffold.frameworks import unittest as unittest_framework
from reviewbot.tasks.scaffold.languages import python
from reviewbot.tasks.scaffold.suites import Framework, Suite, Surroundings
from reviewbot.trials.commands import Ground, MissingToolError, Toolchain
from reviewbot.trials.toolchains import pytest as pytest_toolchain
from reviewbot.trials.toolchains import unittest as unittest_toolchain
from tests.tasks.scaffold.python_targets import EXAMPLES, Example, answers
from tests.trials.toolchains.trees import Trial, trial

FRAMEWORKS: dict[str, tuple[Framework, Toolchain]] = {
    "pytest": (pytest_framework, pytest_toolchain), "unittest": (unittest_framework, unittest_toolchain),
}  # fmt: skip
BOTH = pytest.mark.parametrize("framework", FRAMEWORKS)
EACH = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
PACKAGE = {"shop/__init__.py": ""}


def suite_of(example: Example, framework: str) -> Suite:
    chosen, around = FRAMEWORKS[framework][0], Surroundings(frozenset({example.path, *PACKAGE}))
    target = example.chosen()
    path = chosen.places(target, around)[0]
    return Suite(target, framework, path, chosen.module(target, path, around), python.cases(target), "1a2b3c4d5e")


def written(suite: Suite, example: Example) -> Suite:
    told = answers(example, suite)
    return replace(suite, cases=tuple(replace(one, expected=told.get(one.name) or None) for one in suite.cases))


def placed(example: Example, suite: Suite, folder: Path) -> Trial:
    framework, toolchain = FRAMEWORKS[suite.framework]
    files = {**PACKAGE, example.path: example.source, suite.path: framework.render(suite)}
    return trial(toolchain, folder / "tree", files, folder / "scratch")


@BOTH
@EACH
def test_an_unwritten_suite_is_found_and_does_not_fail(example: Example, framework: str, tmp_path: Path) -> None:
    suite = suite_of(example, framework)
    trial = placed(example, suite, tmp_path)
    found, ran = trial.collect(suite.path), trial.run(suite.path)
    assert found.ok, found.output
    assert ran.ok, ran.output
    assert "skipped" in ran.output


@BOTH
@EACH
def test_a_written_suite_passes_and_fails_on_the_mutant(example: Example, framework: str, tmp_path: Path) -> None:
    suite = written(suite_of(example, framework), example)
    trial = placed(example, suite, tmp_path)
    ran = trial.run(suite.path)
    assert ran.ok, ran.output
    assert "skipped" not in ran.output
    changed = trial.write({example.path: example.mutated()}).run(suite.path)
    assert not changed.ok, changed.output


@BOTH
def test_a_file_without_tests_is_not_collected(framework: str, tmp_path: Path) -> None:
    files = {"tests/test_a.py": "x = 1\n"}
    ran = trial(FRAMEWORKS[framework][1], tmp_path / "tree", files, tmp_path / "scratch")
    assert not ran.collect("tests/test_a.py").ok
    assert not ran.run("tests/test_a.py").ok


@BOTH
@pytest.mark.parametrize(
    "code", ["import shop_that_is_not_here\n", "import os\nos._exit(0)\n", "raise SystemExit(0)\n"]
)
def test_a_file_that_ends_the_runner_passes_nothing(framework: str, code: str, tmp_path: Path) -> None:
    test = f"{code}\nimport unittest\n\nclass ATest(unittest.TestCase):\n    def test_a(self):\n        pass\n"
    ran = trial(FRAMEWORKS[framework][1], tmp_path / "tree", {"tests/test_a.py": test}, tmp_path / "scratch")
    assert not ran.collect("tests/test_a.py").ok
    assert not ran.run("tests/test_a.py").ok


@BOTH
@pytest.mark.parametrize(
    ("files", "test"),
    [
        ({"src/shop/__init__.py": "", "src/shop/a.py": "ONE = 1\n", "pyproject.toml": ""}, "tests/test_a.py"),
        ({"api/pyproject.toml": "", "api/shop/a.py": "ONE = 1\n"}, "api/tests/unit/test_a.py"),
        ({"shop/a.py": "ONE = 1\n", "shop/__init__.py": "", "tests/__init__.py": ""}, "tests/test_a.py"),
        ({"shop/a.py": "ONE = 1\n", "pytest.ini": "[pytest]\naddopts = --cov --not-here\n"}, "shop/test_a.py"),
    ],
)
def test_a_test_imports_from_the_tree_as_projects_are_laid_out(
    framework: str, files: dict[str, str], test: str, tmp_path: Path
) -> None:
    text = (
        "import unittest\n\nfrom shop.a import ONE\n\n\nclass ATest(unittest.TestCase):\n"
        "    def test_one(self):\n        self.assertEqual(ONE, 1)\n"
    )
    ran = trial(FRAMEWORKS[framework][1], tmp_path / "tree", {**files, test: text}, tmp_path / "scratch")
    found, passed = ran.collect(test), ran.run(test)
    assert found.ok, found.output
    assert passed.ok, passed.output


@BOTH
def test_a_tool_that_is_not_here_is_named(framework: str, tmp_path: Path) -> None:
    with pytest.raises(MissingToolError, match="pytest" if framework == "pytest" else "python3"):
        FRAMEWORKS[framework][1].running(Ground(tmp_path, lambda name: None), "tests/test_a.py")


def test_the_python_beside_pytest_runs_it(tmp_path: Path) -> None:
    (tmp_path / "python3").symlink_to(sys.executable)
    command = pytest_toolchain.running(Ground(tmp_path, lambda name: str(tmp_path / name)), "test_a.py")
    assert command.argv[:3] == (str(tmp_path / "python3"), "-m", "pytest")


@pytest.mark.parametrize(
    "last", ["1 failed, 2 passed in 0.10s", "2 passed, 1 error in 0.10s", "no tests ran in 0.01s", ""]
)
def test_an_exit_code_alone_is_not_believed(last: str) -> None:
    assert not pytest_toolchain.passed(0, f"output\n{last}\n")
    assert not unittest_toolchain.passed(0, last)


BASKET = """\
class Basket:
    def __init__(self, currency: str):
        if currency != "EUR":
            raise ValueError(currency)
        self.items = []

    def add(self, price: int) -> None:
        if price < 0:
            raise ValueError(price)
        self.items.append(price)

    @property
    def size(self) -> int:
        return len(self.items)
"""


@BOTH
def test_a_guard_that_is_gone_fails_though_the_constructor_raises_the_same(framework: str, tmp_path: Path) -> None:
    example = Example("baskets", "Basket.add", BASKET, ("price < 0", "price is None"))
    suite = suite_of(example, framework)
    trial = placed(example, suite, tmp_path)
    assert trial.run(suite.path).ok
    changed = trial.write({example.path: example.mutated()}).run(suite.path)
    assert not changed.ok, changed.output
