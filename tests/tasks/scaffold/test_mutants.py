from __future__ import annotations

import time

import pytest

from reviewbot.core.grammars import parse
from reviewbot.tasks.scaffold.mutants import MOST, mutants

TEXTS = {
    "python": "def f(a):\n    if not a and a < 3:\n        raise ValueError(a)\n    return a + 1\n",
    "javascript": "function f(a) {\n  if (!a && a < 3) {\n    throw new Error(a);\n  }\n  return a + 1;\n}\n",
    "typescript": "function f(a: number): number {\n  if (!a && a < 3) {\n   throw new E();\n  }\n return a + 1;\n}\n",
    "tsx": "function f(a: number): number {\n  if (!a && a < 3) {\n    throw new Error();\n  }\n  return a + 1;\n}\n",
    "go": "package p\nfunc f(a int) int {\n\tif a > 1 && a < 3 {\n\t\tpanic(a)\n\t}\n\treturn a + 1\n}\n",
    "java": "class A {\n int f(int a) {\n  if (a > 1 && a < 3) {\n   throw new X();\n  }\n  return a + 1;\n }\n}\n",
    "rust": "fn f(a: i32) -> i32 {\n    if a > 1 && a < 3 {\n        panic!();\n    }\n    a + 1\n}\n",
    "ruby": "def f(a)\n  if a > 1 && a < 3\n    raise X\n  end\n  a + 1\nend\n",
    "csharp": "class A {\n int F(int a) {\n  if (a > 1 && a < 3) {\n   throw new X();\n  }\n  return a + 1;\n }\n}\n",
    "php": "<?php\nfunction f(int $a): int {\n  if ($a > 1 && $a < 3) {\n   throw new X();\n  }\n  return $a + 1;\n}\n",
}
LANGUAGES = pytest.mark.parametrize("language", TEXTS)


def words(language: str, text: str, lines: tuple[int, int] = (1, 99)) -> list[str]:
    return [said for said, _ in mutants(language, text, lines)]


@LANGUAGES
def test_each_mutant_is_another_text_that_parses(language: str) -> None:
    found = [changed for _, changed in mutants(language, TEXTS[language], (1, 99))]
    assert len(set(found)) == len(found) >= 7
    assert TEXTS[language] not in found
    assert not any(parse(language, changed).root_node.has_error for changed in found)


@LANGUAGES
def test_the_returned_value_is_changed_first_then_a_condition(language: str) -> None:
    said = words(language, TEXTS[language])
    assert said[0].startswith("returns")
    assert said[1] == "a condition is negated"
    assert {"`<` is `<=`", "`+` is `-`", "3 is 4"} <= set(said)
    assert said == words(language, TEXTS[language])


@LANGUAGES
def test_nothing_outside_of_the_lines_is_changed(language: str) -> None:
    text = TEXTS[language]
    last = text.count("\n") - 1 if language in ("java", "csharp") else text.count("\n")
    row = last - 1
    for _, changed in mutants(language, text, (row, row)):
        assert [at + 1 for at, (one, two) in enumerate(zip(text.split("\n"), changed.split("\n"), strict=True))
                if one != two] == [row]  # fmt: skip
    assert words(language, text, (row, row))


@pytest.mark.parametrize(
    ("language", "text", "unwanted"),
    [
        ("python", "def f(x):\n    return None\n", "returns None"),
        ("python", "def f(x):\n    return\n", "returns None"),
        ("python", "def f(x):\n    return x + 'a'\n", "`+` is `-`"),
        ("python", "def f(x):\n    yield from x\n", "returns None"),
        ("python", "def f(x: Literal[3]):\n    '3'\n    return x\n", "3 is 4"),
        ("python", "def f(x):\n    while x < 3:\n        x += 1\n", "`<` is `<=`"),
        ("go", 'package p\nfunc f() (int, error) { return 1, errors.New("3") }\n', "returns one more"),
        ("java", "class A { B f() { throw new X(); } }", "nothing is raised"),
        ("java", "class A { B f(B b) { return b; } }", "returns one more"),
        ("java", "class A { B f(B b) { return 3; } }", "returns one more"),
        ("rust", "fn f(a: &str) -> &str { a }\nfn g() -> [u8; 3] { x }\n", "3 is 4"),
        ("php", "<?php function f(): Foo { return new Foo(); }", "returns null"),
    ],
)
def test_what_no_compiler_takes_or_nobody_notices_is_left_alone(language: str, text: str, unwanted: str) -> None:
    assert unwanted not in words(language, text)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("typescript", "const f = (a: string): string => a.trim();\n", 'a.trim() + "x"'),
        ("go", "package p\nfunc f(a string) bool { return a == b }\n", "return !(a == b)"),
        ("rust", "fn f() -> f64 { a.len() }\n", "a.len() + 1.0"),
        ("csharp", "class A { int F() => 3; }", "=> 3 + 1;"),
        ("php", "<?php function f(): string { return $a; }", '($a) . "x"'),
        ("ruby", "def f\n  @a\nend\n", "nil"),
        ("python", "def f(self, a):\n    self.items.append(a)\n", "    pass\n"),
        ("python", "def f(a):\n    return a is not None\n", "return None"),
    ],
)
def test_another_value_has_the_declared_type(language: str, text: str, expected: str) -> None:
    assert any(expected in changed for _, changed in mutants(language, text, (1, 9)))


def test_a_text_with_errors_has_no_mutants() -> None:
    assert words("python", "def f(:\n    return 1\n") == []


@pytest.mark.parametrize(
    ("text", "count"),
    [("x = " + "(" * 5000 + "1" + ")" * 5000, 1), ("x = " + "1 + " * 50_000 + "1", MOST), ("return 1\n" * 9000, MOST)],
)
def test_hostile_code_takes_little_time(text: str, count: int) -> None:
    begin = time.process_time()
    found = list(mutants("python", text, (1, 10_000)))
    assert len(found) == count and all(changed != text for _, changed in found)
    assert time.process_time() - begin < 5
