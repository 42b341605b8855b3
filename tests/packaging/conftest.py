from __future__ import annotations

from pathlib import Path

import pytest

from tests.packaging.actions import Job, checked_out
from tests.packaging.machine import needs_node
from tests.repositories import Work

CODE = "def total(values):\n    return sum(values)\n"
CHANGED = "def total(values):\n    breakpoint()\n    return sum(values)\n"


@pytest.fixture(scope="session")
def temp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The temporary folder of a runner: reviewbot is installed there once for all steps of a job."""
    needs_node()
    return tmp_path_factory.mktemp("runner_temp")


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """A repository whose branch `feature` leaves a breakpoint in one file."""
    made = Work.at(tmp_path / "repository")
    made.commit("base", **{"app.py": CODE, ".reviewbot.toml": 'default = "internal"\n'})
    made.git("checkout", "-q", "-b", "feature")
    made.commit("change", **{"app.py": CHANGED})
    return made


@pytest.fixture
def job(work: Work, temp: Path, tmp_path: Path) -> Job:
    """A job of the pull request from `feature` to `main`; what an earlier one of the same folder left is not there."""
    workspace, event = checked_out(work, tmp_path / "workspace")
    return Job(workspace, temp, event)
