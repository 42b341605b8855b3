from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.checks import exceptions
from reviewbot.core.findings import Severity
from tests.checks.anchors import anchored
from tests.checks.facts import (
    ENDINGS,
    Row,
    ends_on_deep_nesting,
    is_told_from_old,
    places,
    said,
    soups,
    stays_linear,
)  # fmt: skip
from tests.readings import found, reading

SWALLOWED, DROPPED, NEVER = "exceptions/swallowed", "exceptions/not-raised", "exceptions/never-caught"
FINALLY, TRACE = "exceptions/finally-leaves", "exceptions/trace-lost"
MEDIUM, LOW = Severity.MEDIUM, Severity.LOW

FOUND: list[Row] = [
    ("a.py", "try:\n    pay()\n    book()\nexcept Exception:\n    pass\n", [(SWALLOWED, 4)]),
    ("a.py", "try:\n    pay()\nexcept:\n    ...\n", [(SWALLOWED, 3)]),
    ("a.py", "try:\n    pay()\nexcept (ValueError, BaseException) as e:\n    pass\n", [(SWALLOWED, 3)]),
    ("a.py", "with suppress(Exception):\n    pay()\n", [(SWALLOWED, 1)]),
    ("a.js", "try {\n  pay();\n  book();\n} catch (e) {\n}\n", [(SWALLOWED, 4)]),
    ("a.ts", "try { pay(); book(); } catch {}\n", [(SWALLOWED, 1)]),
    ("a.tsx", "pay()\n  .catch(() => {});\n", [(SWALLOWED, 2)]),
    ("A.java", "class A { void f() {\n try { pay(); }\n catch (Exception e) { }\n} }\n", [(SWALLOWED, 3)]),
    ("a.cs", "class A { void F() {\n try { Pay(); }\n catch { }\n} }\n", [(SWALLOWED, 3)]),
    ("a.cs", "class A { void F() {\n try { Pay(); }\n catch (System.Exception) { }\n} }\n", [(SWALLOWED, 3)]),
    ("a.cpp", "void f() {\n try { pay(); }\n catch (...) { }\n}\n", [(SWALLOWED, 3)]),
    ("a.cpp", "void f() {\n try { pay(); }\n catch (const std::exception& e) { }\n}\n", [(SWALLOWED, 3)]),
    ("a.php", "<?php\ntry { pay(); }\ncatch (\\Throwable $e) { }\n", [(SWALLOWED, 3)]),
    ("a.rb", "begin\n  pay\nrescue => e\nend\n", [(SWALLOWED, 3)]),
    ("a.rb", "def f\n  pay\nrescue StandardError\n  nil\nend\n", [(SWALLOWED, 3)]),
    ("a.rb", "total = pay rescue nil\n", [(SWALLOWED, 1)]),
    ("a.go", "package p\nfunc f() {\n\tif err := pay(); err != nil {\n\t}\n}\n", [(SWALLOWED, 3)]),
    ("a.rs", "fn f() {\n    if let Err(_) = pay() {}\n}\n", [(SWALLOWED, 2)]),
    ("a.py", "def f(x):\n    ValueError(x)\n", [(DROPPED, 2)]),
    ("a.py", "def f(x):\n    raise NotImplemented\n", [(DROPPED, 2)]),
    ("a.js", "if (!x) {\n  new Error('no');\n}\n", [(DROPPED, 2)]),
    ("A.java", "class A { void f() {\n new IllegalStateException(x);\n} }\n", [(DROPPED, 2)]),
    ("a.cs", "class A { void F() {\n new ArgumentException(x);\n} }\n", [(DROPPED, 2)]),
    ("a.php", "<?php\nnew \\RuntimeException('no');\n", [(DROPPED, 2)]),
    ("a.py", "try:\n    f()\nexcept KeyError or ValueError:\n    g()\n", [(NEVER, 3)]),
    ("a.py", "try:\n    f()\nexcept OSError:\n    g()\nexcept FileNotFoundError:\n    h()\n", [(NEVER, 5)]),
    ("a.py", "def f():\n    try:\n        g()\n    finally:\n        return 1\n", [(FINALLY, 5)]),
    ("a.js", "function f() {\n  try { g(); }\n  finally { return 1; }\n}\n", [(FINALLY, 3)]),
    ("A.java", "class A { int f() {\n try { g(); }\n finally { return 1; }\n} }\n", [(FINALLY, 3)]),
    ("a.php", "<?php\nfunction f() { try { g(); }\nfinally { return 1; } }\n", [(FINALLY, 3)]),
    ("a.cs", "class A { void F() {\n try { G(); }\n catch (A e) { H(); throw e; }\n} }\n", [(TRACE, 3)]),
]  # fmt: skip

