"""Programs that want out: to files, secrets, networks and processes. What counts is what is seen outside."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import PIPE, Popen

from tests.requirements import require
from tests.sandbox.cells import ROOT, Cell

#: Every attempt is made, whatever became of the one before.
_TRY = """
import os, sys
def attempt(work, *arguments):
    try:
        return work(*arguments)
    except (OSError, ValueError) as error:
        print(error)
"""


def test_nothing_is_written_outside(cell: Cell) -> None:
    """By path, by link, by rename, by modes: home, temporary folders, the repository, the toolchain, the machine."""
    name = f"planted-{cell.mark}"
    kept = cell.outside / "kept"
    kept.write_text("as it was")
    kept.chmod(0o666)
    places = [
        Path.home(), Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), ROOT, ROOT / "reviewbot",
        Path("/usr/lib/python3"), Path("/usr/local/bin"), Path("/etc"), Path("/run"), Path("/"), cell.outside,
        cell.folder, cell.package,
    ]  # fmt: skip
    before = kept.stat()
    cell.run(
        _TRY
        + """
outside, name, *places = sys.argv[2:]
kept = outside + "/kept"
for place in places:
    attempt(lambda: open(f"{place}/{name}", "w").write("x"))
    attempt(os.mkdir, f"{place}/{name}-folder")
    attempt(os.symlink, "/etc/passwd", f"{place}/{name}-link")
attempt(lambda: open(kept, "w").write("x"))
attempt(lambda: open(kept, "a").write("x"))
attempt(os.truncate, kept, 0)
attempt(os.chmod, kept, 0o777)
attempt(os.utime, kept, (0, 0))
attempt(os.rename, kept, "writable/taken")
attempt(os.unlink, kept)
attempt(os.link, kept, "writable/hard")
attempt(lambda: open("writable/hard", "w").write("x"))
attempt(os.symlink, kept, "writable/soft")
attempt(lambda: open("writable/soft", "w").write("x"))
attempt(os.symlink, outside, "writable/folder")
attempt(lambda: open(f"writable/folder/{name}", "w").write("x"))
attempt(os.rename, "writable", "elsewhere")
attempt(lambda: open("writable/inside", "w").write("x"))
""",
        None, str(cell.outside), name, *map(str, places),
    )  # fmt: skip
    assert (cell.writable / "inside").read_text() == "x"
    found = [str(place) for place in places if any(place.glob(f"{name}*"))]
    assert found == []
    after = kept.stat()
    assert kept.read_text() == "as it was"
    assert (after.st_mode, after.st_mtime_ns, after.st_nlink) == (before.st_mode, before.st_mtime_ns, 1)


def test_no_secret_is_read(cell: Cell) -> None:
    """Files as they lie in a home, the environment of every process, what was open, through links of every kind."""
    secret = f"secret{cell.mark}"
    home = cell.outside / "home"
    files = [home / name for name in (".ssh/id_ed25519", ".aws/credentials", ".netrc", ".git-credentials", ".config/x")]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(secret)
    with Popen(["sleep", "60"], env={"TOKEN": secret}) as neighbour:
        try:
            ended = cell.run(
                _TRY
                + """
def show(path):
    print(open(path, "rb").read().replace(b"\\0", b" ").decode("utf-8", "replace"))
print(dict(os.environ))
for path in sys.argv[2:]:
    attempt(show, path)
    attempt(os.symlink, path, "writable/soft")
    attempt(show, "writable/soft")
    attempt(os.link, path, "writable/hard")
    attempt(show, "writable/hard")
    for link in ("soft", "hard"):
        attempt(os.unlink, f"writable/{link}")
    attempt(lambda: print(os.listdir(os.path.dirname(path))))
for number in range(100_000):
    for name in ("environ", "cmdline", "maps"):
        if os.path.exists(f"/proc/{number}/{name}"):
            attempt(show, f"/proc/{number}/{name}")
for number in range(3, 256):
    attempt(lambda: print(os.read(number, 1000)))
attempt(show, f"/proc/{os.getppid()}/environ")
attempt(lambda: print(os.listdir(f"/proc/{os.getppid()}/root/")))
print("through")
""",
                {"seconds": 20.0}, *map(str, files),
            )  # fmt: skip
        finally:
            neighbour.kill()
    assert ended.output.endswith("through\n")
    assert secret not in ended.output
    assert "id_ed25519'" not in ended.output.replace(f"{files[0]}'", "")


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
            _TRY
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
            _TRY
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
                _TRY
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
        _TRY
        + """
import subprocess
attempt(subprocess.run, ["writable/touch", "writable/made"])
"""
    )
    assert (cell.writable / "made").stat().st_uid == cell.owner


def test_no_namespace_ring_or_foreign_family_is_to_be_had(cell: Cell) -> None:
    """From inside a namespace of its own a program would be root; a ring opens sockets behind the filter's back."""
    cell.run(
        _TRY
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
    "clone": lambda: libc.syscall(56 if os.uname().machine == "x86_64" else 220, 0x10000000 | 17, 0, 0, 0, 0),
}.items():
    if done() != -1:
        got.append(name)
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


def test_what_is_shown_is_little(cell: Cell) -> None:
    """Homes, other folders of the machine and its devices are not to be read, whatever their modes."""
    (cell.outside / "shown").write_text("x")
    ended = cell.run(
        _TRY
        + """
for path in ("/root", "/home", "/var", "/run", "/srv", "/mnt", "/sys/kernel", "/boot", sys.argv[2]):
    attempt(lambda: print("FOUND", path, os.listdir(path)))
for path in ("/etc/shadow", "/etc/ssh/sshd_config", "/dev/mem", "/dev/kmsg", "/dev/vda", "/dev/sda", "/proc/kcore"):
    attempt(lambda: print("FOUND", path, open(path, "rb").read(1)))
for path in ("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/sys/kernel/uevent_helper"):
    attempt(lambda: print("FOUND", path, open(path, "r+b")))
print("through")
""",
        None, str(cell.outside),
    )  # fmt: skip
    assert ended.output.endswith("through\n")
    assert "FOUND" not in ended.output


def test_a_program_gets_the_environment_it_is_given(cell: Cell) -> None:
    ended = cell.run("import os; print(sorted(os.environ))")
    assert set(ended.output.strip("[]\n").replace("'", "").split(", ")) <= {"HOME", "LC_CTYPE", "PATH"}


def test_the_machine_is_as_it_was() -> None:
    """Nothing that a cell mounts is seen outside."""
    mounts = subprocess.run(["cat", "/proc/self/mounts"], capture_output=True, text=True).stdout
    assert "cells-" not in mounts
