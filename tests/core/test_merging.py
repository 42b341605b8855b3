from __future__ import annotations

import pytest

from reviewbot.checks import asynchrony, debug, exceptions, slips, testing
from reviewbot.core.findings import Finding, Location, Severity
from reviewbot.core.merging import MOST, defect, fold, merge

HIGH, MEDIUM, LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW


def finding(rule: str, origin: str = "", line: int | None = 1, severity: Severity = MEDIUM, title: str = "") -> Finding:
    made = origin or f"check:{rule.split('/')[0]}"
    return Finding(rule, made, severity, 0.9, Location("a.py", "new", line, line), title or rule)


def test_few_findings_of_a_rule_are_all_listed() -> None:
    few = [finding("a/b", line=line) for line in range(MOST)]
    assert list(fold(few)) == few


def test_many_findings_of_a_rule_are_counted_in_the_last() -> None:
    folded = list(fold([*(finding("a/b", line=line) for line in range(MOST + 2)), finding("a/c")]))
    assert [item.location.line for item in folded] == [0, 1, 2, 3, 4, 1]
    assert folded[MOST - 1].body == " 2 more places in this file."


def test_two_tools_on_one_defect_are_one_finding_that_names_the_other() -> None:
    (one,) = merge([finding("exceptions/swallowed")], [finding("E722", "ruff", severity=HIGH)])
    assert (one.rule, one.severity) == ("exceptions/swallowed", HIGH)
    assert one.body == "Also reported by ruff (E722)."


def test_other_lines_other_defects_and_whole_files_stay_apart() -> None:
    ours = [finding("exceptions/swallowed"), finding("exceptions/swallowed", line=None)]
    theirs = [finding("E722", "ruff", line=2), finding("F821", "ruff"), finding("E722", "ruff", line=None)]
    assert merge(ours, theirs) == (*ours, *theirs)


def test_a_linter_never_takes_the_place_of_our_own_finding_however_severe() -> None:
    theirs = finding("semgrep/subprocess-shell-true", "check:semgrep", severity=Severity.CRITICAL)
    (one,) = merge([finding("calls/shell", severity=LOW)], [theirs])
    assert (one.rule, one.severity) == ("calls/shell", Severity.CRITICAL)
    assert "check:semgrep (semgrep/subprocess-shell-true)" in one.body


def test_the_name_of_a_linter_is_no_class_of_defect() -> None:
    theirs = finding("sqlfluff/LT01", "check:sqlfluff")
    assert merge([finding("calls/sql")], [theirs]) == (finding("calls/sql"), theirs)


def test_equal_findings_are_one_and_two_of_one_rule_are_two() -> None:
    assert len(merge([finding("a/b"), finding("a/b")])) == 1
    assert len(merge([finding("a/b"), finding("a/b", title="other")])) == 2


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("exceptions/swallowed", ("E722", "B110", "S110", "no-empty", "javascript.lang.empty-catch-block")),
        ("slips/mutable-default", ("B006", "W0102", "dangerous-default-value")),
        ("slips/literal-identity", ("F632", "R0123")),
        ("debug/breakpoint", ("T100", "no-debugger", "pdb-remove")),
        ("debug/dump", ("no-console", "T201")),
        ("tests/focused", ("no-only-tests", "jest/no-focused-tests")),
        ("tests/skipped", ("jest/no-disabled-tests",)),
        ("async/not-awaited", ("RUF006", "no-floating-promises")),
        ("exceptions/finally-leaves", ("B012", "no-unsafe-finally", "W0150", "SIM107")),
        ("slips/same-operands", ("no-self-compare", "PLR0124")),
        ("slips/unused-comparison", ("B015", "W0106")),
        ("slips/repeated-key", ("F601", "no-dupe-keys", "no-duplicate-case")),
        ("slips/unreachable", ("no-unreachable", "W0101")),
        ("slips/assert-tuple", ("F631", "W0199")),
        ("slips/nan-comparison", ("use-isnan", "PLW0177")),
        ("slips/typeof", ("valid-typeof",)),
        ("slips/assigned-condition", ("no-cond-assign",)),
        ("async/blocking", ("ASYNC251", "ASYNC210")),
        ("exceptions/not-raised", ("PLW0133", "F901")),
    ],
)  # fmt: skip
def test_our_rules_are_of_the_class_that_other_tools_find(ours: str, theirs: tuple[str, ...]) -> None:
    assert {defect(rule) for rule in theirs} == {defect(ours)}


def test_rules_of_one_check_share_a_class_only_where_they_mean_one_thing() -> None:
    shared = {"debug", "async"}
    for check in (asynchrony, debug, exceptions, slips, testing):
        classes = [defect(rule.id) for rule in check.RULES]
        assert {name for name in classes if classes.count(name) > 1} <= shared
