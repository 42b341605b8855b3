from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.checks import syntax
from reviewbot.core.findings import Severity
from tests.checks.anchors import anchored
from tests.readings import diff, found, reading

BROKEN, TWICE = "syntax/broken", "syntax/duplicate-key"

#: By path: a text, and the same text broken in its last line.
CODE = {
    "a.py": ("def f(x):\n    return x\n", "def f(x):\n    return (x\n"),
    "a.js": ("function f(x) {\n  return x\n}\n", "function f(x) {\n  return (x\n}\n"),
    "a.jsx": ("const a = <b>x</b>\n", "const a = <b>x</c\n"),
    "a.ts": ("function f(x: number) {\n  return x\n}\n", "function f(x: number) {\n  return (x\n}\n"),
    "a.tsx": ("const a: X = <b>x</b>\n", "const a: X = <b>x</c\n"),
    "a.go": ("package a\n\nfunc f() {\n\tg()\n}\n", "package a\n\nfunc f() {\n\tg(\n}\n"),
    "A.java": ("class A {\n  void f() { g(); }\n}\n", "class A {\n  void f() { g(; }\n}\n"),
    "a.rs": ("fn f() {\n    g();\n}\n", "fn f() {\n    g(;\n}\n"),
    "a.c": ("int f(void) {\n  return g();\n}\n", "int f(void) {\n  return g(;\n}\n"),
    "a.cpp": ("int f() {\n  return g();\n}\n", "int f() {\n  return g(;\n}\n"),
    "A.cs": ("class A {\n  void F() { G(); }\n}\n", "class A {\n  void F() { G(; }\n}\n"),
    "a.rb": ("def f\n  g(1)\nend\n", "def f\n  g(1\nend\n"),
    "a.php": ("<?php\nfunction f() { return g(1); }\n", "<?php\nfunction f() { return g(1; }\n"),
}  # fmt: skip
DOCUMENTS = {
    "a.json": ('{"a": 1,\n "b": 2}\n', '{"a": 1,\n "b": 2,}\n'),
    "a.toml": ("[a]\nb = 1\n", "[a]\nb = \n"),
    "a.yml": ("a:\n  - b\n", "a:\n  - b: [\n"),
    "Cargo.lock": ("[a]\nb = 1\n", "[a]\nb = \n"),
}


@pytest.mark.parametrize("path", CODE | DOCUMENTS)
def test_a_file_that_no_longer_parses_is_broken(path: str) -> None:
    good, bad = (CODE | DOCUMENTS)[path]
    findings = anchored(syntax, reading(path, bad, good))
    assert [(finding.rule, finding.severity) for finding in findings] == [(BROKEN, Severity.HIGH)]


@pytest.mark.parametrize("path", CODE | DOCUMENTS)
def test_a_file_that_parses_or_never_did_is_left_alone(path: str) -> None:
    good, bad = (CODE | DOCUMENTS)[path]
    assert found(syntax, path, good) == []
    assert found(syntax, path, good, bad) == []
    assert found(syntax, path, f"{bad}\n", bad) == []


@pytest.mark.parametrize("path", ["a.py", "a.go", "A.java", "a.rs", "a.rb", "a.php", *DOCUMENTS])
def test_a_new_file_that_does_not_parse_is_told_with_less_weight(path: str) -> None:
    findings = anchored(syntax, reading(path, (CODE | DOCUMENTS)[path][1]))
    assert [(finding.rule, finding.severity) for finding in findings] == [(BROKEN, Severity.MEDIUM)]


@pytest.mark.parametrize("path", ["a.js", "a.ts", "a.tsx", "a.c", "a.cpp", "A.cs"])
def test_a_new_file_is_left_alone_where_the_grammar_is_not_exact(path: str) -> None:
    assert found(syntax, path, CODE[path][1]) == []


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("def f():\n    pass\n", "def f():\nx = 1\n", 2),
        ("if x:\n    y\n    z\n", "if x:\n    y\n  z\n", 3),
        ("try:\n    x\nfinally:\n    y\n", "try:\n    x\n", None),
        (
            "class A:\n    def f(self):\n        pass\n",
            "class A:\n    def f(self):\n    def g(self):\n        pass\n",
            3,
        ),
        ("x = 1\ny = 2\n", "x = 1\n  y = 2\n", 2),
    ],
)
def test_indentation_that_the_grammar_of_python_forgives_is_broken(old: str, new: str, line: int | None) -> None:
    findings = anchored(syntax, reading("a.py", new, old))
    assert [finding.rule for finding in findings] == [BROKEN]
    assert line is None or findings[0].location.line == line


@pytest.mark.parametrize(
    "text",
    [
        "if x: pass\n", "def f(): ...\n", "x = 1; y = 2\n", "if x:\n    # why\n    y\n", "f('''\na\n'''); y\n",
        "try:\n    x\nexcept* A:\n    y\n", "match x:\n    case 1:\n        y\n", "class A:\n    '''Text.'''\n", "",
        "if x:\n\ty\n\tz\n", "type X[T] = int\n", "try:\n    x\nexcept A, B:\n    y\n", "print 'x'\n",
    ],
)  # fmt: skip
def test_python_of_every_version_parses(text: str) -> None:
    assert found(syntax, "a.py", text) == []


def test_an_error_that_a_removed_line_leaves_stands_on_it() -> None:
    findings = anchored(syntax, reading("a.js", "f(\n", "f(\n1)\n"))
    assert [(finding.location.side, finding.location.line) for finding in findings] == [("old", 2)]


