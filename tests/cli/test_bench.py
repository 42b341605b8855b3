"""The measurement of drafts works at a small size, and a message imports nothing that it does not need."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from bench import drafts


def test_every_figure_is_printed_beside_what_it_is_compared_to(capsys: pytest.CaptureFixture[str]) -> None:
    drafts.report(files=5, commits=6, reviewed=3, runs=1)
    said = capsys.readouterr().out
    for name in ("message --staged of 5 files", "scaffold of 5 functions", "review of 3 files with both drafts"):
        assert re.search(rf"{name}: [\d.]+, [\d.]+, [\d.]+ s .*[\d.]+ times\n", said)
    assert "aim 1.0 s; `python -c pass`" in said
    assert re.search(r"on top of it -?[\d.]+ s", said)


def test_the_change_is_staged_and_committed_alike(tmp_path: Path) -> None:
    work = drafts.repository(tmp_path / "work", 5, 6)

    def git(*arguments: str) -> str:
        return subprocess.run(["git", "-C", work, *arguments], check=True, capture_output=True, text=True).stdout

    assert git("diff", "--cached", "--stat") == git("diff", "--stat", "main", "feature")
    assert git("rev-list", "--count", "main") == "6\n"
    assert {name.rpartition(".")[2] for name in git("diff", "--cached", "--name-only").split()} == {
        "py", "ts", "go", "rs", "rb",
    }  # fmt: skip


def test_a_message_imports_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    work = drafts.repository(tmp_path / "work", 5, 6)
    found = drafts.imported(("message", "--staged", "--write", os.devnull, "--repo", str(work)))
    assert "reviewbot.tasks.message" in found
    assert drafts.needless(found) == []
    assert drafts.needless(found | {"httpx"}) == ["httpx"]
