"""The chain of a ledger: each line repeats the hash of the one before, so whatever was changed can be named."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reviewbot.core.entries import Line, LineError, read
from reviewbot.core.ledger import GENESIS, MAX_LINE, SENDS

#: Sinks that one ledger may have.
MAX_SINKS = 1000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said of a ledger."""

    #: Lines that are as they were written, up to the first that is not.
    entries: int
    #: SHA-256 of the last of them.
    head: str
    #: Bytes announced by them, by sink.
    bytes_out: Mapping[str, int]
    #: The first line at fault and what is wrong with it; None and "" for a whole chain.
    line: int | None = None
    problem: str = ""
    #: The first run without an `end` ("": none), and its last line: it was cut short, or lines are missing.
    unended: str = ""
    unended_line: int = 0
    #: At which line each of the heads asked for stands; one that is not here is of another ledger.
    found: Mapping[str, int] = field(default_factory=dict)

    def proves(self, heads: Collection[str]) -> bool:
        """Whether nothing was changed and nothing can be missing.

        The heads have to be of this chain. Without one of the very last line, every run has to have its `end`.
        """
        known = all(head in self.found for head in heads)
        return not self.problem and known and (not self.unended or self.head in heads)


def verify(lines: Iterable[bytes], heads: Collection[str] = (), each: Callable[[Line], None] | None = None) -> Verdict:
    """Walk a ledger, in one pass and in memory for a few lines.

    `lines` have their newlines; a piece of more than MAX_LINE bytes may stand for a line that is too long.
    `each` is given every line whose place is right; a change of the last one shows only at the next.
    """
    walk, number = _Walk(heads, each), 0
    pieces = iter(lines)
    for number, piece in enumerate(pieces, 1):
        try:
            line = read(framed(piece))
        except LineError as error:
            return walk.verdict(number, str(error))
        if line.seq != number or line.prev != walk.head:
            return walk.verdict(*_named(walk, line, number, pieces))
        problem = walk.take(line)
        if problem:
            return walk.verdict(number, problem)
    return walk.verdict() if number else walk.verdict(1, "no entries")


def framed(piece: bytes) -> bytes:
    """The line without its newline, which has to be there, and alone."""
    if piece.startswith(b"\xef\xbb\xbf"):
        raise LineError("begins with a byte order mark")
    if not piece.endswith(b"\n"):
        raise LineError("cut off in the middle" if len(piece) <= MAX_LINE else f"longer than {MAX_LINE:,} bytes")
    if piece.endswith(b"\r\n"):
        raise LineError("ends with CR LF: something else has written it anew")
    return piece[:-1]


def follow(lines: Sequence[bytes]) -> Line:
    """The last of these lines, which follow each other. Raises LineError where they do not."""
    last: Line | None = None
    for piece in lines:
        line = read(framed(piece))
        if last is not None and (line.seq != last.seq + 1 or line.prev != last.sha256):
            raise LineError(f"entry {line.seq} does not follow the line before it")
        last = line
    if last is None:
        raise LineError("no entries")
    return last


class _Walk:
    """Where a walk stands: the last line, the sums so far, those of the run that is going on."""

    def __init__(self, heads: Collection[str], each: Callable[[Line], None] | None) -> None:
        self.heads, self.each = frozenset(heads), each
        self.last: Line | None = None
        self.bytes_out: dict[str, int] = {}
        self.run_bytes: dict[str, int] = {}
        self.decided = 0
        self.unended, self.unended_line = "", 0
        self.found: dict[str, int] = {}

    @property
    def head(self) -> str:
        return self.last.sha256 if self.last else GENESIS

    def take(self, line: Line) -> str:
        """What is wrong with a line that stands in its place; "" where nothing is."""
        if self.last is not None and line.run == self.last.run:
            if self.last.kind == "end":
                return "written after the end of its run"
        else:
            self._leave()
            self.run_bytes, self.decided = {}, 0
        self.decided += line.kind == "decision"
        if line.kind in SENDS:
            for sums in (self.bytes_out, self.run_bytes):
                sums[line.sink] = sums.get(line.sink, 0) + line.bytes_out
        problem = self._ended(line)
        if not problem:
            self.last = line
            if line.sha256 in self.heads:
                self.found[line.sha256] = line.seq
            if self.each:
                self.each(line)
        return problem

    def _ended(self, line: Line) -> str:
        if len(self.bytes_out) > MAX_SINKS:
            return f"more than {MAX_SINKS} sinks"
        if line.totals is None:
            return ""
        if line.totals.decided != self.decided:
            return f"the end says {line.totals.decided} decisions, its run has {self.decided}"
        if line.totals.bytes_out != self.run_bytes:
            return "the end says other bytes than its run has"
        return ""

    def _leave(self) -> None:
        if self.last is not None and self.last.kind != "end" and not self.unended:
            self.unended, self.unended_line = self.last.run, self.last.seq

    def verdict(self, line: int | None = None, problem: str = "") -> Verdict:
        self._leave()
        entries = self.last.seq if self.last else 0
        return Verdict(entries, self.head, self.bytes_out, line, problem, self.unended, self.unended_line, self.found)


def _named(walk: _Walk, odd: Line, number: int, rest: Iterator[bytes]) -> tuple[int, str]:
    """The line that was changed, where `odd` does not follow the last: what comes after it tells."""
    if odd.prev == walk.head:
        return number, f"edited: it says that it is entry {odd.seq}"
    if odd.sha256 == walk.head:
        return number, f"the same line as {number - 1} once more"
    following, back = _look(rest, walk.head, number)
    if back is not None:
        if odd.seq > number:
            return number, f"out of order: it is entry {odd.seq}, entry {number} is line {back}"
        return number, f"inserted: line {back} follows line {number - 1}" if walk.last else "inserted before the first"
    if walk.last is not None and odd.prev == walk.last.prev:
        if following is None and walk.head in walk.heads:
            return number, f"inserted: line {number - 1} is the head"
        return number - 1, f"inserted: line {number} follows the line before it"
    if odd.seq == number:
        return _edited(walk, odd, number, following)
    return number, _counted(odd, number, following)


def _edited(walk: _Walk, odd: Line, number: int, following: Line | None) -> tuple[int, str]:
    """Which of two lines that do not fit was changed: not the one whose hash is known from elsewhere."""
    if walk.last is None:
        return number, "edited: the first entry follows none"
    if odd.sha256 == following.prev if following else odd.sha256 in walk.heads:
        return number - 1, f"edited: line {number} follows another line than this"
    if following or walk.heads:
        return number, f"edited: it does not follow line {number - 1}"
    return number - 1, f"edited, or else line {number} is"


def _counted(odd: Line, number: int, following: Line | None) -> str:
    """What is wrong at a line that says it is another entry, and that no other line explains."""
    if following and following.prev != odd.sha256 and following.seq == number + 1:
        return f"edited: it says that it is entry {odd.seq}"
    if odd.seq > number:
        missing = f"entry {number} is" if odd.seq == number + 1 else f"entries {number} to {odd.seq - 1} are"
        return f"{missing} missing before it"
    if odd.seq == 1 and odd.prev == GENESIS:
        return "another ledger begins here"
    return f"inserted: it says that it is entry {odd.seq}"


def _look(rest: Iterator[bytes], head: str, number: int) -> tuple[Line | None, int | None]:
    """The next line, and the number of the first one that follows `head`; up to the first that cannot be read."""
    following: Line | None = None
    for place, piece in enumerate(rest, number + 1):
        try:
            line = read(framed(piece))
        except LineError:
            break
        following = following or line
        if line.prev == head:
            return following, place
    return following, None
