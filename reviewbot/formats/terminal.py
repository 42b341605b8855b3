"""The review on a terminal, through rich: calm, short, colour only where the terminal has it."""

from __future__ import annotations

from collections import Counter

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reviewbot.core.findings import Finding, Severity
from reviewbot.core.report import FileReport, Report
from reviewbot.core.text import visible

COLOURS = {Severity.CRITICAL: "bold red", Severity.HIGH: "red", Severity.MEDIUM: "yellow",
           Severity.LOW: "cyan", Severity.INFO: "dim"}  # fmt: skip


def render(report: Report, *, width: int = 100, colour: bool = False) -> str:
    """The report as text of at most `width` columns, with ANSI colours if asked."""
    console = Console(width=width, force_terminal=colour, no_color=not colour, highlight=False, emoji=False,
                      color_system="standard" if colour else None, legacy_windows=False)  # fmt: skip
    with console.capture() as capture:
        console.print(_page(report))
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"


def _page(report: Report) -> RenderableType:
    parts: list[RenderableType] = [_headline(report)]
    parts += [Text(f"! {visible(notice)}", "yellow") for notice in report.notices]
    parts += [Text(), _files(report), Text()]
    for finding in report.findings:
        parts += [_finding(finding)]
    parts.append(_verdict(report))
    return Group(*parts)


def _headline(report: Report) -> Text:
    counts = Counter(file.outcome for file in report.files)
    read = ", ".join(
        f"{counts[outcome]} {outcome}" for outcome in ("reviewed", "checked", "skipped", "failed") if counts[outcome]
    )
    return Text.assemble(("reviewbot ", "bold"), f"{report.base_sha[:10]}..{report.head_sha[:10]}  ",
                         f"{len(report.files)} files: {read or 'nothing changed'}")  # fmt: skip


def _files(report: Report) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for file in report.files:
        table.add_row(Text(str(file.label)), Text(file.outcome), Text(_name(file), overflow="fold"),
                      Text(f"+{file.added} -{file.removed}"), Text(file.reason, "dim"))  # fmt: skip
    return table


def _name(file: FileReport) -> str:
    moved = file.change in ("renamed", "copied")
    return f"{visible(file.old_path)} -> {visible(file.path)}" if moved else visible(file.path)


def _finding(finding: Finding) -> RenderableType:
    place = finding.location
    where = (
        visible(place.path) + (f":{place.line}" if place.line else "") + (" (removed)" if place.side == "old" else "")
    )
    head = Text.assemble((f"{finding.severity!s:9}", COLOURS[finding.severity]), (visible(finding.title), "bold"),
                         ("  " + where, "dim"))  # fmt: skip
    quote = [Text("  " + visible(line).strip(), "dim") for line in finding.quote.splitlines()[:3]]
    return Group(head, Padding(Group(Text(visible(finding.body)), *quote), (0, 0, 1, 9)))


def _verdict(report: Report) -> Text:
    worst = Counter(str(finding.severity) for finding in report.findings)
    found = ", ".join(f"{worst[str(s)]} {s}" for s in sorted(Severity, reverse=True) if worst[str(s)]) or "no findings"
    return Text.assemble((f"{report.conclusion}: ", "bold"), f"{report.status}, no model; {found}")
