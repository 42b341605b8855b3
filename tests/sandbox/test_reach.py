"""Programs that want at networks, sockets, processes and powers outside. What counts is what is seen outside."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import PIPE, Popen

from tests.requirements import require
from tests.sandbox.cells import TRY, Cell


@contextmanager
def _servers() -> Iterator[tuple[list[socket.socket], int]]:
    """Servers of TCP and UDP on every address of this machine, on one port."""
    with (
        socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as stream,
        socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as packets,
    ):
        port = stream.getsockname()[1]
        packets.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        packets.bind(("::", port))
        yield [stream, packets], port


def _is_reached(server: socket.socket) -> bool:
    """Whether a connection or a packet has come."""
    server.setblocking(False)
    with suppress(BlockingIOError):
        server.accept()[0].close() if server.type == socket.SOCK_STREAM else server.recv(1)
        return True
    return False


def _addresses() -> list[str]:
    """Addresses of this machine beside the loopback, and one that is nobody's."""
    found = {"127.0.0.1", "192.0.2.1"}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket, suppress(OSError):
        any_socket.connect(("192.0.2.1", 9))
        found.add(any_socket.getsockname()[0])
    return sorted(found)


def test_no_connection_leaves(cell: Cell) -> None:
    with _servers() as (servers, port):
        ended = cell.run(
            TRY
            + """
import socket
port, *addresses = sys.argv[2:]
def reach(family, kind, address):
    with socket.socket(family, kind) as one:
        one.settimeout(0.3)
        one.connect((address, int(port)))
        one.sendall(b"x")
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
    for address in addresses:
        attempt(reach, socket.AF_INET, kind, address)
    attempt(reach, socket.AF_INET6, kind, "::1")
attempt(socket.getaddrinfo, "example.org", 80)
print("through")
""",
            {"seconds": 20.0}, str(port), *_addresses(),
        )  # fmt: skip
        assert ended.output.endswith("through\n")
        assert not any(map(_is_reached, servers))


def test_no_socket_of_the_machine_is_reached(cell: Cell) -> None:
    """As that of a container engine: by a path that everybody may write to, by a name without a path."""
    place = cell.outside / "engine.sock"
    name = f"\0{cell.mark}"
    with socket.socket(socket.AF_UNIX) as named, socket.socket(socket.AF_UNIX) as abstract:
        for server, address in ((named, str(place)), (abstract, name)):
            server.bind(address)
            server.listen()
        place.chmod(0o777)
        cell.run(
            TRY
            + """
import socket
for address in (sys.argv[2], "\\0" + sys.argv[3]):
    attempt(lambda: socket.socket(socket.AF_UNIX).connect(address))
""",
            None, str(place), cell.mark,
        )  # fmt: skip
        assert not any(map(_is_reached, (named, abstract)))


def test_other_processes_are_neither_traced_nor_ended(cell: Cell) -> None:
    """Of the same user, too: whoever runs the program, and whoever waits for it, lives on."""
    who = [] if cell.user == os.geteuid() else ["setpriv", f"--reuid={cell.user}", "--clear-groups"]
    traced: list[str] = []
    with Popen([*who, "sleep", "60"]) as neighbour, Popen([sys.executable, "-c", "input()"], stdin=PIPE) as other:
        over = threading.Event()

        def watch() -> None:
            while not over.wait(0.05):
                traced.extend(line for line in Path(f"/proc/{neighbour.pid}/status").read_text().split("\n")
                              if line.startswith("TracerPid") and line.split()[1] != "0")  # fmt: skip

        watching = threading.Thread(target=watch)
        watching.start()
        try:
            ended = cell.run(
                TRY
                + """
import ctypes, signal, time
libc = ctypes.CDLL(None)
for pid in map(int, sys.argv[2:]):
    libc.ptrace(16, pid, 0, 0)
    libc.ptrace(0x4206, pid, 0, 0)
    attempt(lambda: open(f"/proc/{pid}/mem", "r+b"))
    attempt(os.setpriority, os.PRIO_PROCESS, pid, 19)
time.sleep(0.3)
parent = os.getppid()
for pid in (parent, *map(int, sys.argv[2:])):
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP):
        attempt(os.kill, pid, number)
attempt(os.killpg, 0, signal.SIGCONT)
print("through", flush=True)
attempt(os.kill, -1, signal.SIGKILL)
""",
                None, str(neighbour.pid), str(other.pid),
            )  # fmt: skip
            alive = neighbour.poll(), other.poll()
            states = [
                Path(f"/proc/{one.pid}/stat").read_text().rpartition(")")[2].split() for one in (neighbour, other)
            ]
        finally:
            over.set()
            watching.join()
            neighbour.kill()
            other.kill()
    assert "through\n" in ended.output
    assert ended.ended == "exited"  # -1 is everybody but the caller: the warden lives and says how it ended
    assert alive == (None, None)
    assert traced == []
    assert all(state[0] != "T" and state[16] == str(os.nice(0)) for state in states)


def test_a_setuid_program_gives_no_power(cell: Cell) -> None:
    require(os.geteuid() == 0, "root, who alone can make a program setuid root")
    program = cell.writable / "touch"
    shutil.copy(shutil.which("touch") or "", program)
    os.chown(program, 0, 0)
    program.chmod(0o4755)
    cell.run(
        TRY
        + """
import subprocess
attempt(subprocess.run, ["writable/touch", "writable/made"])
"""
    )
    assert (cell.writable / "made").stat().st_uid == cell.owner


def test_no_namespace_ring_or_foreign_family_is_to_be_had(cell: Cell) -> None:
    """From inside a namespace of its own a program would be root; a ring opens sockets behind the filter's back."""
    cell.run(
        TRY
        + """
import ctypes, socket
libc = ctypes.CDLL(None, use_errno=True)
got = []
for name, done in {
    "user namespace": lambda: libc.unshare(0x10000000),
    "mount": lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None),
    "ring": lambda: libc.syscall(425, 8, ctypes.create_string_buffer(256)),
    "keyring": lambda: libc.syscall(250 if os.uname().machine == "x86_64" else 219, 0, -3, 1, 0, 0),
    "program of the kernel": lambda: libc.syscall(321 if os.uname().machine == "x86_64" else 280, 0, 0, 0),
    "tree of mounts": lambda: libc.syscall(428, -100, b"/", 0),
    "clone": lambda: libc.syscall(56 if os.uname().machine == "x86_64" else 220, 0x10000000 | 17, 0, 0, 0, 0),
}.items():
    if done() != -1:
        got.append(name)
# A kernel that has no such call yet says ENOSYS: the filter, which is asked first, says EPERM.
if libc.syscall(467, -100, b"/", 0, None, 0) != -1 or ctypes.get_errno() != 1:
    got.append("tree of mounts with attributes")
for family in (17, 38, 40):
    try:
        socket.socket(family, socket.SOCK_RAW if family == 17 else socket.SOCK_STREAM)
        got.append(f"family {family}")
    except OSError:
        pass
with open("writable/got", "w") as file:
    file.write(repr(got))
"""
    )
    assert (cell.writable / "got").read_text() == "[]"
