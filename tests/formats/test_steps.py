"""The summary of a step: what a log may show, and never so much that GitHub drops it."""

from __future__ import annotations

from dataclasses import replace

from reviewbot.formats import steps
from tests.formats.samples import file, finding, report


def test_long_names_do_not_make_it_larger_than_github_takes() -> None:
    """GitHub drops a summary of more than a mebibyte, and in a pull request of a fork there is little else."""
    deep = "/".join(["\u202e" * 60] * 12)
    files = [file(f"{deep}/{number}.py", None, "x = 1\n") for number in range(steps.MOST)]
    findings = tuple(finding("calls/eval", one.path, 1) for one in files)
    assert len(steps.render(replace(report(files, ()), findings=findings)).encode()) < 2**20
