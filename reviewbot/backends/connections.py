"""Connections for the libraries below: found, made, read and written within what is left of a call."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from typing import Any

from reviewbot.core.exchange import BackendError, Failure
from reviewbot.dialing import CONNECT, Lookup, dialed


class Network:
    """What httpcore asks for connections. `left` is the seconds that a call has, or raises where it has none."""

    def __init__(self, core: Any, left: Callable[[], float], look_up: Lookup, most: int) -> None:
        """`most` is how many bytes one connection may bring."""
        self._core, self._left, self._look_up, self._most = core, left, look_up, most

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
                    socket_options: Any = None) -> Stream:  # fmt: skip
        until = time.monotonic() + min(CONNECT, self._left())
        connection = dialed(host, port, until, self._look_up)
        if connection is None:
            self._left()
            raise BackendError(Failure.UNREACHABLE)
        return Stream(self._core, connection, self._left, self._most)

    def sleep(self, seconds: float) -> None:
        time.sleep(min(seconds, self._left()))


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
            self._connection.settimeout(min(CONNECT, self._left()))
            secured = ssl_context.wrap_socket(self._connection, server_hostname=server_hostname)
        except (OSError, ValueError):  # not agreed on in time; no certificate for that name; no name
            self._connection.close()
            self._left()
            raise BackendError(Failure.UNREACHABLE) from None
        return Stream(self._core, secured, self._left, self._most)

    def get_extra_info(self, info: str) -> None:
        """Nothing: with what it asks for, httpcore would choose another protocol or use a connection again."""
