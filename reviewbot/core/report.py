"""The outcome of a run as one value: what every format renders and every exit code is made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Literal

from reviewbot import __version__
from reviewbot.core.answers import Usage
from reviewbot.core.diff import ChangeKind, FileDiff, Hunk, Side
from reviewbot.core.drafts import Drafts
from reviewbot.core.findings import Dropped, Finding, Rule, Severity, rank
from reviewbot.core.grammars import language_of
from reviewbot.core.labels import Label, permits
from reviewbot.core.paths import is_foreign, is_pipeline, is_text_name
from reviewbot.core.policy import Classification, Policy
from reviewbot.core.pull import PullRequest
from reviewbot.core.style import ReviewStyle
from reviewbot.core.symbols import MAX_PARSED

Outcome = Literal["reviewed", "checked", "skipped", "failed"]
Status = Literal["reviewed", "checked", "partial", "failed"]
#: Bytes of a CI definition that are read (nodes.MAX_TEXT).
MAX_PIPELINE = 512_000
Conclusion = Literal["success", "failure", "neutral", "action_required"]


@dataclass(frozen=True, slots=True)
class FileReport:
    """One changed path: its label and why, who read it, and the change with credentials withheld."""

    path: str
    old_path: str
    change: ChangeKind
    label: Label
    rules: tuple[str, ...]
    warnings: tuple[str, ...]
    route: str | None
    outcome: Outcome
    reason: str
    hunks: tuple[Hunk, ...]
    #: The label of each hunk as it stands in git: SECRET where a credential is withheld.
    hunk_labels: tuple[Label, ...] = ()

    @property
    def added(self) -> int:
        return sum(line.old is None for hunk in self.hunks for line in hunk.lines)

    @property
    def removed(self) -> int:
        return sum(line.new is None for hunk in self.hunks for line in hunk.lines)


@dataclass(frozen=True, slots=True)
class Record:
    """Where a run's ledger is and how it ends; `path` is "" where none is kept."""

    path: str
    entries: int
    head: str


@dataclass(frozen=True, slots=True)
class Report:
    """A finished run. `findings` are ranked; `posted` says which are shown inline."""

    base_sha: str
    head_sha: str
    number: int | None
    title: str
    policy: Policy
    status: Status
    conclusion: Conclusion
    exit_code: int
    files: tuple[FileReport, ...]
    findings: tuple[Finding, ...]
    notices: tuple[str, ...] = ()
    #: Every kind of finding that this run looked for, found or not.
    rules: tuple[Rule, ...] = ()
    #: The severity from which a finding blocks; None never does.
    gate: Severity | None = None
    #: What models said and nobody is shown, and why.
    dropped: tuple[Dropped, ...] = ()
    usage: tuple[Usage, ...] = ()
    ledger: Record | None = None
    #: What may be posted; findings above it are withheld.
    comments: Label = Label.RESTRICTED
    #: Those of the notices that may depend on text of any label.
    asides: tuple[str, ...] = ()
    #: Findings that somebody who may write to the project dismissed, and findings of a policy's `[[dismiss]]`.
    dismissed: tuple[Finding, ...] = ()
    #: What is offered to a human: commit messages, test scaffolds.
    drafts: Drafts = field(default_factory=Drafts)
    version: str = __version__


def file_report(file: FileDiff, verdict: Classification, hunks: tuple[Hunk, ...],
                hunk_labels: tuple[Label, ...] = (), *, ignored: bool = False) -> FileReport:  # fmt: skip
    """What became of a file that only the checks read."""
    outcome, reason = _outcome(file)
    if outcome == "checked" and ignored:
        outcome, reason = "skipped", "the policy ignores it"
    elif outcome == "checked" and is_foreign(file.path, file.old.text or ""):
        outcome, reason = "skipped", "vendored or generated: most checks leave it to its authors"
    elif outcome == "checked" and file.new.size > _most(file.path):
        outcome, reason = "failed", "too large to be parsed: searched for credentials and hidden characters only"
    return FileReport(file.path, file.old_path, file.change, verdict.label, verdict.rules, verdict.warnings,
                      None, outcome, reason, hunks, hunk_labels)  # fmt: skip


