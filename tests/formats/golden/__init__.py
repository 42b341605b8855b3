"""Whole outputs to compare with. `REVIEWBOT_GOLDEN=write pytest tests/formats` writes them anew; read the diff."""

from __future__ import annotations

import os
from pathlib import Path


def same(name: str, text: str) -> None:
    """Assert that `text` is what the file of that name in this folder holds."""
    path = Path(__file__).parent / name
    if os.environ.get("REVIEWBOT_GOLDEN") == "write":
        path.write_bytes(text.encode())
    assert text == path.read_bytes().decode()
