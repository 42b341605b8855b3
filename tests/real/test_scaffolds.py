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
from tests.trials.toolchains.javascript import MODULES
from tests.trials.toolchains.trees import which

_CARGO = str(Path.home() / ".cargo" / "bin")
#: No Gradle is needed for it: without one the sources are compiled as they stand.
BUILD = "plugins { id 'java' }\ndependencies { testImplementation 'org.junit.jupiter:junit-jupiter:5.9.2' }\n"
ENVIRON = {"PATH": os.pathsep.join((os.environ["PATH"], _CARGO)), "HOME": str(Path.home())}


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


PYTHON = """\
def least(value: int, low: int) -> int:
    if low < 0:
        raise ValueError(low)
    return min(value, low)
"""
TYPESCRIPT = """\
export function least(value: number, low: number): number {
  if (low < 0) {
    throw new RangeError("low");
  }
  return Math.min(value, low);
}
"""
JAVASCRIPT = """\
exports.least = function least(value, low = 1) {
  if (low < 0) {
    throw new RangeError("low");
  }
  return Math.min(value, low);
};
"""
GO = """\
package shop

import "errors"

func Least(value, low int) (int, error) {
\tif low < 0 {
\t\treturn 0, errors.New("low")
\t}
\tif value < low {
\t\treturn value, nil
\t}
\treturn low, nil
}
"""
JAVA = """\
package shop;

public class Limits {
    public static int least(int value, int low) {
        if (low < 0) {
            throw new IllegalArgumentException("low");
        }
        return Math.min(value, low);
    }
}
"""
RUST = """\
pub fn least(value: i32, low: i32) -> Result<i32, String> {
    if low < 0 {
        return Err("low".into());
    }
    Ok(value.min(low))
}
"""
RUBY = """\
module Limits
  def self.least(value, low = 1)
    raise ArgumentError if low < 0

    [value, low].min
  end
end
"""
PHP = """\
<?php

namespace Shop;

final class Limits
{
    public static function least(int $value, int $low): int
    {
        if ($low < 0) {
            throw new \\InvalidArgumentException('low');
        }
        return min($value, $low);
    }
}
"""
UNITTEST = """\
import unittest


class AppTest(unittest.TestCase):
    def test_app(self):
        self.assertTrue(True)
"""
VITEST = """\
import { expect, test } from "vitest";
import { a } from "./a";
test("a", () => {
  expect(a).toBe(1);
});
"""
JEST = """\
const { a } = require("../lib/a");

test("a", () => {
  expect(a).toBe(1);
});
"""
COMPOSER = '{"autoload": {"psr-4": {"Shop\\\\": "src/"}}, "require-dev": {"phpunit/phpunit": "^9"}}'
CASES = (
    Case("python", {"pyproject.toml": "[tool.pytest.ini_options]\n", "shop/__init__.py": "",
                    "tests/test_app.py": "import shop\n"},
         "shop/limits.py", PYTHON, "tests/test_limits.py", "pytest"),
    Case("python by unittest", {"shop/__init__.py": "", "tests/__init__.py": "", "tests/test_app.py": UNITTEST},
         "shop/limits.py", PYTHON, "tests/test_limits.py", "unittest"),
    Case("typescript", {"package.json": '{"type": "module", "devDependencies": {"vitest": "3.2.7"}}',
                        "src/a.ts": "export const a = 1;\n", "src/a.test.ts": VITEST},
         "src/least.ts", TYPESCRIPT, "src/least.test.ts", "vitest", ("node",), modules=True),
    Case("javascript", {"package.json": '{"devDependencies": {"jest": "30.5.2"}}', "lib/a.js": "exports.a = 1;\n",
                        "__tests__/a.test.js": JEST},
         "lib/least.js", JAVASCRIPT, "__tests__/least.test.js", "jest", ("node",), modules=True),
    Case("go", {"go.mod": "module example.org/shop\n\ngo 1.19\n", "shop.go": "package shop\n"},
         "least.go", GO, "least_test.go", "gotest", ("go",)),
    Case("java", {"build.gradle": BUILD, "src/main/java/shop/Shop.java": "package shop;\n\npublic class Shop {}\n"},
         "src/main/java/shop/Limits.java", JAVA, "src/test/java/shop/LimitsTest.java", "junit5", ("java", "javac")),
    Case("rust", {"Cargo.toml": '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n',
                  "Cargo.lock": 'version = 3\n\n[[package]]\nname = "shop"\nversion = "0.1.0"\n',
                  "src/lib.rs": "pub mod limits;\n"},
         "src/limits.rs", RUST, "tests/limits.rs", "cargotest", ("cargo",)),
    Case("ruby", {"Gemfile": 'source "https://rubygems.org"\ngem "rspec"\n', "lib/shop.rb": "module Shop; end\n",
                  "spec/shop_spec.rb": 'require_relative "../lib/shop"\n\nRSpec.describe Shop do\nend\n'},
         "lib/limits.rb", RUBY, "spec/limits_spec.rb", "rspec", ("rspec",)),
    Case("php", {"composer.json": COMPOSER,
                 "tests/ShopTest.php": "<?php\nclass ShopTest extends PHPUnit\\Framework\\TestCase {}\n"},
         "src/Limits.php", PHP, "tests/LimitsTest.php", "phpunit", ("phpunit",)),
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
    found = {}
    for example in EXAMPLES:
        folder = tmp_path / example.name
        folder.mkdir()
        found[example.name] = killed(example, folder)
    assert len(found) == 10
    assert sum(found.values()) >= 8, found
