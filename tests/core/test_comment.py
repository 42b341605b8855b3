"""Marks: what was written is read again, what anybody else wrote is no word of the bot's."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.comment import MAX_MARK, MAX_PLAIN, Mark, Told, line_hash, read, told, written
from reviewbot.core.conversation import Place
from reviewbot.core.findings import Location, Severity
from reviewbot.core.labels import ASSIGNABLE, Label
from reviewbot.core.text import clipped
from tests.formats.samples import finding, hostile_text

HERE = Place("github", "https://api.github.com", "ada/engine", 7)
KEY = b"k" * 32

_LINE = st.none() | st.integers(1, 10**6)
_HASHES = st.lists(st.text("0123456789abcdef", min_size=10, max_size=10) | st.just(""), max_size=4).map(tuple)
TOLD = st.builds(
    Told, st.text("0123456789abcdef", min_size=16, max_size=16), hostile_text, hostile_text, st.sampled_from(Severity),
    st.floats(0, 1), st.builds(Location, hostile_text, st.sampled_from(("new", "old")), _LINE, _LINE), hostile_text,
    st.sampled_from(Label), _HASHES, st.text("0123456789abcdef", max_size=40),
)  # fmt: skip
MARKS = st.builds(
    Mark, st.sampled_from(("finding", "state", "answer", "review", "summary")), st.lists(TOLD, max_size=3).map(tuple),
    hostile_text, hostile_text, st.dictionaries(st.text(), st.lists(st.text(), max_size=2).map(tuple), max_size=2),
)  # fmt: skip
USUAL = Mark("finding", (told(finding("calls/sql", "a.py", 3, quote="execute(f'{x}')")),), head_sha="b" * 40)


def payload(document: object) -> str:
    """Data in the shape of a mark, unsigned, as anybody can make one."""
    plain = document if isinstance(document, bytes) else json.dumps(document).encode()
    return f"<!-- reviewbot:1 {base64.b64encode(zlib.compress(plain, 9)).decode()} - -->"


@settings(deadline=None)
@given(MARKS, st.sampled_from((b"", KEY)), hostile_text)
def test_any_mark_is_read_as_it_was_written(mark: Mark, key: bytes, body: str) -> None:
    line = written(mark, HERE, key)
    assert "\n" not in line
    assert read(f"{body}\n{line}", HERE, key) == (mark, bool(key))
    assert read(f"{body}\r\n\r\n{line}\r\n", HERE, key) == (mark, bool(key))


@settings(deadline=None)
@given(MARKS)
def test_a_mark_is_nothing_but_an_html_comment_of_plain_letters(mark: Mark) -> None:
    line = written(mark, HERE, KEY)
    assert line.isascii()
    assert (line.index("<"), line.index(">")) == (0, len(line) - 1)
    assert "--" not in line[4:-3]


@given(st.data())
def test_a_changed_character_never_verifies(data: st.DataObject) -> None:
    line = written(USUAL, HERE, KEY)
    at = data.draw(st.integers(0, len(line) - 1))
    changed = data.draw(st.characters().filter(lambda sign: sign != line[at]))
    assert (read(line[:at] + changed + line[at + 1 :], HERE, KEY) or (USUAL, False))[1] is False


@given(st.integers(1, 500))
def test_what_was_cut_off_is_no_mark_or_not_signed(left: int) -> None:
    line = written(USUAL, HERE, KEY)
    for cut in (line[:-left], line[left:], line[: 40 + left % 40] + line[41 + left % 40 :]):
        assert (read(cut, HERE, KEY) or (USUAL, False))[1] is False


@pytest.mark.parametrize("there", [
    replace(HERE, number=8), replace(HERE, number=77), replace(HERE, project="ada/other"),
    replace(HERE, api="https://github.example/api/v3"),
    # Parts that would be the same, were they written one after another.
    replace(HERE, project="ada/engine\x007", number=7), replace(HERE, project="engine", api=f"{HERE.api}\0ada"),
])  # fmt: skip
def test_a_mark_of_another_pull_request_is_read_and_is_not_signed(there: Place) -> None:
    assert read(written(USUAL, there, KEY), HERE, KEY) == (USUAL, False)
    assert read(written(USUAL, there, KEY), there, KEY) == (USUAL, True)


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_only_the_key_that_signed_it_verifies(one: bytes, other: bytes) -> None:
    assert read(written(USUAL, HERE, one), HERE, other) == (USUAL, one.rstrip(b"\0") == other.rstrip(b"\0") != b"")


def test_without_a_key_nothing_is_signed_and_nothing_verifies() -> None:
    assert written(USUAL, HERE, b"").endswith(" - -->")
    assert read(written(USUAL, HERE, b""), HERE, KEY) == (USUAL, False)
    assert read(written(USUAL, HERE, KEY), HERE, b"") == (USUAL, False)


@pytest.mark.parametrize("after", ["x", "\nx", "\n> quoted", "\n```", "\n<!-- x -->", " x", "\n.\n"])
def test_what_is_not_on_the_last_line_is_no_mark(after: str) -> None:
    assert read(written(USUAL, HERE, KEY) + after, HERE, KEY) is None


@pytest.mark.parametrize("before", ["x", "> ", "- ", "`", "<!-- ", "a\r", "a\x0b", "a\x85", "a\u2028"])
def test_what_does_not_have_its_line_to_itself_is_no_mark(before: str) -> None:
    assert read(before + written(USUAL, HERE, KEY), HERE, KEY) is None


def test_of_two_marks_the_last_counts() -> None:
    later = Mark("answer", of="4")
    assert read(f"{written(USUAL, HERE, KEY)}\n{written(later, HERE, KEY)}", HERE, KEY) == (later, True)


@given(st.text() | hostile_text)
def test_a_text_that_nobody_marked_has_no_mark(text: str) -> None:
    assert read(text, HERE, KEY) is None
    assert read(f"<!-- reviewbot:1 {text} - -->", HERE, KEY) is None


_KEYS = st.sampled_from(["kind", "told", "of", "read", "x"])


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4)))  # fmt: skip
def test_what_is_no_mark_inside_is_none(document: object) -> None:
    found = read(payload(document), HERE, KEY)
    assert found is None or (isinstance(found[0], Mark) and not found[1])


@pytest.mark.parametrize("data", [
    b" " * (MAX_PLAIN + 1), b'{"kind":"summary"}' + b" " * MAX_PLAIN, b"[" * 100_000, b"\0" * 30_000_000,
    b'{"kind":"summary","of":' + b"1" * 10_000 + b"}", b"", b"\xff\xfe", b'{"kind":"other"}', b"[]", b"null",
    b'{"kind":"summary","told":[{}]}', b'{"kind":"summary","read":{"a":"b"}}',
])  # fmt: skip
def test_a_bomb_and_a_document_of_another_shape_are_no_mark(data: bytes) -> None:
    assert read(payload(data), HERE, KEY) is None


def test_a_stream_that_ends_early_and_one_that_is_none_are_no_mark() -> None:
    stream = zlib.compress(b'{"kind":"summary"}')
    assert read(payload({"kind": "summary"}), HERE, KEY) == (Mark("summary"), False)
    for data in (stream[:-1], stream[:4], b"{}{}", b""):
        assert read(f"<!-- reviewbot:1 {base64.b64encode(data).decode()} - -->", HERE, KEY) is None


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_a_number_that_has_no_place_in_an_order_is_no_confidence(number: str) -> None:
    line = written(USUAL, HERE, b"")
    plain = zlib.decompress(base64.b64decode(line.split()[2])).decode()
    assert '"confidence":0.9' in plain
    forged = plain.replace('"confidence":0.9', f'"confidence":{number}').encode()
    assert read(payload(forged), HERE, KEY) is None


def test_what_is_more_than_one_line_holds_is_not_written() -> None:
    many = tuple(replace(USUAL.told[0], title=f"{number} {number * 7919}") for number in range(5000))
    assert written(Mark("summary", many), HERE, KEY) == ""
    assert written(Mark("summary", of="x" * MAX_PLAIN), HERE, KEY) == ""
    assert len(written(Mark("summary", many[:200]), HERE, KEY)) < MAX_MARK


@pytest.mark.parametrize("label", ASSIGNABLE)
def test_of_a_finding_there_is_neither_its_text_nor_that_of_the_lines(label: Label) -> None:
    one = finding("x/y", "a.py", 4, body="BODY", quote="secret = 1\n}", suggestion="SUGGESTED", label=label)
    kept = told(replace(one, id="0" * 16))
    assert (kept.id, kept.rule, kept.location, kept.label) == ("0" * 16, "x/y", one.location, label)
    assert kept.lines == (line_hash("secret = 1"), "")
    assert not [word for word in ("BODY", "secret", "SUGGESTED") if word in repr(kept)]


@given(st.text(st.characters(exclude_categories=["Z", "C"]), min_size=4), st.sampled_from(["", "    ", "\t", " \t "]),
       st.sampled_from(["", "\r", "  "]))  # fmt: skip
def test_a_line_is_known_again_whatever_its_indentation(line: str, indent: str, end: str) -> None:
    assert line_hash(indent + line + end) == line_hash(line) != ""


@pytest.mark.parametrize("line", ["", "}", "  });", "\t", "a b"])
def test_a_line_that_says_too_little_has_no_hash(line: str) -> None:
    assert line_hash(line) == ""


@given(st.integers(900, 5000))
def test_a_line_is_known_again_by_a_quote_that_has_not_all_of_it(length: int) -> None:
    line = "".join(f"x{number} = {number}; " for number in range(length))[:length]
    assert line_hash(line) == line_hash(clipped(line, 1000))


def test_a_claim_is_what_a_model_said_and_no_word_of_a_check_or_a_linter() -> None:
    for origin, claim in (("hosted", True), ("check:calls", False), ("check:ruff", False)):
        assert told(finding("x/y", "a.py", 1, origin=origin)).is_claim is claim
