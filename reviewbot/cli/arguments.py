"""Arguments of every command. Commands are imported when they run, so that `--help` loads nothing."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from reviewbot import __version__

SEVERITIES = ("critical", "high", "medium", "low", "none")


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="reviewbot", description="Reviews pull requests; sensitive files stay local.")
    top.add_argument("--version", action="version", version=f"reviewbot {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _review(commands.add_parser("review", help="review a range of commits or a pull request"))
    return top


def _review(command: argparse.ArgumentParser) -> None:
    _range(command)
    command.add_argument("--output", action="append", default=[], metavar="FILE", help="write a report; may repeat")
    command.add_argument("--fail-on", choices=SEVERITIES, help="exit 1 at or above this severity (default: critical)")
    command.set_defaults(run=_run_review)


def _range(command: argparse.ArgumentParser) -> None:
    command.add_argument("--repo", default=".", metavar="DIR", help="repository (default: .)")
    command.add_argument("--base", metavar="REF", help="branch the change goes to (default: the default branch)")
    command.add_argument("--head", default="HEAD", metavar="REF", help="the change (default: HEAD)")
    command.add_argument("--policy", default="default", metavar="FILE|PACK", help="policy file or shipped pack")


def _run_review(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    from reviewbot.cli.review import run

    return run(arguments, environ)
