"""Shut this process in as it was ordered to, run the program, say how it ended.

Started as `python -I -S`, with the order as one line of standard input, which stays open for as long as somebody waits.
Standard output is what the program writes; the descriptor named in argv is what this process says, one line of JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable

from reviewbot.sandbox.cell import kernel, program, rooms, warden
from reviewbot.sandbox.cell.order import Order

_DIE_WITH_PARENT, _ADOPT, _NOT_DUMPABLE = 1, 36, 4
_LIFELINE, _OUTPUT = 0, 1
_LINE = 16 * 1024 * 1024


def main(report: int) -> None:
    given = Order.read(_line())
    try:
        if given.means == "namespaces":
            kernel.prctl(_DIE_WITH_PARENT, signal.SIGKILL)
            rooms.leave()
            first = _forked(lambda: _first(given, report))
            os.waitpid(first, 0)
        else:
            kernel.prctl(_NOT_DUMPABLE, 0)
            kernel.prctl(_ADOPT, 1)
            _guarded(given, report)
    except OSError as error:
        _say(report, "refused", None, _reason(error))


def _first(given: Order, report: int) -> None:
    """The first process of the namespaces: with it all others go."""
    kernel.prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    try:
        rooms.furnish(given)
        _guarded(given, report)
    except OSError as error:
        _say(report, "refused", None, _reason(error))


def _guarded(given: Order, report: int) -> None:
    child = _forked(lambda: _program(given, report))
    ended, code = warden.watched(given, child, _LIFELINE)
    warden.end(given)
    _say(report, ended, code)


def _program(given: Order, report: int) -> None:
    try:
        program.become(given, _OUTPUT, report)
    except OSError as error:
        _say(report, "refused", None, _reason(error))


def _forked(work: Callable[[], None]) -> int:
    """A process that does this work and nothing after it."""
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
    finally:
        os._exit(1)


def _say(report: int, ended: str, code: int | None, reason: str = "") -> None:
    os.write(report, json.dumps({"ended": ended, "code": code, "reason": reason}).encode() + b"\n")


def _reason(error: OSError) -> str:
    return f"{error.filename or 'a step'}: {error.strerror or error}"


def _line() -> bytes:
    """The order, read by its byte so that what follows is the lifeline's."""
    line = bytearray()
    while not line.endswith(b"\n") and len(line) < _LINE:
        chunk = os.read(_LIFELINE, 65536)
        if not chunk:
            sys.exit(1)
        line += chunk
    return bytes(line)
