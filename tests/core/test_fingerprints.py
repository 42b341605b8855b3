"""Copies are recognised by runs of lines, however they are indented; what everybody may read is no evidence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.diff import Blob, FileDiff
from reviewbot.core.fingerprints import LONG, NOWHERE, RUN, Excerpt, Index, Source, index, runs
from reviewbot.core.labels import Label
from tests.readings import blob, diff

I, C, R = Label.INTERNAL, Label.CONFIDENTIAL, Label.RESTRICTED  # noqa: E741
SECRET = "".join(f"    balance_{n} = post(debit_{n}, credit_{n}, amount_{n})\n" for n in range(12))
OTHER = "".join(f"def render_{n}(page): return template_{n}.fill(page)\n" for n in range(12))
INDEX = index([Source("ledger/core.py", R, SECRET, "a" * 40)])


def lines(text: str, first: int, last: int) -> str:
    return "".join(text.splitlines(keepends=True)[first:last])


def found(new: str, old: str | None = None, sources: Index = INDEX, label: Label = I) -> Excerpt | None:
    return sources.excerpt(diff("docs/x.py", old, new), label)


def test_five_lines_of_a_restricted_text_are_an_excerpt_at_the_line_where_they_begin() -> None:
    assert found(OTHER + lines(SECRET, 3, 3 + RUN)) == Excerpt("ledger/core.py", R, 13)


def test_four_lines_are_none() -> None:
    assert found(OTHER + lines(SECRET, 3, 2 + RUN) + OTHER) is None


@pytest.mark.parametrize(
    "changed",
    [
        SECRET.replace("    ", "\t\t"),
        SECRET.replace("\n", "\r\n"),
        SECRET.replace("\n", "\n\n"),
        SECRET.replace(" = ", "="),
        "# Licensed to nobody\n" + SECRET,
        SECRET.replace("\n", "\n}\n"),
    ],
)
def test_indentation_blank_lines_and_brackets_do_not_hide_it(changed: str) -> None:
    assert found(changed) is not None


def test_what_the_file_already_had_is_not_brought_by_this_change() -> None:
    assert found(SECRET + OTHER, SECRET) is None
    assert found("import os\n" + SECRET, SECRET) is None
    assert found(SECRET + OTHER + SECRET, SECRET) is None


def test_lines_that_are_put_around_others_count_when_they_complete_a_run() -> None:
    old = lines(SECRET, 0, 2) + lines(SECRET, 3, 5)
    assert found(lines(SECRET, 0, 5), old) is not None


def test_a_long_line_is_a_run_by_itself() -> None:
    line = "table=" + ",".join(map(str, range(LONG)))
    assert found(f"x\n{line}\n", sources=index([Source("m", R, line + "\n")])) == Excerpt("m", R, 2)


def test_a_file_of_an_equal_or_higher_label_has_nothing_to_fear() -> None:
    assert found(SECRET, label=R) is None
    both = index([Source("c", C, SECRET), Source("r", R, OTHER)])
    assert found(SECRET, sources=both, label=C) is None
    assert found(OTHER, sources=both, label=C) == Excerpt("r", R, 1)


def test_the_strictest_source_of_a_text_is_named() -> None:
    both = index([Source("a", C, SECRET), Source("b", R, SECRET)])
    assert found(SECRET, sources=both) == Excerpt("b", R, 1)


@pytest.mark.parametrize("text", [None, "x = 5001\n"])
def test_a_whole_file_is_known_by_its_blob_whatever_it_holds(text: str | None) -> None:
    sources = index([Source("vault.bin", R, text, "b" * 40)])
    copy = FileDiff(
        "added", "docs/x", "docs/x", blob(None), Blob("b" * 40, "100644", 9, text, "" if text else "binary")
    )
    assert sources.excerpt(copy, I) == Excerpt("vault.bin", R)


def test_an_empty_file_is_no_copy_of_another() -> None:
    sources = index([Source("ledger/__init__.py", R, "", "b" * 40)])
    assert sources.excerpt(FileDiff("added", "x", "x", blob(None), Blob("b" * 40, "100644", 0, "")), I) is None


def test_what_everybody_may_read_already_is_no_evidence() -> None:
    assert found(SECRET, sources=index([Source("l", R, SECRET)], cleared=[SECRET])) is None
    assert found(SECRET, sources=index([Source("l", R, SECRET, "a" * 40)], elsewhere={"a" * 40})) is None


@pytest.mark.parametrize("name", ["LICENSE", "x/Copying.txt", "go.sum", "package-lock.json", "ledger/Cargo.lock"])
def test_texts_that_all_projects_share_are_no_evidence(name: str) -> None:
    assert found(SECRET, sources=index([Source(name, R, SECRET, "a" * 40)])) is None


def test_idioms_imports_and_the_header_are_no_evidence() -> None:
    text = "# Copyright\n# by us\nimport os\nfrom x import y\n" + "return None\n}\n)\nelse {\n" * 9
    assert list(runs(text)) == []


@given(st.lists(st.sampled_from(SECRET.splitlines() + OTHER.splitlines() + ["", "}", "import x"]), max_size=30))
def test_every_run_of_a_text_is_found_in_the_text(chosen: list[str]) -> None:
    text = "\n".join(chosen) + "\n"
    copied = list(runs(text))
    excerpt = found(text, sources=index([Source("s", R, text)]))
    assert (excerpt is not None) == bool(copied)
    assert NOWHERE.excerpt(diff("a", None, text), I) is None


def test_hashes_differ_in_every_process() -> None:
    code = (
        "from reviewbot.core.fingerprints import runs\nprint(next(runs('value_of_things = compute(a, b)\\n' * 9))[0])"
    )
    root = Path(__file__).parents[2]
    said = {
        subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, env={}).stdout
        for _ in range(2)
    }
    assert len(said) == 2


AROUND = ("# {}", "#{}", "// {}", "+{}", "-{}", "> {}", " * {}", "12: {}", "{};", "{}\u200b", "+    # {}")


@pytest.mark.parametrize("around", AROUND)
def test_what_is_commented_out_quoted_or_pasted_as_a_diff_is_an_excerpt_all_the_same(around: str) -> None:
    source = [f"    balance_{number} = settle(account_{number}, rate * {number})" for number in range(12)]
    text = "x = 1\n" + "".join(f"{around.format(line)}\n" for line in source)
    known = index([Source("ledger/core.py", Label.RESTRICTED, "\n".join(source), "")])
    found = known.excerpt(diff("api/x.py", None, text), Label.INTERNAL)
    assert found is not None
    assert found.label == Label.RESTRICTED
