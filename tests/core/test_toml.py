from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.toml import BrokenError, load


def test_a_document_is_read() -> None:
    assert load('[a]\nb = "x"\nc = 1.50\n') == {"a": {"b": "x", "c": "1.50"}}


@pytest.mark.parametrize(("text", "line"), [("a = 1\nb =\n", 2), ("[a\n", 1), ("a = 1\nx", None)])
def test_what_is_no_toml_is_broken_at_a_line(text: str, line: int | None) -> None:
    with pytest.raises(BrokenError) as caught:
        load(text)
    assert caught.value.line == line or line is None


@pytest.mark.parametrize(("text", "twice"), [("a = 1\na = 2\n", True), ("[a]\n[a]\n", True), ("a = \n", False)])
def test_a_key_given_again_is_told_apart(text: str, twice: bool) -> None:
    with pytest.raises(BrokenError) as caught:
        load(text)
    assert caught.value.twice is twice


@pytest.mark.parametrize(
    "text",
    [
        "a" + ".a" * 200_000 + " = 1", "[" + '"a" . ' * 80_000 + "b]", "a = " + "[" * 200_000, "a = " + "{a=" * 100_000,
        "a = " + "1" * 10_000, "a = '" + "x" * 600_000 + "'",
    ],
    ids=["dots", "quoted dots", "arrays", "tables", "digits", "length"],
)  # fmt: skip
def test_what_is_too_much_is_not_read(text: str) -> None:
    started = time.perf_counter()
    assert load(text) is None
    assert time.perf_counter() - started < 5


@given(st.text(alphabet="ab=.[]{}'\"# \n\t0é\udce9", max_size=60))
def test_any_text_is_toml_or_broken(text: str) -> None:
    try:
        assert isinstance(load(text), dict)
    except BrokenError as error:
        assert error.line is None or 1 <= error.line <= text.count("\n") + 1
