"""Lines of Python as formatters write them."""

from __future__ import annotations

from collections.abc import Sequence

from reviewbot.tasks.scaffold.splitting import split

#: Of a line.
WIDTH = 88


def quoted(text: str) -> str:
    """A string in ASCII as formatters write it: in double quotes where it has none."""
    written = ascii(text)
    return f'"{written[1:-1]}"' if written[0] == "'" and not {"'", '"'} & set(text) else written


def bracketed(head: str, parts: Sequence[str], closing: str, indent: int, width: int = WIDTH) -> list[str]:
    """`head` and parts on one line where they fit, else a part on each line, and so on in a mapping among them."""
    blank = " " * indent
    line = f"{blank}{head}{', '.join(parts)}{closing}"
    if len(line) <= width:
        return [line]
    inner = [row for part in parts for row in _part(part, indent + 4, width)]
    return [f"{blank}{head}", *inner, f"{blank}{closing}"]


def _part(part: str, indent: int, width: int) -> list[str]:
    if len(part) + indent < width or not (part.startswith("{") and part.endswith("}")):
        return [f"{' ' * indent}{part},"]
    return bracketed("{", [piece.strip() for piece in split(part[1:-1], ",")], "},", indent, width)
