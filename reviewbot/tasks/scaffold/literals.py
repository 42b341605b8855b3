"""Values as languages write them, and how a language writes the few that conditions ask for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum

#: A text or list that is longer is not written out, one that is longer still not made.
MAX_WRITTEN, MAX_MADE = 40, 5000
_NUMBER = re.compile(r"(-?)(\d[\d_]{0,30})(\.\d{1,20})?([A-Za-z]\w{0,5})?")
_QUOTED = re.compile(r"""(["'`])([^"'`\\\n]{0,200})\1(?:\.to_string\(\)|\.to_owned\(\)|\.into\(\))?""")
_REPEATED = re.compile(r"""(["'])a\1(?: \* |\.repeat\()(\d{1,4})\)?|(?:new string|str_repeat)\('a', (\d{1,4})\)""")
#: A number of a class of numbers (Python).
_WRAPPED = re.compile(r"""(Decimal|Fraction)\((["']?)(-?\d{1,30}(?:\.\d{1,20})?)\2\)""")
#: An item, or a key with its value, that holds no comma.
_PLAIN = re.compile(r"""(?:"[^"\\,]*"|'[^'\\,]*'|[\w.+-]+)(?:\s*(?::|=>)\s*(?:"[^"\\,]*"|'[^'\\,]*'|[\w.+-]+))?""")
_CLOSING = {"[": "]", "(": ")", "{": "}"}
_WORDS = {
    "None": None, "null": None, "nil": None, "NULL": None, "undefined": None, "True": True, "true": True, "TRUE": True,
    "False": False, "false": False, "FALSE": False,
}  # fmt: skip
_HOLLOW = frozenset({
    "[]", "()", "{}", "set()", "dict()", "list()", "vec![]", "List.of()", "Map.of()", 'b""', "b''",
})  # fmt: skip


class Unknown(Enum):
    """What a reader cannot tell."""

    UNKNOWN = "unknown"


UNKNOWN = Unknown.UNKNOWN


@dataclass(frozen=True, slots=True)
class Sized:
    """A list, tuple, map or set of which only the length is known."""

    length: int


Value = bool | int | float | str | Sized | Unknown | None


def grown(example: str, length: int) -> str | None:
    """An expression like `example` with so many elements: a quoted text, a list in brackets or a tuple."""
    if length < 0 or length > MAX_WRITTEN or not example:
        return None
    if example[0] in "\"'`":
        return example[0] + "a" * length + example[0]
    if example[0] not in "[(":
        return None
    inner = example[1:-1].split(",")[0].strip() or "0"
    item = inner if _NUMBER.fullmatch(inner) or _QUOTED.fullmatch(inner) else "0"
    comma = "," if example[0] == "(" and length == 1 else ""
    return example[0] + ", ".join([item] * length) + comma + example[-1]


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a language writes what tests need."""

    none: str = "None"
    true: str = "True"
    false: str = "False"
    quote: str = '"'
    #: Of a long text, with {n} for its length; "" where none is written.
    repeat: str = ""
    #: Kinds of which 0 and what is empty are false as a condition.
    falsy: frozenset[str] = frozenset({"number", "text", "list"})
    #: An expression like the example with so many elements, None where there is no telling.
    sized: Callable[[str, int], str | None] = field(default=grown)

    def of_length(self, example: str, length: int) -> str | None:
        """An expression like `example` that has this length."""
        written = self.sized(example, length)
        if written is None and self.repeat and MAX_WRITTEN < length <= MAX_MADE and example[:1] in ('"', "'", "`"):
            return self.repeat.replace("{n}", str(length))
        return written

    def quoted(self, text: str) -> str | None:
        """A plain text in quotes, None for one that would need escapes."""
        plain = text.isascii() and text.isprintable() and not set(text) & set("\\\"'`$#{}")
        return f"{self.quote}{text}{self.quote}" if plain and len(text) <= MAX_WRITTEN else None


PYTHON = Spelling(repeat='"a" * {n}')
JAVASCRIPT = Spelling("null", "true", "false", '"', '"a".repeat({n})', frozenset({"number", "text"}))
GO = Spelling("nil", "true", "false")
JAVA = Spelling("null", "true", "false", repeat='"a".repeat({n})')
RUST = Spelling("None", "true", "false")
RUBY = Spelling("nil", "true", "false", '"', '"a" * {n}', frozenset())
CSHARP = Spelling("null", "true", "false", repeat="new string('a', {n})")
PHP = Spelling("null", "true", "false", "'", repeat="str_repeat('a', {n})")


def read(text: str) -> Value:
    """The value of a literal; UNKNOWN for any other expression."""
    text = text.strip()
    if text in _WORDS:
        return _WORDS[text]
    if text in _HOLLOW:
        return Sized(0)
    if (number := _NUMBER.fullmatch(text)) is not None:
        return _number(number)
    if (quoted := _QUOTED.fullmatch(text)) is not None:
        return quoted[2]
    if (repeated := _REPEATED.fullmatch(text)) is not None:
        return "a" * int(repeated[2] or repeated[3])
    if (wrapped := _WRAPPED.fullmatch(text)) is not None:
        return read(wrapped[3])
    return _listed(text)


def _listed(text: str) -> Value:
    """Of a list, tuple, set or map of plain literals the length."""
    inner = text[1:-1]
    if len(text) < 2 or text[-1] != _CLOSING.get(text[0], "") or len(text) > MAX_MADE:
        return UNKNOWN
    items = [item for item in inner.split(",") if item.strip()]
    plain = all(_PLAIN.fullmatch(item.strip()) for item in items)
    return Sized(len(items)) if plain and (text[0] != "(" or "," in inner) else UNKNOWN


def _number(match: re.Match[str]) -> int | float:
    digits = (match[1] + match[2] + (match[3] or "")).replace("_", "")
    return float(digits) if match[3] else int(digits)


def numbered(number: int | float, examples: Sequence[str]) -> str:
    """A number as the examples write theirs: with a fraction, or with a suffix."""
    match = next((found for example in examples if (found := _NUMBER.fullmatch(example)) is not None), None)
    wrapped = next((found for example in examples if (found := _WRAPPED.fullmatch(example)) is not None), None)
    if match is None and wrapped is not None:
        return f'{wrapped[1]}("{number}")' if wrapped[2] else f"{wrapped[1]}({number})"
    if match is None:
        return str(number)
    fraction = ".0" if match[3] and isinstance(number, int) else ""
    return f"{number}{fraction}{match[4] or ''}"


def kin(value: Value) -> str:
    """What sort of value it is."""
    match value:
        case bool():
            return "truth"
        case int() | float():
            return "number"
        case str():
            return "text"
        case Sized():
            return "list"
        case None:
            return "none"
    return ""
