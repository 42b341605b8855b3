"""What no process of the cell may do any more: Landlock over files, seccomp over calls. Neither needs a power."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import stat
import struct
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress

from reviewbot.sandbox.cell import kernel

#: include/uapi/linux/landlock.h: rights over a file, and those that only a folder has.
_READ_FILE, _READ_DIRECTORY, _EXECUTE, _WRITE_FILE, _TRUNCATE, _DEVICE = 1 << 2, 1 << 3, 1, 1 << 1, 1 << 14, 1 << 15
_EVERY = {3: (1 << 15) - 1, 5: (1 << 16) - 1}
_OF_FILES = _READ_FILE | _EXECUTE | _WRITE_FILE | _TRUNCATE | _DEVICE
_READING = _READ_FILE | _READ_DIRECTORY | _EXECUTE
_TCP, _SCOPES = 0b11, 0b11
#: Before the third version truncating is not a right: what may be read may be emptied.
ENOUGH = 3


def landlock() -> int:
    """The version of Landlock here, 0 for none."""
    try:
        return kernel.call("landlock_create_ruleset", None, 0, 1)
    except OSError:
        return 0


def confine(readable: Sequence[str], writable: Sequence[str], *, network: bool) -> None:
    """Only these files from here on, no trace of a process outside, no signal to one where the kernel can tell."""
    version = landlock()
    if version < ENOUGH:
        raise OSError(errno.ENOSYS, "Landlock is missing or too old")
    rights = _EVERY[5 if version >= 5 else 3]
    words = [rights]
    if version >= 4:
        words.append(0 if network else _TCP)
    if version >= 6:
        words.append(_SCOPES)
    attributes = ctypes.create_string_buffer(struct.pack(f"={len(words)}Q", *words), 8 * len(words))
    rules = kernel.call("landlock_create_ruleset", attributes, 8 * len(words), 0)
    for allowed, paths in ((_READING, readable), (rights, writable)):
        for path in paths:
            with suppress(FileNotFoundError):  # what is not there needs no right
                _allow(rules, path, allowed & rights)
    kernel.call("landlock_restrict_self", rules, 0)
    os.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _OF_FILES
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, place), 12)
        kernel.call("landlock_add_rule", rules, 1, rule, 0)
    finally:
        os.close(place)


#: Nothing that a test has to do, and what holes in kernels were found with.
_NEVER = (
    "unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "ptrace", "process_vm_readv", "process_vm_writev",
    "bpf", "perf_event_open", "userfaultfd", "keyctl", "add_key", "request_key", "kexec_load", "kexec_file_load",
    "init_module", "finit_module", "delete_module", "name_to_handle_at", "open_by_handle_at", "kcmp", "swapon",
    "reboot", "acct", "syslog", "quotactl", "open_tree", "open_tree_attr", "move_mount", "fsopen", "fsconfig",
    "fsmount", "fspick", "pidfd_getfd", "mount_setattr",
)  # fmt: skip
#: Answered as by a kernel that is older: runtimes do without. A ring opens sockets behind the filter's back, and the
#: flags of clone3 stand where no filter can read.
_UNKNOWN = ("io_uring_setup", "io_uring_enter", "io_uring_register", "clone3")
#: What namespaces keep apart, where there are none: shared memory and queues of others, and their turn to run.
_SHARED = (
    "shmget", "shmat", "shmctl", "semget", "semop", "semctl", "semtimedop", "msgget", "msgsnd", "msgrcv", "msgctl",
    "mq_open", "mq_unlink", "setpriority", "sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr",
    "ioprio_set",
)  # fmt: skip
#: What Landlock does not watch over and an owner may do: as the operator's own user, to all files of theirs.
_OWNED = (
    "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat", "utime", "utimes", "futimesat",
    "utimensat", "setxattr", "lsetxattr", "fsetxattr", "setxattrat", "removexattr", "lremovexattr", "fremovexattr",
    "removexattrat",
)  # fmt: skip
_NAMESPACES = 0x7E020000
#: AF_UNIX, AF_INET, AF_INET6, AF_NETLINK: what a network namespace of our own holds.
_FAMILIES = (1, 2, 10, 16)

_LOAD, _EQUAL, _AT_LEAST, _ANY_OF, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST = 0, 4, 16
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32 = 0x40000000


def knows() -> bool:
    """Whether this machine's system calls are known to us."""
    return platform.machine() in _ARCHITECTURES and sys.byteorder == "little"


def sift(*, network: bool, alone: bool, owner: bool) -> None:
    """No system call of those above any more.

    `network`: sockets of our own network namespace may be had, none otherwise; `alone`: namespaces keep the rest
    apart; `owner`: files outside belong to the user of the cell.
    """
    if not knows():
        raise OSError(errno.ENOSYS, "the system calls of this machine are not known")
    words = [struct.pack("=HBBI", *one) for one in _program(network=network, alone=alone, owner=owner)]
    code = ctypes.create_string_buffer(b"".join(words), 8 * len(words))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(words), ctypes.addressof(code)), 16)
    kernel.prctl(22, 2, program)  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER


_Step = tuple[int, int, int, int]


def _program(*, network: bool, alone: bool, owner: bool) -> Iterator[_Step]:
    yield (_LOAD, 0, 0, _ARCHITECTURE)
    yield (_EQUAL, 1, 0, _ARCHITECTURES[platform.machine()])
    yield (_RETURN, 0, 0, _KILL)
    yield (_LOAD, 0, 0, _NUMBER)
    if platform.machine() == "x86_64":
        yield (_AT_LEAST, 0, 1, _X32)
        yield (_RETURN, 0, 0, _ERROR | errno.ENOSYS)
    for name in _UNKNOWN:
        yield from _refused(name, errno.ENOSYS)
    for name in (*_NEVER, *(() if alone else _SHARED), *(_OWNED if owner and not alone else ())):
        yield from _refused(name, errno.EPERM)
    yield from _first("clone", ((_ANY_OF, 0, 1, _NAMESPACES), (_RETURN, 0, 0, _ERROR | errno.EPERM)))
    if not alone:
        yield from _first("prlimit64", ((_EQUAL, 1, 0, 0), (_RETURN, 0, 0, _ERROR | errno.EPERM)))
    families = _FAMILIES if network else ()
    known = tuple((_EQUAL, len(families) - at, 0, family) for at, family in enumerate(families))
    yield from _first("socket", (*known, (_RETURN, 0, 0, _ERROR | errno.EAFNOSUPPORT)))
    yield (_RETURN, 0, 0, _ALLOW)


def _refused(name: str, error: int) -> Iterator[_Step]:
    number = kernel.number(name)
    if number is not None:
        yield (_EQUAL, 0, 1, number)
        yield (_RETURN, 0, 0, _ERROR | error)


def _first(name: str, steps: Sequence[_Step]) -> Iterator[_Step]:
    """Steps over the first argument of one system call, which is allowed behind them."""
    number = kernel.number(name)
    if number is not None:
        yield (_EQUAL, 0, len(steps) + 2, number)
        yield (_LOAD, 0, 0, _FIRST)
        yield from steps
        yield (_RETURN, 0, 0, _ALLOW)
