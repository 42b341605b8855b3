from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.tasks.scaffold.languages import javascript
from reviewbot.tasks.scaffold.suites import Case, Target
from tests.tasks.scaffold.javascript import targets


def target(text: str, path: str = "src/a.ts") -> Target:
    (only,) = targets(path, text)
    return only


def cases(text: str, path: str = "src/a.ts") -> tuple[Case, ...]:
    return javascript.cases(target(text, path))


def with_cases(text: str) -> dict[str, bool]:
    """By name of each target whether there is any call of it."""
    return {one.name: bool(javascript.cases(one)) for one in targets("src/a.ts", text)}


def usual(text: str, path: str = "src/a.ts") -> dict[str, str]:
    return dict(cases(text, path)[0].arguments)


@pytest.mark.parametrize(
    ("text", "name", "form"),
    [
        ("export function f(a) { return a; }\n", "f", "named"),
        ("export async function f(a) { return a; }\n", "f", "named"),
        ("export const f = (a) => a;\n", "f", "named"),
        ("export const f = async function (a) { return a; };\n", "f", "named"),
        ("function f(a) { return a; }\nexport { f };\n", "f", "named"),
        ("function g(a) { return a; }\nexport { g as f };\n", "f", "named"),
        ("const f = (a) => a;\nexport default f;\n", "a", "default"),
        ("export default function f(a) { return a; }\n", "f", "default"),
        ("export default (a) => a;\n", "a", "default"),
        ("function f(a) { return a; }\nexport { f as default };\n", "f", "default"),
        ("function f(a) { return a; }\nmodule.exports = { f };\n", "f", "named"),
        ("module.exports = { f: (a) => a };\n", "f", "named"),
        ("module.exports = { f(a) { return a; } };\n", "f", "named"),
        ("exports.f = function (a) { return a; };\n", "f", "named"),
        ("module.exports.f = (a) => a;\n", "f", "named"),
        ("const f = (a) => a;\nexports.f = f;\n", "f", "named"),
        ("module.exports = function f(a) { return a; };\n", "f", "whole"),
        ("function f(a) { return a; }\nexports = module.exports = f;\n", "f", "whole"),
    ],
)
def test_every_way_to_export_a_function_is_known(text: str, name: str, form: str) -> None:
    found = target(text, "src/a.js")
    assert (found.name, found.traits["form"], found.kind) == (name, form, "function")
    assert [one.name for one in found.parameters] == ["a"]


@pytest.mark.parametrize(
    "text",
    [
        "function f(a) { return a; }\n",
        "export const f = 1;\n",
        "export { f } from './b';\nexport * from './c';\n",
        "export function Card(props) { return <p>{props.a}</p>; }\n",
        "export function useCard(a) { return a; }\n",
        "exports.a = 1;\nmodule.exports = require('./b');\n",
        "const exports = {};\nthat.exports.f = (a) => a;\n",
    ],
)
def test_what_a_test_cannot_call_is_no_target(text: str) -> None:
    assert targets("src/a.jsx", text) == []


@pytest.mark.parametrize(
    "path",
    ["src/a.test.ts", "test/a.js", "examples/a.js", "node_modules/a/b.js", "dist/a.js", "a.min.js", "src/a.d.ts",
     "vitest.config.ts", "src/a.stories.tsx"],
)  # fmt: skip
def test_tests_samples_and_foreign_files_have_no_targets(path: str) -> None:
    assert targets(path, "export function f(a) { return a; }\n") == []


CLASS = """\
export class Stack<T> {
  private items: T[] = [];
  constructor(private readonly size: number) {}
  static of(size: number): Stack<string> { return new Stack(size); }
  push(item: string): number { return 1; }
  async load(): Promise<void> {}
  get length(): number { return 0; }
  set length(value: number) {}
  top = (): number => 1;
  _hidden() {}
  #secret() {}
  private inner() {}
  protected deep() {}
  ["computed"]() {}
}
"""


def test_public_methods_of_an_exported_class_are_targets() -> None:
    found = {one.called: one for one in targets("src/a.ts", CLASS)}
    assert list(found) == ["of", "push", "load", "length", "top"]
    assert found["of"].traits["static"] == "yes"
    assert found["length"].traits["getter"] == "yes"
    assert found["load"].is_async
    assert [one.name for one in found["push"].constructor] == ["size"]
    assert found["of"].constructor == ()


def test_only_statics_of_a_class_that_nobody_can_construct_have_cases() -> None:
    body = "{ static of() { return 1; }\n push() { return 1; } }\n"
    assert with_cases(f"export abstract class A {body}") == {"A.of": True, "A.push": False}
    private = "export class A { private constructor() {}\n static of() { return 1; }\n push() { return 1; } }\n"
    assert with_cases(private) == {"A.of": True, "A.push": False}


def test_a_constructor_is_inherited() -> None:
    text = "class A { constructor(name: string) {} }\nexport class B extends A { f() { return 1; } }\n"
    assert [one.name for one in target(text).constructor] == ["name"]


