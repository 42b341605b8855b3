from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.checks import slips
from reviewbot.core.findings import Severity
from tests.checks.anchors import anchored
from tests.checks.facts import ENDINGS, Row, ends_on_deep_nesting, is_told_from_old, places, said, soups, stays_linear
from tests.readings import found, reading

ASSERT, ASSIGNED, ALWAYS = "slips/assert-tuple", "slips/assigned-condition", "slips/literal-alternative"
MUTABLE, ONCE, IDENTITY = "slips/mutable-default", "slips/default-once", "slips/literal-identity"
OPERANDS, NAN, TYPEOF, NEGATED = "slips/same-operands", "slips/nan-comparison", "slips/typeof", "slips/negated-operand"
UNUSED, ITSELF, BRANCHES = "slips/unused-comparison", "slips/self-assignment", "slips/same-branches"
CONDITION, KEY = "slips/repeated-condition", "slips/repeated-key"
BODY, UNREACHABLE = "slips/empty-body", "slips/unreachable"

FOUND: list[Row] = [
    ("a.py", "assert (x, 'message')\n", [(ASSERT, 1)]),
    ("a.js", "if (a = 5) { f(); }\n", [(ASSIGNED, 1)]),
    ("a.c", "int f() {\n  while (a = 1) { g(); }\n}\n", [(ASSIGNED, 2)]),
    ("a.cpp", "int f() {\n  if (a = nullptr) { g(); }\n}\n", [(ASSIGNED, 2)]),
    ("a.php", "<?php\nif ($a = 'x') { f(); }\n", [(ASSIGNED, 2)]),
    ("A.java", "class A { void f() {\n if (a = true) { g(); }\n} }\n", [(ASSIGNED, 2)]),
    ("a.cs", "class A { void F() {\n if (a = true) { G(); }\n} }\n", [(ASSIGNED, 2)]),
    ("a.py", "if x == 'a' or 'b':\n    f()\n", [(ALWAYS, 1)]),
    ("a.ts", "if (x === 'a' || 'b') { f(); }\n", [(ALWAYS, 1)]),
    ("a.py", "def f(x=[]):\n    x.append(1)\n", [(MUTABLE, 1)]),
    ("a.py", "def f(*, x: dict[str, int] = {}):\n    return x\n", [(MUTABLE, 1)]),
    ("a.py", "f = lambda x, y=set(): y.add(x)\n", [(MUTABLE, 1)]),
    ("a.py", "def f(now=datetime.now()):\n    g(now)\n", [(ONCE, 1)]),
    ("a.py", "if x is 'a':\n    f()\n", [(IDENTITY, 1)]),
    ("a.py", "if x is not ():\n    f()\n", [(IDENTITY, 1)]),
    ("A.java", 'class A { void f() {\n if (s == "x") { g(); }\n} }\n', [(IDENTITY, 2)]),
    ("a.js", "if (x === []) { f(); }\n", [(IDENTITY, 1)]),
    ("a.py", "if x.y == x.y:\n    f()\n", [(OPERANDS, 1)]),
    ("a.ts", "if (a.start || a.start) { f(); }\n", [(OPERANDS, 1)]),
    ("a.go", "package p\nfunc f() {\n\tif a && a { g() }\n}\n", [(OPERANDS, 3)]),
    ("a.rs", "fn f() {\n    if a == a { g() }\n}\n", [(OPERANDS, 2)]),
    ("a.rb", "f if a == a\n", [(OPERANDS, 1)]),
    ("a.php", "<?php\nif ($a == $a) { f(); }\n", [(OPERANDS, 2)]),
    ("a.js", "if (x === NaN) { f(); }\n", [(NAN, 1)]),
    ("a.py", "if x == float('nan'):\n    f()\n", [(NAN, 1)]),
    ("a.py", "if x != np.nan:\n    f()\n", [(NAN, 1)]),
    ("a.cs", "class A { void F() {\n if (x == double.NaN) { G(); }\n} }\n", [(NAN, 2)]),
    ("a.go", "package p\nfunc f() {\n\tif x == math.NaN() { g() }\n}\n", [(NAN, 3)]),
    ("a.js", "if (typeof x === 'undefiend') { f(); }\n", [(TYPEOF, 1)]),
    ("a.tsx", "if (typeof x === undefined) { f(); }\n", [(TYPEOF, 1)]),
    ("a.js", "if (!key in table) { f(); }\n", [(NEGATED, 1)]),
    ("a.ts", "if (!x instanceof Y) { f(); }\n", [(NEGATED, 1)]),
    ("a.py", "x == 5\n", [(UNUSED, 1)]),
    ("a.js", "f();\nx === 5;\n", [(UNUSED, 2)]),
    ("a.c", "void f() {\n  x == 5;\n}\n", [(UNUSED, 2)]),
    ("A.java", "class A { A(String name, int age) {\n name = name;\n this.age = age; } }\n", [(ITSELF, 2)]),
    ("a.py", "def f(x):\n    x = x\n    return x\n", [(ITSELF, 2)]),
    ("a.py", "if a:\n    f()\nelse:\n    f()\n", [(BRANCHES, 1)]),
    ("a.php", "<?php\n$x = $a ? f($y) : f($y);\n", [(BRANCHES, 2)]),
    ("a.go", "package p\nfunc f() {\n\tif a { g() } else { g() }\n}\n", [(BRANCHES, 3)]),
    ("a.rb", "if a\n  f 1\nelse\n  f 1\nend\n", [(BRANCHES, 1)]),
    ("a.rs", "fn f() {\n    if a { g(); } else { g(); }\n}\n", [(BRANCHES, 2)]),
    ("a.py", "if a:\n    f()\nelif a:\n    g()\n", [(CONDITION, 3)]),
    ("a.js", "if (a) { f(); } else if (b) { g(); } else if (a) { h(); }\n", [(CONDITION, 1)]),
    ("a.rb", "if a\n  f\nelsif b\n  g\nelsif a\n  h\nend\n", [(CONDITION, 5)]),
    ("a.php", "<?php\nif ($a) { f(); }\nelseif ($a) { g(); }\n", [(CONDITION, 3)]),
    ("a.py", "x = {\n    'a': 1,\n    'a': 2,\n}\n", [(KEY, 3)]),
    ("a.js", "x = {\n  a: 1,\n  'a': 2,\n};\n", [(KEY, 3)]),
    ("a.rb", "x = {\n  a: 1,\n  a: 2,\n}\n", [(KEY, 3)]),
    ("a.php", "<?php\n$x = [\n  'a' => 1,\n  'a' => 2,\n];\n", [(KEY, 4)]),
    ("a.js", "switch (x) {\n  case 1: f(); break;\n  case 1: g();\n}\n", [(KEY, 3)]),
    ("a.rb", "case x\nwhen 1 then f\nwhen 1 then g\nend\n", [(KEY, 3)]),
    ("a.c", "void f() {\n  if (x);\n  g();\n}\n", [(BODY, 2)]),
    ("A.java", "class A { void f() {\n if (x);\n { g(); }\n} }\n", [(BODY, 2)]),
    ("a.py", "def f():\n    return 1\n    g()\n", [(UNREACHABLE, 3)]),
    ("a.ts", "function f() {\n  throw e;\n  g();\n}\n", [(UNREACHABLE, 3)]),
    ("a.go", "package p\nfunc f() {\n\treturn\n\tg()\n}\n", [(UNREACHABLE, 4)]),
    ("a.c", "int f() {\n  return 1;\n  g();\n}\n", [(UNREACHABLE, 3)]),
    ("a.rb", "def f\n  return 1\n  g\nend\n", [(UNREACHABLE, 3)]),
    ("a.php", "<?php\nfunction f() {\n  return 1;\n  g();\n}\n", [(UNREACHABLE, 4)]),
]  # fmt: skip

