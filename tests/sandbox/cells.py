"""Cells for tests: a hostile program in Python, run by each means as each kind of user, and what it left outside."""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from reviewbot.sandbox.limits import MIB
from tests.requirements import require

ROOT = Path(__file__).resolve().parents[2]
NOBODY, STRANGER = 65534, 61000
#: A Python that every user may run.
PYTHON = next((path for path in ("/usr/local/bin/python3", "/usr/bin/python3") if Path(path).exists()), sys.executable)
SMALL = {"seconds": 4.0, "memory": 256 * MIB, "processes": 48, "output": MIB, "file": 16 * MIB, "disk": 64 * MIB,
         "entries": 500}  # fmt: skip

#: Every attempt is made, whatever became of the one before.
TRY = """
import os, sys
def attempt(work, *arguments):
    try:
        return work(*arguments)
    except (OSError, ValueError) as error:
        print(error)
"""

#: By which means, and who runs it: root makes it a stranger, somebody else remains who they are.
ROLES = ("namespaces as root", "filters as root", "namespaces as nobody", "filters as nobody")


@dataclass(frozen=True)
class Ended:
    ended: str
    code: int | None
    output: str
    seconds: float
    #: The most processes of the program that were there at once, and the most memory they had together.
    processes: int
    memory: int


@dataclass
class Cell:
    """A folder with a writable one in it, a folder outside, and a user who runs programs in the first."""

    means: str
    user: int
    folder: Path
    outside: Path
    package: Path
    mark: str = field(default_factory=lambda: f"mark{secrets.token_hex(8)}")

    @property
    def writable(self) -> Path:
        return self.folder / "writable"

    @property
    def owner(self) -> int:
        """Whom the program runs as."""
        return STRANGER if self.user == 0 else self.user

    def argv(self, code: str, limits: Mapping[str, float] | None = None, *arguments: str) -> list[str]:
        """The call that runs a program of Python; `arguments` are its `sys.argv[2:]`."""
        given = {
            "contained": False, "means": self.means, "folder": str(self.folder),
            "argv": [PYTHON, "-I", "-c", textwrap.dedent(code), self.mark, *arguments],
            "limits": {**SMALL, **(limits or {})}, "user": STRANGER if self.user == 0 else None,
        }  # fmt: skip
        return [*_as(self.user), "-I", str(self.package / "driver.py"), str(self.package), json.dumps(given)]

    def run(self, code: str, limits: Mapping[str, float] | None = None, *arguments: str) -> Ended:
        peaks = [0, 0]
        over = threading.Event()
        watching = threading.Thread(target=self._watch, args=(peaks, over))
        watching.start()
        try:
            done = subprocess.run(
                self.argv(code, limits, *arguments),
                capture_output=True,
                timeout=90,
                env={"SECRET": f"secret{self.mark}"},
            )
        finally:
            over.set()
            watching.join()
        assert done.returncode == 0, done.stderr.decode()
        said = json.loads(done.stdout)
        assert "refused" not in said, said["refused"]
        output = base64.b64decode(said["output"]).decode("utf-8", "replace")
        return Ended(said["ended"], said["code"], output, said["seconds"], *peaks)

    def _watch(self, peaks: list[int], over: threading.Event) -> None:
        while not over.wait(0.1):
            found = self.left()
            peaks[0] = max(peaks[0], len(found))
            peaks[1] = max(peaks[1], sum(map(_memory, found)))

    def left(self) -> list[int]:
        """Processes of the program, seen from outside."""
        return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc")))  # noqa: PTH208 (thousands)
                if self._is_ours(pid)]  # fmt: skip

    def _is_ours(self, pid: int) -> bool:
        with suppress(OSError):
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            return self.mark.encode() in words
        return False


def _memory(pid: int) -> int:
    with suppress(OSError, ValueError):
        fields = Path(f"/proc/{pid}/statm").read_text().split()
        return (int(fields[1]) - int(fields[2])) * 4096
    return 0


def _as(user: int) -> list[str]:
    if user == os.geteuid():
        return [sys.executable]
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", PYTHON]


@contextmanager
def cell(role: str) -> Iterator[Cell]:
    """A cell by a means as a user. Skips where this machine has not got it, and fails there in CI."""
    means, _, who = role.partition(" as ")
    user = (0 if who == "root" else NOBODY) if os.geteuid() == 0 else os.geteuid()
    require(os.geteuid() == 0 or who != "root", "root: the tests run as somebody else")
    with tempfile.TemporaryDirectory(prefix="cells-") as folder:
        made = Cell(means, user, Path(folder, "inside"), Path(folder, "outside"), Path(folder, "package"))
        _furnished(made)
        reason = _refusal(role, made.user)
        require(not reason, f"{role}: {reason}")
        yield made
        assert made.left() == [], "processes of the program are left"


def _furnished(made: Cell) -> None:
    for place in (made.folder.parent, made.folder, made.writable, made.outside, made.package):
        place.mkdir(exist_ok=True)
        place.chmod(0o755)
    made.outside.chmod(0o777)
    shutil.copytree(ROOT / "reviewbot" / "sandbox", made.package / "reviewbot" / "sandbox")
    for name in ("__init__.py", "errors.py"):
        shutil.copy(ROOT / "reviewbot" / name, made.package / "reviewbot")
    shutil.copy(ROOT / "tests" / "sandbox" / "driver.py", made.package)
    for place in made.package.rglob("*"):
        place.chmod(0o755)
    if os.geteuid() == 0:
        os.chown(made.writable, made.owner, made.owner)


@cache
def _refusal(role: str, user: int) -> str:
    """Why this machine does not run a program so, "" where it does."""
    with tempfile.TemporaryDirectory(prefix="cells-") as folder:
        made = Cell(
            role.partition(" ")[0], user, Path(folder, "inside"), Path(folder, "outside"), Path(folder, "package")
        )
        _furnished(made)
        done = subprocess.run(made.argv("print(1)"), capture_output=True, timeout=60)
        if done.returncode:
            return done.stderr.decode()[-300:]
        return str(json.loads(done.stdout).get("refused", ""))


def eventually(condition: str, holds: object, seconds: float = 5.0) -> None:
    """Wait until something callable holds."""
    assert callable(holds)
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, condition
        time.sleep(0.05)
