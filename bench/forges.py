"""Reviews that are told on a forge: requests, bytes, and what they take beside the forge. `python -m bench.forges`.

Whole processes of `reviewbot review`, and the stand-ins of the tests behind a relay that counts. A run opens a pull
request with a finding in each file; then a third of them is fixed, and another run tells that.
"""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from bench.models import PYTHON
from reviewbot.core.conversation import Service
from tests.repositories import Work
from tests.servers import github, gitlab

FILES = (3, 30, 300)
#: Requests beside posting; those of posting beside one for each thread.
MOST_BESIDE, MOST_TOLD = 12, 3
_RUNS = 5
_NUMBER = 7
_LINES = "".join(f"value_{number} = {number}\n" for number in range(120))
_BUGS = ("def app(rows):\n    return eval(rows)\n", "print(value_1 is 'x')\n", "assert (value_1, 'is one')\n")


@dataclass
class Relay:
    """What goes through to a server: connections (each is one request), bytes of bodies and heads, seconds of each."""

    to: tuple[str, int]
    calls: int = 0
    up: int = 0
    down: int = 0
    seconds: list[float] = field(default_factory=list)
    port: int = 0

    def forward(self, client: socket.socket) -> None:
        began = time.perf_counter()
        self.calls += 1
        with client, socket.create_connection(self.to) as server:
            back = threading.Thread(target=self._back, args=(server, client))
            back.start()
            with suppress(OSError):
                while data := client.recv(65_536):
                    self.up += len(data)
                    server.sendall(data)
            self.seconds.append(time.perf_counter() - began)
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            back.join()

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65_536):
                self.down += len(data)
                client.sendall(data)


@dataclass(frozen=True, slots=True)
class Told:
    """One run: seconds of the whole process and of it with the forge, requests and bytes."""

    wall: float
    forge: float
    calls: int
    #: Of the requests, those that write; threads that they touched.
    writing: int
    threads: int
    up: int
    down: int

    @property
    def beside(self) -> float:
        return self.wall - self.forge


@contextmanager
def relayed(url: str) -> Iterator[Relay]:
    """A relay to the server at that address."""
    split = urlsplit(url)
    relay = Relay((str(split.hostname), int(split.port or 0)))
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        relay.port = listener.getsockname()[1]

        def serve() -> None:
            with suppress(OSError):  # it is closed
                while True:
                    connection, _ = listener.accept()
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    threading.Thread(target=relay.forward, args=(connection,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield relay
        listener.shutdown(socket.SHUT_RDWR)


def report() -> None:
    """Print all figures: medians, and beside them the same review without a forge."""
    for service in ("github", "gitlab"):
        for files in FILES:
            rounds = [measured(service, files) for _ in range(_RUNS)]
            opened, pushed, alone = (list(column) for column in zip(*rounds, strict=True))
            bare = median(one.wall for one in alone)
            for name, told in (("opened", opened), ("pushed to", pushed)):
                one = told[-1]
                beside = median(each.beside for each in told)
                print(f"forges, {service}, {files} files, {name}: {one.calls - one.writing} requests beside posting, "
                      f"aim {MOST_BESIDE}; {one.writing} of posting for {one.threads} threads, "
                      f"aim {MOST_TOLD + one.threads}; {one.up / 1000:.0f} kB sent, {one.down / 1000:.0f} kB read; "
                      f"{beside:.2f} s beside the forge, {beside / bare:.2f} times a review without one; "
                      f"{median(each.forge for each in told):.2f} s with it")  # fmt: skip


def measured(service: Service, files: int) -> tuple[Told, Told, Told]:
    """A pull request that is opened and pushed to, and a review of the same without a forge."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        base = {f"api/m{number:03}.py": _LINES for number in range(files)}
        work = Work.at(folder / "repository")
        work.commit("base", **base)
        work.git("checkout", "-q", "-b", "feature")
        work.commit("head", **{path: text + _BUGS[n % len(_BUGS)] for n, (path, text) in enumerate(base.items())})
        serving = github.serving if service == "github" else gitlab.serving
        server: Any = stack.enter_context(serving(work.path, base="main", head="feature", number=_NUMBER))
        relay = stack.enter_context(relayed(server.url))
        opened = _run(service, work, server, relay)
        work.commit("fixes", **{path: f"{text}fixed = 1\n" for path, text in list(base.items())[: files // 3]})
        pushed = _run(service, work, server, relay)
        if server.violations:
            raise SystemExit(f"{service}: {server.violations[0]}")
        return opened, pushed, _run("", work, server, relay)


def _run(service: str, work: Work, server: Any, relay: Relay) -> Told:
    argv = [PYTHON, "-m", "reviewbot", "review", "--repo", str(work.path), "--base", "main", "--head", "feature",
            *(["--forge", service, "--pr", str(_NUMBER)] if service else ["--forge", "local"])]  # fmt: skip
    before = (relay.calls, relay.up, relay.down, sum(relay.seconds))
    said = {thread.id: len(thread.notes) for thread in server.threads}
    server.requests.clear()
    began = time.perf_counter()
    done = subprocess.run(argv, check=False, env={"PATH": os.environ["PATH"], **_environ(service, server, relay)},
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # fmt: skip
    wall = time.perf_counter() - began
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(argv)} ended with {done.returncode}")
    calls, up, down, seconds = (
        now - then for now, then in zip((relay.calls, relay.up, relay.down, sum(relay.seconds)), before, strict=True)
    )
    touched = sum(len(thread.notes) != said.get(thread.id, 0) for thread in server.threads)
    return Told(wall, seconds, int(calls), sum(map(_writes, server.requests)), touched, int(up), int(down))


def _environ(service: str, server: Any, relay: Relay) -> dict[str, str]:
    """As the CI of that forge says it, but by way of the relay."""
    place, root = server.place, f"http://127.0.0.1:{relay.port}"
    api, graphql = (root + urlsplit(url).path for url in (place.api, place.graphql))
    if service == "github":
        return {"GITHUB_TOKEN": server.token, "GITHUB_API_URL": api, "GITHUB_GRAPHQL_URL": graphql,
                "GITHUB_REPOSITORY": place.project}  # fmt: skip
    return {"GITLAB_TOKEN": server.token, "CI_API_V4_URL": api, "CI_PROJECT_ID": place.project} if service else {}


def _writes(request: Any) -> bool:
    return request.method != "GET" and not (request.path == "/graphql" and "mutation" not in request.body["query"])


if __name__ == "__main__":
    report()
