"""The review on a terminal, through rich: calm, short, colour only where the terminal has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import dedent

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reviewbot.core import summary
from reviewbot.core.findings import Finding, Severity, rank
from reviewbot.core.report import Conclusion, FileReport, Report
from reviewbot.core.text import clipped, harmless

COLOURS = {Severity.CRITICAL: "bold red", Severity.HIGH: "red", Severity.MEDIUM: "yellow",
           Severity.LOW: "cyan", Severity.INFO: "dim"}  # fmt: skip
#: Only a model's reading of everything is green.
CONCLUSIONS: dict[Conclusion, str] = {"success": "bold green", "failure": "bold red", "neutral": "bold",
                                      "action_required": "bold yellow"}  # fmt: skip
#: Rows of the table of files, findings in full and on one line, lines of a quote, characters of a text.
MOST_FILES, MOST_FULL, MOST_SHORT, MOST_QUOTED, LONG = 20, 20, 20, 3, 300
#: The column where the text of a finding begins.
INDENT = 12


def render(report: Report, *, width: int = 100, colour: bool = False) -> str:
    """The report as text of at most `width` columns, with ANSI colours if asked."""
    console = Console(width=width, force_terminal=colour, no_color=not colour, highlight=False, emoji=False,
                      color_system="standard" if colour else None, legacy_windows=False)  # fmt: skip
    with console.capture() as capture:
        console.print(Group(*_page(report)))
    return "\n".join(line.rstrip() for line in capture.get().removesuffix("\n").split("\n")) + "\n"


def _page(report: Report) -> Iterator[RenderableType]:
    shown = summary.published(report)
    yield _headline(shown)
    notices = [*shown.notices, *([summary.WITHHELD] if summary.is_short(report) else [])]
    yield from (Text(f"! {_plain(notice)}", "yellow") for notice in notices)
    placed, strays = summary.placed(shown)
    if len(shown.files) > 1 or any(not summary.is_read(file) for file in shown.files):
        yield Text()
        yield from _files(shown.files, placed)
    yield from _findings(shown, placed, strays)
    yield Text()
    yield Text.assemble((report.conclusion.replace("_", " "), CONCLUSIONS[report.conclusion]),
                        f"  {summary.verdict(shown)}; {summary.found(shown.findings)}")  # fmt: skip
    yield Text(summary.standing(shown), "dim")
    yield from (Text(_plain(line), "dim") for line in summary.accounts(shown))


def _plain(text: str) -> str:
    """One visible line of bounded length that no build server takes for a command."""
    return harmless(clipped(text, LONG))


def _headline(report: Report) -> Text:
    added, removed = sum(file.added for file in report.files), sum(file.removed for file in report.files)
    return Text.assemble(
        ("reviewbot ", "bold"), f"{report.base_sha[:10]}..{report.head_sha[:10]}  ",
        f"{summary.counted(len(report.files), 'file')}, +{added:,} -{removed:,}: {_plain(summary.readers(report))}",
    )  # fmt: skip


def _files(files: Sequence[FileReport], placed: Mapping[str, Sequence[Finding]]) -> Iterator[RenderableType]:
    """A row for each file: those read least first, then those with most findings."""
    ranked = sorted(
        files, key=lambda file: (-summary.OUTCOMES.index(file.outcome), -len(placed[file.path]), -file.label)
    )
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, pad_edge=False)
    for file in ranked[:MOST_FILES]:
        said = summary.found(placed[file.path]) if placed[file.path] else ""
        table.add_row(
            Text(str(file.label)), Text(f"{file.outcome} by {_plain(file.route)}" if file.route else file.outcome),
            Text(_plain(summary.name(file)), overflow="fold"),
            Text(f"+{file.added:,} -{file.removed:,}" if summary.changed(file) else "", justify="right"),
            Text(", ".join(filter(None, (_plain(file.reason), said))), "dim"),
        )  # fmt: skip
    yield Padding(table, (0, 0, 0, 2))
    if len(files) > MOST_FILES:
        yield Text(f"  and {summary.counted(len(files) - MOST_FILES, 'more file')}", "dim")


def _findings(
    report: Report, placed: Mapping[str, Sequence[Finding]], strays: Sequence[Finding]
) -> Iterator[RenderableType]:
    """By file, the file with the worst first: what matters in full, the rest on one line each."""
    groups = [(_plain(path), found) for path, found in placed.items() if found]
    groups.sort(key=lambda group: min(map(rank, group[1])))
    full, short = MOST_FULL, MOST_SHORT
    chosen = summary.in_full(report)
    for name, found in [*groups, ("about no file of this change", strays)]:
        heading = [Text(), Text(f"● {name}", "bold")]
        for finding in found:
            is_full = finding.id in chosen
            if (full if is_full else short) <= 0:
                continue
            full, short = full - is_full, short - (not is_full)
            yield from heading
            yield from _in_full(finding) if is_full else [_line(finding)]
            heading = []
    left = len(report.findings) - (MOST_FULL - full) - (MOST_SHORT - short)
    if left:
        yield Text()
        yield Text(f"and {summary.counted(left, 'more finding')}: --output review.html shows all", "dim")


def _line(finding: Finding) -> RenderableType:
    spot = finding.location
    where = "whole file" if spot.line is None else f"line {spot.line}"
    if spot.line is not None and spot.end_line not in (None, spot.line):
        where = f"lines {spot.line}-{spot.end_line}"
    removed = " (removed)" if spot.side == "old" else ""
    row = Table.grid()
    row.add_column(width=INDENT)
    row.add_column()
    row.add_row(
        Text(f"  {finding.severity}", COLOURS[finding.severity]),
        Text.assemble((_plain(finding.title), "bold"), (f"  {where}{removed}", "dim"), overflow="fold"),
    )
    return row


def _in_full(finding: Finding) -> Iterator[RenderableType]:
    yield _line(finding)
    lines = finding.quote.split("\n") if finding.quote.strip() else []
    shown = dedent("\n".join(lines[:MOST_QUOTED])).expandtabs(4).split("\n") if lines else []
    quote = [Text(f"│ {_plain(line)}", "dim", no_wrap=True, overflow="ellipsis") for line in shown]
    if len(lines) > MOST_QUOTED:
        quote.append(Text(f"│ … {summary.counted(len(lines) - MOST_QUOTED, 'more line')}", "dim"))
    body = [Text(_plain(" ".join(finding.body.split("\n"))), overflow="fold")] if finding.body else []
    yield Padding(Group(*body, *quote), (0, 0, 0, INDENT))
