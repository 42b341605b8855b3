from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from reviewbot.tasks.scaffold.suites import Case
from reviewbot.trials.commands import Ground, MissingToolError
from tests.trials.toolchains.javascript import TOOLCHAINS, Tree, filled, needs_runners

BODY = """\
  if (low > high) {
    throw new RangeError("low is above high");
  }
  return Math.min(Math.max(value, low), high);
}
"""
PLAIN = f"function clamp(value, low, high) {{\n{BODY}\nmodule.exports = {{ clamp }};\n"
MODERN = f"export function clamp(value, low, high) {{\n{BODY}"
TYPED = f"export function clamp(value: number, low: number, high: number): number {{\n{BODY}"
BABEL = (
    "module.exports = { presets: [['@babel/preset-env', { targets: { node: 'current' } }], "
    "'@babel/preset-typescript'] };\n"
)
#: Another change that is there already and broken: nothing but the new file may be run.
BROKEN = "throw new Error('this file is none of ours');\n"


@dataclass(frozen=True)
class Scene:
    """A repository, the file that the change adds to it, and where its test belongs."""

    framework: str
    path: str
    text: str
    place: str
    module: str
    files: dict[str, str]


SCENES = {
    "vitest-typescript-beside": Scene(
        "vitest", "src/math/clamp.ts", TYPED, "src/math/clamp.test.ts", "./clamp",
        {
            "package.json": '{"type": "module", "scripts": {"test": "vitest run"}, "devDependencies": {"vitest": "3"}}',
            "src/sum.ts": "export const sum = (a: number, b: number) => a + b;\n",
            "src/sum.test.ts": "import { expect, test } from 'vitest';\nimport { sum } from './sum';\n" + BROKEN,
        },
    ),
    "vitest-commonjs-source": Scene(
        "vitest", "lib/clamp.cjs", PLAIN, "lib/clamp.test.mjs", "./clamp.cjs",
        {"package.json": '{"devDependencies": {"vitest": "3"}}'},
    ),
    "vitest-without-any-sign": Scene(
        "vitest", "src/clamp.ts", TYPED, "src/clamp.test.ts", "./clamp", {"package.json": '{"name": "a"}'}
    ),
    "jest-commonjs-folder": Scene(
        "jest", "src/clamp.js", PLAIN, "src/__tests__/clamp.test.js", "../clamp",
        {
            "package.json": '{"devDependencies": {"jest": "30"}, "jest": {"testEnvironment": "node"}}',
            "src/sum.js": "module.exports = { sum: (a, b) => a + b };\n",
            "src/__tests__/sum.test.js": "const { sum } = require('../sum');\n" + BROKEN,
        },
    ),
    "jest-typescript-babel": Scene(
        "jest", "src/clamp.ts", TYPED, "tests/clamp.spec.ts", "../src/clamp",
        {
            "package.json": '{"devDependencies": {"jest": "30"}}',
            "babel.config.js": BABEL,
            "src/sum.ts": "export const sum = (a: number, b: number) => a + b;\n",
            "tests/sum.spec.ts": "import { it } from '@jest/globals';\nimport { sum } from '../src/sum';\n" + BROKEN,
        },
    ),
    "jest-native-modules": Scene(
        "jest", "clamp.js", MODERN, "clamp.test.js", "./clamp.js",
        {"package.json": '{"type": "module", "devDependencies": {"jest": "30"}}'},
    ),
    "mocha-commonjs-assert": Scene(
        "mocha", "lib/clamp.js", PLAIN, "test/clamp.js", "../lib/clamp",
        {
            "package.json": '{"scripts": {"test": "mocha"}}',
            ".mocharc.json": '{"spec": ["test/**/*.js"]}',
            "lib/sum.js": "module.exports = { sum: (a, b) => a + b };\n",
            "test/sum.js": "const assert = require('assert');\nconst { sum } = require('../lib/sum');\n" + BROKEN,
        },
    ),
    "mocha-modules-chai": Scene(
        "mocha", "src/clamp.js", MODERN, "test/clamp.test.js", "../src/clamp.js",
        {"package.json": '{"type": "module", "devDependencies": {"mocha": "11", "chai": "6"}}'},
    ),
    "mocha-typescript-tsx": Scene(
        "mocha", "src/clamp.ts", TYPED, "test/unit/clamp.test.ts", "../../src/clamp.js",
        {
            "package.json": '{"type": "module", "devDependencies": {"mocha": "11", "tsx": "4"}}',
            "tsconfig.json": '{\n  // as node does\n  "compilerOptions": {"module": "nodenext"}\n}',
            ".mocharc.json": '{"import": ["tsx"]}',
            "src/sum.ts": "export const sum = (a: number, b: number) => a + b;\n",
            "test/unit/sum.test.ts": "import { describe, it } from 'mocha';\nimport { sum } from '../../src/sum.js';\n",
        },
    ),
    "node-commonjs": Scene("nodetest", "clamp.js", PLAIN, "clamp.test.js", "./clamp", {"package.json": "{}"}),
    "node-modules-mirrored": Scene(
        "nodetest", "src/deep/clamp.js", MODERN, "test/deep/clamp.test.js", "../../src/deep/clamp.js",
        {
            "package.json": '{"type": "module", "scripts": {"test": "node --test"}}',
            "src/deep/sum.js": "export const sum = (a, b) => a + b;\n",
            "test/deep/sum.test.js": "import test from 'node:test';\nimport { sum } from '../../src/deep/sum.js';\n",
        },
    ),
    "node-typescript-tsx": Scene(
        "nodetest", "src/clamp.ts", TYPED, "src/clamp.test.ts", "./clamp",
        {"package.json": '{"devDependencies": {"tsx": "4"}}'},
    ),
    "monorepo-package": Scene(
        "vitest", "packages/a/src/clamp.ts", TYPED, "packages/a/src/clamp.test.ts", "./clamp",
        {
            "package.json": '{"devDependencies": {"jest": "30"}}',
            "packages/a/package.json": '{"devDependencies": {"vitest": "3"}, "scripts": {"test": "vitest"}}',
        },
    ),
}  # fmt: skip


