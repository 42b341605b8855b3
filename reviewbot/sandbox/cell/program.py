"""The last steps of a process before it becomes a program that nobody trusts: each takes something away."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from reviewbot.sandbox.cell import attempts, filters, kernel, order
from reviewbot.sandbox.cell.order import Order

_DIE_WITH_PARENT, _DROP_BOUND, _NO_NEW_POWERS, _AMBIENT = 1, 24, 38, 47


def become(given: Order, output: int, report: int) -> None:
    """Never returns: the program runs, or OSError is raised."""
    os.setsid()
    null = os.open("/dev/null", os.O_RDONLY)
    for place, source in ((0, null), (1, output), (2, output)):
        os.dup2(source, place)
    # Not up to the limit, which may be a thousand million.
    for opened in {int(name) for name in os.listdir("/proc/self/fd")} - {0, 1, 2, report}:  # noqa: PTH208
        with suppress(OSError):  # that of the listing itself
            os.close(opened)
    os.set_inheritable(report, False)
    os.umask(0o022)
    os.nice(5)
    _limit(given)
    _disown(given)
    alone = given.means == "namespaces"
    if alone and filters.landlock() >= filters.ENOUGH:
        filters.confine(("/",), (*given.writable, "/tmp", "/dev"), network=True)  # noqa: S108 (of the cell)
    if given.means == "filters":
        filters.confine(tuple(_visible(given)), (*given.writable, *_devices()), network=False)
    if given.means == "filters" or (alone and filters.knows()):
        filters.sift(network=alone, alone=alone, owner=given.user is None)
    kernel.prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    os.chdir(given.folder)
    if not given.argv:
        attempts.made(given.environment)
        os._exit(0)
    os.execve(given.argv[0], given.argv, dict(given.environment))  # noqa: S606 (no shell is the point)


def _limit(given: Order) -> None:
    """Of each process; what all of them take together the warden watches. A runtime reserves more than it uses."""
    beside = 0 if given.means == "namespaces" or given.user is not None else _running()
    cores = os.cpu_count() or 1
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, int(given.seconds * cores) + 1),
        (resource.RLIMIT_FSIZE, given.file),
        (resource.RLIMIT_DATA, given.memory),
        (resource.RLIMIT_NOFILE, given.files),
        (resource.RLIMIT_NPROC, given.processes + beside),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (bound, bound))


def _running() -> int:
    """Threads that this user has already: the limit is one for all of them."""
    threads = -1  # this process is one of the program's
    for entry in os.scandir("/proc"):
        with suppress(OSError):
            if entry.name.isdigit() and entry.stat().st_uid == os.getuid():
                threads += len(list(Path(entry.path, "task").iterdir()))
    return threads


def _disown(given: Order) -> None:
    """Another user, no power, and none to be had from a setuid program."""
    with suppress(OSError):  # without the power to do so there is little to take away
        for power in range(64):
            kernel.prctl(_DROP_BOUND, power)
    kernel.prctl(_AMBIENT, 4, 0)
    if given.user is not None:
        os.setgroups([])
        os.setresgid(given.user, given.user, given.user)
        os.setresuid(given.user, given.user, given.user)
    header = ctypes.create_string_buffer(struct.pack("=Ii", 0x20080522, 0), 8)
    kernel.libc("capset", header, ctypes.create_string_buffer(24))
    kernel.prctl(_NO_NEW_POWERS, 1)


def _visible(given: Order) -> Iterator[str]:
    """What Landlock lets a program read where the machine's own files stand around it."""
    yield from order.SYSTEM
    yield from order.settings()
    yield from ("/etc/passwd", "/etc/group", "/etc/hosts", "/etc/nsswitch.conf", "/proc/self", "/proc/cpuinfo")
    yield from ("/proc/meminfo", "/proc/stat", "/proc/version", "/proc/filesystems", "/proc/sys/vm", "/proc/sys/kernel")
    yield from ("/sys/devices/system/cpu", "/dev/urandom", "/dev/random", "/dev/zero", "/dev/full")
    yield from (given.root, *given.readable)


def _devices() -> Iterator[str]:
    yield "/dev/null"
