"""The sentence of functions: a loaded pull request and a policy in, a report out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reviewbot.core import credentials
from reviewbot.core.credentials import Hit
from reviewbot.core.diff import FileDiff, Hunk, Line, Side
from reviewbot.core.findings import Finding, Severity
from reviewbot.core.fingerprints import NOWHERE, Index
from reviewbot.core.labels import Label, join
from reviewbot.core.merging import fold, merge
from reviewbot.core.policy import Classification, Policy, classify, is_ignored
from reviewbot.core.pull import PullRequest
from reviewbot.core.report import FileReport, Report, assemble, file_report
from reviewbot.core.symbols import Syntax
from reviewbot.core.text import clipped
from reviewbot.ports import Check, Reading


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
    #: What the reader of the report has to know.
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Examined:
    """One file, classified and checked."""

    verdict: Classification
    findings: tuple[Finding, ...]
    ignored: bool
    #: The label of each hunk, and the hunks with what is withheld; None where nothing is, for it may come from afar.
    labels: tuple[Label, ...]
    withheld: tuple[Hunk, ...] | None

    def report(self, file: FileDiff) -> FileReport:
        hunks = file.hunks if self.withheld is None else self.withheld
        return file_report(file, self.verdict, hunks, self.labels, ignored=self.ignored)


#: Applies a function to every file, in order: `map`, or several processes.
Spread = Callable[[Callable[[FileDiff], Examined], Sequence[FileDiff]], Iterable[Examined]]


def review(pull: PullRequest, policy: Policy, *, checks: Sequence[Check], guards: Sequence[Check] = (),
           evidence: Evidence | None = None, fail_on: Severity | None = Severity.CRITICAL,
           spread: Spread = map) -> Report:  # fmt: skip
    """Classify and check every changed file.

    `guards` are the checks that also read what the policy's `ignore` leaves out.
    """
    known = evidence or Evidence()
    reported = _by_path(known.reported)

    def work(file: FileDiff) -> Examined:
        return examine(file, pull, policy, known, checks, guards, reported.get(file.path, ()))

    examined = tuple(spread(work, pull.files))
    findings = [finding for one in examined for finding in one.findings]
    rules = [rule for check in checks for rule in check.RULES]
    files = [one.report(file) for file, one in zip(pull.files, examined, strict=True)]
    return assemble(pull, policy, files, findings, fail_on, known.notices, rules)


def examine(file: FileDiff, pull: PullRequest, policy: Policy, evidence: Evidence, checks: Sequence[Check],
            guards: Sequence[Check], reported: Sequence[Finding]) -> Examined:  # fmt: skip
    """One file: its label, its credentials withheld, and what the checks and other tools say of it."""
    verdict = classify(policy, file, evidence.index)
    skipped = is_ignored(policy, file.path, verdict.label)
    hits = {side: _hits(file, side) for side in _SIDES}
    reading = Reading(file, verdict.label, Syntax(file), pull, policy, evidence.proposed,
                      hits["old"], hits["new"], verdict.excerpt, _names(file, hits, evidence.key))  # fmt: skip
    spots = _spots(hits)
    withheld = tuple(_withheld(file.hunks, spots))
    labels = tuple(_label(hunk, verdict.label, spots) for hunk in file.hunks)
    said = fold(finding for check in (guards if skipped else checks) for finding in check.check(reading))
    theirs = () if skipped else fold(reported)
    findings = merge(*(_labelled(reading, withheld, tuple(group)) for group in (said, theirs)))
    return Examined(verdict, findings, skipped, labels, withheld if spots else None)


_SIDES: tuple[Side, Side] = ("old", "new")


def _by_path(findings: Iterable[Finding]) -> Mapping[str, Sequence[Finding]]:
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.location.path].append(finding)
    return groups


def _hits(file: FileDiff, side: Side) -> tuple[Hit, ...]:
    return tuple(credentials.find(_text(file, side), file.side_path(side)))


def _text(file: FileDiff, side: Side) -> str:
    return (file.new if side == "new" else file.old).text or ""


def _names(file: FileDiff, hits: Mapping[Side, Sequence[Hit]], key: bytes) -> dict[tuple[Side, Hit], str]:
    """The fingerprint of every credential; none without a key, for an unkeyed one would help to guess the value."""
    if not key:
        return {}
    return {
        (side, parts[0]): name
        for side, found in hits.items()
        for name, parts in credentials.fingerprints(key, _text(file, side), found)
    }


Spots = Mapping[tuple[Side, int | None], Sequence[Hit]]


def _spots(hits: Mapping[Side, Iterable[Hit]]) -> Spots:
    spots: defaultdict[tuple[Side, int | None], list[Hit]] = defaultdict(list)
    for side, found in hits.items():
        for hit in found:
            spots[side, hit.line].append(hit)
    return spots


def _on_line(line: Line, spots: Spots) -> tuple[Hit, ...]:
    """What of a line is a credential on either side: as context it stands on both."""
    return (*spots.get(("old", line.old), ()), *spots.get(("new", line.new), ()))


def _label(hunk: Hunk, label: Label, spots: Spots) -> Label:
    """A credential makes its hunk SECRET: no sink may have it as it stands in git, only with the value withheld."""
    return Label.SECRET if any(_on_line(line, spots) for line in hunk.lines) else label


def _withheld(hunks: Iterable[Hunk], spots: Spots) -> Iterator[Hunk]:
    """The hunks with every credential replaced by a placeholder: reports are made of these, never of the change itself.

    The section is a piece of some line above, so it goes where any line has a credential.
    """
    for hunk in hunks:
        masked = tuple(_masked(line, spots) for line in hunk.lines)
        yield replace(hunk, section="", lines=masked) if spots else hunk


def _masked(line: Line, spots: Spots) -> Line:
    hits = _on_line(line, spots)
    return replace(line, text=credentials.masked(line.text, hits)) if hits else line


def _labelled(reading: Reading, hunks: Sequence[Hunk], findings: Sequence[Finding]) -> Iterator[Finding]:
    """The findings with at least the file's label and the quoted lines, read from the withheld hunks."""
    quotable = {} if not findings else {
        (side, number): line.text
        for hunk in hunks for line in hunk.lines
        for side, number in (("new", line.new), ("old", line.old)) if number is not None
    }  # fmt: skip
    values = _values(reading) if findings else {}
    for finding in findings:
        place = finding.location
        numbers = range(place.line, (place.end_line or place.line) + 1) if place.line else ()
        rows = [quotable[place.side, number] for number in numbers[:_ROWS] if (place.side, number) in quotable]
        yield replace(
            finding, label=join(reading.label, finding.label), quote="\n".join(clipped(row, _WIDE) for row in rows),
            title=_without(finding.title, values), body=_without(finding.body, values),
        )  # fmt: skip


#: Rows and characters of a row that a finding quotes.
_ROWS, _WIDE = 50, 1000
#: Shorter values are words that stand in many sentences.
_TELLING = 6


def _values(reading: Reading) -> dict[str, str]:
    """The credentials of a file as a check may have cited them, and what is said in place of each."""
    values: dict[str, str] = {}
    for side in _SIDES:
        lines = _text(reading.file, side).split("\n") if reading.hits(side) else []
        for hit in reading.hits(side):
            values.setdefault(lines[hit.line - 1][hit.start : hit.end], f"⟦{hit.kind}⟧")
    return {value: values[value] for value in sorted(values, key=len, reverse=True)}


def _without(prose: str, values: Mapping[str, str]) -> str:
    """What a check says, without the credentials of its file and without what looks like one by itself."""
    for value, sign in values.items():
        prose = prose.replace(value, sign) if len(value) >= _TELLING else prose
    spots: defaultdict[int, list[Hit]] = defaultdict(list)
    for hit in credentials.find(prose, ""):
        spots[hit.line].append(hit)
    return "\n".join(credentials.masked(row, spots[number]) for number, row in enumerate(prose.split("\n"), 1))
