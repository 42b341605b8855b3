"""`reviewbot scaffold`: tests for what is new, public and tested by nobody; written and tried where asked."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from reviewbot.cli import creating, models, reports
from reviewbot.cli.drafted import drafted, stands
from reviewbot.cli.environment import in_ci, taken
from reviewbot.core.labels import permits
from reviewbot.core.report import Report
from reviewbot.core.summary import LOG, counted
from reviewbot.core.text import harmless, visible
from reviewbot.errors import UsageError
from reviewbot.formats import stages
from reviewbot.pipeline import Plan


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    began = models.started()
    outputs = reports.renderers(arguments.output, arguments.ledger)
    reports.writable(name for name, _ in outputs)
    said = models.operator(arguments, environ)
    if arguments.execute:
        from reviewbot.cli import trying

        trying.allowed(arguments, environ, said, stands(environ))
    own = taken(environ)
    report, plan = drafted(arguments, own, said, began)
    _all_changed(arguments.paths, plan)
    if arguments.execute:
        from reviewbot.cli import trying

        report = trying.tried(report, plan, arguments, own)
    if arguments.write:
        report = _kept(report, Path(arguments.repo))
    problems = [problem for name, render in outputs if (problem := reports.written(name, render(report)))]
    _print(report, whole=not (in_ci(own) or arguments.write), log=in_ci(own))
    for problem in problems:
        print(f"reviewbot: {problem}", file=sys.stderr)
    return max(report.exit_code, UsageError.exit_code if problems else 0)


def _all_changed(paths: Sequence[str], plan: Plan) -> None:
    """Raises UsageError for a path that is not among the changed files."""
    changed = {file.path for file in plan.files}
    for path in paths:
        if path not in changed:
            raise UsageError(f"{visible(path)}: not among the changed files")


def _kept(report: Report, start: Path) -> Report:
    """Write each file that is not there yet; the report with a notice for each that is. Raises UsageError."""
    above = (start.absolute(), *start.absolute().parents)
    root = next((folder for folder in above if (folder / ".git").exists()), start)
    found = [creating.checked(creating.Target(root / one.path, visible(one.path), one.content), root)
             for one in report.drafts.scaffolds]  # fmt: skip
    creating.written([target for target in found if target.is_new])
    there = [f"{target.shown}: is there already, not written over" for target in found if not target.is_new]
    return replace(report, notices=(*report.notices, *there))


def _print(report: Report, *, whole: bool, log: bool) -> None:
    """What there is, each with what it passed; its lines where no build's log gets them."""
    shown = [one for one in report.drafts.scaffolds if not log or permits(LOG, one.label)]
    for one in shown:
        passed = ", ".join(filter(None, (stages.outcome(one.stages), stages.unwritten(one))))
        print(f"{harmless(one.path)}  {harmless(one.target)}  {one.framework}: {passed}")
        for notice in one.notices:
            print(f"  ! {harmless(notice)}")
        if whole:
            print(*(f"  {harmless(line)}" for line in one.content.rstrip("\n").split("\n")), sep="\n")
            print()
    for target, reason, label in report.drafts.refused:
        if not log or permits(LOG, label):
            print(f"no scaffold for {harmless(target)}: {harmless(reason)}")
    for notice in report.notices:
        print(f"! {harmless(notice)}")
    print(counted(len(shown), "scaffold"))
