"""The runners of test frameworks: one module a framework, imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from reviewbot.trials.commands import Toolchain

#: As `tasks.scaffold.frameworks` name them.
NAMES = (
    "pytest", "unittest", "jest", "vitest", "mocha", "nodetest", "gotest", "junit5", "cargotest", "rspec", "minitest",
    "xunit", "phpunit",
)  # fmt: skip


def toolchain(framework: str) -> Toolchain | None:
    """How a framework's tests are run, None where nobody knows."""
    if framework not in NAMES:
        return None
    return cast(Toolchain, import_module(f"{__name__}.{framework}"))