ONE_OF_EACH = ("vitest-typescript-beside", "jest-typescript-babel", "mocha-typescript-tsx", "node-commonjs")


def clamped(case: Case) -> str:
    value, low, high = (int(written) for _, written in case.arguments)
    return str(min(max(value, low), high))


@pytest.fixture(params=SCENES)
def scene(request: pytest.FixtureRequest) -> Scene:
    return SCENES[request.param]


@pytest.fixture
def tree(scene: Scene, tmp_path: Path) -> Tree:
    needs_runners()
    return Tree.at(tmp_path / "tree", {**scene.files, scene.path: scene.text})


def test_a_scaffold_lands_where_the_repository_has_its_tests(scene: Scene, tree: Tree) -> None:
    suite = tree.suite(scene.path)
    assert (suite.framework, suite.path, suite.module) == (scene.framework, scene.place, scene.module)


def test_an_unwritten_scaffold_is_found_and_passes_nothing(scene: Scene, tree: Tree) -> None:
    suite = tree.suite(scene.path)
    found, output = tree.tried(suite, collecting=True)
    assert found, output
    unwritten = replace(suite, cases=tuple(case for case in suite.cases if not case.is_written))
    assert 3 <= len(unwritten.cases) < len(suite.cases)
    passed, output = tree.tried(unwritten)
    assert passed, output
    assert "to be written" in output
    assert passing(output) == 0, output
    assert skipped(output) == len(unwritten.cases), output


def passing(output: str) -> int:
    """How many tests the summary of any of the runners says have passed."""
    found = re.search(r"^(?:Tests:|\s+Tests ) .*?(\d+) passed|^\s+(\d+) passing|^ℹ pass (\d+)", output, re.MULTILINE)
    return int(next(filter(None, found.groups()), "0")) if found else 0


