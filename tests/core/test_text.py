"""The escaper: nothing invisible passes, and what is plain stays as it is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.text import clipped, encodable, segments, visible

#: Default_Ignorable_Code_Point of Unicode 15.0 that `unicodedata` files under letters and marks.
IGNORABLE = (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180F, 0x3164, 0xFE00, 0xFE0F, 0xFFA0, 0xE0100, 0xE01EF)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("src/main.py", "src/main.py"),
        ("naïve/日本語/🦀.py", "naïve/日本語/🦀.py"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("re\u202exslx", "re\\u{202e}xslx"),
        ("t\udce9", "t\\xe9"),
        ("a\u00a0b\u3000c", "a\\xa0b\\u{3000}c"),
        ("ok\ufe0f\U000e0041", "ok\\u{fe0f}\\u{e0041}"),
        ("\u2028", "\\u{2028}"),
    ],
)
def test_what_cannot_be_seen_is_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize("code", IGNORABLE)
def test_a_character_that_draws_nothing_is_spelled_out(code: int) -> None:
    assert visible(chr(code)) == f"\\u{{{code:x}}}"


@given(st.text(st.characters(), max_size=40))
def test_nothing_invisible_is_left_and_a_second_pass_changes_nothing(text: str) -> None:
    shown = visible(text)
    hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert [c for c in shown if unicodedata.category(c) in hidden] == []
    assert [c for c in shown if unicodedata.category(c) == "Zs" and c != " "] == []
    assert visible(shown) == shown


def test_the_pieces_say_what_was_spelled_out() -> None:
    assert list(segments("a\u200b\u200bb")) == [("a", False), ("\\u{200b}\\u{200b}", True), ("b", False)]


@given(st.text(st.characters(), max_size=40))
def test_what_is_encodable_can_be_encoded(text: str) -> None:
    encodable(text).encode()


def test_only_surrogates_are_spelled_out_to_be_encodable() -> None:
    assert encodable("a\n\u202e\udce9\ud800") == "a\n\u202e\\xe9\\u{d800}"


def test_what_is_left_out_is_counted() -> None:
    assert clipped("abcdef", 6) == "abcdef"
    assert clipped("abcdef", 4) == "abcd… (2 more characters)"
