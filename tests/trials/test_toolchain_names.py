from __future__ import annotations

import subprocess
import sys

import pytest

from reviewbot.trials.toolchains import NAMES, toolchain


@pytest.mark.parametrize("name", NAMES)
def test_every_framework_has_a_toolchain(name: str) -> None:
    found = toolchain(name)
    assert all(callable(getattr(found, call)) for call in ("collecting", "running", "collected", "passed"))


@pytest.mark.parametrize("name", ["", "os", "npm", "..stages", "pytest.x"])
def test_nothing_else_is_imported(name: str) -> None:
    assert toolchain(name) is None


def test_a_toolchain_is_imported_when_it_is_asked_for() -> None:
    code = "import sys, reviewbot.trials.stages; print([m for m in sys.modules if 'trials.toolchains.' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
