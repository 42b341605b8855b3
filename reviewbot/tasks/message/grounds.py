"""What stands in a change, and so may stand in a message that somebody else wrote of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reviewbot.core.text import is_odd

#: Characters of the change that are read, and paragraphs of a text.
_MOST, _PARAGRAPHS = 100_000, 6
_LINK = re.compile(r"!?\[([^\[\]]{0,200})\]\([^()\s]{0,500}\)")
#: Markup, and what opens it; names keep their underscores.
_MARKUP = re.compile(r"</?[A-Za-z!][^<>]{0,200}>|[`<>|]|\*+|~~|⟦[^⟦⟧]{0,60}⟧")
_OPENS = re.compile(r"^\s{0,20}(?:[-+•#]+|\d{1,3}[.)])\s+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
#: A reference leads somewhere: links, addresses, mentions, issues, tickets, and every number.
_REFERENCE = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]{0,30}:/{2}\S{1,500}|www\.\S{1,300}|\S{0,80}@\S{1,80}|(?:[\w.-]{1,60}/[\w.-]{1,60})?#\d{1,10}|"
    r"[A-Za-z][A-Za-z0-9]{1,14}-\d{1,12}(?:-\d{1,9})?|\d+(?:[.,]\d+){0,8}"
)
#: Words about people, and the tokens of trailers wherever they stand.
_PEOPLE = re.compile(
    r"(?i)\b(?:thanks|thank you|credits? to|kudos|courtesy|reported by|suggested by|requested by|reviewed by|authored?|"
    r"co-author|cc|cherry.picked|sign(?:ed)?.off)\b|\b[\w-]{1,40}-by\b|\bbreaking[ -]change"
)
_TOKEN = re.compile(r"(?:^|\s)[A-Za-z][A-Za-z0-9-]{0,40}:(?:\s|$)")
_PROPER = re.compile(r"(?<=[^.!?:\s] )[A-Z][a-zà-ÿ]{2,}(?![\w.(])")
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Grounds:
    """The references and the words of a text, in small letters."""

    references: frozenset[str]
    words: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Grounds:
        text = text[:_MOST].lower()
        found = {_bare(match[0]) for match in _REFERENCE.finditer(text)}
        numbers = set(re.findall(r"\d+(?:[.,]\d+){0,8}", text))
        return cls(frozenset(found | numbers), frozenset(_WORD.findall(text)))

    def sentence(self, text: str) -> str:
        """One line of plain words, "" where it names what does not stand in the change."""
        line = _plain(text)
        if _PEOPLE.search(line) or _TOKEN.search(line):
            return ""
        if any(_bare(match[0]) not in self.references for match in _REFERENCE.finditer(line.lower())):
            return ""
        if any(match[0].lower() not in self.words for match in _PROPER.finditer(line)):
            return ""
        return line

    def sentences(self, text: str) -> tuple[str, ...]:
        """The paragraphs of a text with the sentences that may stand."""
        return tuple(self._paragraphs(text))

    def _paragraphs(self, text: str) -> Iterator[str]:
        for paragraph in re.split(r"\n[ \t]*\n", text.replace("\r", "\n"))[:_PARAGRAPHS]:
            lines = [_OPENS.sub("", line) for line in paragraph.split("\n")]
            kept = [said for line in lines for one in _SENTENCE.split(line) if (said := self.sentence(one))]
            if kept:
                yield " ".join(kept)


def _bare(reference: str) -> str:
    """A reference without the punctuation of the sentence around it."""
    return reference.strip("()[]{}<>'\",.;:!?")


def _plain(text: str) -> str:
    text = "".join(" " if sign in "\n\t" else sign for sign in text if sign in "\n\t " or not is_odd(sign))
    text = _MARKUP.sub("", _OPENS.sub("", _LINK.sub(r"\1", text)))
    return " ".join(text.lstrip("#->+ ").split())
