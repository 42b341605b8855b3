"""Drafts on the page: texts that are copied as they are, or say that they cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from reviewbot.core.drafts import Drafts, Rewording, Scaffold
from reviewbot.core.labels import Label
from reviewbot.core.text import clipped, visible
from reviewbot.formats import stages
from reviewbot.formats.html.rows import LONG, marked

#: Characters of one draft; commits and scaffolds.
LARGEST, MOST = 100_000, 200
#: What a mark says, and what is heard with it.
MARKS = {True: ("passed", "✓"), False: ("failed", "✗"), None: ("untried", "–")}
NAMES = {"parsed": "parsed", "collected": "collected", "ran": "ran 3 times", "killed": "fails on a changed target"}


@dataclass(frozen=True, slots=True)
class Block:
    """A text with an anchor of its own; copied only where the page shows it as it is."""

    id: str
    text: Markup
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Page:
    """All that is offered, each with its blocks."""

    drafts: Drafts
    message: Block | None
    #: Whether the forge shows another message, or none.
    is_withheld: bool
    rewordings: tuple[tuple[Rewording, Block], ...]
    scaffolds: tuple[tuple[Scaffold, Block, tuple[tuple[str, str, str], ...], str], ...]


def laid_out(drafts: Drafts, comments: Label) -> Page:
    """`comments` is what the forge may show."""
    message = None if drafts.message is None else block("draft-message", drafts.message.text)
    is_withheld = drafts.message != drafts.cleared(comments).message
    return Page(drafts, message, is_withheld, tuple(_rewordings(drafts)), tuple(_scaffolds(drafts)))


def block(name: str, text: str) -> Block:
    """The text marked, cut where it is longer than any page can use."""
    lines = text.split("\n")
    plain = text.replace("\n", "").replace("\t", "")
    is_exact = visible(plain) == plain and len(text) <= LARGEST and max(map(len, lines)) <= LONG
    return Block(name, Markup("\n").join(map(marked, clipped(text, LARGEST).split("\n"))), is_exact)


def _rewordings(drafts: Drafts) -> Iterator[tuple[Rewording, Block]]:
    for number, item in enumerate(drafts.rewordings[:MOST]):
        yield item, block(f"draft-commit-{number}", "\n".join(item.commands) or item.message.text)


def _scaffolds(drafts: Drafts) -> Iterator[tuple[Scaffold, Block, tuple[tuple[str, str, str], ...], str]]:
    for number, item in enumerate(drafts.scaffolds[:MOST]):
        marks = tuple((NAMES[name], *MARKS[passed]) for name, passed in stages.tried(item.stages))
        yield item, block(f"draft-file-{number}", item.content), marks, stages.unwritten(item)
