"""What a program would try that wants out, done by us in its place to see what this machine really holds."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

#: How long a connection may take to come about.
_SECONDS = 0.5


def made(given: Mapping[str, str]) -> None:
    """Say each attempt that came through, a word a line; those on the network and on a process are seen outside."""
    attempts: dict[str, Callable[[], object]] = {
        "wrote": lambda: Path(given["OUTSIDE"]).write_text("x"),
        "emptied": lambda: os.truncate(given["SECRET"], 0),
        "read": lambda: Path(given["SECRET"]).read_bytes(),
        "kept": lambda: Path(given["INSIDE"]).write_text("x"),
        "connected": lambda: _connected(int(given["PORT"])),
        "sent": lambda: _sent(int(given["PORT"])),
        "spied": lambda: Path("/proc", given["NEIGHBOUR"], "environ").read_bytes(),
        "killed": lambda: os.kill(int(given["NEIGHBOUR"]), signal.SIGKILL),
    }
    for word, attempt in attempts.items():
        with suppress(OSError):
            attempt()
            os.write(1, f"{word}\n".encode())


def _connected(port: int) -> None:
    """Without `getaddrinfo`, which imports what can no longer be read."""
    with socket.socket() as stream:
        stream.settimeout(_SECONDS)
        stream.connect(("127.0.0.1", port))


def _sent(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as packet:
        packet.sendto(b"x", ("127.0.0.1", port))
