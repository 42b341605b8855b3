"""Drafts as Markdown: a message and files that can be copied whole, each folded away, as far as there is room."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import takewhile

from reviewbot.core.drafts import Drafts, Message, Rewording, Scaffold
from reviewbot.core.labels import Label
from reviewbot.core.markup import fenced
from reviewbot.core.summary import counted
from reviewbot.core.text import visible
from reviewbot.formats import stages
from reviewbot.formats.markdown.pieces import fitted, rendered, unmarked

#: What a block of code may be called: a forge draws `mermaid`, and offers to commit a `suggestion`.
LANGUAGES = frozenset({"c", "cpp", "csharp", "go", "java", "javascript", "kotlin", "php", "python", "ruby", "rust",
                       "sh", "swift", "toml", "tsx", "typescript"})  # fmt: skip
#: GitLab looks for commands in code too: a slash and a word at the beginning of a line.
_COMMAND = re.compile(r"^[ \t]*/[a-z_]+(?=[ \t]|$)", re.IGNORECASE | re.MULTILINE)
#: Characters of a heading and a fold beside what is in them; of what names the rest, at least and at most.
WRAPPING, NAMING = 200, (1500, 6000)


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that is shown whole or named: how large it is at least, and both texts."""

    size: int
    whole: Callable[[], str]
    name: str


def is_exact(text: str) -> bool:
    """Whether a forge shows the text as it is, and takes nothing in it for a command or for a mark of the bot."""
    plain = text.replace("\n", "").replace("\t", "")
    return visible(plain) == plain and _COMMAND.search(text) is None and unmarked(text) == text


def copied(text: str, language: str = "") -> str:
    """A block of code to be copied whole; a text that cannot be shown as it is has a sign before each line."""
    lines = text.removesuffix("\n").split("\n")
    if not is_exact(text):
        return unmarked(fenced([f"+{line}" for line in lines], "diff"))
    # Tabs stay: what is copied is to be the file.
    ticks = fenced(line.replace("\t", "") for line in lines).partition("\n")[0]
    return "\n".join([ticks + (language if language in LANGUAGES else ""), *lines, ticks])


def offered(drafts: Drafts, most: int) -> str:
    """All of it in at most so many characters: what does not fit is named, then counted."""
    offers = [*_messages(drafts), *_rewordings(drafts.rewordings, most // 2), *map(_scaffold, drafts.scaffolds)]
    return _told(offers, most, drafts.refused)


def messages_only(drafts: Drafts, most: int) -> str:
    """The commit message, unfolded, and better ones of commits."""
    return _told([*_messages(drafts, is_open=True), *_rewordings(drafts.rewordings, most // 2)], most, ())


def scaffolds_only(drafts: Drafts, most: int) -> str:
    """The test scaffolds, and why others have none."""
    return _told([*map(_scaffold, drafts.scaffolds)], most, drafts.refused)


def _told(offers: Sequence[Offer], most: int, refused: Sequence[tuple[str, str, Label]]) -> str:
    """Whole what fits into most of the room; what is left of it names the rest."""
    least, largest = NAMING
    naming = min(most, max(least, min(most // 4, largest)))
    room = most - naming
    texts, names = [], []
    for offer in offers:
        text = offer.whole().strip("\n") if offer.size < room else ""
        if text and len(text) + 2 <= room:
            texts.append(text)
            room -= len(text) + 2
        else:
            names.append(offer.name)
    left = fitted(names, str, naming // 2 - WRAPPING)
    without = fitted(refused, partial(_line, "refused"), naming // 2 - WRAPPING)
    rest = rendered("markdown/undrafted.md.j2", left=left, without=without)
    return "\n\n".join(filter(None, (*texts, rest.strip("\n"))))


def _line(template: str, item: object) -> str:
    return rendered(f"markdown/{template}.md.j2", item=item).strip("\n")


def _messages(drafts: Drafts, *, is_open: bool = False) -> Iterator[Offer]:
    message = drafts.message
    if message is not None:
        name = f"* a commit message of {len(message.text):,} characters"
        yield Offer(len(message.text), partial(_message, message, is_open), name)


def _message(message: Message, is_open: bool) -> str:
    return rendered("markdown/message.md.j2", message=message, is_open=is_open, text=copied(message.text),
                    is_exact=is_exact(message.text))  # fmt: skip


def _rewordings(rewordings: Sequence[Rewording], most: int) -> Iterator[Offer]:
    """One fold: the first that fit, and how many there are beyond."""
    if rewordings:
        # What is larger than the room is not even looked at.
        small = takewhile(lambda item: len(_lines(item)) <= most, rewordings)
        told = fitted(small, _rewording, most - WRAPPING)
        number = len(rewordings)
        whole = partial(rendered, "markdown/rewordings.md.j2", told=told, number=number, left=number - len(told.blocks))
        yield Offer(told.size, whole if told.blocks else str, f"* better messages for {counted(number, 'commit')}")


def _lines(item: Rewording) -> str:
    """What uses the message, or the message itself."""
    return "\n".join(item.commands) or item.message.text


def _rewording(item: Rewording) -> str:
    text = _lines(item)
    return rendered("markdown/rewording.md.j2", item=item, is_exact=is_exact(text),
                    text=copied(text, "sh" if item.commands else ""))  # fmt: skip


def _scaffold(item: Scaffold) -> Offer:
    return Offer(len(item.content), partial(_file, item), _line("scaffolded", (item, stages.outcome(item.stages))))


def _file(item: Scaffold) -> str:
    return rendered(
        "markdown/scaffold.md.j2", item=item, outcome=stages.outcome(item.stages), unwritten=stages.unwritten(item),
        text=copied(item.content, item.language), is_exact=is_exact(item.content),
    )  # fmt: skip
