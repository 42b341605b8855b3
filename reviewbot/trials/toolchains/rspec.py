"""`rspec`, through bundler where the copy has a lock file that this machine can satisfy."""

from __future__ import annotations

import re

from reviewbot.trials.commands import Command, Ground
from reviewbot.trials.toolchains import bundled

_COUNT = re.compile(r"^(?!0 )\d+ examples?, 0 failures(?!.*errors? occurred)", re.MULTILINE | re.ASCII)
_OPTIONS = ("--no-color", "--format", "progress", "--seed", "0")


def collecting(ground: Ground, path: str) -> Command:
    return bundled.command(ground, path, "rspec", *_OPTIONS, "--dry-run")


def running(ground: Ground, path: str) -> Command:
    return bundled.command(ground, path, "rspec", *_OPTIONS)


def collected(code: int, output: str) -> bool:
    return code == 0 and _COUNT.search(output) is not None


def passed(code: int, output: str) -> bool:
    return code == 0 and _COUNT.search(output) is not None
