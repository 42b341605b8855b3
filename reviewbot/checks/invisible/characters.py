"""Which characters hide something, judged with their neighbours: an emoji needs its joiner, Persian its non-joiner."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from reviewbot.checks.invisible.nature import Nature
from reviewbot.core.findings import Rule, Severity

BIDI = Rule(
    "invisible/bidi", Severity.HIGH, "Text direction control",
    "It reorders what is shown: the code that runs is not the code that is read.", 0.95,
)  # fmt: skip
TAG = Rule(
    "invisible/tag", Severity.HIGH, "Invisible tag characters",
    "They spell text that no editor shows and that a program or a language model reads.", 0.98,
)  # fmt: skip
SELECTOR = Rule(
    "invisible/selector", Severity.HIGH, "Variation selectors that select nothing",
    "A run of them can carry a hidden payload.", 0.9,
)  # fmt: skip
ZERO_WIDTH = Rule(
    "invisible/zero-width", Severity.MEDIUM, "Character without width",
    "Two names or texts that look equal are not.", 0.9,
)  # fmt: skip
CONTROL = Rule(
    "invisible/control", Severity.MEDIUM, "Control character",
    "A terminal or an editor acts on it instead of showing it: what is seen is not what is there.", 0.9,
)  # fmt: skip
BOM = Rule(
    "invisible/bom", Severity.INFO, "Byte order mark added",
    "Many programs take it for content; UTF-8 needs none.", 0.95,
)  # fmt: skip

#: Everything below can hide something. Single characters only, so matching is linear.
_ODD = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]|\r(?=.)"
)
#: Scripts whose spelling needs joiners, separators and direction marks.
_COMPLEX = re.compile(
    "[\u0590-\u109f\u1780-\u18af\u1a00-\u1cff\ua800-\ua82f\ua840-\ua8ff\ua980-\uaaff\uabc0-\uabff\ufb1d-\ufdff"
    "\ufe70-\ufefc\U00010a00-\U00011fff\U0001e900-\U0001e95f]"
)
#: Scripts written without spaces: a zero-width space says where a line may break.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_IDEOGRAPH = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
#: The three flags that are spelled with tag characters; any other use of them hides text.
_FLAGS = frozenset("\U0001f3f4" + "".join(chr(0xE0000 + ord(c)) for c in name) + "\U000e007f"
                   for name in ("gbeng", "gbsct", "gbwls"))  # fmt: skip
_LONGEST_FLAG = 7
_CLOSERS = {"\u202a": "\u202c", "\u202b": "\u202c", "\u202d": "\u202c", "\u202e": "\u202c",
            "\u2066": "\u2069", "\u2067": "\u2069", "\u2068": "\u2069"}  # fmt: skip
_CONTROLS = frozenset("".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)])) + "\u2028\u2029")
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MARKS = frozenset("\u200e\u200f\u061c")
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
_TYPOGRAPHY = frozenset("\xad\u034f")


@dataclass(frozen=True, slots=True)
class Sighting:
    """Characters of one line under one rule, as dangerous as the worst of them."""

    rule: Rule
    severity: Severity
    characters: str
    note: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.rule.id, self.characters


@dataclass(frozen=True)
class _Row:
    """A line, and what of it is the same for each of its characters: looked up once, or a long line takes for ever."""

    text: str
    nature: Nature

    @cached_property
    def is_complex(self) -> bool:
        return _COMPLEX.search(self.text) is not None

    @cached_property
    def is_balanced(self) -> bool:
        """Every embedding and isolate is closed on the line, in order."""
        open_: list[str] = []
        for character in self.text:
            if character in _CLOSERS:
                open_.append(_CLOSERS[character])
            elif character in "\u202c\u2069" and (not open_ or open_.pop() != character):
                return False
        return not open_


Judge = Callable[[_Row, int], Severity | None]


def is_odd(text: str) -> bool:
    return not text.isascii() or _ODD.search(text) is not None


def names(characters: str, most: int = 3) -> str:
    """`U+202E RIGHT-TO-LEFT OVERRIDE`, the first few kinds; the characters themselves are never shown."""
    kinds = list(dict.fromkeys(characters))
    shown = ", ".join(f"U+{ord(c):04X} {unicodedata.name(c, _ALIASES.get(c, 'CONTROL'))}" for c in kinds[:most])
    return shown + (f" and {len(kinds) - most} more" if len(kinds) > most else "")


_ALIASES = {"\0": "NULL", "\b": "BACKSPACE", "\x1b": "ESCAPE", "\r": "CARRIAGE RETURN", "\x7f": "DELETE",
            "\x0b": "LINE TABULATION", "\x1a": "SUBSTITUTE", "\x85": "NEXT LINE", "\x07": "BELL",
            "\x9b": "CONTROL SEQUENCE INTRODUCER", "\U000e0001": "LANGUAGE TAG"}  # fmt: skip


def sightings(text: str, nature: Nature) -> Iterator[Sighting]:
    """What is hidden in a line without its end, one sighting a rule."""
    row = _Row(text.rstrip("\r"), nature)
    found: dict[Rule, list[tuple[Severity, str]]] = {}
    for match in _ODD.finditer(row.text):
        rule, judge = _judge(match.group())
        severity = judge(row, match.start())
        if severity is not None:
            found.setdefault(rule, []).append((severity, match.group()))
    for rule, hidden in found.items():
        characters = "".join(character for _, character in hidden)
        note = f"{len(characters)} of them on this line." if len(characters) > 1 else ""
        yield Sighting(rule, max(severity for severity, _ in hidden), characters, note)


def _judge(character: str) -> tuple[Rule, Judge]:
    if character in _BIDI:
        return BIDI, _bidi
    if character in _MARKS:
        return BIDI, _mark
    if character in _CONTROLS:
        return CONTROL, _control
    if "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef":
        return SELECTOR, _selector
    if "\u180b" <= character <= "\u180f" and character != "\u180e":
        return SELECTOR, _selector
    if character >= "\U000e0000":
        return TAG, _tag
    return ZERO_WIDTH, _zero_width


def _bidi(row: _Row, at: int) -> Severity | None:
    if row.nature is Nature.CODE:
        return Severity.HIGH
    if row.text[at] in "\u202d\u202e":
        return Severity.MEDIUM
    return Severity.INFO if row.is_balanced else Severity.LOW


def _mark(row: _Row, at: int) -> Severity | None:
    """Direction marks are at home beside right-to-left letters."""
    if row.is_complex:
        return None
    return Severity.LOW if row.nature is Nature.CODE else Severity.INFO


def _tag(row: _Row, at: int) -> Severity | None:
    text = row.text
    start = text.rfind("\U0001f3f4", max(0, at - _LONGEST_FLAG), at)
    if start >= 0 and text[start : start + _LONGEST_FLAG] in _FLAGS and at < start + _LONGEST_FLAG:
        return None
    return Severity.HIGH


def _selector(row: _Row, at: int) -> Severity | None:
    text = row.text
    before, character = text[at - 1 : at], text[at]
    if _is_selector(before):
        plain = character in "\ufe0e\ufe0f" and before in "\ufe0e\ufe0f" and not _is_selector(text[at + 1 : at + 2])
        return Severity.INFO if plain else Severity.HIGH
    if _selectable(before, character):
        return None
    if character not in "\ufe0e\ufe0f":
        return Severity.HIGH if character >= "\U000e0100" else Severity.MEDIUM
    return Severity.LOW if row.nature is Nature.CODE else None


def _is_selector(character: str) -> bool:
    return character != "" and ("\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef")


def _selectable(before: str, selector: str) -> bool:
    """True where the character before has variants to choose from."""
    if not before:
        return False
    if selector >= "\U000e0100":
        return _IDEOGRAPH.match(before) is not None
    if "\u180b" <= selector <= "\u180f":
        return "\u1800" <= before <= "\u18af"
    return before in "#*0123456789\u2139" or (not before.isascii() and unicodedata.category(before) not in _CASED)


_CASED = frozenset({"Ll", "Lu", "Zs", "Cf", "Cc"})


def _zero_width(row: _Row, at: int) -> Severity | None:
    text, nature = row.text, row.nature
    character, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    around = before + after
    if character in "\u200c\u200d" and (_COMPLEX.search(around) or _joins(before, after)):
        return None
    if character in "\u200b\u2060\ufeff\u17b4\u17b5" and (_UNSPACED.search(around) or _COMPLEX.search(around)):
        return None
    if character in _TYPOGRAPHY:
        return Severity.LOW if nature is Nature.CODE else None
    if character in _FILLERS:
        return Severity.HIGH if nature is Nature.CODE else Severity.INFO
    return {Nature.CODE: Severity.MEDIUM, Nature.DATA: Severity.LOW, Nature.PROSE: Severity.INFO}[nature]


def _joins(before: str, after: str) -> bool:
    """True between two emoji, or an emoji and its skin tone or style."""
    picture = {"So", "Sk", "Sm"}
    styled = before in ("\ufe0f", "\U000e007f")
    return bool(before and after) and (styled or unicodedata.category(before) in picture) and (
        unicodedata.category(after) in picture
    )  # fmt: skip


def _control(row: _Row, at: int) -> Severity | None:
    character = row.text[at]
    if character == "\r" and row.nature is Nature.CODE:
        # Most languages end the line here, and with it the comment; most viewers do not.
        return Severity.HIGH
    if character in "\r\x0b\x1a\x1c\x1d\x1e\x1f\x85" or row.nature is Nature.PROSE:
        return Severity.LOW
    return Severity.MEDIUM if row.nature is Nature.CODE else Severity.LOW
