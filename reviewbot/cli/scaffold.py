"""`reviewbot scaffold`: tests for what is new, public and tested by nobody; written and tried where asked."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from reviewbot.cli import ci, creating, models, reports
from reviewbot.cli.drafted import drafted
from reviewbot.cli.environment import in_ci, taken
from reviewbot.core.drafts import Scaffold, Stages
from reviewbot.core.labels import Label, permits
from reviewbot.core.report import Report
from reviewbot.core.summary import LOG, counted
from reviewbot.core.text import harmless, visible
from reviewbot.errors import UsageError
from reviewbot.formats import stages
from reviewbot.pipeline import Plan, Wanted
from reviewbot.trials import trees

_LOST, _THERE = "not written: ", "is there already, not written over"


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    began = models.started()
    outputs = reports.renderers(arguments.output, arguments.ledger)
    reports.writable(name for name, _ in outputs)
    said = models.operator(arguments, environ)
    if arguments.execute:
        from reviewbot.cli import trying

        trying.allowed(arguments, environ, said, ci.here(environ))
    own = taken(environ)
    named = {path: _spelled(path, Path(arguments.repo)) for path in arguments.paths}
    arguments.paths = [one for spelled in named.values() for one in spelled]
    report, plan = drafted(arguments, own, said, began)
    _all_changed(named, plan)
    label = Label.PUBLIC
    if arguments.execute:
        from reviewbot.cli import trying

        report, label = trying.tried(report, plan, arguments, own)
    written = frozenset[str]()
    if arguments.write:
        report, written = _kept(report, Path(arguments.repo))
    problems = [problem for name, render in outputs if (problem := reports.written(name, render(report)))]
    shown = report if not in_ci(own) or permits(LOG, label) else _untold(report)
    _print(shown, written, whole=not (in_ci(own) or arguments.write), log=in_ci(own))
    for problem in problems:
        print(f"reviewbot: {problem}", file=sys.stderr)
    lost = any(notice.startswith(_LOST) for one in report.drafts.scaffolds for notice in one.notices)
    return max(report.exit_code, UsageError.exit_code if problems or lost else 0)


def _spelled(path: str, start: Path) -> tuple[str, ...]:
    """What git may call a path that somebody gives: from the root of the work tree, or from where they are."""
    root = creating.worktree(start) or start.absolute()
    there = Path(os.path.normpath(Path.cwd() / path))
    inside = (there.relative_to(root.resolve()).as_posix(),) if there.is_relative_to(root.resolve()) else ()
    return (os.path.normpath(path), *inside)


def _all_changed(named: Mapping[str, Sequence[str]], plan: Plan) -> None:
    """Raises UsageError for a path that is neither a changed file nor a folder of one."""
    for path, spelled in named.items():
        asked = Wanted(only=tuple(spelled))
        if not any(asked.covers(file.path) for file in plan.files):
            raise UsageError(f"{visible(path)}: not among the changed files")


def _kept(report: Report, start: Path) -> tuple[Report, frozenset[str]]:
    """Write each file that is not there yet; what was not written has a notice of its own, labelled as it is."""
    root = creating.worktree(start) or start
    made, written = [], set[str]()
    for one in report.drafts.scaffolds:
        why = _problem(root, one)
        if not why:
            written.add(one.path)
        made.append(replace(one, notices=(*one.notices, why)) if why else one)
    return replace(report, drafts=replace(report.drafts, scaffolds=tuple(made))), frozenset(written)


def _problem(root: Path, one: Scaffold) -> str:
    """Write a scaffold; why it could not be, "" where it was. No link is followed, whoever puts one there meanwhile."""
    if os.path.lexists(root / one.path):
        return _THERE
    try:
        trees.place(root, one.path, one.content.encode("utf-8", "surrogateescape"), owner=None)
    except trees.PathError as error:
        return f"{_LOST}{error}"
    return ""


def _untold(report: Report) -> Report:
    """For a log that may not have what trials say: what is known without them."""
    scaffolds = []
    for one in report.drafts.scaffolds:
        own = (notice for notice in one.notices if notice == _THERE or notice.startswith(_LOST))
        notices = ("what came of trying it is in the report", *own)
        scaffolds.append(replace(one, stages=Stages(one.stages.parsed), notices=notices))
    return replace(report, drafts=replace(report.drafts, scaffolds=tuple(scaffolds)))


def _print(report: Report, written: Collection[str], *, whole: bool, log: bool) -> None:
    """What there is, each with what it passed; its lines where no build's log gets them."""
    shown = [one for one in report.drafts.scaffolds if not log or permits(LOG, one.label)]
    for one in shown:
        done = "saved" if one.path in written else ""
        passed = ", ".join(filter(None, (stages.outcome(one.stages), stages.unwritten(one), done)))
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
