"""`python -m bench [REPOSITORY ...]`: the figures of docs/benchmarks.md; with repositories, their history too."""

from __future__ import annotations

import sys
import sysconfig
import tempfile
from pathlib import Path

from bench import forges, history, models, samples
from bench.measure import alternating, seconds
from reviewbot.cli.policies import load_policy
from reviewbot.core.policy import classify_path

REVIEWBOT = (sys.executable, "-m", "reviewbot")


def main(repositories: list[str]) -> int:
    start()
    ranges()
    policy()
    models.report()
    forges.report()
    for repository in repositories:
        history.report(Path(repository))
    return 0


def start() -> None:
    bare, help_ = alternating(11, (sys.executable, "-c", "pass"), (*REVIEWBOT, "--help"))
    print(
        f"--help: {1000 * (help_.wall - bare.wall):.0f} ms above `python -c pass` ({help_.wall / bare.wall:.1f} times)"
    )


def ranges() -> None:
    for files in (3, 30, 300):
        with tempfile.TemporaryDirectory() as folder:
            repository = samples.repository(Path(folder) / "r.git", files)
            review = (*REVIEWBOT, "review", "--repo", str(repository), "--base", "main", "--head", "feature",
                      "--output", str(Path(folder) / "r.json"))  # fmt: skip
            diff = ("git", f"--git-dir={repository}", "diff", "--stat", "-M", "main", "feature")
            ours, git = alternating(5, review, diff)
        print(f"review of {files} files: {ours.wall:.2f} s, {ours.peak:.0f} MB; git diff --stat {git.wall:.3f} s, "
              f"{ours.wall / git.wall:.0f} times")  # fmt: skip


def policy() -> None:
    finance = load_policy("finance")
    paths = [
        f"service{n % 97}/src/main/module{n % 13}/file{n}.{('py', 'ts', 'go', 'java', 'yml')[n % 5]}"
        for n in range(10_000)
    ]
    spent = seconds(lambda: [classify_path(finance, path) for path in paths])
    print(f"policy: 10,000 paths by the finance pack in {spent:.2f} s; python {sysconfig.get_python_version()}")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
