"""A change in a few lines: areas of its paths, counts, and names that its hunks give away."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.diff import Hunk, Line
from reviewbot.core.report import FileReport
from reviewbot.core.walkthrough import MOST_AREAS, MOST_NAMES, walk
from tests.formats.samples import file, hostile_files, large


def touched(path: str, *lines: str, section: str = "") -> FileReport:
    """A file with one hunk: each line begins with its mark."""
    rows = tuple(
        Line(number if mark != "+" else None, number if mark != "-" else None, text)
        for number, (mark, text) in enumerate(((line[0], line[1:]) for line in lines), 1)
    )
    made = file(path, "", "")
    return FileReport(
        made.path, made.old_path, "modified", made.label, (), (), None, "checked", "",
        (Hunk(1, len(rows), 1, len(rows), section, rows),),
    )  # fmt: skip


def names(changed: FileReport) -> tuple[str, ...]:
    return walk([changed]).areas[0].names


def test_areas_are_folders_as_deep_as_it_takes_to_tell_them_apart() -> None:
    change = walk([file(path, None, "x\n") for path in ("app/api/a.py", "app/api/b.py", "app/db/c.py", "README")])
    assert [(area.where, area.files) for area in change.areas] == [("app/api", 2), ("README", 1), ("app/db/c.py", 1)]
    assert (change.files, change.added, change.removed, change.rest) == (4, 4, 0, 0)


def test_many_folders_become_few_areas_and_the_rest_is_counted() -> None:
    change = walk([file(f"team{number}/src/x/{part}.py", None, "x\n" * (20 - number)) for number in range(9)
                   for part in "ab"])  # fmt: skip
    assert [area.where for area in change.areas] == [f"team{number}" for number in range(MOST_AREAS)]
    assert change.rest == 6
    assert change.added == sum(2 * (20 - number) for number in range(9))


def test_what_is_new_gone_moved_a_test_or_about_dependencies_and_pipelines_is_told() -> None:
    change = walk([
        file("a/new.py", None, "x\n"), file("a/gone.py", "x\n", None), file("a/package.json", "{}\n", "{ }\n"),
        file("a/to.py", "x\n", "x\n", old_path="a/from.py", change="renamed"), file("a/test_x.py", None, "x\n"),
        file("a/go.sum", "x\n", "y\n"), file(".github/workflows/ci.yml", "x: 1\n", "x: 2\n"),
        file(".github/workflows/cd.yml", "x: 1\n", "x: 2\n"),
    ])  # fmt: skip
    code, pipelines = change.areas
    assert (code.created, code.deleted, code.moved, code.tests) == (2, 1, 1, 1)
    assert code.manifests == ("a/package.json", "a/go.sum")
    assert pipelines.pipelines == (".github/workflows/ci.yml", ".github/workflows/cd.yml")


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        (touched("a.py", " def one():", "-    x", "+    y", " def two():", "     z"), ("one",)),
        (touched("a.py", "-    x", section="class Ledger:"), ("Ledger",)),
        (touched("a.py", "     x", "+async def late(self):", section="class Ledger:"), ("late",)),
        (touched("a.go", "+  x", section="func (s *Server) Serve(w io.Writer) error {"), ("Serve",)),
        (touched("a.c", "+  x;", section="static int parse(struct buffer *from)"), ("parse",)),
        (touched("a.ts", "+export const load = async (id: string) => {"), ("load",)),
        (touched("a.rs", "+pub(crate) unsafe fn read_all<T>(from: T) {"), ("read_all",)),
        (touched("a.rb", "+  def self.call(env)"), ("call",)),
        (touched("a.java", "+    public static final class Row {"), ("Row",)),
        (touched("a.c", "+  x;", section="if (x)"), ()),
        (touched("a.c", "+  x;", section="for (int i = 0;"), ()),
        (touched("a.md", "+class of things"), ()),
        (touched("tests/test_a.py", "+def test_one():"), ()),
        (touched("a.py", "+x", section=f"def {'a' * 61}():"), ()),
        (touched("a.py", "+x", section="def <b>():"), ()),
        (touched("a.py", "+x", section="AKIAQYLPMN5HHHFPZAM2(x)"), ()),
    ],
)
def test_names_are_those_that_changed_lines_stand_in(changed: FileReport, found: tuple[str, ...]) -> None:
    assert names(changed) == found


def test_of_many_names_the_first_are_told() -> None:
    area = walk([touched("a.py", *(f"+def f{number}():" for number in range(9)))]).areas[0]
    assert area.names == ("f0", "f1", "f2", "f3")
    assert area.unnamed
    assert not walk([touched("a.py", *(f"+def f{number}():" for number in range(MOST_NAMES)))]).areas[0].unnamed


@settings(max_examples=100, deadline=None)
@given(st.lists(hostile_files(), max_size=8))
def test_every_file_and_line_is_in_one_area_or_counted(files: list[FileReport]) -> None:
    change = walk(files)
    assert sum(area.files for area in change.areas) + change.rest == change.files == len(files)
    assert change.added == sum(one.added for one in files)
    assert all(name.isascii() and name.replace("$", "_").isidentifier() for area in change.areas for name in area.names)
    assert walk(files) == change


def test_three_thousand_files_take_no_time() -> None:
    report = large(3000, 20, 0)
    start = time.process_time()
    walk(report.files)
    assert time.process_time() - start < 0.5
