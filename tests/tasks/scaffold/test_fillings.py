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
from reviewbot.tasks.scaffold.frameworks import pytest as framework
from reviewbot.tasks.scaffold.languages import python
from reviewbot.tasks.scaffold.suites import Suite, Surroundings
from tests.tasks.scaffold.python_targets import EXAMPLES, Example, answers

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
               'Decimal("1")', 'Fraction("1/3")', 'UUID("12345678-1234-5678-1234-567812345678")',
               'float("inf")', "math.inf", "pytest.approx(0.3)", "set()", '"a" * 20',
               "datetime.date(2020, 1, 1)", 'ValueError("x")', 'Path("a")', "bytes([1, 2])",
               "collections.OrderedDict(a=1)", "frozenset({1})", 'bytes("a", "utf-8")', "timedelta(days=2)",
               'date.fromisoformat("2024-01-01")', "12345", "[123456, 1.5]"],
    "javascript": ["1n", "'a'", "`a`", "[1, [2]]", '{a: 1, "b": null}', "undefined", "-Infinity", "new Date(0)",
                   "new Map([[1, 2]])", "new Set([1])", 'new URL("http://x")',
                   "new Uint8Array([1])", 'new Error("x")', "Number.MAX_VALUE",
                   "Object.freeze([])", "BigInt(1)"],
    "typescript": ["1 as number", "[] as string[]", "new Map<string, number>([])", "{a: 1} as A.B", "Color.Red"],
    "tsx": ["[1] as const", '"a"'],
    "go": ["nil", "'a'", "`a`", "[]int{1, 2}", 'map[string]int{"a": 1}', "Point{X: 1, Y: 2}", "&m.Point{1, 2}",
           "int64(3)", '[]byte("a")', 'errors.New("x")', "time.Second * 2", "struct{}{}", "big.NewInt(3)", "1 << 3"],
    "java": ["1L", "'a'", "null", "new int[]{1, 2}", "List.of(1, 2)", 'new BigDecimal("1")', "new int[3]",
             "LocalDate.of(2020, 1, 2)", "java.util.Set.of(1)", 'new java.math.BigInteger("1")', "Map.of()",
             "new int[]{12345}", "new ArrayList<>(List.of(1))", "Color.RED", "Optional.<String>empty()", "Double.NaN",
             '"a" + 1'],
    "rust": ["1u8", "None", "Some(1)", "Ok(())", 'Err("x".to_string())', 'String::from("a")', "vec![1, 2]", "&[1]",
             '(1, "a")', "Point { x: 1, y: 2 }", "f64::NAN", "HashMap::from([(1, 2)])", "Vec::<i32>::new()", "-1",
             "1 + 2", 'vec!["a".to_string()]', "Duration::from_secs(1)", "3 as u8"],
    "ruby": ["nil", ":a", "%w[a b]", '{a: 1, "b" => 2}', "Set.new([1])", "Foo::BAR", 'BigDecimal("1")', "1..2",
             "[1, 2].freeze", "Time.at(0)", "Rational(1, 2)"],
    "csharp": ["1.5m", '@"a"', "null", "new[] { 1, 2 }", "new List<int> { 1 }", 'Guid.Parse("a")', "new Version(1, 2)",
               "(1, 2)", "(long)3", 'new Dictionary<string, int> { ["a"] = 1 }', "Color.Red", "TimeSpan.FromSeconds(1)",
               "default", "int.MaxValue", "new System.DateTime(1)", "Array.Empty<int>()"],
    "php": ["'a'", "NULL", "[1, 'a' => 2]", "array(1)", "new ArrayObject([1])", 'new \\DateTime("x")', "Foo::BAR",
            "M_PI", '"a" . "b"', "(int) 3"],
}  # fmt: skip
#: Closures, statements, variables, calls, interpolation, commands, what reaches the machine.
_REFUSED = {
    "python": ["lambda: 1", "await x", "(yield)", "(x := 1)", 'f"{x}"', "[x for x in y]", "result", "result.value",
               'open("x")', 'eval("1")', '__import__("os")', "os.environ", 'os.system("x")', "X.__class__", "f(1)",
               "m.f(1)", "[f(1)]", "mock.ANY", "9**9**9", '"a" * 99999999', "[0] * 9 * 9 * 9", "1, 2", "print(1)",
               "1 if x else 2", "subprocess.Popen(1)", "getattr(X, 'y')", "X()()", "X.y(1)", "*X", "...", "1  # x",
               '0), (1, 2', "x; import os", "0\nimport os", '"""', '"', "1 or f(1)", "result.date()", "True, f(1)",
               "bytes(10**10)", "bytes(9999)", "bytes(int('9'))", '"a" * int("9")', 'list(ip_network("::/0"))',
               "'%9999999999d' % 1", "'{:9999d}'.format(1)",
               "2 ** 3", "range(99999)", "list(99_999)", "dict(a=0xfffff)", "Decimal(99999)", '"a" * 9_9_9_9_9',
               '"a" * 0xfffffff', "[0] * m.LIMIT", "bytes(m.LIMIT)", 'Fraction("1e99999")', 'Fraction("1e" "99999")',
               'Fraction("1e" + "9" * 9)', 'Fraction("1\\x6599999")', 'Logger("x")', "Profile(1)", "m.Point(1)",
               'logging.FileHandler("x")', 'ZipFile("x")', "pathlib.Path.cwd()", "Path(1).unlink()", 'NamedTuple("x")'],
    "javascript": ["() => 1", "async () => 1", "await x", "`${x}`", "x = 1", "x++", "{get a() {return 1}}", "{...x}",
                   'require("fs")', 'import("fs")', "process.env", 'new Function("x")', "fetch(1)", "X`a`", "f(1)",
                   "x?.y", "{a}", "1), g(2", "delete X.y", "function() {}", "class {}", "expect.anything()", "1 // x",
                   "expect.any(Number)", "{__proto__: 1}", "{[x]: 1}", 'new WebSocket("x")', "1 <!--x", "/a/",
                   'new Audio("http://x")', "new SharedArrayBuffer(9999999999)", "new Array(9999)", "new Uint8Array(9)",
                   'new Image("x")', 'new Uint8Array(Number("9"))', "Date()", "new Date()", "new Date",
                   "new Uint8Array({length: 9e9})", "2 ** 3", '"a".repeat(9999)',
                   "new m.Point(1)", "new Point(1)", "Point(1)", 'new EventSource("x")'],
    "typescript": ["x!", "<any>x", "f<number>(1)"],
    "tsx": ["<a/>"],
    "go": ["func() int { return 1 }()", "<-c", "x.(int)", 'os.Open("x")', 'exec.Command("x")', "f(1)", "got", "x[0]",
           "m.Run(1)", "1; g()", "new(int)", "X.Y()",
           "httptest.NewServer(nil)", "time.NewTicker(1)", "NewPoint(1)", "m.New(1)", "os.New(1)",
           "[999999999]int{}", "big.NewInt(99999)", "1 << 99999", "[99][99][99]int{}",
           "[]int{999999999: 1}", "[]int{1 << 30: 1}", "[1 << 30]int{}", "[]int{math.MaxInt32: 1}"],
    "java": ["() -> 1", "A::b", "x = 1", "x++", "new X() { }", 'Runtime.getRuntime().exec("x")', "System.exit(1)",
             'new FileWriter("x")', "M.f(1)", "new X(f(1))", "x", "true ? 1 : 2", "X.of(x.y())",
             'new java.util.Formatter("/tmp/x")', "new javax.swing.JFrame()", "new Point(1)", "new Date()",
             'new Formatter("x")', 'new Scanner("x")', "new ArrayList<>(9)", "new ArrayList<>(Integer.MAX_VALUE)",
             'new ArrayList<>(Integer.valueOf("9"))', "new int[99999]", "new int[999][999]", "new int[1 << 30]",
             "new byte[Integer.MAX_VALUE]", "new int[(int) 1e9]", "Foo.of(1)",
             'com.x.List.of(1)', 'new com.x.BigDecimal("1")', "Foo.valueOf(1)"],
    "rust": ["|x| 1", "{ 1 }", "unsafe { 1 }", "x?", "*x", 'println!("a")', 'std::fs::read("x")', "f(1)", "m::f(1)",
             'Command::new("x")', "vec![std::process::exit(1)]", "vec![x]", "Point { ..p }", "x.to_string()", "1, 2",
             "[1,,2]", "Point { x: }", 'format!("{}", x)', 'include_str!("x")', 'env!("X")', "1); panic!(",
             'File::from("x")', "Foo::new(1)", "std::fs::File::new(1)", "Foo::default()", "a::b::C(1)",
             "Vec::with_capacity(9)", "[0; 99999]", "vec![0; 99999]", 'TcpListener::Bind("x")'],
    "ruby": ['"#{x}"', "`ls`", "%x(ls)", "-> { 1 }", "lambda { 1 }", "puts 1", "x", "x.freeze", "X.y", 'system("x")',
             'File.new("x")', "IO.popen(1)", "Foo::bar(1)", "<<~A", "__FILE__", "{f:}", "X.new { 1 }", "ENV", "f(1)",
             "(1; 2)", "X.new(&x)", "'`ls`'", "exit", "/#{x}/",
             "Logger.new('/tmp/x')", "PStore.new('/x')", "System('x')", "Point.new(1)",
             "Set.new(1..)", "'a' * 1e9", "String.new(capacity: 1e9)",
             "Set.new(1..Float::INFINITY)", "'a' * Integer('9')", "Time.new",
             "Array(1..9)", "2 ** 3", "'%9d' % 1", "'a' * 99999", "Array.new(9999)", "Rational('1e99999')",
             "Foo::Set.new(1)"],
    "csharp": ["() => 1", '$"{x}"', "x = 1", "x++", "++x", "await x", "new P { A = x }", "M.f(1)", "x is int",
               'File.Create("x")', 'Process.Start("x")', "Environment.Exit(1)", "throw x", "Run(1)",
               "new P { A = F(1) }", "stackalloc int[1]", 'new StreamWriter("x")',
               "new System.Threading.Mutex(true)", "new P { A = 1 }", "new Mutex(true)", "new List<int>(int.MaxValue)",
               "new List<int>(9)", "new int[99999]", "new int[1 << 30]",
               "new int[int.MaxValue]", "Foo.Parse(1)", "new Foo.List<int>()", "new string('a', 9)"],
    "php": ['"$x"', '"{$x}"', "`ls`", "$x", "$x = 1", "foo()", "fn() => 1", "include 'x'", "@foo()", "exit", "print 1",
            '"system"("ls")', '("Foo")("x")', "new class {}", "eval('x')", "X::y()", "1 ?> <b>", "[...$x]", "'`ls`'",
            "new SplFileObject('x')", "X::class", "clone X",
            "new \\SimpleXMLElement('http://x', 0, true)", "new \\SQLite3('/x')", "new \\GlobIterator('/etc/*')",
            "new FFI('x')", "new Point(1)", "new DateTime()", "new \\DateTimeImmutable", "2 ** 3",
            "new \\Foo\\DateTime(1)", "new SplFixedArray(9)"],
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


#: What a test makes or imports itself, what may be made then, and the name of it.
_OWN = [
    ("python", "from m import f, Stack\n\nassert f(1) == ", "Stack(1)", "Stack"),
    ("python", "import m\n\nassert m.f(1) == ", "[m.Stack(1)]", "Stack"),
    ("python", "from m import Stack\n\nassert Stack(2).f(1) == ", "Stack(1)", "Stack"),
    ("javascript", 'import { f, Stack } from "../m";\nx = f(1) == ', "new Stack(1)", "Stack"),
    ("typescript", 'import * as m from "../m";\nx = m.f(1) == ', "new m.Stack(1)", "Stack"),
    ("ruby", "Stack.new(2).f(1) == ", "Stack.new(1)", "Stack"),
    ("go", "package m\n\nvar a = NewStack(2)\nvar x = ", "NewStack(1)", "NewStack"),
    ("java", "class T { Object a = new Stack(2); Object x = ", "new Stack(1)", "Stack"),
    ("csharp", "class T { object a = new Pile(2); object x = ", "new Pile { A = 1 }", "Pile"),
    ("php", "<?php\n$a = new \\A\\Stack(2);\n$x = ", "new \\A\\Stack(1)", "Stack"),
    ("rust", "const A: T = Stack::new(2);\nconst X: T = ", "Stack::new(1)", "new"),
]  # fmt: skip
_ENDS = {"java": "; }\n", "csharp": "; }\n", "python": "\n", "ruby": "\n", "go": "\n"}
own = pytest.mark.parametrize(("language", "prefix", "reply", "name"), _OWN)


@own
def test_what_a_test_makes_itself_or_imports_with_the_target_may_be_made(
    language: str, prefix: str, reply: str, name: str
) -> None:
    suffix = _ENDS.get(language, ";\n")
    assert accepted(language, prefix, reply, suffix, "f") == reply
    assert filled(language, reply) is None


@own
def test_the_target_is_not_what_it_is_compared_with(language: str, prefix: str, reply: str, name: str) -> None:
    assert accepted(language, prefix, reply, _ENDS.get(language, ";\n"), name) is None


def test_a_constant_of_the_name_of_the_target_is_not_compared_with_it() -> None:
    prefix, suffix = SUITES["python"]
    assert accepted("python", prefix, "m.LIMIT", suffix, "LIMIT") is None


@pytest.mark.parametrize(("prefix", "reply"), [
    ('# Stack(1)\nx = "Stack(1)" == ', "Stack(1)"), ("from n import Stack\nfrom m import f\nx = f(1) == ", "Stack(1)"),
    ("from m import f, FileHandler\nx = f(1) == ", "FileHandler(1)"), ("import m\nx = m.f(1) == ", "m.Socket(1)"),
    ("import m\nx = m.f(1) == ", "m.make(1)"), ("import m\nx = m.f(1) == ", "m.n.Stack(1)"),
    ("from m import f, Stack\nx = f(1) == ", "Stack(99999)"),
])  # fmt: skip
def test_a_name_in_a_text_of_another_module_or_of_what_reaches_out_is_none(prefix: str, reply: str) -> None:
    assert accepted("python", prefix, "1", "\n", "f") == "1" and accepted("python", prefix, reply, "\n", "f") is None


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.name)
def test_what_real_calls_return_is_accepted(example: Example) -> None:
    target, around = example.chosen(), Surroundings(frozenset({example.path}))
    path = framework.places(target, around)[0]
    module = framework.module(target, path, around)
    suite = Suite(target, framework.NAME, path, module, python.cases(target), "1a2b3c4d5e")
    found = [value for value in answers(example, suite).values() if value]
    assert [filled("python", value) for value in found] == found


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
