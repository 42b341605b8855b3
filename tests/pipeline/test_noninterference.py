"""No byte that a sink gets depends on text above its clearance, whatever fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hypothesis import HealthCheck, Phase, example, given, settings

from tests.pipeline.mutants import LEAKS, PRELUDE
from tests.pipeline.worlds import World, chosen, pairs, sent

ROOT = Path(__file__).parents[2]
PAIRS = int(os.environ.get("REVIEWBOT_PAIRS", "1000"))


Test = Callable[[tuple[World, World]], None]


def told(test: Test) -> Test:
    """The test with the chosen pairs beside those that are made up."""
    for pair in chosen():
        test = example(pair)(test)
    return test


@settings(max_examples=PAIRS, deadline=None, suppress_health_check=list(HealthCheck), database=None,
          phases=[Phase.explicit, Phase.generate] if PAIRS < 1000 else list(Phase))  # fmt: skip
@told
@given(pairs())
def test_what_hosted_comments_and_log_get_depends_on_nothing_above_internal(pair: tuple[World, World]) -> None:
    one, two = map(sent, pair)
    assert one == two
    assert "CANARY" not in repr(one)


def test_every_planted_leak_is_caught(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        codes = list(pool.map(lambda number: _tested(number, tmp_path / str(number)), range(-1, len(LEAKS))))
    assert codes[0] == 0, "without a leak it fails too"
    missed = [leak[0] for leak, code in zip(LEAKS, codes[1:], strict=True) if code != 1]
    assert missed == []


def _tested(number: int, folder: Path) -> int:
    """The exit code of the test above on a copy with one leak; with none for -1."""
    shutil.copytree(ROOT / "reviewbot", folder / "reviewbot", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("tests", "pyproject.toml", "policies"):
        (folder / name).symlink_to(ROOT / name)
    if number >= 0:
        _, name, found, planted = LEAKS[number]
        path = folder / "reviewbot" / name
        text = path.read_text()
        assert text.count(found) == 1, (name, found)
        path.write_text(text.replace(found, planted) + PRELUDE.get(name, ""))
    code = (
        "import sys, pytest; sys.path.insert(0, sys.argv[1]); sys.exit(pytest.main(["
        "'-q', '-x', '-p', 'no:cacheprovider', '--rootdir', sys.argv[1], '--hypothesis-seed=1', "
        "sys.argv[1] + '/tests/pipeline/test_noninterference.py::"
        "test_what_hosted_comments_and_log_get_depends_on_nothing_above_internal']))"
    )
    environment = {**os.environ, "REVIEWBOT_PAIRS": "100", "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run([sys.executable, "-P", "-c", code, str(folder)], cwd=folder, env=environment,
                         capture_output=True, text=True)  # fmt: skip
    (folder / "out.txt").write_text(run.stdout + run.stderr)
    return run.returncode
