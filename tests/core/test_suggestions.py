"""A suggestion can be committed as it is: it stands where the code stood, and nothing that parsed stops parsing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core import credentials
from reviewbot.core.diff import split_lines
from reviewbot.core.grammars import language_of, parse
from reviewbot.core.suggestions import MOST, MOST_LINES, adjusted
from tests.materials import HOSTILE, material

PYTHON = """import os

class Store:
    def mean(self, items):
        total = sum(items)
        return total / len(items)

    def first(self, items):
        return items[0]
"""
GO = """package a

func Mean(xs []float64) float64 {
\tif len(xs) == 0 {
\t\treturn 0
\t}
\treturn Sum(xs) / float64(len(xs))
}
"""


def python(suggestion: str, line: int = 6, end_line: int = 6) -> str | None:
    return adjusted(suggestion, material("", PYTHON), line, end_line)


def applied(text: str, suggestion: str, line: int, end_line: int) -> str:
    rows = split_lines(text)
    return "\n".join((*rows[: line - 1], *suggestion.split("\n"), *rows[end_line:])) + "\n"


FIXED = "        return total / len(items) if items else 0"


@pytest.mark.parametrize("suggestion", [
    FIXED, FIXED.strip(), f"    {FIXED.strip()}", f"```python\n{FIXED}\n```", f"```\n{FIXED.strip()}\n```\n",
    f"+ {FIXED}", f"6 + {FIXED}", f"6 + {FIXED.strip()}", f"-        return total / len(items)\n+{FIXED}",
    f"\n{FIXED}\n\n", f"+{FIXED}",
    FIXED + "   ", FIXED + "\r\n", f"~~~\n+{FIXED}\n~~~", f"            {FIXED.strip()}", f"\t\t{FIXED.strip()}",
    f"```suggestion\n{FIXED}", f"{FIXED}\n```",
])  # fmt: skip
def test_a_line_is_brought_to_where_the_code_stands(suggestion: str) -> None:
    assert python(suggestion) == FIXED


BLOCK = "        if not items:\n            return 0\n        return total / len(items)"


@pytest.mark.parametrize("suggestion", [
    BLOCK, "if not items:\n    return 0\nreturn total / len(items)", BLOCK.strip(), f"```py\n{BLOCK.strip()}\n```",
    "    if not items:\n        return 0\n    return total / len(items)",
    "\n".join(f"+{row}" for row in BLOCK.split("\n")),
    "if not items:\n\treturn 0\nreturn total / len(items)",
])  # fmt: skip
def test_a_block_keeps_its_shape(suggestion: str) -> None:
    assert python(suggestion) == BLOCK


@pytest.mark.parametrize("suggestion", [
    "\tif len(xs) < 1 {\n\t\treturn 0\n\t}", "if len(xs) < 1 {\n\treturn 0\n}", "if len(xs) < 1 {\n    return 0\n}",
    "    if len(xs) < 1 {\n        return 0\n    }", "if len(xs) < 1 {\n  return 0\n}",
])  # fmt: skip
def test_tabs_stay_tabs(suggestion: str) -> None:
    fitting = adjusted(suggestion, material("", GO, "a.go"), 4, 6)
    assert fitting == "\tif len(xs) < 1 {\n\t\treturn 0\n\t}"


def test_lines_that_end_in_carriage_returns_are_replaced_all_the_same() -> None:
    one = material("", PYTHON.replace("\n", "\r\n"))
    assert adjusted(FIXED.strip(), one, 6, 6) == FIXED
    assert adjusted("return total / len(items)", one, 6, 6) is None


@pytest.mark.parametrize("suggestion", [
    "", "\n", "```\n```",
    "        return total / len(items)", "return total / len(items)", "return total / len(items) ",
    "```\nreturn total / len(items)\n```",
])  # fmt: skip
def test_what_changes_nothing_is_none(suggestion: str) -> None:
    assert python(suggestion) is None


@pytest.mark.parametrize("suggestion", [
    "return total / len(items", "return (total", "if items:", "return total:\n", "else:\n    return 0", "def f(self):",
    "try:\n    return total", "try:\n    x = 1\nelse:\n    y = 2", "if items:\n    # nothing\nreturn 0",
    "if items:\n        x = 1\n    y = 2\nreturn 0", "} return 0", "The division should be guarded.",
    "return total / len(items)\n  return 0",
])  # fmt: skip
def test_what_breaks_a_file_that_parsed_is_none(suggestion: str) -> None:
    assert python(suggestion) is None


@pytest.mark.parametrize(("path", "text", "suggestion"), [
    ("a.json", '{\n "a": 1,\n "b": 2\n}\n', '"b": 3,'), ("a.toml", "[a]\nb = 1\nc = 2\n", "c = "),
    ("a.yaml", "a:\n  b: 1\n  c: 2\n", "c: [1"), ("a.go", GO, "if len(xs) == 0"), ("a.ts", "f();\ng();\nh();\n", "h(;"),
])  # fmt: skip
def test_files_of_every_kind_that_is_read_here_stay_whole(path: str, text: str, suggestion: str) -> None:
    assert adjusted(suggestion, material("", text, path), 3, 3) is None


def test_a_file_that_never_parsed_may_be_mended() -> None:
    one = material("", "def f(:\n    return 1\n")
    assert adjusted("def f():", one, 1, 1) == "def f():"
    assert adjusted("def f(x:", one, 1, 1) == "def f(x:"


def test_a_text_without_a_grammar_is_taken_by_its_indentation() -> None:
    one = material("", "all:\n    one (\n", "notes.txt")
    assert adjusted("two ((", one, 2, 2) == "    two (("


@pytest.mark.parametrize("suggestion", [
    "return 0  # \u202e", "return 0\u200b", "ret\u00adurn 0", "return\u00a00", "return '\x1b[2J'", "return 0\rx = 1",
    "return '\udcff'", "return 0 # \U000e0041", "return '⟦AWS access key⟧'", "return ⟧",
])  # fmt: skip
def test_what_cannot_be_seen_or_stands_for_a_credential_is_none(suggestion: str) -> None:
    assert python(suggestion) is None


def test_a_credential_is_none_also_where_only_its_place_tells() -> None:
    key = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    assert python(f'return "{key}"') is None
    manifest = "apiVersion: v1\nkind: Secret\ndata:\n  blob: x\n"
    assert not any(credentials.find("  blob: aHVudGVyMi1RNyF4OXY=", "a.yaml"))
    assert adjusted("  blob: aHVudGVyMi1RNyF4OXY=", material("", manifest, "a.yaml"), 4, 4) is None
    assert adjusted("  retries: 3", material("", manifest, "a.yaml"), 4, 4) == "  retries: 3"


def test_a_line_with_a_withheld_credential_may_be_replaced() -> None:
    one = material("", 'import os\nKEY = "⟦key⟧"\n')
    assert adjusted('KEY = os.environ["KEY"]', one, 2, 2) == 'KEY = os.environ["KEY"]'


@pytest.mark.parametrize("suggestion", [
    "x = 1\n" * (MOST_LINES + 1), "x = '" + "a" * MOST + "'", "\n" * 1_000_000, "`" * 1_000_000, "+" * 1_000_000,
    "```\n" * 2000, "\n".join("+" * 60 for _ in range(50)),
])  # fmt: skip
def test_what_nobody_reads_is_none(suggestion: str) -> None:
    assert python(suggestion) is None


def test_a_line_too_long_to_be_read_is_replaced_by_none() -> None:
    assert adjusted("x = 1", material("", f"x = '{'a' * MOST}'\n"), 1, 1) is None


@pytest.mark.parametrize(("line", "end_line"), [(0, 1), (-1, 1), (7, 6), (9, 10), (10, 10), (99, 99)])
def test_lines_that_are_not_there_are_replaced_by_none(line: int, end_line: int) -> None:
    assert python("x = 1", line, end_line) is None
    assert adjusted("x = 1", material("x\n", None), 1, 1) is None


@pytest.mark.parametrize(("path", "text", "suggestion"), [
    ("a.js", "let i = 0;\ni++;\n", "++i;"), ("a.md", "# A\n\n```sh\nmake\n```\n", "```sh\nmake all\n```"),
    ("a.yaml", "a:\n- b\n", "- c"), ("a.csv", "x\n+49 30\n", "+49 40"), ("a.py", "x = (1\n+ 2)\n", "+ 3)"),
])  # fmt: skip
def test_what_looks_like_a_mark_may_be_code(path: str, text: str, suggestion: str) -> None:
    line = 2 if path != "a.md" else 3
    assert adjusted(suggestion, material("", text, path), line, len(split_lines(text))) == suggestion


def test_only_the_lines_named_are_replaced() -> None:
    fitting = python("def first(self, items):\n    return items[0] if items else None", 8, 9)
    assert fitting is not None
    assert applied(PYTHON, fitting, 8, 9).startswith(PYTHON[: PYTHON.index("    def first")])
    assert fitting == "    def first(self, items):\n        return items[0] if items else None"


TEXTS = {
    "a.py": PYTHON, "a.go": GO, "a.rb": "def f(a)\n  if a\n    1\n  end\nend\n",
    "a.ts": "function f(a: number) {\n  if (a) {\n    return 1;\n  }\n  return g(a);\n}\n",
}  # fmt: skip
PIECES = st.sampled_from((
    "return 0", "if x:", "    return 1", "}", "{", "\treturn 0", "x = 1", "if (a) {", "  end", "end", "", "```",
    "+ x = 2",
    "12 + x = 3", "- x = 4", "pass", "        return 2", "else:", "++x;", "def f(self):", "~~~", "   y = 5", "(", "'",
))  # fmt: skip
SUGGESTED = st.lists(PIECES | st.sampled_from(HOSTILE) | st.text(max_size=6), max_size=6).map("\n".join)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(TEXTS)), SUGGESTED, st.data())
def test_what_parsed_before_parses_after_and_a_second_time_changes_nothing(
    path: str, suggestion: str, data: st.DataObject
) -> None:
    text = TEXTS[path]
    line = data.draw(st.integers(1, text.count("\n")))
    end_line = data.draw(st.integers(line, min(line + 3, text.count("\n"))))
    one = material("", text, path)
    fitting = adjusted(suggestion, one, line, end_line)
    if fitting is None:
        return
    after = applied(text, fitting, line, end_line)
    assert not parse(language_of(path) or "", after).root_node.has_error
    assert adjusted(fitting, one, line, end_line) == fitting
    assert fitting != "\n".join(split_lines(text)[line - 1 : end_line])
