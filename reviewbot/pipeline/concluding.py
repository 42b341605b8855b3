"""The last third of the sentence: a plan and answers in, a report out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from reviewbot.core.answers import Answer, Answers, by_job, usage
from reviewbot.core.dismissals import waived
from reviewbot.core.findings import Dropped, Finding, identify
from reviewbot.core.instructions import unwanted
from reviewbot.core.labels import Label
from reviewbot.core.merging import united
from reviewbot.core.plan import Job
from reviewbot.core.report import FileReport, Report, assemble
from reviewbot.core.threads import Known, carried, matched
from reviewbot.errors import EgressDeniedError
from reviewbot.pipeline.asking import clean
from reviewbot.pipeline.examining import quoted
from reviewbot.pipeline.offering import offered
from reviewbot.pipeline.planning import Plan

#: Why a file was not read where the answers to its jobs are in none of the parts at hand.
_MISSING = "the answers to a part of it are not here"


def concluded(plan: Plan, parts: Sequence[Answers] = (), *, comments: Label = Label.RESTRICTED,
              strict: bool = False) -> Report:  # fmt: skip
    """One report of what the checks found and of every part's answers; with `strict`, a denial is an error."""
    answers = by_job(parts)
    jobs = plan.jobs or ()
    files = tuple(_outcome(file, found) for file, found in _by_file(plan.files, jobs, answers))
    claims: list[Finding] = []
    stray: list[Finding] = []
    for job in (job for job in jobs if job.name in answers):
        for claim in answers[job.name].findings:
            said = replace(clean(claim), label=job.label, origin=answers[job.name].backend)
            home = _placed(said, job)
            (stray if home is None else claims).append(said if home is None else home)
    findings, doubled = united(plan.findings, claims)
    notices = dict.fromkeys((*plan.notices, *(notice for part in parts for notice in part.notices)))
    titles = {known.told.id: known.told.title for known in plan.memory.known}
    identified = _remembered(identify(findings, titles), plan, files)
    aside = _unwanted(identified, plan, files)
    report = assemble(plan.pull, plan.policy, files, [one for one in identified if one.id not in aside], plan.gate,
                      tuple(notices), plan.rules, comments=comments)  # fmt: skip
    denied = strict and any(answer.denied for answer in answers.values())
    drafts, lost = offered(plan.sketches, answers)
    dropped = [replace(clean(one), label=job.label, origin=answers[job.name].backend) for job in jobs
               if job.name in answers for one in answers[job.name].dropped]  # fmt: skip
    dropped += [_aside(claim, "it is about no line of its part") for claim in stray]
    dropped += [_aside(claim, "another finding says it") for claim in doubled]
    dismissed = tuple(one for one in identified if one.id in aside)
    dropped += [_aside(one, aside[one.id]) for one in dismissed]
    return replace(
        report, asides=(*plan.asides, *lost), dismissed=dismissed, usage=usage(parts), dropped=tuple(dropped),
        drafts=drafts, notices=(*report.notices, *lost),
        exit_code=max(report.exit_code, EgressDeniedError.exit_code if denied else 0),
    )  # fmt: skip


def withheld(plan: Plan, parts: Sequence[Answers]) -> int:
    """How many files no model was allowed to read."""
    denied = {name for name, answer in by_job(parts).items() if answer.denied}
    return len({path for job in plan.jobs or () if job.name in denied for path in job.paths})


_Parts = list[Answer | None]


def _by_file(files: Sequence[FileReport], jobs: Sequence[Job],
             answers: Mapping[str, Answer]) -> Iterator[tuple[FileReport, _Parts]]:  # fmt: skip
    """Each file with the answers to the jobs that it is in; None for one that is missing."""
    found: defaultdict[str, _Parts] = defaultdict(list)
    for job in jobs:
        for path in dict.fromkeys(job.paths):
            found[path].append(answers.get(job.name))
    return ((file, found[file.path]) for file in files)


def _outcome(file: FileReport, parts: _Parts) -> FileReport:
    """The file with who read it. One part that nobody read, and it was not reviewed."""
    if not parts:
        return file
    if any(part is None for part in parts):
        return replace(file, outcome="failed", reason=_MISSING)
    known = [part for part in parts if part is not None]
    unread = [part for part in known if not part.backend]
    if unread:
        denied = all(part.denied for part in unread)
        reasons = "; ".join(dict.fromkeys(part.reason for part in unread))
        return replace(file, outcome="checked" if denied else "failed", reason=reasons)
    route = "+".join(dict.fromkeys(part.backend for part in known))
    notices = "; ".join(dict.fromkeys(part.notice for part in known if part.notice))
    return replace(file, outcome="reviewed", route=route, reason=notices)


def _placed(claim: Finding, job: Job) -> Finding | None:
    """The claim with the lines that it is about, as the plan has them; None where it is about no line of the job."""
    spot = claim.location
    rows = {
        (side, path, number): line.text
        for part in job.parts for passage in part.passages for line in passage.lines
        for side, path, number in (("new", part.material.path, line.new), ("old", part.material.old_path, line.old))
        if path == spot.path and number is not None
    }  # fmt: skip
    ends = (spot.line, spot.line if spot.end_line is None else spot.end_line)
    if None in ends or not all((spot.side, spot.path, end) in rows for end in ends):
        return None
    return quoted(claim, rows)


def _remembered(findings: Sequence[Finding], plan: Plan, files: Sequence[FileReport]) -> tuple[Finding, ...]:
    """The findings, and what models said at earlier heads of lines that are as they were.

    A check's finding weighs what a model made of it there too: who is not asked again cannot say it again. That a claim
    is said again in another file, of a higher label, takes nothing away below.
    """
    said = matched(findings, plan.memory.known, {file.path for file in files})
    above = {one.id for one in findings if one.id in said and one.location.path != said[one.id].told.location.path
             and one.label > said[one.id].told.label}  # fmt: skip
    heard = {known.told.id for name, known in said.items() if name not in above}
    unchanged = {path for path, digest in plan.digests.items() if digest in plan.memory.read}
    findings = tuple(_weighed(one, said.get(one.id), unchanged) for one in findings)
    return (*findings, *carried(plan.memory.known, files, heard, unchanged))


def _weighed(finding: Finding, known: Known | None, unchanged: Collection[str]) -> Finding:
    kept = known is not None and not known.told.is_claim and finding.location.path in unchanged
    return replace(finding, severity=max(finding.severity, known.told.severity)) if known and kept else finding


def _unwanted(findings: Sequence[Finding], plan: Plan, files: Sequence[FileReport]) -> Mapping[str, str]:
    """By a finding's id why nobody is told: somebody who may write dismissed it, or the policy does."""
    asked = waived(findings, plan.memory, {file.path for file in files})
    found = {id_: f"dismissed by {by.author}: {by.command.reason or 'no reason given'}" for id_, by in asked.items()}
    for finding in findings:
        entry = unwanted(plan.policy, finding.rule, finding.location.path)
        if entry is not None:
            found.setdefault(finding.id, f"dismissed by the policy: {entry.reason}")
    return found


def _aside(claim: Finding, reason: str) -> Dropped:
    spot = claim.location
    return Dropped(claim.title, spot.path, spot.line, reason, claim.label, claim.origin)
