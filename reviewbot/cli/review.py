"""`reviewbot review`: load, plan, ask, conclude, tell, render, exit code."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Mapping
from dataclasses import replace

from reviewbot import checks, pipeline
from reviewbot.cli import adapters, ci, environment, forges, loading, models, records, reports
from reviewbot.cli.ledgers import RunLedger
from reviewbot.cli.progress import stage
from reviewbot.cli.telling import finished
from reviewbot.cli.workers import spread
from reviewbot.core.endpoints import Operator
from reviewbot.core.report import Report
from reviewbot.core.summary import counted
from reviewbot.core.threads import Memory
from reviewbot.pipeline import Plan


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    began = models.started()
    outputs = reports.renderers(arguments.output, arguments.ledger)
    said = models.operator(arguments, environ)
    own = environment.taken(environ)
    at = ci.here(own)
    if said.endpoints or forges.chosen(arguments, at, own)[0] is not None:
        reports.writable(name for name, _ in outputs)
    said, foreign = models.trusting(said, at)
    with records.opened(arguments, own) as ledger:
        with stage("reading the change"):
            libraries = adapters.preloaded(said, environment.keys(said, own))
            try:
                venue = forges.opened(arguments, at, own, ledger, began + said.limits.seconds)
                change = loading.loaded(arguments, own, shutil.which("git") or "git", forges.standing(at, venue),
                                        forges.asked(at, venue))  # fmt: skip
            finally:
                libraries.join()
        said = replace(said, comments=forges.clearance(said.comments, venue))
        change = change.noticing(foreign)
        report, plan = reviewed(arguments, own, change, said, began, ledger, venue.memory)
        return finished(report, plan, venue, ledger, outputs, own, whole="-" in arguments.output)


def reviewed(arguments: argparse.Namespace, environ: Mapping[str, str], change: loading.Loaded, said: Operator,
             began: float, ledger: RunLedger, memory: Memory) -> tuple[Report, Plan]:  # fmt: skip
    """Plan, ask and conclude. Nothing is sent before its line is in the ledger."""
    recorded = bool(said.endpoints or arguments.ledger or arguments.strict)
    asking = models.loaded(said, environ, change.policy, change.pull, ledger, began)
    with stage(f"checking {counted(len(change.pull.files), 'file')}"):
        plan = pipeline.planned(
            change.pull, change.policy, checks=checks.ALL, guards=checks.GUARDS, evidence=change.evidence,
            fail_on=loading.gate(arguments.fail_on, change.policy), spread=spread,
            windows=pipeline.windows(asking) if said.endpoints or arguments.strict else None,
            memory=memory, readers=models.names(said), wanted=change.wanted,
        )  # fmt: skip
    with stage(f"asking about {counted(len(plan.jobs or ()), 'part')}"):
        parts = (pipeline.asked(plan, asking),) if recorded else ()
    report = pipeline.concluded(plan, parts, comments=said.comments, strict=arguments.strict)
    return (records.ended(report, plan, parts, ledger, arguments, environ) if recorded else report), plan
