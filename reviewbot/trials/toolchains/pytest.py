"""pytest, as the project configures it, but for options of plugins that this machine may lack."""

from __future__ import annotations

import re

from reviewbot.trials.commands import Command, Ground
from reviewbot.trials.toolchains import pythons

#: No cache is kept: it would be a file in the tree.
_OPTIONS = ("-q", "-p", "no:cacheprovider", "-o", "addopts=")
_COLLECTED = re.compile(r"^[1-9]\d* tests? collected", re.MULTILINE | re.ASCII)
_ENDED = re.compile(r"^(?=[^\n]*\b[1-9]\d* (?:passed|skipped))[^\n]*\bin \d+\.\d+s", re.MULTILINE | re.ASCII)
_BAD = re.compile(r"\b(failed|errors?)\b", re.ASCII)


def collecting(ground: Ground, path: str) -> Command:
    return _command(ground, path, "--collect-only")


def running(ground: Ground, path: str) -> Command:
    return _command(ground, path, "--tb=short")


def _command(ground: Ground, path: str, *options: str) -> Command:
    program = pythons.python(ground, "pytest")
    # A file that is called as an option is would be one.
    return pythons.command(
        ground, path, program, "-m", "pytest", *_OPTIONS, *options, f"./{pythons.relative(ground, path)}"
    )


def collected(code: int, output: str) -> bool:
    return code == 0 and _COLLECTED.search(output) is not None


def passed(code: int, output: str) -> bool:
    """By its exit code and its last line: code of the change can end the process with any code."""
    ended = [match[0] for match in _ENDED.finditer(output)]
    return code == 0 and bool(ended) and _BAD.search(ended[-1]) is None
