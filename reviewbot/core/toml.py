"""TOML read from a stranger: what tomllib would take minutes or its stack for is not read."""

from __future__ import annotations

import re
import tomllib
from typing import Any

#: Longer documents are not read (characters).
MAX_TEXT = 512_000
#: tomllib is quadratic in the parts of a dotted key. Possessive, so nothing is read twice.
_LONG_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){50}""", re.ASCII)
_AT_LINE = re.compile(r"at line (\d{1,9})")


class BrokenError(ValueError):
    """A text that is not TOML; `line` is where it stops being that, if known, `twice` if a key is given again."""

    def __init__(self, line: int | None, *, twice: bool) -> None:
        super().__init__("not TOML")
        self.line = line
        self.twice = twice


def load(text: str) -> dict[str, Any] | None:
    """The document, fractions as text; None for what is too much to read."""
    if len(text) > MAX_TEXT or _LONG_KEY.search(text):
        return None
    try:
        return tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        found = _AT_LINE.search(message)
        raise BrokenError(int(found[1]) if found else None, twice=message.startswith("Cannot ")) from error
    except (RecursionError, ValueError):  # too deep; an integer of thousands of digits
        return None
