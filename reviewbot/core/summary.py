"""What a finished run may say of itself: counts, coverage and a verdict that never looks greener than the reading."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from reviewbot.core.diff import Side
from reviewbot.core.findings import Finding, Severity
from reviewbot.core.labels import Label, permits
from reviewbot.core.report import FileReport, Outcome, Report, is_whole, posted, status_of
from reviewbot.core.text import visible
from reviewbot.errors import EgressDeniedError, NotReviewedError

OUTCOMES: tuple[Outcome, ...] = ("reviewed", "checked", "skipped", "failed")
#: Where the policy came from, by `Policy.source`.
SOURCES = {"base": "policy of the base commit", "operator": "policy named by the operator",
           "pack": "shipped policy pack", "none": "no policy"}  # fmt: skip
#: All that may be said of what is withheld: no count, no path, and the same whether anything is or not.
WITHHELD = "What may not be shown here is in the report on the operator's own disk."
#: What a build system's log may show of a change: many can read it. Never a line of a file, of any label.
LOG = Label.INTERNAL


def published(report: Report, clearance: Label | None = None) -> Report:
    """The report as a sink with this clearance may show it, None for the forge: nothing of it depends on text above.

    Conclusion and exit code alone are those of the whole run: they have to be told.
    """
    cleared = report.comments if clearance is None else clearance
    findings = tuple(item for item in report.findings if item.posted != "withheld" and permits(cleared, item.label))
    dismissed = tuple(item for item in report.dismissed if permits(cleared, item.label))
    drafts = report.drafts.cleared(cleared)
    if cleared >= Label.RESTRICTED:
        return replace(report, findings=findings, dismissed=dismissed, drafts=drafts)
    files = tuple(file for file in report.files if permits(cleared, file.label))
    if cleared < report.comments:
        # Places at lines are few: what is above must not have taken any of them here.
        findings = posted(findings, files, report.policy.review, cleared)
    return replace(
        report, files=files, status=status_of(files), findings=findings, comments=cleared,
        notices=tuple(notice for notice in report.notices if notice not in report.asides), asides=(),
        dropped=tuple(item for item in report.dropped if permits(cleared, item.label)), usage=(), ledger=None,
        dismissed=dismissed, drafts=drafts,
    )  # fmt: skip


def is_short(report: Report, clearance: Label | None = None) -> bool:
    """Whether a sink with this clearance has to say that something may be withheld."""
    cleared = report.comments if clearance is None else clearance
    return cleared < Label.RESTRICTED or any(item.posted == "withheld" for item in report.findings)


def kept(report: Report) -> Report:
    """The report as a file on the operator's own disk may hold it: all but credentials."""
    return replace(report, findings=tuple(item for item in report.findings if permits(Label.RESTRICTED, item.label)),
                   drafts=report.drafts.cleared(Label.RESTRICTED))  # fmt: skip


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
    return ", ".join(parts) or ("nothing to show" if is_short(report) else "nothing changed")


def unread(report: Report) -> list[tuple[str, int]]:
    """Why files were not read, and how many for each reason; failures before what was skipped by design."""
    left = sorted((file for file in report.files if not is_read(file)), key=lambda file: file.outcome)
    return list(Counter(f"{file.outcome}: {visible(file.reason) or 'no reason given'}" for file in left).items())


def verdict(report: Report) -> str:
    """What kind of reading this was, in one phrase; "reviewed" alone only where a model read every file."""
    counts = outcomes(report)
    if not report.files:
        return "nothing to show" if report.exit_code or is_short(report) else "nothing changed"
    if counts["failed"]:
        return f"incomplete: {counted(counts['failed'], 'file')} could not be read"
    if report.exit_code == NotReviewedError.exit_code:  # What failed is not shown here.
        return "incomplete"
    if not counts["reviewed"]:
        return "checked, no model" if counts["checked"] else "nothing was read"
    if all(map(is_whole, report.files)):
        return "reviewed" if report.conclusion in ("success", "failure") else "reviewed as far as it is shown here"
    return f"reviewed in part: {counts['reviewed']:,} of {counted(len(report.files), 'file')} by a model"


def in_full(report: Report) -> frozenset[str]:
    """The ids of the findings to show in full: the inline ones, and as many about whole files, which have no line."""
    style = report.policy.review
    folded = [item for item in report.findings if item.posted == "summary"]
    whole = [item for item in folded if item.location.line is None and item.severity >= style.min_severity]
    inline = [item for item in report.findings if item.posted == "inline"]
    return frozenset(item.id for item in (*inline, *whole[: style.max_comments]))


