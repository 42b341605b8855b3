from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.grammars import parse
from reviewbot.tasks.scaffold import planning
from reviewbot.tasks.scaffold.choosing import chosen
from reviewbot.tasks.scaffold.frameworks import jest, mocha, nodetest, vitest
from reviewbot.tasks.scaffold.languages import javascript
from reviewbot.tasks.scaffold.suites import Case, Framework, Parameter, Suite, Surroundings, Target
from tests.tasks.scaffold.javascript import targets

FRAMEWORKS: tuple[Framework, ...] = (jest, vitest, mocha, nodetest)
HOLE = "REVIEWBOT_HOLE"


def around(*paths: str, **texts: str) -> Surroundings:
    """A repository; texts by path, with `/` and `.` where a keyword has `__` and `_`."""
    named = {path.replace("__", "/").replace("_", "."): text for path, text in texts.items()}
    return Surroundings(frozenset({*paths, *named}), named)


def target(path: str, name: str = "clamp", **traits: str) -> Target:
    language = "typescript" if path.endswith("ts") else "javascript"
    form = {"form": "named", "system": "module", "exported": name.partition(".")[0], **traits}
    return Target(path, name, "method" if "." in name else "function", language, (Parameter("a"),), traits=form)


def picked(path: str, repository: Surroundings) -> str:
    return chosen(javascript.FRAMEWORKS, repository, path).NAME


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        ({"package_json": '{"devDependencies": {"vitest": "3"}}'}, "vitest"),
        ({"package_json": '{"dependencies": {"jest": "30"}}'}, "jest"),
        ({"package_json": '{"devDependencies": {"mocha": "11", "chai": "6"}}'}, "mocha"),
        ({"package_json": '{"scripts": {"test": "node --test test/"}}'}, "nodetest"),
        ({"package_json": '{"scripts": {"test": "c8 node --import tsx --test"}}'}, "nodetest"),
        ({"package_json": '{"jest": {}}'}, "jest"),
        ({"package_json": "{}", "vitest_config_ts": ""}, "vitest"),
        ({"package_json": "{}", "_mocharc_json": "{}"}, "mocha"),
        ({"package_json": "{}", "test__a_test_js": "import { test } from 'node:test';"}, "nodetest"),
        ({"package_json": "{}", "test__a_test_js": "import { test } from 'vitest';"}, "vitest"),
        ({"package_json": "{}", "test__a_test_js": "const { expect } = require('chai');"}, "mocha"),
        ({"package_json": "{}", "test__a_test_js": "const f = jest.fn();"}, "jest"),
        (
            {"package_json": '{"devDependencies": {"jest": "29", "vitest": "3"}, "scripts": {"test": "vitest"}}'},
            "vitest",
        ),
        (
            {
                "package_json": '{"devDependencies": {"jest": "29"}, "jest": {}}',
                "src__package_json": '{"devDependencies": {"mocha": "11"}}',
            },
            "mocha",
        ),
        ({"package_json": "{}"}, "nodetest"),
        ({}, "nodetest"),
        ({"package_json": "[" * 100_000}, "nodetest"),
        ({"package_json": '{"devDependencies": [], "scripts": 1, "type": {}}'}, "nodetest"),
    ],
)
def test_the_framework_is_the_one_that_the_repository_uses(texts: dict[str, str], name: str) -> None:
    assert picked("src/a.js", around("src/a.js", **texts)) == name


def test_typescript_without_any_sign_goes_where_it_needs_no_setting() -> None:
    assert picked("src/a.ts", around("src/a.ts", package_json="{}")) == "vitest"
    assert picked("src/a.ts", around("src/a.ts", package_json='{"devDependencies": {"tsx": "4"}}')) == "nodetest"