LEFT_ALONE = [
    ("a.py", "assert x, 'message'\nassert (x)\n"),
    ("a.js", "while ((m = next())) { f(m); }\nif (m = next()) { f(m); }\nif (a == 5) { f(); }\n"),
    ("a.py", "name = x == 'a' or 'b'\nif x == 'a' or y:\n    f()\n"),
    ("a.py", "def f(x=(), y=None, _cache={}):\n    x = x or []\n"),
    ("a.py", "def f(x=[]):\n    x = list(x)\n    x.append(1)\n"),
    ("a.py", "if x is None or x is True or x is ...:\n    f()\n"),
    ("A.java", 'class A { void f() { if (s == null || "x".equals(s) || "x" == "x") { g(); } } }\n'),
    ("a.py", "if x != x or f() == f() or 1 == 1:\n    g()\n"),
    ("a.py", "nan = 'nan'\nif x == nan or math.isnan(x):\n    f()\n"),
    ("a.py", "port = given and given or 80\n"),
    ("a.pyi", "def f(x: Mapping[str, str] = {}) -> str: ...\n"),
    ("a.py", "# the compiler needs it\nif isinstance(x, list):\n    f(x)\nelse:\n    f(x)\n"),
    ("a.js", "if (typeof x === 'undefined' || typeof x === typeof y) { f(); }\n"),
    ("a.js", "if (!(key in table)) { f(); }\n"),
    ("a.py", "with pytest.raises(TypeError):\n    x == 5\n"),
    ("a.rb", "def same?(other)\n  id == other.id\nend\n"),
    ("a.py", "class A:\n    x = x\nx = x\n"),
    ("a.cs", "class A { void F() { G(new B { Name = Name }); } }\n"),
    ("a.py", "if a:\n    f()\nelif b:\n    g()\nelse:\n    g()\n"),
    ("a.py", "if a:\n    f()\n# the second case is the same for now\nelse:\n    f()\n"),
    ("a.js", "if (a) {} else {}\nx = a ? b : c;\n"),
    ("a.js", "if (a) { f(); } else if (b) { g(); } else { g(); }\n"),
    ("a.py", "def f(x):\n    if a:\n        x = x\n    return x\n"),
    ("a.py", "if f():\n    a()\nelif f():\n    b()\n"),
    ("a.go", "package p\nfunc f() {\n\tif x := g(); x { a() } else if x := h(); x { b() }\n}\n"),
    ("a.js", "x = { a: 1, ...b, a: 2, get c() { return 1; }, set c(v) {}, [d]: 1, [d]: 2 };\n"),
    ("a.py", "x = {'a': 1, **b, 'a': 2, b'a': 3, f(): 1, f(): 2}\n"),
    ("a.c", "void f() {\n  while (next());\n  if (x)\n    ;\n  if (x); else g();\n}\n"),
    ("a.py", "def f():\n    return\n    yield\n"),
    ("a.js", "function f() {\n  return g();\n  function g() { return 1; }\n}\n"),
    ("a.c", "int f() {\n  goto out;\nout:\n  return 1;\n}\n"),
    ("a.c", "int f(int x) {\n  switch (x) {\n  case 1: return 1;\n  break;\n  }\n}\n"),
    ("a.cpp", "int f() {\n  throw e;\n  return 1;\n}\n"),
    ("a.rb", "def f\n  return 1 if x\n  g\nend\n"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "expected"), FOUND)