def standing(report: Report) -> str:
    """The exit code and why."""
    failed = outcomes(report)["failed"]
    blocking = sum(report.gate is not None and finding.severity >= report.gate for finding in report.findings)
    reasons = [f"{counted(failed, 'file')} could not be read"] if failed else []
    if blocking:
        reasons.append(f"{counted(blocking, 'finding')} at or above {report.gate}")
    elif report.exit_code == 1:  # What blocks is withheld here.
        reasons.append(f"something at or above {report.gate}")
    if report.exit_code == NotReviewedError.exit_code and not failed:
        reasons.append("something could not be read")
    if report.exit_code == EgressDeniedError.exit_code:
        reasons.append("something may be read by no model of this run")
    if not reasons:
        reasons.append("no severity blocks" if report.gate is None else f"nothing at or above {report.gate}")
    return f"exit code {report.exit_code}: {', '.join(reasons)}"


def accounts(report: Report) -> Iterator[str]:
    """What asking models took, a line for each backend; what was put aside; and where the ledger ends."""
    for one in report.usage:
        failed = f", {one.failed:,} failed" if one.failed else ""
        cost = f", ${one.cost_usd:.4f}" if one.cost_usd else ""
        tokens = f"{one.tokens_in:,} tokens in, {one.tokens_out:,} out"
        seconds = f"median {one.p50:.1f} s, 95 % {one.p95:.1f} s"
        name = f"{visible(one.backend)} ({visible(one.model)})"
        yield f"{name}: {counted(one.calls, 'call')}{failed}, {tokens}{cost}, {seconds}"
    if report.dropped:
        reasons = Counter(visible(item.reason.partition(":")[0]) for item in report.dropped)
        yield "put aside: " + ", ".join(f"{number:,} {reason}" for reason, number in reasons.most_common())
    if report.ledger is not None:
        # The head first: names of ledgers may be many, and what is too long is cut.
        where = f" of {visible(report.ledger.path)}" if report.ledger.path else ""
        yield f"ledger head {report.ledger.head} after {counted(report.ledger.entries, 'line')}{where}"


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
    old = {file.old_path: file for file in reversed(report.files)}
    removing = _removing(report)
    spots = (finding.location for finding in report.findings)
    return tuple(
        new.get(spot.path) if spot.side == "new" else removing.get((spot.path, spot.line), old.get(spot.path))
        for spot in spots
    )


def _removing(report: Report) -> dict[tuple[str, int | None], FileReport]:
    """By old path and line the file that removed it: one old file may have several copies."""
    asked = {finding.location.path for finding in report.findings if finding.location.side == "old"}
    files = [file for file in reversed(report.files) if file.old_path in asked]
    return {(file.old_path, line.old): file
            for file in files for hunk in file.hunks for line in hunk.lines if line.new is None}  # fmt: skip


def placed(report: Report) -> tuple[dict[str, list[Finding]], list[Finding]]:
    """The findings of each file by its path, every file named, and those that belong to none."""
    groups: dict[str, list[Finding]] = {file.path: [] for file in report.files}
    strays: list[Finding] = []
    for finding, home in zip(report.findings, homes(report), strict=True):
        (strays if home is None else groups[home.path]).append(finding)
    return groups, strays


def signs(report: Report) -> dict[str, str]:
    """By a finding's id what became of its first line: `+`, `-`, or blank where it stayed or is not in the change."""
    files = {file.path: file for file in report.files}
    found: dict[str, str] = {}
    for path, findings in placed(report)[0].items():
        lines = _marks(files[path]) if findings else {}
        found |= {item.id: lines.get((item.location.side, item.location.line), " ") for item in findings}
    return found


def _marks(file: FileReport) -> dict[tuple[Side, int | None], str]:
    marks: dict[tuple[Side, int | None], str] = {}
    for line in (line for hunk in file.hunks for line in hunk.lines):
        marks["old", line.old] = marks["new", line.new] = line.mark
    return marks


def new_lines(report: Report) -> Iterator[int | None]:
    """Each finding's line in the new file: for one on the old side, the line above which it stood."""
    tables: dict[str, tuple[list[int], list[int | None]]] = {}
    for finding, home in zip(report.findings, homes(report), strict=True):
        spot = finding.location
        if spot.side == "new":
            yield spot.line
        elif home is None or spot.line is None:
            yield None
        else:
            if home.path not in tables:
                tables[home.path] = _above(home)
            numbers, above = tables[home.path]
            yield above[bisect_left(numbers, spot.line)]


def _above(file: FileReport) -> tuple[list[int], list[int | None]]:
    """The old lines of the hunks, and for each, and for what comes after them, the last new line above."""
    numbers: list[int] = []
    above: list[int | None] = []
    last: int | None = None
    for line in (line for hunk in file.hunks for line in hunk.lines):
        if line.old is not None:
            numbers.append(line.old)
            above.append(last)
        last = line.new or last
    return numbers, [*above, last]
