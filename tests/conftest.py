from __future__ import annotations

from pathlib import Path

import pytest

from tests.repositories import Work


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """An empty repository with a work tree."""
    return Work.at(tmp_path / "work")