def test_the_error_is_told_at_the_nearest_added_line() -> None:
    old = "function f() {\n  a()\n}\nfunction g() {\n  b()\n}\n"
    assert found(syntax, "a.js", old.replace("a()", "a({"), old) == [(BROKEN, 2)]


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("a.c", "int a;\n", "int a;\nDECLARE(x) int b\n"),
        ("a.cpp", "int a;\n", "int a;\nFMT_BEGIN EXPORT class A;\n"),
        ("A.cs", "class A {\n}\n", "class A {\n#if X\n  int a\n#endif\n  ;\n}\n"),
    ],
)
def test_what_a_preprocessor_may_mean_is_left_alone_while_brackets_pair_up(path: str, old: str, new: str) -> None:
    assert found(syntax, path, new, old) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tsconfig.json", '{\n  // why\n  "a": 1,\n}\n'), (".vscode/settings.json", '{"a": 1, /* b */ }\n'),
        ("a.jsonc", "{// x\n}\n"), ("a.json", '{"a": 1 // why\n}\n'), ("a.json", '{"a": 1}\n{"a": 2}\n'),
        ("a.json", ""),
        ("a.json", "[" * 5000 + "]" * 5000), ("a.json", "1" * 5000), ("chart/templates/a.yaml", "a: {{ .Values.b }}\n"),
        ("a.yml", "{% if x %}\na: 1\n{% endif %}\n"), ("a.yml", "a: ${{ x }}\n"), ("a.yml", "a: 1\n---\nb: 2\n"),
        ("a.yml", ""), ("tests/data/bad.json", "{"), ("fixtures/bad.py", "def f(:\n"), ("vendor/a.py", "def f(:\n"),
        ("a.txt", "{"),
    ],
)  # fmt: skip
def test_texts_that_are_meant_so_are_left_alone(path: str, text: str) -> None:
    assert found(syntax, path, text) == []


def test_json_that_has_always_had_commas_may_have_one_more() -> None:
    assert found(syntax, "a.json", '{"a": [1,],}\n', '{"a": 1,}\n') == []
    assert found(syntax, "a.json", '{"a": [1,}\n', '{"a": 1,}\n') == [(BROKEN, 1)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('{"a": "https://x"}\n', '{"a": "https://x",}\n'),
        ('{"a": 1}\n', '{"a": 1} // why\n'),
        ('{\n "a": 1\n}\n', '{\n "a": 1\n}\n}\n'),
        (None, '{"a": "https://x",}\n'),
    ],
)
def test_json_by_the_standard_stays_so(old: str | None, new: str) -> None:
    assert [rule for rule, _ in found(syntax, "a.json", new, old)] == [BROKEN]


def test_yaml_that_becomes_a_template_is_left_alone() -> None:
    assert found(syntax, "a.yml", "a: {{ b }}: c\n", "a: b\n") == []
    assert found(syntax, "a.yml", 'a: "{{ b }}"\nb: [\n', 'a: "{{ b }}"\n') == [(BROKEN, 2)]


def test_a_sample_that_breaks_is_worth_a_word_only() -> None:
    assert [f.severity for f in syntax.check(reading("docs/data/a.json", "{", "{}"))] == [Severity.INFO]
    assert [f.severity for f in syntax.check(reading("tests/test_a.py", "f(\n", "f()\n"))] == [Severity.HIGH]


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("a.json", '{"a": 1,\n "b": 2,\n "a": 3}\n', 3),
        ("a.json", '{"x": {\n\t"a": 1,\n\t"a": 2}}\n', 3),
        ("a.yml", "a:\n  b: 1\n  c: 2\n  b: 3\n", 4),
        ("a.toml", "a = 1\nb = 2\na = 3\n", 3),
        ("tsconfig.json", '{"a": 1, // x\n "a": 2}\n', 2),
    ],
)
def test_a_key_given_twice_is_found_at_the_second(path: str, text: str, line: int) -> None:
    assert found(syntax, path, text) == [(TWICE, line)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.yml", "a: {b: 1}\nc: {b: 1}\n"), ("a.yml", "a: &x {k: 1}\nb:\n  <<: *x\n  <<: *x\n"),
        ("a.json", '[{"a": 1}, {"a": 2}]'), ("a.toml", "[[a]]\nb = 1\n[[a]]\nb = 2\n"),
    ],
)  # fmt: skip
def test_equal_keys_of_different_tables_are_not_twice(path: str, text: str) -> None:
    assert found(syntax, path, text) == []


def test_a_key_that_was_given_twice_before_is_not_this_changes() -> None:
    assert found(syntax, "a.yml", "a: 1\nb: 1\na: 2\n", "a: 1\na: 2\n") == []
    assert found(syntax, "a.yml", "a: 1\na: 3\n", "a: 1\n") == [(TWICE, 2)]


def test_a_link_that_becomes_a_file_is_new() -> None:
    file = diff("a.json", "b.json", "{", old_mode="120000", change="typechange")
    assert [f.title for f in syntax.check(reading("a.json", None, file=file))] == [
        "The new file does not parse as JSON"
    ]


SPICE = st.text(alphabet="ab:=,.-[]{}()<>'\"#/*\\ \n\t{{%}}é\udce9\x0c\u2028", max_size=50)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([*CODE, *DOCUMENTS, "tsconfig.json"]), SPICE, SPICE)
def test_whatever_the_texts_findings_stand_on_changed_lines(path: str, old: str, new: str) -> None:
    good = (CODE | DOCUMENTS).get(path, ("{}\n", ""))[0]
    anchored(syntax, reading(path, new, old))
    anchored(syntax, reading(path, good + new, good))
