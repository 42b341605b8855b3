"""How a test framework's own runner is called, and what its answer means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Command:
    """One call of a program, in a folder of the copy."""

    argv: tuple[str, ...]
    #: Beside the few variables that every child gets.
    environment: Mapping[str, str] = field(default_factory=dict)
    #: From the copy's root, "" for the root itself.
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """A temporary copy of the tree, with what it depends on beside it."""

    root: Path
    #: The absolute path of a program, None where the machine has none of that name.
    which: Callable[[str], str | None]
    #: Every path of the copy, from its root.
    paths: frozenset[str] = frozenset()
    #: A folder of the copy's own for what tools want to keep: build outputs, caches.
    scratch: Path = Path()


class MissingToolError(Exception):
    """A program or library that the framework needs is not on this machine. Its text is the name."""


class Toolchain(Protocol):
    """The runner of one framework. Modules of `trials.toolchains` satisfy it; every call is of one test file."""

    def collecting(self, ground: Ground, path: str) -> Command:
        """The call that finds the tests of a file and runs none (or the nearest: compiles them). MissingToolError."""

    def running(self, ground: Ground, path: str) -> Command:
        """The call that runs the tests of a file. Raises MissingToolError."""

    def collected(self, code: int, output: str) -> bool:
        """Whether that call found at least one test, by its exit code and what it printed."""

    def passed(self, code: int, output: str) -> bool:
        """Whether no test failed: tests may skip, for an expectation is not written yet."""
