"""Credential-shaped text, drawn when a test runs: none stands in these sources, so that no scanner stops at them."""

from __future__ import annotations

import random
import string

from reviewbot.core.credentials import Hit, find

ALNUM = string.ascii_letters + string.digits
LOWER = string.ascii_lowercase + string.digits
HEX = "0123456789abcdef"
BASE64 = ALNUM + "+/"


def drawn(length: int, alphabet: str = ALNUM, seed: str = "") -> str:
    """The same characters for the same arguments, as random as a generator's."""
    source = random.Random(f"{seed} {length} {alphabet}")
    return "".join(source.choice(alphabet) for _ in range(length))


def uuid(seed: str = "") -> str:
    digits = drawn(32, HEX, seed)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


#: Chosen by a person who does not use words; and one who does.
PASSWORD = "kq" + "zx7" + "fplw"
LETTERS = "kqv" + "zxw" + "jh"
WORD = "sword" + "fish"
TOKEN = drawn(40)


def pem(lines: int = 4, kind: str = "RSA ", seed: str = "", end: str = "\n") -> str:
    body = end.join(drawn(64, BASE64, f"{seed}{number}") for number in range(lines))
    return end.join((f"-----BEGIN {kind}PRIV" + "ATE KEY-----", body, f"-----END {kind}PRIV" + "ATE KEY-----"))


def texts(text: str, path: str = "a.txt") -> list[tuple[str, str]]:
    """The kind and the value of every hit."""
    lines = text.split("\n")
    return [(hit.kind, lines[hit.line - 1][hit.start : hit.end]) for hit in find(text, path)]


def values(text: str, path: str = "a.txt") -> list[str]:
    return [value for _, value in texts(text, path)]


def hits(text: str, path: str = "a.txt") -> list[Hit]:
    return list(find(text, path))
