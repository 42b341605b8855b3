from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.checks import invisible
from reviewbot.checks.invisible.lookalikes import skeleton
from reviewbot.checks.invisible.nature import Nature, nature_of
from reviewbot.core.findings import Severity
from tests.checks.anchors import anchored
from tests.readings import diff, found, reading

BIDI, TAG, SELECTOR, WIDTH = "invisible/bidi", "invisible/tag", "invisible/selector", "invisible/zero-width"
CONTROL, BOM, LOOKALIKE, NAME = "invisible/control", "invisible/bom", "invisible/lookalike", "invisible/path"
HIGH, MEDIUM, LOW, INFO = Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO
HIDDEN = "".join(chr(0xE0000 + ord(letter)) for letter in "rm -rf")
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


def said(path: str, text: str, old: str | None = None) -> list[tuple[str, Severity]]:
    return [(finding.rule, finding.severity) for finding in anchored(invisible, reading(path, text, old))]


@pytest.mark.parametrize(
    ("text", "rule", "code", "data", "prose"),
    [
        ("a = 'x\u202e y'", BIDI, HIGH, MEDIUM, MEDIUM),
        ("a = 'x\u2067 y'", BIDI, HIGH, LOW, LOW),
        ("a = '\u2067x\u2069'", BIDI, HIGH, INFO, INFO),
        ("a = '\u200ex'", BIDI, LOW, INFO, INFO),
        (f"a = 'x{HIDDEN}'", TAG, HIGH, HIGH, HIGH),
        ("a = 'x\ufe01\ufe02'", SELECTOR, HIGH, HIGH, HIGH),
        ("a = 'x\U000e0101'", SELECTOR, HIGH, HIGH, HIGH),
        ("a = 'x\u200by'", WIDTH, MEDIUM, LOW, INFO),
        ("a\u2060b = 1", WIDTH, MEDIUM, LOW, INFO),
        ("a = '\u3164'", WIDTH, HIGH, INFO, INFO),
        ("a = '\x1b[2K'", CONTROL, MEDIUM, LOW, LOW),
        ("a = '\x00'", CONTROL, MEDIUM, LOW, LOW),
        ("a = 1 # x\rb = 2", CONTROL, HIGH, LOW, LOW),
        ("a = '\u2028'", CONTROL, MEDIUM, LOW, LOW),
    ],
)
def test_a_hidden_character_weighs_what_the_file_is_for(
    text: str, rule: str, code: Severity, data: Severity, prose: Severity
) -> None:
    for path, severity in (("a.py", code), ("a.json", data), ("a.md", prose)):
        assert said(path, f"x = 0\n{text}\n", "x = 0\n") == [(rule, severity)], path


@pytest.mark.parametrize(
    "text",
    [
        "a = '\u05e9\u200e\u05dc'",  # a mark beside Hebrew
        "a = '\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645'",  # a non-joiner in Persian
        "a = '\U0001f468\u200d\U0001f469\u200d\U0001f467'",  # a family
        "a = '\U0001f9d1\U0001f3fd\u200d\U0001f680'",  # an astronaut with a skin tone
        "a = '\u2764\ufe0f'",  # a red heart
        "a = '1\ufe0f\u20e3'",  # a keycap
        f"a = '{SCOTLAND}'",
        "a = '\u845b\U000e0101'",  # a variant of an ideograph
        "a = '\u0e44\u0e17\u0e22\u200b\u0e44\u0e17\u0e22'",  # a break in Thai
        "a = 'caf\u00e9 \u2014 \u00a0 \u201cx\u201d'",
        "a = 1\x0c",
        "\tx",
    ],
)
def test_a_character_that_is_at_home_is_left_alone(text: str) -> None:
    assert said("a.py", f"x = 0\n{text}\n", "x = 0\n") == []


def test_tests_of_such_characters_need_them() -> None:
    assert said("tests/test_a.py", "a = '\x1b'\n") == [(CONTROL, LOW)]
    assert said("tests/test_a.py", "a = '\u202e'\n") == [(BIDI, HIGH)]


def test_a_flag_with_more_behind_it_hides_text() -> None:
    assert said("a.md", SCOTLAND + HIDDEN + "\n") == [(TAG, HIGH)]
    assert said("a.md", "\U0001f3f4" + HIDDEN + "\n") == [(TAG, HIGH)]


def test_lines_that_end_as_on_windows_are_left_alone() -> None:
    assert said("a.py", "a = 1\r\nb = 2\r\n") == []


def test_a_line_that_moves_hides_nothing_new() -> None:
    hidden = "a = 'x\u200by'\n"
    assert said("a.py", f"b = 1\n{hidden}", f"{hidden}b = 1\n") == []
    assert said("a.py", hidden.replace("x", "z"), hidden) == []
    assert said("a.py", hidden * 2, hidden) == [(WIDTH, MEDIUM)]


def test_many_lines_are_folded() -> None:
    findings = anchored(invisible, reading("a.py", "a = 'x\u200b'\n" * 9))
    assert [finding.location.line for finding in findings] == [1, 2, 3, 4, 5]
    assert "4 more places" in findings[-1].body


def test_the_character_is_named_and_never_shown() -> None:
    finding = anchored(invisible, reading("a.py", "a = '\u202e\u202e\x85'\n"))[0]
    assert finding.title == "Text direction control: U+202E RIGHT-TO-LEFT OVERRIDE"
    assert finding.title.isprintable()
    assert "2 of them" in finding.body


