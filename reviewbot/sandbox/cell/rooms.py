"""Namespaces of our own: no network but a loopback, no process but ours, a file system of what was asked for."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

from reviewbot.sandbox.cell import kernel, order
from reviewbot.sandbox.cell.order import Order

_NEW_FILES, _NEW_NAMES, _NEW_IPC, _NEW_USER, _NEW_PIDS, _NEW_NETWORK = (
    0x00020000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000,
)  # fmt: skip
_ALL = _NEW_FILES | _NEW_NAMES | _NEW_IPC | _NEW_PIDS | _NEW_NETWORK
_NOSUID, _NODEV, _NOEXEC, _BIND, _RECURSIVE, _PRIVATE, _DETACH = 2, 4, 8, 4096, 16384, 1 << 18, 2
_READ_ONLY_ATTRIBUTE, _NOSUID_ATTRIBUTE, _NODEV_ATTRIBUTE = 1, 2, 4
_OLD = "/.old"
#: What a program may put into /tmp and /dev/shm: memory, so little.
_SMALL = "size=64m,nr_inodes=16k,mode=1777"


def leave() -> None:
    """Leave the machine's namespaces; the next child is the first process of its own. Raises OSError."""
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        kernel.libc("unshare", _ALL)
        return
    kernel.libc("unshare", _ALL | _NEW_USER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def furnish(given: Order) -> None:
    """A root of our own in place of the machine's, and a network that ends here. For the first process."""
    _loopback()
    kernel.libc("sethostname", b"sandbox", 7)
    _mount("none", "/", "", _PRIVATE | _RECURSIVE)
    _mount("tmpfs", given.root, "tmpfs", _NOSUID | _NODEV, "size=4m,mode=755")
    old = Path(given.root, _OLD[1:])
    old.mkdir()
    kernel.call("pivot_root", os.fsencode(given.root), os.fsencode(old))
    os.chdir("/")
    _devices()
    for path in ("/proc", "/tmp", "/etc"):  # noqa: S108 (our own)
        Path(path).mkdir()
    _mount("proc", "/proc", "proc", _NOSUID | _NODEV | _NOEXEC)
    _mount("tmpfs", "/tmp", "tmpfs", _NOSUID | _NODEV, _SMALL)  # noqa: S108 (our own)
    _names(given)
    for path, writable in _shown(given):
        _show(path, writable=writable)
    kernel.libc("umount2", _OLD.encode(), _DETACH)
    Path(_OLD).rmdir()
    _restrict("/", _READ_ONLY_ATTRIBUTE, recursive=False)


def _shown(given: Order) -> Iterator[tuple[str, bool]]:
    """What is shown and whether it may be written, a folder before what is within it."""
    readable = dict.fromkeys((*order.SYSTEM, *(_settings()), *given.readable, given.root), False)
    yield from sorted({**readable, **dict.fromkeys(given.writable, True)}.items(), key=lambda row: row[0].count("/"))


def _settings() -> Iterator[str]:
    """As `order.settings`, of the old root."""
    for path in order.settings(Path(_OLD)):
        yield path.removeprefix(_OLD)


def _show(path: str, *, writable: bool) -> None:
    """The same path here as on the machine: a link as it is, the rest bound."""
    source, place = Path(_OLD + path), Path(path)
    if source.is_symlink():
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.is_symlink() and not place.exists():
            place.symlink_to(source.readlink())
        return
    if not source.exists() or (not writable and place.exists() and os.path.samestat(place.stat(), source.stat())):
        return
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.mkdir() if source.is_dir() else place.touch()
    _mount(os.fspath(source), path, "", _BIND | _RECURSIVE)
    kept = _NOSUID_ATTRIBUTE | _NODEV_ATTRIBUTE
    _restrict(path, kept if writable else kept | _READ_ONLY_ATTRIBUTE, recursive=True)


def _devices() -> None:
    Path("/dev/shm").mkdir(parents=True)  # noqa: S108 (our own)
    _mount("tmpfs", "/dev/shm", "tmpfs", _NOSUID | _NODEV, _SMALL)  # noqa: S108 (our own)
    for name in order.DEVICES:
        Path("/dev", name).touch()
        _mount(f"{_OLD}/dev/{name}", f"/dev/{name}", "", _BIND)
    for name, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        Path("/dev", name).symlink_to(f"/proc/self/fd{target}")


def _names(given: Order) -> None:
    """Who the user is and which host this is; nothing of the machine's own lists."""
    user = os.geteuid() if given.user is None else given.user
    group = os.getegid() if given.user is None else given.user
    home = given.home if given.home.isprintable() and ":" not in given.home else "/"
    Path("/etc/passwd").write_text(f"sandbox:x:{user}:{group}::{home}:/bin/sh\n")
    Path("/etc/group").write_text(f"sandbox:x:{group}:\n")
    Path("/etc/hosts").write_text("127.0.0.1 localhost sandbox\n::1 localhost\n")
    Path("/etc/nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files\n")


def _loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14x", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP


def _mount(source: str, place: str, kind: str, flags: int, options: str = "") -> None:
    kernel.libc("mount", os.fsencode(source), os.fsencode(place), kind.encode(), flags, options.encode() or None)


def _restrict(path: str, attributes: int, *, recursive: bool) -> None:
    words = ctypes.create_string_buffer(struct.pack("=4Q", attributes, 0, 0, 0), 32)
    kernel.call("mount_setattr", -100, os.fsencode(path), 0x8000 if recursive else 0, words, 32)