@pytest.mark.parametrize(
    ("paths", "path", "place"),
    [
        ((), "src/clamp.ts", "src/clamp.test.ts"),
        (("src/sum.ts", "src/sum.spec.ts"), "src/math/clamp.ts", "src/math/clamp.spec.ts"),
        (("src/sum.ts", "src/__tests__/sum.test.ts"), "src/math/clamp.ts", "src/math/__tests__/clamp.test.ts"),
        (("src/sum.js", "test/sum.js"), "src/math/clamp.js", "test/math/clamp.js"),
        (("src/sum.js", "test/unit/sum.test.js"), "src/math/clamp.js", "test/unit/math/clamp.test.js"),
        (("sum.js", "__tests__/sum.test.js"), "clamp.js", "__tests__/clamp.test.js"),
        (("lib/a/sum.js", "test/a/sum-test.js"), "lib/b/clamp.js", "test/b/clamp-test.js"),
        (("src/sum.ts", "src/sum.test.ts"), "src/clamp.tsx", "src/clamp.test.tsx"),
        (("src/sum.js", "test/sum.test.mjs"), "src/clamp.js", "test/clamp.test.mjs"),
        (("src/clamp.test.ts",), "src/clamp.ts", "src/clamp.clamp.test.ts"),
        (
            ("p/a/package.json", "p/a/src/sum.ts", "p/a/tests/sum.test.ts", "p/b/src/x.ts", "p/b/src/x.test.ts"),
            "p/a/src/clamp.ts",
            "p/a/tests/clamp.test.ts",
        ),
        (
            ("p/a/package.json", "package.json", "p/b/x.ts", "p/b/x.spec.ts"),
            "p/a/src/clamp.ts",
            "p/a/src/clamp.spec.ts",
        ),
    ],
)
def test_a_test_goes_where_the_tests_are(paths: tuple[str, ...], path: str, place: str) -> None:
    repository = around(path, *paths)
    found = vitest.places(target(path), repository)
    assert next(one for one in found if one not in repository.paths) == place
    bare = path.rpartition("/")[0]
    assert found[-1].rpartition("/")[0] == bare


def test_mocha_looks_in_test_by_itself() -> None:
    assert mocha.places(target("src/deep/a.js"), around("src/deep/a.js", "package.json"))[0] == "test/a.test.js"


@pytest.mark.parametrize(
    ("framework", "path", "test", "texts", "specifier"),
    [
        (vitest, "src/a.ts", "src/a.test.ts", {}, "./a"),
        (vitest, "src/a.ts", "test/a.test.ts", {"test__b_test_ts": "import { b } from '../src/b.js';"}, "../src/a.js"),
        (vitest, "src/a.ts", "test/a.test.ts", {"test__b_test_ts": "import { b } from '../src/b.ts';"}, "../src/a.ts"),
        (
            vitest, "src/a.mts", "src/a.test.mts",
            {"tsconfig_json": '{"compilerOptions": {"moduleResolution": "NodeNext"}}'}, "./a.mjs",
        ),
        (jest, "src/a.js", "src/__tests__/a.test.js", {}, "../a"),
        (jest, "src/index.js", "index.test.js", {}, "./src/index"),
        (nodetest, "a.mjs", "a.test.mjs", {}, "./a.mjs"),
        (nodetest, "a.js", "test/a.test.js", {"package_json": '{"type": "module"}'}, "../a.js"),
        (nodetest, "a.ts", "a.test.ts", {}, "./a.ts"),
        (mocha, "lib/a.cjs", "test/a.test.cjs", {}, "../lib/a.cjs"),
        (nodetest, "src/a#b.js", "src/a.test.js", {}, ""),
        (nodetest, "src/a\u202e.js", "src/a.test.js", {}, ""),
        (nodetest, "src/\udcff.js", "src/a.test.js", {}, ""),
    ],
)  # fmt: skip
def test_a_module_is_named_as_the_repository_does(
    framework: Framework, path: str, test: str, texts: dict[str, str], specifier: str
) -> None:
    system = "commonjs" if path.endswith("cjs") else "module"
    assert framework.module(target(path, system=system), test, around(path, **texts)) == specifier


