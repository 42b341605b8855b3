"""One changed file: its label, its credentials withheld, what the checks say, and what a model may be told of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reviewbot.core import credentials
from reviewbot.core.credentials import Hit
from reviewbot.core.diff import FileDiff, Hunk, Side
from reviewbot.core.findings import Finding
from reviewbot.core.fingerprints import NOWHERE, Index
from reviewbot.core.instructions import matching
from reviewbot.core.labels import Label, join, permits
from reviewbot.core.merging import fold, merge
from reviewbot.core.passages import Material, passages
from reviewbot.core.paths import is_lock
from reviewbot.core.policy import FILE, Classification, Policy, classify, classify_path, is_ignored
from reviewbot.core.pull import PullRequest
from reviewbot.core.report import FileReport, file_report
from reviewbot.core.symbols import Syntax
from reviewbot.core.text import clipped
from reviewbot.pipeline import withholding
from reviewbot.ports import Check, Reading

#: Rows and characters of a row that a finding quotes.
_ROWS, _WIDE = 50, 1000
#: Findings of checks that a model is told of, per file.
_FACTS = 20
#: Characters of a new side that a suggestion is tried on; in a larger file it is said in prose.
_TRIED = 500_000


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a review rests on beside the change itself."""

    #: The policy after the merge; None where the change leaves it alone.
    proposed: Policy | None = None
    #: Restricted texts that the change may have copied.
    index: Index = NOWHERE
    #: Findings of other tools, on changed lines.
    reported: tuple[Finding, ...] = ()
    #: The operator's key for fingerprints of credentials; without one none can be accepted.
    key: bytes = b""
    #: What the reader of the report has to know, and those of these that may depend on text of any label.
    notices: tuple[str, ...] = ()
    asides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Examined:
    """One file, classified and checked; `material` is None where no model is to read it."""

    #: Without hunks where nothing is withheld from them: it may come from another process.
    bare: FileReport
    findings: tuple[Finding, ...]
    material: Material | None = None

    def report(self, file: FileDiff) -> FileReport:
        return self.bare if self.bare.hunks else replace(self.bare, hunks=file.hunks)


#: Applies a function to every file, in order: `map`, or several processes.
Spread = Callable[[Callable[[FileDiff], Examined], Sequence[FileDiff]], Iterable[Examined]]


def views(pull: PullRequest, policy: Policy) -> Mapping[Label, PullRequest]:
    """The pull request as files of each label may know it: without the paths of what is labelled above.

    What a file copies does not count here: whether it does, nothing below may show.
    """
    labels = {file.path: classify(policy, file).label for file in pull.files}
    known = {path: labels[path] if path in labels else classify_path(policy, path).label for path in pull.paths}
    return {
        label: replace(
            pull,
            files=tuple(file for file in pull.files if labels[file.path] <= label),
            paths=tuple(path for path in pull.paths if known[path] <= label),
        )
        for label in Label
    }


def examine(file: FileDiff, pull: PullRequest, policy: Policy, evidence: Evidence, checks: Sequence[Check],
            guards: Sequence[Check], reported: Sequence[Finding], *, for_models: bool,
            seen: Mapping[Label, PullRequest] | None = None) -> Examined:  # fmt: skip
    """One file. `guards` are the checks that also read what the policy's `ignore` leaves out."""
    verdict = classify(policy, file, evidence.index)
    skipped = is_ignored(policy, file.path, verdict.label)
    hits = {side: _hits(file, side) for side in withholding.SIDES}
    reading = Reading(file, verdict.label, Syntax(file), pull, policy, evidence.proposed,
                      hits["old"], hits["new"], verdict.excerpt, _names(file, hits, evidence.key),
                      (seen or {}).get(verdict.label))  # fmt: skip
    spots = withholding.spots(withholding.everywhere(file, hits))
    withheld = tuple(withholding.hunks(file.hunks, spots))
    labels = tuple(withholding.label(hunk, verdict.label, spots) for hunk in file.hunks)
    said = fold(finding for check in (guards if skipped else checks) for finding in check.check(reading))
    theirs = () if skipped else fold(reported)
    findings = merge(*(_labelled(reading, withheld, tuple(group)) for group in (said, theirs)))
    report = file_report(file, verdict, withheld if spots else (), labels, ignored=skipped)
    if not for_models or report.outcome != "checked":
        return Examined(report, findings)
    if reason := _unsuited(file):
        return Examined(replace(report, reason=reason), findings)
    return Examined(report, findings, _material(reading, policy, verdict, withheld, spots, findings))


