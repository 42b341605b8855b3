"""Markdown that says all and that no hostile text can turn into anything but words and code."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings

from reviewbot.core.labels import Label
from reviewbot.core.markup import visible_words
from reviewbot.core.report import Report
from reviewbot.core.summary import WITHHELD, published
from reviewbot.core.text import visible
from reviewbot.formats.markdown import MOST_FILES, MOST_LINES, render
from reviewbot.formats.markdown.drafts import LANGUAGES
from tests.formats.golden import same
from tests.formats.pages import RENDERERS, outside_code
from tests.formats.samples import (
    BY_MODELS,
    DRAFTED,
    EMPTY,
    FILES,
    MODELLED,
    QUIET,
    SHORT,
    USUAL,
    file,
    finding,
    hostile_reports,
    large,
    report,
)
from tests.servers.gitlab.quick_actions import extract

#: All that the template itself makes.
OURS = {"h2", "h3", "h4", "p", "strong", "code", "pre", "ul", "li", "details", "summary",
        "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip
ATTRIBUTES = {("th", "align", "right"), ("td", "align", "right"),
              ("th", "style", "text-align:right"), ("td", "style", "text-align:right"),
              *(("code", "class", f"language-{name}") for name in ("diff", *LANGUAGES))}  # fmt: skip
#: What a forge makes links, mentions, references or pictures of.
FORGE = re.compile(r"@\w|[#!&%~$]\d|://|www\.|\b[0-9a-f]{7,}\b|\w-\d|:\w+:|\[|\]", re.IGNORECASE)


def test_the_usual_report() -> None:
    same("report.md", render(USUAL))


def test_a_report_by_models() -> None:
    same("report-models.md", render(MODELLED))


def test_a_report_with_drafts() -> None:
    same("report-drafts.md", render(DRAFTED))


def test_a_report_by_models_where_comments_may_show_less() -> None:
    text = render(SHORT)
    same("report-models-short.md", text)
    for hidden in ("ledger", "fees", "MINIMUM", "restricted", "tokens in", "5e7a", "floor"):
        assert hidden not in text
    assert "\n* put aside: 1 refuted, 1 another finding says it\n" in text


@settings(max_examples=50, deadline=None)
@given(hostile_reports())
def test_hostile_texts_make_no_element_and_no_attribute(shown: Report) -> None:
    for parse in RENDERERS:
        page = parse(render(shown))
        assert page.names <= OURS
        assert {(name, key, value) for name, pairs in page.elements for key, value in pairs.items()} <= ATTRIBUTES
        assert page.others == []


@settings(max_examples=50, deadline=None)
@given(hostile_reports())
def test_hostile_texts_are_read_as_they_are(shown: Report) -> None:
    for parse in RENDERERS:
        text = parse(render(shown)).text
        for item in published(shown).findings:
            assert visible_words(item.title).replace("`", "") in text.replace("`", "")
            assert visible_words(item.body).replace("`", "") in text.replace("`", "")
            assert visible(item.rule) in text
        for changed in published(shown).files:
            assert visible(changed.path).replace("|", "\\x7c") in text


@settings(max_examples=50, deadline=None)
@given(hostile_reports())
def test_a_forge_finds_nothing_to_act_on(shown: Report) -> None:
    source = render(shown)
    plain = outside_code(source)
    assert re.search(r"^[ \t\r]*/", plain, re.MULTILINE) is None
    assert extract(source)[1] == []
    assert all(character in "\n\t" or visible(character) == character for character in set(source))
    assert FORGE.findall(plain) == []


def test_what_is_not_inline_is_folded_and_nothing_is_lost() -> None:
    open_, folded = render(USUAL).split("<details>", 1)
    assert [item.rule for item in USUAL.findings if f": {item.title}\n" in open_] == [
        "credentials/added", "config/unparsable", "calls/sql", "move/zone",
    ]  # fmt: skip
    assert [item.rule for item in USUAL.findings if f": {item.title}\n" in folded] == [
        "exceptions/swallowed",
        "debug/left",
    ]


def test_of_what_is_withheld_there_is_one_line_and_no_count() -> None:
    items = [finding("calls/sql", "x.py", 1, posted="withheld"), finding("debug/left", "x.py", 1)]
    one, two = (render(report([file("x.py", None, "x\n")], found)) for found in (items, [*items, items[0]]))
    assert one == two
    assert WITHHELD in one
    assert "SQL" not in one
    assert "calls/sql" not in one
    assert "1 low ·" in one
    assert WITHHELD not in render(USUAL)


def test_what_was_not_read_is_counted_with_its_reason_and_named_first() -> None:
    text = render(USUAL)
    assert "* 1 file skipped: binary\n" in text
    assert text.index("`vendor/blob.bin`") < text.index("| `api/accounts.py`")


@pytest.mark.parametrize(
    ("shown", "words"), [(QUIET, "checked, no model"), (EMPTY, "nothing changed"), (BY_MODELS, "reviewed")]
)
def test_the_heading_says_how_it_was_read(shown: Report, words: str) -> None:
    assert render(shown).startswith(f"## reviewbot: {words}\n")


def test_who_read_is_said_for_each_file() -> None:
    assert "| `api/accounts.py` | internal | `default` | reviewed `hosted` |" in render(BY_MODELS)


def test_who_says_it_and_how_sure_is_said_of_models_and_not_of_checks() -> None:
    text = render(MODELLED)
    assert text.count("\nSaid by ") == 2
    assert "\nSaid by `hosted`, confidence 90 %.\n" in text
    assert "```diff\n+        return found or NOBODY\n```" in text


@settings(max_examples=30, deadline=None)
@given(hostile_reports())
def test_what_a_comment_shows_is_up_to_its_clearance_and_it_says_that_there_may_be_more(shown: Report) -> None:
    text = render(shown)
    assert (WITHHELD in text) is (
        shown.comments < Label.RESTRICTED or any(item.posted == "withheld" for item in shown.findings)
    )
    if shown.comments < Label.RESTRICTED:
        assert "ledger head" not in text
        assert "tokens in" not in text
    above = {item.title for item in shown.findings if item.label > shown.comments}
    assert not above & {item.title for item in published(shown).findings if item.label > shown.comments}


def test_a_quoted_line_that_did_not_change_is_not_called_added() -> None:
    shown = report(FILES[:1], [finding("debug/left", "api/accounts.py", 1, quote="import sqlite3")])
    assert "```diff\n│ import sqlite3\n```" in render(shown)


def test_long_quotes_and_long_tables_are_cut_with_a_count() -> None:
    text = render(report((), [finding("debug/left", "x.py", 1, quote="x\n" * MOST_LINES + "last")]))
    assert "… 1 more line\n```" in text
    assert "\nand 3 more files\n" in render(large(MOST_FILES + 3, 1, 0))


def test_a_finding_with_no_text_at_all_has_a_heading() -> None:
    bare = replace(finding("debug/left", "x.py", 1), title="", body="", rule="")
    assert "#### low: untitled\n\n`x.py:1` · no rule ·" in render(replace(EMPTY, findings=(bare,)))
