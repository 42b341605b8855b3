"""Vitest: `vitest list` finds tests and runs none."""

from __future__ import annotations

import re

from reviewbot.trials.commands import Command, Ground
from reviewbot.trials.toolchains import npm

_CONFIGURATIONS = tuple(
    f"{name}.config.{end}" for name in ("vitest", "vite") for end in ("ts", "mts", "js", "mjs", "cjs")
)
_LISTED = re.compile(r"^\S[^\n]{0,1000}? > \S", re.MULTILINE)


def collecting(ground: Ground, path: str) -> Command:
    return _call(ground, path, "list")


def running(ground: Ground, path: str) -> Command:
    return _call(ground, path, "run", "--reporter=verbose", "--coverage.enabled=false", "--passWithNoTests=false")


def _call(ground: Ground, path: str, *arguments: str) -> Command:
    folder = npm.home(ground, path, *_CONFIGURATIONS)
    program = npm.program(ground, path, "vitest")
    # A filter is any part of a path: the whole one finds no other file.
    return npm.called((*program, *arguments, "--watch=false", str(ground.root / path)), folder)


def collected(code: int, output: str) -> bool:
    return code == 0 and _LISTED.search(output) is not None


def passed(code: int, output: str) -> bool:
    return code == 0
