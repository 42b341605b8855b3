"""Drafts in Markdown: what can be copied is what was written, and what a forge would obey has a sign before it."""

from __future__ import annotations

import html
import time
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reviewbot.core.conversation import MAX_BODY
from reviewbot.core.drafts import Drafts, Message, Rewording, Scaffold, Stages
from reviewbot.core.labels import Label
from reviewbot.core.text import visible
from reviewbot.formats.comments import Standing, drafted_message, drafted_scaffolds, summary
from reviewbot.formats.markdown.drafts import LANGUAGES, copied, is_exact, offered
from reviewbot.formats.stages import is_by_model, outcome, unwritten
from tests.formats.pages import by_comrak, outside_code
from tests.formats.samples import DRAFTED, DRAFTS, EMPTY, PAYLOADS, USUAL, hostile_drafts, hostile_text
from tests.servers.gitlab.quick_actions import COMMANDS, extract

HEAD = "f31b0d77e2" * 4
SCAFFOLD = DRAFTS.scaffolds[0]


def read(source: str) -> str:
    """What a reader copies out of the one block of code."""
    page = by_comrak(source)
    assert page.names <= {"pre", "code"}
    return page.text.removesuffix("\n")  # After the element.


@settings(max_examples=200, deadline=None)
@given(st.lists(hostile_text | st.sampled_from(["def test():", "\tx := `a`", "", "```", "````py", "</details>"]),
                min_size=1, max_size=6).map("\n".join), st.sampled_from(sorted(LANGUAGES)) | hostile_text)  # fmt: skip
@example("def f():\n\n\n\n\n    '''\n```\n'''\n", "python")
def test_a_block_has_the_text_to_the_letter_or_a_sign_before_each_line(text: str, language: str) -> None:
    source = copied(text, language)
    lines = text.removesuffix("\n").split("\n")
    if is_exact(text):
        assert read(source) == "\n".join(lines) + "\n"
        assert source.partition("\n")[0].strip("`") in ("", language if language in LANGUAGES else "")
    else:
        shown = [visible(line.replace("\t", "    ")) for line in lines]
        assert read(source).replace("\\x3c!--", "<!--") == "".join(f"+{line}\n" for line in shown)
        assert "```diff\n" in source
    assert extract(source)[1] == []


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("shape", ["/{}", "x\n/{} x", "  /{}", "\t/{}\n", "```\n/{}\n```", "/{}\tx"])
def test_no_command_of_gitlab_is_at_the_beginning_of_a_line(command: str, shape: str) -> None:
    text = shape.format(command.upper())
    assert not is_exact(text)
    assert extract(copied(text, "python")) == (copied(text, "python"), [])


@pytest.mark.parametrize("text", ["// a comment", "/* a */", "/**\n * a\n */", "/v1/accounts is gone",
                                  "/close/.test(x)", "\tif err != nil {", "a\n\n\n\nb", "é 日本 🦀",
                                  "<!-- a page -->"])  # fmt: skip
def test_what_code_and_messages_usually_hold_is_shown_as_it_is(text: str) -> None:
    assert is_exact(text)
    assert read(copied(text)) == text + "\n"


@pytest.mark.parametrize("text", ["a\u202eb", "\x1b[31m", "a\rb", "\udce9", "a\xa0b", "<!-- reviewbot:1 AAAA - -->"])
def test_what_nobody_can_see_and_what_passes_for_a_mark_is_not_offered_for_copying(text: str) -> None:
    assert copied(text, "python").startswith("```diff\n+")
    assert "A sign is before each line" in offered(replace(DRAFTS, scaffolds=(replace(SCAFFOLD, content=text),)), 9000)


@pytest.mark.parametrize("language", ["mermaid", "math", "suggestion", "suggestion:-0+9", "python x", "", "geojson"])
def test_a_block_is_called_by_a_language_and_never_by_what_a_forge_draws_or_applies(language: str) -> None:
    assert copied("x", language).startswith("```\n")


def test_two_empty_lines_of_a_file_are_still_two_in_a_comment() -> None:
    files = [item.content for item in DRAFTS.scaffolds]
    text = html.unescape(summary(DRAFTED, Standing()))
    assert "\n\n\n" in files[0]
    assert all(f"\n{content}```" in text for content in files)
    assert f"```\n{DRAFTS.messages[1].text}```" in text


@pytest.mark.parametrize(
    ("stages", "words"),
    [
        (Stages(False), "does not parse"),
        (Stages(True), "parsed; not run"),
        (Stages(True, False), "is not collected"),
        (Stages(True, True), "collected; not run"),
        (Stages(True, True, False), "fails when it is run three times"),
        (Stages(True, True, True), "collected, ran 3 times; not tried on a changed target"),
        (Stages(True, True, True, False), "passes on a changed target too"),
        (Stages(True, True, True, True), "collected, ran 3 times, fails on a changed target"),
    ],
)
def test_the_title_of_a_fold_begins_with_what_failed_or_what_was_passed(stages: Stages, words: str) -> None:
    assert outcome(stages) == words
    text = drafted_scaffolds(Drafts(scaffolds=(replace(SCAFFOLD, stages=stages),)), HEAD)
    assert f"<summary>{words[0].upper()}{words[1:]}: tests in <code>tests/api/test_accounts.py</code></summary>" in text


def test_expectations_to_be_written_are_counted() -> None:
    assert unwritten(SCAFFOLD) == "3 expectations to be written"
    assert unwritten(replace(SCAFFOLD, unwritten=0)) == ""


