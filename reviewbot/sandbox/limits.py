"""Values of a run: what a program may take, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from reviewbot.errors import ReviewbotError

MIB = 1024 * 1024

#: `exited` by itself, or it was ended: out of time, memory, disk or output, or `killed` by a signal or from outside.
Ended = Literal["exited", "time", "memory", "disk", "output", "killed"]


class UncontainedError(ReviewbotError):
    """This machine cannot hold a program, or not this one; nothing was run."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a program and all that it starts may take."""

    seconds: float = 60.0
    #: Bytes of memory, of all processes together and of each.
    memory: int = 2048 * MIB
    #: Processes and threads.
    processes: int = 512
    #: Bytes of what it says, of one file, of all files; and how many of those.
    output: int = 1 * MIB
    file: int = 512 * MIB
    disk: int = 2048 * MIB
    entries: int = 50_000
    #: Open files of a process.
    files: int = 4096


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a program ended. A code below zero is a signal; None where it did not end by itself."""

    ended: Ended
    code: int | None
    #: Standard output and standard error as they came, at most `Limits.output` bytes. Hostile.
    output: bytes = field(repr=False)
    seconds: float

    @property
    def text(self) -> str:
        return self.output.decode("utf-8", "replace")
