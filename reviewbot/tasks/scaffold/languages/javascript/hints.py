"""Values by what a name, a default or its use in a function tells of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from reviewbot.tasks.scaffold import naming

#: An object of which nothing is known.
PLAIN = "{}"
NUMBERS, STRINGS, TRUTHS, LISTS = ("1", "0", "-1"), ('"text"', '""', '" "'), ("true", "false"), ("[1, 2]", "[]")
_RANKS: tuple[tuple[Sequence[str], frozenset[str]], ...] = (
    (("0", "1", "-1"), frozenset({"low", "lower", "min", "minimum", "start", "from", "begin", "offset", "index"})),
    (("10", "1", "0", "-1"), frozenset({"high", "upper", "max", "maximum", "end", "to", "limit", "total"})),
    (("2", "0", "-1"), frozenset({"b", "y", "other", "right", "second", "width", "size", "length"})),
    (("3", "0", "-1"), frozenset({"c", "z", "third", "value", "height"})),
)
#: What the members of a value say that it is.
_USED: Mapping[str, Sequence[str]] = {
    **dict.fromkeys((
        "trim", "split", "toLowerCase", "toUpperCase", "padStart", "padEnd", "startsWith", "endsWith", "charAt",
        "charCodeAt", "codePointAt", "replace", "replaceAll", "match", "matchAll", "substring", "substr", "repeat",
        "localeCompare", "normalize", "trimStart", "trimEnd",
    ), STRINGS),
    **dict.fromkeys((
        "map", "filter", "reduce", "forEach", "push", "pop", "shift", "unshift", "join", "sort", "flatMap", "some",
        "every", "find", "findIndex", "splice", "flat", "fill", "reduceRight",
    ), LISTS),
    **dict.fromkeys(("getTime", "getFullYear", "getMonth", "getDate", "getDay", "toISOString"), ("new Date(0)",)),
    **dict.fromkeys(("toFixed", "toPrecision"), NUMBERS), **dict.fromkeys(("call", "apply"), ("() => undefined",)),
}  # fmt: skip
_MEMBER = re.compile(r"(?<![\w$.])([A-Za-z_$][\w$]{0,60})(?:\?\.|\.)(\w{1,20})\(")
_LOOPED = re.compile(r"\bof\s{1,3}([A-Za-z_$][\w$]{0,60})\s{0,3}\)")
_CALLED = re.compile(r"(?<![\w$.])([A-Za-z_$][\w$]{0,60})\(")
_RECKONED = re.compile(r"(?<![\w$.])([A-Za-z_$][\w$]{0,60})\s?(?:[<>]=?\s?-?\d|[*%]\s?[\w$])")
_SPELLED = re.compile(
    r"""(?<![\w$.])(?<!typeof )([A-Za-z_$][\w$]{0,60})\s?[!=]==?\s?["']|"""
    r"""\[\s?["'][^\]]{0,200}\]\.includes\(([A-Za-z_$][\w$]{0,60})\)"""
)
_HINTS: tuple[tuple[Sequence[str], frozenset[str]], ...] = (
    (TRUTHS, frozenset({"is", "has", "should", "can", "enabled", "disabled", "flag", "strict", "force", "recursive"})),
    (("() => undefined",), frozenset({"fn", "func", "callback", "cb", "handler", "predicate", "listener", "fun"})),
    (("new Date(0)",), frozenset({"date", "now", "today"})),
    (LISTS, frozenset({"list", "items", "values", "array", "arr", "numbers", "rows", "elements", "entries", "nums"})),
    ((PLAIN,), frozenset({"options", "opts", "config", "props", "object", "obj", "settings", "params", "data"})),
    (STRINGS, frozenset({
        "name", "text", "str", "string", "title", "label", "key", "path", "url", "word", "message", "email", "slug",
        "s", "id", "prefix", "suffix", "separator", "input", "line", "code", "content", "query", "token", "html",
        "json",
    })),
)  # fmt: skip


def used(source: str) -> Mapping[str, Sequence[str]]:
    """By name what a function does with a value that only some values allow."""
    found: dict[str, Sequence[str]] = {}
    for name, member in _MEMBER.findall(source):
        if member in _USED:
            found.setdefault(name, _USED[member])
    for match in _SPELLED.finditer(source):
        found.setdefault(match[1] or match[2], STRINGS)
    for pattern, values in ((_LOOPED, LISTS), (_RECKONED, NUMBERS), (_CALLED, ("() => undefined",))):
        for name in pattern.findall(source):
            found.setdefault(name, values)
    return found


def reckoned(name: str) -> Sequence[str]:
    """Numbers of which those of one call differ: a test whose arguments are all 1 tells little."""
    words = naming.words(name)
    numbers = (numbers for numbers, hints in _RANKS if hints.intersection(words[:1] + words[-1:]))
    return next(numbers, NUMBERS)


def hinted(name: str) -> tuple[str, ...]:
    words = naming.words(name)
    for values, hints in _HINTS:
        if hints.intersection(words[:1] + words[-1:]):
            return tuple(values)
    return NUMBERS


def defaulted(default: str) -> tuple[str, ...]:
    """Values like a default."""
    head = default[:1]
    if default in ("true", "false"):
        return TRUTHS
    if head in ("'", '"', "`"):
        return STRINGS
    if head == "[":
        return LISTS
    if head == "{":
        return (PLAIN,)
    return NUMBERS if head.isdigit() or (head == "-" and default[1:2].isdigit()) else ()