def test_who_wrote_it_is_said() -> None:
    text = offered(DRAFTS, 9000)
    assert text.count("ritten by `local` · restricted") == 3
    assert "for pytest, 3 expectations to be written · written by reviewbot, no model\n" in text
    assert "for go test · written by `hosted`\n" in text
    assert is_by_model(DRAFTS)
    assert not is_by_model(Drafts(messages=DRAFTS.messages[:1], scaffolds=DRAFTS.scaffolds[:1]))
    ours = replace(USUAL, drafts=Drafts(messages=DRAFTS.messages[:1]))
    assert "by a model" not in summary(ours, Standing())
    assert "by a model" in summary(replace(ours, drafts=DRAFTS), Standing())


def test_a_message_that_tells_a_part_says_so() -> None:
    text = drafted_message(Drafts(messages=DRAFTS.messages[:1]), HEAD)
    assert "\nIt tells a part of the change only.\n" in text
    assert "<details open>\n<summary>Suggested commit message</summary>" in text


def test_a_better_message_without_commands_is_shown_itself() -> None:
    one = replace(DRAFTS.rewordings[1], commands=())
    assert "```\nrefactor(fees): name the floor\n\nIt was a number.\n```" in drafted_message(
        Drafts(rewordings=(one,)), HEAD
    )


def test_where_there_is_nothing_the_answer_says_so() -> None:
    assert drafted_message(Drafts(scaffolds=DRAFTS.scaffolds), HEAD) == (
        "No commit message to suggest at `f31b0d77e2`.\n"
    )
    assert drafted_scaffolds(Drafts(messages=DRAFTS.messages), HEAD) == "No tests to suggest at `f31b0d77e2`.\n"
    why = drafted_scaffolds(Drafts(refused=DRAFTS.refused), HEAD)
    assert why.startswith("No tests to suggest at `f31b0d77e2`.\n\n<details>\n")
    assert "\n* `api/main.py::main`: no test can reach it\n" in why


def test_what_does_not_fit_is_named_with_its_size_and_what_is_not_named_is_counted() -> None:
    big = replace(SCAFFOLD, content="x = 1\n" * 20_000)
    text = drafted_scaffolds(Drafts(scaffolds=(big, SCAFFOLD)), HEAD)
    assert "\n* `tests/api/test_accounts.py`: tests of `api/accounts.py::account`, 120,000 characters; parsed" in text
    assert "--output report.json" in text
    assert text.count("```python") == 1
    many = drafted_scaffolds(Drafts(scaffolds=(big,) * 500, refused=DRAFTS.refused * 500), HEAD)
    assert len(many) < MAX_BODY
    named = many.count("characters; parsed")
    assert 20 < named < 500
    assert f"\n* and {500 - named} more drafts\n" in many
    assert "\n<summary>No tests suggested for 1,000 targets</summary>\n" in many


def test_findings_come_first_and_drafts_are_named_where_there_is_no_room() -> None:
    noisy = tuple(replace(item, posted="summary", body="word " * 90) for item in USUAL.findings * 30)
    big = replace(SCAFFOLD, content="x = 1\n" * 3000)
    shown = replace(USUAL, findings=noisy, drafts=Drafts(messages=DRAFTS.messages, scaffolds=(big,)))
    text, without = summary(shown, Standing(), room=12_000), summary(replace(shown, drafts=Drafts()), Standing())
    assert len(text) <= 12_000
    assert text.index("<summary>30 critical</summary>") < text.index("Suggested, but")
    assert "`tests/api/test_accounts.py`: tests of" in text
    assert "Suggested, but" not in without


@settings(max_examples=60, deadline=None)
@given(hostile_drafts, st.integers(0, 4000))
def test_no_more_room_is_taken_than_is_given(drafts: Drafts, most: int) -> None:
    assert len(offered(drafts, most)) <= max(most, 400)


def test_the_largest_drafts_are_written_at_once() -> None:
    noise = "`\u202e @x #1 <!-- reviewbot ```\n/close\n" * 2000
    message = Message(noise, noise, Label.PUBLIC, noise, noise)
    rewording = Rewording(noise, noise, (noise,) * 50, message, (noise,) * 50)
    scaffold = Scaffold(noise, noise, noise, noise, noise, Stages(True), Label.PUBLIC, noise, 1, (noise,) * 9)
    made = Drafts(messages=(message,), rewordings=(rewording,) * 200, scaffolds=(scaffold,) * 200,
                  refused=((noise, noise, Label.PUBLIC),) * 500)  # fmt: skip
    start = time.process_time()
    texts = [
        summary(replace(EMPTY, drafts=made), Standing()),
        drafted_message(made, HEAD),
        drafted_scaffolds(made, HEAD),
    ]
    assert time.process_time() - start < 3
    assert max(map(len, texts)) <= MAX_BODY
    assert [extract(text)[1] for text in texts] == [[], [], []]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_path_subject_problem_or_notice_becomes_markup(payload: str) -> None:
    message = Message(payload, payload, Label.PUBLIC, payload, payload)
    made = Drafts(
        messages=(message,), rewordings=(Rewording(payload, payload, (payload,), message, (payload,)),),
        scaffolds=(Scaffold(payload, payload, payload, payload, payload, Stages(True), Label.PUBLIC, payload, 1,
                            (payload,)),),
        refused=((payload, payload, Label.PUBLIC),),
    )  # fmt: skip
    source = offered(made, 20_000)
    page = by_comrak(source)
    assert page.names <= {"details", "summary", "p", "code", "pre", "ul", "li"}
    assert page.others == []
    assert page.text.count(visible(payload.replace("\t", "    ")).replace("`", "").strip(" ")) > 0 or "`" in payload
    assert outside_code(source).count("@") == 0
    assert len([name for name, _ in page.elements if name == "details"]) == 4
    assert extract(source)[1] == []
