"""Untrusted text made visible: the one escaper for names that reach a terminal, a log or a comment."""

from __future__ import annotations

import unicodedata

#: Categories that draw nothing, or draw somewhere else: controls, formats (bidi, tags, zero width),
#: surrogates (undecodable bytes), private use, unassigned, line and paragraph separators.
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str) -> str:
    r"""The text on one line, every invisible character spelled out (`\xNN`, `\uNNNN`)."""
    return "".join(_spelled(c) if unicodedata.category(c) in INVISIBLE else c for c in text)


def _spelled(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    short = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return short.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{{{code:x}}}")
