"""`reviewbot plan`, `ask`, `publish`: the phases of a review as jobs of their own, each with its own secrets."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Mapping
from dataclasses import replace

from reviewbot import checks, pipeline
from reviewbot.cli import ci, environment, forges, handover, loading, models, records, reports
from reviewbot.cli.ledgers import RunLedger
from reviewbot.cli.progress import stage
from reviewbot.cli.telling import finished
from reviewbot.cli.workers import spread
from reviewbot.core.answers import Answers
from reviewbot.core.labels import Label, permits
from reviewbot.core.ledger import merged
from reviewbot.core.passages import shown
from reviewbot.core.report import Record, Report
from reviewbot.core.summary import LOG, counted
from reviewbot.core.text import harmless, visible
from reviewbot.core.threads import Memory
from reviewbot.errors import EgressDeniedError, NotReviewedError, UsageError
from reviewbot.pipeline import Plan
from reviewbot.tasks import review


def plan(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Phase 1, without a secret: what is asked of models, and what the checks say.

    With a token that may read the pull request, what was read at an earlier head is not asked again.
    """
    began = models.started()
    if arguments.explain and environment.in_ci(environ):
        raise UsageError("--explain prints lines of the change, which a build's log must not have")
    said = models.operator(arguments, environ)
    own = environment.taken(environ)
    at = ci.here(own)
    said, foreign = models.trusting(said, at)
    with stage("reading the change"):
        venue = forges.opened(arguments, at, own, RunLedger(), began + said.limits.seconds)
        change = loading.loaded(arguments, own, shutil.which("git") or "git", forges.standing(at, venue),
                                forges.asked(at, venue))  # fmt: skip
        change = change.noticing(foreign)
    with stage(f"checking {counted(len(change.pull.files), 'file')}"):
        made = pipeline.planned(
            change.pull, change.policy, checks=checks.ALL, guards=checks.GUARDS, evidence=change.evidence,
            fail_on=loading.gate(arguments.fail_on, change.policy), spread=spread, windows=models.windows(said),
            memory=venue.memory, readers=models.names(said), wanted=change.wanted,
        )  # fmt: skip
    if arguments.output:
        handover.write_plan(arguments.output, made)
    if arguments.explain:
        return _explained(made, arguments.explain)
    said_of = LOG if environment.in_ci(own) else Label.RESTRICTED
    numbers = [
        sum(permits(said_of, one.label) for one in many) for many in (made.files, made.jobs or (), made.findings)
    ]
    files, parts, findings = map(counted, numbers, ("file", "part", "finding"))
    print(f"{files}, {parts} to ask about, {findings} of checks")
    return 0


def _explained(made: Plan, path: str) -> int:
    """Print what a model would see of a file, and nothing else of it."""
    jobs = [job for job in made.jobs or () if path in job.paths]
    file = next((file for file in made.files if file.path == path), None)
    if file is None:
        raise UsageError(f"{visible(path)}: not among the changed files")
    if not jobs:
        print(f"no model would see {visible(path)}: it is {file.outcome}{f', {file.reason}' if file.reason else ''}")
    for job in jobs:
        own = replace(job, parts=tuple(part for part in job.parts if part.material.path == path))
        prompt = review.prompt(own, made.policy.review.language)
        print(f"{job.name}, {prompt.label}, with {counted(len(set(job.paths)) - 1, 'other file')}:")
        print(*map(shown, prompt.text.split("\n")), sep="\n")
    return 0


