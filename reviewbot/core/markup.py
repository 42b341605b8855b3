"""Untrusted text as inert Markdown: no parser and no forge finds markup, a link, a mention or a command in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from reviewbot.core.text import coded, visible

_BLANKS = re.compile(r"[ \t\n]+")
_TICKS = re.compile("`+")
#: A word of letters, or a small number, with the punctuation of prose around it: it means nothing to any parser.
#: A number takes no dot at its end and no bracket, which would begin a list.
_PLAIN = re.compile(
    r"""["'(]?[^\W\d_]+(?:['’-][^\W\d_]+)*["')]?[.,;:!?]?"""
    r"""|\(?[0-9]{1,6}[,;:!?]?"""
    r"""|[0-9]{1,3}(?:,[0-9]{3}){1,4}[,;:!?]?|[0-9]{1,6}\.[0-9]{1,6}[,;:!?]?"""
)
#: What ends a clause after code is not part of the code.
_CLAUSE = re.compile(r"""(.*[\w)\]}'"])([,;:])""")
#: Seven digits of a commit are a reference to it.
_COMMIT = re.compile("[0-9a-f]{7}", re.IGNORECASE)
#: Signs between words, with a blank on both sides; a backslash keeps the first of a line from beginning a list.
_SIGNS = {"-": "\\-", "–": "–", "—": "—", "→": "→", "+": "\\+", "=": "\\=", "%": "%"}


def inert(text: str) -> str:
    """The text as prose on one line. What is in backticks and what could mean anything to a parser are code spans.

    Forges look for mentions, references, closing keywords and links in what a parser makes of the source, so
    escaping does not stop them; none of them looks into code.
    """
    pieces: list[str] = []
    for words, opening, inside, closing in coded(visible_words(text)):
        pieces += _words(words.strip(" ")), opening + code(inside) + closing
    return " ".join(filter(None, pieces))


def _words(text: str) -> str:
    return " ".join(
        " ".join(_SIGNS.get(word, word) for word in run) if plain else _clause(" ".join(run))
        for plain, run in groupby(text.split(" "), _is_plain)
    )


def _clause(text: str) -> str:
    ended = _CLAUSE.fullmatch(text)
    return code(ended[1]) + ended[2] if ended else code(text)


def brief(text: str, words: int, characters: int) -> str:
    """The text as prose of at most so many visible words and characters, an ellipsis for the rest."""
    given = text[: 16 * (characters + 1)]  # No more is looked at, however long an attacker's text is.
    whole = visible_words(given)
    shown = " ".join(whole.split(" ")[:words])[:characters]
    return inert(shown) if shown == whole and given == text else inert(shown.rstrip(" .,;:")) + "…"


def visible_words(text: str) -> str:
    """The text with every run of spaces, tabs and newlines made one space, and what cannot be seen spelled out."""
    return visible(_BLANKS.sub(" ", text).strip(" "))


def _is_plain(word: str) -> bool:
    return word in _SIGNS or (_PLAIN.fullmatch(word) is not None and _COMMIT.search(word) is None)


def code(text: str) -> str:
    """The visible text as one code span; nothing for the empty text."""
    shown = visible(text)
    if not shown:
        return ""
    ticks = "`" * (_longest(shown) + 1)
    # A parser takes one space off both ends if both are there.
    pad = " " if "`" in (shown[0], shown[-1]) or (shown[0] == shown[-1] == " " and shown.strip(" ")) else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def cell(text: str) -> str:
    """A code span for a table: parsers disagree on how a bar in it is escaped, so it is spelled out."""
    return code(visible(text).replace("|", "\\x7c"))


def fenced(lines: Iterable[str], language: str = "") -> str:
    """A code block of the visible lines. GitLab looks for commands in it too: begin each line with a sign."""
    shown = [visible(line.replace("\t", "    ")) for line in lines]
    ticks = "`" * max(3, *(_longest(line) + 1 for line in shown), 3)
    return "\n".join([ticks + language, *shown, ticks])


def _longest(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)