def suite(framework: Framework, path: str = "src/a.test.js", texts: dict[str, str] | None = None,
          **traits: str) -> Suite:  # fmt: skip
    cases = (Case("a is 1", (("a", "1"),)), Case("a is 0", (("a", "0"),), "[1]"), Case("a is 2", (("a", "2"),), "3"),
             Case("a is -1", (("a", "-1"),), None, "RangeError"))  # fmt: skip
    made = target("src/a.js", **traits)
    return Suite(made, framework.NAME, path, "./a", cases, "1a2b3c4d5e", around(path, "src/a.js", **(texts or {})))


VITEST = """\
// Scaffold by reviewbot for src/a.js::clamp (1a2b3c4d5e)
import { describe, expect, test } from "vitest";

import { clamp } from "./a";

describe("clamp", () => {
  test("a is 1", async ({ skip }) => {
    skip(await unwritten(() => clamp(1)));
  });

  test("a is 0", () => {
    expect(clamp(0)).toEqual([1]);
  });

  test("a is 2", () => {
    expect(clamp(2)).toBe(3);
  });

  test("throws where a is -1", () => {
    expect(() => clamp(-1)).toThrow(RangeError);
  });
});

/** What the call returns or throws is to be written down; until then its test skips. */
async function unwritten(call) {
  try {
    return `to be written: it returned ${String(await call()).slice(0, 200)}`;
  } catch (error) {
    return `to be written: it threw ${String(error).slice(0, 200)}`;
  }
}
"""


def test_a_file_of_vitest_is_written_as_people_write_it() -> None:
    assert vitest.render(suite(vitest)) == VITEST


@pytest.mark.parametrize("framework", [vitest, mocha, nodetest], ids=lambda one: one.NAME)
def test_only_what_is_unwritten_is_looked_at_and_typed_where_types_are(framework: Framework) -> None:
    assert "async function unwritten(call: () => unknown) {" in framework.render(suite(framework, "src/a.test.ts"))
    assert "async function unwritten(call) {" in framework.render(suite(framework, "src/a.test.mjs"))
    written = replace(suite(framework), cases=suite(framework).cases[1:])
    assert "unwritten" not in framework.render(written)


def test_jest_says_what_is_unwritten_as_todo_and_asserts_nothing_of_it() -> None:
    text = jest.render(suite(jest))
    assert '  test.todo("a is 1: to be written");\n' in text
    assert "clamp(1)" not in text
    assert "import { describe" not in text
    written = replace(suite(jest), cases=suite(jest).cases[1:])
    assert "todo" not in jest.render(written)


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda one: one.NAME)
@pytest.mark.parametrize("waits", [False, True])
def test_a_constructor_is_not_what_may_throw(framework: Framework, waits: bool) -> None:
    one = suite(framework)
    made = replace(one.target, name="Basket.add", kind="method", constructor=(Parameter("size"),), is_async=waits)
    cases = (Case("a is -1", (("a", "-1"),), None, "RangeError", (("size", "5"),)),)
    lines = framework.render(replace(one, target=made, cases=cases)).splitlines()
    (at,) = (at for at, line in enumerate(lines) if "instance.add(-1)" in line)
    assert lines[at - 1].strip() == "const instance = new Basket(5);"
    assert "new Basket" not in lines[at]


def test_mocha_calls_what_is_unwritten_and_says_nothing_that_nobody_reads() -> None:
    text = mocha.render(suite(mocha))
    assert "    await unwritten(() => clamp(1));\n    this.skip();\n" in text
    assert "return `" not in text
    assert "return `to be written: it threw" in vitest.render(suite(vitest))


