"""What is new in a change, where it stands, and that nothing in it takes long."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.checks import calls
from reviewbot.core.findings import Severity
from tests.readings import found, reading

EVAL = "eval(text)\n"
SUFFIXES = ("py", "js", "ts", "tsx", "go", "java", "rs", "c", "cpp", "cs", "rb", "php")
#: Words that rules are made of, to be thrown together.
WORDS = st.sampled_from([
    "eval", "exec", "(", ")", "'sh'", "`a${x}`", "f'{x}'", "{", "}", "[", "]", "=", "+", ".", ",", ":", ";", "\n", "x",
    "requests.get", "verify", "False", "innerHTML", "execute", "\"SELECT a FROM t WHERE b = '\"", "strcpy", "<?php ",
    "$_GET['a']", "class A", "def f", "func f", "fn f", "->", "=>", "new", "md5", "password", "%s", "%", "`ls #{x}`",
    "echo", "\x00", "é", "𐐀", "<<~SQL", "#", "//", "/*", "\\", "\udc80", "@", "$",
])  # fmt: skip


def test_a_call_that_was_there_before_is_not_this_changes() -> None:
    assert found(calls, "a.py", EVAL + "new = 1\n", EVAL) == []


def test_a_call_that_was_moved_is_not_new() -> None:
    assert found(calls, "a.py", "a = 1\nb = 2\n" + EVAL, EVAL + "a = 1\nb = 2\n") == []


def test_a_call_that_was_indented_is_not_new() -> None:
    assert found(calls, "a.py", "if text:\n    " + EVAL, EVAL) == []


def test_a_second_call_beside_a_moved_one_is_new() -> None:
    assert found(calls, "a.py", "if text:\n    eval(text)\n    eval(more)\n", EVAL) == [("calls/eval", 3)]


def test_a_call_in_a_new_name_of_the_file_is_not_new() -> None:
    assert found(calls, "b.py", EVAL, EVAL) == []


def test_a_switch_added_to_an_old_call_is_new() -> None:
    old = "requests.get(\n    url,\n    timeout=3,\n)\n"
    assert found(calls, "a.py", old.replace("timeout=3,", "verify=False,"), old) == [("calls/tls-off", 3)]


def test_a_changed_line_above_an_old_switch_makes_it_no_newer() -> None:
    old = "requests.get(\n    url,\n    verify=False,\n)\n"
    assert found(calls, "a.py", old.replace("url,", "address,"), old) == []


def test_a_changed_start_of_a_chain_makes_its_end_no_newer() -> None:
    old = "fn f() {\n    a()\n        .danger_accept_invalid_certs(true);\n}\n"
    assert found(calls, "a.rs", old.replace("a()", "b()"), old) == []


def test_a_line_that_was_removed_is_nobodys_finding() -> None:
    assert found(calls, "a.py", "a = 1\n", EVAL + "a = 1\n") == []


@pytest.mark.parametrize("path", ["vendor/a.py", "node_modules/a/a.js", "src/a_pb2.py", "static/a.min.js"])
def test_what_others_wrote_is_left_alone(path: str) -> None:
    assert found(calls, path, EVAL) == []


def test_what_a_program_wrote_is_left_alone() -> None:
    assert found(calls, "a.py", "# @generated\n" + EVAL, "# @generated\n") == []
    assert found(calls, "a.py", "# @generated\n" + EVAL) != []  # a change does not sign itself out


def test_a_language_without_a_grammar_is_left_alone() -> None:
    assert found(calls, "a.lua", EVAL) == []


@pytest.mark.parametrize("path", ["tests/a.py", "src/test_a.py"])
def test_in_tests_it_is_a_remark(path: str) -> None:
    assert [finding.severity for finding in calls.check(reading(path, EVAL))] == [Severity.INFO]


def test_many_in_one_file_are_counted_not_listed() -> None:
    listed = list(calls.check(reading("a.py", EVAL * 100)))
    assert [finding.location.line for finding in listed] == [1, 2, 3, 4, 5]
    assert listed[-1].body.endswith("95 more places in this file.")


@given(st.sampled_from(SUFFIXES), st.lists(WORDS, max_size=60), st.lists(WORDS, max_size=20))
def test_whatever_the_text_every_finding_is_on_an_added_line(suffix: str, new: list[str], old: list[str]) -> None:
    change = reading(f"a.{suffix}", " ".join(new), " ".join(old))
    added = change.file.changed_numbers("new")
    assert {finding.location.line for finding in calls.check(change)} <= added


@given(st.sampled_from(SUFFIXES), st.text(max_size=200))
def test_any_text_is_read(suffix: str, text: str) -> None:
    assert all(finding.rule.startswith("calls/") for finding in calls.check(reading(f"a.{suffix}", text)))


@given(st.sampled_from(SUFFIXES), st.lists(WORDS, max_size=60))
def test_a_text_set_down_twice_brings_nothing(suffix: str, words: list[str]) -> None:
    text = " ".join(words)
    assert found(calls, f"a.{suffix}", text, text) == []


HOSTILE = {
    "nested calls": ("py", "os.system(f'a {" * 500 + "x" + "}')" * 500),
    "nested parentheses": ("js", "eval(" * 4000 + "x" + ")" * 4000),
    "a long sum": ("py", "def f(x):\n    q = 'a'" + " + x" * 9000 + "\n" + "    os.system(q)\n" * 6000),
    "a long sum in place": ("java", "class A { void f() { s.execute(" + "a + " * 9000 + "b); } }"),
    "a name set again and again": ("py", "def f(x):\n" + "    q += x\n" * 2000 + "    execute(q)\n" * 2000),
    "a call of many arguments": ("py", "def f(x):\n  y = g(" + "1, " * 9000 + ")\n" + "  os.system('a' + y)\n" * 2000),
    "many holes": ("js", "function f() {\nq = `" + "${x}" * 9000 + "`\n" + "exec(q)\n" * 2000 + "}"),
    "many harmless holes": ("js", "function f() {\nq = `" + "${1}" * 90 + "`\n" + "exec(q)\n" * 9000 + "}"),
    "many copies": ("c", "void f(char *x) {\n" + "strcpy(y, x); strlen(z);\n" * 2000 + "}"),
    "nested functions": ("js", "function f(){ exec(q);" * 1000 + "}" * 1000),
    "many options": ("js", "f({" + "rejectUnauthorized: false, " * 3000 + "})"),
    "nested options": ("js", "x = {a: " * 3000 + "{rejectUnauthorized: false}" + "}" * 3000),
    "a choice of choices": ("js", "exec(`a${" + "a ? b : " * 3000 + "c}`)"),
    "one name": ("py", "eval(" + "a." * 30_000 + "b)"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_code_is_read_in_a_moment(name: str) -> None:
    suffix, text = HOSTILE[name]
    change = reading(f"a.{suffix}", text)
    started = time.process_time()
    list(calls.check(change))
    assert time.process_time() - started < 3
