"""What may stand in a hole, in every language, and that nothing else gets in, whatever a model replies."""

from __future__ import annotations

import ast
import time
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.grammars import parse
from reviewbot.tasks.scaffold.fillings import MOST, accepted

if TYPE_CHECKING:
    from tree_sitter import Node

_SCRIPT = ('test("a", () => {\n  expect(f(1)).toEqual(', ");\n});\n")
#: What stands around the hole.
SUITES = {
    "python": ("from m import f\n\n\ndef test_a():\n    assert f(1) == ", "\n\n\ndef test_b():\n    assert f(2)\n"),
    "javascript": _SCRIPT, "typescript": _SCRIPT, "tsx": _SCRIPT,
    "go": ("package m\n\nfunc TestA(t *testing.T) {\n\twant := ", "\n\tif f(1) != want {\n\t\tt.Fail()\n\t}\n}\n"),
    "java": ("class T {\n  @Test void a() {\n    assertEquals(", ", M.f(1));\n  }\n}\n"),
    "rust": ("#[test]\nfn a() {\n    assert_eq!(f(1), ", ");\n}\n"),
    "ruby": ('RSpec.describe "f" do\n  it "a" do\n    expect(f(1)).to eq(', ")\n  end\nend\n"),
    "csharp": ("public class T {\n  [Fact]\n  public void A() {\n    Assert.Equal(", ", M.f(1));\n  }\n}\n"),
    "php": ("<?php\nclass T extends TestCase {\n  function testA() {\n    $this->assertSame(", ", f(1));\n  }\n}\n"),
}  # fmt: skip
_VALUES = {
    "python": ["-1.5", "1j", '"a\\n"', "b'a'", "(1, 2)", "()", "{1}", '{"a": [None, True]}', "1 + 2 * 3", "m.LIMIT",
               'Decimal("1")', "m.Point(1, y=2)", 'float("inf")', "math.inf", "pytest.approx(0.3)", "set()", '"a" * 20',
               "datetime.date(2020, 1, 1)", 'ValueError("x")', 'Profile("x")'],
    "javascript": ["1n", "'a'", "`a`", "[1, [2]]", '{a: 1, "b": null}', "undefined", "-Infinity", "new Date(0)",
                   "new Map([[1, 2]])", "new m.Point(1)", "Number.MAX_VALUE", "Object.freeze([])", "BigInt(1)"],
    "typescript": ["1 as number", "[] as string[]", "new Map<string, number>([])", "{a: 1} as A.B", "Color.Red"],
    "tsx": ["[1] as const", '"a"'],
    "go": ["nil", "'a'", "`a`", "[]int{1, 2}", 'map[string]int{"a": 1}', "Point{X: 1, Y: 2}", "&m.Point{1, 2}",
           "int64(3)", '[]byte("a")', 'errors.New("x")', "time.Second * 2", "struct{}{}", "big.NewInt(3)", "1 << 3"],
    "java": ["1L", "'a'", "null", "new int[]{1, 2}", "List.of(1, 2)", "new Point(1, 2)", "new ArrayList<>(List.of(1))",
             "Color.RED", "Optional.<String>empty()", "Double.NaN", '"a" + 1'],
    "rust": ["1u8", "None", "Some(1)", "Ok(())", 'Err("x".to_string())', 'String::from("a")', "vec![1, 2]", "&[1]",
             '(1, "a")', "Point { x: 1, y: 2 }", "f64::NAN", "HashMap::from([(1, 2)])", "Vec::<i32>::new()", "-1",
             "1 + 2", 'vec!["a".to_string()]', "Duration::from_secs(1)", "3 as u8"],
    "ruby": ["nil", ":a", "%w[a b]", '{a: 1, "b" => 2}', "Point.new(1, y: 2)", "Foo::BAR", 'BigDecimal("1")', "1..2",
             "[1, 2].freeze", "Time.at(0)", "Rational(1, 2)"],
    "csharp": ["1.5m", '@"a"', "null", "new[] { 1, 2 }", "new List<int> { 1 }", "new P { A = 1 }", "(1, 2)", "(long)3",
               'new Dictionary<string, int> { ["a"] = 1 }', "Color.Red", "TimeSpan.FromSeconds(1)", "default",
               "int.MaxValue", "new System.DateTime(1)", "Array.Empty<int>()"],
    "php": ["'a'", "NULL", "[1, 'a' => 2]", "array(1)", "new Point(1, y: 2)", 'new \\DateTime("x")', "Foo::BAR", "M_PI",
            '"a" . "b"', "(int) 3", "2 ** 3"],
}  # fmt: skip
#: Closures, statements, variables, calls, interpolation, commands, what reaches the machine.
_REFUSED = {
    "python": ["lambda: 1", "await x", "(yield)", "(x := 1)", 'f"{x}"', "[x for x in y]", "result", "result.value",
               'open("x")', 'eval("1")', '__import__("os")', "os.environ", 'os.system("x")', "X.__class__", "f(1)",
               "m.f(1)", "[f(1)]", "mock.ANY", "9**9**9", '"a" * 99999999', "[0] * 9 * 9 * 9", "1, 2", "print(1)",
               "1 if x else 2", "subprocess.Popen(1)", "getattr(X, 'y')", "X()()", "X.y(1)", "*X", "...", "1  # x",
               '0), (1, 2', "x; import os", "0\nimport os", '"""', '"', "1 or f(1)", "result.date()", "True, f(1)"],
    "javascript": ["() => 1", "async () => 1", "await x", "`${x}`", "x = 1", "x++", "{get a() {return 1}}", "{...x}",
                   'require("fs")', 'import("fs")', "process.env", 'new Function("x")', "fetch(1)", "X`a`", "f(1)",
                   "x?.y", "{a}", "1), g(2", "delete X.y", "function() {}", "class {}", "expect.anything()", "1 // x",
                   "expect.any(Number)", "{__proto__: 1}", "{[x]: 1}", 'new WebSocket("x")', "1 <!--x", "/a/"],
    "typescript": ["x!", "<any>x", "f<number>(1)"],
    "tsx": ["<a/>"],
    "go": ["func() int { return 1 }()", "<-c", "x.(int)", 'os.Open("x")', 'exec.Command("x")', "f(1)", "got", "x[0]",
           "m.Run(1)", "1; g()", "new(int)", "X.Y()"],
    "java": ["() -> 1", "A::b", "x = 1", "x++", "new X() { }", 'Runtime.getRuntime().exec("x")', "System.exit(1)",
             'new FileWriter("x")', "M.f(1)", "new X(f(1))", "x", "true ? 1 : 2", "X.of(x.y())"],
    "rust": ["|x| 1", "{ 1 }", "unsafe { 1 }", "x?", "*x", 'println!("a")', 'std::fs::read("x")', "f(1)", "m::f(1)",
             'Command::new("x")', "vec![std::process::exit(1)]", "vec![x]", "Point { ..p }", "x.to_string()", "1, 2",
             "[1,,2]", "Point { x: }", 'format!("{}", x)', 'include_str!("x")', 'env!("X")', "1); panic!("],
    "ruby": ['"#{x}"', "`ls`", "%x(ls)", "-> { 1 }", "lambda { 1 }", "puts 1", "x", "x.freeze", "X.y", 'system("x")',
             'File.new("x")', "IO.popen(1)", "Foo::bar(1)", "<<~A", "__FILE__", "{f:}", "X.new { 1 }", "ENV", "f(1)",
             "(1; 2)", "X.new(&x)", "'`ls`'", "exit", "/#{x}/"],
    "csharp": ["() => 1", '$"{x}"', "x = 1", "x++", "++x", "await x", "new P { A = x }", "M.f(1)", "x is int",
               'File.Create("x")', 'Process.Start("x")', "Environment.Exit(1)", "throw x", "Run(1)",
               "new P { A = F(1) }", "stackalloc int[1]", 'new StreamWriter("x")'],
    "php": ['"$x"', '"{$x}"', "`ls`", "$x", "$x = 1", "foo()", "fn() => 1", "include 'x'", "@foo()", "exit", "print 1",
            '"system"("ls")', '("Foo")("x")', "new class {}", "eval('x')", "X::y()", "1 ?> <b>", "[...$x]", "'`ls`'",
            "new SplFileObject('x')", "X::class", "clone X"],
}  # fmt: skip
every = pytest.mark.parametrize("language", SUITES)


