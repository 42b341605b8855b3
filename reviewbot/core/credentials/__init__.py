"""Credentials in text: where they are and what kind, never what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_AWS = re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")
_GITHUB = re.compile(r"\bgh[pousr]_[0-9A-Za-z]{36}\b")


@dataclass(frozen=True, slots=True)
class Hit:
    """A credential: 1-based line, columns (characters) of the value within it, kind, strength."""

    line: int
    start: int
    end: int
    kind: str
    confidence: float = 0.9


def find(text: str, path: str) -> Iterator[Hit]:
    """The credentials of a whole text; `path` says what kind of file it is."""
    for number, line in enumerate(text.split("\n"), 1):
        for kind, pattern in (("aws-access-key", _AWS), ("github-token", _GITHUB)):
            for match in pattern.finditer(line):
                yield Hit(number, match.start(), match.end(), kind)


def masked(line: str, hits: tuple[Hit, ...]) -> str:
    """The line with each value replaced by a sign that tells its kind and nothing else."""
    for hit in sorted(hits, key=lambda hit: hit.start, reverse=True):
        line = f"{line[: hit.start]}⟦{hit.kind}⟧{line[hit.end :]}"
    return line
