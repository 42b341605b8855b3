"""Parts that a machine may lack: a test that needs one skips here and says why, and fails in CI."""

from __future__ import annotations

import os

import pytest


def require(condition: object, reason: str) -> None:
    """Skip the test where `condition` is false; in CI (`CI` is set) that is a failure."""
    if condition:
        return
    if os.environ.get("CI"):
        pytest.fail(f"needed in CI: {reason}")
    pytest.skip(reason)