def filled(language: str, reply: str) -> str | None:
    prefix, suffix = SUITES[language]
    return accepted(language, prefix, reply, suffix, "f")


def test_values_are_accepted_as_they_are() -> None:
    assert {
        (language, value)
        for language, values in _VALUES.items()
        for value in values
        if filled(language, value) != value
    } == set()


def test_what_is_no_value_or_does_something_is_not() -> None:
    assert {
        (language, reply) for language, replies in _REFUSED.items() for reply in replies if filled(language, reply)
    } == set()


@every
def test_numbers_and_texts_are_values_in_every_language(language: str) -> None:
    assert [filled(language, reply) for reply in ("3", '"a, b) // c"', " 3 ")] == ["3", '"a, b) // c"', "3"]


@pytest.mark.parametrize(("reply", "filling"), [
    ("3,", "3"), ("3)", "3"), ("3);", "3"), ("= 3", "3"), ("== 3", "3"), ("  3\n", "3"), ("[1, (2)])", "[1, (2)]"),
    ("new Map([]));", "new Map([])"), ("{a: [1]}));", "{a: [1]}"), ("=> 3", None), ("```\n3\n```", None), ("", None),
    (");", None), ("3 3", None),
])  # fmt: skip
def test_what_models_put_around_an_expression_is_left_out(reply: str, filling: str | None) -> None:
    assert filled("javascript", reply) == filling


