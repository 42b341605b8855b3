"""What other tools say of the change: the operator's logs, and ruff where it is installed."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from reviewbot import checks, linters
from reviewbot.core import remarks
from reviewbot.core.findings import Finding
from reviewbot.core.policy import Policy, classify_path
from reviewbot.core.pull import PullRequest
from reviewbot.core.text import visible
from reviewbot.errors import UsageError


def reported(
    arguments: argparse.Namespace, pull: PullRequest, policy: Policy
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Their findings on changed lines, and notices of what was put aside. Raises UsageError, ConfigError."""
    linted = linters.ruff(ruff(arguments.repo), pull.files)
    if not arguments.sarif and not linted.remarks:
        return (), linted.notices
    from reviewbot.core import sarif

    logs = [sarif.parse(name, _read(name, sarif.MAX_LOG)) for name in arguments.sarif]
    said = (*linted.remarks, *(remark for log in logs for remark in log.remarks))
    ours = {rule.partition("/")[0] for rule in checks.RULES}
    done = remarks.project(said, pull, lambda path: classify_path(policy, path).label, ours)
    return done.findings, (*linted.notices, *sarif.notices(logs, done))


def ruff(repository: str) -> str | None:
    """The ruff on the path, never one that the reviewed repository brings."""
    return linters.trusted(shutil.which("ruff"), Path(repository))


def _read(name: str, limit: int) -> bytes:
    try:
        with Path(name).open("rb") as stream:
            return stream.read(limit + 1)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"--sarif {visible(name)}: cannot be read: {getattr(error, 'strerror', 'no such name')}"
        ) from None