def ask(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Phase 2, with model access only. The reply is written even where, with code 3, not all of it was answered."""
    began = models.started()
    reports.writable([arguments.output])
    if arguments.output == arguments.ledger:
        raise UsageError(f"{visible(arguments.output)}: the reply and the ledger are two files")
    made, sha256 = handover.read_plan(arguments.plan)
    said = models.operator(arguments, environ)
    own = environment.taken(environ)
    with records.opened(arguments, own) as ledger:
        asking = models.loaded(said, own, made.policy, made.pull, ledger, began)
        with stage(f"asking about {counted(len(made.jobs or ()), 'part')}"):
            answers = pipeline.asked(made, asking, arguments.shard)
        report = records.ended(_of_shard(made, answers, arguments.shard), made, (answers,), ledger, arguments, own)
    if report.ledger is None:
        raise NotReviewedError("a run without a ledger")
    handover.write_reply(arguments.output, handover.Parcel(answers, arguments.shard, sha256, report.ledger))
    jobs = {job.name: job for job in made.jobs or ()}
    unread = [one for one in answers.answers if one.job in jobs and not one.backend and not one.denied]
    denied = [answer for answer in answers.answers if answer.denied]
    # A build's log is read by many: of what is labelled above it, not even a count.
    said_of = LOG if environment.in_ci(environ) else Label.RESTRICTED
    shown = {name for name, job in jobs.items() if permits(said_of, job.label)}
    parts, *numbers = (sum(one.job in shown for one in many) for many in (answers.answers, unread, denied))
    print(f"{counted(parts, 'part')}: {numbers[0]} not answered, {numbers[1]} no model is cleared for")
    for notice in answers.notices:
        print(f"! {harmless(notice)}", file=sys.stderr)
    strict = EgressDeniedError.exit_code if denied and arguments.strict else 0
    return max(strict, NotReviewedError.exit_code if unread else 0)


def _of_shard(made: Plan, answers: Answers, shard: tuple[int, int]) -> Report:
    """What the shard's ledger ends with: its own files, and with the first shard those of no job, which it decided."""
    here = {answer.job for answer in answers.answers}
    jobs = tuple(job for job in made.jobs or () if job.name in here)
    paths = {path for job in jobs for path in job.paths}
    planned = {path for job in made.jobs or () for path in job.paths}
    files = tuple(file for file in made.files
                  if file.path in paths or (shard[0] == 1 and file.path not in planned))  # fmt: skip
    return pipeline.concluded(replace(made, files=files, jobs=jobs, findings=()), (answers,))


def publish(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Phase 3, with forge access only: the report of a plan and of all its replies."""
    outputs = reports.renderers(arguments.output)
    reports.writable(name for name, _ in outputs)
    made, sha256 = handover.read_plan(arguments.plan)
    parcels = handover.read_replies(arguments.replies, sha256)
    said = models.operator(arguments, environ)
    own = environment.taken(environ)
    at = ci.here(own)
    if at.number not in (None, made.pull.number) and arguments.pr is None:
        raise UsageError(f"{visible(arguments.plan)}: not the plan of this pull request")
    with records.opened(arguments, own) as ledger:
        venue = forges.opened(arguments, at, own, ledger, models.started() + said.limits.seconds)
        if ledger.bytes_out:  # What reading announced is a run of its own: posting goes on after its end.
            records.told(ledger, "read")
        # What is remembered is what the forge says now; what was left out of the plan, what it said when that was made.
        venue = replace(venue, memory=_renewed(made.memory, venue.memory)) if venue.forge else venue
        made = replace(made, memory=venue.memory) if venue.forge else made
        shown = forges.clearance(said.comments, venue)
        answers = [parcel.answers for parcel in parcels]
        report = pipeline.concluded(made, answers, comments=shown, strict=arguments.strict)
        if parcels:
            heads = [parcel.ledger.head for parcel in parcels]
            names = ", ".join(filter(None, (parcel.ledger.path for parcel in parcels)))
            report = replace(report, ledger=Record(names, sum(one.ledger.entries for one in parcels), merged(heads)))
        return finished(report, made, venue, ledger, outputs, own, whole="-" in arguments.output)


def _renewed(planned: Memory, now: Memory) -> Memory:
    """What the forge says now, with the claims of what the plan leaves out: nobody is asked for them again.

    Who has asked for all of it since then is not answered yet.
    """
    there = {one.told.id for one in now.known}
    lost = (replace(one, thread="", resolved=False) for one in planned.known if one.told.id not in there)
    asked = tuple(one for one in now.asked if one.command.name != "full" or not planned.read)
    return replace(now, known=(*now.known, *(lost if planned.read else ())), asked=asked, read=planned.read)
