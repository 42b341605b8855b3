"""Findings as they were told, and conversations with a bot that told them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from reviewbot.core.comment import Mark, told, written
from reviewbot.core.conversation import Conversation, Note, Place, Thread
from reviewbot.core.findings import Finding, Severity, identify
from reviewbot.core.labels import Label
from reviewbot.core.report import FileReport, Outcome
from reviewbot.core.threads import Known, Memory, Reconciled, reconcile
from tests.formats.samples import file, finding, report

HERE = Place("github", "https://api.github.com", "ada/engine", 7)
KEY = b"k" * 32
TEXT = "".join(f"value_{number} = compute({number})\n" for number in range(1, 21))


def one(path: str = "a.py", line: int = 5, *, rule: str = "calls/sql", origin: str = "", quote: str | None = None,
        label: Label = Label.INTERNAL, title: str = "", end: int | None = None,
        severity: Severity | None = None) -> Finding:  # fmt: skip
    """A finding on a line of TEXT, with its id."""
    rows = TEXT.split("\n")[line - 1 : end or line]
    made = finding(rule, path, line, end=end, origin=origin, label=label, title=title, severity=severity,
                   quote="\n".join(rows) if quote is None else quote)  # fmt: skip
    return identify([made])[0]


def claim(path: str = "a.py", line: int = 5, **more: object) -> Finding:
    return one(path, line, rule="model/logic", origin="hosted", **more)  # type: ignore[arg-type]


def known(*findings: Finding, fixed: str = "", resolved: bool = False) -> tuple[Known, ...]:
    return tuple(Known(replace(told(one), fixed=fixed), f"t{number}", resolved)
                 for number, one in enumerate(findings, 1))  # fmt: skip


def added(path: str = "a.py", text: str = TEXT, outcome: Outcome = "reviewed", label: Label = Label.INTERNAL,
          old: str | None = None) -> FileReport:  # fmt: skip
    return file(path, old, text, outcome=outcome, label=label)


def settled(memory: Memory, files: Sequence[FileReport], *findings: Finding, dismissed: Sequence[Finding] = (),
            paths: Sequence[str] = ()) -> Reconciled:  # fmt: skip
    made = replace(report(files, ()), findings=findings, dismissed=tuple(dismissed))
    return reconcile(made, memory, {file.path for file in files} | set(paths))


_ids = count(1)


def note(body: str, author: str = "bot", *, own: bool | None = None, edited: bool = False) -> Note:
    return Note(str(next(_ids)), body, author, author == "bot" if own is None else own, edited)


def marked(mark: Mark, place: Place = HERE, key: bytes = KEY) -> Note:
    return note("Words.\n\n" + written(mark, place, key))


def thread(*notes: Note, resolved: bool = False) -> Thread:
    return Thread(f"t{next(_ids)}", notes, resolved)


def about(*findings: Finding) -> Mark:
    return Mark("finding", tuple(map(told, findings)), head_sha="b" * 40)


def talk(*threads: Thread, notes: Sequence[Note] = ()) -> Conversation:
    return Conversation(threads=threads, notes=tuple(notes), writers=frozenset({"ada"}))
