"""The page as text: everything is in it, in its place, and nothing of the change is anything but text."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings

from reviewbot.core.diff import Hunk, Line
from reviewbot.core.drafts import Drafts
from reviewbot.core.labels import Label
from reviewbot.core.report import Report
from reviewbot.core.text import visible
from reviewbot.formats.html import render
from reviewbot.formats.html.drafts import LARGEST, MOST
from reviewbot.formats.html.rows import OPEN, WIDE, layout, marked
from tests.formats.pages import Page
from tests.formats.samples import (
    BY_MODELS,
    DRAFTED,
    DRAFTS,
    EMPTY,
    FILES,
    MODELLED,
    QUIET,
    SHORT,
    USUAL,
    file,
    finding,
    hostile_drafts,
    hostile_reports,
    large,
    report,
)

OURS = {
    "html", "head", "meta", "title", "style", "script", "body", "header", "nav", "main", "section", "footer",
    "a", "b", "button", "code", "dd", "details", "div", "dl", "dt", "h1", "h2", "kbd", "li", "mark", "ol", "p", "pre",
    "rect", "span", "strong", "summary", "svg", "ul", "table", "colgroup", "col", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
#: No attribute that loads, sends, runs or styles.
ATTRIBUTES = re.compile(
    "lang|charset|http-equiv|content|name|class|id|href|hidden|open|type|scope|colspan|tabindex|role|aria-[a-z]+|data-[a-z]+"
    "|viewbox|preserveaspectratio|x|width|height"
)


@pytest.fixture(scope="module")
def usual() -> Page:
    return Page(render(USUAL))


@settings(max_examples=50, deadline=None)
@given(hostile_reports())
def test_hostile_texts_make_no_element_and_no_attribute(shown: Report) -> None:
    page = Page(render(shown))
    assert page.names <= OURS
    attributes = [(name, key, value or "") for name, pairs in page.elements for key, value in pairs.items()]
    assert [key for _, key, _ in attributes if not ATTRIBUTES.fullmatch(key)] == []
    assert [value for _, key, value in attributes if key == "href" and not re.fullmatch("#[a-z0-9-]+", value)] == []
    ids = [value for _, key, value in attributes if key == "id"]
    assert len(ids) == len(set(ids))
    assert page.others == ["doctype html"]


@settings(max_examples=50, deadline=None)
@given(hostile_reports())
def test_hostile_texts_are_read_as_they_are(shown: Report) -> None:
    text = Page(render(shown)).text
    for item in shown.findings:
        assert "\t".join(map(visible, item.title.split("\t"))).replace("`", "") in text.replace("`", "")
    for changed in shown.files:
        for line in (line for hunk in changed.hunks for line in hunk.lines):
            assert "\t".join(map(visible, line.text.split("\t"))) in text


def test_the_page_may_use_its_own_parts_only() -> None:
    page = render(USUAL)
    policy = re.search(r'content="(default-src [^"]*)"', page)
    assert policy is not None
    hashes = {}
    for part in ("style", "script"):
        (text,) = re.findall(f"<{part}>(.*?)</{part}>", page, re.DOTALL)
        hashes[part] = f"&#39;sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}&#39;"
    assert policy[1] == (
        f"default-src &#39;none&#39;; style-src {hashes['style']}; script-src {hashes['script']}; "
        "base-uri &#39;none&#39;; form-action &#39;none&#39;"
    )


def test_every_file_has_its_label_and_who_read_it() -> None:
    text = render(replace(BY_MODELS, files=(*BY_MODELS.files, *FILES[3:])))
    heads = re.findall(r'<details class="file".*?</summary>', text, re.DOTALL)
    said = [re.sub(r"\s+", " ", Page(head).text).strip() for head in heads]
    assert said == [
        "api/accounts.py +6 −1 internal reviewed by hosted 1 medium",
        "ledger/core.py +1 −1 restricted reviewed by local",
        "docs/guide.md +2 −0 public checked, no model",
        "docs/logo.png internal skipped",
        "ledger/core.py +1 −1 restricted checked, no model",
        "vendor/blob.bin added internal failed",
    ]


@pytest.mark.parametrize(
    ("shown", "kind", "words"),
    [
        (QUIET, "neutral", "checked, no model"),
        (EMPTY, "neutral", "nothing changed"),
        (USUAL, "failure", "incomplete: 1 file could not be read"),
        (BY_MODELS, "success", "reviewed"),
    ],
)
def test_the_verdict_is_no_greener_than_the_reading(shown: Report, kind: str, words: str) -> None:
    assert f'<p class="verdict {kind}"><strong>{kind}</strong>\n<span>{words}</span></p>' in render(shown)


def test_a_finding_stands_below_its_line_and_a_folded_one_is_there_too(usual: Page) -> None:
    text = usual.text
    lines = ["TOKEN = ", "Credential in the change: github-token", "def account", "SQL built by formatting", "pass\n",
             "Swallowed exception", "Left a restricted zone", "@@ -1,4 +1,3 @@", "print(", "Debug output removed",
             "return max(amount * rate, FLOOR)"]  # fmt: skip
    places = [text.index(line) for line in lines]
    assert places == sorted(places)
    folded = {
        pairs["id"]: "open" not in pairs
        for _, pairs in usual.elements
        if str(pairs.get("class")).startswith("finding ")
    }
    assert folded == {
        f"finding-{item.id}": item.rule in ("exceptions/swallowed", "debug/left") for item in USUAL.findings
    }


def test_what_was_not_read_says_why(usual: Page) -> None:
    assert "Not read: binary" in usual.text
    assert "Not read: git object is missing: a partial clone? fetch without --filter" in usual.text


def test_every_rule_is_explained_and_findings_lead_there(usual: Page) -> None:
    links = {pairs["href"] for name, pairs in usual.elements if name == "a" and str(pairs["href"]).startswith("#rule-")}
    assert links <= {f"#{pairs['id']}" for name, pairs in usual.elements if name == "tr" and "id" in pairs}
    assert all(f"{rule.title}. {rule.reason}" in usual.text for rule in USUAL.rules)


def test_a_finding_about_no_file_of_the_change_is_shown() -> None:
    text = Page(render(report(FILES[:1], [finding("calls/sql", "elsewhere.py", 4, quote="q = f'{x}'")]))).text
    assert "About no file of this change" in text
    assert "q = f'{x}'" in text


def test_many_lines_fold_with_a_count_and_none_is_lost() -> None:
    long = file("x.py", None, "".join(f"line {number};\n" for number in range(OPEN + 99)))
    page = render(report([long], [finding("debug/left", "x.py", OPEN + 50)]))
    assert '<details class="rest"><summary>100 more lines, 1 finding</summary>' in page
    assert len(re.findall(r"line \d+;", page)) == OPEN + 99


def test_what_no_page_can_hold_is_counted_and_its_findings_stay() -> None:
    lines = [Line(None, number, "x" * 80) for number in range(1, 9)]
    shown = replace(FILES[0], hunks=(Hunk(0, 0, 1, 8, "", tuple(lines)),))
    found = [finding("debug/left", shown.path, line) for line in (1, 8)]
    laid = layout(shown, found, 1000)
    assert (laid.left_out, laid.room, laid.above) == (4, 0, (found[1],))
    assert [group.findings for part in laid.parts for group in part.groups] == [(found[0],), ()]
    rest = layout(shown, (), laid.room)
    assert (rest.left_out, rest.parts) == (8, ())


def test_a_long_line_is_cut_with_a_count() -> None:
    assert "… (23 more characters)" in render(report([file("x.py", None, "y" * (WIDE + 23) + "\n")], ()))


def test_files_without_findings_begin_folded_only_where_there_are_many_lines() -> None:
    few, many = (re.findall(r'class="file" id="file-\d+"( open)?', render(large(40, lines, 1))) for lines in (9, 90))
    assert set(few) == {" open"}
    assert many == [" open", *[""] * 39]


def test_what_is_in_backticks_is_code() -> None:
    found = finding("debug/left", "api/accounts.py", 3, title="`print` left in", body="See `a<b>` (`x`).\nNot a`b`.")
    page = render(report(FILES[:1], [found]))
    assert "<strong><code>print</code> left in</strong>" in page
    assert '<p class="body">See <code>a&lt;b&gt;</code> (<code>x</code>).\nNot a`b`.</p>' in page


def test_what_is_withheld_or_cannot_be_seen_is_marked() -> None:
    assert marked('x = "⟦github-token⟧"\u202e\ty<') == (
        'x = &#34;<mark class="withheld">⟦github-token⟧</mark>&#34;<mark class="odd">\\u{202e}</mark>\ty&lt;'
    )
    assert marked("⟦<b>⟧") == "⟦&lt;b&gt;⟧"


def test_a_hunk_from_which_a_credential_is_withheld_says_so() -> None:
    shown = replace(FILES[0], hunk_labels=(Label.SECRET,))
    assert "@@ -1,5 +1,10 @@  a credential is withheld" in Page(render(report([shown], ()))).text


def test_a_missing_newline_is_said() -> None:
    for newline in (True, False):
        hunk = Hunk(0, 0, 1, 1, "", (Line(None, 1, "x", newline),))
        text = render(report([replace(FILES[0], hunks=(hunk,))], ()))
        assert ("no newline at end of file" in text) is not newline


def test_what_is_withheld_from_the_forge_is_here_but_a_credential_is_not() -> None:
    items = [
        finding("calls/sql", "x.py", 1, posted="withheld", label=Label.RESTRICTED),
        finding("debug/left", "x.py", 1, posted="withheld", label=Label.SECRET, title="AKIA"),
    ]
    text = Page(render(report([file("x.py", None, "x\n")], items))).text
    assert "withheld from the forge" in text
    assert "SQL built by formatting" in text
    assert "AKIA" not in text
    assert "withheld from everyone" in text


def test_the_section_of_a_hunk_was_not_searched_for_credentials_and_stays_out() -> None:
    hunk = Hunk(9, 1, 9, 1, 'PASSWORD = "hunter2"', (Line(9, None, "a"), Line(None, 9, "b")))
    assert "hunter2" not in render(report([replace(FILES[0], hunks=(hunk,))], ()))


def test_three_hundred_files_take_no_time_worth_naming() -> None:
    shown = large(300, 100, 40)
    start = time.process_time()
    page = render(shown)
    assert time.process_time() - start < 2  # 0.2 s on an idle machine
    assert len(page) < 5_000_000


def test_what_models_took_what_was_put_aside_and_where_the_ledger_ends_are_told() -> None:
    text = " ".join(Page(render(MODELLED)).text.split())
    assert "codestral-2508" in text
    assert "18,240" in text
    assert "5e7a" * 16 in text
    for aside in MODELLED.dropped:
        assert aside.title in text
        assert aside.reason.replace("`", "") in text
    assert "reviewed by hosted+local" in text
    assert "what was found could not be verified: timeout" in text


def test_a_suggestion_is_shown_as_text() -> None:
    page = render(MODELLED)
    assert '<pre class="suggestion">        return found or NOBODY</pre>' in page


def test_what_comments_may_not_show_is_marked_as_withheld_from_the_forge() -> None:
    text = Page(render(SHORT)).text
    assert text.count("withheld from the forge") == 1
    assert "The floor can be negative" in text
    assert "withheld from the forge" not in Page(render(MODELLED)).text


@settings(max_examples=80, deadline=None)
@given(hostile_drafts)
def test_drafts_are_read_as_they_are_and_copied_only_where_they_are_shown_so(drafts: Drafts) -> None:
    page = render(replace(EMPTY, drafts=drafts))
    text = Page(page).text
    assert Page(page).names <= OURS
    told = [*([drafts.message.text] if drafts.message else []), *(item.content for item in drafts.scaffolds),
            *("\n".join(item.commands) or item.message.text for item in drafts.rewordings)]  # fmt: skip
    for one in told:
        assert "\n".join("\t".join(map(visible, line.split("\t"))) for line in one.split("\n")) in text
    exact = [one for one in told if all(visible(line) == line for line in re.split("[\n\t]", one))]
    assert page.count('<button type="button" data-copy=') == len(exact)
    assert page.count("Not to be copied from here") == len(told) - len(exact)


def test_all_that_is_offered_is_on_the_page_with_who_wrote_it_and_what_it_passed() -> None:
    page = render(replace(DRAFTED, comments=Label.INTERNAL))
    text = " ".join(Page(page).text.split())
    assert "Suggested commit message written by local restricted withheld from the forge copy fix(api)!: no" in text
    assert "0a1b2c3d4e wip → feat(api): read the token from the module says nothing · written by reviewbot" in text
    assert "✓passed: parsed –not tried: collected –not tried: ran 3 times –not tried: fails on a changed target" in text
    assert "✓passed: parsed ✓passed: collected ✗failed: ran 3 times –not tried: fails on a changed target" in text
    assert "of api/accounts.py::account for pytest, 3 expectations to be written · written by reviewbot, no" in text
    assert "no scaffold for 2 targets api/main.py::main: no test can reach it" in text
    assert '<a href="#message">commit message</a>, <a href="#scaffolds">3 test scaffolds</a>' in page
    assert "withheld from the forge" not in Page(render(DRAFTED)).text
    assert not {"message", "scaffolds", "commits"} & set(re.findall('id="([a-z]+)"', render(USUAL)))


def test_what_is_too_long_or_too_much_for_a_page_is_cut_and_counted_and_not_copied() -> None:
    long = replace(DRAFTS.scaffolds[0], content="x = 1\n" * LARGEST)
    page = render(replace(EMPTY, drafts=Drafts(rewordings=DRAFTS.rewordings * MOST, scaffolds=(long,) * (MOST + 3))))
    assert page.count("data-copy=") == MOST
    assert "more characters)" in page
    assert "and 3 more scaffolds: the JSON report has all" in page
    assert f"and {MOST} more commits: the JSON report has all" in page
    assert len(page) < 25_000_000


def test_a_message_that_tells_a_part_says_so() -> None:
    page = render(replace(EMPTY, drafts=Drafts(messages=DRAFTS.messages[:1])))
    assert '<p class="warning">It tells a part of the change only.</p>' in page


def test_a_message_that_only_who_may_see_everything_is_shown_is_marked_as_withheld() -> None:
    whole = replace(DRAFTS.messages[0], subject="the whole of it")
    drafts = Drafts(messages=DRAFTS.messages[:1], whole=whole)
    for comments, is_marked in ((Label.CONFIDENTIAL, True), (Label.RESTRICTED, False)):
        text = Page(render(replace(EMPTY, drafts=drafts, comments=comments))).text
        assert "the whole of it" in text
        assert ("withheld from the forge" in text) is is_marked
