"""Scaffolds from end to end: real repositories, the command line, the sandbox, and each language's own test runner."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from reviewbot.cli import main
from reviewbot.sandbox.containment import contained
from reviewbot.tasks.scaffold import planning
from reviewbot.tasks.scaffold.suites import Suite, Surroundings
from tests.cli.mixed import operator
from tests.readings import diff
from tests.repositories import Work
from tests.requirements import require
from tests.servers import faulty
from tests.servers.faulty import Faulty
from tests.tasks.scaffold.python_targets import EXAMPLES, Example, answers
from tests.trials.toolchains.go_java_rust import which
from tests.trials.toolchains.javascript import MODULES

_CARGO = str(Path.home() / ".cargo" / "bin")
ENVIRON = {"PATH": os.pathsep.join((os.environ["PATH"], _CARGO)), "HOME": str(Path.home())}
POM = (
    '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>shop</groupId>'
    "<artifactId>shop</artifactId><version>1</version><dependencies><dependency><groupId>org.junit.jupiter</groupId>"
    "<artifactId>junit-jupiter</artifactId><version>5.9.2</version><scope>test</scope></dependency></dependencies></project>"
)


@dataclass(frozen=True)
class Case:
    """A small repository, a file that a change adds, and where the test of its one function belongs."""

    name: str
    base: Mapping[str, str]
    path: str
    code: str
    expected: str
    framework: str
    tools: Sequence[str] = ()
    modules: bool = False
    notices: Mapping[str, str] = field(default_factory=dict)


CASES = (
    Case("python", {"pyproject.toml": "[tool.pytest.ini_options]\n", "shop/__init__.py": "",
                    "tests/test_app.py": "import shop\n"},
         "shop/limits.py", "def least(value: int, low: int) -> int:\n    if low < 0:\n        raise ValueError(low)\n"
         "    return min(value, low)\n", "tests/test_limits.py", "pytest"),
    Case("python by unittest", {"shop/__init__.py": "", "tests/__init__.py": "",
                                "tests/test_app.py": "import unittest\n\n\nclass AppTest(unittest.TestCase):\n"
                                "    def test_app(self):\n        self.assertTrue(True)\n"},
         "shop/limits.py", "def least(value: int, low: int) -> int:\n    if low < 0:\n        raise ValueError(low)\n"
         "    return min(value, low)\n", "tests/test_limits.py", "unittest"),
    Case("typescript", {"package.json": '{"type": "module", "devDependencies": {"vitest": "3.2.7"}}',
                        "src/a.ts": "export const a = 1;\n",
                        "src/a.test.ts": 'import { expect, test } from "vitest";\nimport { a } from "./a";\n'
                        'test("a", () => {\n  expect(a).toBe(1);\n});\n'},
         "src/least.ts", "export function least(value: number, low: number): number {\n  if (low < 0) {\n"
         '    throw new RangeError("low");\n  }\n  return Math.min(value, low);\n}\n', "src/least.test.ts", "vitest",
         ("node",), modules=True),
    Case("javascript", {"package.json": '{"devDependencies": {"jest": "30.5.2"}}', "lib/a.js": "exports.a = 1;\n",
                        "__tests__/a.test.js": 'const { a } = require("../lib/a");\n\ntest("a", () => {\n'
                        "  expect(a).toBe(1);\n});\n"},
         "lib/least.js", "exports.least = function least(value, low = 1) {\n  if (low < 0) {\n"
         '    throw new RangeError("low");\n  }\n  return Math.min(value, low);\n};\n', "__tests__/least.test.js", "jest",
         ("node",), modules=True),
    Case("go", {"go.mod": "module example.org/shop\n\ngo 1.19\n", "shop.go": "package shop\n"},
         "least.go", 'package shop\n\nimport "errors"\n\nfunc Least(value, low int) (int, error) {\n\tif low < 0 {\n'
         '\t\treturn 0, errors.New("low")\n\t}\n\tif value < low {\n\t\treturn value, nil\n\t}\n\treturn low, nil\n}\n',
         "least_test.go", "gotest", ("go",)),
    Case("java", {"pom.xml": POM, "src/main/java/shop/Shop.java": "package shop;\n\npublic class Shop {}\n"},
         "src/main/java/shop/Limits.java", "package shop;\n\npublic class Limits {\n"
         "    public static int least(int value, int low) {\n        if (low < 0) {\n"
         '            throw new IllegalArgumentException("low");\n        }\n        return Math.min(value, low);\n    }\n}\n',
         "src/test/java/shop/LimitsTest.java", "junit5", ("java", "javac")),
    Case("rust", {"Cargo.toml": '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n',
                  "Cargo.lock": 'version = 3\n\n[[package]]\nname = "shop"\nversion = "0.1.0"\n',
                  "src/lib.rs": "pub mod limits;\n"},
         "src/limits.rs", "pub fn least(value: i32, low: i32) -> Result<i32, String> {\n    if low < 0 {\n"
         '        return Err("low".into());\n    }\n    Ok(value.min(low))\n}\n', "tests/limits.rs", "cargotest", ("cargo",)),
    Case("ruby", {"Gemfile": 'source "https://rubygems.org"\ngem "rspec"\n', "lib/shop.rb": "module Shop; end\n",
                  "spec/shop_spec.rb": 'require_relative "../lib/shop"\n\nRSpec.describe Shop do\nend\n'},
         "lib/limits.rb", "module Limits\n  def self.least(value, low = 1)\n    raise ArgumentError if low < 0\n\n"
         "    [value, low].min\n  end\nend\n", "spec/limits_spec.rb", "rspec", ("rspec",)),
    Case("php", {"composer.json": '{"autoload": {"psr-4": {"Shop\\\\": "src/"}}, "require-dev": {"phpunit/phpunit": "^9"}}',
                 "tests/ShopTest.php": "<?php\nuse PHPUnit\\Framework\\TestCase;\nclass ShopTest extends TestCase {}\n"},
         "src/Limits.php", "<?php\n\nnamespace Shop;\n\nfinal class Limits\n{\n"
         "    public static function least(int $value, int $low): int\n    {\n        if ($low < 0) {\n"
         "            throw new \\InvalidArgumentException('low');\n        }\n        return min($value, $low);\n    }\n}\n",
         "tests/LimitsTest.php", "phpunit", ("phpunit",)),
)  # fmt: skip


def repository(folder: Path, base: Mapping[str, str], head: Mapping[str, str]) -> Work:
    work = Work.at(folder)
    work.commit(**{".gitignore": "node_modules\n", **base})
    work.git("checkout", "-q", "-b", "feature")
    work.commit(**head)
    return work


def told(work: Work, folder: Path, *options: str) -> list[dict[str, Any]]:
    """The scaffolds of a run, as its report has them."""
    file = folder / "report.json"
    assert main(["scaffold", "--repo", str(work.path), "--base", "main", "--output", str(file), *options],
                dict(ENVIRON)) == 0  # fmt: skip
    found: list[dict[str, Any]] = json.loads(file.read_text())["scaffolds"]
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_new_function_gets_a_scaffold_in_its_place_that_passes_every_stage(case: Case, tmp_path: Path) -> None:
    require(contained().is_enough, "a sandbox")
    for tool in case.tools:
        require(which(tool), tool)
    require(not case.modules or (MODULES / ".package-lock.json").is_file(), "the test frameworks of node: make runners")
    work = repository(tmp_path / "work", case.base, {case.path: case.code})
    if case.modules:
        # A folder of its own: what a link leads to is not the repository's.
        shutil.copytree(MODULES, work.path / "node_modules", symlinks=True, copy_function=os.link)
    (made,) = told(work, tmp_path, "--run")
    assert (made["path"], made["framework"]) == (case.expected, case.framework)
    # What the guard of the function rejects is checked, so a changed target is noticed though nothing else is written.
    assert made["stages"] == {"parsed": True, "collected": True, "ran": True, "killed": True}, made["notices"]
    assert made["unwritten"] > 0 and made["origin"] == "reviewbot"


def suites(example: Example, base: Mapping[str, str]) -> list[Suite]:
    """Those of the module, as the command line makes them."""
    around = Surroundings(frozenset((*base, example.path)), {path: text for path, text in base.items() if text})
    made = planning.suites(diff(example.path, None, example.source), around, lambda path: True)
    return [one for one in made if isinstance(one, Suite)]


def survives(work: Work, path: str) -> bool:
    """Whether the tests at `path` pass in the work tree as it is."""
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", path], cwd=work.path,
                          capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]})  # fmt: skip
    assert done.returncode in (0, 1), done.stdout
    return done.returncode == 0


def killed(example: Example, folder: Path) -> bool:
    """Whether the scaffold that a model filled passes every stage, and fails on the planted mutant."""
    base = {"pyproject.toml": "[tool.pytest.ini_options]\n", "shop/__init__.py": "",
            "tests/test_app.py": "import pytest\n\nimport shop\n"}  # fmt: skip
    work = repository(folder / "work", base, {example.path: example.source})
    planned = suites(example, base)
    # One model that asks for one thing at a time, and knows what every call returns.
    replies = [answer or "unknown" for suite in planned for answer in answers(example, suite).values()]
    with Faulty(*map(faulty.reply, replies), dialect="ollama", models=("codestral:tiny",)) as server:
        document = operator(folder, ("local", "ollama", server.url, "restricted"), more="concurrency = 1\n")
        made = told(work, folder, "--operator", document, "--run", "--write")
        assert [request.path for request in server.requests if request.path == "/api/generate"] == (
            ["/api/generate"] * len(replies)
        )
    wanted = next(one for one in made if one["target"].endswith(f"::{example.target}"))
    assert wanted["origin"] == "local" or not replies
    assert wanted["stages"]["ran"], wanted["notices"]
    assert survives(work, wanted["path"])
    work.write(example.path, example.mutated())
    return wanted["stages"]["killed"] is True and not survives(work, wanted["path"])


def test_of_ten_scaffolds_that_a_model_filled_at_least_eight_kill_a_planted_mutant(tmp_path: Path) -> None:
    require(contained().is_enough, "a sandbox")
    found = {example.name: killed(example, tmp_path / example.name) for example in EXAMPLES
             if (tmp_path / example.name).mkdir() is None}  # fmt: skip
    assert len(found) == 10
    assert sum(found.values()) >= 8, found
