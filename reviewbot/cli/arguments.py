"""Arguments of every command. A command's module is imported when it runs, so that `--help` loads nothing."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from importlib import import_module

from reviewbot import __version__

Run = Callable[[argparse.Namespace, Mapping[str, str]], int]

SEVERITIES = ("critical", "high", "medium", "low", "none")


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="reviewbot", description="Reviews pull requests; sensitive files stay local.")
    top.add_argument("--version", action="version", version=f"reviewbot {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _review(commands.add_parser("review", help="review a range of commits or a pull request"))
    _doctor(commands.add_parser("doctor", help="what is here, what is missing, what in the environment is dangerous"))
    _demo(commands.add_parser("demo", help="make a small repository with a tricky pull request and review it"))
    return top


def _review(command: argparse.ArgumentParser) -> None:
    _range(command)
    command.add_argument(
        "--forge", choices=("auto", "local"), default="auto", help="where it is posted (local: printed)"
    )
    command.add_argument("--output", action="append", default=[], metavar="FILE", help="write a report; may repeat")
    command.add_argument("--fail-on", choices=SEVERITIES, help="exit 1 at or above this severity (default: critical)")
    command.add_argument("--offline", action="store_true", help="no hosted backend exists for this run")
    command.add_argument("--dry-run", action="store_true", help="everything but the posting")
    command.set_defaults(run=_lazy("review"))


def _doctor(command: argparse.ArgumentParser) -> None:
    command.add_argument("--repo", default=".", metavar="DIR", help="repository (default: .)")
    command.set_defaults(run=_lazy("doctor"))


def _demo(command: argparse.ArgumentParser) -> None:
    command.add_argument("--output", metavar="DIR", help="folder for the repository and its reports")
    command.set_defaults(run=_lazy("demo"))


def _range(command: argparse.ArgumentParser) -> None:
    command.add_argument("--repo", default=".", metavar="DIR", help="repository (default: .)")
    command.add_argument("--base", metavar="REF", help="branch the change goes to (default: the default branch)")
    command.add_argument("--head", default="HEAD", metavar="REF", help="the change (default: HEAD)")
    command.add_argument("--policy", default="default", metavar="FILE|PACK", help="policy file or shipped pack")


def _lazy(module: str, function: str = "run") -> Run:
    """The function of that name in a module of this package, imported when called."""

    def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
        command: Run = getattr(import_module(f"reviewbot.cli.{module}"), function)
        return command(arguments, environ)

    return run