def test_only_what_the_change_touches_is_a_target() -> None:
    old = "export function f(a) {\n  return a;\n}\n\nexport function g(a) {\n  return a;\n}\n"
    assert [one.name for one in targets("src/a.js", old.replace("return a;", "return -a;", 1), old)] == ["f"]
    assert [one.name for one in targets("src/a.js", old + "export const h = (a) => a;\n", old)] == ["h"]
    assert targets("src/a.js", old + "\nconst x = 1;\n", old) == []
    method = CLASS.replace("return 1; }\n  async", "return 2; }\n  async")
    assert [one.name for one in targets("src/a.ts", method, CLASS)] == ["Stack.push"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("string", '"text"'), ("number", "1"), ("boolean", "true"), ("bigint", "1n"), ("string[]", '["text", ""]'),
        ("Array<number>", "[1, 0]"), ("readonly string[]", '["text", ""]'), ("[number, string]", '[1, "text"]'),
        ("Record<string, number>", "{ text: 1 }"), ("Map<string, number>", 'new Map([["text", 1]])'),
        ("Set<number>", "new Set([1, 0])"), ("Date", "new Date(0)"), ("'a' | 'b'", '"a"'), ("-1 | 2", "-1"),
        ("string | null", '"text"'), ("null | undefined", "null"), ("(a: number) => string", '() => "text"'),
        ("{ a: number; b?: string; c: { d: boolean } }", "{ a: 1, c: { d: true } }"), ("Partial<Shape>", "{}"),
        ("Promise<number>", "Promise.resolve(1)"), ("Shape", '{ kind: "round", size: 1 }'), ("Sizes", "[1, 0]"),
        ("Missing", "{} as never"), ("Loop", "{ next: { next: {} as never } }"),
    ],
)  # fmt: skip
def test_a_type_of_typescript_gives_a_value(kind: str, value: str) -> None:
    shape = (
        "interface Shape { kind: 'round' | 'flat'; size: number; note?: string }\n"
        "type Sizes = number[];\ninterface Loop { next: Loop }\n"
    )
    assert usual(f"{shape}export function f(q: {kind}) {{ return q; }}\n")["q"] == value


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("/** @param {string} q */\nexport function f(q) { return q; }", '"text"'),
        ("/** @param {number[]} q */\nexport const f = (q) => q;", "[1, 0]"),
        ("export function f(q) { return q.trim(); }", '"text"'),
        ("export function f(q) { for (const one of q) { g(one); } return 1; }", "[1, 2]"),
        ("export function f(q) { return q.map(String); }", "[1, 2]"),
        ("export function f(q) { return q(1); }", "() => undefined"),
        ("export function f(name) { return name; }", '"text"'),
        ("export function f(items) { return items; }", "[1, 2]"),
        ("export function f(isOpen) { return isOpen; }", "true"),
        ("export function f(callback) { return 1; }", "() => undefined"),
    ],
)
def test_without_types_documentation_use_and_names_give_one(code: str, value: str) -> None:
    assert next(iter(usual(code + "\n", "src/a.js").values())) == value


def test_defaults_and_optional_parameters_are_left_out_of_the_usual_call() -> None:
    assert usual("export function f(a: number, b = 'x', c?: string, ...rest: number[]) { return a; }\n") == {"a": "1"}
    assert usual("/** @param {string} [b] */\nexport function f(a, b) { return a; }\n", "a.js") == {"a": "1"}


def test_members_of_an_options_object_are_parameters() -> None:
    text = (
        "interface O { name: string; size?: number; other: boolean; more?: string }\n"
        "export function f({ name, size = 2 }: O) { return name; }\n"
    )
    found = target(text)
    assert [(one.name, one.type, one.default, one.named) for one in found.parameters] == [
        ("name", "string", None, True), ("size", "number", "2", True), ("other", "boolean", None, True),
    ]  # fmt: skip
    assert found.traits["options"] == "required"


def test_guards_become_cases_that_raise_last() -> None:
    text = (
        "export function f(value: number, low: number) {\n"
        "  if (value < 0) throw new RangeError('a');\n"
        "  if (low === 3) { throw new MyError('b'); }\n"
        "  if (value > 100) return 100;\n"
        "  return value;\n}\n"
    )
    found = cases(text)
    raising = [(case.raises, dict(case.arguments)) for case in found if case.raises]
    assert [case.raises for case in found][-len(raising) :] == [name for name, _ in raising]
    assert ("RangeError", {"value": "-1", "low": "0"}) in raising
    assert ("MyError", {"value": "3", "low": "3"}) in raising
    assert {"value": "101", "low": "0"} in [dict(case.arguments) for case in found if not case.raises]


def test_a_guard_under_another_condition_promises_nothing() -> None:
    inner = "if (a < 0) { throw new Error('x'); }", "if (a >= 0) { b += 1; } else { throw new Error('x'); }"
    for guard in inner:
        found = cases(f"export function f(a: number, b: number) {{ if (b > 1) {{ {guard} }} return a; }}\n")
        assert found
        assert not any(case.raises or dict(case.arguments)["a"] == "-1" for case in found)


