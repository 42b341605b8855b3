"""The import contracts of pyproject.toml hold, and each has been seen to fail."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.house.planted import IMPORTS

ROOT = Path(__file__).parents[2]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    code = "import sys; sys.path[:0] = ['.']; import importlinter.cli as c; sys.exit(c.lint_imports(no_cache=True))"
    return subprocess.run([sys.executable, "-P", "-c", code], cwd=folder, capture_output=True, text=True)


def test_every_import_goes_down() -> None:
    run = lint(ROOT)
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_planted_import_is_reported(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "reviewbot", tmp_path / "reviewbot")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for importer, imported in IMPORTS:
        path = tmp_path.joinpath(*importer.split(".")).with_suffix(".py")
        path.write_text(path.read_text() + f"\n\ndef planted_{imported.replace('.', '_')}():\n    import {imported}\n")
    run = lint(tmp_path)
    assert run.returncode == 1
    missed = [pair for pair in IMPORTS if f"{pair[0]} -> {pair[1]}" not in run.stdout.replace("\n", " ")]
    assert missed == [], run.stdout
