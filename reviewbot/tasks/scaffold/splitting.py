"""Parts of a text of code."""

from __future__ import annotations


def split(text: str, mark: str) -> list[str]:
    """The parts of a text between marks that stand in no bracket and no string."""
    parts, depth, start, quote = [], 0, 0, ""
    escaped = False
    for at, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote and not escaped else quote
            escaped = letter == "\\" and not escaped
        elif letter in "\"'":
            quote = letter
        elif letter in "[({":
            depth += 1
        elif letter in "])}":
            depth -= 1
        elif letter == mark and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]