LEFT_ALONE = [
    ("a.py", "try:\n    pay()\nexcept KeyError:\n    pass\n"),
    ("a.py", "try:\n    pay()\nexcept Exception:\n    log()\n"),
    ("a.py", "try:\n    pay()\nexcept Exception:\n    pass  # the bank retries\n"),
    ("a.py", "try:\n    pay()\nexcept Exception:  # the bank retries\n    pass\n"),
    ("a.py", "try:\n    pay()\nexcept Exception:\n    pass\n    # the bank retries\n"),
    ("a.py", "# best effort\ntry:\n    pay()\nexcept Exception:\n    pass\n"),
    ("a.py", "try:\n    import fast\nexcept Exception:\n    pass\n"),
    ("a.py", "try:\n    socket.close()\nexcept Exception:\n    pass\n"),
    ("a.py", "class A:\n  def __del__(self):\n    try:\n      a()\n    except Exception:\n      pass\n"),
    ("a.py", "with suppress(KeyError):\n    pay()\n"),
    ("a.js", "try { pay(); } catch (e) { /* the bank retries */ }\n"),
    ("a.js", "socket.close().catch(() => {});\n"),
    ("a.js", "pay().catch(() => { /* told elsewhere */ });\n"),
    ("A.java", "class A { void f() {\n try { pay(); } catch (IOException e) { }\n} }\n"),
    ("A.java", "class A { void f() {\n try { pay(); } catch (Exception ignored) { }\n} }\n"),
    ("a.cs", "class A { void F() {\n try { Pay(); } catch (Exception e) when (Known(e)) { }\n} }\n"),
    ("a.cpp", "A::~A() {\n try { pay(); } catch (...) { }\n}\n"),
    ("a.rb", "begin\n  pay\nrescue KeyError\nend\n"),
    ("a.rb", "begin\n  pay\nrescue => e\n  # the bank retries\nend\n"),
    ("a.go", "package p\nfunc f() {\n\tif err != nil {\n\t\t// the bank retries\n\t}\n\t_ = pay()\n}\n"),
    ("a.py", "with pytest.raises(TypeError):\n    ValueError(x=1)\n"),
    ("a.py", "e = ValueError(1)\nraise e\n"),
    ("a.js", "new Audit(x);\nthrow new Error('no');\n"),
    ("A.java", "class A { A f(int x) { return switch (x) { default -> new AException(x); }; } }\n"),
    ("a.py", "try:\n    f()\nexcept FileNotFoundError:\n    g()\nexcept OSError:\n    h()\n"),
    ("a.py", "try:\n    f()\nfinally:\n    for x in y:\n        break\n"),
    ("a.js", "try { f(); } finally { g(() => { return 1; }); }\n"),
    ("a.cs", "class A { void F() {\n try { G(); } catch (A e) { H(); throw; }\n} }\n"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "expected"), FOUND)
def test_a_lost_failure_is_found_where_it_gets_lost(path: str, text: str, expected: list[tuple[str, int]]) -> None:
    assert places(exceptions, path, text) == expected


@pytest.mark.parametrize(("path", "text"), LEFT_ALONE)
def test_what_handles_or_explains_is_left_alone(path: str, text: str) -> None:
    assert found(exceptions, path, text) == []


@pytest.mark.parametrize(("path", "text"), [(path, text) for path, text, _ in FOUND])
def test_what_was_there_moved_or_indented_is_not_new(path: str, text: str) -> None:
    is_told_from_old(exceptions, path, text)


def test_a_handler_that_is_emptied_is_found_at_what_came_in() -> None:
    old = "try:\n    pay()\nexcept Exception:\n    log()\n"
    assert found(exceptions, "a.py", old.replace("log()", "pass"), old) == [(SWALLOWED, 4)]


@pytest.mark.parametrize(
    ("path", "text", "severity"),
    [
        ("a.py", "try:\n    pay()\nexcept Exception:\n    pass\n", MEDIUM),
        ("tests/a.py", "try:\n    pay()\nexcept Exception:\n    pass\n", LOW),
        ("a.py", "for x in y:\n    try:\n        pay(x)\n    except Exception:\n        continue\n", LOW),
        ("a.py", "def f():\n    try:\n        return pay()\n    except Exception:\n        pass\n    return 0\n", LOW),
        ("a.py", "try:\n    pay()\nexcept Exception:\n    pass\nelse:\n    book()\n", LOW),
        ("a.py", "try:\n    pay()\nexcept Exception:  # noqa: S110\n    pass\n", MEDIUM),
        ("a.js", "try { x = read(); } catch (e) {}\n", LOW),
        ("a.js", "try { x = read(); pay(x); } catch (e) {}\n", MEDIUM),
    ],
)
def test_a_failure_that_shows_in_another_way_weighs_less(path: str, text: str, severity: Severity) -> None:
    assert said(exceptions, path, text) == [(SWALLOWED, severity)]


def test_many_of_a_kind_are_counted_not_listed() -> None:
    findings = anchored(exceptions, reading("a.py", "try:\n    pay()\nexcept Exception:\n    pass\n" * 9))
    assert len(findings) == 5
    assert "5 more" not in findings[0].body
    assert "4 more places" in findings[-1].body


PIECES = (
    "try:\n  ", "except ", "Exception", ":\n  pass\n", "catch (", "e", "rescue ", "=> e", "finally", "return", "raise ",
    "NotImplemented", "new Error", ".catch(() => {})", "if err != nil {", "begin\n", "end\n", "#", "//", "/*", "or ",
)  # fmt: skip


@given(soups(PIECES), soups(PIECES), st.sampled_from(ENDINGS))
def test_any_text_is_read_without_failing(new: str, old: str, ending: str) -> None:
    anchored(exceptions, reading(f"a.{ending}", new, old))


def test_deep_nesting_ends() -> None:
    ends_on_deep_nesting(exceptions)


@pytest.mark.parametrize(
    ("path", "piece"),
    [
        ("a.py", "try:\n a()\nexcept Exception:\n pass\n"),
        ("a.js", "try{a();b()}catch(e){}"),
        ("a.js", "try{a();try{b()}catch(e){}}catch(e){}finally{"),
        ("a.rb", "begin\na\nrescue\n"),
    ],
)
def test_time_grows_with_the_text(path: str, piece: str) -> None:
    stays_linear(exceptions, path, piece)
