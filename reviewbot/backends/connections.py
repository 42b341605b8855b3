"""Connections for the libraries below: found, made, read and written within what is left of a call."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from reviewbot.core.exchange import BackendError, Failure

#: Seconds for a connection to stand, its address found and its encryption agreed on.
_CONNECT = 10.0

#: Family and address, as sockets take them.
Address = tuple[int, Any]
#: The addresses of a host and port; none where nobody knows one. May block for as long as it likes.
Lookup = Callable[[str, int], Sequence[Address]]


def look_up(host: str, port: int) -> list[Address]:
    """What the system's resolver says."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, OverflowError):  # not found; no name; no port
        return []
    return [(family, address) for family, _, _, _, address in found]


class Network:
    """What httpcore asks for connections. `left` is the seconds that a call has, or raises where it has none.

    `localhost` is never looked up: a resolver may say anything.
    """

    def __init__(self, core: Any, left: Callable[[], float], look_up: Lookup, most: int) -> None:
        """`most` is how many bytes one connection may bring."""
        self._core, self._left, self._look_up, self._most = core, left, look_up, most

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
                    socket_options: Any = None) -> Stream:  # fmt: skip
        until = time.monotonic() + min(_CONNECT, self._left())
        addresses = self._addresses(host, port, until)
        for number, address in enumerate(addresses):
            # The first may not use up what the others need.
            share = (until - time.monotonic()) / (len(addresses) - number)
            connection = _connected(address, share) if share > 0 else None
            if connection is not None:
                return Stream(self._core, connection, self._left, self._most)
        self._left()
        raise BackendError(Failure.UNREACHABLE)

    def sleep(self, seconds: float) -> None:
        time.sleep(min(seconds, self._left()))

    def _addresses(self, host: str, port: int, until: float) -> Sequence[Address]:
        if host == "localhost":
            return [(socket.AF_INET, ("127.0.0.1", port)), (socket.AF_INET6, ("::1", port, 0, 0))]
        found: SimpleQueue[Sequence[Address]] = SimpleQueue()
        # A resolver knows no deadline: whoever waits for it is left behind.
        Thread(target=lambda: found.put(self._look_up(host, port)), daemon=True).start()
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


class Stream:
    """A connection that knows the call's deadline and how much has come in."""

    def __init__(self, core: Any, connection: socket.socket, left: Callable[[], float], most: int) -> None:
        self._core, self._connection, self._left, self._most = core, connection, left, most

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            self._connection.settimeout(self._left())
            data = self._connection.recv(max_bytes)
        except TimeoutError:
            raise BackendError(Failure.TIMEOUT) from None
        except OSError:
            raise BackendError(Failure.BROKEN) from None
        self._most -= len(data)
        if self._most < 0:
            raise BackendError(Failure.TOO_LARGE)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        rest = memoryview(buffer)
        while rest.nbytes:
            try:
                self._connection.settimeout(self._left())
                rest = rest[self._connection.send(rest) :]
            except TimeoutError:
                raise BackendError(Failure.TIMEOUT) from None
            except OSError:
                # Of this one httpcore knows that the answer may be there before the request is read.
                raise self._core.WriteError from None

    def close(self) -> None:
        self._connection.close()

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None,
                  timeout: float | None = None) -> Stream:  # fmt: skip
        try:
            self._connection.settimeout(min(_CONNECT, self._left()))
            secured = ssl_context.wrap_socket(self._connection, server_hostname=server_hostname)
        except (OSError, ValueError):  # not agreed on in time; no certificate for that name; no name
            self._connection.close()
            self._left()
            raise BackendError(Failure.UNREACHABLE) from None
        return Stream(self._core, secured, self._left, self._most)

    def get_extra_info(self, info: str) -> None:
        """Nothing: with what it asks for, httpcore would choose another protocol or use a connection again."""
