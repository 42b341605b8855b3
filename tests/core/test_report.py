"""Status, conclusion and exit code follow from what was read and found, never from hope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.diff import NOTHING, Absence, Blob, FileDiff, Side
from reviewbot.core.findings import Finding, Severity, identify
from reviewbot.core.labels import ASSIGNABLE, Label, permits
from reviewbot.core.policy import Classification, Policy
from reviewbot.core.pull import PullRequest
from reviewbot.core.report import SURE, Outcome, Report, assemble, file_report, is_whole
from reviewbot.core.style import ReviewStyle
from tests.formats.samples import FILES, POLICY, file, finding

PULL = PullRequest("a" * 40, "b" * 40, "a" * 40, ())
HIGH = finding("calls/sql", "x.py", 1)
EVERY: tuple[Outcome, ...] = ("reviewed", "checked", "skipped", "failed")


def made(outcomes: Sequence[Outcome], findings: Sequence[Finding] = (), *, policy: Policy = POLICY,
         fail_on: Severity | None = Severity.HIGH) -> Report:  # fmt: skip
    files = [replace(FILES[0], path=f"{number}.py", outcome=outcome) for number, outcome in enumerate(outcomes)]
    return assemble(PULL, policy, files, identify(findings), fail_on)


@pytest.mark.parametrize(
    ("outcomes", "status", "conclusion", "code"),
    [
        ([], "checked", "neutral", 0),
        (["reviewed"], "reviewed", "success", 0),
        (["checked"], "checked", "neutral", 0),
        (["skipped"], "partial", "neutral", 0),
        (["failed"], "failed", "neutral", 3),
        (["reviewed", "checked"], "reviewed", "neutral", 0),
        (["reviewed", "skipped"], "reviewed", "neutral", 0),
        (["reviewed", "failed"], "partial", "neutral", 3),
        (["checked", "failed"], "partial", "neutral", 3),
        (["skipped", "failed"], "failed", "neutral", 3),
    ],
)
def test_what_was_not_read_by_a_model_is_no_success(
    outcomes: list[Outcome], status: str, conclusion: str, code: int
) -> None:
    report = made(outcomes)
    assert (report.status, report.conclusion, report.exit_code) == (status, conclusion, code)


@pytest.mark.parametrize(
    ("fail_on", "conclusion", "code"),
    [
        (Severity.CRITICAL, "success", 0),
        (Severity.HIGH, "failure", 1),
        (Severity.LOW, "failure", 1),
        (None, "success", 0),
    ],
)
def test_a_finding_at_or_above_the_gate_blocks(fail_on: Severity | None, conclusion: str, code: int) -> None:
    report = made(["reviewed"], [HIGH], fail_on=fail_on)
    assert (report.conclusion, report.exit_code, report.gate) == (conclusion, code, fail_on)


def test_of_two_exit_codes_the_larger_counts_and_blocking_is_still_a_failure() -> None:
    report = made(["checked", "failed"], [HIGH])
    assert (report.conclusion, report.exit_code) == ("failure", 3)


def test_a_policy_that_cannot_be_read_needs_a_person() -> None:
    broken = replace(POLICY, failure="no such key")
    assert made(["reviewed"], policy=broken).conclusion == "action_required"
    assert made(["reviewed"], [HIGH], policy=broken).conclusion == "failure"


@given(st.lists(st.sampled_from(EVERY)), st.booleans())
def test_success_means_that_a_model_read_every_file_and_nothing_blocks(outcomes: list[Outcome], found: bool) -> None:
    report = made(outcomes, [HIGH] if found else [])
    assert (report.conclusion == "success") == (set(outcomes) == {"reviewed"} and not found)
    assert (report.exit_code == 0) == ("failed" not in outcomes and not found)


@given(
    st.lists(st.tuples(st.sampled_from(Severity), st.none() | st.integers(1, 9)), max_size=9),
    st.integers(0, 9),
    st.sampled_from(Severity),
)
def test_the_worst_findings_are_inline_within_the_budget_and_none_is_lost(
    found: list[tuple[Severity, int | None]], budget: int, floor: Severity
) -> None:
    policy = replace(POLICY, review=ReviewStyle(max_comments=budget, min_severity=floor))
    report = made(
        ["checked"], [finding("x/y", "x.py", line, severity=severity) for severity, line in found], policy=policy
    )
    inline = [item for item in report.findings if item.posted == "inline"]
    able = [item for item in report.findings if item.severity >= floor and item.location.line is not None]
    assert inline == able[:budget]
    assert {item.posted for item in report.findings} <= {"inline", "summary"}
    assert sorted(item.severity for item in report.findings) == sorted(severity for severity, _ in found)
    assert [item.severity for item in report.findings] == sorted((severity for severity, _ in found), reverse=True)


@pytest.mark.parametrize(
    ("absence", "outcome"),
    [("", "checked"), ("submodule", "skipped"), ("binary", "skipped"), ("too large", "failed"),
     ("missing", "failed"), ("over budget", "failed")],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_skipped_or_failed_with_a_reason(absence: Absence, outcome: str) -> None:
    blob = Blob("1" * 40, "100644", 9, None if absence else "x\n", absence)
    report = file_report(FileDiff("added", "x", "x", NOTHING, blob), Classification(Label.INTERNAL, ("default",)), ())
    assert (report.outcome, bool(report.reason), report.route) == (outcome, outcome != "checked", None)


def test_a_file_that_the_policy_ignores_is_skipped_but_one_that_cannot_be_read_stays_failed() -> None:
    verdict = Classification(Label.INTERNAL, ("default",))
    outcomes = []
    for absence in ("", "missing"):
        blob = Blob("1" * 40, "100644", 9, None if absence else "x\n", absence)
        report = file_report(FileDiff("added", "x", "x", NOTHING, blob), verdict, (), ignored=True)
        outcomes.append((report.outcome, report.reason[:10]))
    assert outcomes == [("skipped", "the policy"), ("failed", "git object")]


CHANGED = file("x.py", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n", "a\nB\nc\nd\ne\nf\ng\nh\ni\nj\n")


def placed(*findings: Finding, comments: Label = Label.RESTRICTED, policy: Policy = POLICY) -> list[tuple[str, str]]:
    """Title and place of each finding in the order of the report, on a file whose lines 1 to 5 a forge shows."""
    made = assemble(PULL, policy, [CHANGED], identify(findings), None, comments=comments)
    return [(item.title, item.posted) for item in made.findings]


@pytest.mark.parametrize(("line", "side", "posted"), [
    (1, "new", "inline"), (2, "new", "inline"), (5, "new", "inline"), (6, "new", "summary"), (2, "old", "inline"),
    (9, "old", "summary"), (None, "new", "summary"),
])  # fmt: skip
def test_only_a_line_that_a_forge_shows_has_a_comment(line: int | None, side: Side, posted: str) -> None:
    assert placed(finding("x/y", "x.py", line, side=side, title="t")) == [("t", posted)]


def test_a_removed_line_of_a_file_that_moved_is_shown_under_its_old_name() -> None:
    moved = file("new.py", "a\nb\n", "a\n", old_path="old.py", change="renamed")
    found = [finding("x/y", path, 2, side="old", title=path) for path in ("old.py", "new.py")]
    made = assemble(PULL, POLICY, [moved], identify(found), None)
    assert {item.title: item.posted for item in made.findings}["old.py"] == "inline"


@pytest.mark.parametrize(("confidence", "posted"), [(SURE, "inline"), (SURE - 0.01, "summary"), (0.4, "summary")])
def test_what_is_not_sure_is_told_in_the_summary_only(confidence: float, posted: str) -> None:
    assert placed(replace(finding("x/y", "x.py", 2, title="t"), confidence=confidence)) == [("t", posted)]


@pytest.mark.parametrize("comments", ASSIGNABLE)
@pytest.mark.parametrize("label", Label)
def test_what_is_above_the_clearance_of_comments_is_withheld(label: Label, comments: Label) -> None:
    (one,) = placed(finding("x/y", "x.py", 2, title="t", label=label), comments=comments)
    assert one == ("t", "inline" if permits(comments, label) else "withheld")


LABELLED = st.lists(st.tuples(st.sampled_from(Severity), st.integers(1, 5), st.sampled_from(ASSIGNABLE)), max_size=9)


@given(LABELLED, LABELLED, st.sampled_from(ASSIGNABLE))
def test_what_is_posted_depends_on_nothing_that_is_withheld(
    one: list[tuple[Severity, int, Label]], two: list[tuple[Severity, int, Label]], comments: Label
) -> None:
    def made(rows: list[tuple[Severity, int, Label]]) -> list[Finding]:
        return [finding("x/y", "x.py", line, severity=severity, label=label) for severity, line, label in rows]

    low = [row for row in one if row[2] <= comments]
    posted = []
    for high in (one, two):
        findings = [*made(low), *made([row for row in high if row[2] > comments])]
        report = assemble(PULL, POLICY, [CHANGED], identify(findings), None, comments=comments)
        posted.append([item for item in report.findings if item.posted != "withheld"])
    assert posted[0] == posted[1]


@pytest.mark.parametrize(("outcome", "has_hunks", "whole"), [
    ("reviewed", True, True), ("reviewed", False, True), ("checked", False, True), ("checked", True, False),
    ("skipped", False, False), ("failed", False, False),
])  # fmt: skip
def test_what_was_only_moved_needs_no_model_and_what_was_not_read_is_no_success(
    outcome: Outcome, has_hunks: bool, whole: bool
) -> None:
    one = replace(CHANGED, outcome=outcome, hunks=CHANGED.hunks if has_hunks else ())
    assert is_whole(one) is whole
    read = replace(CHANGED, path="y.py", outcome="reviewed")
    assert (assemble(PULL, POLICY, [one, read], [], None).conclusion == "success") is whole


def test_a_report_knows_what_its_comments_may_show() -> None:
    assert assemble(PULL, POLICY, [], [], None, comments=Label.PUBLIC).comments == Label.PUBLIC


def test_a_report_takes_the_ids_of_its_findings_as_they_are() -> None:
    given = [replace(one, id=f"{number}") for number, one in enumerate(identify([HIGH, HIGH]))]
    assert [one.id for one in assemble(PULL, POLICY, [CHANGED], given, None).findings] == ["0", "1"]
