"""Who stays out of the program's reach and ends it: out of time, memory or disk, or when nobody waits any more."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from reviewbot.sandbox.cell.order import Order

#: Seconds between two looks.
_BEAT = 0.03
#: Rounds over the processes of a program that starts new ones while they are ended.
_ROUNDS = 2000
_PAGE = os.sysconf("SC_PAGE_SIZE")


def watched(given: Order, program: int, lifeline: int) -> tuple[str, int | None]:
    """How the program ended, and with which exit code. Nothing is ended here."""
    deadline = time.monotonic() + given.seconds
    room, shared = _free(given), _shared()
    while True:
        with suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                if found[0] == program:
                    return "exited", os.waitstatus_to_exitcode(found[1])
        if time.monotonic() > deadline:
            return "time", None
        if _taken(given) + max(_shared() - shared, 0) > given.memory:
            return "memory", None
        left = _free(given)
        if room[0] - left[0] > given.disk or room[1] - left[1] > given.entries:
            return "disk", None
        if select.select([lifeline], [], [], _BEAT)[0]:
            return "stopped", None


def end(given: Order) -> None:
    """No process of the program is left. In namespaces the kernel sees to it when the first process goes."""
    if given.means == "namespaces":
        return
    for _ in range(_ROUNDS):
        left = [pid for pid in _ours() if pid != os.getpid()]
        for how in (signal.SIGSTOP, signal.SIGKILL):  # a stopped process starts no other
            for pid in left:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, how)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return


def _free(given: Order) -> tuple[int, int]:
    """Bytes and files that the disks of the program have left; its own are not all that is written there."""
    left = {}
    for path in given.writable:
        with suppress(OSError):
            found = os.statvfs(path)
            left[found.f_fsid] = found.f_bfree * found.f_frsize, found.f_ffree
    return sum(one[0] for one in left.values()), sum(one[1] for one in left.values())


def _taken(given: Order) -> int:
    """Bytes of memory that processes of the program have to themselves; what a fork still shares counts for each."""
    pids = _all() if given.means == "namespaces" else _ours()
    total = 0
    for pid in pids:
        if pid != os.getpid():
            with suppress(OSError, ValueError, IndexError):
                fields = Path(f"/proc/{pid}/statm").read_bytes().split()
                total += (int(fields[1]) - int(fields[2])) * _PAGE
    return total


def _shared() -> int:
    """Bytes of memory that are of no one process: shared, in files of memory, in swap. All that the machine has."""
    with suppress(OSError, ValueError, KeyError):
        rows = (line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
        found = {name: int(value.split()[0]) for name, value in rows}
        return (found["Shmem"] + found["SwapTotal"] - found["SwapFree"]) * 1024
    return 0


def _all() -> Iterator[int]:
    with suppress(OSError):
        yield from (int(name) for name in os.listdir("/proc") if name.isdigit())  # noqa: PTH208 (thousands)


def _ours() -> Iterator[int]:
    """Processes that come from this one, itself first: who loses a parent becomes a child of ours."""
    children: dict[int, list[int]] = {}
    for pid in _all():
        with suppress(OSError, ValueError, IndexError):
            parent = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[1]
            children.setdefault(int(parent), []).append(pid)
    waiting = [os.getpid()]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children.get(pid, ())
