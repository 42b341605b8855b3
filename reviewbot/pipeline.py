"""The sentence of functions: a loaded pull request and a policy in, a report out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from reviewbot.core import credentials
from reviewbot.core.diff import FileDiff, Hunk, Line, Side
from reviewbot.core.findings import Finding, Severity
from reviewbot.core.fingerprints import NOWHERE, Index
from reviewbot.core.labels import join
from reviewbot.core.policy import Policy, classify
from reviewbot.core.pull import PullRequest
from reviewbot.core.report import FileReport, Report, assemble, file_report
from reviewbot.core.symbols import Syntax
from reviewbot.ports import Check, Reading


def review(pull: PullRequest, policy: Policy, *, checks: Sequence[Check], proposed: Policy | None = None,
           fail_on: Severity | None = Severity.CRITICAL, notices: Sequence[str] = (),
           index: Index = NOWHERE) -> Report:  # fmt: skip
    """Classify and check every changed file. Pure but for the checks' own reading of trees."""
    files: list[FileReport] = []
    findings: list[Finding] = []
    for file in pull.files:
        verdict = classify(policy, file, index)
        hits = {side: tuple(credentials.find(_text(file, side), file.side_path(side))) for side in ("old", "new")}
        reading = Reading(file, verdict.label, Syntax(file), pull, policy, proposed,
                          hits["old"], hits["new"], verdict.excerpt)  # fmt: skip
        withheld = tuple(_withheld(file.hunks, reading))
        files.append(file_report(file, verdict, withheld))
        findings += _labelled(reading, withheld, (finding for check in checks for finding in check.check(reading)))
    rules = [rule for check in checks for rule in check.RULES]
    return assemble(pull, policy, files, findings, fail_on, notices, rules)


def _text(file: FileDiff, side: Side) -> str:
    return (file.new if side == "new" else file.old).text or ""


def _withheld(hunks: Iterable[Hunk], reading: Reading) -> Iterator[Hunk]:
    """The hunks with every credential replaced by a placeholder: nothing after this has seen the value."""
    for hunk in hunks:
        yield replace(hunk, lines=tuple(_masked(line, reading) for line in hunk.lines))


def _masked(line: Line, reading: Reading) -> Line:
    side, number = ("new", line.new) if line.new is not None else ("old", line.old)
    hits = tuple(hit for hit in reading.hits("new" if side == "new" else "old") if hit.line == number)
    return replace(line, text=credentials.masked(line.text, hits)) if hits else line


def _labelled(reading: Reading, hunks: Sequence[Hunk], findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings with at least the file's label and the quoted lines, read from the withheld hunks."""
    quotable = {
        (side, number): line.text
        for hunk in hunks for line in hunk.lines
        for side, number in (("new", line.new), ("old", line.old)) if number is not None
    }  # fmt: skip
    for finding in findings:
        place = finding.location
        numbers = range(place.line, (place.end_line or place.line) + 1) if place.line else ()
        quote = "\n".join(quotable[place.side, number] for number in numbers if (place.side, number) in quotable)
        yield replace(finding, label=join(reading.label, finding.label), quote=quote)
