"""System calls that Python has no name for, and the order of this machine's."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
from collections.abc import Mapping

_LIBC = ctypes.CDLL(None, use_errno=True)

#: x86-64, AArch64: what each system call is called by. The newer ones have one number everywhere.
_NUMBERS: Mapping[str, int | tuple[int, int | None]] = {
    "socket": (41, 198), "clone": (56, 220), "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40),
    "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "ptrace": (101, 117),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "bpf": (321, 280), "perf_event_open": (298, 241),
    "userfaultfd": (323, 282), "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "kcmp": (312, 272),
    "swapon": (167, 224), "reboot": (169, 142), "acct": (163, 89), "syslog": (103, 116), "quotactl": (179, 60),
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428, "move_mount": 429,
    "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433, "clone3": 435, "pidfd_getfd": 438,
    "mount_setattr": 442, "landlock_create_ruleset": 444, "landlock_add_rule": 445, "landlock_restrict_self": 446,
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "semget": (64, 190), "semop": (65, 193),
    "semctl": (66, 191), "semtimedop": (220, 192), "msgget": (68, 186), "msgsnd": (69, 189), "msgrcv": (70, 188),
    "msgctl": (71, 187), "mq_open": (240, 180), "mq_unlink": (241, 181), "setpriority": (141, 140),
    "sched_setaffinity": (203, 122), "sched_setscheduler": (144, 119), "sched_setparam": (142, 118),
    "sched_setattr": (314, 274), "ioprio_set": (251, 30),
    "prlimit64": (302, 261), "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": 452,
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54), "utime": (132, None),
    "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88), "setxattr": (188, 5),
    "lsetxattr": (189, 6), "fsetxattr": (190, 7), "setxattrat": 463, "removexattr": (197, 14),
    "lremovexattr": (198, 15), "fremovexattr": (199, 16), "removexattrat": 466, "open_tree_attr": 467,
}  # fmt: skip
_MACHINES = {"x86_64": 0, "aarch64": 1}


def number(name: str) -> int | None:
    """The number of a system call here, None where this machine has none of that name or is not known."""
    column = _MACHINES.get(platform.machine())
    row = _NUMBERS[name]
    if column is None:
        return None
    return row if isinstance(row, int) else row[column]


def call(name: str, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """A system call by its number. Raises OSError."""
    found = number(name)
    if found is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), name)
    return _checked(name, _LIBC.syscall, ctypes.c_long(found), *map(_word, arguments))


def libc(name: str, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """A function of the C library that says -1 when it fails. Raises OSError."""
    return _checked(name, getattr(_LIBC, name), *map(_word, arguments))


def prctl(option: int, *arguments: int | ctypes.Array[ctypes.c_char]) -> int:
    return libc("prctl", option, *arguments, *(0,) * (4 - len(arguments)))


def _word(value: object) -> object:
    return ctypes.c_long(value) if isinstance(value, int) else value


def _checked(name: str, function: ctypes._NamedFuncPointer, *arguments: object) -> int:
    result = int(function(*arguments))
    if result == -1:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), name)
    return result