def _unsuited(file: FileDiff) -> str:
    """Why no model reads a file that the checks have read; "" where one does."""
    if is_lock(file.path):
        return "a list of locked versions: read by checks alone"
    return "" if file.added or file.removed else "no line of it changes"


def _material(reading: Reading, policy: Policy, verdict: Classification, hunks: Sequence[Hunk],
              spots: withholding.Spots, findings: Sequence[Finding]) -> Material:  # fmt: skip
    """What a model may be told. The team's words have the label of the document that they stand in."""
    file = reading.file
    asked = matching(policy, file.path)
    label = join(verdict.label, classify_path(policy, FILE).label if asked else Label.PUBLIC)
    rows = withholding.rows(file, spots)
    lean, rich = passages(hunks, rows, reading.syntax)
    facts = [_fact(finding) for finding in findings if permits(verdict.label, finding.label)]
    text = "\n".join(rows) + "\n" * (file.new.text or "").endswith("\n")
    return Material(
        file.path, file.old_path, file.change, label, lean, rich, tuple(facts[:_FACTS]), asked,
        text if len(text) <= _TRIED else "", sum(len(found) for found in spots.values()),
    )  # fmt: skip


def _fact(finding: Finding) -> str:
    spot = finding.location
    side = "removed line" if spot.side == "old" else "line"
    return finding.title if spot.line is None else f"{side} {spot.line}: {finding.title}"


def by_path(findings: Iterable[Finding]) -> Mapping[str, Sequence[Finding]]:
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.location.path].append(finding)
    return groups


def _hits(file: FileDiff, side: Side) -> tuple[Hit, ...]:
    return tuple(credentials.find(withholding.text(file, side), file.side_path(side)))


def _names(file: FileDiff, hits: Mapping[Side, Sequence[Hit]], key: bytes) -> dict[tuple[Side, Hit], str]:
    """The fingerprint of every credential; none without a key, for an unkeyed one would help to guess the value."""
    if not key:
        return {}
    return {
        (side, parts[0]): name
        for side, found in hits.items()
        for name, parts in credentials.fingerprints(key, withholding.text(file, side), found)
    }


def _labelled(reading: Reading, hunks: Sequence[Hunk], findings: Sequence[Finding]) -> Iterator[Finding]:
    """The findings with at least the file's label and the quoted lines, read from the withheld hunks."""
    if not findings:
        return
    values = withholding.values(reading)
    lines = [line for hunk in hunks for line in hunk.lines]
    rows = {("new", reading.file.path, line.new): line.text for line in lines if line.new is not None}
    rows |= {("old", reading.file.old_path, line.old): line.text for line in lines if line.old is not None}
    for finding in findings:
        yield replace(
            quoted(finding, rows), label=join(reading.label, finding.label),
            title=withholding.without(finding.title, values), body=withholding.without(finding.body, values),
        )  # fmt: skip


def quoted(finding: Finding, rows: Mapping[tuple[str, str, int], str]) -> Finding:
    """The finding with the lines that it is about; `rows` are by side, path and number."""
    spot = finding.location
    numbers = range(spot.line, (spot.end_line or spot.line) + 1)[:_ROWS] if spot.line else ()
    found = [rows[spot.side, spot.path, number] for number in numbers if (spot.side, spot.path, number) in rows]
    return replace(finding, quote="\n".join(clipped(row, _WIDE) for row in found))