def skipped(output: str) -> int:
    pattern = r"^(?:Tests:|\s+Tests ) .*?(\d+) (?:todo|skipped)|^\s+(\d+) pending|^ℹ skipped (\d+)"
    found = re.search(pattern, output, re.MULTILINE)
    return int(next(filter(None, found.groups()), "0")) if found else 0


def test_right_expectations_pass_and_a_planted_mutant_fails_them(scene: Scene, tree: Tree) -> None:
    suite = filled(tree.suite(scene.path), clamped)
    passed, output = tree.tried(suite)
    assert passed, output
    assert passing(output) == len(suite.cases)
    tree.write(scene.path, scene.text.replace("Math.max(value, low), high", "Math.max(value, high), low"))
    passed, output = tree.tried(suite)
    assert not passed, output


@pytest.mark.parametrize("scene", ONE_OF_EACH, indirect=True)
def test_a_guard_that_is_gone_fails_the_scaffold_nobody_wrote_to(scene: Scene, tree: Tree) -> None:
    suite = tree.suite(scene.path)
    tree.write(scene.path, scene.text.replace("low > high", "false"))
    passed, output = tree.tried(suite)
    assert not passed, output


#: Both fail for the empty text, which no guard tells; one of them with a promise that no word of its own tells.
RAISING = """\
export function initial(text) {
  return text[0].toUpperCase();
}

const read = async (text) => text[0].toUpperCase();

export function later(text) {
  return read(text);
}
"""


@pytest.mark.parametrize("dependency", ["vitest", "mocha", "jest", ""])
@pytest.mark.parametrize("name", ["initial", "later"])
def test_a_call_that_throws_skips_as_one_that_returns_does(dependency: str, name: str, tmp_path: Path) -> None:
    needs_runners()
    manifest = f'{{"type": "module", "devDependencies": {{{f"{dependency!r}: 1" if dependency else ""}}}}}'
    files = {"src/initial.js": RAISING, "package.json": manifest.replace("'", '"')}
    tree = Tree.at(tmp_path / "tree", files)
    (suite,) = (one for one in tree.suites("src/initial.js") if one.target.name == name)
    assert not any(case.is_written for case in suite.cases)
    assert [case.name for case in suite.cases if dict(case.arguments)["text"] == '""'] == ["text is empty"]
    passed, output = tree.tried(suite)
    assert skipped(output) == len(suite.cases), output
    assert (passed, passing(output)) == (True, 0), output


def test_what_a_call_threw_or_returned_is_told(tmp_path: Path) -> None:
    needs_runners()
    for folder, manifest in {"vitest": '{"devDependencies": {"vitest": "3"}}', "node": '{"type": "module"}'}.items():
        text = "export function twice(text) {\n  return text.repeat(150) + text[0].length;\n}\n"
        tree = Tree.at(tmp_path / folder, {"src/twice.js": text, "package.json": manifest})
        _, output = tree.tried(tree.suite("src/twice.js"))
        assert "to be written: it threw TypeError: Cannot read properties of undefined (reading 'length')" in output
        (said,) = set(re.findall(r"to be written: it returned ((?:text)+)", output))
        assert len(said) == 200


COUNTER = """\
export class CounterError extends Error {}

export class Counter {
  constructor(private readonly start: number) {}

  async add(step: number, ...more: number[]): Promise<number[]> {
    if (step < 0) {
      throw new CounterError("down");
    }
    return [this.start, step, ...more];
  }
}
"""
SCRIPTED = COUNTER.replace("private readonly start: number) {}", "start) { this.start = start; }")
SCRIPTED = re.sub(r": (?:number|Promise<number\[\]>)(?:\[\])?", "", SCRIPTED)


