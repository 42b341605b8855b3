"""What a change does to what code defines: added, removed, renamed, moved, changed, and what of it breaks callers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from reviewbot.core.paths import is_foreign
from reviewbot.tasks.message.calls import differences
from reviewbot.tasks.message.definitions import Definition
from reviewbot.tasks.message.parts import Part

#: Options of one file, and names that are compared as possibly the same under another name.
_OPTIONS, _PAIRS = 200, 40
#: Characters of a definition that tell it from all others.
_TELLING = 20
_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_OPTION = re.compile(r"""["'`](?:-\w(?:,| \| |["'`], ?["'`]))? ?(--[a-z][\w-]{1,40})\b""", re.ASCII)
#: What declares the options of a command, rather than passing them to another.
_DECLARES = re.compile(r"add_argument|@click\.|click\.option|typer\.Option|argparse|optparse|commander|yargs|"
                       r"\.option\(|parseArgs|flag\.\w+\(|cobra|clap|OptionParser|\"name\": \[")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """What changed in code that is no test, in order of the files."""

    added: tuple[Definition, ...]
    removed: tuple[Definition, ...]
    #: Old and new name.
    renamed: tuple[tuple[Definition, Definition], ...]
    #: The definition and the path that has it now.
    moved: tuple[tuple[Definition, str], ...]
    altered: tuple[tuple[Definition, Definition], ...]
    #: What others can use now and could not, and the other way round.
    shown: tuple[Definition, ...]
    hidden: tuple[Definition, ...]
    options: tuple[str, ...]
    #: What breaks code elsewhere, a clause each.
    breaking: tuple[str, ...]


def facts(parts: Sequence[Part]) -> Facts:
    """The facts of a change."""
    code = [part for part in parts if part.role == "code" and not is_foreign(part.path, part.file.old.text or "")]
    renamed = [pair for part in code for pair in _renamed(part)]
    names = {one.name for pair in renamed for one in pair}
    appeared = [(one, part) for part in code for one in part.appeared if not _is_within(one, names)]
    vanished = [(one, part) for part in code for one in part.vanished if not _is_within(one, names)]
    places = {one.own: part.path for one, part in appeared}
    moved = [(one, places[one.own]) for one, part in vanished if places.get(one.own, part.path) != part.path]
    own = {one.own for one, _ in moved}
    removed = _outermost([one for one, _ in vanished if one.own not in own])
    old = {one.own for one in (*removed, *(was for was, _ in renamed))}
    new = {one.own for one in (*(one for one, _ in appeared), *(now for _, now in renamed))}
    shown = [one for part in code for one in _shown(part) if one.own not in new]
    hidden = [one for part in code for one in _hidden(part) if one.own not in old]
    sighted = {*shown, *hidden}
    altered = [pair for part in code for pair in part.altered if pair[1] not in sighted]
    gained, lost = options(code)
    return Facts(
        tuple(_outermost([one for one, _ in appeared if one.own not in own])), tuple(removed), tuple(renamed),
        tuple(moved), tuple(altered), tuple(shown), tuple(hidden), gained,
        tuple(_broken(removed, renamed, hidden, altered, lost)),
    )  # fmt: skip


def _shown(part: Part) -> list[Definition]:
    return _outermost([now for was, now in part.resighted if now.public])


def _hidden(part: Part) -> list[Definition]:
    return _outermost([now for was, now in part.resighted if was.public])


def _is_within(one: Definition, names: Set[str]) -> bool:
    return one.name in names or one.name.rpartition(".")[0] in names


def _outermost(found: Sequence[Definition]) -> list[Definition]:
    """Those that stand in none of the others."""
    names = {one.name for one in found}
    return [one for one in found if names.isdisjoint(_owners(one.name))]


def _owners(name: str) -> Iterator[str]:
    while name:
        name = name.rpartition(".")[0]
        yield name


def _renamed(part: Part) -> Iterator[tuple[Definition, Definition]]:
    """What is the same but for its name, and the one thing in the place of another that has most of its name."""
    if not (part.vanished and part.appeared):
        return
    gone, new = _outermost(part.vanished)[:_PAIRS], _outermost(part.appeared)[:_PAIRS]
    texts = {_anonymous(one): one for one in gone if len(one.text) > _TELLING}
    for one in new:
        was = texts.pop(_anonymous(one), None)
        if was is None and len(gone) == len(new) == 1 and gone[0].kind == one.kind and _is_alike(gone[0].own, one.own):
            was = gone[0]
        if was is not None:
            yield was, one


def _is_alike(old: str, new: str) -> bool:
    one, other = ({word.lower() for word in _WORDS.findall(name)} for name in (old, new))
    return bool(one & other) and (one <= other or other <= one)


def _anonymous(one: Definition) -> tuple[str, str]:
    return one.kind, re.sub(rf"(?<![\w$]){re.escape(one.own)}(?![\w$])|(?<=def|ass){re.escape(one.own)}", "", one.text)


def options(code: Sequence[Part]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The options of commands that are there now and were not, and the other way round."""
    old, new, gained, lost = set[str](), set[str](), list[str](), list[str]()
    for part in code:
        texts = (part.file.old.text or "", part.file.new.text or "")
        if any(map(_declares, texts)):
            old |= _named(texts[0])
            new |= _named(texts[1])
            gained += _OPTION.findall("\n".join(part.added))
            lost += _OPTION.findall("\n".join(part.removed))
    return _each(gained, old), _each(lost, new)


@lru_cache(maxsize=1024)  # every message of a change asks it of the same texts
def _declares(text: str) -> bool:
    return _DECLARES.search(text) is not None


@lru_cache(maxsize=256)
def _named(text: str) -> frozenset[str]:
    return frozenset(_OPTION.findall(text)[:_OPTIONS])


def _each(found: Sequence[str], others: Set[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in found if one not in others))


def _broken(
    removed: Sequence[Definition], renamed: Sequence[tuple[Definition, Definition]], hidden: Sequence[Definition],
    altered: Sequence[tuple[Definition, Definition]], options: Sequence[str],
) -> Iterator[str]:  # fmt: skip
    for one in removed:
        if _is_used(one):
            yield f"{one.name} is removed"
    for was, now in renamed:
        if _is_used(was):
            yield f"{was.name} is now {now.name}" if now.public else f"{was.name} is removed"
    yield from (f"{one.name} is no longer {'exported' if one.listed else 'public'}" for one in hidden)
    for was, now in altered:
        if was.public and now.public:
            yield from (one.clause for one in differences(was, now))
    yield from (f"option {option} is removed" for option in options)


def _is_used(one: Definition) -> bool:
    """Whether others are meant to use it: of a constant only a list of exports says so."""
    return one.public and (one.kind != "constant" or one.listed)
