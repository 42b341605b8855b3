"""`reviewbot review`: load, plan, ask, conclude, render, exit code."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Mapping

from reviewbot import checks, pipeline
from reviewbot.cli import adapters, environment, loading, models, records, reports
from reviewbot.cli.progress import stage
from reviewbot.cli.workers import spread
from reviewbot.core.endpoints import Operator
from reviewbot.core.report import Report
from reviewbot.core.summary import counted


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    began = models.started()
    outputs = reports.renderers(arguments.output, arguments.ledger)
    said = models.operator(arguments, environ)
    if said.endpoints:
        reports.writable(name for name, _ in outputs)
    own = environment.taken(environ)
    with stage("reading the change"):
        libraries = adapters.preloaded(said, environment.keys(said, own))
        try:
            change = loading.loaded(arguments, own, shutil.which("git") or "git")
        finally:
            libraries.join()
    report = reviewed(arguments, own, change, said, began)
    return reports.publish(report, outputs, own, whole="-" in arguments.output)


def reviewed(arguments: argparse.Namespace, environ: Mapping[str, str], change: loading.Loaded, said: Operator,
             began: float) -> Report:  # fmt: skip
    """Plan, ask and conclude. Nothing is sent before its line is in the ledger."""
    recorded = bool(said.endpoints or arguments.ledger or arguments.strict)
    with records.opened(arguments, environ) as ledger:
        asking = models.loaded(said, environ, change.policy, change.pull, ledger, began)
        with stage(f"checking {counted(len(change.pull.files), 'file')}"):
            plan = pipeline.planned(
                change.pull, change.policy, checks=checks.ALL, guards=checks.GUARDS, evidence=change.evidence,
                fail_on=loading.gate(arguments.fail_on, change.policy), spread=spread,
                windows=pipeline.windows(asking) if said.endpoints or arguments.strict else None,
            )  # fmt: skip
        with stage(f"asking about {counted(len(plan.jobs or ()), 'part')}"):
            parts = (pipeline.asked(plan, asking),) if recorded else ()
        report = pipeline.concluded(plan, parts, comments=said.comments, strict=arguments.strict)
        return records.ended(report, plan, parts, ledger, arguments, environ) if recorded else report
