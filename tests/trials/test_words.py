"""Of what a program says of its failure a reader gets the line with the reason, and nothing that is obeyed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.text import is_odd
from reviewbot.trials.words import last


@pytest.mark.parametrize(("said", "line"), [
    ("", ""), ("one\ntwo\n\n", "two"), ("\x1b[31mred\x1b[0m\n\x1b[0m\n", "red"),
    ("E   ModuleNotFoundError: No module named 'flask'\nno tests collected, 1 error in 0.26s\n",
     "E   ModuleNotFoundError: No module named 'flask'"),
    ("error[E0432]: unresolved import `x`\nerror: could not compile `shop`\n", "error[E0432]: unresolved import `x`"),
    ("panic: boom\n\ngoroutine 1 [running]:\n", "panic: boom"),
    ("::error::owned\n", ":\\x3aerror::owned"), ("a\u202eb\n", "a\\u{202e}b"),
])  # fmt: skip
def test_the_reason_is_told_and_else_the_last_line(said: str, line: str) -> None:
    assert last(said) == line


@given(st.text(max_size=300))
def test_whatever_is_said_is_told_on_one_short_visible_line(said: str) -> None:
    told = last(said)
    assert len(told) < 300 and not any(map(is_odd, told))
