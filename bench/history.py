"""The checks on real history: findings per 1,000 added lines, each printed so that it can be judged."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

from reviewbot import checks, git, pipeline
from reviewbot.cli.policies import load_policy
from reviewbot.core.findings import Finding, Severity
from reviewbot.core.text import visible
from reviewbot.forges import local

COMMITS = 100


def report(repository: Path, head: str = "HEAD") -> None:
    """Review each of the last commits by itself, as a pull request would be."""
    policy = load_policy("default")
    rules: Counter[str] = Counter()
    added = counted = 0
    with git.opened(repository) as repo:
        for commit in _commits(repository, head):
            pull = local.load(repo, f"{commit}^", commit)
            result = pipeline.review(pull, policy, checks=checks.ALL)
            added += sum(file.added for file in result.files)
            for finding in result.findings:
                rules[finding.rule] += 1
                if finding.severity > Severity.INFO:
                    counted += 1
                    print(f"  {commit[:10]} {_line(finding)}")
    rate = 1000 * counted / max(added, 1)
    print(
        f"{repository}: {COMMITS} commits, {added} added lines, {counted} findings, {rate:.1f} per 1,000: {dict(rules)}"
    )


def _line(finding: Finding) -> str:
    place = finding.location
    quote = visible(finding.quote.strip())[:90]
    return f"{finding.severity!s:8} {finding.rule:28} {visible(place.path)}:{place.line} {quote}"


def _commits(repository: Path, head: str) -> list[str]:
    argv = ["git", "-C", str(repository), "rev-list", "--no-merges", f"--max-count={COMMITS}", head]
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout.split()
