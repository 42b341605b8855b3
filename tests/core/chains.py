"""Ledgers made without a file: entries of every kind, and the lines that they become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import strategies as st

from reviewbot.core.exchange import Excerpt
from reviewbot.core.labels import Label
from reviewbot.core.ledger import GENESIS, SENDS, Entry, Totals, digest, encoded, origin

KEY = b"0123456789abcdef0123456789abcdef"
RUN = "0" * 31 + "1"
TIME = "2026-11-24T19:50:00.123Z"

#: Any characters, lone surrogates among them: what git hands over is not always text.
names = st.text(st.characters(), max_size=30)
excerpts = st.builds(Excerpt, st.text(st.characters(), max_size=60), st.sampled_from(Label), names)
entries = st.builds(
    Entry, kind=st.sampled_from(["decision", "egress", "deny", "reply", "post"]), sink=names,
    label=st.sampled_from(Label), status=names, backend=names, host=names, model=names, model_digest=names,
    rules=st.lists(names, max_size=3).map(tuple), policy_sha256=names, inputs=st.lists(excerpts, max_size=3).map(tuple),
    bytes_out=st.integers(0, 2**40), redactions=st.integers(0, 99), attempt=st.integers(0, 9),
).map(lambda entry: entry if entry.kind in SENDS else replace(entry, bytes_out=0))  # fmt: skip
#: Entries that differ in little, quick to draw: what chains are made of.
steps = st.builds(
    Entry, kind=st.sampled_from(["decision", "egress", "deny", "reply", "post"]),
    sink=st.sampled_from(["hosted", "local", "a\udc80"]), label=st.sampled_from(Label), bytes_out=st.integers(0, 2),
).map(lambda entry: entry if entry.kind in SENDS else replace(entry, bytes_out=0))  # fmt: skip


def line(entry: Entry, seq: int = 1, prev: str = GENESIS, run: str = RUN) -> bytes:
    return encoded(entry, seq=seq, time=TIME, run=run, prev=prev, key=KEY)


def ended(run: Sequence[Entry]) -> list[Entry]:
    """The entries of a run with the `end` that fits them."""
    sums: dict[str, int] = {}
    for entry in run:
        if entry.kind in SENDS:
            sums[origin(entry.sink)] = sums.get(origin(entry.sink), 0) + entry.bytes_out
    decided = sum(entry.kind == "decision" for entry in run)
    return [*run, Entry("end", "", Label.PUBLIC, "ok", totals=Totals(decided, decided, 0, 0, sums))]


def chain(*runs: Sequence[Entry]) -> list[bytes]:
    """Lines with their newlines, a run after the other."""
    lines: list[bytes] = []
    prev = GENESIS
    for number, run in enumerate(runs, 1):
        for entry in run:
            made = line(entry, len(lines) + 1, prev, f"{number:032x}")
            lines.append(made + b"\n")
            prev = digest(made)
    return lines


def head(lines: Sequence[bytes]) -> str:
    return digest(lines[-1][:-1]) if lines else GENESIS
