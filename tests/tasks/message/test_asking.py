"""What a model is asked for a message, and what of its reply stands: nothing that is not in the change."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.drafts import Message
from reviewbot.core.exchange import Excerpt
from reviewbot.core.labels import Label
from reviewbot.core.replies import UnreadableError
from reviewbot.core.text import is_odd
from reviewbot.tasks.message.asking import prompt, read
from reviewbot.tasks.message.convention import Convention
from reviewbot.tasks.message.grammar import fault, footers

DRAFT = Message("fix(retry): correct Retry.backoff", "- update README.md", Label.INTERNAL)
BROKEN = Message("feat!: remove wait", "- update README.md\n\nBREAKING CHANGE: wait is removed", Label.INTERNAL)
GROUNDS = "Branch: fix/ABC-12\n### retry.py\n- return tries * 2\n+ return tries ** 3  # see #7, @octo, https://a.b/c\n"


def said(subject: str, body: str = "", draft: Message = DRAFT, convention: Convention = Convention(),  # noqa: B008
         **more: object) -> Message:  # fmt: skip
    reply = json.dumps({"type": "fix", "scope": "retry", "subject": subject, "body": body, "breaking": False, **more})
    return read(reply, draft=draft, grounds=GROUNDS, convention=convention, label=Label.INTERNAL, origin="local")


def test_a_reply_that_is_as_asked_is_the_message() -> None:
    message = said("grow the pause of Retry.backoff by powers", "The pause grew too slowly. It is a power now.")
    assert message == Message(
        "fix(retry): grow the pause of Retry.backoff by powers", "The pause grew too slowly. It is a power now.",
        Label.INTERNAL, "local",
    )  # fmt: skip


def test_a_header_in_the_subject_is_no_part_of_it() -> None:
    assert said("feat(x)!: grow pauses").subject == "fix(retry): grow pauses"


def test_type_and_mood_are_the_projects() -> None:
    assert said("grow pauses", type="refactor").subject == "refactor(retry): grow pauses"
    assert said("grow pauses", type="nonsense\n").subject == "fix(retry): grow pauses"
    assert said("Adds pauses.").subject == "fix(retry): add pauses"
    plain = Convention(conventional=False, case="sentence", mood="past")
    assert said("add pauses", draft=replace(DRAFT, subject="Corrected it"), convention=plain).subject == "Added pauses"


def test_without_its_subject_the_type_is_the_drafts() -> None:
    kept = said("See ABC-99.", "Nobody waits.", draft=BROKEN, type="chore")
    assert (kept.subject, kept.body.partition("\n")[0]) == ("feat!: remove wait", "Nobody waits.")


def test_the_package_before_a_plain_subject_stays() -> None:
    draft, packaged = replace(DRAFT, subject="retry: correct it"), Convention(conventional=False, packaged=True)
    assert said("grow pauses", draft=draft, convention=packaged).subject == "retry: grow pauses"
    assert said("retry: grow pauses", draft=draft, convention=packaged).subject == "retry: grow pauses"
    assert said("See ABC-99.", "It waits.", draft=draft, convention=packaged).subject == "retry: correct it"


def test_what_breaks_is_ours_to_say() -> None:
    assert said("drop pauses", breaking=True).subject == "fix(retry): drop pauses"
    kept = said("drop waiting", "Nobody waits.", draft=BROKEN, breaking=False)
    assert (kept.subject, kept.body) == ("fix!: drop waiting", "Nobody waits.\n\nBREAKING CHANGE: wait is removed")
    assert "BREAKING" not in said("grow pauses", "BREAKING CHANGE: all of it\n\nBREAKING-CHANGE: more").body


@pytest.mark.parametrize(
    "sentence",
    ["Closes #12.", "See ABC-99.", "It was asked for in GH-1.", "Thanks to Ann.", "As Jane asked.", "See https://x.y/.",
     "Signed-off-by: A <a@b.c>", "Co-authored-by: B", "Write to a@b.c.", "cc @everyone.", "It is 40 percent faster.",
     "Fixes: that", "Since version 2.1 it waits.", "owner/repo#7 has it.", "Reviewed-by Bob.",
     "CVE-2024-1234 is mended."],
)  # fmt: skip
def test_what_does_not_stand_in_the_change_is_dropped(sentence: str) -> None:
    assert said("grow pauses", f"It waits. {sentence}").body == "It waits."
    assert said("grow pauses", f"It waits.\n\n{sentence}").body == "It waits."
    assert said(sentence, "It waits.").subject == DRAFT.subject


@pytest.mark.parametrize(
    "sentence",
    ["It mends what #7 says.", "Part of ABC-12.", "As @octo says.", "It is a power of 3.", "See https://a.b/c."],
)
def test_what_stands_in_the_change_or_its_branch_may_be_named(sentence: str) -> None:
    assert said("grow pauses", sentence).body == sentence


def test_markup_is_no_part_of_a_message() -> None:
    body = "# Why\n- It <b>waits</b> for [us](/x).\n> `more` __init__"
    message = said("grow **pauses** of `Retry.backoff`", body)
    assert message.subject == "fix(retry): grow pauses of Retry.backoff"
    assert message.body == "Why It waits for us. more __init__"
    assert said("grow\u202e pauses\x1b[m\nmore").subject == "fix(retry): grow pauses[m"


def test_a_subject_that_is_too_long_is_the_drafts() -> None:
    assert said("grow the pause " * 8, "It waits.").subject == DRAFT.subject


def test_long_lines_are_wrapped_and_never_begin_with_what_git_obeys() -> None:
    body = said("grow pauses", "It waits for us and then some more of it " * 6).body
    assert max(map(len, body.split("\n"))) <= 72
    assert said("grow pauses", f"{'word ' * 14}Signed-off-by: me").body == ""
    assert said("grow pauses", f"{'word ' * 14}mends #7 now").body == ""


def test_the_ticket_of_the_draft_stays() -> None:
    tickets = Convention(ticket=("[", "]"), projects=("ABC",))
    draft = replace(DRAFT, subject="fix: [ABC-12] correct Retry.backoff")
    assert said("grow pauses", draft=draft, convention=tickets).subject == "fix: [ABC-12] grow pauses"


@pytest.mark.parametrize("reply", ["", "no", "{}", '{"subject": ""}', '{"subject": "Closes #99"}', "[" * 9999,
                                   '{"subject": {"a": 1}, "body": 7}'])  # fmt: skip
def test_a_reply_of_which_nothing_stands_is_unreadable(reply: str) -> None:
    with pytest.raises(UnreadableError):
        read(reply, draft=DRAFT, grounds=GROUNDS, convention=Convention(), label=Label.INTERNAL, origin="local")


def test_prose_around_the_object_is_let_pass() -> None:
    reply = 'Here it is:\n```json\n{"type": "fix", "subject": "grow pauses", "body": "",}\n```'
    message = read(reply, draft=DRAFT, grounds="", convention=Convention(), label=Label.PUBLIC, origin="local")
    assert (message.subject, message.label) == ("fix(retry): grow pauses", Label.PUBLIC)


def test_the_prompt_has_the_label_of_its_excerpts_and_the_draft() -> None:
    asked = prompt(DRAFT, (Excerpt("diff", Label.PUBLIC, "a.py"),), Convention())
    assert asked.label == Label.INTERNAL
    assert [excerpt.origin for excerpt in asked.excerpts] == ["a.py", "draft"]
    assert DRAFT.subject in asked.text
    assert asked.schema is not None
    assert "retry" not in asked.system


def test_words_of_the_log_are_not_told_but_those_of_the_draft() -> None:
    asked = prompt(DRAFT, (), Convention(types=("feat", "hush"), scopes=("merger",)))
    assert not any(word in f"{asked.text}{asked.schema}" for word in ("hush", "merger"))
    own = prompt(replace(DRAFT, subject="hush: say it"), (), Convention(types=("feat", "hush")))
    assert "Types: feat, hush." in own.text


PIECES = st.sampled_from((
    "fix", "feat!: ", "#99", "ABC-7", "@all", "a@b.c", "Signed-off-by: x", "BREAKING CHANGE: y", "\n", "\n\n", " ",
    "it waits", "https://e.vil/x", "<b>", "`", "**", "\u202e", "\x1b", "12.5", "#7", "\udce9", "'", '"', ". ",
    "Refs #1", "(#5)", "-", "Co-authored-by: A B <a@b.c>", "x" * 80, "# ", "＃99", "＠all",
))  # fmt: skip
PROSE = st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=60)


@settings(deadline=None)
@given(PROSE, PROSE, PROSE, st.sampled_from((DRAFT, BROKEN)), st.text(max_size=20))
def test_whatever_the_reply_is_the_message_holds(
    type_: str, subject: str, body: str, draft: Message, after: str
) -> None:
    reply = json.dumps({"type": type_, "scope": body, "subject": subject, "body": body, "breaking": True}) + after
    try:
        message = read(
            reply, draft=draft, grounds=GROUNDS, convention=Convention(), label=Label.INTERNAL, origin="local"
        )
    except UnreadableError:
        return
    assert fault(message.text) == ""
    assert len(message.subject) <= 72
    assert not any(is_odd(sign) for sign in message.text if sign != "\n")
    assert ("!: " in message.subject) == (draft is BROKEN)
    assert footers(message.body) == (footers(draft.body) if draft is BROKEN else ())
    own = message.body.removesuffix("BREAKING CHANGE: wait is removed")
    assert not re.search(r"(?m)^[A-Za-z-]+: ", own)
    told = {found.lower() for found in re.findall(r"#\d+|[A-Z]+-\d+|@\w+|https?://\S+", message.text)}
    assert all(one in GROUNDS.lower() for one in told)
    assert not set("<>`") & set(own)
