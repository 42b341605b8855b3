from __future__ import annotations

import pytest

from reviewbot.core.expressions import calls
from reviewbot.core.scopes import Scopes
from reviewbot.core.symbols import text_of
from tests.readings import reading


def stands_for(suffix: str, code: str) -> list[str]:
    """What the first argument of `use_(…)` stands for."""
    touched = reading(f"a.{suffix}", code).syntax.new_touched
    call = next(call for call in calls(touched) if call.name == "use_")
    return [text_of(piece) for piece in Scopes(touched).pieces(call.arguments[0], call.node)]


@pytest.mark.parametrize(
    ("suffix", "code"),
    [
        ("py", "def f():\n    q = 1\n    use_(q)"),
        ("js", "function f() { const q = 1; use_(q) }"),
        ("ts", "const f = () => { let q: number = 1; use_(q) }"),
        ("go", "package a\nfunc f() { q := 1; use_(q) }"),
        ("go", "package a\nfunc f() { var q = 1; use_(q) }"),
        ("java", "class A { void f() { int q = 1; use_(q); } }"),
        ("rs", "fn f() { let mut q = 1; use_(q); }"),
        ("cpp", "void f() { int q = 1; use_(q); }"),
        ("cs", "class A { void F() { var q = 1; use_(q); } }"),
        ("rb", "def f\n  q = 1\n  use_(q)\nend"),
        ("php", "<?php function f() { $q = 1; use_($q); }"),
    ],
)
def test_a_local_name_stands_for_what_it_was_set_to(suffix: str, code: str) -> None:
    assert stands_for(suffix, code) == ["1"]


@pytest.mark.parametrize(
    ("code", "pieces"),
    [
        ("def f():\n    q = 1\n    q = 2\n    use_(q)\n    q = 3", ["2"]),
        ("def f():\n    q = g()\n    if not q:\n        q = 1\n    use_(q)", ["q"]),
        ("def f(q):\n    if not q:\n        q = 1\n    use_(q)", ["q"]),
        ("def f(q):\n    q = g(q)\n    use_(q)", ["g(q)"]),
        ("def f():\n    q = g()\n    q = h(q)\n    use_(q)", ["h(q)"]),
        ("def f():\n    q = 1\n    q += 2\n    q += 3\n    use_(q)", ["1", "2", "3"]),
        ("def f():\n    q += 1\n    q = 2\n    use_(q)", ["2"]),
        ("q = 1\ndef f():\n    use_(q)", ["1"]),
        ("q = 1\ndef f(q):\n    use_(q)", ["q"]),
        ("def f():\n    q = 1\n    return lambda x: use_(q)", ["1"]),
        ("def g():\n    q = 1\ndef f():\n    use_(q)", ["q"]),
        ("def f():\n    use_(q)\n    q = 1", ["q"]),
        ("use_(1 + q)", ["1 + q"]),
    ],
)
def test_the_last_value_above_counts_with_what_was_added_to_it(code: str, pieces: list[str]) -> None:
    assert stands_for("py", code) == pieces


def test_a_name_added_to_without_end_is_cut() -> None:
    assert len(stands_for("py", "def f():\n    q = 1\n" + "    q += 2\n" * 99 + "    use_(q)")) == 50
