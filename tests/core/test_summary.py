"""What a run says of itself: every count adds up and no word is greener than the reading."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core import summary
from reviewbot.core.diff import Side
from reviewbot.core.findings import Severity
from reviewbot.core.labels import ASSIGNABLE, Label, permits
from reviewbot.core.report import FileReport, Outcome, Record, Report
from tests.formats.samples import (
    BY_MODELS,
    EMPTY,
    FILES,
    MODELLED,
    QUIET,
    SHORT,
    USUAL,
    file,
    finding,
    hostile_reports,
    report,
)


def by(*outcomes: Outcome) -> Report:
    files = [replace(FILES[0], path=f"{number}.py", outcome=outcome) for number, outcome in enumerate(outcomes)]
    return report(files, ())


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (EMPTY, "nothing changed"),
        (QUIET, "checked, no model"),
        (BY_MODELS, "reviewed"),
        (USUAL, "incomplete: 1 file could not be read"),
        (by("skipped"), "nothing was read"),
        (by("reviewed", "checked", "skipped"), "reviewed in part: 1 of 3 files by a model"),
        (by("reviewed", "failed", "failed"), "incomplete: 2 files could not be read"),
    ],
)
def test_the_verdict(shown: Report, words: str) -> None:
    assert summary.verdict(shown) == words


def test_who_read_what_and_why_the_rest_was_not() -> None:
    assert summary.readers(BY_MODELS) == "1 reviewed by hosted, 1 reviewed by local"
    assert summary.readers(USUAL) == "5 checked, 1 skipped, 1 failed"
    assert summary.readers(EMPTY) == "nothing changed"
    assert summary.unread(USUAL) == [
        ("failed: git object is missing: a partial clone? fetch without --filter", 1),
        ("skipped: binary", 1),
    ]
    assert summary.unread(by("skipped", "skipped")) == [("skipped: no reason given", 2)]


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (USUAL, "exit code 3: 1 file could not be read, 1 finding at or above critical"),
        (QUIET, "exit code 0: nothing at or above critical"),
        (replace(QUIET, gate=None), "exit code 0: no severity blocks"),
        (replace(USUAL, files=(), exit_code=1, gate=Severity.HIGH), "exit code 1: 4 findings at or above high"),
        (replace(QUIET, exit_code=1), "exit code 1: something at or above critical"),
    ],
)
def test_the_exit_code_and_why(shown: Report, words: str) -> None:
    assert summary.standing(shown) == words


def test_counts_of_findings() -> None:
    assert summary.found(USUAL.findings) == "1 critical, 3 high, 1 medium, 1 low"
    assert summary.found(()) == "no findings"
    assert (summary.counted(1, "file"), summary.counted(1200, "file")) == ("1 file", "1,200 files")


def test_places() -> None:
    assert {item.rule: summary.place(item) for item in USUAL.findings} == {
        "credentials/added": "api/accounts.py:3", "calls/sql": "api/accounts.py:8",
        "exceptions/swallowed": "api/accounts.py:9-10", "config/unparsable": "api/settings.json:1",
        "move/zone": "api/fees.py", "debug/left": "ledger/fees.py:3 (removed)",
    }  # fmt: skip


def test_a_forge_sees_nothing_that_is_withheld_and_a_file_on_disk_no_credential() -> None:
    items = [
        finding("a/a", "x", 1),
        finding("a/b", "x", 1, posted="withheld"),
        finding("a/c", "x", 1, label=Label.SECRET),
    ]
    shown = report((), items)
    assert [item.rule for item in summary.published(shown).findings] == ["a/a"]
    assert [item.rule for item in summary.kept(shown).findings] == ["a/a", "a/b"]


@settings(max_examples=100, deadline=None)
@given(hostile_reports(), st.none() | st.sampled_from(ASSIGNABLE))
def test_nothing_that_a_sink_is_shown_is_above_its_clearance(shown: Report, clearance: Label | None) -> None:
    cleared = shown.comments if clearance is None else clearance
    out = summary.published(shown, clearance)
    assert all(permits(cleared, item.label) and item.posted != "withheld" for item in out.findings)
    assert (out.exit_code, out.conclusion) == (shown.exit_code, shown.conclusion)
    if cleared >= Label.RESTRICTED:
        assert replace(out, findings=shown.findings) == shown
        return
    labels = [file.label for file in out.files] + [item.label for item in out.dropped]
    assert all(permits(cleared, label) for label in labels)
    assert (out.usage, out.ledger, out.asides) == ((), None, ())
    assert [item for item in shown.files if permits(cleared, item.label)] == list(out.files)
    assert summary.is_short(shown, clearance)


def test_what_may_depend_on_any_label_is_told_where_all_of_it_may_be_told() -> None:
    shown = replace(USUAL, notices=("known", "an aside"), asides=("an aside",))
    assert summary.published(shown, Label.INTERNAL).notices == ("known",)
    assert summary.published(shown).notices == ("known", "an aside")


def test_the_status_of_what_is_shown_is_that_of_its_files_and_the_outcome_that_of_the_run() -> None:
    low, high = replace(FILES[0], outcome="reviewed"), replace(FILES[5], outcome="failed")
    out = summary.published(replace(report([low, high], (), status="partial", exit_code=3), comments=Label.INTERNAL))
    assert (out.status, out.exit_code) == ("reviewed", 3)
    assert summary.verdict(out) == "incomplete"
    assert summary.standing(out) == "exit code 3: something could not be read"


@pytest.mark.parametrize(("shown", "clearance", "is_short"), [
    (MODELLED, None, False), (SHORT, None, True), (MODELLED, Label.INTERNAL, True), (EMPTY, Label.PUBLIC, True),
    (EMPTY, None, False), (replace(MODELLED, findings=(finding("a/a", "x", 1, posted="withheld"),)), None, True),
])  # fmt: skip
def test_that_something_may_be_withheld_is_said_by_the_clearance_not_by_what_is(
    shown: Report, clearance: Label | None, is_short: bool
) -> None:
    assert summary.is_short(shown, clearance) is is_short


def test_what_models_took_what_was_put_aside_and_where_the_ledger_ends() -> None:
    assert list(summary.accounts(MODELLED)) == [
        "hosted (codestral-2508): 4 calls, 1 failed, 18,240 tokens in, 512 out, $0.0059, median 1.4 s, 95 % 3.9 s",
        "local (codestral:22b): 2 calls, 2,048 tokens in, 0 out, median 11.5 s, 95 % 14.2 s",
        "put aside: 1 refuted, 1 its quote is absent, 1 another finding says it",
        f"ledger head {'5e7a' * 16} after 21 lines of out/ledger.jsonl",
    ]
    assert list(summary.accounts(EMPTY)) == []
    unnamed = replace(EMPTY, ledger=Record("", 1, "0" * 64))
    assert list(summary.accounts(unnamed)) == [f"ledger head {'0' * 64} after 1 line"]


@pytest.mark.parametrize("files", [(), (FILES[5],)], ids=["none", "a restricted one"])
def test_where_something_may_be_withheld_nobody_says_that_nothing_changed(files: tuple[FileReport, ...]) -> None:
    shown = report(files, ())
    for out in (summary.published(shown, Label.INTERNAL), summary.published(replace(shown, comments=Label.INTERNAL))):
        assert (summary.verdict(out), summary.readers(out)) == ("nothing to show", "nothing to show")


@settings(max_examples=50, deadline=None)
@given(hostile_reports())
def test_every_account_is_on_one_line(shown: Report) -> None:
    for line in summary.accounts(shown):
        assert line.isprintable()


@pytest.mark.parametrize(("exit_code", "words"), [
    (4, "exit code 4: something may be read by no model of this run"),
    (3, "exit code 3: something could not be read"),
])  # fmt: skip
def test_an_exit_code_is_explained_where_its_reason_is_not_shown(exit_code: int, words: str) -> None:
    assert summary.standing(replace(QUIET, exit_code=exit_code)) == words


def test_findings_about_whole_files_are_shown_in_full_within_the_budget_of_their_own() -> None:
    whole = [finding("a/whole", f"{number}", None, severity=Severity.HIGH, posted="summary") for number in range(7)]
    rest = [finding("a/minor", "x", None, severity=Severity.INFO, posted="summary"),
            finding("a/folded", "x", 1, posted="summary"), finding("a/inline", "x", 1)]  # fmt: skip
    shown = report((), [*whole, *rest])
    chosen = [item.rule for item in shown.findings if item.id in summary.in_full(shown)]
    assert chosen == [*["a/whole"] * shown.policy.review.max_comments, "a/inline"]


def test_a_removed_line_belongs_to_the_file_that_removed_it_not_to_a_copy() -> None:
    text = "a\nb\nc\n"
    copy = file("copy.py", text, text + "d\n", old_path="old.py", change="copied")
    moved = file("new.py", text, "a\nc\n", old_path="old.py", change="renamed")
    shown = report([copy, moved], [finding("a/a", "old.py", 2, side="old"), finding("a/b", "gone.py", 1)])
    placed, strays = summary.placed(shown)
    assert {path: [item.rule for item in items] for path, items in placed.items()} == {"copy.py": [], "new.py": ["a/a"]}
    assert [item.rule for item in strays] == ["a/b"]


def test_a_removed_line_has_a_place_on_the_new_side() -> None:
    changed = file("x.py", "a\nb\nc\n", "a\nc\n")
    found = [finding("a/a", "x.py", line, side="old") for line in (1, 2, 3, 9, None)]
    found += [finding("a/a", "x.py", 2), finding("a/a", "gone.py", 2, side="old")]
    shown = replace(EMPTY, files=(changed,), findings=tuple(found))
    assert list(summary.new_lines(shown)) == [None, 1, 1, 2, None, 2, None]


def test_the_sign_of_a_line_is_what_became_of_it() -> None:
    changed = file("x.py", "a\nb\nc\n", "a\nB\nc\n")
    spots: list[tuple[str, int, Side]] = [
        ("+", 2, "new"), ("-", 2, "old"), (" ", 1, "new"), (" ", 3, "old"), (" ", 9, "new"),
    ]  # fmt: skip
    shown = report([changed], [finding("a/a", "x.py", line, side=side, title=sign) for sign, line, side in spots])
    signs = summary.signs(shown)
    assert [signs[item.id] for item in shown.findings] == [item.title for item in shown.findings]


def test_many_findings_on_removed_lines_take_linear_time() -> None:
    text = "".join(f"{number}\n" for number in range(20_000))
    found = [finding("a/a", "x.py", number, side="old", quote=str(number)) for number in range(1, 20_001)]
    shown = replace(EMPTY, files=(file("x.py", text, None),), findings=tuple(found))
    start = time.process_time()
    assert len(list(summary.new_lines(shown))) == len(summary.homes(shown)) == 20_000
    assert time.process_time() - start < 2


@settings(max_examples=50, deadline=None)
@given(hostile_reports())
def test_every_file_and_every_finding_is_counted_once(shown: Report) -> None:
    assert sum(summary.outcomes(shown).values()) == len(shown.files)
    assert sum(summary.severities(shown.findings).values()) == len(shown.findings)
    placed, strays = summary.placed(shown)
    assert sorted([item.id for items in (*placed.values(), strays) for item in items]) == sorted(
        item.id for item in shown.findings
    )
    unread = sum(number for _, number in summary.unread(shown))
    assert unread == sum(not summary.is_read(item) for item in shown.files)
    read, known = summary.lines_read(shown)
    assert 0 <= read <= known