@pytest.mark.parametrize(
    ("framework", "texts", "path", "lines"),
    [
        (jest, {"src__b_test_js": "import { it } from '@jest/globals';\nit('b', f);\n"}, "src/a.test.js",
         ["import { describe, expect, it } from '@jest/globals';", "  it('a is 0', () => {"]),
        (jest, {"package_json": "{}"}, "src/a.test.ts", ['import { describe, expect, test } from "@jest/globals";']),
        (jest, {"package_json": '{"devDependencies": {"@types/jest": "30"}}'}, "src/a.test.ts",
         ['import { clamp } from "./a";', 'describe("clamp", () => {']),
        (mocha, {"test__b_js": "const { expect } = require('chai');\n"}, "test/a.js",
         ["const { expect } = require('chai');", "    expect(clamp(0)).to.deep.equal([1]);", "    this.skip();",
          "  it('a is 1 (to be written)', async function () {", "    await unwritten(() => clamp(1));",
          "    expect(() => clamp(-1)).to.throw(RangeError);"]),
        (mocha, {"test__b_js": "const assert = require('assert');\nsuite('b', () => test('c', f));\n"}, "test/a.js",
         ["const assert = require('assert');", "suite('clamp', () => {", "    assert.deepStrictEqual(clamp(0), [1]);"]),
        (nodetest, {"package_json": '{"type": "module"}'}, "src/a.test.js",
         ['import assert from "node:assert/strict";', 'import { describe, test } from "node:test";',
          '    t.skip(await unwritten(() => clamp(1)));', "    assert.throws(() => clamp(-1), RangeError);"]),
    ],
)  # fmt: skip
def test_a_file_looks_like_the_tests_that_are_there(
    framework: Framework, texts: dict[str, str], path: str, lines: list[str]
) -> None:
    text = framework.render(suite(framework, path, texts))
    assert [line for line in lines if line not in text.split("\n")] == []


@pytest.mark.parametrize(
    ("traits", "path", "line"),
    [
        ({"form": "default"}, "a.test.mjs", 'import clamp from "./a";'),
        ({"form": "whole", "system": "commonjs"}, "a.test.cjs", 'const clamp = require("./a");'),
        ({"form": "default"}, "a.test.cjs", 'const { default: clamp } = require("./a");'),
        ({"exported": "limit"}, "a.test.mjs", 'import { limit as clamp } from "./a";'),
        ({"exported": "limit"}, "a.test.cjs", 'const { limit: clamp } = require("./a");'),
        ({"system": "commonjs"}, "a.test.mjs", "const { clamp } = loaded;"),
        ({"errors": "RangeError"}, "a.test.mjs", 'import { clamp } from "./a";'),
    ],
)
def test_an_export_is_imported_by_its_form(traits: dict[str, str], path: str, line: str) -> None:
    assert line in nodetest.render(suite(nodetest, path, {}, **traits)).split("\n")


@pytest.mark.parametrize("name", ["test", "expect", "delete", "Map", "t", "assert", "await", "unwritten", "String"])
def test_a_name_that_a_test_has_already_gets_another(name: str) -> None:
    for framework in FRAMEWORKS:
        made = replace(suite(framework), target=target("src/a.js", name))
        text = framework.render(made)
        assert planning.parses("javascript", text)
        assert "subject(0)" in text
        assert f"{{ {name} as subject }}" in text or f"{{ {name}: subject }} = loaded;" in text


