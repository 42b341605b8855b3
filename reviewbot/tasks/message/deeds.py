"""What a change does to code: adds to it, mends it, or puts it in another form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from reviewbot.tasks.message.definitions import Definition
from reviewbot.tasks.message.facts import options
from reviewbot.tasks.message.parts import Part

#: What the declaration of a type has as optional: a caller may use it, and need not.
_OPTIONAL = re.compile(r"^(?:readonly )?(\w{1,60})\?\s*[:(]")
_BRANCH = re.compile(r"^(?:\}\s*)?(?:else )?(?:if|elif|elsif|unless|guard|except|catch|rescue|try)\b")
_SHORT = re.compile(r"\?\.|\?\?|&&|\|\||\bis not None\b|\band\b|\bor\b")
_WORD = re.compile(r"[A-Za-z_$][\w$]*|[^\sA-Za-z_$]")
_IMPORT = re.compile(r"^(?:import|from|use|using|require|include|export \{|export \*|const .{1,80}= require)\b")
#: Lines up to which a change of the inside of something is a mend, and above which it is more.
_SMALL, _LARGE = 4, 12


def of_code(code: Sequence[Part], parts: Sequence[Part]) -> str:
    """The type of a change of code; `parts` are all that changed with it."""
    written = [part for part in code if part.file.hunks]
    if not written and not any(part.is_gone or part.is_moved or part.file.absence for part in code):
        return "chore"  # other permissions, an empty file
    if written and all(part.is_respaced for part in written):
        return "style"
    if written and all(part.is_commented for part in written):
        return "docs"
    added, removed = (_lines(code, new) for new in (True, False))
    tested = any(_gains_tests(part) for part in parts)
    named = any(part.appeared and part.vanished for part in code)
    if not added or (not tested and (named or len(added) > 1) and is_renaming(added, removed)):
        return "refactor"
    if _offers(code, added, removed):
        return "feat"
    if _is_hiding(code) and not tested:
        return "refactor"
    moved = {one.own for part in code for one in part.appeared} & {one.own for part in code for one in part.vanished}
    if _is_rearranged(added, removed, 1 if moved else _SMALL) and not tested:
        return "refactor"
    return _inside(parts, added, removed, tested=tested)


def _gains_tests(part: Part) -> bool:
    if part.role == "test":
        return len(part.file.added) > len(part.file.removed)
    return part.role == "code" and part.tested


def _lines(code: Sequence[Part], new: bool) -> list[str]:
    """The changed lines of a side, those left out that only bring names in."""
    lines = [line for part in code for line in (part.added if new else part.removed)]
    return [line for line in lines if not _IMPORT.match(line)]


def is_renaming(added: Sequence[str], removed: Sequence[str]) -> bool:
    """Whether the lines differ in names alone, each name standing for one other throughout."""
    if len(added) != len(removed):
        return False
    names: dict[str, str] = {}
    for was, now in zip(removed, added, strict=True):
        old, new = _WORD.findall(was), _WORD.findall(now)
        if len(old) != len(new):
            return False
        for one, other in zip(old, new, strict=True):
            if names.setdefault(one, other) != other or (one != other and not (one[0].isalpha() or one[0] in "_$")):
                return False
    return any(one != other for one, other in names.items())


def _is_rearranged(added: Sequence[str], removed: Sequence[str], least: int = _SMALL) -> bool:
    """Whether most of what is added stood elsewhere before."""
    telling = [line for line in added if len(line) > 3]
    kept = Counter(telling) & Counter(removed)
    return len(telling) >= least and 2 * sum(kept.values()) > len(telling)


def _offers(code: Sequence[Part], added: Sequence[str], removed: Sequence[str]) -> bool:
    """Whether something is there for others that was not: a definition, an option, a file of code."""
    if options(code)[0]:
        return True
    if {found[1] for line in added if (found := _OPTIONAL.match(line))} - set(_WORD.findall("\n".join(removed))):
        return True
    if any(part.is_new and part.added for part in code):
        return True
    if any(_takes_more(*pair) for part in code for pair in part.altered):
        return True
    sighted = [now.public for part in code for _, now in part.resighted]
    alone = not removed  # else a constant is what the rest of the change needs
    new_ones = [one for one in appeared(code) if one.kind != "constant" or alone]
    more = len(new_ones) > len(vanished(code)) and not _is_rearranged(added, removed)
    return more or sum(sighted) > len(sighted) / 2


def _is_hiding(code: Sequence[Part]) -> bool:
    """Whether nothing changed but that others cannot use something any more."""
    hidden = {now.name for part in code for was, now in part.resighted if was.public}
    return bool(hidden) and all(now.name in hidden for part in code for _, now in part.altered)


def _takes_more(old: Definition, new: Definition) -> bool:
    """Whether calls may give it something that they could not before."""
    if old.signature is None or new.signature is None:
        return False
    before = {one.name for one in old.signature.parameters}
    more = [one for one in new.signature.parameters if one.name not in before]
    return new.public and len(new.signature.parameters) > len(before) and any(not one.required for one in more)


def appeared(code: Sequence[Part]) -> list[Definition]:
    """What is defined for others and was defined nowhere in this change before."""
    before = {one.own for part in code for one in part.vanished}
    return [one for part in code for one in part.appeared if one.public and one.own not in before]


def vanished(code: Sequence[Part]) -> list[Definition]:
    after = {one.own for part in code for one in part.appeared}
    return [one for part in code for one in part.vanished if one.public and one.own not in after]


def _inside(parts: Sequence[Part], added: Sequence[str], removed: Sequence[str], *, tested: bool) -> str:
    """A change of the inside of what there was."""
    told = sum(len(part.file.added) - len(part.file.removed) for part in parts if part.role == "docs")
    if told > 1 and len(added) > len(removed):
        return "feat"  # people are told of it
    guards = sum(bool(_BRANCH.match(line)) for line in added) - sum(bool(_BRANCH.match(line)) for line in removed)
    if guards > 0 or tested:
        return "fix"
    if len(added) - len(removed) > _LARGE:
        return "feat"
    if len(added) + len(removed) <= 2 * _SMALL:
        return "fix"
    return "refactor" if len(added) <= len(removed) + _SMALL else "feat"
