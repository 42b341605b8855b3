"""What breaks code elsewhere, per language, and the look-alikes that break nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.labels import Label
from reviewbot.tasks.message.composing import composed
from reviewbot.tasks.message.convention import Convention
from reviewbot.tasks.message.facts import facts
from reviewbot.tasks.message.parts import parts
from tests.readings import diff


def breaking(path: str, old: str, new: str | None) -> tuple[str, ...]:
    return facts(parts([diff(path, old, new)])).breaking


BROKEN = [
    ("lib/a.py", "def f(a):\n    pass\n", "x = 1\n", "f is removed"),
    ("lib/a.py", "class A:\n    def f(self, a):\n        pass\n", "class A:\n    x = 1\n", "A.f is removed"),
    ("lib/a.py", "def f(a):\n    pass\n", "def f(a, b):\n    pass\n", "f(a) is now f(a, b)"),
    ("lib/a.py", "def f(a, b=1):\n    pass\n", "def f(a):\n    pass\n", "f(a, b) is now f(a)"),
    ("lib/a.py", "def f(a, b):\n    pass\n", "def f(b, a):\n    pass\n", "f(a, b) is now f(b, a)"),
    ("lib/a.py", "def f(*, a=1):\n    pass\n", "def f(*, a):\n    pass\n", "f needs a"),
    ("lib/a.py", "class A:\n    def __init__(self):\n        pass\n",
     "class A:\n    def __init__(self, a):\n        pass\n", "A() is now A(a)"),
    ("lib/a.py", "def f(a):\n    return pay(a) + 2000\n", "def g(a):\n    return pay(a) + 2000\n", "f is now g"),
    ("lib/a.py", "def f(a):\n    return a * 20\n", "def _f(a):\n    return a * 20\n", "f is removed"),
    ("lib/a.py", "p.add_argument('--dry-run')\n", "p.parse()\n", "option --dry-run is removed"),
    ("lib/a.js", "export function f(a) {}\n", "export function f(a, b) {}\n", "f(a) is now f(a, b)"),
    ("lib/a.js", "function f(a) {}\nmodule.exports = { f };\n", "module.exports = {};\n", "f is removed"),
    ("lib/a.ts", "export function f(a?: string) {}\n", "export function f(a: string) {}\n", "f needs a"),
    ("lib/a.ts", "export class A {\n  f(a: string) {}\n}\n", "export class A {\n  g = 1\n}\n", "A.f is removed"),
    ("lib/a.ts", "export interface A { a: string }\n", "export const b = 1\n", "A is removed"),
    ("a.go", "package p\nfunc F(a int) error { return nil }\n", "package p\nfunc F(a int) {}\n", "F returns nothing"),
    ("a.go", "package p\nfunc (s *S) Push(a int) {}\n", "package p\n", "S.Push is removed"),
    ("a.rs", "pub fn f(a: u8) {}\n", "pub fn f(a: u16) {}\n", "a of f is u16"),
    ("A.java", "public class A { public void f(int a) {} }\n", "public class A { public void f(long a) {} }\n",
     "a of A.f is long"),
    ("A.cs", "public class A { public void F() {} }\n", "public class A { }\n", "A.F is removed"),
    ("a.rb", "class A\n  def f(a)\n  end\nend\n", "class A\n  def f(a, b)\n  end\nend\n", "A.f(a) is now A.f(a, b)"),
    ("A.php", "<?php\nclass A { public function f($a) {} }\n", "<?php\nclass A { }\n", "A.f is removed"),
    ("a.ts", "export const a = 1\nexport const b = 1\n", "export const a = 1\n", "b is removed"),
]  # fmt: skip

WHOLE = [
    ("lib/a.py", "def _f(a):\n    pass\n", "x = 1\n"),
    ("lib/a.py", "def _f(a):\n    return pay(a) + 2000\n", "def _g(a):\n    return pay(a) + 2000\n"),
    ("lib/_a.py", "def f(a):\n    pass\n", "x = 1\n"),
    ("lib/internal/a.py", "def f(a):\n    pass\n", "x = 1\n"),
    ("tests/a.py", "def f(a):\n    pass\n", "x = 1\n"),
    ("lib/a.py", "__all__ = ['g']\ndef f(a):\n    pass\n", "__all__ = ['g']\n"),
    ("lib/a.py", "def f(a):\n    pass\n", "def f(a, b=1, *c, d=2, **e):\n    pass\n"),
    ("lib/a.py", "def f(a):\n    pass\n", "def f(\n    a: int,\n) -> None:\n    pass\n"),
    ("lib/a.py", "def f(a):\n    def g(b):\n        pass\n", "def f(a):\n    pass\n"),
    ("lib/a.py", "class A:\n    def __enter__(self):\n        pass\n", "class A:\n    x = 1\n"),
    ("lib/a.py", "run('--dry-run')\n", "run()\n"),
    ("lib/a.js", "function f(a) {}\n", "g();\n"),
    ("lib/a.js", "export function f(a) {}\n", "export function f(a, b = 1) {}\n"),
    ("lib/a.js", "export function f(a) {}\n", "export function f(b) {}\n"),
    ("lib/a.ts", "export class A {\n  private f() {}\n}\n", "export class A {\n  g = 1\n}\n"),
    ("a.go", "package p\nfunc f(a int) {}\n", "package p\n"),
    ("a.go", "package p\nfunc F(a int) {}\n", "package p\nfunc F(b int) {}\n"),
    ("internal/a.go", "package p\nfunc F(a int) {}\n", "package p\n"),
    ("a_test.go", "package p\nfunc TestF(t *testing.T) {}\n", "package p\n"),
    ("a.rs", "fn f(a: u8) {}\npub(crate) fn g() {}\n", "struct S;\n"),
    ("A.java", "public class A { private void f() {} void g() {} }\n", "public class A { }\n"),
    ("A.java", "public class A { public void f(int a) {} public void f(String a) {} }\n",
     "public class A { public void f(String a) {} public void f(int a) {} }\n"),
    ("A.cs", "public class A { internal void F() {} }\n", "public class A { }\n"),
    ("A.php", "<?php\nclass A { private function f($a) {} }\n", "<?php\nclass A { }\n"),
    ("vendor/a.py", "# code generated by x, do not edit\ndef f(a):\n    pass\n", "x = 1\n"),
    ("setup.py", "def f(a):\n    pass\n", "x = 1\n"),
]  # fmt: skip

LISTED = '__all__ = ["f", "A"]\ndef f():\n    pass\n\nclass A:\n    def g(self):\n        pass\n'
HIDDEN = [
    ("a.ts", "export function run() {\n  go()\n}\n", "function run() {\n  go()\n}\n", "remove export of run",
     "run is no longer exported"),
    ("a.ts", "export const help = 'x'\n", "const help = 'x'\n", "remove export of help", "help is no longer exported"),
    ("a.js", "function f() {}\nfunction g() {}\nmodule.exports = { f, g };\n",
     "function f() {}\nfunction g() {}\nmodule.exports = { g };\n", "remove export of f", "f is no longer exported"),
    ("a.py", LISTED, LISTED.replace('"f", ', ""), "remove export of f", "f is no longer exported"),
    ("a.py", LISTED, LISTED.replace(', "A"', ""), "remove export of A", "A is no longer exported"),
    ("pkg/__init__.py", 'from a import f, g\n\n__all__ = ["f", "g"]\n', 'from a import f\n\n__all__ = ["f"]\n',
     "remove export of g", "g is no longer exported"),
    ("a.rs", "pub fn f() {\n    go();\n}\n", "fn f() {\n    go();\n}\n", "make f private", "f is no longer public"),
    ("A.java", "public class A { void f() {} }\n", "class A { void f() {} }\n", "make A private",
     "A is no longer public"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "old", "new", "subject", "clause"), HIDDEN)
def test_what_others_cannot_use_any_more_is_named(path: str, old: str, new: str, subject: str, clause: str) -> None:
    message = composed([diff(path, old, new)], Convention(), Label.INTERNAL)
    assert (message.subject, message.body) == (f"refactor!: {subject}", f"BREAKING CHANGE: {clause}")


@pytest.mark.parametrize(("path", "old", "new", "subject", "clause"), HIDDEN)
def test_what_others_can_use_now_is_a_feature(path: str, old: str, new: str, subject: str, clause: str) -> None:
    message = composed([diff(path, new, old)], Convention(), Label.INTERNAL)
    name = clause.partition(" ")[0]
    assert message.text == f"feat: {f'make {name} public' if 'private' in subject else f'export {name}'}\n"


def test_what_is_removed_is_told_once() -> None:
    files = [
        diff("pkg/a.py", "def f():\n    pass\n", "x = 1\n"),
        diff("pkg/__init__.py", '__all__ = ["f"]\n', "__all__ = []\n"),
    ]
    assert facts(parts(files)).breaking == ("f is removed",)


def test_a_first_list_of_exports_takes_nothing_away() -> None:
    assert breaking("a.py", LISTED.partition("\n")[2], LISTED.replace('"f", ', "")) == ()


@pytest.mark.parametrize(("path", "old", "new", "said"), BROKEN)
def test_what_breaks_callers_is_named(path: str, old: str, new: str, said: str) -> None:
    assert said in breaking(path, old, new)


@pytest.mark.parametrize(("path", "old", "new"), WHOLE)
def test_what_breaks_nobody_is_left_alone(path: str, old: str, new: str) -> None:
    assert breaking(path, old, new) == ()


def test_a_header_and_a_footer_say_it() -> None:
    message = composed([diff("lib/a.py", "def f(a):\n    pass\n", "x = 1\n")], Convention(), Label.INTERNAL)
    assert message.subject.partition(":")[0].endswith("!")
    assert message.body.split("\n\n")[-1] == "BREAKING CHANGE: f is removed"


def test_what_moved_to_another_file_is_not_gone() -> None:
    code = "def f(a):\n    return a * 20\n"
    moved = [diff("lib/a.py", code + "x = 1\n", "x = 1\n"), diff("lib/b.py", "y = 1\n", f"y = 1\n\n\n{code}")]
    assert facts(parts(moved)).breaking == ()
    assert composed(moved, Convention(), Label.INTERNAL).subject == "refactor: move f to lib/b.py"


def test_a_long_list_is_cut() -> None:
    old = "".join(f"def f{n}():\n    pass\n" for n in range(30))
    footer = composed([diff("lib/a.py", old, "x = 1\n")], Convention(), Label.INTERNAL).body.split("\n\n")[-1]
    assert footer.endswith("; and 25 more")


@settings(deadline=None)
@given(st.text(alphabet="abf(),=*:\n \u202e#\"'", max_size=60), st.text(alphabet="abf(),=*:\n ", max_size=60))
def test_any_code_is_compared(old: str, new: str) -> None:
    for path in ("a.py", "a.ts", "a.go", "a.rs", "A.java", "a.rb"):
        said = breaking(path, f"def f({old}): pass\n{old}", f"def f({new}): pass\n{new}")
        assert all(clause.isprintable() and "\n" not in clause for clause in said)
