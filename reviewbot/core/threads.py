"""What the bot told before in this pull request: what of it is still there, what is gone, and what is new.

Memory lives in the bot's own comments and nowhere else. A dismissal lives in the comment of whoever dismissed: who
deletes that takes it back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reviewbot.core.commands import Command, parse
from reviewbot.core.comment import Mark, Told, line_hash, read
from reviewbot.core.conversation import Conversation, Note, Place
from reviewbot.core.findings import Finding, alike
from reviewbot.core.ground import Ground
from reviewbot.core.labels import join
from reviewbot.core.merging import MOST
from reviewbot.core.report import FileReport, Report

#: Commands that are heard in one run. A dismissal that is not heard is none, so these are many.
MAX_COMMANDS = 500


@dataclass(frozen=True, slots=True)
class Known:
    """A finding that was told. `thread` is "" for one that only a summary has."""

    told: Told
    thread: str = ""
    #: Somebody resolved the thread, the bot itself perhaps.
    resolved: bool = False
    #: The newest signed summary has it: put aside or not, it was there when that was written.
    stood: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """A command of somebody who may write to the project."""

    command: Command
    note: str
    author: str
    #: The thread that it stands in, "" for none, and the finding told there.
    thread: str = ""
    about: str = ""
    answered: bool = False

    @property
    def id(self) -> str:
        """The beginning of the id of the finding that it names."""
        return self.command.id or self.about


@dataclass(frozen=True, slots=True)
class Memory:
    """What the conversation of a pull request says of earlier runs."""

    known: tuple[Known, ...] = ()
    asked: tuple[Asked, ...] = ()
    #: By digest of a material, the backend that read it at an earlier head.
    read: Mapping[str, str] = field(default_factory=dict)
    #: The note that holds the summary, "" for none yet.
    summary: str = ""
    #: Open threads about what an earlier one tells, as two runs at once begin them.
    twins: tuple[Known, ...] = ()

    def wants(self, name: str) -> bool:
        """Whether somebody asked for it and has had no answer yet."""
        return any(one.command.name == name and not one.answered for one in self.asked)


#: By note, not by its id: those of threads and of other comments are counted apart, and may be the same.
_Marks = dict[Note, tuple[Mark, bool]]


def remember(conversation: Conversation, place: Place, key: bytes) -> Memory:
    """The memory that the bot's own notes hold.

    A finding is known by any mark of the bot's own: whoever forges one hides no finding, only its comment. That a model
    read something is believed where the mark is signed: other programs may speak as the bot, and who may write to a
    project may change its comments. So of what it read, the claims too are as that mark has them, whatever a thread
    says that is not signed: nobody is asked for them again.
    """
    marks: _Marks = {}
    for note in (*conversation.notes, *(note for thread in conversation.threads for note in thread.notes)):
        found = read(note.body, place, key) if note.own else None
        if found is not None:
            marks[note] = found
    summaries = [(signed, mark, note.id) for note, (mark, signed) in marks.items() if mark.kind == "summary"]
    # The newest of those that are signed, else the newest.
    last = max(enumerate(summaries), key=lambda one: (one[1][0], one[0]), default=None)
    signed, mark, name = last[1] if last else (False, Mark("summary"), "")
    sure = {told.id: told for told in mark.told} if signed else {}
    first: dict[str, Known] = {}
    twins = [one for one in _threads(conversation, marks, sure) if first.setdefault(one.told.id, one) is not one]
    known = [*first.values()]
    known += [Known(told, stood=signed) for told in mark.told if all(told.id != one.told.id for one in known)]
    had = {digest: backend for backend, digests in mark.read.items() for digest in digests} if signed else {}
    both = tuple(one for one in twins if not one.resolved and not one.told.fixed)
    return Memory(tuple(known), tuple(_asked(conversation, marks, trusts_all=not key)), had, name, both)


def _threads(conversation: Conversation, marks: _Marks, sure: Mapping[str, Told]) -> Iterator[Known]:
    """What threads were begun for; as `sure` has it where not all of a thread's marks are signed."""
    for thread in conversation.threads:
        mark = _mark(thread.notes[0], marks)
        if mark is None or mark.kind != "finding" or len(mark.told) != 1:
            continue
        told, signed = mark.told[0], marks[thread.notes[0]][1]
        for later, is_signed in (marks[note] for note in thread.notes[1:] if note in marks):
            # An answer with a head put it aside there: whoever takes the dismissal back has it back.
            if (later.kind == "state" and later.of == told.id) or (later.kind == "answer" and later.head_sha):
                told, signed = replace(told, fixed=later.head_sha), signed and is_signed
        yield Known(told if signed else sure.get(told.id, told), thread.id, thread.resolved, told.id in sure)


def _mark(note: Note, marks: _Marks) -> Mark | None:
    return marks[note][0] if note in marks else None


def _asked(conversation: Conversation, marks: _Marks, *, trusts_all: bool) -> list[Asked]:
    """The commands of those who may write, oldest first.

    What a thread is about says its first mark: with a key a signed one, or somebody else may decide what is dismissed.
    """
    answered = {mark.of for mark, _ in marks.values() if mark.kind == "answer"}
    spoken = [("", "", note) for note in conversation.notes]
    for thread in conversation.threads:
        mark, signed = marks.get(thread.notes[0], (None, False))
        about = mark.told[0].id if mark and mark.told and (signed or trusts_all) else ""
        spoken += [(thread.id, about, note) for note in thread.notes[1:]]
    found = []
    for place, about, note in spoken:
        command = None if note.own or note.edited or note.author not in conversation.writers else parse(note.body)
        if command is not None:
            found.append(Asked(command, note.id, note.author, place, about, note.id in answered))
    return found[-MAX_COMMANDS:]


