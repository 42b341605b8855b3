from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot import pipeline
from reviewbot.checks import entries
from reviewbot.checks.entries.links import resolved
from reviewbot.core.diff import NOTHING, Absence, Blob, ChangeKind, FileDiff, replacement
from reviewbot.core.findings import Severity
from reviewbot.core.labels import Label
from reviewbot.core.policy import Policy, Rule
from reviewbot.core.pull import PullRequest
from tests.checks.anchors import anchored
from tests.readings import POLICY, diff, reading

LINK, EXECUTABLE, TYPE, SUBMODULE = "entries/symlink", "entries/executable", "entries/type", "entries/submodule"
BINARY, LARGE, LFS, COLLISION, NAME = (
    "entries/binary", "entries/large", "entries/lfs", "entries/collision", "entries/name",
)  # fmt: skip
MIB = 1024 * 1024
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 7\n"


def binary(size: int = 10, mode: str = "100644", *, id_: str = "2", absence: Absence = "binary") -> Blob:
    return Blob(id_ * 40, mode, size, None, absence)


def entry(path: str, new: Blob, old: Blob = NOTHING, change: ChangeKind = "added") -> FileDiff:
    return FileDiff(change, path, path, old, new, replacement(old, new))


def said(
    file: FileDiff, *paths: str, policy: Policy = POLICY, others: tuple[FileDiff, ...] = ()
) -> list[tuple[str, Severity]]:
    tree = (file.path, *paths)
    findings = anchored(entries, reading(file.path, None, file=file, paths=tree, policy=policy, others=others))
    return [(finding.rule, finding.severity) for finding in findings]


def modified(path: str, old: str, new: str) -> FileDiff:
    file = diff(path, old, new)
    return replace(file, old=replace(file.old, id="2" * 40))


def link(path: str, target: str, old: str | None = None) -> FileDiff:
    return diff(path, old, target, new_mode="120000", old_mode="120000")


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("docs/latest", "../../../etc/passwd"), ("a", ".."), ("a", "../x"), ("a/b", "../../x"), ("a", "/etc/passwd"),
        ("a", "C:\\x"), ("a", "\\\\host\\share"), ("a", "c:/x"), ("a", ".git/config"), ("a/b", "../.GIT/hooks"),
        ("a", "git~1/config"), ("a", ".g\u200cit/config"), ("a", "x/../../y"), ("a", "~/x"),
    ],
)  # fmt: skip
def test_a_link_out_of_the_repository_is_high(path: str, target: str) -> None:
    assert said(link(path, target)) == [(LINK, Severity.HIGH)]


@pytest.mark.parametrize(
    ("path", "target"),
    [("docs/latest", "v2"), ("docs/b", "../src"), ("a", "src/x.py"), ("b", "."), ("c", "vendor/lib/x")],
)
def test_a_link_to_what_the_repository_has_is_left_alone(path: str, target: str) -> None:
    assert said(link(path, target), "docs/v2/index.md", "src/x.py", "vendor/lib") == []


def test_a_link_to_nothing_and_one_of_two_minds_are_told() -> None:
    assert said(link("a", "gone")) == [(LINK, Severity.LOW)]
    assert said(link("a", "x/../y"), "y") == [(LINK, Severity.MEDIUM)]


def test_a_link_to_what_fewer_may_read_has_its_label() -> None:
    policy = replace(POLICY, rules=(Rule(Label.RESTRICTED, ("ledger/**",), (), "core", "t", 1),))
    file = link("open/a", "../ledger/core.py")
    findings = list(entries.check(reading(file.path, None, file=file, policy=policy, paths=("ledger/core.py",))))
    assert [(f.rule, f.severity, f.label) for f in findings] == [(LINK, Severity.HIGH, Label.RESTRICTED)]


def test_a_link_that_stays_as_it_was_is_left_alone() -> None:
    assert said(replace(link("a", "/etc", "/etc"), change="renamed")) == []
    assert said(link("a", "/etc", "/usr")) == [(LINK, Severity.HIGH)]


def test_a_file_that_becomes_a_link_is_told_twice() -> None:
    file = diff("a", "text\n", "/etc/passwd", new_mode="120000", change="typechange")
    assert said(file) == [(LINK, Severity.HIGH), (TYPE, Severity.MEDIUM)]


@given(st.text(alphabet="ab./", max_size=12), st.text(alphabet="ab./", max_size=12))
def test_a_resolved_link_never_climbs(path: str, target: str) -> None:
    place = resolved(path, target)
    assert place is None or ".." not in place.split("/")


