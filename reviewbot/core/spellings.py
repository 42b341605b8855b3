"""The spellings under which a path meets the rules: as it is written, and as it looks to a reader."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from reviewbot.core.text import is_odd

#: Control characters, and bytes that are not UTF-8 or lone surrogates: one sign for each, so that `.` matches it.
_UNMATCHABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")

#: Letters drawn as a Latin one, each before its double. More than any font confuses is fine: it only makes stricter.
_CYRILLIC = "аaбbвbгrеeзzиuкkмmнhоoпnрpсcтtуyхxьbѕsіiїiјjһhԁdԛqԝwӏlАAВBЕEЅSІIЈJКKМMНHОOРPСCТTУYХXӀIԌGҮYԚQԜW"
_GREEK = "αaβbγyεeηnιiκkνvοoρpσoτtυuχxωwϲcϳjϱpΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXϹC"
_OTHERS = "օoսuհhոnցgɑaɡgɩiɪiʏyʀrʙbɢgɴnʟlᴀaᴄcᴅdᴇeᴊjᴋkᴍmᴏoᴘpᴛtᴜuᴠvᴡwᴢzꜱsıiȷjℓlØOøołlđdħh"
_CHEROKEE = "ᎪAᏴBᏟCᎠDᎬEᎻHᎫJᏦKᏞLᎷMᏢPᏒRᏚSᎢTᏙVᎳWᏃZ"
_SIGNS = "∕/⁄/⧸/╱/‐-‑-‒-–-—-―-−-․.‚,ꓸ.\\/"
_LOOKS = str.maketrans({
    odd: plain for row in (_CYRILLIC, _GREEK, _OTHERS, _CHEROKEE, _SIGNS)
    for odd, plain in zip(row[::2], row[1::2], strict=True)
})  # fmt: skip
_LETTERS = {odd: plain for odd, plain in _LOOKS.items() if chr(odd) != "\\"}
#: Letters of Latin alphabets and dashes of prose: they have doubles, and nobody is deceived by them.
_HONEST = frozenset("ØøłđħıŁĐ‐‑‒–—―−")
_WORD = re.compile(r"[^\W\d_]+")
#: Blanks around a name, dots after it: shown by no listing, dropped by some file systems.
_PADDED = re.compile(r"(?:^|/)\s|[\s.](?:/|$)")


def path_key(path: str) -> str:
    """The plain spelling: NFC, case folded, one sign for what is no character of a name."""
    return _folded(_UNMATCHABLE.sub("\ufffd", path))


def text_key(text: str) -> str:
    """The spelling in which content rules are looked for."""
    return _folded(_SURROGATE.sub("\ufffd", text))


def _folded(text: str) -> str:
    # Folding may undo the normal form (U+0345), and the normal form the folding: twice is stable.
    return text.lower() if text.isascii() else _fold(_fold(text))


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def skeleton(path: str) -> str:
    """The path as it looks: Latin letters for their doubles, nothing invisible, no blanks or dots at a name's end."""
    return path.lower() if _is_plain(path) and "\\" not in path else _looks(path, _LOOKS)


def pattern_skeleton(pattern: str) -> str:
    r"""A pattern as it looks; in it `\` is no separator but takes the next sign by its word."""
    return pattern.lower() if _is_plain(pattern) else _looks(pattern, _LETTERS)


def _is_plain(path: str) -> bool:
    return path.isascii() and path.isprintable() and not _PADDED.search(path)


def _looks(path: str, table: Mapping[int, str]) -> str:
    looks = unicodedata.normalize("NFKC", _seen(path).translate(table)).translate(table)
    return _folded("/".join(_trimmed(segment) for segment in _seen(looks).split("/")))


def _seen(text: str) -> str:
    return "".join(character for character in text if character == " " or not is_odd(character))


def _trimmed(segment: str) -> str:
    return segment.strip().rstrip(". ") or segment


def is_undecodable(path: str) -> bool:
    return _SURROGATE.search(path) is not None


def deceives(path: str) -> bool:
    """Whether a name is written to be misread: invisible signs, blanks at its ends, doubles of Latin letters.

    A name in another script is honest as long as something in it can only be that script, and no
    word mixes both.
    """
    if _is_plain(path):
        return False
    if _PADDED.search(path) or any(is_odd(character) and character != " " for character in path):
        return True
    plain = "".join("x" if character in _HONEST else character for character in path)
    doubles = {character for character in plain if not character.isascii() and skeleton(character).isascii()}
    mixed = any(re.search("[A-Za-z]", word) and not doubles.isdisjoint(word) for word in _WORD.findall(plain))
    return bool(doubles) and (mixed or skeleton(plain).isascii())
