"""What calls of a function have to change: a clause for a footer and a phrase for a subject, each that says what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reviewbot.tasks.message import names
from reviewbot.tasks.message.definitions import Definition
from reviewbot.tasks.message.phrasing import Phrase
from reviewbot.tasks.message.signatures import NAMED, Parameter, Signature, breaks, is_other_result, is_other_type

#: Parameters that are told one by one; characters of a type that is said, and types of one result.
_LISTED, _TYPE, _TYPES = 8, 48, 4
_NAME = re.compile(r"[A-Za-z_]\w{0,40}", re.ASCII)
#: A type that is no markup wherever it stands: a star that opens a word closes nothing, brackets are empty.
_PLAIN = re.compile(r"(?:\[\]|\*)?[A-Za-z_][\w.]{0,40}(?:\[\])?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that calls have to heed now."""

    clause: str
    phrase: Phrase


def called(one: Definition) -> str:
    """As a caller names it: a constructor is its class."""
    return re.sub(r"\.(__init__|constructor)$", "", one.name)


def differences(was: Definition, now: Definition) -> tuple[Difference, ...]:
    """What makes calls wrong that were right; nothing where none are."""
    old, new = was.signature, now.signature
    if old is None or new is None or not breaks(old, new):
        return ()
    place = called(now)
    found = [*_names(called(was), place, old, new), *_each(place, old, new), *_result(place, old, new)]
    return tuple(found) or (
        Difference(f"{place} takes other arguments", Phrase("change", (f"parameters of {place}",))),
    )


def _bare(one: Parameter) -> str:
    return re.sub(r"^[*&.$ ]+", "", one.name)


def _listed(names: Sequence[str]) -> str:
    """The parameters by name; no more than that there are some where one of them has none that could be said."""
    if len(names) > _LISTED or not all(map(_NAME.fullmatch, names)):
        return "(…)"
    return f"({', '.join(names)})"


def _by_name(old: Signature, new: Signature) -> bool:
    """Whether parameters are the same by their names, and not by their places."""
    was, now = ([_bare(one) for one in side.parameters] for side in (old, new))
    return len(was) != len(now) or sorted(was) == sorted(now) or old.language in NAMED


def _names(before: str, place: str, old: Signature, new: Signature) -> Iterator[Difference]:
    """Where a parameter is gone, new and needed, or stands elsewhere: how both look."""
    was, now = ([_bare(one) for one in side.parameters] for side in (old, new))
    gone, kept = [one for one in was if one not in now], [one for one in was if one in now]
    more = [one for one in now if one not in was]
    needed = any(one.required and _bare(one) in more for one in new.parameters)
    if not _by_name(old, new) or not (gone or needed or kept != [one for one in now if one in was]):
        return
    old_look, new_look = f"{before}{_listed(was)}", f"{place}{_listed(now)}"
    clause = f"{old_look} is now {new_look}" if old_look != new_look else f"{place} takes other arguments"
    yield Difference(clause, _renaming(place, gone, more))


def _renaming(place: str, gone: Sequence[str], more: Sequence[str]) -> Phrase:
    if not all(map(_NAME.fullmatch, (*gone, *more))):
        return Phrase("change", (f"parameters of {place}",))
    if more and not gone:
        return adding(place, more)
    if len(gone) == len(more) == 1:
        return Phrase("rename", (f"parameter {gone[0]} of {place} to {more[0]}", f"parameters of {place}"))
    if len(gone) == 1 and not more:
        return Phrase("remove", (f"parameter {gone[0]} from {place}", f"parameter {gone[0]}"))
    return Phrase("change", (f"parameters of {place}",))


def adding(place: str, more: Sequence[str]) -> Phrase:
    """That it takes more than it did."""
    word, listed = "parameter" if len(more) == 1 else "parameters", names.listed(more)
    return Phrase("add", (f"{word} {listed} to {place}", f"{word} {listed}", f"{len(more)} {word}"))


def _each(place: str, old: Signature, new: Signature) -> Iterator[Difference]:
    named = {_bare(one): one for one in old.parameters}
    for at, now in enumerate(new.parameters):
        was = named.get(_bare(now)) if _by_name(old, new) else old.parameters[at]
        if was is None:
            continue
        name = _bare(now) if _NAME.fullmatch(_bare(now)) else f"parameter {at + 1}"
        if now.required and not was.required:
            yield Difference(f"{place} needs {name}", Phrase("require", (f"{name} in {place}", name)))
        elif (was.role, now.role) == ("positional", "named"):
            clause = f"{name} of {place} is keyword-only"
            yield Difference(clause, Phrase("make", (f"{name} of {place} keyword-only", f"{name} keyword-only")))
        elif is_other_type(was.type, now.type, old.language):
            told, short = _type(now.type), f"type of {name} in {place}"
            clause = f"{name} of {place} is {told}" if told else f"{name} of {place} has another type"
            yield Difference(clause, Phrase("change", ((f"{short} to {told}", short) if told else (short,))))


def _result(place: str, old: Signature, new: Signature) -> Iterator[Difference]:
    if not is_other_result(old, new):
        return
    told = "nothing" if new.returns in ("", "void", "()") else _type(new.returns)
    told = told or ("a promise" if new.returns.startswith("Promise<") else "")
    short = f"return type of {place}"
    yield Difference(f"{place} returns {told or 'another type'}",
                     Phrase("return", (f"{told} from {place}",)) if told else Phrase("change", (short,)))  # fmt: skip


def _type(text: str) -> str:
    """A type as a message may say it, "" where it may not."""
    inner = text[1:-1] if text.startswith("(") and text.endswith(")") else text
    mark = " | " if " | " in inner else ", "
    plain = len(text) <= _TYPE and all(map(_PLAIN.fullmatch, inner.split(mark)))
    return text if plain and inner.count(mark) < _TYPES else ""
