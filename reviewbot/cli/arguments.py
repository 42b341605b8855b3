"""Arguments of every command. A command's module is imported when it runs, so that `--help` loads nothing."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, NoReturn

from reviewbot import __version__
from reviewbot.core.text import visible
from reviewbot.errors import UsageError

Run = Callable[[argparse.Namespace, Mapping[str, str]], int]

SEVERITIES = ("critical", "high", "medium", "low", "none")
TASKS = ("review", "message", "scaffold")


class Parser(argparse.ArgumentParser):
    """argparse, but a mistake is one line and no option can be abbreviated: a script must not change its meaning."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "allow_abbrev": False})

    def error(self, message: str) -> NoReturn:
        command = self.prog.removeprefix("reviewbot").strip()
        raise UsageError(visible(f"{command}: {message}" if command else message))


def parser() -> argparse.ArgumentParser:
    top = Parser(prog="reviewbot", description="Reviews pull requests; sensitive files stay local.")
    top.add_argument("--version", action="version", version=f"reviewbot {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _review(commands.add_parser("review", help="review a range of commits or a pull request"))
    _plan(commands.add_parser("plan", help="phase 1 of a review, no secrets: what is asked, and what the checks say"))
    _ask(commands.add_parser("ask", help="phase 2, model access only: ask what a plan has"))
    _publish(commands.add_parser("publish", help="phase 3, forge access only: the report of a plan and its replies"))
    _message(commands.add_parser("message", help="suggest a commit message for a range or for what is staged"))
    _scaffold(commands.add_parser("scaffold", help="make tests for what is new, public and tested by nobody"))
    _doctor(commands.add_parser("doctor", help="what is here, what is missing, what in the environment is dangerous"))
    _policy(commands.add_parser("policy", help="which label a path has and why, whether a policy is valid"))
    _audit(commands.add_parser("audit", help="whether a ledger is whole, and what it says left"))
    _init(commands.add_parser("init", help="write a workflow, a policy and a file for the operator; never overwrites"))
    _demo(commands.add_parser("demo", help="make a small repository with a tricky pull request and review it"))
    return top


def _review(command: argparse.ArgumentParser) -> None:
    _change(command)
    _operator(command)
    _drafts(command)
    _asking(command)
    _publishing(command)
    command.set_defaults(run=_lazy("review"))


def _plan(command: argparse.ArgumentParser) -> None:
    _change(command)
    _operator(command)
    _drafts(command)
    command.add_argument("--output", metavar="FILE", help="write the plan: it holds lines of the change")
    command.add_argument("--explain", metavar="PATH", help="print what a model would see of this file")
    command.set_defaults(run=_lazy("phases", "plan"), forge="auto")


def _ask(command: argparse.ArgumentParser) -> None:
    command.add_argument("plan", metavar="PLAN", help="what plan wrote")
    command.add_argument("--output", required=True, metavar="FILE", help="write the reply")
    command.add_argument("--shard", type=_shard, default=(1, 1), metavar="I/N", help="this part of N (default: all)")
    _operator(command)
    _asking(command)
    command.set_defaults(run=_lazy("phases", "ask"), repo=".")  # where a pull request may be checked out


def _publish(command: argparse.ArgumentParser) -> None:
    command.add_argument("plan", metavar="PLAN", help="what plan wrote")
    command.add_argument("replies", nargs="*", metavar="REPLY", help="what each ask wrote")
    _operator(command)
    command.add_argument("--pr", type=_number, metavar="N", help="number of the pull request (default: what CI says)")
    _ledger(command)
    command.add_argument("--strict", action="store_true", help="exit 4 where no model is cleared for a file")
    _publishing(command)
    command.set_defaults(run=_lazy("phases", "publish"), repo=".", sign_key=None)


def _change(command: argparse.ArgumentParser) -> None:
    """Options of the commands that read a change."""
    _range(command)
    command.add_argument("--pr", type=_number, metavar="N", help="number of the pull request (default: what CI says)")
    command.add_argument("--sarif", action="append", default=[], metavar="FILE",
                         help="findings of your own linters; may repeat")  # fmt: skip
    command.add_argument("--fail-on", choices=SEVERITIES, help="exit 1 at or above this severity (default: critical)")


def _operator(command: argparse.ArgumentParser) -> None:
    command.add_argument("--operator", metavar="FILE", help="the models, what each may read, what a run may cost "
                         "(default: REVIEWBOT_OPERATOR, else single variables)")  # fmt: skip
    command.add_argument("--offline", action="store_true", help="no hosted backend exists for this run")


def _asking(command: argparse.ArgumentParser) -> None:
    """Options of the commands that ask models."""
    _ledger(command)
    command.add_argument("--sign-key", metavar="FILE|env:NAME", help="sign the ledger's head into FILE.sig (Ed25519)")
    command.add_argument("--strict", action="store_true", help="exit 4 where no model is cleared for a file")


def _drafts(command: argparse.ArgumentParser) -> None:
    command.add_argument("--tasks", type=_tasks, default=("review",), metavar="TASKS",
                         help="review, message, scaffold, or several with commas (default: review)")  # fmt: skip


def _message(command: argparse.ArgumentParser) -> None:
    _range(command)
    command.add_argument("--staged", action="store_true", help="what is staged; no model but --operator's")
    command.add_argument(
        "--write", metavar="FILE", help="write the message, as a hook does; never over one that is there"
    )
    _operator(command)
    _asking(command)
    command.set_defaults(run=_lazy("message"), tasks=("message",), pr=None, sarif=[])


def _scaffold(command: argparse.ArgumentParser) -> None:
    command.add_argument("paths", nargs="*", metavar="PATH", help="only for these changed files")
    _range(command)
    command.add_argument("--write", action="store_true", help="write the files; never over one that is there")
    command.add_argument("--run", action="store_true", dest="execute",
                         help="execute them in a sandbox: collected, run three times, run on changed code")  # fmt: skip
    command.add_argument("--run-forks", action="store_true", help="with --run, of a fork's pull request too")
    command.add_argument("--run-uncontained", action="store_true", help="with --run, where this machine has no sandbox")
    command.add_argument("--output", action="append", default=[], metavar="FILE",
                         help="write a report, its format by the name; may repeat")  # fmt: skip
    _operator(command)
    _asking(command)
    command.set_defaults(run=_lazy("scaffold"), tasks=("scaffold",), pr=None, sarif=[])


def _ledger(command: argparse.ArgumentParser) -> None:
    command.add_argument("--ledger", metavar="FILE", help="a line for every decision and for every byte that leaves")


def _publishing(command: argparse.ArgumentParser) -> None:
    """Options of the commands that end with a report."""
    command.add_argument("--forge", choices=("auto", "local", "github", "gitlab"), default="auto",
                         help="where it is posted (local: printed)")  # fmt: skip
    command.add_argument("--output", action="append", default=[], metavar="FILE",
                         help="write a report, its format by the name; - prints it whole; may repeat")  # fmt: skip
    command.add_argument("--dry-run", action="store_true", help="everything but the posting")


def _shard(text: str) -> tuple[int, int]:
    number, slash, of = text.partition("/")
    if not (slash and text.isascii() and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of) <= 1000):
        raise argparse.ArgumentTypeError("not as 2/8 is: a part, and of how many")
    return int(number), int(of)