def _outcome(file: FileDiff) -> tuple[Outcome, str]:
    match file.absence:
        case "missing":
            return "failed", "git object is missing: a partial clone? fetch without --filter"
        case "over budget":
            return "failed", "the pull request has more text than one run reads"
        case "too large":
            return "failed", "a text of more than 4 MiB or 250,000 lines"
        case "submodule" if file.new.absence == "submodule":
            return "skipped", "a submodule: its code is in another repository"
        case "binary" if _was_text(file):
            return "failed", "a text by its name or at the base, with a NUL byte in it: it cannot be read as text"
        case "binary":
            return "skipped", "binary"
        case _:
            return "checked", ""


def _most(path: str) -> float:
    """Bytes of a file that the checks parse: padding must not hide what code or a CI definition does."""
    if language_of(path) is not None:
        return MAX_PARSED
    return MAX_PIPELINE if is_pipeline(path) else inf


def _was_text(file: FileDiff) -> bool:
    """Whether a file that reads as binary should be text: a NUL in a comment must not hide a program."""
    base = file.old.text is not None and file.new.exists
    return base or (file.new.exists and (language_of(file.path) is not None or is_text_name(file.path)))


#: Below this confidence a finding is told in the summary only.
SURE = 0.5


def assemble(pull: PullRequest, policy: Policy, files: Sequence[FileReport], findings: Iterable[Finding],
             fail_on: Severity | None, notices: Sequence[str] = (), rules: Sequence[Rule] = (), *,
             comments: Label = Label.RESTRICTED) -> Report:  # fmt: skip
    """Rank the findings, cut them to the comment budget, and derive status, conclusion and exit code.

    The findings are identified.
    """
    ranked = sorted(findings, key=rank)
    placed = posted(ranked, files, policy.review, comments)
    blocking = fail_on is not None and any(finding.severity >= fail_on for finding in placed)
    outcomes = {file.outcome for file in files}
    failed = "failed" in outcomes
    conclusion: Conclusion = (
        "failure" if blocking
        else "action_required" if policy.failure
        else "success" if "reviewed" in outcomes and all(map(is_whole, files))
        else "neutral"
    )  # fmt: skip
    return Report(
        base_sha=pull.base_sha, head_sha=pull.head_sha, number=pull.number, title=pull.title, policy=policy,
        status=status_of(files), conclusion=conclusion, exit_code=3 if failed else int(blocking),
        files=tuple(files), findings=placed, notices=tuple(notices), rules=tuple(rules), gate=fail_on,
        comments=comments,
    )  # fmt: skip


def is_whole(file: FileReport) -> bool:
    """Whether a model read all there is to read of a file: what was only moved has no line for one."""
    return file.outcome == "reviewed" or (file.outcome == "checked" and not file.hunks)


def status_of(files: Iterable[FileReport]) -> Status:
    """What kind of reading it was as a whole."""
    outcomes = {file.outcome for file in files}
    if "failed" in outcomes:
        return "partial" if outcomes - {"failed", "skipped"} else "failed"
    if outcomes == {"skipped"}:
        return "partial"
    return "reviewed" if "reviewed" in outcomes else "checked"


def posted(ranked: Sequence[Finding], files: Sequence[FileReport], style: ReviewStyle,
           clearance: Label) -> tuple[Finding, ...]:  # fmt: skip
    """The findings with where a sink of this clearance shows them."""
    return tuple(_place(ranked, files, style, clearance))


def _place(ranked: Sequence[Finding], files: Sequence[FileReport], style: ReviewStyle,
           comments: Label) -> Iterable[Finding]:  # fmt: skip
    """The first findings that people should meet at their lines go inline, up to the budget; the rest to the summary.

    What may not be posted is set aside first: what is shown of the rest does not depend on it.
    """
    left = style.max_comments
    shown = _shown(files)
    for finding in ranked:
        spot = finding.location
        sure = finding.severity >= style.min_severity and finding.confidence >= SURE
        if not permits(comments, finding.label):
            yield replace(finding, posted="withheld")
        elif left > 0 and sure and spot.line in shown.get((spot.side, spot.path), (spot.line,)) and spot.line:
            left -= 1
            yield replace(finding, posted="inline")
        else:
            yield replace(finding, posted="summary")


def _shown(files: Sequence[FileReport]) -> Mapping[tuple[Side, str], frozenset[int | None]]:
    """By side and path the lines that a forge shows of a change: a comment on any other it refuses."""
    found: dict[tuple[Side, str], frozenset[int | None]] = {}
    for file in files:
        lines = [line for hunk in file.hunks for line in hunk.lines]
        found["new", file.path] = frozenset(line.new for line in lines)
        found["old", file.old_path] = found.get(("old", file.old_path), frozenset()) | {line.old for line in lines}
    return found
