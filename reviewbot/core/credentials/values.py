"""What a value looks like: a credential, or one of the many things that stand where a credential could."""

from __future__ import annotations

import re
from base64 import b64decode
from itertools import pairwise
from math import log2

from reviewbot.core.credentials.words import DUMMY

#: Letters that often follow a letter in English words and in identifiers. Pairs drawn at random are in here in
#: two cases of five, pairs of words in nine of ten.
_FOLLOWS = {
    "a": "abcdfgiklmnprstuvxy", "b": "abceijlorsuy", "c": "acdehiklmorstuy", "d": "acdefilorstu",
    "e": "abcdefgilmnopqrstvwxy", "f": "adefilorstu", "g": "aehilnorsu", "h": "aeiort", "i": "abcdefglmnoprstvxz",
    "j": "aou", "k": "eilns", "l": "adefilmostuy", "m": "abeilmopsuy", "n": "acdefgiklnopstuv",
    "o": "abcdfgiklmnoprstuvwx", "p": "aehiloprstuy", "q": "u", "r": "acdefgiklmnoprstuvy", "s": "acehiklmopstuy",
    "t": "acdefhilmnoprstuy", "u": "abcdefilmnprst", "v": "aei", "w": "aehinors", "x": "cefiptx", "y": "lnpst",
    "z": "aez",
}  # fmt: skip
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+|[^A-Za-z0-9]+")
#: Not a literal: a reference, a template, a pattern, markup. Searched in values of bounded length.
_REFERENCE = re.compile(
    r"^[<\[({]|^[$%@&*]\w*$|^[$%@&*][A-Za-z_][\w.:/-]*[})\]]?$|^\$\(|^!(?:Ref|Sub|Get|vault|secret|reference|Import)|\$\{|\{\{|\}\}|#\{|<%|%>|\$\(|%\(?[a-z_]*\)?[sdv]\b|"
    r"%[A-Z_]+%|^(?:env|vars?|secrets?|config|settings|process|os|self|this|ctx|req|args|params|local|module|data|ref|"
    r"op|ssm|vault|arn|file|keyring|kms|enc|secretsmanager|projects|aws)[.:(\[]|\[[a-z0-9]-|\\[dws][+*]?|\.\*|\(\?|"
    r"\.\.\.|\*\*\*|…|•|\{\d*\}|\{[a-z_]+\}|<[a-zA-Z_/ -]+>|=>|\(\)|://|^(?:0x)?[0-9.,:_-]+$|^0x[0-9a-fA-F]{1,8}$|"
    r"^#?[0-9a-fA-F]{3}$|^[A-Za-z_.]+\(|^[./~\\][\w./\\-]*$|^[A-Za-z]:\\|^[\w-]+(?:/[\w.-]+)*\.(?:py|js|ts|json|ya?ml|"
    r"pem|key|crt|txt|html?|css|png|svg|go|rb|java|md|sh|xml|conf|ini|env)$"
)
_RUN = re.compile(r"(.)\1{4,}")
_CODE = re.compile(r"^[A-Za-z_$][\w$]*(?:(?:\.|->|::)[A-Za-z_$][\w$]*)*(?:[(\[].*)?$")
_UUID = re.compile(r"^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)
_NUMBER = re.compile(r"^[0-9]+$")
_SERIES = "abcdefghijklmnopqrstuvwxyz01234567890123456789"
#: A run of a series so long stands in no credential that was drawn at random.
_STEPS = tuple(_SERIES[at : at + 8] for at in range(len(_SERIES) - 7))


def is_reference(value: str) -> bool:
    """True for a variable, a template, a call, a path, a number, a pattern, a masked value."""
    return _REFERENCE.search(value) is not None


def is_number(value: str) -> bool:
    return _NUMBER.match(value) is not None


def is_name(value: str) -> bool:
    """True for what an expression in code may be: a name, a dotted name, a call."""
    return _CODE.match(value) is not None


def is_uuid(value: str) -> bool:
    return _UUID.match(value) is not None


def is_dummy(value: str) -> bool:
    """True for placeholders and samples: made of words like "your" and "token", of one character, of a series."""
    lower = value.lower()
    if len(set(lower)) <= max(2, len(value) // 12) or lower in _SERIES or _RUN.search(lower) or _repeats(lower):
        return True
    if "example" in lower or lower.startswith(("your", "xxx", "dummy", "fake", "insert", "changeme", "placeholder")):
        return True
    words = [word.lower() for word in _WORD.findall(value) if word.isalnum()]
    if len(value) > 8 and not any(word in DUMMY and len(word) > 2 for word in words):
        return not words
    return all(word in DUMMY or (word.isdigit() and len(word) <= 4) or len(word) == 1 for word in words)


def _repeats(value: str) -> bool:
    """True for a series within it, and for one piece again and again."""
    return any(step in value for step in _STEPS) or value.find(value[:8], 1, len(value) // 2 + 8) > 0


def login(value: str) -> str:
    """The password in base64 of `user:password`, "" where it is anything else."""
    try:
        plain = b64decode(value + "=" * (-len(value) % 4), validate=True).decode("utf-8")
    except ValueError:
        return ""
    _, colon, password = plain.partition(":")
    return password if colon and plain.isprintable() and not is_reference(password) else ""


def is_wordy(value: str) -> bool:
    """True where the value is letters for the most part, and these read like words."""
    pieces = _WORD.findall(value)
    words = [piece.lower() for piece in pieces if piece.isalpha() and len(piece) > 1]
    pairs = sum(len(word) - 1 for word in words)
    known = sum(b in _FOLLOWS.get(a, "") for word in words for a, b in pairwise(word))
    letters = sum(character.isalpha() for character in value)
    numbers = [piece for piece in pieces if piece.isdigit()]
    # Words have a number at their end, perhaps one within; letters among many numbers were drawn.
    if len(numbers) > 3 or sum(map(len, numbers)) >= letters:
        return False
    return pairs >= letters * 0.6 and known >= pairs * 0.78


def entropy(value: str) -> float:
    """Bits per character."""
    size = len(value)
    return -sum(n / size * log2(n / size) for n in (value.count(c) for c in set(value)))


def randomness(value: str) -> float:
    """How much the value looks drawn at random: 0 for words and names, 1 for what only a generator writes."""
    size = len(value)
    if size < 8 or entropy(value) < min(3.2, 0.72 * log2(size)):
        return 0.0
    digits = sum(character.isdigit() for character in value)
    pieces = _WORD.findall(value)
    letters = [piece for piece in pieces if piece.isalpha()]
    if digits == 0:
        mixed = not value.islower() and not value.isupper() and len(letters) >= size / 4
        return 0.6 if size >= 16 and not is_wordy(value) and (mixed or size >= 20) else 0.0
    if is_wordy(value) or sum(len(piece) for piece in letters if len(piece) > 3 and is_wordy(piece)) > size * 0.5:
        return 0.0
    runs = sum(piece.isdigit() for piece in pieces)
    if runs < 2 and size < 16:
        return 0.3 if value.isalnum() and value[-1].isdigit() and not value[:1].isdigit() else 0.5
    return 1.0 if size >= 16 else 0.7
