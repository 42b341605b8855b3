"""What a change does in a few words, the thing that its subject tells first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reviewbot.tasks.message import names
from reviewbot.tasks.message.calls import adding, called, differences
from reviewbot.tasks.message.definitions import Definition
from reviewbot.tasks.message.dependencies import released
from reviewbot.tasks.message.facts import Facts
from reviewbot.tasks.message.files import of_changed, of_files, of_paths
from reviewbot.tasks.message.parts import Part
from reviewbot.tasks.message.phrasing import Phrase, listings

#: Definitions that are told to have moved, or to be called otherwise; lines that are looked at for what is handled.
_MOVED, _CALLS, _LINES = 3, 3, 400
#: Names that a list has at most: of more those of others count.
_TOLD = 3
#: `if not x:`, `if x is None:`, `if (!x)`, `if x == nil`: what is handled by it when it is missing.
_MISSING = re.compile(
    r"^(?:\} ?else )?(?:if|elif|unless) ?\(?(?:not ([A-Za-z_][\w.]{0,40})|!([A-Za-z_][\w.]{0,40})|"
    r"([A-Za-z_][\w.]{0,40}) (?:is None|===? ?null|===? ?undefined|== nil))\)? ?(?::|\{|$|then|return)",
    re.ASCII,
)
#: The verbs that tell what a change of a type is about before the others that it does as well.
_ORDER = {"fix": ("handle", "correct"), "refactor": ("rename", "move", "extract", "simplify", "restructure", "remove")}
_VERBS = {"fix": "correct", "feat": "extend", "perf": "improve"}
_DEFINED = re.compile(r"\b(?:def|class|function\*?|func|fn|interface|struct|enum|trait)\s+(?:\([^()]{0,80}\)\s*)?"
                      r"([A-Za-z_$][\w$]{0,59})", re.ASCII)  # fmt: skip


def phrases(parts: Sequence[Part], facts: Facts, kind: str) -> Iterator[Phrase]:
    """What the change does, a phrase for each thing, the one for its subject first."""
    if version := released(parts):
        yield Phrase("release", (names.version(version),))
    code = [part for part in parts if part.role == "code"]
    if code:
        yield from _of_code(code, facts, kind)
    yield from of_files([part for part in parts if part.role != "code"], kind)


def _of_code(code: Sequence[Part], facts: Facts, kind: str) -> Iterator[Phrase]:
    if kind in ("docs", "style"):
        yield of_paths("document" if kind == "docs" else "reformat", [part.path for part in code])
        return
    said = [*_of_names(facts), *_of_insides(code, facts, kind)]
    order = {verb: place for place, verb in enumerate(_ORDER.get(kind, ()))}
    said.sort(key=lambda phrase: order.get(phrase.verb, len(order)))
    yield from said
    untold = [part for part in code if not (part.appeared or part.vanished or part.altered)]
    whole = [part for part in untold if part.is_new or part.is_gone or part.is_moved]
    if not said and untold and not whole:
        yield _around(untold, kind)
    else:
        yield from of_files(whole, kind)


def _around(code: Sequence[Part], kind: str) -> Phrase:
    """What changed lines stand in, as git says it above each hunk."""
    found = (match for part in code for hunk in part.file.hunks for match in _DEFINED.finditer(hunk.section[:200]))
    around = list(dict.fromkeys(match[1] for match in found))
    if len(code) == 1 and 0 < len(around) <= 2:
        at = names.name(code[0].path)
        return Phrase(_verb(kind, code), (f"{names.listed(around)} in {at}", names.listed(around), at))
    return of_changed("update", code)


def _of_names(facts: Facts) -> Iterator[Phrase]:
    """What code defines now, and what it did."""
    if facts.options:
        yield Phrase("add", listings(facts.options, "option " if len(facts.options) == 1 else "options "))
    if added := _sorted(facts.added):
        yield Phrase("add", listings(added))
    if facts.shown:
        yield _sighted(facts.shown, "export", "public")
    for was, now in facts.renamed:
        yield Phrase("rename", (f"{was.name} to {now.name}", f"{was.own} to {now.own}", was.own))
    for one, place in facts.moved[:_MOVED]:
        yield Phrase("move", (f"{one.name} to {names.path(place)}", f"{one.name} to {names.name(place)}", one.name))
    if removed := _sorted(facts.removed):
        yield Phrase("remove", listings(removed))
    if facts.hidden:
        yield _sighted(facts.hidden, "remove", "private")


def _sighted(found: Sequence[Definition], verb: str, word: str) -> Phrase:
    """What others can use now, or no more, in the words of its language."""
    if all(one.listed for one in found):
        exports = "" if verb == "export" else "export of " if len(found) == 1 else "exports of "
        return Phrase(verb, listings(_sorted(found), exports))
    return Phrase("make", tuple(f"{said} {word}" for said in listings(_sorted(found))))


def _sorted(found: Sequence[Definition]) -> list[str]:
    """What others use, all if they use nothing; what does something before what is."""
    found = [one for one in found if one.public] or found
    order = {"class": 0, "function": 1, "method": 2, "type": 3, "constant": 4}
    return list(dict.fromkeys(one.name for one in sorted(found, key=lambda one: order[one.kind])))


def _of_insides(code: Sequence[Part], facts: Facts, kind: str) -> Iterator[Phrase]:
    told: set[str] = set()
    for was, now in facts.altered:
        more = _parameters(was, now)
        found = [adding(called(now), more)] if more else []
        if len(told) < _CALLS:
            found += [one.phrase for one in differences(was, now) if one.phrase not in found]
        told |= {now.name} if found else set()
        yield from found
    left = [now for _, now in facts.altered if now.name not in told]
    changed = [one.name for one in left if len(left) <= _TOLD or one.public] or [one.name for one in left]
    if kind == "fix" and (missing := _missing(code)):
        place = changed[0] if len(changed) == 1 else names.name(code[0].path)
        yield Phrase("handle", (f"missing {missing} in {place}", f"missing {missing}"))
        changed = changed if len(changed) > 1 else []
    if changed:
        yield Phrase(_verb(kind, code), listings(changed))


def _parameters(was: Definition, now: Definition) -> list[str]:
    """The parameters that it takes beside those that it took."""
    if was.signature is None or now.signature is None:
        return []
    before = {one.name for one in was.signature.parameters}
    more = [one.name for one in now.signature.parameters if one.name not in before]
    longer = len(now.signature.parameters) > len(was.signature.parameters)
    return more if longer and all(re.fullmatch(r"[A-Za-z_]\w{0,39}", one, re.ASCII) for one in more) else []


def _missing(code: Sequence[Part]) -> str:
    found = [match for part in code for line in part.added[:_LINES] if (match := _MISSING.match(line)) is not None]
    return next(filter(None, found[0].groups()), "") if len(found) == 1 else ""


def _verb(kind: str, code: Sequence[Part]) -> str:
    if kind in _VERBS:
        return _VERBS[kind]
    shorter = sum(len(part.removed) - len(part.added) for part in code) > 0
    return ("simplify" if shorter else "restructure") if kind == "refactor" else "update"
