"""What other tools say of the change: the operator's logs, and ruff where it is installed."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from reviewbot import linters
from reviewbot.core import remarks
from reviewbot.core.findings import Finding
from reviewbot.core.fingerprints import NOWHERE, Index
from reviewbot.core.labels import Label, join
from reviewbot.core.policy import Policy, classify, classify_path
from reviewbot.core.pull import PullRequest
from reviewbot.core.text import visible
from reviewbot.errors import UsageError


def reported(
    arguments: argparse.Namespace, pull: PullRequest, policy: Policy, index: Index = NOWHERE
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Their findings on changed lines, and notices of what was put aside. Raises UsageError, ConfigError."""
    linted = linters.ruff(ruff(arguments.repo), pull.files)
    if not arguments.sarif and not linted.remarks:
        return (), linted.notices
    from reviewbot import checks
    from reviewbot.core import sarif

    logs = [sarif.parse(name, _read(name, sarif.MAX_LOG)) for name in arguments.sarif]
    said = (*linted.remarks, *(remark for log in logs for remark in log.remarks))
    ours = {rule.partition("/")[0] for rule in checks.RULES}
    changed = {file.path: file for file in pull.files}

    def label_of(path: str) -> Label:
        if path in changed:
            return classify(policy, changed[path], index).label
        # Nobody has looked into it: its words might give it any label that words can.
        words = (asked.unread.label for asked in (policy, policy.tightened) if asked is not None and asked.unread)
        return join(classify_path(policy, path).label, *words)

    done = remarks.project(said, pull, label_of, ours)
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
