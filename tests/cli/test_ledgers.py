"""Every line is in the file before what it announces happens; where it cannot be, nothing may."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reviewbot.cli.ledgers import LedgerError, RunLedger, opened
from reviewbot.core.chain import Verdict, verify
from reviewbot.core.exchange import Excerpt
from reviewbot.core.labels import Label
from reviewbot.core.ledger import GENESIS, MAX_LINE, Entry, Totals
from reviewbot.errors import NotReviewedError, UsageError
from reviewbot.ports import Ledger

KEY = b"k" * 32
INPUTS = (Excerpt("text", Label.INTERNAL, "a.py"),)
DECIDED = Entry("decision", "hosted", Label.INTERNAL, inputs=INPUTS)
SENT = Entry("egress", "hosted", Label.INTERNAL, inputs=INPUTS, bytes_out=100)


def verified(path: Path, *heads: str) -> Verdict:
    with path.open("rb") as stream:
        return verify(stream, heads)


def run(path: Path | None, key: bytes = KEY) -> str:
    """A run of three lines; its head."""
    with opened(None if path is None else str(path), key) as ledger:
        ledger.append(DECIDED)
        ledger.append(SENT)
        ledger.end(seen=1, reviewed=1, withheld=0)
        return ledger.head


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.jsonl"


def test_what_a_run_writes_is_whole_and_its_head_is_known(path: Path) -> None:
    written: Ledger
    with opened(str(path), KEY) as ledger:
        written = ledger
        assert (ledger.head, ledger.entries) == (GENESIS, 0)
        written.append(DECIDED)
        ledger.append(SENT)
        ledger.append(SENT)
        ledger.end(seen=3, reviewed=1, withheld=2)
        assert (ledger.entries, ledger.bytes_out) == (4, {"hosted": 200})
    verdict = verified(path, ledger.head)
    assert verdict.proves([ledger.head])
    assert (verdict.entries, verdict.head, verdict.bytes_out) == (4, ledger.head, {"hosted": 200})
    last = json.loads(path.read_bytes().splitlines()[-1])
    assert last["totals"] == {"seen": 3, "decided": 1, "reviewed": 1, "withheld": 2, "bytes_out": {"hosted": 200}}


def test_a_line_is_in_the_file_before_append_returns(path: Path) -> None:
    with opened(str(path), KEY) as ledger:
        for number in range(1, 4):
            ledger.append(SENT)
            assert path.read_bytes().count(b"\n") == number


def test_a_line_is_in_the_file_though_the_process_is_killed(path: Path) -> None:
    code = (
        "import os, sys; from reviewbot.cli.ledgers import opened; from tests.cli.test_ledgers import SENT\n"
        "with opened(sys.argv[1]) as ledger:\n    ledger.append(SENT)\n    os.kill(os.getpid(), 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, path]).returncode == -9
    verdict = verified(path)
    assert (verdict.entries, verdict.problem) == (1, "")
    assert verdict.unended


def test_the_time_is_that_of_the_line_in_utc(path: Path) -> None:
    before = datetime.now(UTC)
    run(path)
    for line in path.read_bytes().splitlines():
        found = datetime.fromisoformat(json.loads(line)["time"])
        assert abs((found - before).total_seconds()) < 60


def test_every_run_has_a_name_of_its_own(path: Path) -> None:
    run(path)
    run(path)
    names = [json.loads(line)["run"] for line in path.read_bytes().splitlines()]
    assert len(set(names[:3])) == len(set(names[3:])) == 1
    assert names[0] != names[3]


def test_a_second_run_goes_on_with_the_chain(path: Path) -> None:
    first = run(path)
    second = run(path)
    verdict = verified(path, first, second)
    assert verdict.found == {first: 3, second: 6}
    assert verdict.proves([first, second])


def test_a_run_goes_on_after_one_that_was_killed(path: Path) -> None:
    with opened(str(path)) as ledger:
        ledger.append(SENT)
    run(path)
    assert (verified(path).entries, verified(path).unended_line) == (4, 1)


def test_without_a_file_there_is_the_same_chain_and_no_line(tmp_path: Path) -> None:
    ledger = RunLedger(KEY)
    ledger.append(SENT)
    assert ledger.head not in (GENESIS, run(None))
    assert (ledger.entries, ledger.bytes_out) == (1, {"hosted": 100})
    assert list(tmp_path.iterdir()) == []


def test_texts_are_known_again_under_the_operators_key_alone(tmp_path: Path) -> None:
    def named(name: str, key: bytes) -> str:
        run(tmp_path / name, key)
        found: str = json.loads((tmp_path / name).read_bytes().splitlines()[0])["inputs"][0]["hmac"]
        return found

    assert named("a", KEY) == named("b", KEY)
    assert len({named("c", KEY), named("d", b""), named("e", b"")}) == 3


def test_the_file_is_for_its_owner_alone(path: Path) -> None:
    run(path)
    assert path.stat().st_mode & 0o777 == 0o600


def refused(path: Path) -> str:
    with pytest.raises(UsageError) as caught, opened(str(path)):
        pass
    return str(caught.value).removeprefix(str(path))


def test_what_is_no_file_is_no_ledger(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    run(tmp_path / "real")
    before = (tmp_path / "real").read_bytes()
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "dangling").symlink_to("nowhere")
    assert refused(tmp_path / "folder") == ": cannot be a ledger: Is a directory"
    assert refused(tmp_path / "pipe") == ": cannot be a ledger: it is no file"
    assert refused(tmp_path / "link") == ": cannot be a ledger: it is a link"
    assert refused(tmp_path / "dangling") == ": cannot be a ledger: it is a link"
    assert refused(tmp_path / "none" / "x") == ": cannot be a ledger: No such file or directory"
    assert refused(tmp_path / "nul\0").endswith(": cannot be a ledger: no such name")
    assert refused(Path("/dev/null")) == ": cannot be a ledger: it is no file"
    assert (tmp_path / "real").read_bytes() == before
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [(b'"bytes_out":100', b'"bytes_out":1', ":2: edited, or else line 3 is"),
     (b'"kind":"decision"', b'"kind":"decided"', ":1: kind: not what an entry has there"),
     (b'"seen":1', b'"seen": 1', ":3: not as it was written: spacing, spelling, or a member twice"),
     (b'"decided":1', b'"decided":2', ":3: the end says 2 decisions, its run has 1")],
)  # fmt: skip
def test_a_broken_ledger_does_not_go_on(path: Path, old: bytes, new: bytes, said: str) -> None:
    run(path)
    forged = path.read_bytes().replace(old, new, 1)
    path.write_bytes(forged)
    assert refused(path) == f"{said}; it cannot go on, name another file"
    assert path.read_bytes() == forged


@pytest.mark.parametrize("tail", [b"{", b"\n", b"\0\0\0", b"x" * (MAX_LINE + 70_000)])
def test_a_ledger_with_a_broken_end_does_not_go_on(path: Path, tail: bytes) -> None:
    run(path)
    forged = path.read_bytes() + tail
    path.write_bytes(forged)
    assert "it cannot go on, name another file" in refused(path)
    assert path.read_bytes() == forged


def test_of_a_long_ledger_the_end_is_looked_at(path: Path) -> None:
    big = Entry("decision", "hosted", Label.INTERNAL, inputs=INPUTS * 3000)
    with opened(str(path)) as ledger:
        for _ in range(8):
            ledger.append(big)
        ledger.append(SENT)
        ledger.append(SENT)
    assert path.stat().st_size > MAX_LINE + 65536
    run(path)
    assert verified(path).problem == ""
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:-3], *lines[-2:]]))
    assert refused(path).endswith("does not follow the line before it; it cannot go on, name another file")


def test_two_runs_do_not_write_one_ledger_at_once(path: Path) -> None:
    with opened(str(path)) as ledger:
        ledger.append(SENT)
        assert refused(path) == ": another run is writing this ledger; give each its own file"
        code = "import sys; from reviewbot.cli.ledgers import opened; opened(sys.argv[1]).__enter__()"
        other = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True)
        assert "another run is writing this ledger" in other.stderr
        ledger.append(SENT)
    run(path)
    assert verified(path).entries == 5


def test_many_threads_write_one_chain(path: Path) -> None:
    with opened(str(path), KEY) as ledger, ThreadPoolExecutor(8) as pool:
        list(pool.map(ledger.append, [DECIDED, SENT] * 200))
        ledger.end(seen=200, reviewed=200, withheld=0)
    assert verified(path, ledger.head).proves([ledger.head])
    assert verified(path).bytes_out == {"hosted": 20_000}


FULL = """
import resource, signal, sys
from reviewbot.cli.ledgers import LedgerError, opened
from tests.cli.test_ledgers import SENT
with opened(sys.argv[1]) as ledger:
    ledger.append(SENT)
    size = len(open(sys.argv[1], "rb").read())
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, resource.RLIM_INFINITY))
    for attempt in range(2):
        try:
            ledger.append(SENT)
        except LedgerError as error:
            print(str(error).removeprefix(sys.argv[1]))
    print(ledger.entries, LedgerError.exit_code)
