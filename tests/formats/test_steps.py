"""The summary of a step: what a log may show, and never so much that GitHub drops it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from reviewbot.core.report import Report
from reviewbot.formats import steps
from tests.formats.golden import same
from tests.formats.pages import RENDERERS, outside_code
from tests.formats.samples import DRAFTED, DRAFTS, file, finding, hostile_reports, report


def test_long_names_do_not_make_it_larger_than_github_takes() -> None:
    """GitHub drops a summary of more than a mebibyte, and in a pull request of a fork there is little else."""
    deep = "/".join(["\u202e" * 60] * 12)
    files = [file(f"{deep}/{number}.py", None, "x = 1\n") for number in range(steps.MOST)]
    findings = tuple(finding("calls/eval", one.path, 1) for one in files)
    assert len(steps.render(replace(report(files, ()), findings=findings)).encode()) < 2**20


def test_drafts_are_counted_and_named_and_no_word_of_them_is_there() -> None:
    text = steps.render(DRAFTED)
    same("steps-drafts.md", text)
    for hidden in ("look accounts up", "floor", "pytest", "test_core", "git commit", "fill-in", "main"):
        assert hidden not in text
    many = steps.render(replace(DRAFTED, drafts=replace(DRAFTS, scaffolds=DRAFTS.scaffolds[:1] * 25)))
    assert many.count("test_accounts.py") == steps.MOST_SCAFFOLDS
    assert "\n* and 5 more scaffolds\n" in many


@settings(max_examples=50, deadline=None)
@given(hostile_reports())
def test_hostile_names_stay_words_and_code(shown: Report) -> None:
    source = steps.render(shown)
    for parse in RENDERERS:
        assert parse(source).names <= {"h3", "p", "strong", "code", "ul", "li"}
    assert "@" not in outside_code(source)
