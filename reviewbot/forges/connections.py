"""Connections that stand in time, and answers that end in time and in size."""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from reviewbot.forges.failures import RequestError

#: Bytes of one answer, headers included.
MAX_RESPONSE = 16 * 1024 * 1024
#: Seconds for a connection to stand.
_CONNECT = 10.0

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


def connect(host: str, port: int, trusted: ssl.SSLContext | None, until: float, look_up: Lookup) -> socket.socket:
    """A connection to one of the addresses of a host, encrypted where `trusted` says whom to trust.

    `until` is a reading of `time.monotonic()`. Nothing has left when it raises RequestError.
    """
    until = min(until, time.monotonic() + _CONNECT)
    found: SimpleQueue[Sequence[Address]] = SimpleQueue()
    # A resolver knows no deadline: whoever waits for it is left behind.
    Thread(target=lambda: found.put(look_up(host, port)), daemon=True).start()
    try:
        addresses = found.get(timeout=max(0.0, until - time.monotonic()))
    except Empty:
        addresses = []
    for number, address in enumerate(addresses):
        # The first may not use up what the others need.
        share = (until - time.monotonic()) / (len(addresses) - number)
        connection = _connected(address, share) if share > 0 else None
        if connection is not None:
            return connection if trusted is None else _encrypted(connection, host, trusted, until)
    raise RequestError("the forge cannot be reached", "unsent")


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


def _encrypted(connection: socket.socket, host: str, trusted: ssl.SSLContext, until: float) -> socket.socket:
    try:
        connection.settimeout(max(0.001, until - time.monotonic()))
        return trusted.wrap_socket(connection, server_hostname=host)
    except ssl.SSLCertVerificationError:
        connection.close()
        raise RequestError("the forge's certificate is not trusted", "barred") from None
    except (OSError, ValueError):  # not agreed on in time; no name
        connection.close()
        raise RequestError("the forge cannot be reached", "unsent") from None


class Timed(io.RawIOBase):
    """What a connection brings, up to a time and a size."""

    def __init__(self, connection: socket.socket, until: float) -> None:
        # A file of the socket keeps it open until it is read.
        self._connection, self._raw = connection, connection.makefile("rb", buffering=0)
        self._until, self._most = until, MAX_RESPONSE

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        size = self._raw.readinto(buffer)
        self._most -= size or 0
        if self._most < 0:
            raise RequestError("the forge's answer is too large", "unknown")
        return size

    def close(self) -> None:
        self._raw.close()
        super().close()


class Response(http.client.HTTPResponse):
    """An answer that is read until `until`, which a subclass sets."""

    until: float

    def __init__(self, sock: socket.socket, *arguments: Any, **named: Any) -> None:
        super().__init__(sock, *arguments, **named)
        self.fp.close()
        self.fp = io.BufferedReader(Timed(sock, self.until))
