"""`reviewbot review`: load, check, render, exit code."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from reviewbot import checks, git, pipeline
from reviewbot.cli.evidence import load_index
from reviewbot.cli.policies import load_policies, notices
from reviewbot.core.findings import Severity
from reviewbot.core.policy import Policy
from reviewbot.core.report import Report
from reviewbot.errors import UsageError
from reviewbot.forges import local
from reviewbot.formats import renderer, terminal


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    outputs = [(name, renderer(name)) for name in arguments.output if name != "-"]
    with git.opened(Path(arguments.repo), program=shutil.which("git") or "git") as repo:
        pull = local.load(repo, arguments.base, arguments.head)
        policy, proposed = load_policies(repo, pull, arguments.policy)
        index, left_out = load_index(repo, pull, policy)
        report = pipeline.review(pull, policy, checks=checks.ALL, proposed=proposed, index=index,
                                 fail_on=_gate(arguments.fail_on, policy), notices=(*notices(policy), *left_out))  # fmt: skip
    for name, render in outputs:
        try:
            Path(name).write_text(render(report), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{name}: cannot be written: {error.strerror}") from error
    print_report(report, environ)
    return report.exit_code


def print_report(report: Report, environ: Mapping[str, str]) -> None:
    colour = sys.stdout.isatty() and "NO_COLOR" not in environ
    width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
    sys.stdout.write(terminal.render(report, width=width, colour=colour))


def _gate(name: str | None, policy: Policy) -> Severity | None:
    """What the command line says; else the policy."""
    if name is None:
        return policy.fail_on
    return None if name == "none" else Severity[name.upper()]
