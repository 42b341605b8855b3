"""unittest, by its own discovery: a folder that is no package is looked into as it stands."""

from __future__ import annotations

import re

from reviewbot.trials.commands import Command, Ground
from reviewbot.trials.toolchains import pythons

#: It has no option that lists. Arguments: folder, pattern and top folder, as its discovery takes them.
_LISTING = (
    "import sys, unittest; loader = unittest.TestLoader(); found = loader.discover(*sys.argv[1:]); "
    "print(*loader.errors, found.countTestCases(), 'tests found'); sys.exit(bool(loader.errors))"
)
_FOUND = re.compile(r"(?:^| )[1-9]\d* tests found$", re.MULTILINE | re.ASCII)
_RAN = re.compile(r"^Ran [1-9]\d* tests? in ", re.MULTILINE | re.ASCII)
_OK = re.compile(r"^OK\b", re.MULTILINE)


def collecting(ground: Ground, path: str) -> Command:
    folder, name, top = _place(ground, path)
    return pythons.command(ground, path, pythons.python(ground), "-c", _LISTING, folder, name, top)


def running(ground: Ground, path: str) -> Command:
    folder, name, top = _place(ground, path)
    options = ("-m", "unittest", "discover", "-s", folder, "-p", name, "-t", top)
    return pythons.command(ground, path, pythons.python(ground), *options)


def _place(ground: Ground, path: str) -> tuple[str, str, str]:
    """Folder, name and the first folder above that is no package: names of modules begin there."""
    folder, _, name = pythons.relative(ground, path).rpartition("/")
    prefix = path[: len(path) - len(f"{folder}/{name}" if folder else name)]
    top = folder
    while top and f"{prefix}{top}/__init__.py" in ground.paths:
        top = top.rpartition("/")[0]
    return f"./{folder}", name, f"./{top}"


def collected(code: int, output: str) -> bool:
    return code == 0 and _FOUND.search(output) is not None


def passed(code: int, output: str) -> bool:
    return code == 0 and _RAN.search(output) is not None and _OK.search(output) is not None
