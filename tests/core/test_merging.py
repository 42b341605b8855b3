from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.checks import asynchrony, debug, exceptions, slips, testing
from reviewbot.core.diff import Side
from reviewbot.core.findings import Finding, Location, Severity
from reviewbot.core.labels import Label
from reviewbot.core.merging import MOST, defect, fold, merge, united

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


def claim(title: str, line: int | None = 1, *, end: int | None = None, severity: Severity = MEDIUM,
          confidence: float = 0.75, origin: str = "hosted", label: Label = Label.INTERNAL,
          path: str = "a.py", side: Side = "new") -> Finding:  # fmt: skip
    return Finding("model/logic", origin, severity, confidence, Location(path, side, line, end or line), title,
                   label=label)  # fmt: skip


def internal(rule: str, line: int | None = 1, severity: Severity = MEDIUM) -> Finding:
    return replace(finding(rule, line=line, severity=severity), label=Label.INTERNAL)


def test_a_claim_that_a_check_makes_already_is_named_there_and_put_aside() -> None:
    check = internal("calls/eval")
    said = claim("User input reaches eval()", severity=HIGH)
    (kept,), doubled = united([check], [said])
    assert (kept.rule, kept.severity, kept.body) == ("calls/eval", HIGH, "Also reported by hosted (model/logic).")
    assert doubled == (said,)


@pytest.mark.parametrize("said", [
    claim("User input reaches eval()", 2), claim("User input reaches eval()", None),
    claim("User input reaches eval()", label=Label.RESTRICTED), claim("User input reaches eval()", path="b.py"),
    claim("User input reaches eval()", side="old"), claim("The list may be empty"),
])  # fmt: skip
def test_a_claim_of_another_place_another_kind_or_another_label_stays(said: Finding) -> None:
    assert united([internal("calls/eval")], [said]) == ((internal("calls/eval"), said), ())


@pytest.mark.parametrize(
    ("lines", "is_one"), [((3, 5), True), ((5, 9), True), ((1, 3), True), ((6, 9), False), ((1, 2), False)]
)
def test_claims_whose_lines_meet_are_compared(lines: tuple[int, int], is_one: bool) -> None:
    kept, doubled = united([], [claim("The list may be empty", 3, end=5, severity=HIGH),
                                claim("the list may be EMPTY!", lines[0], end=lines[1])])  # fmt: skip
    assert (len(kept), len(doubled)) == ((1, 1) if is_one else (2, 0))


@pytest.mark.parametrize(("one", "other", "is_one"), [
    ("The list may be empty", "The list can be empty", True), ("The list may be empty", "A lock is never freed", False),
    ("a b c d e", "a b c x y", False), ("a b c d", "a b c", True), ("Empty list", "empty  list.", True),
])  # fmt: skip
def test_two_claims_say_the_same_where_most_of_their_words_do(one: str, other: str, is_one: bool) -> None:
    kept, _ = united([], [claim(one), claim(other)])
    assert len(kept) == (1 if is_one else 2)


def test_of_claims_that_say_the_same_the_worst_and_the_surest_stays_and_other_models_are_named() -> None:
    title = "The list may be empty"
    claims = [claim(title, severity=LOW, origin="local"), claim(title, severity=HIGH),
              claim(title, severity=HIGH, confidence=0.4, origin="local")]  # fmt: skip
    (kept,), doubled = united([], claims)
    assert (kept.severity, kept.confidence, kept.origin) == (HIGH, 0.75, "hosted")
    assert kept.body == "Also reported by local (model/logic)."
    assert len(doubled) == 2
    (alone,), _ = united([], [claim(title), claim(title)])
    assert alone.body == ""


def test_what_checks_found_is_kept_as_it_is_in_its_order() -> None:
    checked = [internal("a/b"), internal("a/b"), internal("calls/eval", None)]
    assert united(checked, [])[0] == tuple(checked)


TITLES = st.sampled_from(["The list may be empty", "the list may be empty!", "It calls eval", "Secrets leak"])
CLAIMS = st.lists(st.builds(claim, TITLES, st.integers(1, 3), severity=st.sampled_from(Severity),
                            label=st.sampled_from((Label.INTERNAL, Label.RESTRICTED))), max_size=6)  # fmt: skip


@given(CLAIMS, CLAIMS)
def test_no_claim_is_lost_and_none_is_shown_because_of_a_higher_label(one: list[Finding], two: list[Finding]) -> None:
    kept, doubled = united([internal("calls/eval")], one)
    assert len(kept) - 1 + len(doubled) == len(one)
    low = [item for item in one if item.label == Label.INTERNAL]
    other = [item for item in two if item.label == Label.RESTRICTED]
    found = [[item for item in united([internal("calls/eval")], claims)[0] if item.label == Label.INTERNAL]
             for claims in (low, [*other, *low], one)]  # fmt: skip
    assert found[0] == found[1] == found[2]


def test_what_a_higher_label_says_of_a_file_changes_nothing_that_is_told_below_it() -> None:
    low = [finding("calls/eval", line=line) for line in range(1, 4)]
    high = [
        replace(finding("calls/eval", "linter", line=line, severity=HIGH), label=Label.RESTRICTED) for line in (1, 8, 9)
    ]
    low = [replace(one, label=Label.INTERNAL) for one in low]

    def told(*findings: Finding) -> list[Finding]:
        merged = merge(fold(one for one in findings if one.origin.startswith("check:")),
                       fold(one for one in findings if one.origin == "linter"))  # fmt: skip
        return [one for one in merged if one.label == Label.INTERNAL]

    assert told(*low, *high) == told(*low)
    assert list(fold([*low, *(replace(one, rule="calls/eval") for one in high)])) == [*low, *high]