"""


def test_a_full_disk_stops_what_was_about_to_leave_and_leaves_no_half_line(path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FULL, path], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        ": cannot be written: no space left", ": an earlier line could not be written", "1 3",
    ]  # fmt: skip
    assert (verified(path).entries, verified(path).problem) == (1, "")


def test_a_file_that_something_else_changes_is_not_written_any_more(path: Path) -> None:
    with opened(str(path)) as ledger:
        ledger.append(SENT)
        with path.open("ab") as stream:
            stream.write(b"x")
        with pytest.raises(LedgerError, match="something else changed it or took it away"):
            ledger.append(SENT)
    assert path.read_bytes().endswith(b"x")


def test_a_file_that_is_taken_away_is_not_written_any_more(path: Path) -> None:
    with opened(str(path)) as ledger:
        ledger.append(SENT)
        path.unlink()
        with pytest.raises(LedgerError, match="something else changed it or took it away") as caught:
            ledger.append(SENT)
    assert isinstance(caught.value, NotReviewedError)


def test_an_entry_that_could_not_be_read_again_is_not_written(path: Path) -> None:
    with opened(str(path)) as ledger:
        with pytest.raises(LedgerError, match="cannot be written: longer than"):
            ledger.append(Entry("decision", "hosted", Label.INTERNAL, inputs=INPUTS * 30_000))
        with pytest.raises(LedgerError, match="an earlier line could not be written"):
            ledger.append(SENT)
    assert path.read_bytes() == b""


@pytest.mark.parametrize(
    "entry",
    [Entry("egress", "x", Label.PUBLIC, bytes_out=-1), Entry("reply", "x", Label.PUBLIC, bytes_out=1),
     Entry("other", "x", Label.PUBLIC)],  # type: ignore[arg-type]
)  # fmt: skip
def test_an_entry_that_says_nonsense_is_not_written(entry: Entry) -> None:
    with pytest.raises(LedgerError, match="an entry that cannot be written"):
        RunLedger().append(entry)


def test_only_the_end_of_a_run_is_its_end() -> None:
    ledger = RunLedger()
    with pytest.raises(ValueError, match="ended by"):
        ledger.append(Entry("end", "", Label.PUBLIC, totals=Totals(0, 0, 0, 0)))
    with pytest.raises(ValueError, match="ended by"):
        ledger.append(Entry("reply", "", Label.PUBLIC, totals=Totals(0, 0, 0, 0)))
    ledger.end(seen=0, reviewed=0, withheld=0)
    with pytest.raises(LedgerError, match="its run has ended"):
        ledger.append(SENT)


def test_ten_thousand_lines_are_written_and_verified_in_seconds(path: Path) -> None:
    began = time.perf_counter()
    with opened(str(path), KEY) as ledger:
        for _ in range(10_000):
            ledger.append(DECIDED)
        ledger.end(seen=10_000, reviewed=0, withheld=0)
    assert verified(path).entries == 10_001
    assert time.perf_counter() - began < 20
