"""A pull request on a server, an adapter for it, and what can be counted of both."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from reviewbot.core.conversation import Comment, Place, Spot
from reviewbot.core.diff import Side
from reviewbot.forges.github import GitHub
from reviewbot.ports import Forge
from tests.repositories import Work
from tests.servers import github
from tests.servers.github import Server

LINES = "".join(f"line {number}\n" for number in range(1, 41))
FRESH = "".join(f"fresh {number * number}\n" for number in range(1, 41))
OLD = LINES + "the end\n"
NEW = OLD.replace("line 5\n", "line five\nline five and a half\n").replace("line 30\n", "").replace("line 31\n", "")


@cache
def _template() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="reviewbot-")
    atexit.register(folder.cleanup)
    return _made(Path(folder.name) / "work").path


def work_at(path: Path) -> Work:
    """`main`, and `feature` that changes, adds, deletes and renames a file; a copy of one that is made once."""
    return Work(shutil.copytree(_template(), path))


def _made(path: Path) -> Work:
    work = Work.at(path)
    work.commit(**{"a.py": OLD, "gone.py": "gone\n", "moved.py": LINES})
    work.git("checkout", "-q", "-b", "feature")
    work.git("mv", "moved.py", "to.py")
    work.git("rm", "-q", "gone.py")
    work.commit(**{"a.py": NEW, "new.py": FRESH, "to.py": LINES.replace("line 9\n", "line nine\n")})
    return work


@dataclass
class Run:
    """A server, an adapter, and what of the adapter can be counted."""

    server: Server
    head: str
    forge: Forge
    sizes: list[int] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    @property
    def asked(self) -> list[str]:
        """Method and path of each request, without the repository."""
        root = f"/repos/{self.server.full_name}"
        return [f"{request.method} {request.path.removeprefix(root)}" for request in self.server.requests]

    @property
    def bodies(self) -> list[str]:
        return [thread.body for thread in self.server.threads]

    def again(self, **more: object) -> GitHub:
        """Another run at the same pull request; the count of its requests begins anew."""
        self.server.requests.clear()
        self.sizes.clear()
        return adapter(self, **more)  # type: ignore[arg-type]


def adapter(run: Run, token: str = "", seconds: float = 60.0, place: Place | None = None) -> GitHub:
    server = run.server
    return GitHub(place or server.place, token or server.token, run.sizes.append, time.monotonic() + seconds,
                  run.pauses.append)  # fmt: skip


@contextmanager
def running(work: Work, token: str = "workflow", seconds: float = 60.0, **more: object) -> Iterator[Run]:
    """What the departures heard is what the server got, and nothing broke GitHub's own descriptions."""
    with github.serving(work.path, **more) as server:  # type: ignore[arg-type]
        sizes: list[int] = []
        pauses: list[float] = []
        forge = GitHub(
            server.place, server.tokens[token], sizes.append, time.monotonic() + seconds, pauses.append
        )  # fmt: skip
        run = Run(server, work.git("rev-parse", "feature"), forge, sizes, pauses)
        yield run
        assert server.violations == []
        assert sizes == [request.size for request in server.requests if request.size]


def mark(name: str) -> str:
    return f"<!-- reviewbot:1 {name} s1g -->"


def comment(name: str, start: int, end: int = 0, *, path: str = "a.py", side: Side = "new",
            suggestion: str | None = None, old_path: str = "") -> Comment:  # fmt: skip
    ends = [(None, line) if side == "new" else (line, None) for line in (start, end or start)]
    spot = Spot(path, old_path or path, side, ends[0], ends[1])
    return Comment(name, spot, f"About {name}.", mark(name), suggestion)


def never(body: str) -> bool:
    return False


def is_command(body: str) -> bool:
    return body.startswith("/reviewbot ")
