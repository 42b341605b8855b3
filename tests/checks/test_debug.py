from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.checks import debug
from reviewbot.core.findings import Severity
from tests.checks.anchors import anchored
from tests.checks.facts import ENDINGS, Row, ends_on_deep_nesting, is_told_from_old, places, said, soups, stays_linear
from tests.readings import found, reading

BREAKPOINT, DUMP = "debug/breakpoint", "debug/dump"

FOUND: list[Row] = [
    ("a.py", "def f():\n    breakpoint()\n", [(BREAKPOINT, 2)]),
    ("a.py", "import pdb; pdb.set_trace()\n", [(BREAKPOINT, 1)]),
    ("a.js", "f();\ndebugger;\n", [(BREAKPOINT, 2)]),
    ("a.rb", "def f\n  binding.pry\nend\n", [(BREAKPOINT, 2)]),
    ("a.rb", "if a\n  byebug\nend\n", [(BREAKPOINT, 2)]),
    ("a.php", "<?php\nxdebug_break();\n", [(BREAKPOINT, 2)]),
    ("a.go", "package p\nfunc f() {\n\truntime.Breakpoint()\n}\n", [(BREAKPOINT, 3)]),
    ("a.cs", "class A { void F() {\n Debugger.Break();\n} }\n", [(BREAKPOINT, 2)]),
    ("a.php", "<?php\nvar_dump($order);\n", [(DUMP, 2)]),
    ("a.php", "<?php\ndd($order);\n", [(DUMP, 2)]),
    ("a.rs", "fn f() {\n    let x = dbg!(y);\n}\n", [(DUMP, 2)]),
    ("a.py", "print('here')\n", [(DUMP, 1)]),
    ("a.py", "print(f'HERE {x}')\n", [(DUMP, 1)]),
    ("a.js", "console.error('=== got here ===');\n", [(DUMP, 1)]),
    ("a.go", 'package p\nfunc f() {\n\tfmt.Println("xxx")\n}\n', [(DUMP, 3)]),
    ("A.java", 'class A { void f() {\n System.out.println("wtf");\n} }\n', [(DUMP, 2)]),
    ("src/a.ts", "console.log(order);\n", [(DUMP, 1)]),
]  # fmt: skip

LEFT_ALONE = [
    ("a.py", "sys.breakpointhook = breakpoint\nrun(breakpoint)\n"),
    ("a.py", "print('here we go')\nprint(total)\n"),
    ("a.py", "log.debug('here')\ndef debug(x):\n    print('DEBUG', x)\n"),
    ("src/debugger.py", "breakpoint()\n"),
    ("a.js", "editor.debugger = 1;\nlogger.log(order);\n"),
    ("bin/a.js", "console.log(order);\n"),
    ("a.js", "#!/usr/bin/env node\nconsole.log(order);\n"),
    ("a.test.js", "console.log(order);\n"),
    ("a.rb", "debugger = Debugger.new\nputs 'here you are'\n"),
    ("a.php", "<?php\nfunction dd() { var_dump(1); }\n"),
    ("a.go", "package p\nfunc f() {\n\tfmt.Println(order)\n}\n"),
    ("A.java", 'class A { void f() { System.out.println("Done"); } }\n'),
]


@pytest.mark.parametrize(("path", "text", "expected"), FOUND)
def test_a_leftover_is_found_at_its_line(path: str, text: str, expected: list[tuple[str, int]]) -> None:
    assert places(debug, path, text) == expected


@pytest.mark.parametrize(("path", "text"), LEFT_ALONE)
def test_what_talks_to_its_user_is_left_alone(path: str, text: str) -> None:
    assert found(debug, path, text) == []


@pytest.mark.parametrize(("path", "text"), [(path, text) for path, text, _ in FOUND])
def test_what_was_there_moved_or_indented_is_not_new(path: str, text: str) -> None:
    is_told_from_old(debug, path, text)


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.py", "breakpoint()\n", Severity.HIGH),
        ("tests/test_a.py", "breakpoint()\n", Severity.HIGH),
        ("a.php", "<?php\ndd($x);\n", Severity.LOW),
        ("tests/a.php", "<?php\ndd($x);\n", Severity.INFO),
        ("src/a.ts", "console.log(order);\n", Severity.INFO),
    ],
)
def test_what_stops_the_program_weighs_most(path: str, text: str, expected: Severity) -> None:
    assert [severity for _, severity in said(debug, path, text)] == [expected]


PIECES = (
    "breakpoint()",
    "debugger",
    "binding.pry",
    "byebug",
    "print(",
    "'here'",
    "console.log(",
    "dbg!(",
    "dd(",
    "def ",
    "end",
)


@given(soups(PIECES), soups(PIECES), st.sampled_from(ENDINGS))
def test_any_text_is_read_without_failing(new: str, old: str, ending: str) -> None:
    anchored(debug, reading(f"a.{ending}", new, old))


def test_deep_nesting_ends() -> None:
    ends_on_deep_nesting(debug)


@pytest.mark.parametrize(
    ("path", "piece"),
    [
        ("a.js", "console.log('here',"),
        ("a.js", "console.log('here');"),
        ("a.php", "<?php dd("),
        ("a.py", "'" + "=" * 30),
    ],
)
def test_time_grows_with_the_text(path: str, piece: str) -> None:
    stays_linear(debug, path, piece)
