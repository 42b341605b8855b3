"""Commands: the documented words on the first line and nothing else."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.commands import MAX_REASON, NAMES, Command, is_command, of_label, parse
from tests.formats.samples import hostile_text

ID = "0123456789abcdef"


@pytest.mark.parametrize(("body", "command"), [
    ("/reviewbot review", Command("review")), ("/reviewbot full", Command("full")),
    ("/reviewbot message", Command("message")), ("/reviewbot scaffold", Command("scaffold")),
    ("/reviewbot help", Command("help")), ("/reviewbot\treview", Command("review")),
    ("/reviewbot   review  ", Command("review")), ("  /reviewbot review", Command("review")),
    ("\n\n/reviewbot review\nThank you.", Command("review")), ("\ufeff/reviewbot review\r\nx", Command("review")),
    ("/reviewbot review\rx", Command("review")),
    (f"/reviewbot explain {ID}", Command("explain", ID)), ("/reviewbot explain 012345", Command("explain", "012345")),
    ("/reviewbot explain", Command("explain")), ("/reviewbot dismiss", Command("dismiss")),
    (f"/reviewbot dismiss {ID} it is a test", Command("dismiss", ID, "it is a test")),
    ("/reviewbot dismiss it is a test", Command("dismiss", "", "it is a test")),
    ("/reviewbot dismiss 01234 short", Command("dismiss", "", "01234 short")),
    (f"/reviewbot dismiss {ID}0 long", Command("dismiss", "", f"{ID}0 long")),
    (f"/reviewbot dismiss {ID}, so", Command("dismiss", "", f"{ID}, so")),
    ("/reviewbot dismiss 012345 one\rtwo", Command("dismiss", "012345", "one")),
])  # fmt: skip
def test_a_command_is_read(body: str, command: Command) -> None:
    assert parse(body) == command
    assert is_command(body)


@pytest.mark.parametrize("body", [
    "", "review", "/reviewbot", "/reviewbot ", "/reviewbotreview", "/Reviewbot review", "/reviewbot Review",
    "/reviewbot-review", "//reviewbot review", "@reviewbot review", "/reviewbot\u00a0review", "/reviewbot\u2003review",
    "/reviewbot review please", "/reviewbot review --model x", "/reviewbot full --policy=none", "/reviewbot help me",
    "/reviewbot reviews", "/reviewbot approve", "/reviewbot merge", "/reviewbot review\u200b", "/reviewbot\nreview",
    "Please\n/reviewbot review", "> /reviewbot review", ">/reviewbot review", "- /reviewbot review",
    "`/reviewbot review`", "```\n/reviewbot review\n```", "~~~\n/reviewbot review", "<!--\n/reviewbot review\n-->",
    "    /reviewbot review", "\t/reviewbot review", " \t/reviewbot review", "\n    /reviewbot review",
    "\n\n \t/reviewbot review", "\ufeff    /reviewbot review", "\r\n\t/reviewbot review", "<p>/reviewbot review</p>",
    "x /reviewbot review", "[/reviewbot review](x)", "\u200b/reviewbot review", "\u3000/reviewbot review",
])  # fmt: skip
def test_anything_else_is_none(body: str) -> None:
    assert parse(body) is None
    assert not is_command(body)


GRAMMAR = re.compile(
    r"\ufeff?(?:[^\S\r\n]*[\r\n])* {0,3}/reviewbot[ \t]+"
    r"(?:(?:review|full|message|scaffold|help)|(?:explain|dismiss)(?:[ \t][^\r\n]*)?)[^\S\r\n]*(?:[\r\n].*)?",
    re.DOTALL,
)  # fmt: skip
_WORDS = st.sampled_from(["/reviewbot", "review", "dismiss", "explain", "full", " ", "\t", "\n", "\r", "    ", ">", "`",
                          "0123456", "--model", "https://evil.example", "\ufeff", "/", "x"])  # fmt: skip
BODIES = st.lists(_WORDS, max_size=8).map("".join) | st.tuples(
    st.sampled_from(["/reviewbot dismiss ", "/reviewbot review", "/reviewbot explain 0123456 "]), hostile_text
).map("".join)


@given(BODIES | st.text())
def test_nothing_but_the_grammar_is_a_command(body: str) -> None:
    assert parse(body) is None or GRAMMAR.fullmatch(body)


@given(BODIES | st.text())
def test_no_word_of_a_comment_reaches_anything_but_name_id_and_reason(body: str) -> None:
    command = parse(body)
    assert [field.name for field in fields(Command)] == ["name", "id", "reason"]
    if command is not None:
        assert command.name in NAMES
        assert re.fullmatch("(?:[0-9a-f]{6,16})?", command.id)
        assert len(command.reason) <= MAX_REASON
        assert not set(command.reason) & set("\r\n")
        assert command.name == "dismiss" or command.name == "explain" or command == Command(command.name)


@pytest.mark.parametrize("mark", ["> ", "    ", "\t", "```\n", "- ", "`"])
@given(body=BODIES)
def test_what_is_quoted_indented_or_fenced_is_no_command(mark: str, body: str) -> None:
    assert parse(mark + body.strip()) is None


@given(st.text(max_size=3000))
def test_a_reason_is_one_line_of_bounded_length(reason: str) -> None:
    command = parse(f"/reviewbot dismiss {ID} {reason}")
    assert command is None or (command.id == ID and len(command.reason) <= MAX_REASON)


@pytest.mark.parametrize(("label", "name"), [
    ("reviewbot:review", "review"), ("reviewbot:full", "full"), ("reviewbot:message", "message"),
    ("reviewbot:scaffold", "scaffold"), ("reviewbot:dismiss", None), ("reviewbot:explain", None),
    ("reviewbot:help", None), ("reviewbot:", None), ("reviewbot", None), ("reviewbot: full", None),
    ("Reviewbot:full", None), ("reviewbot:full ", None), ("reviewbot:full:x", None), ("", None), ("bug", None),
])  # fmt: skip
def test_a_label_asks_for_what_needs_no_words(label: str, name: str | None) -> None:
    command = of_label(label)
    assert (command.name if command else None) == name
    assert command is None or (command.id, command.reason) == ("", "")


def test_a_reason_that_is_too_long_is_cut_and_the_command_stands() -> None:
    command = parse(f"/reviewbot dismiss {ID} {'why ' * 2000}")
    assert command is not None
    assert (command.name, command.id, len(command.reason)) == ("dismiss", ID, MAX_REASON)
