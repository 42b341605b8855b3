"""Run a program that nobody trusts, contained; a process of its own shuts itself in and becomes it."""

from __future__ import annotations

import json
import os
import selectors
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired
from typing import IO, Literal

from reviewbot.sandbox.limits import Ended, Limits, Outcome, UncontainedError

Means = Literal["namespaces", "filters", ""]

#: Nothing of ours goes into the process that shuts itself in.
_ENVIRONMENT = {"LC_ALL": "C.UTF-8"}
_CELL = (
    "import sys; sys.path.insert(0, sys.argv[1]); from reviewbot.sandbox.cell import main; main.main(int(sys.argv[2]))"
)
_PACKAGE = Path(__file__).resolve().parents[2]
#: Seconds that the warden has beyond the program's own, to end what runs.
_GRACE = 10.0
_CHUNK = 65536


def run_by(means: Means, argv: Sequence[str], *, root: Path, cwd: Path, writable: Sequence[Path],
           readable: Sequence[Path], environment: Mapping[str, str], limits: Limits,
           user: int | None) -> Outcome:  # fmt: skip
    """A program run by these means, whether they hold or not. Raises UncontainedError where it could not be run."""
    order = {
        "means": means, "argv": list(argv), "environment": dict(environment), "folder": _real(cwd), "root": _real(root),
        "readable": _places(readable), "writable": _places(writable), "user": user,
        "seconds": limits.seconds, "memory": limits.memory, "processes": limits.processes, "file": limits.file,
        "disk": limits.disk, "entries": limits.entries, "files": limits.files,
    }  # fmt: skip
    began = time.monotonic()
    hear, say = os.pipe()
    try:
        process = Popen((sys.executable, "-I", "-S", "-B", "-c", _CELL, os.fspath(_PACKAGE), str(say)), stdin=PIPE,
                        stdout=PIPE, stderr=DEVNULL, env=_ENVIRONMENT, pass_fds=(say,), cwd="/",
                        start_new_session=True)  # fmt: skip
    except OSError as error:
        os.close(hear)
        raise UncontainedError(f"the process that shuts itself in cannot be started: {error.strerror}") from None
    finally:
        os.close(say)
    with process, open(hear, "rb") as report:  # noqa: PTH123 (a descriptor)
        try:
            _ordered(process, json.dumps(order).encode() + b"\n")
            output, full = _heard(process, began + limits.seconds + _GRACE, limits.output)
            said = _ended(process, report)
        finally:
            _stopped(process)
    return _outcome(said, output, full, time.monotonic() - began)


def _real(path: Path) -> str:
    return os.fspath(path.resolve())


def _places(paths: Sequence[Path]) -> list[str]:
    """Each path where it really is, and as it is named where that is a link."""
    found = dict.fromkeys(_real(path) for path in paths)
    found |= dict.fromkeys(os.fspath(path.parent.resolve() / path.name) for path in paths if path.is_symlink())
    return list(found)


def _ordered(process: Popen[bytes], line: bytes) -> None:
    assert process.stdin is not None  # noqa: S101 (a pipe)
    with suppress(BrokenPipeError):
        process.stdin.write(line)
        process.stdin.flush()


def _heard(process: Popen[bytes], deadline: float, most: int) -> tuple[bytes, bool]:
    """What the program says until all of it is gone, and whether that is more than it may say."""
    assert process.stdout is not None  # noqa: S101 (a pipe)
    said = bytearray()
    with selectors.DefaultSelector() as waiting:
        waiting.register(process.stdout, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            ready = waiting.select(min(left, 0.2))
            if not ready and process.poll() is not None:
                break  # what still holds the pipe has left the cell
            if not ready:
                continue
            chunk = os.read(process.stdout.fileno(), _CHUNK)
            said += chunk
            if not chunk or len(said) > most:
                break
    return bytes(said[:most]), len(said) > most


def _ended(process: Popen[bytes], report: IO[bytes]) -> Mapping[str, object]:
    """What the warden says of the end."""
    with suppress(TimeoutExpired):
        process.wait(0.05)
    _stopped(process)
    os.set_blocking(report.fileno(), False)
    line = (report.read(_CHUNK) or b"").partition(b"\n")[0]
    try:
        return dict(json.loads(line))
    except ValueError:
        return {}


def _stopped(process: Popen[bytes]) -> None:
    """Nobody waits for the program any more: the warden sees it, ends all that runs and goes."""
    assert process.stdin is not None  # noqa: S101 (a pipe)
    with suppress(BrokenPipeError):
        process.stdin.close()
    with suppress(TimeoutExpired):
        process.wait(_GRACE)
    process.kill()


def _outcome(said: Mapping[str, object], output: bytes, full: bool, seconds: float) -> Outcome:
    ended, code = said.get("ended"), said.get("code")
    if ended == "refused":
        raise UncontainedError(f"a program cannot be run contained: {said.get('reason')}")
    if full:
        return Outcome("output", None, output, seconds)
    known: dict[object, Ended] = {"exited": "exited", "time": "time", "memory": "memory", "disk": "disk"}
    if ended == "exited" and isinstance(code, int):
        return Outcome("killed" if code < 0 else "exited", code, output, seconds)
    return Outcome(known.get(ended, "killed"), None, output, seconds)
