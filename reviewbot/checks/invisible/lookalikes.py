"""Names written with letters of another script that look Latin."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

from reviewbot.checks.invisible.nature import Nature
from reviewbot.core.diff import FileDiff, Line
from reviewbot.core.findings import Finding, Rule, Severity, at
from reviewbot.core.symbols import Syntax
from reviewbot.core.text import clipped
from reviewbot.ports import Reading

LOOKALIKE = Rule(
    "invisible/lookalike", Severity.HIGH, "Name with letters of another script",
    "It looks like another name and is not that name.", 0.9,
)  # fmt: skip

#: Letters that most fonts draw exactly as a Latin one. Greek small letters people use in formulas stay out.
_CYRILLIC = (
    "\u0430a\u0435e\u043eo\u0440p\u0441c\u0443y\u0445x\u0455s\u0456i\u0458j\u04bbh\u0501d\u051bq\u051dw"
    "\u04cfl\u0410A\u0412B\u0415E\u041aK\u041cM\u041dH\u041eO\u0420P\u0421C\u0422T\u0423Y\u0425X\u0405S"
    "\u0406I\u0408J\u050cG\u04aeY"
)
_GREEK = (
    "\u03bfo\u0391A\u0392B\u0395E\u0396Z\u0397H\u0399I\u039aK\u039cM\u039dN\u039fO\u03a1P\u03a4T\u03a5Y"
    "\u03a7X\u03f2c\u03f3j"
)
_ARMENIAN = "\u0585o\u057du\u0570h\u0578n"
_LATIN = {
    odd: latin for pairs in (_CYRILLIC, _GREEK, _ARMENIAN) for odd, latin in zip(pairs[::2], pairs[1::2], strict=True)
}
_FOREIGN = re.compile(f"[{''.join(_LATIN)}\u2100-\u214f\ufb00-\ufb06\uff21-\uff5a\U0001d400-\U0001d7ff]")
#: Names that are looked up in the tree: each costs a search from its root.
MAX_NAMES = 200
#: A word; one alternative of one class, so matching is linear.
_WORD = re.compile(r"\w+")
_PART = re.compile(r"[^\W\d_]+")


def findings(reading: Reading, nature: Nature) -> Iterator[Finding]:
    """Such names on added lines: certain where the syntax tree says it is a name, a hint elsewhere, never in prose."""
    text = reading.file.new.text or ""
    if nature is Nature.PROSE or text.isascii():
        return
    told = 0
    for line, column, word in islice(_liars(reading.file, text), MAX_NAMES):
        severity = _severity(reading.syntax, line.new or 0, line.text, column) if line.new != told else None
        if severity is not None:
            told = line.new or 0
            body = f"It reads {clipped(skeleton(word), 60)!r}, but {_count(word)} of its letters are not Latin."
            yield at(LOOKALIKE, reading.file, line.new, body=f"{LOOKALIKE.reason} {body}", severity=severity)


def _liars(file: FileDiff, text: str) -> Iterator[tuple[Line, int, str]]:
    """The words of added lines that look like others, with line and column, less those the file had before."""
    known: frozenset[str] | None = None
    old = frozenset(word for word in _WORD.findall(file.old.text or "") if not word.isascii())
    for line in file.added:
        for match in _WORD.finditer(line.text) if _FOREIGN.search(line.text) else ():
            word = match.group()
            if word.isascii() or word in old:
                continue
            known = frozenset(w for w in _WORD.findall(text) if w.isascii()) if known is None else known
            if _lies(word, known):
                yield line, match.start(), word


def skeleton(word: str) -> str:
    """The word as it looks, in Latin letters."""
    return unicodedata.normalize("NFKC", "".join(_LATIN.get(character, character) for character in word))


def in_words(text: str) -> bool:
    """Whether a word of the text mixes scripts to look Latin."""
    return not text.isascii() and any(_mixes(word) for word in _WORD.findall(text))


def _lies(word: str, known: frozenset[str]) -> bool:
    """All Latin to the eye; mixed within one part, or the double of a name that the file has."""
    looks = skeleton(word)
    return looks.isascii() and looks != word and (_mixes(word) or (len(word) > 1 and looks in known))


def _mixes(word: str) -> bool:
    return any(
        not part.isascii() and skeleton(part).isascii() and any(character.isascii() for character in part)
        for part in _PART.findall(word)
    )


def _count(word: str) -> int:
    return sum(not character.isascii() for character in word)


def _severity(syntax: Syntax, number: int, line: str, column: int) -> Severity | None:
    """High for a name, low inside a string or where no grammar is known, nothing in a comment."""
    if syntax.new is None:
        return Severity.LOW
    point = (number - 1, len(line[:column].encode("utf-8", "replace")))
    node = syntax.new.root_node.descendant_for_point_range(point, (point[0], point[1] + 1))
    kind = "" if node is None else node.type
    if "comment" in kind:
        return None
    return Severity.HIGH if "identifier" in kind or kind in ("name", "constant", "variable_name") else Severity.LOW
