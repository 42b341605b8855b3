"""How many tokens a text has, without a tokenizer: at least as many, and not many more, measured on Mistral's own."""

from __future__ import annotations

import re
from collections.abc import Callable

#: Counts the tokens of a text: this estimate, or an exact one where a tokenizer is installed.
Count = Callable[[str], int]

#: By a letter the letters that often follow it; before the comma those so frequent that two pairs are one token.
_PAIRS = """a:clmnrst,bdgipuy b:,aelou c:ehot,aklru d:e,adio e:acdlnrstx,efmpqvw f:io,aefru g:e,irs h:e,aiot
i:clnost,abdefgmprvz j:, k:,e l:aeilo,dstuy m:ae,imop n:degst,acfinou o:dmnru,bcfgiklopstvw p:aeo,ilprstu q:,u
r:aeiot,cdgmnrsuy s:est,achiopuy t:aehior,cpstuy u:enrt,abcilmps v:e,ai w:,aehi x:,pt y:,p z:,e"""


def _branches(frequent: bool) -> str:
    pairs = (entry.partition(":")[::2] for entry in _PAIRS.split())
    chosen = ((one, two.partition(",")[0] if frequent else two.replace(",", "")) for one, two in pairs)
    return "|".join(f"{one}[{two}]" for one, two in chosen if two)


#: Signs that are one token together, and up to three equal ones.
_SIGNS = r"""\(\)|\)[;,:]|\("|",|":|->|=>|::|</|/>|">|([-=*#/_])\1{1,2}"""
#: What costs one token: signs, syllables, blanks in a row, else each character. One blank goes with what follows it.
_PIECES = re.compile(
    rf"{_SIGNS}|[A-Z]?(?:{_branches(True)}){{2}}|[A-Z]?(?:{_branches(False)})|[^ ]| {{2,13}}| (?![!-/:-~])", re.DOTALL
)
#: Letters that are one token though they are several bytes.
_LETTERS = re.compile(
    "[¡£§©ª«®°±²³´µ·¹º»¼½¿À-ÅÇÈÉÍÎÓÖ×Úß-öø-þа-яА-ЩЭ-Яα-ωあいうえおかがきくけこさしじすせそただちっつてでとどなにねのはばひびふべほまみむめもゃやょよらりるれろわをん"
    "アイウエオカキクケコサシスセタチッテトナニネノハヒフヘホマミムメモャヤュユョラリルレロワンァィェォガギグゲゴザジズゼダデドバパビピブプベペボポ]"
)
#: Words; marks belong to them, for the vowels of many scripts are marks.
_WORDS = re.compile(r"[^\W_][\w\u0300-\u1fff\u200c\u200d]*")
#: The sign that begins every text, and the blank that v3 puts after it.
_BEGIN = 2
#: Of the words of a text, the share that are tokens at least: below it, a server did not read all.
_FEWEST = 0.8


def estimate(text: str) -> int:
    """Tokens of a text, estimated high: about 1.5 times for code, up to 3 times for other scripts.

    It is high for what people write. Who strings syllables together that no word has gets up to three times as many
    tokens as this; whether all of it was read, the count of the server tells (`fewest`).
    """
    count = _BEGIN + _PIECES.subn("", text)[1]
    if text.isascii():
        return count
    plain = _LETTERS.sub("x", text)
    return count + len(plain.encode("utf-8", "surrogatepass")) - len(plain)


def fewest(text: str) -> int:
    """Tokens that no tokenizer goes below: a server that counts fewer has not read the whole text."""
    return int(len(_WORDS.findall(text)) * _FEWEST)
