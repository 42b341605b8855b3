"""A server in front of another one that keeps what is sent to it.

    with before(url) as relay: ...      # `relay.url` leads to `url`

`received`: every request as it came, whole or not; `requests`: `POST /api/chat`; `bodies`; `body_bytes`: their sum.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit


class Relay:
    """See the module."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname or "", parts.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.received: list[bytes] = []

    @property
    def requests(self) -> list[str]:
        return [data.partition(b" HTTP/")[0].decode("latin-1") for data in self.received]

    @property
    def bodies(self) -> list[bytes]:
        return [data.partition(b"\r\n\r\n")[2] for data in self.received]

    @property
    def body_bytes(self) -> int:
        return sum(map(len, self.bodies))

    def accept(self) -> None:
        """Take connections until `close`."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _one(self, connection: socket.socket) -> None:
        """One request and its reply: nobody here keeps a connection."""
        with connection, socket.create_connection(self._target) as server, contextlib.suppress(OSError):
            data = self._request(connection)
            if data:
                server.sendall(data.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
            while data and (piece := server.recv(65_536)):
                connection.sendall(piece)

    def _request(self, connection: socket.socket) -> bytes:
        """The next request; what came of it where it does not come whole."""
        data, size = b"", -1
        while size < 0 or len(data.partition(b"\r\n\r\n")[2]) < size:
            piece = connection.recv(65_536)
            data += piece
            if b"\r\n\r\n" in data and size < 0:
                fields = dict(
                    line.lower().split(b": ", 1) for line in data.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
                )
                size = int(fields.get(b"content-length", 0))
            if not piece:
                break
        if data:
            with self._lock:
                self.received.append(data)
        return data


@contextlib.contextmanager
def before(url: str) -> Iterator[Relay]:
    """A relay in front of the server at `url`."""
    relay = Relay(url)
    threading.Thread(target=relay.accept, daemon=True).start()
    try:
        yield relay
    finally:
        relay.close()
