"""`reviewbot audit` through the front door: argv in, exit code and text out."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewbot.cli import main, signing
from reviewbot.cli.audit import COLUMNS
from reviewbot.cli.ledgers import RunLedger, opened
from reviewbot.core.exchange import Excerpt
from reviewbot.core.labels import Label
from reviewbot.core.ledger import Entry, merged
from tests.cli.test_signing import KEY, PUBLIC_KEY, SAID

PLAIN = Excerpt("x = 1\n", Label.INTERNAL, "api/fees.py")
CORE = Excerpt("rate = 0.07\n", Label.RESTRICTED, "ledger/core.py")
ENTRIES = (
    Entry("decision", "hosted", Label.INTERNAL, rules=("default",), inputs=(PLAIN,)),
    Entry("decision", "local", Label.RESTRICTED, rules=(".reviewbot.toml:3",), inputs=(CORE,)),
    Entry("egress", "hosted", Label.INTERNAL, "", "hosted", "api.mistral.ai", "codestral-2508", inputs=(PLAIN,),
          bytes_out=12345, attempt=1),
    Entry("reply", "hosted", Label.INTERNAL, "server busy", "hosted", "api.mistral.ai", "codestral-2508", attempt=1),
    Entry("egress", "hosted", Label.INTERNAL, "", "hosted", "api.mistral.ai", "codestral-2508", inputs=(PLAIN,),
          bytes_out=12345, attempt=2),
    Entry("egress", "local", Label.RESTRICTED, "", "local", "127.0.0.1:11434", "codestral:22b", inputs=(CORE, PLAIN),
          bytes_out=777, redactions=2, attempt=1),
    Entry("deny", "hosted", Label.RESTRICTED, "cleared for internal", inputs=(CORE,)),
)  # fmt: skip


HOSTED = "codestral-2508; api.mistral.ai"


def fill(ledger: RunLedger, *, end: bool = True) -> str:
    for entry in ENTRIES:
        ledger.append(entry)
    if end:
        ledger.end(seen=2, reviewed=2, withheld=0)
    return ledger.head


def written(path: Path, *, end: bool = True) -> str:
    with opened(str(path), b"key") as ledger:
        return fill(ledger, end=end)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def head(here: Path) -> str:
    return written(here / "ledger.jsonl")


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["audit", *arguments], {})
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def edit(path: Path, old: bytes, new: bytes) -> None:
    before = path.read_bytes()
    path.write_bytes(before.replace(old, new, 1))
    assert path.read_bytes() != before


def test_a_whole_ledger_is_one_line_and_0(head: str, capsys: pytest.CaptureFixture[str]) -> None:
    whole = (0, f"ledger.jsonl: 8 entries, whole, head {head}\n", "")
    assert said(capsys, "verify", "ledger.jsonl") == whole
    assert said(capsys, "verify", "ledger.jsonl", "--head", head) == whole
    assert said(capsys, "verify", "ledger.jsonl", "--head", f" {head.upper()} ") == whole


def test_the_first_line_at_fault_is_named_and_1(here: Path, head: str, capsys: pytest.CaptureFixture[str]) -> None:
    edit(here / "ledger.jsonl", b'"bytes_out":777', b'"bytes_out":7')
    broken = (1, "ledger.jsonl:6: edited: line 7 follows another line than this\n", "")
    assert said(capsys, "verify", "ledger.jsonl") == broken
    assert said(capsys, "verify", "ledger.jsonl", "--head", head) == broken


def test_a_dropped_line_is_named(here: Path, head: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = (here / "ledger.jsonl").read_bytes().splitlines(keepends=True)
    (here / "ledger.jsonl").write_bytes(b"".join(lines[:2] + lines[3:]))
    assert said(capsys, "verify", "ledger.jsonl") == (1, "ledger.jsonl:3: entry 3 is missing before it\n", "")


def test_another_head_is_1(head: str, capsys: pytest.CaptureFixture[str]) -> None:
    other = "0" * 64
    assert said(capsys, "verify", "ledger.jsonl", "--head", other) == (
        1, f"ledger.jsonl: 8 entries, but head {head}, and no line has {other}\n", "",
    )  # fmt: skip


def test_a_head_of_an_earlier_line_proves_what_is_before_it(
    here: Path, head: str, capsys: pytest.CaptureFixture[str]
) -> None:
    later = written(here / "ledger.jsonl")
    assert said(capsys, "verify", "ledger.jsonl", "--head", head) == (
        0, f"ledger.jsonl: 16 entries, whole, head {later}; {head} is that of line 8, what follows came later\n", "",
    )  # fmt: skip


def test_a_missing_end_is_1_unless_the_head_of_the_last_line_is_known(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = written(here / "cut.jsonl", end=False)
    run = json.loads((here / "cut.jsonl").read_bytes().splitlines()[0])["run"]
    begin = f"cut.jsonl: 7 entries, whole, head {head}; run {run} has no end after line 7: it was cut short"
    assert said(capsys, "verify", "cut.jsonl") == (1, f"{begin}, or lines are missing\n", "")
    assert said(capsys, "verify", "cut.jsonl", "--head", head) == (0, f"{begin}\n", "")


def test_a_missing_tail_is_1(here: Path, head: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = (here / "ledger.jsonl").read_bytes().splitlines(keepends=True)
    (here / "ledger.jsonl").write_bytes(b"".join(lines[:-1]))
    assert said(capsys, "verify", "ledger.jsonl")[0] == 1
    code, out, _ = said(capsys, "verify", "ledger.jsonl", "--head", head)
    assert code == 1
    assert out.endswith(f"and no line has {head}\n")


def test_what_cannot_be_read_is_2(here: Path, head: str, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "folder").mkdir()
    assert said(capsys, "verify", "none.jsonl") == (
        2, "", "reviewbot: none.jsonl: cannot be read: No such file or directory\n",
    )  # fmt: skip
    assert said(capsys, "verify", "folder") == (2, "", "reviewbot: folder: cannot be read: Is a directory\n")
    assert said(capsys, "show", "a\0b") == (2, "", "reviewbot: a\\x00b: cannot be read: no such name\n")
    code, out, err = said(capsys, "verify", "ledger.jsonl", "none.jsonl")
    assert (code, out) == (2, f"ledger.jsonl: 8 entries, whole, head {head}\n")
    assert err == "reviewbot: none.jsonl: cannot be read: No such file or directory\n"


@pytest.mark.parametrize("given", ["", "3f2a", "g" * 64, "0" * 65, "٣" * 64])
def test_a_head_is_64_digits(head: str, given: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "verify", "ledger.jsonl", "--head", given) == (
        2, "", "reviewbot: --head: a head is 64 hexadecimal digits\n",
    )  # fmt: skip


def test_an_empty_file_is_no_ledger(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "empty").touch()
    assert said(capsys, "verify", "empty") == (1, "empty:1: no entries\n", "")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.binary(max_size=40) | st.sampled_from([b"\n", b"\r\n", b"{}\n", b"\0", b"[" * 5000])))
def test_any_file_is_answered_in_one_line(here: Path, parts: list[bytes], capsys: pytest.CaptureFixture[str]) -> None:
    (here / "any").write_bytes(b"".join(parts))
    code, out, err = said(capsys, "verify", "any")
    assert (code, err, out.count("\n")) == (1, "", 1)
    assert out.startswith("any:1: ")


def test_the_ledgers_of_a_run_in_parts_have_one_head(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    heads = [written(here / name) for name in "abc"]
    lines = "".join(f"{name}: 8 entries, whole, head {head}\n" for name, head in zip("abc", heads, strict=True))
    one = merged(heads)
    assert said(capsys, "verify", "a", "b", "c") == (0, f"{lines}3 ledgers: whole, head {one}\n", "")
    code, out, _ = said(capsys, "verify", "c", "a", "b", "--head", one)
    assert (code, out.splitlines()[-1]) == (0, f"3 ledgers: whole, head {one}")
    for other in (heads[0], merged(heads[:2])):
        code, out, _ = said(capsys, "verify", "a", "b", "c", "--head", other)
        assert (code, out.splitlines()[-1]) == (1, f"3 ledgers: but head {one}, not {other}")
    assert said(capsys, "verify", "a", "b", "--head", one)[0] == 1


def test_one_broken_part_breaks_the_whole(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = merged([written(here / "a"), written(here / "b", end=False)])
    assert said(capsys, "verify", "a", "b")[0] == 1
    assert said(capsys, "verify", "a", "b", "--head", one)[0] == 0
    edit(here / "a", b'"bytes_out":777', b'"bytes_out":7')
    code, out, _ = said(capsys, "verify", "a", "b", "--head", one)
    assert code == 1
    assert out.startswith("a:6: edited")


@pytest.fixture
def keys(here: Path) -> Path:
    (here / "public.pem").write_bytes(PUBLIC_KEY)
    return here


def signed(head: str) -> str:
    return signing.sign(signing.Attested(head, "b" * 40, 8, {"hosted": 24690}), KEY)


def test_a_signed_head_is_the_one_that_counts(keys: Path, head: str, capsys: pytest.CaptureFixture[str]) -> None:
    (keys / "ledger.sig").write_text(signed(head))
    arguments = ("verify", "ledger.jsonl", "--signature", "ledger.sig", "--public-key", "public.pem")
    first = f"ledger.sig: a valid signature for commit {'b' * 40}, head {head}\n"
    assert said(capsys, *arguments) == (0, f"{first}ledger.jsonl: 8 entries, whole, head {head}\n", "")
    (keys / "ledger.jsonl").unlink()
    written(keys / "ledger.jsonl")
    code, out, _ = said(capsys, *arguments)
    assert code == 1
    assert out.startswith(first)
    assert out.endswith(f"and no line has {head}\n")


def test_a_signature_that_does_not_hold_is_1(keys: Path, head: str, capsys: pytest.CaptureFixture[str]) -> None:
    (keys / "ledger.sig").write_text(signed(head).replace('"sig":"', '"sig":"AAAA'))
    (keys / "other.sig").write_text("{}")
    for name, why in (("ledger.sig", "no signature by this key"), ("other.sig", "it is no DSSE envelope")):
        assert said(capsys, "verify", "ledger.jsonl", "--signature", name, "--public-key", "public.pem") == (
            1, f"{name}: not a valid signature: {why}\nledger.jsonl: 8 entries, whole, head {head}\n", "",
        )  # fmt: skip


def test_a_signature_without_a_key_is_2(keys: Path, head: str, capsys: pytest.CaptureFixture[str]) -> None:
    (keys / "ledger.sig").write_text(signing.sign(SAID, KEY))
    message = "reviewbot: --signature and --public-key: one is of no use without the other\n"
    assert said(capsys, "verify", "ledger.jsonl", "--signature", "ledger.sig") == (2, "", message)
    assert said(capsys, "verify", "ledger.jsonl", "--public-key", "public.pem") == (2, "", message)
    code, _, err = said(capsys, "verify", "ledger.jsonl", "--signature", "ledger.sig", "--public-key", "ledger.sig")
    assert (code, err) == (2, "reviewbot: the public key is no Ed25519 public key in PEM\n")


def rows(out: str) -> list[list[str]]:
    """The table without its times."""
    return [" ".join(line.split()).split(" ") for line in out.splitlines()]


def test_everything_that_was_decided_and_sent_is_shown(head: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capsys, "show", "ledger.jsonl")
    assert (code, err) == (0, "")
    table = [line[:6] + line[27:] for line in out.splitlines()]
    assert table[1:9] == [
        "     1  decision  internal                   hosted        api/fees.py",
        "     2  decision  restricted                 local         ledger/core.py",
        f"     3  egress    internal           12,345  hosted        {HOSTED}; api/fees.py",
        f"     4  reply     internal                   hosted        {HOSTED}; server busy",
        f"     5  egress    internal           12,345  hosted        {HOSTED}; attempt 2; api/fees.py",
        "     6  egress    restricted            777  local         codestral:22b; 127.0.0.1:11434; "
        "2 credentials withheld; ledger/core.py, api/fees.py",
        "     7  deny      restricted                 hosted        cleared for internal; ledger/core.py",
        "     8  end       public                                   ok; "
        "2 files seen, 2 decided, 2 reviewed, 0 withheld",
    ]
    assert rows(out)[-2:] == [["hosted", "2", "requests", "24,690", "bytes"], ["local", "1", "request", "777", "bytes"]]


def test_only_what_concerns_a_path_is_shown(head: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = said(capsys, "show", "ledger.jsonl", "ledger/core.py")
    assert [row[0] for row in rows(out)[1:4]] == ["2", "6", "7"]
    assert rows(out)[5:] == [["local", "1", "request", "12", "bytes", "of", "ledger/core.py"]]
    below = said(capsys, "show", "ledger.jsonl", "ledger/")[1]
    assert below.splitlines()[:5] == out.splitlines()[:5]
    assert below.endswith("12 bytes of ledger/\n")
    assert said(capsys, "show", "ledger.jsonl", "ledger")[1].endswith("\n\nNo entry is of ledger.\n")


def test_where_nothing_left_it_says_so(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with opened("ledger.jsonl") as ledger:
        ledger.append(ENTRIES[1])
        ledger.end(seen=1, reviewed=0, withheld=1)
    assert said(capsys, "show", "ledger.jsonl")[1].endswith("\n\nNothing left.\n")
    assert said(capsys, "show", "ledger.jsonl", "ledger/core.py")[1].endswith("\n\nNothing of ledger/core.py left.\n")


def test_a_broken_ledger_is_shown_up_to_the_break_and_it_is_1(
    here: Path, head: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(here / "ledger.jsonl", b'"kind":"reply"', b'"kind":"egress"')
    code, out, err = said(capsys, "show", "ledger.jsonl")
    assert (code, err) == (1, "ledger.jsonl:4: edited: line 5 follows another line than this\n")
    assert [row[0] for row in rows(out)[1:5]] == ["1", "2", "3", "4"]
    code, _, err = said(capsys, "show", "ledger.jsonl", "--csv")
    assert (code, err) == (1, "ledger.jsonl:4: edited: line 5 follows another line than this\n")


NAMES = [
    "=1+1",
    "+x",
    "-x",
    "@x",
    "a;=1+1",
    "a,-1",
    'q"=1',
    "＝x",
    "\t=1",
    "\r=1",
    "x\n=1",
    "::error::x",
    "\x1b[31m",
    "\u202e",
]


@pytest.fixture
def odd(here: Path) -> list[str]:
    inputs = tuple(Excerpt("", Label.INTERNAL, name) for name in NAMES)
    with opened("odd.jsonl") as ledger:
        for name, part in zip(NAMES, inputs, strict=True):
            ledger.append(
                Entry("egress", name, Label.INTERNAL, name, name, name, name, rules=(name, name), inputs=(part,))
            )
        ledger.append(Entry("decision", "", Label.INTERNAL, inputs=inputs))
        ledger.end(seen=1, reviewed=0, withheld=1)
    return NAMES


def test_the_table_for_spreadsheets_has_every_member(head: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capsys, "show", "ledger.jsonl", "--csv")
    assert (code, err) == (0, "")
    assert out.count("\r\n") == out.count("\n") == 9
    table = list(csv.DictReader(io.StringIO(out, newline="")))
    lines = [json.loads(line) for line in (here / "ledger.jsonl").read_bytes().splitlines()]
    assert len(table) == len(lines) == 8
    for row, line in zip(table, lines, strict=True):
        assert tuple(row) == COLUMNS
        for name in set(COLUMNS) - {"rules", "inputs", "input_bytes"}:
            assert row[name] == str(line[name])
        assert row["rules"] == "; ".join(line["rules"])
        assert row["input_bytes"] == str(sum(part["bytes"] for part in line["inputs"]))
        assert row["inputs"] == "; ".join(f"{part['origin']} ({part['bytes']})" for part in line["inputs"])
    assert said(capsys, "show", "ledger.jsonl", "ledger/core.py", "--csv")[1].count("\n") == 4


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_is_a_formula_whatever_the_spreadsheet_separates_by(
    odd: list[str], separator: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = said(capsys, "show", "odd.jsonl", "--csv")
    table = list(csv.reader(io.StringIO(out, newline=""), delimiter=separator))
    assert len(table) == len(odd) + 3
    cells = [cell.strip("\"' ") if separator != "," else cell for row in table for cell in row]
    if separator == ",":
        assert [cell for cell in cells if cell[:1] in tuple("=+-@＝＋－＠\t\r")] == []
    raw = [cell for row in table for cell in row]
    assert [cell for cell in raw if cell.lstrip('"')[:1] in tuple("=+-@＝＋－＠")] == []


def test_nothing_shown_moves_a_cursor_or_is_a_command_of_a_build(
    odd: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = said(capsys, "show", "odd.jsonl")
    assert code == 0
    assert all(character.isprintable() or character == "\n" for character in out)
    assert "::error::" not in out
    assert "\\x1b[31m" in out
    assert all(
        character.isprintable() or character in "\r\n" for character in said(capsys, "show", "odd.jsonl", "--csv")[1]
    )


def test_on_a_terminal_there_is_colour_unless_it_is_unwanted(here: Path, head: str) -> None:
    def shown(**environ: str) -> bytes:
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "reviewbot", "audit", "show", "ledger.jsonl"]
        environ = {"PYTHONPATH": str(Path(__file__).parents[2]), "TERM": "xterm", **environ}
        subprocess.run(command, stdout=theirs, cwd=here, env=environ, check=True)
        os.close(theirs)
        out = b""
        try:
            while piece := os.read(ours, 65536):
                out += piece
        except OSError:
            pass
        os.close(ours)
        return out

    coloured, plain = shown(), shown(NO_COLOR="1")
    assert b"\x1b[1m" in coloured
    assert b"\x1b" not in plain
    assert b"ledger/core.py, api/fees.py" in coloured
    assert b"ledger/core.py, api/fees.py" in plain


def test_a_reader_who_leaves_gets_no_traceback(here: Path) -> None:
    with opened("long.jsonl") as ledger:
        for _ in range(3000):
            ledger.append(ENTRIES[0])
    command = f"{sys.executable} -m reviewbot audit show long.jsonl | head -n 1"
    environ = {"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": os.environ["PATH"]}
    done = subprocess.run(command, shell=True, cwd=here, env=environ, capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
