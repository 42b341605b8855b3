"""What is drafted in a run: without a model already whole, and for a model a job of one label each."""

from __future__ import annotations

from dataclasses import dataclass

from reviewbot.core.drafts import Message, Rewording
from reviewbot.core.exchange import Excerpt
from reviewbot.core.history import History
from reviewbot.core.labels import Label
from reviewbot.tasks.message.convention import Convention
from reviewbot.tasks.scaffold.suites import Suite


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run is to draft, and what of the repository that takes."""

    #: Models are asked for findings.
    review: bool = True
    #: None where no commit message is wanted.
    history: History | None = None
    #: Existing tests and manifests at the head, each labelled by its path; None where no scaffold is wanted.
    tests: tuple[Excerpt, ...] | None = None
    #: The only files and folders that get scaffolds; () for all.
    only: tuple[str, ...] = ()

    def covers(self, path: str) -> bool:
        return not self.only or any(path == one or path.startswith(f"{one}/") for one in self.only)

    @property
    def tasks(self) -> tuple[str, ...]:
        """What is to be drafted."""
        named = {"message": self.history, "scaffold": self.tests}
        return tuple(task for task, grounds in named.items() if grounds is not None)


@dataclass(frozen=True, slots=True)
class MessageJob:
    """One message that a model may write better: about all that is labelled so or below, and nothing else."""

    name: str
    label: Label
    draft: Message
    convention: Convention
    #: The change as a model may see it.
    excerpts: tuple[Excerpt, ...] = ()
    #: About everything, the name of the branch too, and the ticket that it names.
    is_whole: bool = False
    ticket: str = ""

    @property
    def grounds(self) -> str:
        """The text in which everything has to stand that the message refers to."""
        return "\n".join(excerpt.text for excerpt in self.excerpts)

    @property
    def requests(self) -> int:
        return 2


@dataclass(frozen=True, slots=True)
class ScaffoldJob:
    """One suite whose expectations a model may write."""

    name: str
    label: Label
    suite: Suite
    #: The target as a model may see it.
    source: Excerpt

    @property
    def requests(self) -> int:
        return len(self.suite.cases) + 2


@dataclass(frozen=True, slots=True)
class Sketches:
    """The drafts of a run, before a model is asked."""

    #: One for each label of the change, the lowest first, and perhaps one about all of it.
    messages: tuple[MessageJob, ...] = ()
    rewordings: tuple[Rewording, ...] = ()
    scaffolds: tuple[ScaffoldJob, ...] = ()
    refused: tuple[tuple[str, str, Label], ...] = ()
    #: What was to be drafted, whether there is anything to draft or not.
    tasks: tuple[str, ...] = ()

    @property
    def drafts(self) -> tuple[MessageJob | ScaffoldJob, ...]:
        """Those that a model may write better, the lowest label first."""
        return tuple(sorted((*self.messages, *self.scaffolds), key=lambda draft: draft.label))