@pytest.mark.parametrize(
    ("path", "text", "severity"),
    [
        ("run", "#!/bin/sh\n", Severity.INFO), ("a.py", "print()\n", Severity.INFO), ("a.sh", "ls\n", Severity.INFO),
        ("README.md", "# A\n", Severity.LOW), ("a.yml", "a: 1\n", Severity.LOW),
    ],
)  # fmt: skip
def test_an_executable_bit_is_told(path: str, text: str, severity: Severity) -> None:
    assert said(diff(path, text, text, new_mode="100755")) == [(EXECUTABLE, severity)]
    assert said(diff(path, None, text, new_mode="100755")) == [(EXECUTABLE, severity)]
    assert said(diff(path, text, text + "x\n", old_mode="100755", new_mode="100755")) == []


def test_a_script_that_loses_its_bit_is_told() -> None:
    assert said(diff("a", "#!/bin/sh\n", "#!/bin/sh\n", old_mode="100755")) == [(EXECUTABLE, Severity.LOW)]
    assert said(diff("a.md", "x\n", "x\n", old_mode="100755")) == []


def test_a_submodule_is_told_when_it_comes_and_when_it_moves() -> None:
    new, old = (Blob(digit * 40, "160000", 0, None, "submodule") for digit in "12")
    assert said(entry("lib", new)) == [(SUBMODULE, Severity.MEDIUM)]
    assert said(entry("lib", new, old, "modified")) == [(SUBMODULE, Severity.LOW)]
    assert said(entry("lib", NOTHING, old, "deleted")) == []


MODULE = '[submodule "a"]\n\tpath = a\n\turl = https://x.example/a.git\n'


@pytest.mark.parametrize(
    ("before", "after", "severity"),
    [
        ("x.example", "y.example", Severity.MEDIUM), ("https://", "ext::sh -c ", Severity.HIGH),
        ("https://", "-u", Severity.HIGH), ("path = a", "path = ../a", Severity.HIGH),
        ("path = a", "path = a\n\tupdate = !sh", Severity.HIGH),
    ],
)  # fmt: skip
def test_a_submodule_that_comes_from_elsewhere_is_told(before: str, after: str, severity: Severity) -> None:
    file = diff(".gitmodules", MODULE, MODULE.replace(before, after))
    assert said(file) == [(SUBMODULE, severity)]


def test_a_submodule_that_is_only_written_otherwise_is_left_alone() -> None:
    assert (
        said(diff(".gitmodules", MODULE.replace("https", "http"), MODULE.replace("https", "http").replace("\t", "  ")))
        == []
    )


def test_a_new_submodule_over_an_open_line_is_told_an_encrypted_one_is_not() -> None:
    assert said(diff(".gitmodules", None, MODULE)) == []
    assert said(diff(".gitmodules", None, MODULE.replace("https", "http"))) == [(SUBMODULE, Severity.MEDIUM)]


@pytest.mark.parametrize("path", ["a.exe", "a.jar", "lib/a.so", "lib/a.so.1.2", "a.wasm", "A.CLASS"])
def test_a_program_without_source_is_told(path: str) -> None:
    assert said(entry(path, binary())) == [(BINARY, Severity.MEDIUM)]
    assert said(entry(path, binary(), binary(id_="1"), "modified")) == [(BINARY, Severity.MEDIUM)]
    assert said(entry(path, binary(), binary(), "renamed")) == []


def test_a_program_among_samples_is_less() -> None:
    assert said(entry("tests/fixtures/a.wasm", binary())) == [(BINARY, Severity.LOW)]


@pytest.mark.parametrize("path", ["a.png", "a.pdf", "fonts/a.woff2", "data.bin", "tool"])
def test_other_binaries_are_left_alone(path: str) -> None:
    assert said(entry(path, binary())) == []


def test_an_executable_binary_is_told_for_both() -> None:
    assert said(entry("tool", binary(mode="100755"))) == [(EXECUTABLE, Severity.MEDIUM), (BINARY, Severity.MEDIUM)]


@pytest.mark.parametrize(
    ("size", "expected"),
    [(MIB - 1, []), (MIB, [(LARGE, Severity.LOW)]), (10 * MIB, [(LARGE, Severity.MEDIUM)])],
)
def test_a_large_file_is_told_by_its_size(size: int, expected: list[tuple[str, Severity]]) -> None:
    assert said(entry("a.png", binary(size))) == expected
    assert said(entry("a.csv", binary(size, absence="too large"))) == expected
    assert said(entry("a.png", binary(size), binary(2 * MIB, id_="1"), "modified")) == []


