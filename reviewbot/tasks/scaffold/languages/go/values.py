"""Go: expressions of a type at its edges, the usual one first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reviewbot.tasks.scaffold.conditions import Spelling
from reviewbot.tasks.scaffold.literals import grown

#: Types inside types, and the length of one.
DEEPEST, WIDEST = 3, 120
_SIGNED = {"int": 31, "int8": 7, "int16": 15, "int32": 31, "int64": 63, "rune": 20}
_UNSIGNED = {"uint": 32, "uint8": 8, "uint16": 16, "uint32": 32, "uint64": 64, "byte": 8, "uintptr": 32}
NUMBERS = frozenset({*_SIGNED, *_UNSIGNED, "float32", "float64"})
#: Two values of these are compared with ==.
PLAIN = NUMBERS | {"string", "bool", "complex64", "complex128"}
_KNOWN = {
    "string": ('"a"', '""', '" a b "', '"\\u00e9\\u4e16"'), "bool": ("true", "false"),
    "float32": ("1.5", "0.0", "-1.5"), "float64": ("1.5", "0.0", "-1.5"), "rune": ("'a'", "'\\u4e16'", "0"),
    "byte": ("'a'", "0", "255"), "error": ('errors.New("a")', "nil"), "any": ("1", '"a"', "nil"),
    "interface{}": ("1", '"a"', "nil"), "context.Context": ("context.Background()",),
    "time.Duration": ("time.Second", "0", "-time.Second"), "time.Time": ("time.Time{}", "time.Unix(0, 0).UTC()"),
    "io.Reader": ('strings.NewReader("a")', 'strings.NewReader("")'), "io.Writer": ("&bytes.Buffer{}",),
    "http.ResponseWriter": ("httptest.NewRecorder()",), "*http.Request": ('httptest.NewRequest("GET", "/", nil)',),
    "[]byte": ('[]byte("a")', '[]byte("")', "nil"),
}  # fmt: skip
_NAME = re.compile(r"(?:[A-Za-z_]\w*\.)?[A-Za-z_]\w*", re.ASCII)
_SLICE = re.compile(r"(\[\][\w.*\[\]]{1,100})\{([^{}\"]{0,40}|\"[^\"\\{}]{0,40}\")(?:,.{0,200})?\}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Types:
    """What a file declares: the types under its names, and the constants of a type."""

    #: `Level` is `int`; `struct`, `interface` and `func` stand for all of their kind.
    under: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, Sequence[str]] = field(default_factory=dict)


def fits(kind: str, value: str) -> bool:
    """Whether a value that a condition asks for is one of the type."""
    return not (value.startswith("-") and kind.startswith(("uint", "byte")))


def is_plain(text: str, types: Types) -> bool:
    """Whether two values of a type can be compared with == and mean it."""
    return types.under.get(text, text) in PLAIN


def values(text: str, types: Types, *, calm: bool = True, deep: int = 0) -> tuple[str, ...]:
    """Expressions of a type, () where a test cannot make any. `calm` leaves out those that loops would run with."""
    if len(text) > WIDEST or deep > DEEPEST or "\n" in text:
        return ()
    if text in _KNOWN:
        return _KNOWN[text]
    if text in _SIGNED:
        return ("1", "0", "-1") if calm else ("1", "0", "-1", str(2 ** _SIGNED[text] - 1))
    if text in _UNSIGNED:
        return ("1", "0") if calm else ("1", "0", str(2 ** _UNSIGNED[text] - 1))
    if text.startswith("..."):
        return values("[]" + text[3:], types, calm=calm, deep=deep)
    return _made(text, types, calm, deep + 1)


def _made(text: str, types: Types, calm: bool, deep: int) -> tuple[str, ...]:
    if text.startswith("[]"):
        inner = values(text[2:], types, calm=calm, deep=deep)
        few = dict.fromkeys(", ".join(inner[:many]) for many in (1, 3) if inner)
        return (*(f"{text}{{{one}}}" for one in few), f"{text}{{}}", "nil") if inner else ()
    if text.startswith("map["):
        return _map(text, types, calm, deep)
    if text.startswith("*"):
        named = _NAME.fullmatch(text[1:])
        return (f"new({text[1:]})", "nil") if named and values(text[1:], types, calm=calm, deep=deep) else ()
    if not _NAME.fullmatch(text):
        return ()
    return _named(text, types, calm, deep)


def _map(text: str, types: Types, calm: bool, deep: int) -> tuple[str, ...]:
    key, closed, value = text[4:].partition("]")
    if not closed or "[" in key:
        return ()
    keys, held = values(key, types, calm=calm, deep=deep), values(value, types, calm=calm, deep=deep)
    return (f"{text}{{{keys[0]}: {held[0]}}}", f"{text}{{}}", "nil") if keys and held else ()


def _named(text: str, types: Types, calm: bool, deep: int) -> tuple[str, ...]:
    """Of a declared type its constants or values; of one declared elsewhere the zero value, which always compiles."""
    if text in types.constants:
        return tuple(types.constants[text][:3])
    under = types.under.get(text)
    if under == "func" or text in ("comparable", "chan", "func"):
        return ()
    if under == "interface":
        return ("nil",)
    if under == "struct":
        return (f"{text}{{}}",)
    if under in PLAIN:
        return tuple(f"{text}({one})" for one in values(under, types, calm=calm, deep=deep))
    if under is not None and under.startswith(("[]", "map[")):
        return (f"{text}{{}}", "nil")
    return (f"*new({text})",)


def _sized(example: str, length: int) -> str | None:
    """A slice with so many elements like the first of the example."""
    found = _SLICE.fullmatch(example)
    if found is None:
        return None if example.startswith("[") else grown(example, length)
    item = found[2].split(",")[0].strip()
    return f"{found[1]}{{{', '.join([item] * length)}}}" if item and 0 <= length <= 40 else None


SPELLING = Spelling("nil", "true", "false", repeat='strings.Repeat("a", {n})', sized=_sized)
