"""Scaffolds tried one after another: all of them within one time."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from reviewbot.cli import arguments, trying
from reviewbot.cli.drafted import drafted
from reviewbot.cli.models import operator, started
from reviewbot.sandbox.containment import contained
from tests.repositories import Work
from tests.requirements import require

HANGS = "import time\n\ntime.sleep(600)\n\n\ndef {name}(count: int) -> int:\n    return count + 1\n"
NAMES = ("one", "two", "three")


def test_targets_that_hang_take_one_time_and_not_one_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    require(contained().is_enough, "a sandbox")
    work = Work.at(tmp_path / "work")
    work.commit(**{"pyproject.toml": '[project]\nname = "shop"\n', "shop/__init__.py": ""})
    work.git("checkout", "-q", "-b", "feature")
    work.commit(**{f"shop/{name}.py": HANGS.format(name=name) for name in NAMES})
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    given = arguments.parser().parse_args(["scaffold", "--repo", str(work.path), "--base", "main", "--run"])
    report, plan = drafted(given, environ, operator(given, environ), started())
    began = time.monotonic()
    tried = trying.tried(report, plan, given, environ, seconds=6.0)[0].drafts.scaffolds
    assert time.monotonic() - began < 30
    assert len(tried) == len(NAMES)
    assert tried[0].notices[-1].endswith(" seconds were over")
    for one in tried[1:]:
        assert one.stages == report.drafts.scaffolds[0].stages
        assert one.notices[-1] == "not run: the time for all scaffolds was over"
