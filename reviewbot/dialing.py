"""A connection to a host, found and made within a time: what models and forges are reached by."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

#: Seconds for a connection to stand.
CONNECT = 10.0

#: Family and address, as sockets take them.
Address = tuple[int, Any]
#: The addresses of a host and port; none where nobody knows one. May block for as long as it likes.
Lookup = Callable[[str, int], Sequence[Address]]


def look_up(host: str, port: int) -> list[Address]:
    """What the system's resolver says."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError, OverflowError):  # not found; no name; no port
        return []
    return [(family, address) for family, _, _, _, address in found]


def dialed(host: str, port: int, until: float, look_up: Lookup) -> socket.socket | None:
    """A connection to one of the addresses of a host; None where none stands in time.

    `until` is a reading of `time.monotonic()`. `localhost` is never looked up: a resolver may say anything.
    """
    addresses = _addresses(host, port, until, look_up)
    for number, address in enumerate(addresses):
        # The first may not use up what the others need.
        share = (until - time.monotonic()) / (len(addresses) - number)
        connection = _connected(address, share) if share > 0 else None
        if connection is not None:
            return connection
    return None


def _addresses(host: str, port: int, until: float, look_up: Lookup) -> Sequence[Address]:
    if host == "localhost":
        return [(socket.AF_INET, ("127.0.0.1", port)), (socket.AF_INET6, ("::1", port, 0, 0))]
    found: SimpleQueue[Sequence[Address]] = SimpleQueue()
    # A resolver knows no deadline: whoever waits for it is left behind.
    Thread(target=lambda: found.put(look_up(host, port)), daemon=True).start()
    try:
        return found.get(timeout=max(0.0, until - time.monotonic()))
    except Empty:
        return []


def _connected(address: Address, seconds: float) -> socket.socket | None:
    family, place = address
    try:
        connection = socket.socket(family, socket.SOCK_STREAM)
    except OSError:  # this machine does not speak it
        return None
    try:
        connection.settimeout(seconds)
        connection.connect(place)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except (OSError, OverflowError):
        connection.close()
        return None
    return connection
