"""A name has one spelling per look: whatever a reader cannot tell apart, the rules do not tell apart."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reviewbot.core import spellings
from reviewbot.core.spellings import deceives, path_key, pattern_skeleton, skeleton, text_key

ANY = st.text(st.characters(), max_size=20)


@pytest.mark.parametrize(
    ("name", "looks"),
    [
        ("Ledger/Core.py", "ledger/core.py"),
        ("lеdgеr", "ledger"),  # Cyrillic
        ("ιedger", "iedger"),  # Greek
        ("ｌｅｄｇｅｒ", "ledger"),
        ("𝓁edger", "ledger"),
        ("led\u200b\u00adger", "ledger"),
        ("ledger\ufe0f", "ledger"),
        ("ledger\u202e", "ledger"),
        (" ledger /a. ", "ledger/a"),
        ("ledger\u00a0", "ledger"),
        ("ledger∕a", "ledger/a"),
        ("ledger\\a", "ledger/a"),
        ("ledger‐a․py", "ledger-a.py"),
        ("ﬁle", "file"),
        ("...", "..."),
        ("a/ /b", "a/ /b"),
        ("STRASSE", "strasse"),
        ("straße", "strasse"),
        ("日本/é", "日本/é"),
    ],
)
def test_a_name_is_read_as_it_looks(name: str, looks: str) -> None:
    assert skeleton(name) == looks


@given(ANY)
@example("ß\u0301")  # folded it is no longer in normal form
def test_the_spellings_are_stable_and_blind_to_case_and_form(text: str) -> None:
    assert path_key(path_key(text)) == path_key(text)
    assert text_key(text_key(text)) == text_key(text)
    if not any("\ud800" <= character <= "\udfff" for character in text):
        assert path_key(unicodedata.normalize("NFD", text)) == path_key(unicodedata.normalize("NFC", text))


@given(st.text(st.characters(max_codepoint=0x7F), max_size=20))
def test_the_short_way_for_plain_names_leads_to_the_same_look(text: str) -> None:
    assert skeleton(text) == spellings._looks(text, spellings._LOOKS)
    assert pattern_skeleton(text) == spellings._looks(text, spellings._LETTERS)


@given(ANY)
def test_a_path_is_one_line_and_can_be_encoded(text: str) -> None:
    for spelled in (path_key(text), skeleton(text)):
        spelled.encode()
        assert "\n" not in spelled
    text_key(text).encode()


def test_a_pattern_keeps_its_escapes() -> None:
    assert pattern_skeleton(r"A\*b") == r"a\*b"
    assert pattern_skeleton("lеdger/**") == "ledger/**"


@pytest.mark.parametrize(
    "name",
    ["led\u200bger", "ledger ", "ledger/.. /x", "a.", "lеdger", "ｌedger", "сорy.py", "ledger∕a", "x\ny", "x\u202ey",
     "отчет/lеdger"],
)  # fmt: skip
def test_a_name_that_is_written_to_be_misread_deceives(name: str) -> None:
    assert deceives(name)


@pytest.mark.parametrize(
    "name",
    ["Ledger/Core.py", "smørbrød.md", "Łódź.txt", "ışık.txt", "đak.md", "naïve.py", "日本語.md", "отчет/план.md",
     "отчет_report.md", "Ελλάδα/readme.md", "notes – draft.md", "🦀.rs", "a b/c d"],
)  # fmt: skip
def test_an_honest_name_does_not(name: str) -> None:
    assert not deceives(name)


def test_undecodable_bytes_are_known() -> None:
    assert spellings.is_undecodable("a\udce9")
    assert not spellings.is_undecodable("aé")