def test_a_rejected_promise_is_raised() -> None:
    guard = "if (a < 0) return Promise.reject(new TypeError('x'));"
    text = f"export function f(a: number) {{ {guard} return Promise.resolve(a); }}\n"
    assert target(text).is_async
    assert "TypeError" in [case.raises for case in cases(text)]


@pytest.mark.parametrize(
    ("text", "comparable"),
    [
        ("export function f(a: number): number { return a; }\n", True),
        ("export const f = (a: number) => a;\n", True),
        ("export function f(a: number): void {}\n", False),
        ("export async function f(a: number): Promise<void> {}\n", False),
        ("export function f(a: number) { console.log(a); }\n", False),
        ("export const f = (a: number) => () => a;\n", False),
        ("export function* f(a: number) { yield a; }\n", False),
        ("export function f(a: Missing) { return a; }\n", False),
    ],
)
def test_only_what_one_expression_can_equal_is_asked_for(text: str, comparable: bool) -> None:
    assert {case.comparable for case in cases(text)} == {comparable}


@pytest.mark.parametrize(
    ("path", "test", "named"),
    [
        ("src/a.test.ts", "import { f } from './a';\nf(1);\n", True),
        ("src/a.test.ts", "import { f } from './a.js';\nf(1);\n", True),
        ("test/a.test.js", "const { f } = require('../src/a');\nf(1);\n", True),
        ("test/a.test.ts", "import * as a from '../src/a';\na.f(1);\n", True),
        ("test/a.test.ts", "import { f } from '@/a';\nf(1);\n", True),
        ("test/a.test.ts", "import { f } from '../src';\nf(1);\n", True),
        ("test/a.test.ts", "import { f } from '../src/index.js';\nf(1);\n", True),
        ("test/a.test.ts", "import { f } from '../src/b';\nf(1);\n", False),
        ("test/a.test.ts", "import { f } from '../lib/a';\nf(1);\n", False),
        ("test/a.test.ts", "import { g } from '../src/a';\ng(1);\n", False),
        ("test/a.test.ts", "import { g } from '../src/a';\ng(1); // f\n", False),
        ("test/a.test.ts", "import { g } from '../src/a';\ng('f');\n", False),
        ("test/a.test.ts", "f(1);\n", False),
        ("test/a.md", "import { f } from '../src/a';\n", False),
    ],
)
def test_a_test_names_a_target_by_import_and_use(path: str, test: str, named: bool) -> None:
    found = target("export function f(a: number) { return a; }\n")
    assert javascript.names(test, path, found) is named


def test_a_test_names_a_method_by_its_class_and_a_default_by_its_module() -> None:
    method = target("export class A { f(a: number) { return a; } }\n")
    assert javascript.names("import { A } from './a';\nnew A().f(1);\n", "src/a.test.ts", method)
    assert not javascript.names("import { A } from './a';\nnew A().g(1);\n", "src/a.test.ts", method)
    default = target("export default (a: number) => a;\n")
    assert javascript.names("import anything from './a';\nanything(1);\n", "src/a.test.ts", default)


PIECES = (
    "export ", "function f", "(a: number, b = 1)", "{ if (a < 0) throw new X(); return a; }", "=> a", "const f = ",
    "module.exports = ", "exports.f = ", "class A ", "{ constructor(a) {} f(b) { return b; } }", "default ", "...",
    "{ a, b: { c } = 1 }: { a: string }", "async ", "interface O { a: O }\n", "type T = T | T[];\n", "T", "\\u0061",
    "`${a}`", "/** @param {T} a */", "*/", "//", "private ", "static ", "get ", "#x", "?", "|", "<p/>",
)  # fmt: skip


@given(
    st.lists(st.sampled_from((*PIECES, "\n", " ", "(", ")", "{", "}", ":", ";", "x", "\0", "é\U0001f600", "'"))).map(
        "".join
    ),
    st.sampled_from(("src/a.ts", "src/a.js", "src/a.tsx", "src/a.mjs")),
)
def test_any_text_is_read_without_failing(text: str, path: str) -> None:
    for one in targets(path, text):
        assert re.fullmatch(r"[\w$]+(\.[\w$]+)?", one.name)
        assert all(re.fullmatch(r"[\w$]+", parameter.name) for parameter in one.parameters)
        javascript.cases(one)


@pytest.mark.parametrize(
    "piece",
    ["export function f(a) { return a; }\n", "module.exports = {", "class A { f(a) { return a; }\n", "if (a < 0) {",
     "/** @param {a} a */\n", "type T = [", "export const f = (a: {b: ", "interface A { a: A }\n", "exports.a = ",
     "a.b(c ? "],
)  # fmt: skip
def test_time_grows_with_the_text(piece: str) -> None:
    def seconds(text: str) -> float:
        started = time.perf_counter()
        for one in targets("src/a.ts", text):
            javascript.cases(one)
        return time.perf_counter() - started

    for _ in range(3):
        before, after = seconds(piece * 300), seconds(piece * 2400)
        if after < 0.3 + before * 20:
            return
    raise AssertionError((before, after))
