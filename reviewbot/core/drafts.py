"""Drafts: what is offered to a human and done by nobody else, a commit message or a test scaffold."""

from __future__ import annotations

from dataclasses import dataclass, field

from reviewbot.core.labels import Label, join, permits

#: The origin of a draft that no model had a part in.
OURS = "reviewbot"


@dataclass(frozen=True, slots=True)
class Message:
    """A commit message: a subject of one line, and a body of paragraphs and footers, "" for none."""

    subject: str
    body: str
    #: Of all that it is made from.
    label: Label
    #: The backend that wrote it, or OURS.
    origin: str = OURS
    #: What a reader has to know of it: that it tells a part of the change only.
    notice: str = ""

    @property
    def text(self) -> str:
        """As git takes it."""
        return f"{self.subject}\n\n{self.body}\n" if self.body else f"{self.subject}\n"


@dataclass(frozen=True, slots=True)
class Rewording:
    """A better message for one commit of the change."""

    #: Id of the commit, and the subject that it has.
    commit: str
    subject: str
    #: What is wrong with it, a few words each.
    problems: tuple[str, ...]
    message: Message
    #: Lines for a shell that use the message.
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stages:
    """What a scaffold has passed; None is what nobody has tried, for it executes code of the change."""

    parsed: bool
    #: The test runner finds the tests in it; it ran three times with the same result; it fails on a changed target.
    collected: bool | None = None
    ran: bool | None = None
    killed: bool | None = None

    @property
    def failed(self) -> str:
        """The first stage that it did not pass, "" for none."""
        stages = {"parsed": self.parsed, "collected": self.collected, "ran": self.ran, "killed": self.killed}
        return next((name for name, passed in stages.items() if passed is False), "")


@dataclass(frozen=True, slots=True)
class Scaffold:
    """A file with tests of one function, method, class or endpoint."""

    #: Where it belongs; no file stands there at the head.
    path: str
    #: `pkg/x.py::Stack.push`
    target: str
    language: str
    framework: str
    content: str = field(repr=False)
    stages: Stages
    #: Of its target.
    label: Label
    origin: str = OURS
    #: Expectations that nobody has written yet.
    unwritten: int = 0
    #: What a reader has to know of it: how a model was asked, what a stage said.
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drafts:
    """All that is offered beside a review."""

    #: One for each label of the change, the lowest first: it is made from what is labelled so or below, and no more.
    messages: tuple[Message, ...] = ()
    #: One that also rests on the name of the branch: only who may know everything may know what that is labelled.
    whole: Message | None = None
    rewordings: tuple[Rewording, ...] = ()
    scaffolds: tuple[Scaffold, ...] = ()
    #: Targets without a scaffold, `pkg/x.py::f`, and why, with their labels.
    refused: tuple[tuple[str, str, Label], ...] = ()
    #: What was to be drafted: `message`, `scaffold`.
    tasks: tuple[str, ...] = ()

    @property
    def message(self) -> Message | None:
        """The one that tells most of the change."""
        return self.whole or (self.messages[-1] if self.messages else None)

    def cleared(self, clearance: Label) -> Drafts:
        """What a sink with this clearance may show; nothing of it depends on text above."""
        return Drafts(
            tuple(one for one in self.messages if permits(clearance, one.label)),
            self.whole if self.whole and permits(clearance, join(self.whole.label, Label.RESTRICTED)) else None,
            tuple(one for one in self.rewordings if permits(clearance, one.message.label)),
            tuple(one for one in self.scaffolds if permits(clearance, one.label)),
            tuple(one for one in self.refused if permits(clearance, one[2])),
            self.tasks,
        )
