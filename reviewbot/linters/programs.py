"""Programs that are not ours: which may run, and how, within bounds of time and output."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from threading import Timer

#: The whole environment of a linter. Nothing of the caller's goes in.
_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC"}


class FailedError(Exception):
    """A run that ended without an answer; the text says how, never with what."""


def trusted(program: str | None, repository: Path) -> str | None:
    """`program` where it may run: an absolute path, wherever links lead, outside the reviewed repository."""
    if program is None or not Path(program).is_absolute():
        return None
    here = repository.resolve()
    root = next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)
    named = Path(os.path.normpath(program))
    return None if any(path.is_relative_to(root) for path in (named, named.resolve())) else program


def output(argv: Sequence[str], given: bytes, folder: str, seconds: float, most: int) -> bytes:
    """What a program of a group of its own writes, given text on standard input. Raises FailedError."""
    if seconds <= 0:
        raise FailedError("no time was left")
    late: list[bool] = []
    try:
        process = Popen(argv, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=_ENVIRONMENT, cwd=folder,
                        start_new_session=True)  # fmt: skip
    except OSError as error:
        raise FailedError(f"it cannot be run: {error.strerror}") from None
    with process:
        timer = Timer(seconds, lambda: _end(process, late))
        timer.start()
        try:
            said = _exchanged(process, given, most + 1)
            if len(said) <= most:
                process.wait()
        finally:
            timer.cancel()
            _end(process)
    if late:
        raise FailedError("it took too long")
    if len(said) > most:
        raise FailedError("it says too much")
    if process.returncode not in (0, 1):
        raise FailedError(_ended(process.returncode))
    return said


def _exchanged(process: Popen[bytes], given: bytes, most: int) -> bytes:
    """Give all, then take what comes, up to `most` bytes; ruff answers when it has read all."""
    assert process.stdin is not None and process.stdout is not None  # noqa: S101 (both are pipes)
    with suppress(BrokenPipeError):
        process.stdin.write(given)
    with suppress(BrokenPipeError):
        process.stdin.close()
    return process.stdout.read(most)


def _end(process: Popen[bytes], late: list[bool] | None = None) -> None:
    """Stop what still runs, children too, and note that it had to be."""
    if process.poll() is None:
        if late is not None:
            late.append(True)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _ended(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    return f"it crashed ({signal.Signals(-code).name})" if -code in set(signal.Signals) else "it crashed"
