from __future__ import annotations

import pytest

from reviewbot.core.grammars import GRAMMARS, NAMES, SUFFIXES, language_of, parse


@pytest.mark.parametrize("language", sorted(GRAMMARS))
def test_every_grammar_loads_and_reads(language: str) -> None:
    assert parse(language, "\n").root_node.type in (
        "module",
        "program",
        "source_file",
        "translation_unit",
        "compilation_unit",
    )


def test_every_file_name_has_a_grammar() -> None:
    assert set(SUFFIXES.values()) | set(NAMES.values()) == set(GRAMMARS)


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("a/b.py", "python"), ("A.PY", "python"), ("a.d.ts", "typescript"), ("a.tsx", "tsx"), ("a.h", "cpp"),
        ("Gemfile", "ruby"), ("lib/tasks/x.rake", "ruby"), ("a.txt", None), ("py", None), (".py", None), ("", None),
        ("a.py\n", None), ("\udcff.go", "go"),
    ],
)  # fmt: skip
def test_the_name_decides_the_language(path: str, language: str | None) -> None:
    assert language_of(path) == language


def test_rows_are_counted_at_line_feeds_and_columns_in_bytes() -> None:
    comment, statement = parse("python", "# é\x0b\u2028\nf()\n").root_node.named_children
    assert comment.end_point == (0, len("# é\x0b\u2028".encode()))
    assert statement.start_point == (1, 0)


def test_undecodable_bytes_are_read_as_something() -> None:
    assert parse("python", "a = '\udcff'\n").root_node.type == "module"
