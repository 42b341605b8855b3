"""A line that was not written by us is refused in a few words, whatever it is."""

from __future__ import annotations

import json
import time
import tracemalloc
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reviewbot.core import chain
from reviewbot.core.entries import LineError, read
from reviewbot.core.ledger import MAX_LINE
from tests.core.chains import line
from tests.core.test_ledger import END, SENT

GOOD = line(SENT)


def why(data: bytes) -> str:
    with pytest.raises(LineError) as caught:
        read(data)
    said = str(caught.value)
    assert "\n" not in said
    assert len(said) < 120
    return said


def changed(**members: object) -> bytes:
    return json.dumps({**json.loads(GOOD), **members}, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "an empty line"),
        (b"{}", "not an entry of schema reviewbot.ledger/1"),
        (b"[]", "not an entry of schema reviewbot.ledger/1"),
        (b"null", "not an entry of schema reviewbot.ledger/1"),
        (GOOD[:-1], "not JSON"),
        (GOOD + b"\0", "not JSON"),
        (GOOD.replace(b"hosted", b"hos\0ed"), "not JSON"),
        (GOOD.replace(b"hosted", b"hos\xc3\xa9d"), "bytes that no ledger has (not ASCII)"),
        (GOOD.replace(b"hosted", b"hos\xffed"), "bytes that no ledger has (not ASCII)"),
        (b"\xef\xbb\xbf" + GOOD, "bytes that no ledger has (not ASCII)"),
        (b"[" * 100_000, "not JSON"),
        (b'{"a":' * 100_000, "not JSON"),
        (GOOD.replace(b":1234,", b":" + b"9" * 100_000 + b","), "not JSON"),
        (GOOD.replace(b":1234,", b":9007199254740992,"), "bytes_out: not what an entry has there"),
        (GOOD.replace(b":1234,", b":-1,"), "bytes_out: not what an entry has there"),
        (GOOD.replace(b":1234,", b":1234.0,"), "bytes_out: not what an entry has there"),
        (GOOD.replace(b":1234,", b":1e999,"), "bytes_out: not what an entry has there"),
        (GOOD.replace(b":1234,", b":NaN,"), "bytes_out: not what an entry has there"),
        (GOOD.replace(b":1234,", b":true,"), "bytes_out: not what an entry has there"),
        (GOOD.replace(b":1234,", b":null,"), "bytes_out: not what an entry has there"),
        (GOOD.replace(b':1,"time"', b':01,"time"'), "not JSON"),
        (GOOD.replace(b'"attempt":1', b'"attempt":-0'), "not as it was written: spacing, spelling, or a member twice"),
        (GOOD.replace(b'"seq":1', b'"seq":9,"seq":1'), "not as it was written: spacing, spelling, or a member twice"),
        (GOOD.replace(b'"seq":1', b'"seq": 1'), "not as it was written: spacing, spelling, or a member twice"),
        (GOOD.replace(b"hosted", b"h\\u006fsted"), "not as it was written: spacing, spelling, or a member twice"),
        (GOOD.replace(b"\\u00e9", b"\\u00E9"), "not as it was written: spacing, spelling, or a member twice"),
        (GOOD + b" ", "not as it was written: spacing, spelling, or a member twice"),
        (changed(more=1), "members that an entry does not have, or in another order"),
        (json.dumps(dict(reversed(json.loads(GOOD).items())), separators=(",", ":")).encode(),
         "members that an entry does not have, or in another order"),
        (changed(kind="decision"), "bytes_out: only egress and post have any"),
        (changed(kind="end"), "totals: missing"),
        (changed(kind=["egress"]), "kind: not what an entry has there"),
        (changed(kind="sent"), "kind: not what an entry has there"),
        (changed(label="secret!"), "label: not what an entry has there"),
        (changed(run="A" * 32), "run: not what an entry has there"),
        (changed(time="2026-11-24T19:50:00Z"), "time: not what an entry has there"),
        (changed(time="٢٠٢٦-11-24T19:50:00.000Z"), "time: not what an entry has there"),
        (changed(prev="f" * 64 + "\n"), "prev: not what an entry has there"),
        (changed(rules="default"), "rules: not what an entry has there"),
        (changed(rules=[1]), "rules: not what an entry has there"),
        (changed(inputs=[{"origin": "", "hmac": "0" * 64, "bytes": 1, "x": 1}]), "inputs: not what an entry has there"),
        (changed(inputs=[["origin"]]), "inputs: not what an entry has there"),
        (GOOD.replace(b'"prev"', b'"Prev"'), "prev: missing"),
        (line(END).replace(b'"seen":7', b'"seen":-7'), "totals: not what an entry has there"),
        (line(END).replace(b'{"hosted":1234}', b'[]'), "totals: not what an entry has there"),
        (line(END).replace(b'{"hosted":1234}', b'{"hosted":1.5}'), "totals: not what an entry has there"),
    ],
)  # fmt: skip
def test_a_line_that_was_not_written_by_us_is_refused(data: bytes, said: str) -> None:
    assert why(data) == said


def test_a_line_that_is_too_long_is_not_even_parsed() -> None:
    assert why(b"[" * (MAX_LINE + 1)) == "longer than 2,097,152 bytes"


@given(st.binary(max_size=300))
@example(b'"\\ud800"')
def test_any_bytes_are_refused_without_a_traceback(data: bytes) -> None:
    why(data)


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=2), max_leaves=4,
)  # fmt: skip


@given(st.sampled_from(list(json.loads(line(END)))), json_values | st.dictionaries(st.text(), json_values, max_size=3))
def test_any_value_of_any_member_is_read_or_refused(member: str, value: object) -> None:
    data = json.dumps({**json.loads(line(END)), member: value}, separators=(",", ":")).encode()
    try:
        found = read(data)
    except LineError as error:
        assert str(error)
    else:
        assert (
            getattr(found, member, None) == (tuple(value) if isinstance(value, list) else value) or member == "schema"
        )


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_a_changed_byte_is_refused_or_changes_the_hash(place: int, byte: int) -> None:
    data = GOOD[:place] + bytes([byte]) + GOOD[place + 1 :]
    try:
        found = read(data)
    except LineError:
        assert data != GOOD
    else:
        assert (found.sha256 == read(GOOD).sha256) == (data == GOOD)


HOSTILE = {
    "one endless line": b"x" * (64 * 1024 * 1024),
    "nothing but newlines": b"\n" * (4 * 1024 * 1024),
    "lists": b"[" + b"[]," * ((MAX_LINE - 10) // 3) + b"[]]\n",
    "depth": b"[" * (MAX_LINE - 1) + b"\n",
    "numbers": b"[" + b"1," * ((MAX_LINE - 10) // 2) + b"1]\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_takes_little_time_and_memory(name: str) -> None:
    data = HOSTILE[name]
    pieces = [data[at : at + MAX_LINE + 2] for at in range(0, len(data), MAX_LINE + 2)]
    tracemalloc.start()
    began = time.perf_counter()
    try:
        assert chain.verify(pieces).line == 1
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.perf_counter() - began < 5
    assert peak < 150 * 1024 * 1024