@pytest.mark.parametrize("text", [POINTER.replace("oid", "id"), POINTER.replace("size 7", "size x"), POINTER[:60]])
def test_a_pointer_that_cannot_be_read_is_told(text: str) -> None:
    assert said(modified("a.psd", POINTER, text)) == [(LFS, Severity.MEDIUM)]
    assert said(diff("b.psd", None, text)) == [(LFS, Severity.MEDIUM)]
    assert said(modified("a.psd", text, text + "x\n")) == []


def test_a_file_in_place_of_its_pointer_is_told_unless_the_attributes_change_too() -> None:
    file = entry("a.psd", binary(), diff("a", None, POINTER).new, "modified")
    assert said(file) == [(LFS, Severity.MEDIUM)]
    assert said(file, others=(diff(".gitattributes", "a\n", "b\n"),)) == []
    assert said(modified("a.psd", POINTER, POINTER.replace("size 7", "size 8"))) == []


def test_paths_that_one_file_system_takes_for_one_are_told() -> None:
    assert said(diff("Docs/A.md", None, "x\n"), "docs/a.md") == [(COLLISION, Severity.MEDIUM)]
    assert said(diff("caf\u00e9", None, "x\n"), "cafe\u0301") == [(COLLISION, Severity.MEDIUM)]
    assert said(diff("a.md", None, "x\n"), "b.md", "docs/a.md") == []
    assert said(diff("Docs/A.md", "x\n", "y\n"), "docs/a.md") == []


@pytest.mark.parametrize(
    ("path", "severity"),
    [
        ("aux.c", Severity.LOW), ("src/nul", Severity.LOW), ("COM1", Severity.LOW), ("a.", Severity.LOW),
        ("a /b", Severity.LOW), ("a:b", Severity.LOW), ("a\\b", Severity.LOW), ("x" * 256, Severity.LOW),
        ("a/../b", Severity.HIGH), ("a//b", Severity.HIGH), (".GIT/config", Severity.HIGH),
        ("a/git~1/x", Severity.HIGH), (".git ./x", Severity.HIGH),
    ],
)  # fmt: skip
def test_a_name_that_some_system_cannot_have_is_told(path: str, severity: Severity) -> None:
    assert said(diff(path, None, "x\n")) == [(NAME, severity)]
    assert said(diff(path, "x\n", "y\n")) == []


@pytest.mark.parametrize(
    "path", ["auxiliary.c", "console", ".gitignore", ".github/a", "a.b", "com10", "caf\u00e9", "\udce9"]
)
def test_a_name_that_every_system_can_have_is_left_alone(path: str) -> None:
    assert said(diff(path, None, "x\n")) == []


def test_a_large_tree_is_indexed_once() -> None:
    paths = tuple(f"folder{number}/file{number}" for number in range(100_000))
    file = link("a", "folder7")
    one = reading("a", None, file=file, paths=paths)
    started = time.perf_counter()
    for _ in range(300):
        assert anchored(entries, one) == []
    assert time.perf_counter() - started < 10


NAMES = st.text(alphabet="aA.:/\\ \udce9e\u0301é\u202e", min_size=1, max_size=9)


@given(NAMES, st.text(max_size=9), st.text(max_size=9), *(st.sampled_from(["100644", "100755", "120000"]),) * 2)
def test_whatever_the_entry_findings_stand_on_changed_lines(
    path: str, old: str, new: str, before: str, after: str
) -> None:
    file = diff(path, old, new, old_mode=before, new_mode=after)
    anchored(entries, reading(path, None, file=file, paths=(path, path.swapcase())))


def test_a_link_to_what_is_restricted_is_found_though_the_label_of_its_target_is_its_own() -> None:
    policy = replace(POLICY, rules=(Rule(Label.RESTRICTED, ("vault/**",)),))
    file = diff("open.py", None, "vault/a.py", new_mode="120000")
    pull = PullRequest("a" * 40, "b" * 40, "a" * 40, (file,), ("open.py", "vault/a.py"))
    report = pipeline.review(pull, policy, checks=(entries,))
    assert report.files[0].label == Label.RESTRICTED
    assert [finding.rule for finding in report.findings] == ["entries/symlink"]
