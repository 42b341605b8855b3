"""The spellings under which a path meets the rules: as it is written, and as it looks to a reader."""

from __future__ import annotations

import re
import unicodedata

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
    if path.isascii() and path.isprintable() and not _PADDED.search(path) and "\\" not in path:
        return path.lower()
    plain = "".join(character for character in path if character == " " or not is_odd(character))
    looks = unicodedata.normalize("NFKC", plain.translate(_LOOKS)).translate(_LOOKS)
    bare = "".join(character for character in looks if character == " " or not is_odd(character))
    return _folded("/".join(_trimmed(segment) for segment in bare.split("/")))


#: Blanks around a name, dots after it: shown by no listing, dropped by some file systems.
_PADDED = re.compile(r"(?:^|/)\s|[\s.](?:/|$)")


def _trimmed(segment: str) -> str:
    return segment.strip().rstrip(". ") or segment


def is_undecodable(path: str) -> bool:
    return _SURROGATE.search(path) is not None


def deceives(path: str) -> bool:
    """Whether a name is written to be misread: invisible signs, blanks at its ends, nothing but doubles of letters."""
    if skeleton(path) == path_key(path):
        return False
    hidden = any(is_odd(character) and character != " " for character in path)
    return hidden or _PADDED.search(path) is not None or skeleton(path).isascii()
