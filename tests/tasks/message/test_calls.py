"""What calls have to heed after a change: a footer and a subject that each say what, in every language."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.labels import Label
from reviewbot.tasks.message.composing import composed
from reviewbot.tasks.message.convention import Convention
from tests.readings import diff

PYTHON = "def f(a, b=1):\n    return a\n"
GO = "package p\nfunc Run(a Server) error { return nil }\n"

CHANGED = [
    ("a.py", PYTHON, PYTHON.replace("b=1", "b"), "require b in f", "f needs b"),
    ("a.py", PYTHON, PYTHON.replace("b=1", "*, b=1"), "make b of f keyword-only", "b of f is keyword-only"),
    ("a.py", PYTHON, PYTHON.replace(", b=1", ""), "remove parameter b from f", "f(a, b) is now f(a)"),
    ("a.py", PYTHON, PYTHON.replace("(a,", "(c,"), "rename parameter a of f to c", "f(a, b) is now f(c, b)"),
    ("a.py", PYTHON, PYTHON.replace("b=1", "b, c"), "add parameter c to f", "f(a, b) is now f(a, b, c); f needs b"),
    ("a.rb", "class A\n  def f(a, b = 1)\n  end\nend\n", "class A\n  def f(a, b)\n  end\nend\n", "require b in A.f",
     "A.f needs b"),
    ("a.ts", "export function f(n = 1) {}\n", "export function f(n: number) {}\n", "require n in f", "f needs n"),
    ("a.ts", "export function f(n: number) {}\n", "export function f(n: string) {}\n",
     "change type of n in f to string", "n of f is string"),
    ("a.ts", "export const f = (): string => ''\n", "export const f = (): string | null => ''\n",
     "return string | null from f", "f returns string | null"),
    ("a.ts", "export const f = (): string => ''\n", "export const f = async (): Promise<string> => ''\n",
     "return a promise from f", "f returns a promise"),
    ("a.go", GO, GO.replace(") error", ") (int, error)"), "return (int, error) from Run", "Run returns (int, error)"),
    ("a.go", GO, GO.replace(") error", ")"), "return nothing from Run", "Run returns nothing"),
    ("a.go", GO, GO.replace("a Server", "s *Server"), "change type of s in Run to *Server", "s of Run is *Server"),
    ("A.java", "public class B { public int f() {} }\n", "public class B { public long f() {} }\n",
     "return long from B.f", "B.f returns long"),
    ("A.cs", "public class B { public int F() {} }\n", "public class B { public long F() {} }\n",
     "return long from B.F", "B.F returns long"),
    ("a.rs", "pub fn f() -> u8 {}\n", "pub fn f() -> Vec<u8> {}\n", "change return type of f",
     "f returns another type"),
]  # fmt: skip

WHOLE = [
    ("a.ts", "export function f(n: number) {}\n", "export function f(n: number | string) {}\n"),
    ("a.ts", "export function f(): string | null {}\n", "export function f(): string {}\n"),
    ("a.ts", "export function f(n: Small) {}\n", "export function f(n: Large) {}\n"),
    ("a.ts", "export function f(): void {}\n", "export function f(): string {}\n"),
    ("a.py", "def f(*, a=1):\n    pass\n", "def f(a=1):\n    pass\n"),
    ("a.go", "package p\nfunc run() error { return nil }\n", "package p\nfunc run() {}\n"),
]


@pytest.mark.parametrize(("path", "old", "new", "subject", "clause"), CHANGED)
def test_subject_and_footer_say_what_is_other(path: str, old: str, new: str, subject: str, clause: str) -> None:
    message = composed([diff(path, old, new)], Convention(), Label.INTERNAL)
    assert message.subject.partition("!: ")[2] == subject
    assert message.body.split("\n\n")[-1] == f"BREAKING CHANGE: {clause}"


@pytest.mark.parametrize(("path", "old", "new"), WHOLE)
def test_what_calls_need_not_heed_is_no_footer(path: str, old: str, new: str) -> None:
    assert composed([diff(path, old, new)], Convention(), Label.INTERNAL).body == ""


@settings(deadline=None)
@given(st.text(alphabet="ab_*[](){}<>@#`| ,.\u202e", max_size=40))
def test_no_type_is_markup(text: str) -> None:
    for path, old, new in (
        ("a.go", "package p\nfunc F(a int) int {}\n", f"package p\nfunc F(a {text}) {text} {{}}\n"),
        ("a.rs", "pub fn f(a: u8) -> u8 {}\n", f"pub fn f(a: {text}) -> {text} {{}}\n"),
    ):
        said = composed([diff(path, old, new)], Convention(), Label.INTERNAL).text
        assert not set("<>@#`{}\u202e") & set(said)
        assert "](" not in said
        assert "**" not in said
