"""The summary comment: one for a pull request, edited in place. Short where the review is short."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

from reviewbot.core import summary as facts
from reviewbot.core.conversation import MAX_BODY
from reviewbot.core.documents import dismissal
from reviewbot.core.findings import Finding, Severity
from reviewbot.core.markup import brief, code, fenced
from reviewbot.core.report import Report
from reviewbot.core.style import Dismissed
from reviewbot.core.walkthrough import Area, Walkthrough, walk
from reviewbot.formats import stages
from reviewbot.formats.comments.pieces import place, quote, snippet, written
from reviewbot.formats.markdown.drafts import offered
from reviewbot.formats.markdown.pieces import Fitted, by_severity, fitted, tail

#: Entries that are proposed for the policy.
MOST_LEARNED = 5
#: What headings, folds and the lines that say how much is left out may take, in characters.
WRAPPING = 1500
#: What drafts may take where findings take all: they are named at least.
NAMES = 1500


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of what was told before. Of findings that this forge may not show nothing is counted."""

    new: int = 0
    still_open: int = 0
    fixed: int = 0
    reopened: int = 0
    dismissed: int = 0
    #: By id of the finding, why the forge did not take it at its lines.
    refused: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    #: What the policy would have to say so that dismissals of this pull request hold in others.
    learned: tuple[Dismissed, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one severity, folded."""

    title: str
    text: str
    is_open: bool


def summary(report: Report, standing: Standing, *, room: int = MAX_BODY) -> str:
    """The comment in at most `room` characters (10,000 or more), cut at whole findings.

    Nothing in it depends on more than what `published` leaves of the report.
    """
    shown = facts.published(report)
    change = walk(shown.files)
    frame = partial(
        written, "summary", report=shown, walk=change, since=_since(standing, shown), is_short=facts.is_short(report),
        rest=_rest(change), by_model=_is_by_model(shown), learned=_learned(standing),
    )  # fmt: skip
    notes = fitted(_notes(shown), _note, room // 8)
    areas = fitted(change.areas, _area, room // 10)
    accounts = fitted(facts.accounts(shown), _account, room // 12)
    empty = frame(notes=Fitted(), areas=Fitted(), accounts=Fitted(), refused=Fitted(), inline=Fitted(), groups=(),
                  folded_left=0, drafts="")  # fmt: skip
    kept = NAMES if any(stages.tally(shown.drafts)) else 0
    left = room - WRAPPING - kept - len(empty) - notes.size - areas.size - accounts.size
    full = partial(_full, facts.signs(shown), standing.refused)
    away = [item for item in shown.findings if item.id in standing.refused]
    refused = fitted(away, full, left)
    here = [item for item in shown.findings if item.posted == "inline" and item.id not in standing.refused]
    inline = fitted(here, _line, left - refused.size)
    folded = [item for item in shown.findings if item.posted == "summary" and item.id not in standing.refused]
    texts = _texts(folded, full, left - refused.size - inline.size)
    left -= refused.size + inline.size + sum(len(text) + 2 for text in texts)
    return frame(
        notes=notes, areas=areas, accounts=accounts, refused=refused, inline=inline,
        groups=_groups(folded, texts, shown.gate, "more " if here or away else ""), folded_left=texts.count(""),
        drafts=offered(shown.drafts, kept + max(0, left)) if kept else "",
    )  # fmt: skip


def _texts(findings: Sequence[Finding], full: Callable[[Finding], str], room: int) -> list[str]:
    """Each finding in full while half of the room lasts, then on a line, then as the empty text."""
    texts: list[str] = []
    room = max(0, room)
    ample = room // 2
    for finding in findings:
        text = full(finding).strip("\n") + "\n" if ample else ""
        ample = max(0, ample - len(text) - 2)
        text = text if ample else _line(finding).strip("\n") if room else ""
        room = max(0, room - len(text) - 2)
        texts.append(text if room else "")
    return texts


def _groups(findings: Sequence[Finding], texts: Sequence[str], gate: Severity | None, more: str) -> Iterator[Group]:
    by_id = {id(finding): text for finding, text in zip(findings, texts, strict=True)}
    for severity, group in by_severity(findings).items():
        told = "\n".join(filter(None, (by_id[id(finding)] for finding in group)))
        if told:
            yield Group(f"{len(group):,} {more}{severity}", told, gate is not None and severity >= gate)


def _since(standing: Standing, report: Report) -> list[str]:
    """What changed since the last review; nothing at the first."""
    counts = {
        "new": standing.new, f"fixed at {code(report.head_sha[:10])}": standing.fixed, "back": standing.reopened,
        "still open": standing.still_open, "dismissed": standing.dismissed,
    }  # fmt: skip
    if not any((standing.fixed, standing.reopened, standing.still_open, standing.dismissed)):
        return []
    return [f"{number:,} {what}" for what, number in counts.items() if number or what == "new"]


def _notes(report: Report) -> Iterator[tuple[str, str]]:
    """What was not read and why, and what else a reader has to know: our words and theirs."""
    for reason, number in facts.unread(report):
        yield facts.counted(number, "file"), reason
    for notice in report.notices:
        yield "", notice


def _note(note: tuple[str, str]) -> str:
    ours, theirs = note
    return f"* {' '.join(filter(None, (ours, brief(theirs, 60, 400)))) or 'empty notice'}"


def _account(account: str) -> str:
    return f"* {brief(account, 60, 400)}"


def _full(signs: Mapping[str, str], refused: Mapping[str, str], finding: Finding) -> str:
    return written(
        "full", finding=finding, place=place(finding), refusal=refused.get(finding.id, ""),
        quote=quote(signs, finding), suggestion=snippet(finding.suggestion),
    )  # fmt: skip


def _line(finding: Finding) -> str:
    return written("line", finding=finding, place=place(finding))


def _area(area: Area) -> str:
    alone = area.files == 1
    kinds = [(area.created, "new"), (area.deleted, "deleted"), (area.moved, "moved")]
    counts = [] if alone else [facts.counted(area.files, "file")]
    counts += [word if alone else f"{number:,} {word}" for number, word in kinds if number]
    counts += [f"+{area.added:,} −{area.removed:,}"] if area.added or area.removed else []
    if area.tests:
        counts.append("a test" if alone else facts.counted(area.tests, "test file"))
    return written("area", area=area, counts=counts, tail=tail)


def _learned(standing: Standing) -> str:
    """Entries of a policy, ready to be copied."""
    blocks = ["\n".join(dismissal(one)) for one in standing.learned[:MOST_LEARNED]]
    return fenced("\n\n".join(blocks).split("\n"), "toml") if blocks else ""


def _rest(change: Walkthrough) -> str:
    return f"* and {facts.counted(change.rest, 'file')} elsewhere" if change.rest else ""


def _is_by_model(report: Report) -> bool:
    origins = (finding.origin for finding in report.findings)
    return (
        any(file.outcome == "reviewed" for file in report.files)
        or not all(origin.startswith("check:") for origin in origins)
        or stages.is_by_model(report.drafts)
    )