def matched(findings: Sequence[Finding], known: Sequence[Known], paths: Collection[str]) -> dict[str, Known]:
    """By a finding's id how it was told before: the same, or the same of a file that moved, or a claim said again.

    Each known finding is at most one of these. `paths` are those that change.
    """
    left = {one.told.id: one for one in known}
    found: dict[str, Known] = {}
    # The lower labels first: how they were told depends on nothing above.
    for label in sorted({finding.label for finding in findings}):
        here = sorted((one for one in findings if one.label == label), key=lambda one: one.id)
        found |= {finding.id: left.pop(finding.id) for finding in here if finding.id in left}
        for finding in here:
            lines = tuple(map(line_hash, finding.quote.split("\n"))) if finding.quote else ()
            same = [] if finding.id in found else [one for one in left.values()
                                                   if _is_same(finding, lines, one.told, paths)]  # fmt: skip
            if same:
                best = max(same, key=lambda one: alike(one.told.title, finding.title))
                found[finding.id] = left.pop(best.told.id)
    return found


def _is_same(finding: Finding, lines: Sequence[str], told: Told, paths: Collection[str]) -> bool:
    spot, then = finding.location, told.location
    if spot.side != then.side or not (finding.rule == told.rule or (told.is_claim and finding.rule[:6] == "model/")):
        return False
    # What is said in other words is the same only where it weighs the same: it hides nothing, and nothing hides it.
    if told.is_claim and finding.severity != told.severity and not alike(told.title, finding.title):
        return False
    equal = any(lines) and tuple(lines) == told.lines
    if spot.path != then.path:
        return then.path not in paths and equal
    # A model quotes a line more or less the next time, or calls the same defect by another kind.
    shared = finding.rule == told.rule and set(filter(None, lines)) & set(told.lines)
    return told.is_claim and (equal or bool(shared))


def carried(known: Iterable[Known], files: Sequence[FileReport], said: Collection[str],
            unchanged: Collection[str] = ()) -> Iterator[Finding]:  # fmt: skip
    """The claims of models that are told and not in `said`, and whose lines still stand: not to repeat is no proof.

    `unchanged` are the paths of files that models read at an earlier head just as they are: there a claim stands even
    where its lines are not among those that changed.
    """
    ground = Ground(files)
    for one in known:
        told, gone = one.told, one.told.fixed and not one.stood
        if not told.is_claim or told.id in said or (gone and not any(told.lines)):
            continue
        home, rows = ground.find(told)
        where, quote = told.location, "\n".join(text for _, text, _ in rows)
        if home is not None and rows:
            path = home.path if where.side == "new" else home.old_path
            where = replace(where, path=path, line=rows[0][0], end_line=rows[-1][0])
        elif home is None or gone or home.path not in unchanged:
            continue
        yield Finding(told.rule, told.origin, told.severity, told.confidence, where, told.title, quote=quote,
                      label=join(told.label, home.label), id=told.id)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A report beside what was told before."""

    #: Not told before, and told in a summary only.
    new: tuple[Finding, ...]
    #: By a finding's id, how it was told.
    before: Mapping[str, Known]
    #: Told and gone; told, gone, and back.
    fixed: tuple[Known, ...]
    again: tuple[Known, ...]
    #: By the id of a dismissed finding, how it was told.
    dismissed: Mapping[str, Known]

    @property
    def open(self) -> int:
        """Told before and still there, nobody having resolved its thread."""
        return sum(not one.resolved and not one.told.fixed for one in self.before.values())


def reconcile(report: Report, memory: Memory, paths: Collection[str]) -> Reconciled:
    """What is to be said of a report that may be shown as it is; `paths` are all that change, shown or not."""
    before = matched((*report.findings, *report.dismissed), memory.known, paths)
    waived = {finding.id for finding in report.dismissed}
    met = {one.told.id for one in before.values()}
    ground = Ground(report.files)
    # Of many findings of a rule in a file only the first are listed: a further one is there all the same.
    crowds = Counter((one.rule, one.location.path) for one in (*report.findings, *report.dismissed))
    rules = {rule.id for rule in report.rules}

    def is_gone(told: Told) -> bool:
        looked = told.rule in rules and crowds[told.rule, told.location.path] < MOST
        return told.id not in met and not told.fixed and _is_gone(told, ground, paths, looked)

    return Reconciled(
        new=tuple(finding for finding in report.findings if finding.id not in before),
        before={name: one for name, one in before.items() if name not in waived},
        fixed=tuple(one for one in memory.known if is_gone(one.told)),
        again=tuple(one for name, one in before.items() if one.told.fixed and name not in waived),
        dismissed={name: one for name, one in before.items() if name in waived},
    )


def _is_gone(told: Told, ground: Ground, paths: Collection[str], looked: bool) -> bool:
    """Whether a finding that is not in the report has gone: it was looked for and not found, or its lines are gone."""
    homes = ground.homes(told)
    if not homes:
        return told.location.path not in paths  # else it is there, and nothing of it may be shown
    if any(file.outcome not in ("reviewed", "checked") for file in homes):
        return False
    return looked or (bool(told.lines) and not ground.find(told)[1])
