"""`reviewbot review`: load, check, render, exit code."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from reviewbot import checks, git, pipeline
from reviewbot.cli.policies import load_policy
from reviewbot.core.findings import Severity
from reviewbot.core.report import Report
from reviewbot.errors import UsageError
from reviewbot.forges import local
from reviewbot.formats import renderer, terminal


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    outputs = [(name, renderer(name)) for name in arguments.output if name != "-"]
    with git.opened(Path(arguments.repo), program=shutil.which("git") or "git") as repo:
        pull = local.load(repo, arguments.base, arguments.head)
        policy = load_policy(arguments.policy)
        report = pipeline.review(pull, policy, checks=checks.ALL, fail_on=_gate(arguments.fail_on))
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


def _gate(name: str | None) -> Severity | None:
    return None if name == "none" else Severity[(name or "critical").upper()]