def test_a_byte_order_mark_is_told_where_it_is_new() -> None:
    assert said("a.py", "\ufeffa = 1\n", "a = 1\n") == [(BOM, INFO)]
    assert said("a.sh", "\ufeff#!/bin/sh\n") == [(BOM, MEDIUM)]
    assert said("a.py", "\ufeffa = 1\n") == []
    assert said("a.py", "\ufeffa = 2\n", "\ufeffa = 1\n") == []
    assert said("a.sh", "\ufeff#!/bin/sh\n", "\ufeff#!/bin/bash\n") == []
    assert said("a.py", "a = 1\n\ufeffb = 2\n", "a = 1\n") == [(WIDTH, MEDIUM)]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.py", "p\u0430ssword = 1\n", [(LOOKALIKE, HIGH)]),
        ("a.js", "const is\u0410dmin = 1\n", [(LOOKALIKE, HIGH)]),
        ("a.py", "admin = 1\n\u0430dmin = 2\n", [(LOOKALIKE, HIGH)]),
        ("a.py", "\uff45val(x)\n", [(LOOKALIKE, HIGH)]),
        ("a.py", "x = 'p\u0430ssword'\n", [(LOOKALIKE, LOW)]),
        ("a.yml", "p\u0430ssword: x\n", [(LOOKALIKE, LOW)]),
        ("a.py", "# p\u0430ssword\n", []),
        ("a.md", "p\u0430ssword\n", []),
        ("a.py", "\u043f\u0430\u0440\u043e\u043b\u044c = 1\n", []),
        ("a.py", "caf\u00e9 = 1\n\u03b1 = 2\n\u0394x = 3\n", []),
    ],
)
def test_a_name_that_looks_like_another_is_told(path: str, text: str, expected: list[tuple[str, Severity]]) -> None:
    assert said(path, text) == expected


def test_a_name_the_file_had_before_is_not_this_changes() -> None:
    assert said("a.py", "p\u0430ss = 1\np\u0430ss += 1\n", "p\u0430ss = 1\n") == []


@given(st.text(max_size=20))
def test_latin_text_looks_like_itself(text: str) -> None:
    assert skeleton("".join(filter(str.isascii, text))) == "".join(filter(str.isascii, text))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("docs/re\u202exslx.md", [(NAME, HIGH)]), ("a\u200bb.py", [(NAME, MEDIUM)]), ("a\nb", [(NAME, MEDIUM)]),
        ("p\u0430y.py", [(NAME, MEDIUM)]), ("\udce9t\udce9.md", [(NAME, INFO)]), ("caf\u00e9.md", []),
        ("\u65e5\u672c.md", []), ("\u0434\u043e\u043a.md", []),
    ],
)  # fmt: skip
def test_a_path_that_lies_is_told_once(path: str, expected: list[tuple[str, Severity]]) -> None:
    assert said(path, "x\n") == expected
    assert said(path, "y\n", "x\n") == []
    renamed = diff(path, "x\n", "x\n", old_path="old", change="renamed")
    assert [f.rule for f in invisible.check(reading(path, None, file=renamed))] == [rule for rule, _ in expected]


@pytest.mark.parametrize(
    ("path", "nature"),
    [
        ("a.py", Nature.CODE), ("Makefile", Nature.CODE), ("a.tf", Nature.CODE), ("a.md", Nature.PROSE),
        ("README", Nature.PROSE), ("locales/fa.json", Nature.PROSE), ("res/values-fa/a.xml", Nature.DATA),
        ("a.json", Nature.DATA),
        ("a", Nature.DATA), ("locale/fa.py", Nature.CODE),
    ],
)  # fmt: skip
def test_a_file_is_for_programs_or_for_people(path: str, nature: Nature) -> None:
    assert nature_of(path) is nature


LONG = {
    "marks": "\u200e" * 200_000, "overrides": "\u202e" * 200_000, "isolates": "\u2067x\u2069" * 70_000,
    "widths": "x\u200b" * 100_000, "tags": "\U000e0061" * 200_000, "selectors": "\ufe01" * 200_000,
    "names": "# " + "p\u0430 " * 70_000, "lines of names": "p\u0430 = 1\n" * 30_000, "returns": "\r" * 200_000 + "x",
    "one name": "\u0430a" * 100_000,
}  # fmt: skip


@pytest.mark.parametrize("name", LONG)
@pytest.mark.parametrize("path", ["a.py", "a.cfg"])
def test_a_long_line_is_read_in_time(name: str, path: str) -> None:
    started = time.perf_counter()
    anchored(invisible, reading(path, LONG[name]))
    assert time.perf_counter() - started < 10


ODD = st.text(
    alphabet="ab \n\r\t\u200b\u200d\u200e\u202e\u2066\u2069\ufeff\ufe0f\U000e0061\u0430\u05d0\U0001f468\x1b\x00\udce9",
    max_size=30,
)


@settings(deadline=None)
@given(st.sampled_from(["a.py", "a.md", "a.json", "\u202e.c"]), ODD, ODD)
def test_whatever_the_texts_findings_stand_on_changed_lines(path: str, old: str, new: str) -> None:
    anchored(invisible, reading(path, new, old))


def test_what_was_there_before_is_not_this_changes() -> None:
    text = "a = '\u202e'\nb = '\u200b'\n"
    assert found(invisible, "a.py", f"{text}c = 1\n", text) == []
