"""Writing a ledger: every line is in the file before what it announces happens, or that does not happen."""

from __future__ import annotations

import errno
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from threading import Lock
from typing import Protocol

from reviewbot.core.chain import MAX_SINKS, follow, verify
from reviewbot.core.entries import Line, LineError, read
from reviewbot.core.labels import Label
from reviewbot.core.ledger import GENESIS, MAX_LINE, SENDS, Entry, Totals, encoded
from reviewbot.core.text import visible
from reviewbot.errors import NotReviewedError, UsageError

#: How many of the last lines of a file have to follow each other before one is added.
_TAIL = 50


class LedgerError(NotReviewedError):
    """A line that could not be written: what it announces must not happen."""


class Store(Protocol):
    """Where lines go."""

    def add(self, line: bytes, *, durable: bool) -> None:
        """Add one line with its newline; on the disk itself before it returns where it is to be durable."""


class RunLedger:
    """The ledger of one run; satisfies ports.Ledger. Without a store there is the chain and its head, and no line.

    `key` is the operator's key for HMACs; without one a random key is used, so they compare within this run only.
    """

    def __init__(self, key: bytes = b"", store: Store | None = None, last: Line | None = None, name: str = "") -> None:
        self.name, self.run = name, secrets.token_hex(16)
        self._key, self._store, self._last = key or secrets.token_bytes(32), store, last
        self._lock = Lock()
        self._bytes: dict[str, int] = {}
        self._decided, self._state = 0, ""

    def append(self, entry: Entry) -> None:
        """Write one line. Raises LedgerError where it cannot be written; from then on, nothing can."""
        if entry.kind == "end" or entry.totals is not None:
            raise ValueError("a run is ended by end()")
        with self._lock:
            self._write(entry)

    def end(self, *, seen: int, reviewed: int, withheld: int, status: str = "ok") -> None:
        """Write the last line of the run: numbers of files, with what was counted here. Raises LedgerError."""
        with self._lock:
            totals = Totals(seen, self._decided, reviewed, withheld, dict(self._bytes))
            self._write(Entry("end", "", Label.PUBLIC, status, totals=totals))
            self._state = "its run has ended"

    def following(self) -> RunLedger:
        """The ledger of another run, which goes on where this one has ended."""
        return RunLedger(self._key, self._store, self._last, self.name)

    @property
    def head(self) -> str:
        """SHA-256 of the last line: whoever keeps it can tell any change of what is before."""
        with self._lock:
            return self._last.sha256 if self._last else GENESIS

    @property
    def entries(self) -> int:
        """Lines so far, those of earlier runs in the same file with them."""
        with self._lock:
            return self._last.seq if self._last else 0

    @property
    def bytes_out(self) -> dict[str, int]:
        """Bytes that this run announced, by sink."""
        with self._lock:
            return dict(self._bytes)

    def _write(self, entry: Entry) -> None:
        if self._state:
            raise LedgerError(f"{visible(self.name) or 'ledger'}: {self._state}")
        # Whatever goes wrong from here on, no other line may follow.
        self._state = "an earlier line could not be written"
        place = (1, GENESIS) if self._last is None else (self._last.seq + 1, self._last.sha256)
        line = encoded(entry, seq=place[0], time=_now(), run=self.run, prev=place[1], key=self._key)
        try:
            last = read(line)
        except LineError as error:
            raise LedgerError(f"{visible(self.name) or 'ledger'}: an entry that cannot be written: {error}") from None
        self._count(last)
        if self._store is not None:
            self._store.add(line + b"\n", durable=entry.kind in SENDS or entry.kind == "end")
        self._last, self._state = last, ""

    def _count(self, line: Line) -> None:
        self._decided += line.kind == "decision"
        if line.kind in SENDS:
            self._bytes[line.sink] = self._bytes.get(line.sink, 0) + line.bytes_out
            if len(self._bytes) > MAX_SINKS:
                raise LedgerError(f"{visible(self.name) or 'ledger'}: more than {MAX_SINKS} sinks")


@contextmanager
def opened(name: str | None, key: bytes = b"") -> Iterator[RunLedger]:
    """The ledger of a run in the file of that name, which this process alone may write; None: no file.

    An existing ledger goes on. Raises UsageError for anything that is no ledger, or not a sound one.
    """
    if name is None:
        yield RunLedger(key)
        return
    descriptor = _open(name)
    try:
        last = _last(name, descriptor)
        yield RunLedger(key, _File(name, descriptor), last, name)
    finally:
        os.close(descriptor)


class _File:
    """A ledger's file. Nobody else may write it, which is checked at every line."""

    def __init__(self, name: str, descriptor: int) -> None:
        self._name, self._descriptor = name, descriptor
        self._size = os.fstat(descriptor).st_size

    def add(self, line: bytes, *, durable: bool) -> None:
        found = os.fstat(self._descriptor)
        if found.st_size != self._size or not found.st_nlink:
            raise LedgerError(f"{visible(self._name)}: something else changed it or took it away")
        try:
            if os.write(self._descriptor, line) != len(line):
                raise OSError(0, "no space left")
            if durable:
                os.fsync(self._descriptor)
        except OSError as error:
            # Half a line would make the whole file one that cannot go on.
            with suppress(OSError):
                os.ftruncate(self._descriptor, self._size)
            raise LedgerError(f"{visible(self._name)}: cannot be written: {error.strerror}") from None
        self._size += len(line)


def _open(name: str) -> int:
    """The file, ours alone until it is closed."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
    # The name may be that of a link or a pipe which the pull request brought.
    for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_BINARY"):
        flags |= getattr(os, flag, 0)
    try:
        descriptor = os.open(name, flags, 0o600)
    except (OSError, ValueError) as error:
        raise UsageError(f"{visible(name)}: cannot be a ledger: {_reason(error)}") from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise UsageError(f"{visible(name)}: cannot be a ledger: it is no file")
        _lock(name, descriptor)
    except UsageError:
        os.close(descriptor)
        raise
    return descriptor


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, ValueError):
        return "no such name"
    return "it is a link" if error.errno == errno.ELOOP else str(error.strerror)


def _lock(name: str, descriptor: int) -> None:
    if sys.platform == "win32":
        return
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UsageError(f"{visible(name)}: another run is writing this ledger; give each its own file") from None
    except OSError as error:
        raise UsageError(f"{visible(name)}: cannot be a ledger: {error.strerror}") from None


def _last(name: str, descriptor: int) -> Line | None:
    """The last line of the file, after a look at those before it; None where there is none."""
    size = os.fstat(descriptor).st_size
    start = max(0, size - MAX_LINE - 65536)
    os.lseek(descriptor, start, os.SEEK_SET)
    with open(os.dup(descriptor), "rb") as stream:  # noqa: PTH123 (a descriptor)
        pieces = stream.readlines()
    if not start and pieces:
        verdict = verify(pieces)
        if verdict.problem:
            raise UsageError(f"{visible(name)}:{verdict.line}: {verdict.problem}; it cannot go on, name another file")
    try:
        # Where the window begins in the middle of a line, that one is left out.
        return follow(pieces[1 if start else 0 :][-_TAIL:]) if pieces else None
    except LineError as error:
        raise UsageError(f"{visible(name)}: its end is broken: {error}; it cannot go on, name another file") from None


def _now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
