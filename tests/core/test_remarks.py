"""Remarks of linters as findings: on added lines only, once, without credentials, labelled by what they may tell."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.findings import Severity
from reviewbot.core.labels import Label
from reviewbot.core.remarks import MOST, Projection, Remark, project, rule_slug, tool_slug
from tests.core.changes import internal, pull
from tests.readings import diff

OLD = "".join(f"line {number}\n" for number in range(1, 21))
NEW = OLD.replace("line 5\n", "new 5\nnew 6\n").replace("line 12\n", "new 13\n")  # lines 5, 6 and 13 are new
CHANGE = pull(diff("src/a.py", OLD, NEW), diff("setup.py", None, "x = 1\n"), paths=("lib/setup.py", "src/b.py"))
REMARK = Remark("ruff", "B006", Severity.MEDIUM, "Mutable default. Use None.", "src/a.py", 5)


def placed(*remarks: Remark) -> Projection:
    return project(remarks, CHANGE, internal)


def lines(line: int | None, end: int | None = None) -> list[tuple[int | None, int | None]]:
    found = placed(replace(REMARK, line=line, end_line=end)).findings
    return [(finding.location.line, finding.location.end_line) for finding in found]


def test_only_what_touches_an_added_line_is_kept_and_stands_on_the_first() -> None:
    assert [lines(n) for n in (4, 5, 6, 7)] == [[], [(5, 5)], [(6, 6)], []]
    assert lines(1, 20) == [(5, 6)]
    assert lines(6, 20) == [(6, 6)]
    assert lines(7, 12) == [] and lines(7, 13) == [(13, 13)]
    assert lines(13, 2) == [(13, 13)] and lines(999) == [] and lines(2**70, 2**80) == []
    assert placed(replace(REMARK, line=4)).touching == {}


def test_a_remark_on_a_whole_file_counts_where_the_file_is_new() -> None:
    assert placed(replace(REMARK, line=None)).findings == ()
    (finding,) = placed(replace(REMARK, line=None, path="setup.py")).findings
    assert finding.location.line is None


def test_a_finding_says_who_found_it_and_quotes_nothing() -> None:
    (finding,) = placed(REMARK).findings
    assert (finding.rule, finding.origin, finding.severity) == ("ruff/B006", "check:ruff", Severity.MEDIUM)
    assert (finding.title, finding.body, finding.quote) == ("Mutable default", "Use None.", "")


def test_a_linter_cannot_take_the_name_of_a_check() -> None:
    (finding,) = project([replace(REMARK, tool="credentials")], CHANGE, internal, {"credentials", "calls"}).findings
    assert (finding.rule, finding.origin) == ("credentials-linter/B006", "check:credentials-linter")


@pytest.mark.parametrize(("path", "known"), [
    ("src/a.py", True), ("/home/runner/work/shop/src/a.py", True), ("/C:/shop/src/a.py", True), ("/src/a.py", True),
    ("src/gone.py", False), ("/home/runner/work/shop/src/gone.py", False), ("a.py", False), ("/", False),
    ("/home/runner/work/shop/src/a.py/", False),
])  # fmt: skip
def test_an_absolute_path_is_found_by_its_end(path: str, known: bool) -> None:
    result = placed(replace(REMARK, path=path))
    assert (len(result.findings), result.unknown[""]) == ((1, 0) if known else (0, 1))


def test_an_end_that_another_file_has_too_is_that_file() -> None:
    result = placed(replace(REMARK, path="/work/lib/setup.py", line=1))
    assert (result.findings, result.unknown[""]) == ((), 0)


def test_the_folder_of_most_paths_is_the_checkout() -> None:
    inside = [replace(REMARK, path=f"/work/shop/src/{name}.py") for name in "ab"]
    outside = replace(REMARK, path="/work/shop/.venv/pkg/setup.py", line=1)
    result = placed(*inside, outside)
    assert ([finding.location.path for finding in result.findings], result.unknown[""]) == (["src/a.py"], 1)
    result = placed(*inside, replace(outside, path="/setup.py"))
    assert "src/a.py" in [finding.location.path for finding in result.findings]


def test_the_same_remark_of_two_runs_is_one_finding_the_more_severe() -> None:
    result = placed(
        REMARK, replace(REMARK, severity=Severity.HIGH, path="/x/src/a.py"), replace(REMARK, message="Else.")
    )
    assert sorted(str(finding.severity) for finding in result.findings) == ["high", "medium"]
    assert result.touching == {"": 3}


def test_a_flood_is_cut_to_the_most_severe() -> None:
    flood = [replace(REMARK, message=f"Note {number}.", severity=Severity.LOW) for number in range(MOST + 5)]
    result = placed(*flood, replace(REMARK, severity=Severity.HIGH))
    assert (len(result.findings), result.over_limit, result.findings[0].severity) == (MOST, 6, Severity.HIGH)


KEY = "".join(hashlib.sha512(bytes([number])).hexdigest() for number in range(29))
TOKEN = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"


def test_a_credential_in_a_message_is_masked() -> None:
    (finding,) = placed(replace(REMARK, message=f"Found {TOKEN} here. It is {TOKEN}.")).findings
    assert TOKEN not in repr(finding) and "⟦github-token⟧" in finding.title


def test_a_credential_that_only_its_file_tells_is_masked() -> None:
    secret = "tr0ub4dor-and-3-horses"
    change = pull(diff("conf.py", None, f'password = "{secret}"\n'))
    remark = Remark("semgrep", "hardcoded", Severity.HIGH, f"Do not write {secret} down", "conf.py", 1)
    (finding,) = project([remark], change, internal).findings
    assert secret not in repr(finding)


@given(st.integers(1, 39))
def test_no_part_of_a_credential_is_left_where_a_message_is_cut(shift: int) -> None:
    # The key is masked, so that what stands before the cut becomes visible.
    key = " ".join(KEY[at : at + 64] for at in range(0, len(KEY), 64))
    block = f"-----BEGIN PRIVATE KEY----- {key} -----END PRIVATE KEY----- "
    filler = "w" * (4000 - len(block) - shift - 1) + " "
    (finding,) = placed(replace(REMARK, message=f"{block}{filler}{TOKEN} tail")).findings
    assert "⟦private-key⟧" in repr(finding) and filler.strip() in repr(finding)
    assert TOKEN[:4] not in finding.title + finding.body


def test_a_long_message_is_cut() -> None:
    (finding,) = placed(replace(REMARK, message="x" * 50_000 + ". " + "y" * 50_000)).findings
    assert len(finding.title) < 200 and len(finding.body) < 1100
    (finding,) = placed(replace(REMARK, message="A title. " + "y " * 50_000)).findings
    assert finding.title == "A title" and len(finding.body) < 1100
    (finding,) = placed(replace(REMARK, message="")).findings
    assert finding.title == "ruff/B006"


def test_a_finding_is_labelled_by_the_other_files_it_points_to() -> None:
    def label_of(path: str) -> Label:
        return Label.RESTRICTED if path == "src/b.py" else Label.INTERNAL

    def label(*also: str) -> Label:
        (finding,) = project([replace(REMARK, also=also)], CHANGE, label_of).findings
        return finding.label

    assert label() == label("src/a.py") == Label.PUBLIC
    assert label("setup.py") == label("/usr/lib/python3/json.py") == Label.INTERNAL
    assert label("setup.py", "src/b.py") == Label.RESTRICTED


def test_a_finding_points_to_absolute_paths_of_the_same_checkout() -> None:
    remark = replace(REMARK, path="/work/shop/src/a.py", also=("/work/shop/src/b.py",))
    asked: list[str] = []
    project([remark], CHANGE, lambda path: asked.append(path) or Label.INTERNAL)  # type: ignore[func-returns-value]
    assert asked == ["src/b.py"]


@given(st.text(max_size=60))
def test_names_hold_nothing_but_plain_characters(name: str) -> None:
    assert tool_slug(name) and set(tool_slug(name)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert rule_slug(name) and rule_slug(name).isascii() and rule_slug(name).isprintable()
    assert " " not in rule_slug(name)
