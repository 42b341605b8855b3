"""The form of a message: header, ticket, body and footer, each within its bounds whatever is put in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from textwrap import fill

from reviewbot.core.drafts import OURS, Message
from reviewbot.core.labels import Label
from reviewbot.tasks.message.convention import Convention
from reviewbot.tasks.message.grammar import BREAKING, MOST, SCOPE, Header, header, is_footer

#: Characters of a line of a body; lines of a list; clauses of a footer.
WIDE, _LINES, _CLAUSES = 72, 8, 5
#: Fewest characters that are left for a description, whatever stands before it.
_LEAST = 24
_TICKET = re.compile(r"(?<![A-Za-z0-9])([A-Za-z][A-Za-z0-9]{1,9})-(\d{1,7})(?![A-Za-z0-9])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a message is to say."""

    type: str
    scope: str
    #: The same thing, from long to short.
    descriptions: tuple[str, ...]
    body: str
    #: What breaks callers, a clause each.
    breaking: tuple[str, ...]


def shaped(draft: Draft, convention: Convention, label: Label, *, branch: str = "", origin: str = OURS) -> Message:
    """The message. What is too long is cut at a word; a scope or ticket that leaves no room is left out."""
    scope = draft.scope if re.fullmatch(SCOPE, draft.scope) else ""
    start = Header(draft.type, scope, bool(draft.breaking), "")
    subject = headed(start, draft.descriptions, ticketed(branch, convention), convention)
    return Message(subject, "\n\n".join(filter(None, (draft.body, footer(draft.breaking)))), label, origin)


def headed(start: Header, descriptions: Sequence[str], ticket: str, convention: Convention) -> str:
    """The subject: the first description that fits, after what has to stand before it."""
    most = min(convention.max_subject, MOST)
    for first, opening in ((start, ticket), (replace(start, scope=""), ticket), (replace(start, scope=""), "")):
        before = f"{_before(first, convention)}{opening}"
        room = most - len(before)
        if room >= _LEAST:
            break
    stop = "." if convention.full_stop else ""
    said = _fitting([cased(one, convention) for one in descriptions], room - len(stop))
    return f"{before}{said.rstrip('.')}{stop}"


def _before(start: Header, convention: Convention) -> str:
    """A header, or the package that a plain subject begins with."""
    if convention.conventional:
        return str(start)
    return f"{start.scope}: " if convention.packaged and start.scope else ""


def parsed(subject: str, convention: Convention) -> Header | None:
    """A subject of ours, taken apart again."""
    if convention.conventional:
        return header(subject)
    scope, mark, said = subject.partition(": ")
    is_ours = convention.packaged and mark and re.fullmatch(SCOPE, scope)
    return Header("", scope, False, said) if is_ours else None


def _fitting(texts: Sequence[str], room: int) -> str:
    fitting = next((one for one in texts if len(one) <= room), None)
    if fitting is not None:
        return fitting
    cut = texts[-1][: room - 1]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut[room // 2 :] else cut}…"


def cased(text: str, convention: Convention) -> str:
    """The text with its first letter in the project's case; a name is nothing that has one."""
    first = text.partition(" ")[0]
    if not first.isalpha() or first[1:] != first[1:].lower():
        return text
    return text[0].upper() + text[1:] if convention.case == "sentence" else text[0].lower() + text[1:]


def ticketed(branch: str, convention: Convention) -> str:
    """The ticket that a branch names, as it opens a subject here; "" where none does."""
    if convention.ticket is None:
        return ""
    before, after = convention.ticket
    for found in _TICKET.finditer(branch[:400]):
        key = found[1].upper() if found[1].upper() in convention.projects else found[1]
        if key in convention.projects or (not convention.projects and key.isupper()):
            return f"{before}{key}-{found[2]}{after} "
    return ""


def opening(description: str, convention: Convention) -> str:
    """The ticket that a description of ours begins with, as it stands there."""
    before, after = convention.ticket or ("", "")
    found = _TICKET.match(description, len(before))
    said = f"{before}{found[0]}{after} " if found is not None and convention.ticket is not None else ""
    return said if said and description.startswith(said) else ""


def wrapped(paragraphs: Sequence[str]) -> str:
    """Paragraphs in lines of a width; one with a line that git would take for a trailer or a comment is left out."""
    found = [fill(one, WIDE, break_long_words=False, break_on_hyphens=False) for one in paragraphs]
    return "\n\n".join(one for one in found if not any(map(_is_obeyed, one.split("\n"))))


def _is_obeyed(line: str) -> bool:
    return is_footer(line) or line.startswith(("#", "-", "("))


def footer(breaking: Sequence[str]) -> str:
    """The footer that names what breaks, "" for nothing."""
    if not breaking:
        return ""
    more = len(breaking) - _CLAUSES
    rest = f"; and {more} more" if more > 0 else ""
    return f"{BREAKING}{'; '.join(breaking[:_CLAUSES])}{rest}"


def bullets(said: Sequence[Sequence[str]]) -> str:
    """A list of what a change does, a line each; "" where its subject says it all."""
    lines = [f"- {_fitting(one, WIDE - 2)}" for one in said]
    if len(lines) > _LINES:
        lines = [*lines[: _LINES - 1], f"- and {len(lines) - _LINES + 1} more"]
    return "\n".join(lines)
