"""The review on a terminal, through rich: calm, short, colour only where the terminal has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import dedent

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from reviewbot.core import summary
from reviewbot.core.drafts import Drafts, Message, Rewording, Scaffold
from reviewbot.core.findings import Finding, Severity, rank
from reviewbot.core.report import Conclusion, FileReport, Report
from reviewbot.core.text import clipped, harmless
from reviewbot.formats import stages

COLOURS = {Severity.CRITICAL: "bold red", Severity.HIGH: "red", Severity.MEDIUM: "yellow",
           Severity.LOW: "cyan", Severity.INFO: "dim"}  # fmt: skip
#: Only a model's reading of everything is green.
CONCLUSIONS: dict[Conclusion, str] = {"success": "bold green", "failure": "bold red", "neutral": "bold",
                                      "action_required": "bold yellow"}  # fmt: skip
#: Rows of the table of files, findings in full and on one line, lines of a quote, characters of a text.
MOST_FILES, MOST_FULL, MOST_SHORT, MOST_QUOTED, LONG = 20, 20, 20, 3, 300
#: Lines of a commit message; commits, lines of commands for one, scaffolds.
MOST_SAID, MOST_COMMITS, MOST_COMMANDS, MOST_SCAFFOLDS = 20, 10, 3, 10
#: The column where the text of a finding begins.
INDENT = 12


def render(report: Report, *, width: int = 100, colour: bool = False) -> str:
    """The report as text of at most `width` columns, with ANSI colours if asked."""
    console = Console(width=width, force_terminal=colour, no_color=not colour, highlight=False, emoji=False,
                      color_system="standard" if colour else None, legacy_windows=False)  # fmt: skip
    with console.capture() as capture:
        console.print(Group(*_page(report, width)))
    return "\n".join(line.rstrip() for line in capture.get().removesuffix("\n").split("\n")) + "\n"


def _page(report: Report, width: int) -> Iterator[RenderableType]:
    shown = summary.published(report)
    yield _headline(shown)
    notices = [*shown.notices, *([summary.WITHHELD] if summary.is_short(report) else [])]
    yield from (Text(f"! {_plain(notice)}", "yellow") for notice in notices)
    placed, strays = summary.placed(shown)
    if len(shown.files) > 1 or any(not summary.is_read(file) for file in shown.files):
        yield Text()
        yield from _files(shown.files, placed)
    yield from _findings(shown, placed, strays)
    yield from _drafts(shown.drafts, width)
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


def _drafts(drafts: Drafts, width: int) -> Iterator[RenderableType]:
    """What is offered: the message, better ones of commits, and scaffolds on one line each."""
    if drafts.message is not None:
        yield from _message(drafts.message)
    if drafts.rewordings:
        yield from _heading(f"Better messages for {summary.counted(len(drafts.rewordings), 'commit')}", "")
        for item in drafts.rewordings[:MOST_COMMITS]:
            yield from _rewording(item, width)
        yield from _left(len(drafts.rewordings) - MOST_COMMITS, "more commit")
    if drafts.scaffolds:
        yield from _heading("Test scaffolds", "")
        yield from _scaffolds(drafts.scaffolds[:MOST_SCAFFOLDS])
        yield from _left(len(drafts.scaffolds) - MOST_SCAFFOLDS, "more scaffold")
    if drafts.refused and not drafts.scaffolds:
        yield Text()
    if drafts.refused:
        yield Text(f"  no scaffold for {summary.counted(len(drafts.refused), 'target')}", "dim")


def _heading(title: str, note: str) -> Iterator[RenderableType]:
    yield Text()
    yield Text.assemble((f"● {title}", "bold"), (f"  {note}" if note else "", "dim"))


def _left(number: int, noun: str) -> Iterator[RenderableType]:
    if number > 0:
        yield Text(f"  and {summary.counted(number, noun)}: --output review.html shows all", "dim")


def _message(message: Message) -> Iterator[RenderableType]:
    yield from _heading("Suggested commit message", f"by {_plain(message.origin)}")
    lines = message.body.split("\n") if message.body else []
    body = [Text(_plain(line), "dim", overflow="fold") for line in lines[:MOST_SAID]]
    more = [Text(f"… {summary.counted(len(lines) - MOST_SAID, 'more line')}", "dim")] if len(lines) > MOST_SAID else []
    notice = [Text(f"! {_plain(message.notice)}", "yellow", overflow="fold")] if message.notice else []
    said = [*notice, Text(_plain(message.subject), "bold", overflow="fold"), *([Text()] if body else []), *body, *more]
    yield Padding(Group(*said), (0, 0, 0, 2))


def _rewording(item: Rewording, width: int) -> Iterator[RenderableType]:
    row = Table.grid(padding=(0, 2, 0, 0))
    row.add_column(width=INDENT)
    row.add_column()
    row.add_row(
        Text(f"  {_plain(item.commit[:10])}", overflow="fold"),
        Text.assemble(
            (_plain(item.subject), "dim"), " → ", (_plain(item.message.subject), "bold"),
            (f"  {_plain(', '.join(item.problems[:8]))}" if item.problems else "", "dim"), overflow="fold",
        ),
    )  # fmt: skip
    yield row
    # A command that is cut, wrapped or spelled out would do something else.
    whole = all(harmless(line) == line and cell_len(line) <= width - INDENT - 2 for line in item.commands)
    if item.commands and whole and len(item.commands) <= MOST_COMMANDS:
        yield Padding(Group(*(Text(line, no_wrap=True) for line in item.commands)), (0, 0, 0, INDENT + 2))
    elif item.commands:
        note = Text("--output review.html has the commands: they are too long for here", "dim")
        yield Padding(note, (0, 0, 0, INDENT + 2))


def _scaffolds(scaffolds: Sequence[Scaffold]) -> Iterator[RenderableType]:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, pad_edge=False)
    for item in scaffolds:
        words = ", ".join(filter(None, (stages.outcome(item.stages), stages.unwritten(item))))
        name = _plain(item.target.rpartition("::")[2])
        told = Text.assemble((f"{name} ({_plain(item.framework)}): ", "dim"),
                             (words, "yellow" if item.stages.failed else ""), overflow="fold")  # fmt: skip
        table.add_row(Text(_plain(item.path), overflow="fold"), told)
    yield Padding(table, (0, 0, 0, 2))
