"""Names of a change as a message may say them: no markup, nothing unseen, no sign that a forge would obey."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reviewbot.core.text import visible

#: Characters of a path that is said; of a longer one the end is.
MOST = 48
#: `#12`, `@name`, `<tag>`, `[text](url)`, `a: b`: none of it is needed to say where something is.
_UNSAFE = re.compile(r"[^\w./+=~ -]|\.{3,}", re.ASCII)
_WIDE = re.compile(r"[^\W\d_]")


def path(text: str) -> str:
    """A path, the signs that could mean something elsewhere left out; of a long one no more than its end."""
    shown = "".join(sign if _is_plain(sign) else "_" for sign in visible(text[-4 * MOST :]))
    shown = " ".join(shown.split()).strip(".-~ ") if shown != text else shown
    while len(shown) > MOST and "/" in shown:
        shown = shown.partition("/")[2]
    return (shown if len(shown) <= MOST else f"…{shown[-MOST + 1 :]}") or "_"


def _is_plain(sign: str) -> bool:
    return _UNSAFE.match(sign) is None or (_WIDE.match(sign) is not None and sign.isprintable())


def name(text: str) -> str:
    """The last part of a path."""
    return path(text.rpartition("/")[2] or text)


def dependency(text: str) -> str:
    """A package as its manifest names it."""
    return text if re.fullmatch(r"@?[A-Za-z0-9][\w./-]{0,79}", text, re.ASCII) else path(text)


def version(text: str) -> str:
    return re.sub(r"[^\w.+-]", "", text, flags=re.ASCII)[:32] or "?"


def listed(names: Sequence[str], most: int = 2) -> str:
    """`a`, `a and b`, `a, b and 3 more`."""
    if len(names) <= most:
        return " and ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{', '.join(names[:most])} and {len(names) - most} more"
