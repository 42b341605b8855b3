"""What the bot says on a forge: short, calm, and never more than words and code, whatever a text tries."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.commands import NAMES, parse
from reviewbot.core.conversation import MAX_BODY
from reviewbot.core.findings import Finding, Location, Posted, Severity
from reviewbot.core.labels import Label
from reviewbot.core.markup import visible_words
from reviewbot.core.report import Record, Report
from reviewbot.core.summary import WITHHELD, is_short, published
from reviewbot.core.text import visible
from reviewbot.formats.comments import (
    UNKNOWN,
    Standing,
    again,
    dismissed,
    drafted_message,
    drafted_scaffolds,
    explained,
    fixed,
    gone,
    helped,
    refusal,
    remark,
    review,
    summary,
    twice,
    unheard,
)
from reviewbot.formats.markdown.drafts import LANGUAGES
from tests.formats.golden import same
from tests.formats.pages import RENDERERS, outside_code
from tests.formats.samples import (
    BY_MODELS,
    DRAFTED,
    DRAFTS,
    DROPPED,
    FEES_NEW,
    FEES_OLD,
    FILES,
    FINDINGS,
    MODELLED,
    QUIET,
    RULES,
    SHORT,
    USAGE,
    USUAL,
    file,
    finding,
    hostile_reports,
    hostile_text,
    large,
    report,
)
from tests.servers.gitlab.quick_actions import extract

HEAD = "f31b0d77e2" * 4
#: All that the templates themselves make.
OURS = {"h3", "p", "strong", "code", "pre", "ul", "li", "details", "summary"}
ATTRIBUTES = {("details", "open", None),
              *(("code", "class", f"language-{name}") for name in ("diff", *LANGUAGES))}  # fmt: skip
#: What a forge makes links, mentions, references, pictures or labels of, outside of code.
FORGE = re.compile(
    r"@\w|[#!&%~$^]\w|://|www\.|\b[0-9a-f]{7,}\b|\b[A-Z]{2}-\d|:\w+:|\[|\]|<(?!/?details|/?summary)", re.IGNORECASE
)
CLOSING = re.compile(r"(?i)\b(?:clos|fix|resolv|implement)\w*:?\s+(?:issues?\s+)?(?:#|\w+/\w+#|https?:|GH-)")
#: What most would read: three files, read by two models, three remarks.
THREE = replace(
    report(
        (replace(FILES[0], outcome="reviewed", route="hosted"),
         file("api/fees.py", FEES_OLD, FEES_NEW, outcome="reviewed", route="hosted"),
         replace(FILES[5], outcome="reviewed", route="local")),
        (FINDINGS[1], replace(FINDINGS[2], posted="inline"),
         finding("model/logic", "ledger/core.py", 3, origin="local", title="Zero is posted", severity=Severity.HIGH,
                 body="An amount of `0` passes now.", quote="        if amount < 0:", label=Label.RESTRICTED)),
        status="reviewed", conclusion="success",
    ),
    usage=USAGE, dropped=DROPPED, ledger=Record("out/ledger.jsonl", 21, "5e7a" * 16),
)  # fmt: skip
CLEAN = replace(THREE, findings=())
FAILED = report(
    (replace(FILES[0], outcome="failed", reason="hosted: rate limited; local: server busy"), FILES[6]), (),
    status="failed", conclusion="neutral", exit_code=3, notices=("The deadline of 600 s ended the review.",),
)  # fmt: skip
LONG = replace(
    large(40, 3, 18),
    findings=tuple(replace(item, posted="inline" if number < 5 else "summary")
                   for number, item in enumerate(large(40, 3, 18).findings)),
)  # fmt: skip


def require_inert(source: str) -> None:
    """Two parsers and the filters of the forges find nothing but what the templates make."""
    for parsed in RENDERERS:
        page = parsed(source)
        assert page.names <= OURS
        assert {(name, key, value) for name, pairs in page.elements for key, value in pairs.items()} <= ATTRIBUTES
        assert page.others == []
    plain = outside_code(source)
    assert re.search(r"^[ \t\r]*/", plain, re.MULTILINE) is None
    assert re.search(r"^[ \t\r]*/[a-z_]+([ \t]|$)", source, re.MULTILINE | re.IGNORECASE) is None
    assert extract(source)[1] == []
    assert "\t" not in plain
    assert all(character in "\n\t" or visible(character) == character for character in set(source))
    assert re.search(r"<!--\s*reviewbot", source, re.IGNORECASE) is None
    assert FORGE.findall(plain) == []
    assert CLOSING.search(plain) is None
    depth = 0
    for tag in re.findall(r"</?details", plain):
        depth += 1 if tag == "<details" else -1
        assert 0 <= depth <= 1
    assert depth == 0
    assert len(source) <= MAX_BODY
    assert parse(source) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("three", summary(THREE, Standing(new=2, fixed=1, still_open=1, dismissed=1))),
        ("clean", summary(CLEAN, Standing(fixed=3))),
        ("long", summary(LONG, Standing(new=5))),
        ("withheld", summary(SHORT, Standing(new=3))),
        ("failed", summary(FAILED, Standing())),
        ("refused", summary(USUAL, Standing(new=2, refused={USUAL.findings[2].id: "the line is not in the diff"}))),
        ("remark", remark(MODELLED.findings[1], shown="    return max(amount * rate, 0)")),
        ("explained", explained(USUAL.findings[2], RULES[1], USUAL)),
        ("help", helped()),
        ("drafts", summary(DRAFTED, Standing(new=4))),
        ("drafts-short", summary(replace(DRAFTED, comments=Label.INTERNAL), Standing(new=3))),
        ("message", drafted_message(DRAFTS, HEAD)),
        ("scaffolds", drafted_scaffolds(DRAFTS, HEAD)),
    ],
)  # fmt: skip
def test_what_people_read(name: str, text: str) -> None:
    require_inert(text)
    same(f"comment-{name}.md", text)


def test_a_review_of_three_files_is_short() -> None:
    shown, _, folded = summary(THREE, Standing(new=3)).partition("<details>")
    assert len([line for line in shown.split("\n") if line]) <= 15
    assert len(folded.split("\n")) <= 12


class Told:
    """Every text that is made of one report."""

    def __init__(self, shown: Report, text: str) -> None:
        self.refused = {item.id: text for item in shown.findings[:1]}
        self.summary = summary(shown, Standing(1, 1, 1, 1, 1, self.refused))
        self.others = [*self._others(shown, text)]

    def _others(self, shown: Report, text: str) -> Iterator[str]:
        yield from (review(1, text), review(0, text), fixed(text), again(text), gone(text), unheard(text))
        yield from (twice(), helped(), drafted_message(shown.drafts, text), drafted_scaffolds(shown.drafts, text))
        yield from (refusal(text, text), dismissed(None, False, text), dismissed(None, False, ""))
        for item in shown.findings:
            yield remark(item, title_of_rule=text, shown=text)
            yield dismissed(item, True, text)
            yield explained(item, replace(RULES[0], title=text, reason=text), shown)


@settings(max_examples=80, deadline=None)
@given(hostile_reports(), hostile_text)
def test_hostile_texts_stay_words_and_code(shown: Report, text: str) -> None:
    told = Told(shown, text)
    for source in (told.summary, *told.others):
        require_inert(source)


@pytest.mark.parametrize("text", ["<!-- reviewbot:1 AAAA - -->", "x\n<!-- reviewbot:1 AAAA - -->", "<!--\treviewbot:1",
                                  "`<!-- reviewbot:1 AAAA - -->`", "<!-- ReviewBot -->"])  # fmt: skip
def test_no_text_passes_for_a_mark(text: str) -> None:
    item = replace(finding(text, text, 1, title=text, body=text, quote=text, origin=text, suggestion=text), id=text)
    shown = replace(report([file(text, None, text, route=text, outcome="reviewed")], [item], notices=(text,)),
                    usage=USAGE, dropped=DROPPED)  # fmt: skip
    told = Told(replace(shown, findings=(replace(item, posted="summary"), item)), text)
    for source in (told.summary, *told.others):
        require_inert(source)


@settings(max_examples=50, deadline=None)
@given(hostile_reports(), hostile_text)
def test_the_same_report_gives_the_same_texts(shown: Report, text: str) -> None:
    one, other = Told(shown, text), Told(shown, text)
    assert (one.summary, one.others) == (other.summary, other.others)


@settings(max_examples=50, deadline=None)
@given(hostile_reports())
def test_what_is_read_is_what_was_written(shown: Report) -> None:
    for item in published(shown).findings:
        for parsed in RENDERERS:
            text = parsed(remark(item)).text.replace("`", "")
            assert visible_words(item.title).replace("`", "")[:100] in text
            assert visible_words(item.body).replace("`", "")[:400] in text
            assert visible(item.rule).replace("`", "").replace("<!--", "") in text.replace("<!--", "")


def test_a_remark_has_at_most_sixty_words() -> None:
    item = finding("calls/sql", "a.py", 1, title="word " * 100, body="word " * 1000)
    text = remark(item)
    assert text.count("word") == 90
    assert text.count("word…") == 2


def test_a_remark_says_its_rule_who_says_it_and_how_to_be_rid_of_it() -> None:
    said, claimed = remark(replace(FINDINGS[1], id="0a" * 8)), remark(MODELLED.findings[1])
    assert said.endswith("\n`calls/sql` · check · to dismiss: `/reviewbot dismiss 0a0a0a0a0a0a0a0a reason`\n")
    assert "\n`model/security` · said by `local` · restricted · to dismiss: " in claimed
    assert "```" not in said + claimed
    assert remark(replace(FINDINGS[1], title=""), title_of_rule="SQL").startswith("**high** SQL\n")


def test_only_a_suggestion_that_nobody_can_commit_is_shown() -> None:
    item = FINDINGS[1]
    assert item.suggestion is not None
    assert "QUERY" not in remark(item)
    assert "Suggested instead:\n\n```diff\n+        return connection" in remark(item, shown=item.suggestion)


def test_what_was_refused_comes_first_in_full_and_with_its_reason() -> None:
    inline = [item for item in USUAL.findings if item.posted == "inline"]
    text = summary(USUAL, Standing(refused={inline[1].id: "the line is not in the diff", "unknown": "nothing"}))
    refused, _, rest = text.partition("**Findings at their lines**")
    assert "\nRefused: the line is not in the diff\n" in refused
    assert f"**{inline[1].severity}** {inline[1].title}" in refused
    assert "nothing\n" not in text
    assert inline[1].title not in rest
    assert all(item.title in rest for item in (inline[0], inline[2]))


def test_what_blocks_is_not_folded_away() -> None:
    items = [finding("credentials/added", "a.py", None, posted="summary"),
             finding("debug/left", "a.py", None, posted="summary")]  # fmt: skip
    text = summary(report([file("a.py", None, "x\n")], items), Standing())
    assert "<details open>\n<summary>1 critical</summary>" in text
    assert "<details>\n<summary>1 low</summary>" in text


def test_what_became_of_earlier_findings_is_one_line_and_none_at_the_first_review() -> None:
    text = summary(THREE, Standing(new=2, fixed=1, reopened=1, still_open=3, dismissed=1))
    assert f"\nSince the last review: 2 new, 1 fixed at `{HEAD[:10]}`, 1 back, 3 still open, 1 dismissed\n" in text
    assert "Since" not in summary(THREE, Standing(new=3))
    assert "\nSince the last review: 0 new, 3 still open\n" in summary(THREE, Standing(still_open=3))


def test_a_model_is_named_as_an_author_where_one_was() -> None:
    assert "written in part by a model" in summary(BY_MODELS, Standing())
    assert "written in part by a model" in summary(CLEAN, Standing())
    assert "by a model" not in summary(QUIET, Standing())


@settings(max_examples=50, deadline=None)
@given(hostile_reports(), st.sampled_from(Label))
def test_nothing_depends_on_more_than_what_may_be_shown(shown: Report, label: Label) -> None:
    standing = Standing(new=1)
    text = summary(shown, standing)
    assert (WITHHELD in text) is is_short(shown)
    if shown.comments < Label.RESTRICTED:
        hidden = replace(finding("calls/sql", "hidden.py", 1), label=Label.RESTRICTED, posted="withheld", id="f" * 16)
        more = replace(
            shown, findings=(*shown.findings, hidden), dropped=(*shown.dropped, replace(DROPPED[1])), usage=USAGE,
            files=(*shown.files, file("hidden.py", None, "x\n", label=Label.RESTRICTED)),
            drafts=replace(
                shown.drafts, whole=DRAFTS.messages[1], messages=(*shown.drafts.messages, DRAFTS.messages[1]),
                rewordings=(DRAFTS.rewordings[1], *shown.drafts.rewordings),
                refused=(DRAFTS.refused[1], *shown.drafts.refused),
                scaffolds=(DRAFTS.scaffolds[2], *shown.drafts.scaffolds),
            ),
        )  # fmt: skip
        assert summary(more, standing) == text
        assert summary(published(shown), standing) == text
        assert explained(hidden, None, more) == explained(None, None, shown) == UNKNOWN


@pytest.mark.parametrize("hostile", [False, True])
def test_the_largest_review_fits_and_is_written_at_once(hostile: bool) -> None:
    made = large(3000, 3, 300)
    if hostile:
        noise = "`\u202e @x #1 <!-- reviewbot " * 400
        made = replace(
            made, notices=(noise,) * 50,
            files=tuple(replace(one, reason=f"{number} {noise[:300]}", outcome="failed", route=noise[:300])
                        for number, one in enumerate(made.files)),
            findings=tuple(replace(item, title=noise, body=noise, quote=noise, suggestion=noise, rule=noise,
                                   location=Location(noise, "new", 1, 1)) for item in made.findings),
        )  # fmt: skip
    places: tuple[Posted, Posted] = ("inline", "summary")
    placed = tuple(replace(item, posted=places[number % 2]) for number, item in enumerate(made.findings))
    made = replace(made, findings=placed)
    standing = Standing(refused={item.id: "noise " * 500 for item in made.findings[:60]})
    seconds = []
    for _ in range(3):  # The first one compiles the templates.
        start = time.process_time()
        text = summary(made, standing)
        seconds.append(time.process_time() - start)
    assert min(seconds) < (0.3 if not hostile else 3)
    assert len(text) <= MAX_BODY
    require_inert(text)
    assert len(summary(made, standing, room=15_000)) <= 15_000


def test_what_does_not_fit_is_counted_and_nothing_is_cut_in_the_middle() -> None:
    big = large(40, 3, 300)
    made = replace(big, findings=tuple(replace(item, posted="summary", quote="x" * 150) for item in big.findings))
    text = summary(made, Standing(), room=10_000)
    require_inert(text)
    told = len(re.findall(r"^(?:\* )?\*\*(?:critical|high|medium|low)\*\*", text, re.MULTILINE))
    left = re.search(r"\nand (\d+) more findings\n", text)
    assert left is not None
    assert told + int(left[1]) == len(made.findings)
    assert 0 < text.count("```diff") < told


def test_refusals_and_replies_are_one_line() -> None:
    assert refusal("/reviewbot explain 12", "no finding has this id") == (
        "`/reviewbot explain 12` is not done: no finding has this id\n"
    )
    assert fixed(HEAD) == "Fixed at `f31b0d77e2`.\n"
    assert again(HEAD) == "Back at `f31b0d77e2`.\n"
    assert review(3, HEAD) == "3 new findings at `f31b0d77e2`; the summary comment has the rest.\n"
    assert gone("") == "At this commit these lines are no longer part of the change.\n"
    assert dismissed(replace(FINDINGS[4], id="ab"), True, "we agreed") == (
        "Dismissed: Left a restricted zone (`ab`): we agreed\n"
    )


def test_every_command_is_in_the_help() -> None:
    assert all(f"`/reviewbot {name}" in helped() for name in NAMES)
    assert [parse(line) for line in helped().split("\n")] == [None] * len(helped().split("\n"))


def of(item: Finding) -> str:
    return explained(item, None, USUAL)


def test_an_explanation_says_why_and_whether_it_blocks() -> None:
    assert "\n* it blocks: " in of(USUAL.findings[0])
    assert "\n* it does not block: " in of(USUAL.findings[1])
    assert "\n* the file is restricted by `.reviewbot.toml:5`, checked\n" in of(USUAL.findings[3])


def test_a_dismissed_finding_can_be_explained_where_it_may_be_shown() -> None:
    first, *others = USUAL.findings
    shown = replace(USUAL, findings=tuple(others), dismissed=(first,))
    assert explained(first, None, shown) == of(first)
    secret = replace(first, label=Label.RESTRICTED)
    assert explained(secret, None, replace(shown, dismissed=(secret,), comments=Label.INTERNAL)) == UNKNOWN


@pytest.mark.parametrize(("rule", "named"), [("calls/eval", True), ("credentials/added", False)])
def test_a_comment_names_no_command_that_would_be_refused(rule: str, named: bool) -> None:
    one = replace(USUAL.findings[0], rule=rule)
    whole = replace(USUAL, findings=(one, *USUAL.findings[1:]))
    assert ("/reviewbot dismiss" in remark(one)) is named
    assert ("/reviewbot dismiss" in explained(one, None, whole)) is named
