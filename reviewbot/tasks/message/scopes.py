"""The scope of a change: one that the project itself uses, where its paths name it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from reviewbot.tasks.message.convention import Convention
from reviewbot.tasks.message.grammar import TYPES
from reviewbot.tasks.message.parts import Part

#: Files whose paths are compared, and scopes that are.
_FILES, _SCOPES = 100, 200
#: Folders of a path, and words of a name, that are compared.
_DEEP = 12
#: Characters of a folder that are read.
_LONG = 400
#: Where hardly any header has a scope, none is expected.
_RARE = 0.15
_AFFIX = re.compile(r"^test[_.-]|[_.-](?:test|tests|spec|specs|config)$")
_SPLIT = re.compile(r"[^a-z0-9]+")
_CASE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def scope(parts: Sequence[Part], convention: Convention, kind: str, updates: bool = False) -> str:
    """The scope in the project's spelling, "" where the paths name none of those in use, or several."""
    if convention.scoped < _RARE or kind in convention.bare or not parts:
        return ""
    known = {_key(one): one for one in reversed(convention.scopes[:_SCOPES])}
    telling = _telling(parts)
    if convention.packaged and (own := _package(telling, convention.scopes[:_SCOPES])):
        return own
    if updates and (found := next((known[key] for key in _DEPENDENCIES if key in known), "")):
        return found
    votes = [_named(part.path) for part in telling]
    ranked = [(sum(key in one for one in votes), max(one.get(key, 0) for one in votes), key) for key in known]
    most, _, best = max(ranked, default=(0, 0, ""))
    if 2 * most > len(votes):
        return known[best]
    return known.get("ci", "") if {part.role for part in telling} == {"ci"} else ""


def _package(telling: Sequence[Part], known: Sequence[str]) -> str:
    """The one folder that a change is about, as much of it as the project says; "" for several and for the top."""
    folders = {part.path.rpartition("/")[0] for part in telling}
    folder = folders.pop()[-_LONG:] if len(folders) == 1 else ""
    ends = [folder.split("/", at)[-1] for at in range(min(folder.count("/"), _DEEP) + 1)]
    if found := next((one for one in ends if one in known), ""):
        return found
    name = folder if any("/" in one for one in known) else ends[-1]
    return name if re.fullmatch(r"[a-z][\w./+-]{0,40}", name, re.ASCII) and name not in TYPES else ""


_DEPENDENCIES = ("deps", "dependencies", "dep")


def _telling(parts: Sequence[Part]) -> list[Part]:
    """The files that a change is about: code before tests, tests before what follows from both."""
    for roles in (("code",), ("test",), ("docs", "ci", "tooling", "manifest", "other"), ("asset", "lock")):
        if found := [part for part in parts if part.role in roles]:
            return found[:_FILES]
    return []


def _key(name: str) -> str:
    return "-".join(filter(None, _SPLIT.split(_CASE.sub("-", name).lower())))


def _named(path: str) -> dict[str, int]:
    """What a path may be called by, each with how exactly: its file, the file without affixes, its folders."""
    pure = PurePosixPath(path)
    stem = pure.name.lstrip(".").partition(".")[0] or pure.name
    bare = _AFFIX.sub("", _AFFIX.sub("", stem))
    names = {_key(pure.name): 100, _key(stem): 99, _key(bare): 98}
    folders = [part for part in pure.parts[:-1] if part not in (".", "/")]
    for depth, folder in enumerate(folders[:_DEEP], 50):
        names.setdefault(_key(folder), depth)
        names.setdefault(_key(f"{folder}/{bare}"), 99)
    for rank, word in ((80, _key(stem)), *((40 + n, _key(one)) for n, one in enumerate(folders[1:_DEEP]))):
        words = word.split("-")[:_DEEP]
        for at in range(1, len(words)):
            names.setdefault("-".join(words[at:]), rank)
            names.setdefault("-".join(words[: at + 1]), rank)
    names.pop("", None)
    return names
