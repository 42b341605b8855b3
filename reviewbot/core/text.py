"""Untrusted text made visible: the one escaper for what reaches a terminal, a log, a comment or a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

#: Characters that draw nothing though Unicode calls them letters, marks or signs: joiners, fillers, variation
#: selectors, the braille blank. `str.isprintable` knows all others: controls, formats (bidi, tags, zero width),
#: surrogates (undecodable bytes), private use, unassigned, separators. One class, so matching is linear.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_SURROGATE = re.compile("[\ud800-\udfff]")
#: A word of its own in backticks, with the punctuation of prose around it.
_CODED = re.compile(r"""(?<!\S)(["'(]?)`([^`\s][^`\n]{0,200})`((?:['’]s)?["')]?[.,;:!?]?)(?!\S)""")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def is_odd(character: str) -> bool:
    """True for a character that draws nothing, draws somewhere else, or looks like a plain space."""
    return not character.isprintable() or _BLANK.match(character) is not None


def visible(text: str) -> str:
    r"""The text on one line, every odd character spelled out (`\n`, `\xNN`, `\u{N…}`)."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(piece for piece, _ in segments(text))


def segments(text: str) -> Iterator[tuple[str, bool]]:
    """The visible text in pieces, each with whether it was spelled out: for formats that can mark it."""
    if text.isprintable() and not _BLANK.search(text):
        yield text, False
        return
    for odd, run in groupby(text, is_odd):
        yield "".join(_spelled(character) if odd else character for character in run), odd


def coded(text: str) -> Iterator[tuple[str, str, str, str]]:
    """The text in pieces: words, then what opens, is and closes a piece of code that its author put in backticks."""
    end = 0
    for match in _CODED.finditer(text):
        yield text[end : match.start()], match[1], match[2], match[3]
        end = match.end()
    yield text[end:], "", "", ""


#: What build servers obey in a log: GitHub (`::name::`, `##[name]`), Azure and TeamCity.
_COMMAND = re.compile(
    r"##(?=\[|vso\[|teamcity\[)"
    r"|::(?=(?:add|remove|set|save|stop)-[a-z-]{4,12}\b|(?:error|warning|notice|debug|group|endgroup|echo)\b)",
    re.IGNORECASE,
)


def harmless(text: str) -> str:
    """The visible text for a line of a log: no build server finds a command in it, wherever it stands."""
    return _COMMAND.sub(lambda match: f"{match[0][0]}\\x{ord(match[0][1]):02x}", visible(text))


def clipped(text: str, most: int) -> str:
    """At most `most` characters of the text, and how many are left out."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text) - most:,} more characters)"


def encodable(text: str) -> str:
    r"""The same text, only what UTF-8 cannot hold spelled out: undecodable bytes (`\xNN`), lone surrogates."""
    return _SURROGATE.sub(lambda match: _spelled(match[0]), text)


def sendable(text: str) -> str:
    """The text without lone surrogates, which JSON in UTF-8 cannot carry."""
    return text.encode("utf-8", "replace").decode()


def _spelled(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return _SHORT.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{{{code:x}}}")
