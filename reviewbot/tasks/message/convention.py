"""How a project writes its commit messages: learned from its own log, or fixed by its `[message]` table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from reviewbot.core.style import MessageStyle
from reviewbot.tasks.message.grammar import MOST, TYPES, Header, cleaned, footers, header, is_gits_own
from reviewbot.tasks.message.words import Mood, mood_of, prevailing

Case = Literal["lower", "sentence"]

#: Messages that are read, and how few tell nothing.
_READ, _FEW = 500, 5
#: Characters of a subject that are read.
_WIDE = 400
#: Marks before the words of a subject.
_MARKS = 2
#: Headers of one kind that tell a habit, and those without a scope for one with it that tell it is an exception.
_SOME, _BARE = 3, 3
#: Headers after which a type that none of them has is one that the project does not use.
_ENOUGH = 25
#: What other conventions call types; a first word before a colon is none by itself (`net/http: fix x`).
_KNOWN = frozenset({
    *TYPES, "feature", "bugfix", "hotfix", "doc", "tests", "release", "bump", "deps", "dep", "wip", "types", "dx",
    "improvement", "security", "i18n", "ui", "config", "infra", "enhancement", "misc", "cleanup", "lint", "examples",
})  # fmt: skip
_TICKET = re.compile(r"(\[?)([A-Z][A-Z0-9]{1,9})-\d{1,7}(\]?:?)(?= )")
_MARK = re.compile(r"(?:\[[^\[\]\n]{1,40}\]:?|:[a-z0-9_+-]{1,40}:|#\d{1,9}:?|[^\w\s\"'`<(]{1,8}) +")
_PACKAGE = re.compile(r"([A-Za-z][\w./+-]{0,40}): (?=\S)")
_BOT = re.compile(r"(?:\[bot\]|dependabot|renovate|pre-commit-ci)", re.IGNORECASE)
_DEPENDENCY = re.compile(r"(?i:bump|update|upgrade)\w* .{1,80}? (?i:from|to) v?\d")
_DEPENDENCIES = frozenset({"deps", "dep", "deps-dev", "dependencies", "dependency"})
_ACTION = re.compile(r"\bactions?(?:[ /]|$)|-action\b|\bdocker/")
_RELEASE = re.compile(r"(?i:release|version|bump:?)\b.{0,40}?\bv?\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Convention:
    """How messages are written here."""

    #: Whether a subject is a header, `type(scope): description`.
    conventional: bool = True
    #: What a header may have as its type; the first are used most.
    types: tuple[str, ...] = TYPES
    #: Of these those that a log of some length never has.
    unused: frozenset[str] = frozenset()
    #: As the project spells them, those used most first.
    scopes: tuple[str, ...] = ()
    #: Whether a subject that is no header begins with the package that it is about, `cart: add total`: its scope.
    packaged: bool = False
    #: Share of headers with a scope.
    scoped: float = 0.0
    #: Types whose headers hardly ever have one.
    bare: frozenset[str] = frozenset()
    case: Case = "lower"
    mood: Mood = "imperative"
    full_stop: bool = False
    #: What stands before and after a ticket that opens a subject; None where none does.
    ticket: tuple[str, str] | None = None
    #: Keys of the tracker; none where any will do.
    projects: tuple[str, ...] = ()
    #: Tokens of footers in use. A fact to show: none is ever copied.
    trailers: tuple[str, ...] = ()
    #: The types that new versions of dependencies and releases have here, "" where the log does not show it.
    dependencies: str = ""
    #: The same of what pipelines use.
    actions: str = ""
    releases: str = ""
    max_subject: int = MOST

    def allowed(self, kind: str) -> str:
        """The type of that meaning that this project has: its own, else the next best."""
        usable = [one for one in self.types if one not in self.unused] or list(self.types)
        near = (kind, *_SPELLINGS.get(kind, ()), *_NEXT.get(kind, ()), "chore", "fix", "feat")
        return next((one for one in near if one in usable), usable[0] if usable else kind)


#: Other names of a type, and what it is where a project does not tell it apart.
_SPELLINGS = {
    "feat": ("feature", "enhancement"), "fix": ("bugfix",), "docs": ("doc",), "test": ("tests",), "build": ("deps",),
    "chore": ("misc",),
}  # fmt: skip
_NEXT = {
    "style": ("refactor", "chore"), "perf": ("refactor", "fix"), "build": ("chore", "ci"), "ci": ("build", "chore"),
    "docs": ("chore",), "test": ("chore",), "refactor": ("chore", "fix"), "revert": ("fix",), "chore": ("build",),
}  # fmt: skip


def learned(messages: Sequence[str]) -> Convention:
    """The convention of a log, newest first. What git or a robot worded says nothing; too few say nothing either."""
    every = [text for text in map(cleaned, messages[:_READ]) if text.strip() and not is_gits_own(text)]
    texts = [text for text in every if not _BOT.search(text)]
    if len(texts) < _FEW:
        return Convention()
    subjects = [text.partition("\n")[0][:_WIDE] for text in texts]
    headers = [read for read in map(header, map(_unticketed, subjects)) if read is not None]
    known = [read for read in headers if read.type.lower() in _KNOWN]
    conventional = 2 * len(known) >= len(subjects)
    descriptions = [read.description for read in known] if conventional else [_unticketed(one) for one in subjects]
    packages = Counter[str]() if conventional else _packages(subjects)
    if packages:
        descriptions = [_PACKAGE.sub("", one) for one in descriptions]
    marks, projects = _ticket(subjects, descriptions)
    bare = [_opened(_unticketed(one)) for one in descriptions]
    found = Convention(
        conventional=conventional, case=_case(bare), mood=prevailing([one.partition(" ")[0] for one in bare]),
        full_stop=2 * sum(one.endswith(".") for one in bare) > len(bare),
        trailers=_trailers(texts), ticket=marks, projects=projects, packaged=bool(packages),
        scopes=_spelled(packages), scoped=1.0 if packages else 0.0,
    )  # fmt: skip
    if not conventional:
        return found
    pinned = _dependencies(every)  # by robots, mostly: what they write is the project's habit all the same
    return replace(_with_headers(found, headers, known), dependencies=pinned[0], actions=pinned[1])


def _with_headers(found: Convention, headers: Sequence[Header], known: Sequence[Header]) -> Convention:
    used = Counter(read.type for read in headers)
    types = [one for one, times in used.most_common(40) if one.lower() in _KNOWN or times >= _FEW]
    scopes = Counter(read.scope for read in headers if read.scope)
    mated = Counter(read.type for read in headers if read.scope)
    return replace(
        found, types=tuple(dict.fromkeys((*types, *TYPES))),
        unused=frozenset(TYPES) - frozenset(used) if len(known) >= _ENOUGH else frozenset(),
        scopes=_spelled(scopes), scoped=sum(scopes.values()) / len(headers),
        bare=frozenset(one for one, times in used.items() if times >= _SOME and times > _BARE * mated[one]),
        releases=_usual(read for read in known if _RELEASE.search(read.description)),
    )  # fmt: skip


def fixed(convention: Convention, style: MessageStyle) -> Convention:
    """The convention as a table has it; what the table does not say stays learned."""
    changes: dict[str, object] = {"max_subject": min(style.max_subject, MOST)}
    if style.style is not None:
        changes["conventional"] = style.style == "conventional"
        changes["packaged"] = convention.packaged and style.style == "plain"
    if style.types:
        changes |= {"types": style.types, "unused": frozenset()}
        changes |= {
            name: "" for name in ("dependencies", "actions", "releases") if getattr(convention, name) not in style.types
        }
    if style.scopes is not None:
        share = 1.0 if style.scopes else 0.0
        changes |= {"scopes": style.scopes, "scoped": share, "bare": frozenset[str]()}
    if style.case is not None:
        changes["case"] = style.case
    if style.mood is not None:
        changes["mood"] = style.mood
    if style.tickets:
        changes |= {"projects": style.tickets, "ticket": convention.ticket or ("", ":")}
    return replace(convention, **changes)  # type: ignore[arg-type]


def _unticketed(text: str) -> str:
    found = _TICKET.match(text)
    return text if found is None else text[found.end() :].lstrip()


def _packages(subjects: Sequence[str]) -> Counter[str]:
    """The packages that subjects begin with, none where less than half do. Tickets, types and verbs are no packages."""
    begun = [match[1] for one in subjects if not _TICKET.match(one) and (match := _PACKAGE.match(one)) is not None]
    found = [one for one in begun if one.lower() not in _KNOWN and mood_of(one) is None]
    return Counter(found if 2 * len(found) > len(subjects) else ())


def _opened(text: str) -> str:
    """A description without what stands before its words: `✨`, `:sparkles:`, `[core]`, `#12`."""
    for _ in range(_MARKS):
        found = _MARK.match(text)
        text = text if found is None else text[found.end() :]
    return text


def _case(descriptions: Sequence[str]) -> Case:
    """Of the words that could have either case: `README` and `parseUrl` tell nothing."""
    first = [one.partition(" ")[0] for one in descriptions]
    plain = [word for word in first if word[:1].isalpha() and word[1:] == word[1:].lower()]
    return "sentence" if 2 * sum(word[0].isupper() for word in plain) > len(plain) else "lower"


def _ticket(subjects: Sequence[str], descriptions: Sequence[str]) -> tuple[tuple[str, str] | None, tuple[str, ...]]:
    """How tickets open subjects, and the keys of their tracker, where half of all begin with one."""
    found = [match for match in map(_TICKET.match, (*subjects, *descriptions)) if match is not None]
    marks = Counter((match[1], match[3]) for match in found if bool(match[1]) == match[3].startswith("]"))
    if 2 * len(found) < len(subjects) or not marks:
        return None, ()
    projects = tuple(key for key, _ in Counter(match[2] for match in found).most_common(20))
    return marks.most_common(1)[0][0], projects


def _trailers(texts: Sequence[str]) -> tuple[str, ...]:
    counts = Counter(token for text in texts for token, _ in dict(footers(text.partition("\n")[2])).items())
    return tuple(token for token, times in counts.most_common(10) if times > 1)


def _spelled(scopes: Counter[str]) -> tuple[str, ...]:
    """Each scope once, as it is spelled most often."""
    spellings: dict[str, str] = {}
    for scope, _ in scopes.most_common(400):
        spellings.setdefault(scope.lower(), scope)
    return tuple(spellings.values())


def _dependencies(texts: Sequence[str]) -> tuple[str, str]:
    headers = (header(text.partition("\n")[0][:_WIDE]) for text in texts)
    read = [one for one in headers if one is not None and _is_of_dependencies(one)]
    actions = [one for one in read if _ACTION.search(one.description)]
    return _usual([one for one in read if one not in actions]) or _usual(read), _usual(actions)


def _is_of_dependencies(read: Header) -> bool:
    return read.scope.lower() in _DEPENDENCIES or _DEPENDENCY.match(read.description) is not None


def _usual(headers: Iterable[Header]) -> str:
    """The type that most of these have, where there are some."""
    counts = Counter(read.type for read in headers)
    most = counts.most_common(1)
    return most[0][0] if most and most[0][1] >= _SOME and 2 * most[0][1] > counts.total() else ""
