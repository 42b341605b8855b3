"""`reviewbot audit`: whether a ledger is whole, and what it says."""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain as joined
from itertools import islice
from pathlib import Path

from reviewbot.core import chain
from reviewbot.core.entries import Line
from reviewbot.core.ledger import MAX_LINE, SENDS, merged, origin
from reviewbot.core.summary import counted
from reviewbot.core.text import harmless, visible
from reviewbot.errors import UsageError

BROKEN = 1
COLUMNS = (
    "seq", "time", "run", "kind", "sink", "backend", "host", "model", "model_digest", "label", "rules", "policy_sha256",
    "inputs", "input_bytes", "bytes_out", "redactions", "attempt", "status", "prev",
)  # fmt: skip
#: What a spreadsheet takes for a formula, where a cell begins or where another separator than ours would begin one.
_FORMULA = re.compile(r"(^|[;,\"])(?=[=+\-@＝＋－＠])")
#: Names of one row.
_MOST = 5


def verify(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """0 whole, 1 broken or of another head, 2 where a file cannot be read; one line each."""
    heads, code = _heads(arguments)
    if len(arguments.ledgers) > 1:
        return max(code, _several(arguments.ledgers, heads))
    (name,) = arguments.ledgers
    verdict = chain.verify(_pieces(name), heads)
    print(_said(name, verdict, heads, is_last=verdict.head in heads))
    return max(code, 0 if verdict.proves(heads) else BROKEN)


def _several(names: Sequence[str], heads: Collection[str]) -> int:
    """The ledgers of a run in parts: a head that is asked for is the merged one."""
    verdicts, code = [], 0
    for name in names:
        try:
            verdicts.append((name, chain.verify(_pieces(name))))
        except UsageError as error:
            print(f"reviewbot: {error}", file=sys.stderr)
            code = error.exit_code
    head = merged([verdict.head for _, verdict in verdicts])
    is_known = not code and head in heads
    for name, verdict in verdicts:
        print(_said(name, verdict, (), is_last=is_known))
        whole = not verdict.problem and (is_known or not verdict.unended)
        code = max(code, 0 if whole else BROKEN)
    if code == UsageError.exit_code:
        return code
    other = next((one for one in heads if one != head), None)
    said = f"but head {head}, not {other}" if other else f"{'whole' if not code else 'not whole'}, head {head}"
    print(f"{len(names)} ledgers: {said}")
    return max(code, BROKEN if other else 0)


def _heads(arguments: argparse.Namespace) -> tuple[list[str], int]:
    """The heads that the ledger has to have: one given, one signed; and 1 where the signature does not hold."""
    heads = []
    if arguments.head is not None:
        heads.append(arguments.head.strip().lower())
        if not re.fullmatch("[0-9a-f]{64}", heads[0], re.ASCII):
            raise UsageError("--head: a head is 64 hexadecimal digits")
    if (arguments.signature is None) != (arguments.public_key is None):
        raise UsageError("--signature and --public-key: one is of no use without the other")
    if arguments.signature is None:
        return heads, 0
    from reviewbot.cli import signing

    name = visible(arguments.signature)
    try:
        said = signing.verify(signing.contents(arguments.signature), signing.contents(arguments.public_key))
    except signing.ForgedError as error:
        print(f"{name}: not a valid signature: {error}")
        return heads, BROKEN
    print(f"{name}: a valid signature{f' for commit {said.commit}' if said.commit else ''}, head {said.head}")
    return [*heads, said.head], 0


def _said(name: str, verdict: chain.Verdict, heads: Collection[str], *, is_last: bool) -> str:
    """One line on one ledger."""
    if verdict.problem:
        return f"{harmless(name)}:{verdict.line}: {verdict.problem}"
    entries = f"{verdict.entries} {'entry' if verdict.entries == 1 else 'entries'}"
    other = [head for head in heads if head not in verdict.found]
    if other:
        return f"{harmless(name)}: {entries}, but head {verdict.head}, and no line has {other[0]}"
    said = f"{harmless(name)}: {entries}, whole, head {verdict.head}"
    for head, line in verdict.found.items():
        if head != verdict.head:
            said += f"; {head} is that of line {line}, what follows came later"
    if verdict.unended:
        why = "it was cut short" if is_last else "it was cut short, or lines are missing"
        said += f"; run {verdict.unended} has no end after line {verdict.unended_line}: {why}"
    return said


def show(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Every entry, or those on one path; 1 where the ledger is broken, which is said after what is whole."""
    wanted = None if arguments.path is None else origin(arguments.path)
    pieces = _pieces(arguments.ledger)
    first = [*islice(pieces, 1)]  # a file that cannot be read has no table
    shown = _Shown(wanted)
    print_row = _csv() if arguments.csv else _table(environ)

    def each(line: Line) -> None:
        if shown.take(line):
            print_row(line)

    verdict = chain.verify(joined(first, pieces), (), each)
    if not arguments.csv:
        print("", *shown.totals(), sep="\n")
    if verdict.problem or verdict.unended:
        sys.stdout.flush()
        print(_said(arguments.ledger, verdict, (), is_last=False), file=sys.stderr)
    return BROKEN if verdict.problem else 0


def _pieces(name: str) -> Iterator[bytes]:
    """The lines of a file, none longer than what is refused. Raises UsageError where it cannot be read."""
    try:
        with Path(name).open("rb") as stream:
            while piece := stream.readline(MAX_LINE + 2):
                yield piece
    except OSError as error:
        raise UsageError(f"{visible(name)}: cannot be read: {error.strerror}") from None
    except ValueError:  # a NUL in the name
        raise UsageError(f"{visible(name)}: cannot be read: no such name") from None


@dataclass
class _Shown:
    """Which lines concern a path, and what left of it; of everything where no path is asked for."""

    wanted: str | None
    entries: int = 0
    #: Sends and bytes by sink.
    sums: dict[str, tuple[int, int]] = field(default_factory=dict)

    def take(self, line: Line) -> bool:
        parts = [part for part in line.inputs if self._is_wanted(part.origin)]
        if self.wanted is not None and not parts:
            return False
        self.entries += 1
        if line.kind in SENDS:
            sends, size = self.sums.get(line.sink, (0, 0))
            new = line.bytes_out if self.wanted is None else sum(part.bytes for part in parts)
            self.sums[line.sink] = (sends + 1, size + new)
        return True

    def _is_wanted(self, name: str) -> bool:
        if self.wanted is None:
            return True
        return name == self.wanted or (self.wanted.endswith("/") and name.startswith(self.wanted))

    def totals(self) -> Iterator[str]:
        """What left, a line a sink."""
        of = "" if self.wanted is None else f" of {harmless(self.wanted)}"
        if not self.entries:
            yield f"No entry{of and ' is' + of}."
        elif not self.sums:
            yield f"Nothing{of} left."
        for sink, (sends, size) in sorted(self.sums.items()):
            yield f"{harmless(sink):<16}  {counted(sends, 'request'):>14}  {size:>14,} bytes{of}"


def _table(environ: Mapping[str, str]) -> Callable[[Line], None]:
    """Prints a row an entry, coloured where a terminal is; the head of the table first."""
    head = f"{'':>6}  {'time (UTC)':<19}  {'kind':<8}  {'label':<12}  {'bytes out':>11}  {'sink':<12}  what"
    if not sys.stdout.isatty() or environ.get("NO_COLOR"):
        print(head)
        return lambda line: print(_row(line))
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, emoji=False, markup=False)
    console.print(Text(head, "dim"), soft_wrap=True)
    styles = {"egress": "bold", "post": "bold", "deny": "yellow", "end": "dim", "reply": "dim"}
    return lambda line: console.print(Text(_row(line), styles.get(line.kind, "")), soft_wrap=True)


def _row(line: Line) -> str:
    size = f"{line.bytes_out:,}" if line.kind in SENDS else ""
    return harmless(
        f"{line.seq:>6}  {line.time[:10]} {line.time[11:19]}  {line.kind:<8}  {line.label:<12}  {size:>11}"
        f"  {line.sink:<12}  {'; '.join(filter(None, _what(line)))}"
    ).rstrip()


def _what(line: Line) -> Iterator[str]:
    yield line.model
    yield line.host
    yield f"attempt {line.attempt}" if line.attempt > 1 else ""
    yield line.status
    yield f"{counted(line.redactions, 'credential')} withheld" if line.redactions else ""
    yield ", ".join(dict.fromkeys(part.origin for part in line.inputs[:_MOST]))
    yield f"and {len(line.inputs) - _MOST} more" if len(line.inputs) > _MOST else ""
    if line.totals is not None:
        total = line.totals
        seen = f"{counted(total.seen, 'file')} seen, {total.decided} decided"
        yield f"{seen}, {total.reviewed} reviewed, {total.withheld} withheld"


def _csv() -> Callable[[Line], None]:
    """Prints a row an entry as RFC 4180 has it, in cells that no spreadsheet computes."""
    writer = csv.writer(sys.stdout, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    return lambda line: writer.writerow([_cell(cell) for cell in _cells(line)])


def _cells(line: Line) -> Iterator[object]:
    texts = {
        "rules": "; ".join(line.rules), "inputs": "; ".join(f"{part.origin} ({part.bytes})" for part in line.inputs),
        "input_bytes": sum(part.bytes for part in line.inputs),
    }  # fmt: skip
    for name in COLUMNS:
        yield texts[name] if name in texts else getattr(line, name)


def _cell(value: object) -> object:
    return _FORMULA.sub(r"\1'", visible(value)) if isinstance(value, str) else value
