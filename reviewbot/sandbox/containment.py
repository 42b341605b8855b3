"""What this machine can really hold a program with, found out by trying to get out; and running one so."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from subprocess import PIPE, Popen

from reviewbot.sandbox.limits import Limits, Outcome, UncontainedError
from reviewbot.sandbox.running import Means, run_by

#: Users that nobody is: between those that systems give to people and those they give to services.
_FIRST_USER, _USERS = 60706, 478
_PROBE = Limits(seconds=10.0)
_HOW: Mapping[Means, str] = {
    "namespaces": "namespaces of its own, with Landlock and seccomp where the kernel has them",
    "filters": "Landlock and seccomp, without namespaces",
    "": "nothing but limits",
}


@dataclass(frozen=True, slots=True)
class Containment:
    """What holds a program on this machine."""

    means: Means = ""
    #: It reads and writes nothing but what it was given; no connection leaves it; it sees and signals no other process.
    files: bool = False
    network: bool = False
    processes: bool = False
    #: Whom a program runs as where we may choose; what it is to write in has to belong to this user.
    user: int | None = None
    #: Why better means did not hold, a line each.
    reasons: tuple[str, ...] = ()

    @property
    def is_enough(self) -> bool:
        """Whether code of a stranger may run without the operator's explicit word."""
        return self.files and self.network

    @property
    def words(self) -> str:
        """For a report: what holds, by which means, and what does not."""
        parts = {"files": self.files, "network": self.network, "other processes": self.processes}
        held = " and ".join(name for name, holds in parts.items() if holds) or "nothing"
        missing = ", ".join(name for name, holds in parts.items() if not holds)
        return f"contained: {held}, by {_HOW[self.means]}" + (f"; not contained: {missing}" if missing else "")


@cache
def contained() -> Containment:
    """The best means that hold here. Tried once, by a process that wants out; takes a fifth of a second."""
    if sys.platform != "linux":
        return Containment(reasons=("only Linux can hold a program for us",))
    user = stranger()
    reasons: list[str] = []
    tries: dict[tuple[Means, int | None], str] = {
        ("namespaces", user): "namespaces", ("filters", user): "Landlock and seccomp",
        ("filters", None): "Landlock and seccomp as the same user",
    }  # fmt: skip
    for (means, whom), name in tries.items():
        try:
            found = _tried(means, whom)
        except (UncontainedError, OSError) as error:
            reasons.append(f"{name}: {error}")
            continue
        if found.is_enough:
            return Containment(found.means, True, True, found.processes, whom, tuple(reasons))
        reasons.append(f"{name}: {found.words}")
    return Containment(user=user, reasons=tuple(reasons))


def stranger() -> int | None:
    """A user that owns nothing here, None where we may not choose."""
    return _FIRST_USER + os.getpid() % _USERS if os.geteuid() == 0 else None


def run(argv: Sequence[str], *, root: Path, cwd: Path, writable: Sequence[Path], environment: Mapping[str, str],
        limits: Limits, readable: Sequence[Path] = (), containment: Containment | None = None,
        uncontained: bool = False) -> Outcome:  # fmt: skip
    """A program run contained: it sees the machine's own programs, `root`, `readable`, and writes in `writable` alone.

    Raises UncontainedError where this machine does not hold it, unless the operator said `uncontained`.
    """
    held = containment or contained()
    if not held.is_enough and not uncontained:
        raise UncontainedError(f"nothing of a stranger is run here: {held.words}")
    return run_by(held.means, argv, root=root, cwd=cwd, writable=writable, readable=readable,
                  environment=environment, limits=limits, user=held.user)  # fmt: skip


def _tried(means: Means, user: int | None) -> Containment:
    """What holds a process of ours that tries to get out by these means."""
    with tempfile.TemporaryDirectory(prefix="reviewbot-") as folder, _listening() as (server, port):
        outside, root, inside = Path(folder, "outside"), Path(folder, "root"), Path(folder, "root", "writable")
        for place in (outside, inside):
            place.mkdir(parents=True)
            place.chmod(0o777)  # what holds must not be its mode
        for place in (Path(folder), root):
            place.chmod(0o755)
        (outside / "secret").write_text("secret")
        (outside / "secret").chmod(0o666)
        with _neighbour() as neighbour:
            outcome = run_by(means, (), root=root, cwd=root, writable=(inside,), readable=(), environment={
                "OUTSIDE": f"{outside}/new", "SECRET": f"{outside}/secret", "INSIDE": f"{inside}/new",
                "PORT": str(port), "NEIGHBOUR": str(neighbour.pid),
            }, limits=_PROBE, user=user)  # fmt: skip
            killed = neighbour.poll() is not None
        came = set(outcome.text.split())
        if outcome.code != 0 or not (inside / "new").is_file():
            raise UncontainedError("a program does not get through")
        untouched = not (outside / "new").exists() and (outside / "secret").read_text() == "secret"
        files = untouched and not came & {"wrote", "read", "emptied"}
        network = not _called(server) and not came & {"connected"}
        return Containment(means, files, network, not killed and not came & {"spied", "killed"}, user)


@contextmanager
def _listening() -> Iterator[tuple[tuple[socket.socket, socket.socket], int]]:
    """A server that nothing contained may reach."""
    with socket.create_server(("127.0.0.1", 0)) as stream, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as packets:
        port = stream.getsockname()[1]
        packets.bind(("127.0.0.1", port))
        stream.setblocking(False)
        packets.setblocking(False)
        yield (stream, packets), port


def _called(servers: tuple[socket.socket, socket.socket]) -> bool:
    """Whether anything came. What is not ours makes it a no that is too careful, never a yes."""
    stream, packets = servers
    try:
        stream.accept()[0].close()
    except BlockingIOError:
        try:
            packets.recv(1)
        except BlockingIOError:
            return False
    return True


@contextmanager
def _neighbour() -> Iterator[Popen[bytes]]:
    """A process of this user that waits."""
    with Popen((sys.executable, "-I", "-S", "-c", "input()"), stdin=PIPE, env={"SECRET": "secret"}) as process:
        try:
            yield process
        finally:
            process.kill()
