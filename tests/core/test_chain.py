"""The first line that was changed is named, whatever was done to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reviewbot.core.chain import MAX_SINKS, Verdict, follow, verify
from reviewbot.core.entries import LineError
from reviewbot.core.labels import Label
from reviewbot.core.ledger import GENESIS, Entry
from tests.core import chains
from tests.core.chains import chain, ended, head

runs = st.lists(chains.steps, max_size=8).map(ended)
ledgers = st.lists(runs, min_size=1, max_size=3).map(lambda found: chain(*found))
#: At least so many lines that something can be swapped, dropped and inserted.
long_ledgers = st.lists(chains.steps, min_size=3, max_size=8).map(lambda found: chain(ended(found)))

DECIDED = Entry("decision", "local", Label.RESTRICTED, rules=("default",))
SENT = Entry("egress", "hosted", Label.INTERNAL, bytes_out=100, host="api.mistral.ai")
REPLIED = Entry("reply", "hosted", Label.INTERNAL, "ok")
RUN = [DECIDED, DECIDED, SENT, REPLIED, SENT, REPLIED]
LINES = chain(ended(RUN))


def edited(line: bytes, **members: object) -> bytes:
    """The line with other members, in the spelling that it has to have."""
    return json.dumps({**json.loads(line), **members}, separators=(",", ":")).encode() + b"\n"


def place(verdict: Verdict) -> tuple[int | None, str]:
    return verdict.line, verdict.problem


@given(st.lists(st.lists(chains.entries, max_size=3).map(ended), min_size=1, max_size=2).map(lambda x: chain(*x)))
def test_what_was_written_is_whole(lines: list[bytes]) -> None:
    verdict = verify(lines)
    assert place(verdict) == (None, "")
    assert (verdict.entries, verdict.head, verdict.unended) == (len(lines), head(lines), "")
    assert verdict.proves(())
    assert verify(lines, [head(lines)]).proves([head(lines)])


@given(ledgers)
def test_the_sums_are_those_of_the_lines(lines: list[bytes]) -> None:
    sums: dict[str, int] = {}
    for line in map(json.loads, lines):
        if line["kind"] in ("egress", "post"):
            sums[line["sink"]] = sums.get(line["sink"], 0) + line["bytes_out"]
    assert verify(lines).bytes_out == sums


@given(ledgers)
def test_every_line_is_handed_on_once_in_its_order(lines: list[bytes]) -> None:
    seen: list[int] = []
    verify(lines, each=lambda line: seen.append(line.seq))
    assert seen == list(range(1, len(lines) + 1))


members = st.fixed_dictionaries({}, optional={
    "time": st.just("2000-01-01T00:00:00.000Z"), "run": st.just("f" * 32), "sink": st.just("elsewhere"),
    "host": st.just("other"), "label": st.sampled_from(["public", "secret"]), "status": st.just("changed"),
    "prev": st.just("e" * 64), "redactions": st.just(77), "rules": st.just(["none"]), "inputs": st.just([]),
})  # fmt: skip


@given(long_ledgers, st.data())
def test_an_edited_line_is_named(lines: list[bytes], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(lines) - 1))
    forged = [*lines]
    forged[at] = edited(lines[at], **data.draw(members))
    assume(forged[at] != lines[at])
    verdict = verify(forged, [head(lines)])
    # Nothing follows the last line: only a head that is no line's tells.
    assert verdict.line == at + 1 or (at == len(lines) - 1 and not verdict.found)
    assert not verdict.proves([head(lines)])


@given(long_ledgers, st.data())
def test_an_edited_line_is_named_without_a_head(lines: list[bytes], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(lines) - 3))
    forged = [*lines]
    forged[at] = edited(lines[at], **data.draw(members))
    assume(forged[at] != lines[at])
    assert verify(forged).line == at + 1


@given(long_ledgers, st.data(), st.integers(1, 1000))
def test_a_line_with_another_number_is_named(lines: list[bytes], data: st.DataObject, seq: int) -> None:
    at = data.draw(st.integers(0, len(lines) - 1))
    assume(seq != at + 1)
    assert verify([*lines[:at], edited(lines[at], seq=seq), *lines[at + 1 :]]).line == at + 1
    both = verify([*lines[:at], edited(lines[at], seq=seq, prev="d" * 64), *lines[at + 1 :]])
    assert both.line == at + 1
    assert at == len(lines) - 1 or both.problem == f"edited: it says that it is entry {seq}"


@given(ledgers, st.data())
def test_a_byte_that_is_not_as_it_was_is_named(lines: list[bytes], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(lines) - 1))
    spot = data.draw(st.integers(0, len(lines[at]) - 1))
    byte = data.draw(st.integers(0, 255))
    assume(byte != lines[at][spot])
    forged = [*lines]
    forged[at] = lines[at][:spot] + bytes([byte]) + lines[at][spot + 1 :]
    verdict = verify(b"".join(forged).splitlines(keepends=True) if byte == 10 else forged, [head(lines)])
    assert verdict.line == at + 1 or (at == len(lines) - 1 and not verdict.found)
    assert not verdict.proves([head(lines)])


@given(long_ledgers, st.data())
def test_dropped_lines_are_named(lines: list[bytes], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(lines) - 2))
    end = data.draw(st.integers(at + 1, len(lines) - 1))
    verdict = verify([*lines[:at], *lines[end:]])
    missing = f"entry {at + 1} is" if end == at + 1 else f"entries {at + 1} to {end} are"
    assert place(verdict) == (at + 1, f"{missing} missing before it")


@given(long_ledgers, st.data())
def test_swapped_lines_are_named(lines: list[bytes], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(lines) - 2))
    other = data.draw(st.integers(at + 1, len(lines) - 1))
    forged = [*lines]
    forged[at], forged[other] = lines[other], lines[at]
    assert place(verify(forged)) == (
        at + 1, f"out of order: it is entry {other + 1}, entry {at + 1} is line {other + 1}"
    )  # fmt: skip


@given(long_ledgers, st.data())
def test_a_moved_line_is_named(lines: list[bytes], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(lines) - 1))
    to = data.draw(st.integers(0, len(lines) - 1))
    assume(at != to)
    forged = [*lines]
    forged.insert(to, forged.pop(at))
    verdict = verify(forged)
    assert verdict.line == min(at, to) + 1
    assert verdict.problem.startswith("out of order")


@given(long_ledgers, st.data())
def test_a_line_that_is_there_twice_is_named(lines: list[bytes], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(lines) - 1))
    forged = [*lines[: at + 1], lines[at], *lines[at + 1 :]]
    assert place(verify(forged)) == (at + 2, f"the same line as {at + 1} once more")


@given(long_ledgers, st.data())
def test_a_line_that_is_repeated_elsewhere_is_named(lines: list[bytes], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(lines) - 1))
    to = data.draw(st.integers(0, len(lines)))
    assume(to not in (at, at + 1))
    assert verify([*lines[:to], lines[at], *lines[to:]]).line == to + 1


@given(long_ledgers, chains.steps, st.data())
def test_an_inserted_line_is_named_though_it_fits_what_is_before(
    lines: list[bytes], entry: Entry, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(lines) - 1))
    forged = chains.line(entry, at + 1, head(lines[:at])) + b"\n"
    assume(forged not in lines)
    verdict = verify([*lines[:at], forged, *lines[at:]], [head(lines)])
    assert verdict.line == at + 1
    assert verdict.problem.startswith("inserted")


@given(long_ledgers, chains.steps, st.data())
def test_an_inserted_line_that_fits_nothing_is_named(lines: list[bytes], entry: Entry, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(lines) - 1))
    seq = data.draw(st.integers(1, 20))
    forged = chains.line(entry, seq, "a" * 64) + b"\n"
    assert verify([*lines[:at], forged, *lines[at:]]).line == at + 1


@given(ledgers, chains.steps)
def test_a_line_added_at_the_end_is_not_what_the_head_proves(lines: list[bytes], entry: Entry) -> None:
    known = head(lines)
    same_run = chains.line(entry, len(lines) + 1, known, json.loads(lines[-1])["run"]) + b"\n"
    assert place(verify([*lines, same_run])) == (len(lines) + 1, "written after the end of its run")
    other_run = chains.line(entry, len(lines) + 1, known, "e" * 32) + b"\n"
    verdict = verify([*lines, other_run], [known])
    assert (verdict.found, verdict.unended, verdict.unended_line) == ({known: len(lines)}, "e" * 32, len(lines) + 1)
    assert not verdict.proves([known])


@given(ledgers, st.data())
def test_a_missing_tail_shows_by_the_head_or_by_the_missing_end(lines: list[bytes], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(lines) - 1))
    verdict = verify(lines[:at], [head(lines)])
    assert verdict.found == {}
    assert not verdict.proves([head(lines)])
    is_end = at > 0 and json.loads(lines[at - 1])["kind"] == "end"
    assert verify(lines[:at]).proves(()) == is_end


@given(ledgers, st.data())
def test_a_line_cut_in_the_middle_is_named(lines: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(lines[-1]) - 1))
    assert place(verify([*lines[:-1], lines[-1][:size]])) == (len(lines), "cut off in the middle")


def test_a_run_without_its_end_is_no_break_and_is_said() -> None:
    lines = chain(RUN)
    verdict = verify(lines)
    assert place(verdict) == (None, "")
    assert (verdict.unended, verdict.unended_line) == (chains.RUN, len(RUN))
    assert not verdict.proves(())
    assert verify(lines, [head(lines)]).proves([head(lines)])


def test_a_run_without_its_end_is_said_though_another_run_follows() -> None:
    lines = chain(RUN, ended(RUN))
    verdict = verify(lines)
    assert (verdict.problem, verdict.unended, verdict.unended_line) == ("", chains.RUN, len(RUN))
    assert not verdict.proves(())


def test_of_several_runs_without_their_ends_the_first_is_said() -> None:
    assert verify(chain(ended(RUN), [SENT], [SENT])).unended_line == len(RUN) + 2


def test_a_line_added_in_the_place_of_the_last_is_named_by_the_head() -> None:
    forged = edited(LINES[-1], status="forged")
    assert place(verify([*LINES, forged], [head(LINES)])) == (
        len(LINES) + 1, f"inserted: line {len(LINES)} is the head"
    )  # fmt: skip
    assert place(verify([*LINES[:-1], forged, LINES[-1]], [head(LINES)])) == (
        len(LINES), f"inserted: line {len(LINES) + 1} follows the line before it"
    )  # fmt: skip


def test_runs_in_one_file_are_one_chain_and_each_has_its_own_sums() -> None:
    lines = chain(ended(RUN), ended([DECIDED, SENT]), ended([]))
    verdict = verify(lines)
    assert (verdict.entries, verdict.bytes_out) == (len(RUN) + 5, {"hosted": 300})
    assert verdict.proves(())


@pytest.mark.parametrize(
    ("change", "said"),
    [({"bytes_out": {"hosted": 199}}, "the end says other bytes than its run has"),
     ({"bytes_out": {}}, "the end says other bytes than its run has"),
     ({"bytes_out": {"hosted": 200, "x": 0}}, "the end says other bytes than its run has"),
     ({"decided": 3}, "the end says 3 decisions, its run has 2")],
)  # fmt: skip
def test_an_end_that_does_not_fit_its_run_is_named(change: dict[str, object], said: str) -> None:
    totals = {**json.loads(LINES[-1])["totals"], **change}
    assert place(verify([*LINES[:-1], edited(LINES[-1], totals=totals)])) == (len(LINES), said)


def test_the_end_of_one_run_does_not_count_what_another_sent() -> None:
    lines = chain(RUN, ended(RUN))
    totals = json.loads(lines[-1])["totals"] | {"bytes_out": {"hosted": 400}}
    assert verify([*lines[:-1], edited(lines[-1], totals=totals)]).line == len(lines)


def test_an_earlier_head_is_found_where_it_stands() -> None:
    known = head(LINES[:3])
    verdict = verify(LINES, [known, head(LINES)])
    assert verdict.found == {known: 3, head(LINES): len(LINES)}
    assert verdict.proves([known])


def test_two_ledgers_in_one_file_are_told_apart() -> None:
    assert place(verify([*LINES, *LINES])) == (len(LINES) + 1, "another ledger begins here")


def test_a_ledger_rewritten_as_a_whole_is_whole_and_only_a_head_tells() -> None:
    """What a chain does not give: docs/ledger.md says so."""
    forged = chain(ended([replace(SENT, host="elsewhere")]))
    assert verify(forged).proves(())
    assert not verify(forged, [head(LINES)]).proves([head(LINES)])


FRAMES: list[tuple[Callable[[Sequence[bytes]], list[bytes]], int, str]] = [
    (lambda lines: [], 1, "no entries"),
    (lambda lines: [b"\n", *lines], 1, "an empty line"),
    (lambda lines: [*lines[:2], b"\n", *lines[2:]], 3, "an empty line"),
    (lambda lines: [*lines, b"\n"], len(LINES) + 1, "an empty line"),
    (lambda lines: [*lines, b" \n"], len(LINES) + 1, "not JSON"),
    (lambda lines: [b"\xef\xbb\xbf" + lines[0], *lines[1:]], 1, "begins with a byte order mark"),
    (lambda lines: [line[:-1] + b"\r\n" for line in lines], 1, "ends with CR LF: something else has written it anew"),
    (lambda lines: [*lines[:-1], lines[-1][:-1]], len(LINES), "cut off in the middle"),
    (lambda lines: [*lines, b"\0" * 4096], len(LINES) + 1, "cut off in the middle"),
]


@pytest.mark.parametrize(("change", "line", "said"), FRAMES)
def test_lines_are_framed_by_one_newline(
    change: Callable[[Sequence[bytes]], list[bytes]], line: int, said: str
) -> None:
    assert place(verify(change(LINES))) == (line, said)


def test_no_ledger_makes_its_reader_keep_ever_more_sums() -> None:
    sent = [replace(SENT, sink=str(number)) for number in range(MAX_SINKS + 1)]
    assert place(verify(chain(sent))) == (MAX_SINKS + 1, f"more than {MAX_SINKS} sinks")
    assert verify(chain(ended(sent[:-1]))).proves(())


def test_the_last_of_some_lines_is_the_one_to_follow() -> None:
    assert follow(LINES[2:]).seq == len(LINES)
    assert follow(LINES[-1:]).sha256 == head(LINES)


@pytest.mark.parametrize(
    "forged", [[LINES[1], LINES[3]], [LINES[3], LINES[2]], [edited(LINES[2], status="x"), LINES[3]], []]
)
def test_lines_that_do_not_follow_each_other_are_not_gone_on_with(forged: list[bytes]) -> None:
    with pytest.raises(LineError, match=r"does not follow|no entries"):
        follow(forged)


def test_an_empty_ledger_has_the_head_that_a_first_line_follows() -> None:
    assert verify([]).head == GENESIS
