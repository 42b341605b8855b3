"""Spots: lines that a forge shows, and suggestions that replace just these."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.conversation import Spot
from reviewbot.core.diff import Side
from reviewbot.core.report import FileReport
from reviewbot.core.spots import clashing, committable, spot
from tests.formats.samples import file, finding
from tests.materials import texts

OLD = "".join(f"line {number}\n" for number in range(1, 41))
#: Two hunks: a line replaced and one removed near the top, two added near the end.
NEW = OLD.replace("line 5\n", "LINE 5\n").replace("line 7\n", "").replace("line 30\n", "line 30\nnew a\nnew b\n")
FILE = file("a.py", OLD, NEW)


def at(line: int | None, end: int | None = None, side: Side = "new", file: FileReport = FILE) -> Spot | None:
    return spot(finding("x/y", file.path, line, end=end, side=side), file)


def test_a_line_has_its_number_on_each_side_that_has_it() -> None:
    assert at(5) == Spot("a.py", "a.py", "new", (None, 5), (None, 5))
    assert at(4) == Spot("a.py", "a.py", "new", (4, 4), (4, 4))
    assert at(7, side="old") == Spot("a.py", "a.py", "old", (7, None), (7, None))
    assert at(30, 31) == Spot("a.py", "a.py", "new", (None, 30), (None, 31))
    assert at(7) == Spot("a.py", "a.py", "new", (8, 7), (8, 7))


@pytest.mark.parametrize("line", [None, 1, 11, 25, 99, -3, 0])
def test_a_line_that_is_not_shown_has_no_spot(line: int | None) -> None:
    assert at(line) is None


@pytest.mark.parametrize("end", [11, 31, 99, 3, -1])
def test_where_not_all_lines_are_in_one_hunk_the_first_stands_for_them(end: int) -> None:
    found = at(5, end)
    assert found is not None
    assert found.lines == (5, 5)


def test_without_an_end_it_is_one_line_though_the_hunk_has_lines_of_the_other_side() -> None:
    one = finding("x/y", "a.py", 5)
    found = spot(replace(one, location=replace(one.location, end_line=None)), FILE)
    assert found is not None
    assert found.lines == (5, 5)


_ENDS = st.none() | st.integers(-2, 60)


@given(texts(), _ENDS, _ENDS, st.sampled_from(["new", "old"]))
def test_both_ends_of_a_spot_are_lines_of_one_hunk_on_its_side(
    changed: tuple[str, str], line: int | None, end: int | None, side: Side
) -> None:
    shown = file("b.py", *changed, old_path="was.py", change="renamed")
    one = finding("x/y", "b.py", line, side=side)
    found = spot(replace(one, location=replace(one.location, end_line=end)), shown)
    numbers = [[line.new if side == "new" else line.old for line in hunk.lines] for hunk in shown.hunks]
    assert (found is not None) == (line is not None and any(line in hunk for hunk in numbers))
    if found is not None:
        first, last = found.lines
        assert first == line
        assert last in (line, end)
        assert first <= last
        assert any({first, last} <= set(hunk) for hunk in numbers)
        pairs = {(line.old, line.new) for hunk in shown.hunks for line in hunk.lines}
        assert {found.start, found.end} <= pairs
        assert (found.path, found.old_path, found.side) == ("b.py", "was.py", side)


def offered(path: str = "a.py", text: str | None = "LINE five", line: int = 5, end: int | None = None,
            side: Side = "new") -> str | None:  # fmt: skip
    shown = file(path, OLD, NEW)
    one = finding("x/y", path, line, end=end, side=side, suggestion=text)
    place = spot(one, shown)
    assert place is not None
    return committable(one, place)


def test_a_suggestion_for_just_these_lines_can_be_committed() -> None:
    assert offered() == "LINE five"
    assert offered(line=30, end=31) == "LINE five"
    assert offered(text=None) is None


def test_one_for_other_lines_than_are_shown_cannot() -> None:
    assert offered(end=11) is None
    assert offered(end=31) is None
    assert offered(side="old") is None


@given(texts(), st.integers(1, 50), st.integers(1, 50))
def test_what_can_be_committed_replaces_exactly_the_lines_of_the_finding(
    changed: tuple[str, str], line: int, end: int
) -> None:
    shown = file("b.py", *changed)
    one = finding("x/y", "b.py", line, end=end, suggestion="x = 1")
    place = spot(one, shown)
    if place is not None and committable(one, place) is not None:
        assert place.lines == (line, end)


@pytest.mark.parametrize("path", [
    ".reviewbot.toml", "sub/.reviewbot.toml", ".ReviewBot.TOML", ".github/workflows/ci.yml", ".GitHub/CODEOWNERS",
    ".github/actions/x/index.js", ".gitlab-ci.yml", "ci/build.gitlab-ci.yml", ".gitlab/ci.yaml", "action.yml",
    "x/action.yaml", "CODEOWNERS", "docs/CODEOWNERS", "Jenkinsfile", ".circleci/config.yml", ".pre-commit-config.yaml",
    ".gitattributes", "x/.gitmodules", "package-lock.json", "web/yarn.lock", "poetry.lock", "go.sum", "Cargo.lock",
    "policies/default.toml", ".husky/pre-commit", ".travis.yml", "azure-pipelines.yml", "Jenkinsfile.release",
    ".drone.yml", ".buildkite/pipeline.yml", ".woodpecker.yml", ".woodpecker/a.yml", "appveyor.yml", "cloudbuild.yaml",
    ".gitea/workflows/a.yml", ".forgejo/workflows/a.yml", ".tekton/a.yaml", ".teamcity/settings.kts", ".cirrus.yml",
    ".azure-pipelines/a.yml", "azure-pipelines-release.yml", "buildspec.yml", "web/.npmrc", "pip.conf", ".envrc",
    ".lfsconfig", "lefthook.yml", ".pre-commit-hooks.yaml", ".devcontainer/devcontainer.json",
])  # fmt: skip
def test_what_guards_the_repository_is_never_changed_at_a_click(path: str) -> None:
    assert offered(path) is None


@pytest.mark.parametrize("path", ["a.py", "src/github/x.py", "docs/actions.md", "my-policies.py", "lock.py"])
def test_other_files_are(path: str) -> None:
    assert offered(path) == "LINE five"


@pytest.mark.parametrize("text", ["/approve", "x\n/merge", "/Close now", "a\n/a"])
def test_a_suggestion_that_a_forge_takes_for_a_command_is_not_offered(text: str) -> None:
    assert offered(text=text) is None


@pytest.mark.parametrize("text", ["  /approve", "a /merge", "// x", "/* x */", "x = a / b"])
def test_one_that_only_has_a_slash_is(text: str) -> None:
    assert offered(text=text) == text


_SPANS = st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 9), st.integers(0, 3), st.booleans()), max_size=8)


@given(_SPANS)
def test_of_suggestions_that_overlap_only_the_first_can_be_committed(spans: list[tuple[str, int, int, bool]]) -> None:
    made = [
        replace(finding("x/y", path, line, end=line + more, suggestion="x" if has else None), id=str(number))
        for number, (path, line, more, has) in enumerate(spans)
    ]
    refused = clashing(made)
    kept = [one for one in made if one.suggestion is not None and one.id not in refused]
    lines = [(one.location.path, line) for one in kept
             for line in range(one.location.line or 0, (one.location.end_line or 0) + 1)]  # fmt: skip
    assert len(lines) == len(set(lines))
    assert not refused & {one.id for one in made if one.suggestion is None}
    first = next((one.id for one in made if one.suggestion is not None), None)
    assert first not in refused


def test_a_spot_knows_what_both_sides_count_to_where_one_lacks_the_line() -> None:
    """By these GitLab names a line: an added one by the old line that would come next."""
    added, removed = at(5), at(7, side="old")
    assert added is not None and removed is not None
    assert (added.counts, removed.counts) == (((6, 5), (6, 5)), ((7, 7), (7, 7)))


def test_a_copied_file_is_shown_as_an_added_one() -> None:
    copied = replace(FILE, path="b.py", change="copied")
    assert at(4, file=copied) == Spot("b.py", "b.py", "new", (None, 4), (None, 4))
    assert spot(finding("x/y", "a.py", 7, side="old"), copied) is None
