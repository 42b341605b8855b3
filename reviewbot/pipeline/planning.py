"""The first third of the sentence: a loaded pull request and a policy in, a plan out. Asks nobody."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reviewbot.core.catalogue import WINDOW
from reviewbot.core.diff import FileDiff
from reviewbot.core.findings import Finding, Rule, Severity
from reviewbot.core.labels import Label
from reviewbot.core.passages import Material, rendered
from reviewbot.core.plan import Job, plan
from reviewbot.core.policy import Policy
from reviewbot.core.pull import PullRequest
from reviewbot.core.report import FileReport
from reviewbot.core.threads import Memory
from reviewbot.core.tokens import Count, estimate
from reviewbot.pipeline.examining import Evidence, Examined, Spread, by_path, examine, views
from reviewbot.pipeline.sketches import Sketches, Wanted
from reviewbot.pipeline.sketching import sketched
from reviewbot.ports import Check
from reviewbot.tasks import review

#: Parts these digests from all else that the key is used for.
_DOMAIN = b"reviewbot.read/1\0"


@dataclass(frozen=True, slots=True)
class Plan:
    """All that asking and reporting need: nothing of it is a secret, much of it is as sensitive as the files."""

    #: Where the pull request stands; its files are in `files`.
    pull: PullRequest
    policy: Policy
    files: tuple[FileReport, ...]
    #: What the checks found.
    findings: tuple[Finding, ...]
    rules: tuple[Rule, ...]
    notices: tuple[str, ...]
    #: Those of the notices that may depend on text of any label.
    asides: tuple[str, ...]
    gate: Severity | None
    #: None where no model is to be asked.
    jobs: tuple[Job, ...] | None = None
    #: What earlier runs told of this pull request, and read of it.
    memory: Memory = field(default_factory=Memory)
    #: By path, a digest of all that a model may be told of a file: the same the next time, and it need not be again.
    digests: Mapping[str, str] = field(default_factory=dict)
    #: By path the label of that: of the file, and of what the team asks for in it.
    labels: Mapping[str, Label] = field(default_factory=dict)
    #: Commit messages and test scaffolds, as far as they were wanted.
    sketches: Sketches = field(default_factory=Sketches)


@dataclass(frozen=True, slots=True)
class Windows:
    """Tokens of prompt and reply together that every model which may read a label can take."""

    by_label: Mapping[Label, int]
    count: Count = estimate
    #: Of a label that nobody may read here, or of which nobody knows.
    otherwise: int = WINDOW

    def of(self, label: Label) -> int:
        return self.by_label.get(label, self.otherwise)


def planned(pull: PullRequest, policy: Policy, *, checks: Sequence[Check], guards: Sequence[Check] = (),
            evidence: Evidence | None = None, fail_on: Severity | None = Severity.CRITICAL, spread: Spread = map,
            windows: Windows | None = None, memory: Memory | None = None, readers: str = "",
            wanted: Wanted | None = None) -> Plan:  # fmt: skip
    """Classify and check every changed file, and divide what models read into jobs; without windows there are none.

    `guards` are the checks that also read what the policy's `ignore` leaves out. What `memory` says a model has read is
    in no job; `readers` names the models of this run, for another model has not read it. `wanted` is what to draft.
    """
    known = evidence or Evidence()
    reported = by_path(known.reported)
    seen = views(pull, policy)

    def work(file: FileDiff) -> Examined:
        return examine(file, pull, policy, known, checks, guards, reported.get(file.path, ()),
                       for_models=windows is not None, seen=seen)  # fmt: skip

    examined = tuple(spread(work, pull.files))
    files = tuple(one.report(file) for file, one in zip(pull.files, examined, strict=True))
    every = [one.material for one in examined if one.material is not None]
    had = memory or Memory()
    had = had if policy.review.incremental else replace(had, read={})
    digests = {material.path: _digest(material, readers, policy, known.key) for material in every}
    materials = [material for material in every if digests[material.path] not in had.read]
    earlier = {path: had.read[digest] for path, digest in digests.items() if digest in had.read}
    asks = wanted or Wanted()
    jobs = _jobs(materials, windows) if windows is not None and asks.review else None
    return Plan(
        replace(pull, files=(), paths=()), policy,
        tuple(_read_earlier(file, earlier) for file in _unplanned(files, materials, jobs)),
        tuple(finding for one in examined for finding in one.findings),
        tuple(rule for check in checks for rule in check.RULES), (*known.notices, *known.asides),
        known.asides, fail_on, jobs, had, digests,
        {material.path: material.label for material in every},
        sketched(pull, policy, asks, every, seen, {file.path: file.label for file in files}, known.index),
    )  # fmt: skip


def _digest(material: Material, readers: str, policy: Policy, key: bytes) -> str:
    """80 bits under the operator's key: without it, whoever writes both texts of a pair finds two of one digest."""
    told = (readers, review.SYSTEM, policy.review.language, material.label, *material.instructions,
            rendered(material, material.rich))  # fmt: skip
    text = "\0".join(map(str, told)).encode("utf-8", "surrogatepass")
    return hmac.digest(key, _DOMAIN + text, "sha256").hex()[:20]


def _read_earlier(file: FileReport, earlier: Mapping[str, str]) -> FileReport:
    backend = earlier.get(file.path)
    return replace(file, outcome="reviewed", route=backend, reason="as at an earlier head") if backend else file


def _jobs(materials: Sequence[Material], windows: Windows) -> tuple[Job, ...]:
    by_label = {label: windows.of(label) for label in {material.label for material in materials}}
    overhead = windows.count(review.SYSTEM) + windows.count(review.AGAIN)
    return tuple(_stripped(job) for job in plan(materials, by_label, overhead, windows.count))


def _stripped(job: Job) -> Job:
    """The job without what its parts were chosen from."""
    parts = (replace(part, material=replace(part.material, lean=(), rich=())) for part in job.parts)
    return replace(job, parts=tuple(parts))


def _unplanned(files: Sequence[FileReport], materials: Sequence[Material],
               jobs: Sequence[Job] | None) -> Iterator[FileReport]:  # fmt: skip
    """The files, failed where a model should read them and no window is large enough."""
    held = {path for job in jobs or () for path in job.paths}
    lost = {material.path for material in materials} - held
    for file in files:
        reason = "the windows of the models are too small for any of it"
        yield replace(file, outcome="failed", reason=reason) if jobs is not None and file.path in lost else file
