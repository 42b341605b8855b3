"""What a finished run may say of itself: counts, coverage and a verdict that never looks greener than the reading."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from reviewbot.core.findings import Finding, Severity
from reviewbot.core.report import FileReport, Outcome, Report
from reviewbot.core.text import visible

OUTCOMES: tuple[Outcome, ...] = ("reviewed", "checked", "skipped", "failed")


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def outcomes(report: Report) -> dict[Outcome, int]:
    """The files by what became of them, in the order of OUTCOMES, none left out."""
    counts = Counter(file.outcome for file in report.files)
    return {outcome: counts[outcome] for outcome in OUTCOMES}


def severities(findings: Iterable[Finding]) -> dict[Severity, int]:
    """The findings by severity, the worst first, none left out."""
    counts = Counter(finding.severity for finding in findings)
    return {severity: counts[severity] for severity in sorted(Severity, reverse=True)}


def changed(file: FileReport) -> int:
    return file.added + file.removed


def lines_read(report: Report) -> tuple[int, int]:
    """Changed lines that were read, and all that are known. A file that could not be read has none to count."""
    read = sum(changed(file) for file in report.files if is_read(file))
    return read, sum(map(changed, report.files))


def is_read(file: FileReport) -> bool:
    return file.outcome in ("reviewed", "checked")


def readers(report: Report) -> str:
    """Who read how many files: `3 reviewed by hosted, 2 reviewed by local, 7 checked, 1 skipped`."""
    routes = Counter(file.route or "a model" for file in report.files if file.outcome == "reviewed")
    parts = [f"{number:,} reviewed by {visible(route)}" for route, number in routes.items()]
    parts += [f"{number:,} {name}" for name, number in outcomes(report).items() if number and name != "reviewed"]
    return ", ".join(parts) or "nothing changed"


def unread(report: Report) -> list[tuple[str, int]]:
    """Why files were not read, and how many for each reason; failures before what was skipped by design."""
    left = sorted((file for file in report.files if not is_read(file)), key=lambda file: file.outcome)
    return list(Counter(f"{file.outcome}: {visible(file.reason) or 'no reason given'}" for file in left).items())


def verdict(report: Report) -> str:
    """What kind of reading this was, in one phrase; "reviewed" alone only where a model read every file."""
    counts = outcomes(report)
    if not report.files:
        return "nothing changed"
    if counts["failed"]:
        return f"incomplete: {counted(counts['failed'], 'file')} could not be read"
    if not counts["reviewed"]:
        return "checked, no model" if counts["checked"] else "nothing was read"
    if counts["reviewed"] == len(report.files):
        return "reviewed"
    return f"reviewed in part: {counts['reviewed']:,} of {counted(len(report.files), 'file')} by a model"


def found(findings: Iterable[Finding]) -> str:
    """`1 critical, 2 high`, or `no findings`."""
    parts = [f"{number:,} {severity}" for severity, number in severities(findings).items() if number]
    return ", ".join(parts) or "no findings"


def name(file: FileReport) -> str:
    """The path on one line; where it came from too, for what was moved or copied."""
    moved = file.change in ("renamed", "copied")
    return f"{visible(file.old_path)} → {visible(file.path)}" if moved else visible(file.path)


def place(finding: Finding) -> str:
    """`path:line`, `path:line-end`, and whether the line is one that was removed."""
    spot = finding.location
    lines = "" if spot.line is None else f":{spot.line}"
    if spot.line is not None and spot.end_line not in (None, spot.line):
        lines += f"-{spot.end_line}"
    return visible(spot.path) + lines + (" (removed)" if spot.side == "old" else "")


def homes(report: Report) -> tuple[FileReport | None, ...]:
    """The file that each finding belongs to, in the findings' order; None where the change has no such file."""
    new = {file.path: file for file in report.files}
    old: dict[str, list[FileReport]] = defaultdict(list)
    for file in report.files:
        old[file.old_path].append(file)

    def home(finding: Finding) -> FileReport | None:
        spot = finding.location
        if spot.side == "new":
            return new.get(spot.path)
        # One old file may have several copies: the one that removed the line is meant.
        return next((file for file in old[spot.path] if removes(file, spot.line)), next(iter(old[spot.path]), None))

    return tuple(map(home, report.findings))


def removes(file: FileReport, number: int | None) -> bool:
    return any(line.new is None and line.old == number for hunk in file.hunks for line in hunk.lines)


def new_line(file: FileReport | None, finding: Finding) -> int | None:
    """The finding's line in the new file: for one on the old side, the line above which it stood."""
    spot = finding.location
    if file is None or spot.side == "new" or spot.line is None:
        return spot.line if spot.side == "new" else None
    above: int | None = None
    for line in (line for hunk in file.hunks for line in hunk.lines):
        if line.old is not None and line.old >= spot.line:
            return above
        above = line.new or above
    return above