@pytest.mark.parametrize("odd", ["\u202e", "\u200b", "\x00", "\x1b", "\ufe0f", "\udcff", "\u3164", "\t", "\u2028"])
def test_nothing_that_is_not_seen_gets_in(odd: str) -> None:
    assert filled("python", '"ab"') == '"ab"' and filled("python", f'"a{odd}b"') is None


def test_a_long_filling_is_none() -> None:
    assert filled("python", f'"{"a" * (MOST - 2)}"') and filled("python", f'"{"a" * (MOST - 1)}"') is None
    start = time.monotonic()
    for piece in ("(", "[", "1,", "-", "a.", '"a"', "{1:", "b(", ")"):
        for language in SUITES:
            filled(language, piece * (MOST // len(piece)))
            assert filled(language, piece * 200_000) is None
    assert time.monotonic() - start < 10


def test_the_rest_of_a_suite_may_be_code_of_strangers() -> None:
    prefix = 'from m import f\n\n\n# \udcff \u202e\ndef test_a():\n    assert f("REVIEWBOT_HOLE") == '
    assert accepted("python", prefix, "1", "\n", "f") == "1"
    assert accepted("python", f"{prefix}(", "1", "\n", "f") is None
    assert accepted("cobol", "", "1", "", "f") is None
    assert accepted("go", "package p\n\nvar y = )\n\nvar x = ", "1", "\n", "f") is None


@pytest.mark.parametrize(("language", "prefix", "reply", "suffix"), [
    ("python", "x = 2 * ", "1 + 1", "\n"), ("ruby", "x = foo ", "{}", "\n"),  # a block
    ("javascript", "x = () => ", "{}", ";\n"),  # a body
    ("rust", "fn a() { assert_eq!(f(1), a", "Some(1)", "); }\n"),  # `aSome`
    ("python", "x = a", '"b"', "\n"), ("python", 'x = "', "1", '"\n'), ("python", "x = 1  # ", "1", "\n"),
])  # fmt: skip
def test_what_is_another_thing_in_its_place_is_not_accepted(
    language: str, prefix: str, reply: str, suffix: str
) -> None:
    assert filled(language, reply) == reply
    assert accepted(language, prefix, reply, suffix, "f") is None


@pytest.mark.parametrize(("language", "reply", "called"), [
    ("python", "Stack(1)", "Stack"), ("python", "[m.Stack(1)]", "Stack"), ("ruby", "Stack.new(1)", "Stack"),
    ("go", "NewStack(1)", "NewStack"), ("java", "new Stack(1)", "Stack"), ("python", "m.LIMIT", "LIMIT"),
    ("rust", "Stack::new(1)", "new"),
])  # fmt: skip
def test_the_target_is_not_what_it_is_compared_with(language: str, reply: str, called: str) -> None:
    prefix, suffix = SUITES[language]
    assert accepted(language, prefix, reply, suffix, "f") == reply
    assert accepted(language, prefix, reply, suffix, called) is None


# ---- whatever a model replies -----------------------------------------------------------------------------------

_PIECES = st.sampled_from([
    *(value for values in _VALUES.values() for value in values),
    *(reply for replies in _REFUSED.values() for reply in replies),
    *"()[]{}<>.,;:=+-*/&|!?@#$%^~\\'\"` \n", "//", "/*", "*/", "#{", "${", "f(", "=>", "->", "::", "?>", "<?php", "'''",
])  # fmt: skip
replies = st.one_of(
    st.lists(_PIECES, min_size=1, max_size=4).map("".join), st.text(max_size=20),
    st.tuples(st.sampled_from(['"', "'", "`", ""]), st.text("a\\\"'`${}#()\n", max_size=8)).map(
        lambda pair: pair[0] + pair[1] + pair[0]
    ),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(SUITES)), replies)
def test_the_tree_around_an_accepted_filling_is_as_it_was(language: str, reply: str) -> None:
    filling = filled(language, reply)
    if filling is None:
        return
    assert filling in reply and "\n" not in filling and filling.isprintable()
    prefix, suffix = SUITES[language]
    root, plain = parse(language, prefix + filling + suffix).root_node, parse(language, f"{prefix}X{suffix}").root_node
    at = len(prefix.encode())
    assert not root.has_error
    assert list(_around(root, at, at + len(filling.encode()))) == list(_around(plain, at, at + 1))


def _around(root: Node, at: int, end: int) -> Iterator[tuple[tuple[str, ...], bytes]]:
    """Every token outside of the hole, with the kinds of what it is in."""
    stack: list[tuple[Node, tuple[str, ...]]] = [(root, ())]
    while stack:
        node, above = stack.pop()
        if node.children:
            stack += [(child, (*above, node.type)) for child in reversed(node.children)]
        elif node.end_byte <= at or node.start_byte >= end:
            yield (*above, node.type), node.text or b""


@settings(max_examples=400, deadline=None)
@given(replies)
def test_python_itself_reads_one_expression_that_does_nothing(reply: str) -> None:
    filling = filled("python", reply)
    if filling is None:
        return
    prefix, suffix = SUITES["python"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = ast.parse(filling, mode="eval").body
        whole, plain = ast.dump(ast.parse(prefix + filling + suffix)), ast.dump(ast.parse(f"{prefix}X{suffix}"))
    assert whole == plain.replace("Name(id='X', ctx=Load())", ast.dump(value))
    for node in ast.walk(value):
        assert not isinstance(
            node, ast.Lambda | ast.Await | ast.Yield | ast.NamedExpr | ast.FormattedValue | ast.Starred
        )
        assert not isinstance(node, ast.Name) or node.id not in ("f", "open", "eval", "exec", "os", "result", "print")


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(SUITES)), st.sampled_from(["f(1)", "x.f(1)", "m::f(1)", "M.f()"]), replies)
def test_no_filling_calls_the_target(language: str, call: str, other: str) -> None:
    for reply in (call, f"[{call}]", f"{call} + 1", f"Point({call})", f"new Point({call})", f"{other} + {call}"):
        assert filled(language, reply) is None
