"""A line of a ledger says what happened, and nothing of what the text says."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reviewbot.core.entries import read
from reviewbot.core.exchange import Excerpt
from reviewbot.core.labels import Label
from reviewbot.core.ledger import GENESIS, MAX_LINE, Entry, Totals, encoded, merged
from tests.core import chains
from tests.core.chains import KEY, RUN, TIME, line

SCHEMA: dict[str, Any] = json.loads((Path(__file__).parents[2] / "docs" / "ledger.schema.json").read_text())
VALIDATOR = Draft202012Validator(SCHEMA)
#: What CONTRACT says that a line has.
MEMBERS = [
    "seq", "time", "run", "kind", "sink", "backend", "host", "model", "model_digest", "label", "rules", "policy_sha256",
    "inputs", "bytes_out", "redactions", "attempt", "status", "prev",
]  # fmt: skip
TEXT = "def transfer(amount):\n    return vault.move(amount)\n"
SENT = Entry(
    "egress", "hosted", Label.INTERNAL, "", "hosted", "api.mistral.ai", "codestral-2508", "sha256:ab12", ("default",),
    "c" * 64, (Excerpt(TEXT, Label.INTERNAL, "src/é.py"),), 1234, 2, 1,
)  # fmt: skip
END = Entry("end", "", Label.PUBLIC, "ok", totals=Totals(7, 6, 5, 1, {"hosted": 1234}))


def test_a_line_has_every_member_in_order_and_the_schema() -> None:
    assert list(json.loads(line(SENT))) == ["schema", *MEMBERS]
    assert list(json.loads(line(END))) == ["schema", *MEMBERS, "totals"]


def test_a_line_has_one_spelling() -> None:
    named = hmac.new(KEY, b"reviewbot.ledger/1 input\0" + TEXT.encode(), hashlib.sha256).hexdigest()
    assert (
        line(SENT)
        == (
            f'{{"schema":"reviewbot.ledger/1","seq":1,"time":"{TIME}","run":"{RUN}","kind":"egress","sink":"hosted",'
            '"backend":"hosted","host":"api.mistral.ai","model":"codestral-2508","model_digest":"sha256:ab12",'
            f'"label":"internal","rules":["default"],"policy_sha256":"{"c" * 64}",'
            f'"inputs":[{{"origin":"src/\\u00e9.py","hmac":"{named}","bytes":{len(TEXT)}}}],"bytes_out":1234,'
            f'"redactions":2,"attempt":1,"status":"","prev":"{GENESIS}"}}'
        ).encode()
    )


def test_a_line_is_read_as_it_was_written() -> None:
    found = read(line(END, 12, "f" * 64))
    assert (found.seq, found.prev, found.kind, found.run, found.time) == (12, "f" * 64, "end", RUN, TIME)
    assert found.totals == END.totals
    assert found.sha256 == hashlib.sha256(line(END, 12, "f" * 64)).hexdigest()
    (part,) = read(line(SENT)).inputs
    assert (part.origin, part.bytes) == ("src/é.py", len(TEXT))


@given(chains.entries)
def test_whatever_is_written_is_ascii_on_one_line_and_can_be_read(entry: Entry) -> None:
    made = line(entry)
    assert all(0x20 <= byte < 0x7F for byte in made)
    found = read(made)
    assert (found.kind, found.label, found.bytes_out) == (entry.kind, str(entry.label), entry.bytes_out)
    assert len(found.inputs) == len(entry.inputs)
    VALIDATOR.validate(json.loads(made))


words = st.text("abcdefghijklmnopqrstuvwxyzäöü€𝄞", min_size=12, max_size=60).map(lambda word: f"zq{word}")


@given(st.lists(words, min_size=1, max_size=4))
def test_no_text_is_in_a_line_nor_any_hash_of_it_that_one_could_guess(texts: list[str]) -> None:
    inputs = tuple(Excerpt(text, Label.RESTRICTED, "ledger/core.py") for text in texts)
    made = line(replace(SENT, inputs=inputs)).decode()
    for text in (*texts, "".join(texts)):
        assert text not in made
        assert json.dumps(text)[1:-1] not in made
        for name in ("md5", "sha1", "sha256", "sha512", "blake2b"):
            assert hashlib.new(name, text.encode()).hexdigest() not in made
        blob = text.encode()
        assert hashlib.sha1(b"blob %d\0%s" % (len(blob), blob)).hexdigest() not in made


def test_equal_texts_are_known_under_one_key_and_not_under_another() -> None:
    def named(text: str, key: bytes = KEY) -> str:
        made = encoded(replace(SENT, inputs=(Excerpt(text, Label.INTERNAL, "x"),)), seq=1, time=TIME, run=RUN,
                              prev=GENESIS, key=key)  # fmt: skip
        return read(made).inputs[0].hmac

    assert named(TEXT) == named(TEXT)
    assert named(TEXT) != named(TEXT + " ")
    assert named(TEXT) != named(TEXT, b"another key")


def test_a_ledger_does_not_name_a_text_as_anything_else_under_the_key_does() -> None:
    (part,) = read(line(SENT)).inputs
    assert part.hmac != hmac.new(KEY, TEXT.encode(), hashlib.sha256).hexdigest()


def test_bytes_that_are_no_text_are_spelled_out() -> None:
    (part,) = read(line(replace(SENT, inputs=(Excerpt("\udcff", Label.PUBLIC, "a\udc80\n.py"),)))).inputs
    assert (part.origin, part.bytes) == ("a\\x80\n.py", 3)


@pytest.mark.parametrize("said", [TEXT, "sha256:" + "a" * 200, "with space", "ü", '"', "a\n"])
def test_what_a_server_calls_a_digest_and_is_none_is_not_written(said: str) -> None:
    assert read(line(replace(SENT, model_digest=said))).model_digest == "unreadable"


def test_a_long_name_is_clipped_so_that_no_path_makes_a_line_too_long() -> None:
    inputs = tuple(Excerpt("", Label.INTERNAL, "\udc80" * 4096 + str(number)) for number in range(200))
    made = line(replace(SENT, inputs=inputs, sink="s" * 9999, status="x" * 9999, rules=("r" * 9999,)))
    assert len(made) < MAX_LINE / 4
    assert read(made).inputs[0].origin.startswith("\\x80\\x80")


def test_the_merged_head_does_not_depend_on_the_order_but_on_every_head() -> None:
    one, two, three = "1" * 64, "2" * 64, "3" * 64
    assert merged([one]) == one
    assert merged([one, two]) == merged([two, one])
    assert len({one, two, merged([one, two]), merged([one, three]), merged([one, two, three]), merged([])}) == 6


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    VALIDATOR.validate(json.loads(line(SENT)))
    VALIDATOR.validate(json.loads(line(END)))


@pytest.mark.parametrize(
    "change",
    [{"seq": 0}, {"kind": "end"}, {"kind": "decision"}, {"content": "x"}, {"prev": "x"}, {"time": "now"},
     {"schema": "x"}, {"inputs": [{"origin": "a", "hmac": "", "bytes": 1}]}, {"bytes_out": 1.5}, {"totals": {}}],
)  # fmt: skip
def test_the_schema_and_the_reader_refuse_the_same(change: dict[str, object]) -> None:
    document = {**json.loads(line(SENT)), **change}
    assert not VALIDATOR.is_valid(document)
    with pytest.raises(ValueError, match=r"."):
        read(json.dumps(document, separators=(",", ":")).encode())
