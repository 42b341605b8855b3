"""The command line: argv and environment in, exit code out."""

from __future__ import annotations

import gc
import io
import os
import signal
import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import PurePath

from reviewbot.errors import NotReviewedError, ReviewbotError

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None, environ: Mapping[str, str] | None = None) -> int:
    """Run one command. A failure is one line on standard error and an exit code, never a clean result."""
    if argv is not None:
        return _run(argv, environ)
    gc.disable()  # A process of its own, which ends soon: collecting costs a fifth of its time.
    code = _run(None, environ)
    if any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        # An engine in this process cannot be interrupted: whoever waits for us does not wait for it.
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
        os._exit(code)
    return code


def _run(argv: Sequence[str] | None, environ: Mapping[str, str] | None) -> int:
    from reviewbot.cli.arguments import parser

    _prepare()
    try:
        arguments = parser().parse_args(argv)
        code: int = arguments.run(arguments, os.environ if environ is None else environ)
        return _flushed(code)
    except ReviewbotError as error:
        from reviewbot.core.text import harmless

        # A name of the pull request may be in it, and a runner obeys what it finds in a line of its log.
        print(f"reviewbot: {harmless(str(error))}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("reviewbot: interrupted: nothing was concluded", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader left (`| head`): nothing more can be said to it.
        _silence()
        return NotReviewedError.exit_code
    except OSError as error:
        _silence()
        print(f"reviewbot: {error.strerror or 'the system refused'}, at {_place(error)}; not all was written",
              file=sys.stderr)  # fmt: skip
        return NotReviewedError.exit_code
    except Exception as error:  # noqa: BLE001 (the one place)
        print(f"reviewbot: internal error: {_place(error)}; nothing was concluded", file=sys.stderr)
        return NotReviewedError.exit_code


def _silence() -> None:
    """Standard output leads nowhere from here on: what is left in it would fail once more at exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _flushed(code: int) -> int:
    """The exit code, 3 where what was printed could not be written."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _silence()
        raise NotReviewedError(f"standard output: cannot be written: {error.strerror}") from None
    return code


def _prepare() -> None:
    """Any text can be printed, no thread prints what it died of, and whoever stops us stops our workers too."""
    if sys.stdout is None:  # closed by whoever started us
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 (as long as the process)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    threading.excepthook = _died
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def _died(of: threading.ExceptHookArgs) -> None:
    """Who waits for the thread says what follows from it."""
    if isinstance(of.exc_value, Exception):
        print(f"reviewbot: internal error: {_place(of.exc_value)}", file=sys.stderr)


def _place(error: Exception) -> str:
    """Type and place of an unexpected failure. Its text stays out: libraries quote content there."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if f"{os.sep}reviewbot{os.sep}" in frame.filename] or frames
    return f"{type(error).__name__} at {PurePath(ours[-1].filename).name}:{ours[-1].lineno}"