def _tasks(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(text.split(",")))
    if set(names) - set(TASKS):
        raise argparse.ArgumentTypeError(f"of {', '.join(TASKS)}, one or several with commas")
    return names


def _number(text: str) -> int:
    number = int(text) if text.isdecimal() and len(text) < 12 else 0
    if number < 1:
        raise argparse.ArgumentTypeError("not the number of a pull request")
    return number


def _doctor(command: argparse.ArgumentParser) -> None:
    command.add_argument("--repo", default=".", metavar="DIR", help="repository (default: .)")
    command.add_argument("--operator", metavar="FILE", help="the models to look at (default: as for review)")
    command.set_defaults(run=_lazy("doctor"))


def _policy(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(dest="action", required=True, metavar="explain|check|show")
    explain = actions.add_parser("explain", help="the label of paths, and the rule that gives it")
    explain.add_argument("paths", nargs="+", metavar="PATH", help="from the repository's root, there or not")
    check = actions.add_parser("check", help="whether a policy is valid; the file, key and line where not")
    check.add_argument("file", metavar="FILE", help="policy file or shipped pack")
    show = actions.add_parser("show", help="the policy in force at the base, as a document")
    for action in (explain, show):
        action.add_argument("--repo", metavar="DIR", help="repository (default: .)")
        action.add_argument("--base", metavar="REF", help="branch whose policy it is (default: the default branch)")
        action.add_argument("--policy", metavar="FILE|PACK", help="policy file or shipped pack (default: default)")
    for name, action in (("explain", explain), ("check", check), ("show", show)):
        action.set_defaults(run=_lazy("policy", name))


def _audit(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(dest="action", required=True, metavar="verify|show")
    verify = actions.add_parser("verify", help="the first line that was changed, if one was")
    verify.add_argument("ledgers", nargs="+", metavar="LEDGER", help="ledger; several are those of one run in parts")
    verify.add_argument("--head", metavar="HASH", help="where it has to end: what the report and the review say")
    verify.add_argument("--signature", metavar="FILE", help="signature of the head")
    verify.add_argument("--public-key", metavar="FILE", help="whose signature it has to be (PEM)")
    show = actions.add_parser("show", help="every decision, and every byte that left")
    show.add_argument("ledger", metavar="LEDGER", help="ledger")
    show.add_argument("path", nargs="?", metavar="PATH", help="only what concerns this file, or with / this folder")
    show.add_argument("--csv", action="store_true", help="as a table for spreadsheets")
    for name, action in (("verify", verify), ("show", show)):
        action.set_defaults(run=_lazy("audit", name))


def _init(command: argparse.ArgumentParser) -> None:
    command.add_argument("--repo", default=".", metavar="DIR", help="repository (default: .)")
    command.add_argument("--forge", choices=("github", "gitlab"),
                         help="whose workflow (default: by remotes and CI files)")  # fmt: skip
    command.add_argument("--pack", metavar="PACK", help="shipped pack that the policy extends (default: default)")
    command.add_argument("--hosted", action="store_true", help="what is public or internal may go to Mistral")
    command.add_argument("--local-url", metavar="URL", help="address of a local model, or the path of a GGUF file")
    command.add_argument("--source", metavar="OWNER/NAME@COMMIT",
                         help="where reviewbot is, by the 40 digits of a commit")  # fmt: skip
    command.add_argument("--operator", metavar="FILE", help="the operator's file, outside the repository")
    command.add_argument("--dry-run", action="store_true", help="print what would be written")
    command.set_defaults(run=_lazy("init"))


def _demo(command: argparse.ArgumentParser) -> None:
    command.add_argument("--output", metavar="DIR", help="folder for the repository and its reports")
    command.set_defaults(run=_lazy("demo"))


def _range(command: argparse.ArgumentParser) -> None:
    command.add_argument("--repo", default=".", metavar="DIR", help="repository (default: .)")
    command.add_argument("--base", metavar="REF",
                         help="branch the change goes to (default: what CI says, else the default branch)")  # fmt: skip
    command.add_argument("--head", metavar="REF", help="the change (default: what CI says, else HEAD)")
    command.add_argument("--policy", default="default", metavar="FILE|PACK", help="policy file or shipped pack")


def _lazy(module: str, function: str = "run") -> Run:
    """The function of that name in a module of this package, imported when called."""

    def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
        command: Run = getattr(import_module(f"reviewbot.cli.{module}"), function)
        return command(arguments, environ)

    return run
