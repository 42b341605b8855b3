"""Connections that stand in time, and answers that end in time and in size."""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from typing import Any

from reviewbot.dialing import CONNECT, Lookup, dialed
from reviewbot.forges.failures import RequestError

#: Bytes of one answer, headers included.
MAX_RESPONSE = 16 * 1024 * 1024


def connect(host: str, port: int, trusted: ssl.SSLContext | None, until: float, look_up: Lookup) -> socket.socket:
    """A connection to one of the addresses of a host, encrypted where `trusted` says whom to trust.

    `until` is a reading of `time.monotonic()`. Nothing has left when it raises RequestError.
    """
    until = min(until, time.monotonic() + CONNECT)
    connection = dialed(host, port, until, look_up)
    if connection is None:
        raise RequestError("the forge cannot be reached", "unsent")
    return connection if trusted is None else _encrypted(connection, host, trusted, until)


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
