"""The last third of the sentence: a plan and answers in, a report out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from reviewbot.core.answers import Answer, Answers, by_job, usage
from reviewbot.core.findings import Dropped, Finding
from reviewbot.core.labels import Label
from reviewbot.core.merging import united
from reviewbot.core.plan import Job
from reviewbot.core.report import FileReport, Report, assemble
from reviewbot.errors import EgressDeniedError
from reviewbot.pipeline.examining import quoted
from reviewbot.pipeline.planning import Plan

#: Why a file was not read where the answers to its jobs are in none of the parts at hand.
_MISSING = "the answers to a part of it are not here"


def concluded(plan: Plan, parts: Sequence[Answers] = (), *, comments: Label = Label.RESTRICTED,
              strict: bool = False) -> Report:  # fmt: skip
    """One report of what the checks found and of every part's answers; with `strict`, a denial is an error."""
    answers = by_job(parts)
    jobs = plan.jobs or ()
    files = tuple(_outcome(file, found) for file, found in _by_file(plan.files, jobs, answers))
    claims = [replace(claim, origin=answers[job.name].backend) for job in jobs if job.name in answers
              for claim in _inherited(answers[job.name].findings, job)]  # fmt: skip
    findings, doubled = united(plan.findings, claims)
    notices = dict.fromkeys((*plan.notices, *(notice for part in parts for notice in part.notices)))
    report = assemble(plan.pull, plan.policy, files, findings, plan.gate, tuple(notices), plan.rules, comments=comments)
    denied = strict and any(answer.denied for answer in answers.values())
    dropped = [one for job in jobs if job.name in answers for one in answers[job.name].dropped]
    return replace(
        report, asides=plan.asides, usage=usage(parts), dropped=(*dropped, *map(_doubled, doubled)),
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


def _inherited(findings: Sequence[Finding], job: Job) -> Iterator[Finding]:
    """The findings with the label of what they were made from and the lines that they are about.

    All of it is the plan's: whatever a reply file says of it does not count, and what is about no line of the job does
    not either.
    """
    held = tuple(findings)
    lines = [(part.material, line) for part in job.parts for passage in part.passages for line in passage.lines]
    rows = {("new", part.path, line.new): line.text for part, line in lines if held and line.new is not None}
    rows |= {("old", part.old_path, line.old): line.text for part, line in lines if held and line.old is not None}
    for finding in held:
        spot = finding.location
        ends = (spot.line, spot.line if spot.end_line is None else spot.end_line)
        if None not in ends and all((spot.side, spot.path, end) in rows for end in ends):
            yield replace(quoted(finding, rows), label=job.label)


def _doubled(claim: Finding) -> Dropped:
    spot = claim.location
    return Dropped(claim.title, spot.path, spot.line, "another finding says it", claim.label, claim.origin)