@pytest.mark.parametrize(
    ("path", "text", "manifest"),
    [
        ("src/counter.ts", COUNTER, '{"devDependencies": {"vitest": "3"}}'),
        ("src/counter.ts", COUNTER, '{"devDependencies": {"tsx": "4"}}'),
        ("src/counter.js", SCRIPTED, '{"type": "module"}'),
        ("src/counter.js", SCRIPTED, '{"type": "module", "devDependencies": {"jest": "30"}}'),
        ("src/counter.js", SCRIPTED, '{"type": "module", "devDependencies": {"mocha": "11", "chai": "6"}}'),
    ],
)
def test_a_promise_is_awaited_and_its_rejection_named(path: str, text: str, manifest: str, tmp_path: Path) -> None:
    needs_runners()
    tree = Tree.at(tmp_path / "tree", {path: text, "package.json": manifest})
    suite = tree.suite(path)
    assert suite.target.name == "Counter.add"
    assert any(case.raises == "CounterError" for case in suite.cases)
    written = filled(suite, added)
    passed, output = tree.tried(written)
    assert passed, output
    for broken in (text.replace("[this.start, step,", "[step, this.start,"), text.replace("step < 0", "false")):
        tree.write(path, broken)
        passed, output = tree.tried(written)
        assert not passed, output


BASKET = """\
class Basket {
  constructor(currency) {
    if (!["EUR", "USD"].includes(currency)) throw new RangeError(currency);
  }
  add(price) {
    if (price < 0) throw new RangeError("price");
    return price;
  }
}
module.exports = { Basket };
"""


@pytest.mark.parametrize("dependency", ["vitest", "mocha", "jest", ""])
def test_a_guard_that_is_gone_fails_though_the_constructor_throws_the_same(dependency: str, tmp_path: Path) -> None:
    needs_runners()
    manifest = f'{{"devDependencies": {{{f"{dependency!r}: 1" if dependency else ""}}}}}'.replace("'", '"')
    tree = Tree.at(tmp_path / "tree", {"src/basket.js": BASKET, "package.json": manifest})
    suite = tree.suite("src/basket.js")
    passed, output = tree.tried(suite)
    assert passed, output
    tree.write("src/basket.js", BASKET.replace("price < 0", "false"))
    passed, output = tree.tried(suite)
    assert not passed, output


def added(case: Case) -> str:
    given = dict(case.arguments)
    start, more = dict(case.construction)["start"], given.get("more", "[]").strip("[]")
    return f"[{', '.join(filter(None, [start, given['step'], more]))}]"


@pytest.mark.parametrize("framework", TOOLCHAINS)
def test_a_runner_that_is_not_installed_is_named(framework: str, tmp_path: Path) -> None:
    ground = Ground(tmp_path, {"node": "/usr/bin/node"}.get if framework != "nodetest" else lambda _: None)
    with pytest.raises(MissingToolError, match=framework.removesuffix("test")):
        TOOLCHAINS[framework].running(ground, "src/a.test.js")


@pytest.mark.parametrize("framework", TOOLCHAINS)
def test_a_run_that_failed_or_found_nothing_has_found_nothing(framework: str) -> None:
    toolchain = TOOLCHAINS[framework]
    assert not toolchain.collected(0, "")
    assert not toolchain.collected(1, "a.test.js > a\nTests: 1 total\n  1 passing\ncollected a test\n")
    assert not toolchain.passed(1, "")


@pytest.mark.parametrize("scene", ONE_OF_EACH, indirect=True)
def test_a_file_without_tests_is_not_collected(scene: Scene, tree: Tree) -> None:
    suite = tree.suite(scene.path)
    tree.write(suite.path, "\n")
    ground = Ground(tree.root, lambda _: "node", frozenset({*tree.files, suite.path}), tree.root.parent / "scratch")
    toolchain = TOOLCHAINS[suite.framework]
    assert not toolchain.collected(*tree.run(toolchain.collecting(ground, suite.path)))
