"""One run of drafting for a command that reviews nothing: loaded, planned, asked, concluded, told on no forge."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Mapping

from reviewbot import pipeline
from reviewbot.cli import adapters, ci, environment, loading, models, records
from reviewbot.cli.progress import stage
from reviewbot.cli.workers import spread
from reviewbot.core.endpoints import Operator
from reviewbot.core.report import Report
from reviewbot.core.summary import counted
from reviewbot.pipeline import Plan


def drafted(arguments: argparse.Namespace, environ: Mapping[str, str], said: Operator,
            began: float) -> tuple[Report, Plan]:  # fmt: skip
    """The report of a run that asks for drafts alone. Nothing is sent before its line is in the ledger."""
    at = ci.here(environ)
    said, foreign = models.trusting(said, at)
    with records.opened(arguments, environ) as ledger:
        with stage("reading the change"):
            libraries = adapters.preloaded(said, environment.keys(said, environ))
            try:
                change = loading.loaded(arguments, environ, shutil.which("git") or "git", at)
            finally:
                libraries.join()
        change = change.noticing(foreign)
        asking = models.loaded(said, environ, change.policy, change.pull, ledger, began) if said.endpoints else None
        with stage(f"reading {counted(len(change.pull.files), 'file')}"):
            plan = pipeline.planned(
                change.pull, change.policy, checks=(), evidence=change.evidence, spread=spread, wanted=change.wanted,
                windows=pipeline.windows(asking) if asking else None,
            )  # fmt: skip
        with stage("asking"):
            parts = (pipeline.asked(plan, asking),) if asking else ()
        report = pipeline.concluded(plan, parts, strict=arguments.strict)
        recorded = bool(asking or arguments.ledger)
        return (records.ended(report, plan, parts, ledger, arguments, environ) if recorded else report), plan