def test_arguments_stand_in_their_places() -> None:
    named = (Parameter("c", named=True), Parameter("d", "", "2", named=True))
    parameters = (Parameter("a"), Parameter("b", default="1"), *named, Parameter("e", "", "[]"))
    made = replace(target("src/a.js", "A.f"), parameters=parameters, constructor=(Parameter("z"),))
    made = replace(made, traits={**made.traits, "rest": "e", "options": "required"})
    rows = {
        (("a", "1"), ("c", "2")): "new A(9).f(1, undefined, { c: 2 })",
        (("a", "1"), ("b", "5"), ("c", "2"), ("d", "3"), ("e", "[4, 6]")): "new A(9).f(1, 5, { c: 2, d: 3 }, 4, 6)",
        (("a", "1"),): "new A(9).f(1, undefined, {})",
    }
    for arguments, call in rows.items():
        cases = (Case("x", arguments, construction=(("z", "9"),)),)
        assert f"unwritten(() => {call})" in vitest.render(replace(suite(vitest), target=made, cases=cases))


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda one: one.NAME)
@pytest.mark.parametrize("waits", [False, True])
def test_a_hole_lands_once_and_as_it_is(framework: Framework, waits: bool) -> None:
    made = suite(framework)
    made = replace(made, target=replace(made.target, is_async=waits))
    for number in planning.holes(made):
        text = framework.render(planning.filled(made, {number: HOLE}))
        assert text.count(HOLE) == 1
        assert re.search(rf"[(,] ?{HOLE}\);\n", text)


HOSTILE = st.text(
    st.sampled_from("ab \"'`\\\n\r\u2028\u2029${}()*/<>!-#%;,\0\u202e\udcffé\U0001f600") | st.characters(), max_size=30
)


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE, st.sampled_from(FRAMEWORKS), st.booleans(), st.sampled_from(("ts", "cjs")))
def test_hostile_names_stay_in_their_strings_and_comments(
    where: str, case: str, module: str, raised: str, framework: Framework, waits: bool, ending: str
) -> None:
    made = replace(target(f"src/{where}.js"), is_async=waits)
    cases = (Case(case, (("a", "1"),)), Case(case, (("a", "1"),), "2"), Case(case, (("a", "1"),), None, raised or "x"))
    plain = replace(suite(framework, f"src/a.test.{ending}"), target=made, cases=cases)
    text = framework.render(replace(plain, module=f"./{module}", blob=where))
    assert planning.parses("typescript", text)
    usual = framework.render(replace(plain, target=replace(made, path="src/a.js"), module="./a", blob="1", cases=tuple(
        replace(one, name="a", raises=one.raises and "x") for one in cases
    )))  # fmt: skip
    # The same code, word by word, but for what stands in strings and comments.
    assert shape(text) == shape(usual)


def shape(text: str) -> list[str]:
    """The kinds of all nodes, those inside strings left out, and the names."""
    found: list[str] = []
    stack = [parse("typescript", text).root_node]
    while stack:
        node = stack.pop()
        found.append(node.text.decode() if node.type == "identifier" and node.text else node.type)
        stack += [] if node.type in ("string", "comment") else reversed(node.children)
    return [one for one in found if one not in ("RangeError", "TypeError", "Error")]


SOURCES = st.lists(
    st.sampled_from((
        "export function f(a, b = 'x') { if (a < 0) throw new X(`'`); return a; }\n",
        "export class A { g(x) { return x; } }\n",
        "export default (q) => q;\n", "export const h = async ({ a, b }: { a: 'x\\'y', b: \"*/\" }) => a;\n",
        "function k(...z) { return z; }\nexport { k as delete };\n",
        "export function test(a: '</script>' | `${1}`) { return a; }\n",
        "export function $(a: `\n`) { return a; }\n", "export function é(ä: string) { return ä; }\n",
        "export function m(a: 'a\\u2028b', b: Record<'\"', 1>) { return a; }\n",
        "/** @param {'\"} a */\nexport const n = (a) => a;\n",
    )), min_size=1, max_size=3, unique=True,
).map("".join)  # fmt: skip


@given(SOURCES, st.sampled_from(FRAMEWORKS))
def test_hostile_sources_give_code_that_parses(text: str, framework: Framework) -> None:
    for one in targets("src/a.ts", text):
        made = Suite(one, framework.NAME, "src/a.test.ts", "./a", javascript.cases(one), "1", around("src/a.ts"))
        assert made.cases
        assert planning.parses("typescript", framework.render(made))