def test_a_slip_is_found_at_its_line(path: str, text: str, expected: list[tuple[str, int]]) -> None:
    assert places(slips, path, text) == expected


@pytest.mark.parametrize(("path", "text"), LEFT_ALONE)
def test_what_may_be_meant_is_left_alone(path: str, text: str) -> None:
    assert found(slips, path, text) == []


@pytest.mark.parametrize(("path", "text"), [(path, text) for path, text, _ in FOUND])
def test_what_was_there_moved_or_indented_is_not_new(path: str, text: str) -> None:
    is_told_from_old(slips, path, text)


def test_every_rule_is_found_in_some_language() -> None:
    assert {rule for _, _, rows in FOUND for rule, _ in rows} == {rule.id for rule in slips.RULES}


def test_a_second_key_is_found_where_it_comes_in_above_the_first() -> None:
    old = "x = {\n    'b': 1,\n    'a': 2,\n}\n"
    assert found(slips, "a.py", old.replace("'b': 1,", "'b': 1,\n    'a': 3,"), old) == [(KEY, 3)]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.py", "def f(x=[]):\n    x.append(1)\n", (MUTABLE, Severity.MEDIUM)),
        ("a.py", "def f(x=[]):\n    g(len(x))\n", (MUTABLE, Severity.LOW)),
        ("a.py", "x = {'a': 1, 'a': 1}\n", (KEY, Severity.LOW)),
        ("a.py", "x = a or a\n", (OPERANDS, Severity.MEDIUM)),
        ("a.py", "x = a == a\n", (OPERANDS, Severity.LOW)),
        ("tests/test_a.py", "assert a == a\n", (OPERANDS, Severity.INFO)),
        ("tests/test_a.py", "x == 5\n", (UNUSED, Severity.MEDIUM)),
        ("tests/test_a.py", "def test_f():\n    return\n    g()\n", (UNREACHABLE, Severity.LOW)),
    ],
)
def test_the_severity_follows_what_it_can_do(path: str, text: str, expected: tuple[str, Severity]) -> None:
    assert said(slips, path, text) == [expected]


PIECES = (
    "if ", "elif ", "else ", "a", "==", "is ", "or ", "||", "&&", "a = 5", "NaN", "typeof ", "'a'", "'a': 1, ", "**x",
    "...x", "def f(a=[])", "return", "assert (a, b)", "switch (a) ", "case 1:", "? a : a", "!a in b", "when 1 ",
    "end\n",
)  # fmt: skip


@given(soups(PIECES), soups(PIECES), st.sampled_from(ENDINGS))
def test_any_text_is_read_without_failing(new: str, old: str, ending: str) -> None:
    anchored(slips, reading(f"a.{ending}", new, old))


def test_deep_nesting_ends() -> None:
    ends_on_deep_nesting(slips)


@pytest.mark.parametrize(
    ("path", "piece"),
    [
        ("a.js", "if (a) {} else "),
        ("a.js", "x = {a: 1, b: {"),
        ("a.js", "if (a == a) { return; b; "),
        ("a.py", "x = a if b else a\n"),
        ("a.py", "def f(a=[]): a.append(1)\n"),
        ("a.php", "<?php if ($a) {} elseif ($a) {} else {}\n"),
    ],
)
def test_time_grows_with_the_text(path: str, piece: str) -> None:
    stays_linear(slips, path, piece)
