"""What a value looks like: a credential, or one of the many things that stand where a credential could."""

from __future__ import annotations

import re
from math import log2

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
#: Words that placeholders, samples and names of things are made of.
_DUMMY = frozenset(
    """a an the my your our some this that is of for to in on or and with from by here there enter insert put add
    replace change changeme changeit me it fixme todo tbd fill use used using set get new old any no not none null nil
    undefined empty blank unset unknown missing invalid valid wrong bad good correct incorrect true false yes off
    test tests testing tester dummy fake mock stub sample example examples demo foo bar baz qux quux foobar bla blah
    lorem ipsum placeholder redacted removed hidden masked censored omitted xxx xxxx abc abcd def xyz asdf qwerty
    password passwd pass passphrase passwort pwd pw secret secrets token tokens key keys api apikey access auth
    authorization credential credentials cred creds login user username usr email name id ids identifier admin root
    guest owner client server service host localhost app application application's private public default value val
    var variable env environment config conf string str text type int integer bool boolean number num object obj
    array list map dict data file path url uri link field param parameter arg input output header body form cookie
    session bearer basic digest oauth jwt hmac sha rsa aes hash salt nonce signature sign signing encryption encrypted
    encrypt decrypt database db mysql postgres postgresql redis mongo sa vault store manager provider reset confirm
    confirmation current again repeat hello world something anything whatever one two first second github gitlab
    google aws azure slack stripe required optional must be should can super very strong long short random
    generated on_create always never ask prompt show hide toggle min max length minimum maximum""".split()
)
#: Not a literal: a reference, a template, a pattern, markup. Searched in values of bounded length.
_REFERENCE = re.compile(
    r"^[$%@&*<\[({]|^!(?:Ref|Sub|Get|vault|secret|reference|Import)|\$\{|\{\{|\}\}|#\{|<%|%>|\$\(|%\(?[a-z_]*\)?[sdv]\b|%[A-Z_]+%|"
    r"^(?:env|vars?|secrets?|config|settings|process|os|self|this|ctx|req|args|params|local|module|data|ref|op|ssm|vault|"
    r"arn|file|keyring|kms|enc|secretsmanager|projects|aws)[.:(\[]|\[[a-z0-9]-|\\[dws][+*]?|\.\*|\(\?|\.\.\.|\*\*\*|…|•|"
    r"\{\d*\}|\{[a-z_]+\}|<[a-zA-Z_/ -]+>|=>|\(\)|://|^(?:0x)?[0-9.,:_-]+$|^#?[0-9a-fA-F]{3}$|^[A-Za-z_.]+\(|"
    r"^[./~\\][\w./\\-]*$|^[A-Za-z]:\\|^[\w-]+(?:/[\w.-]+)*\.(?:py|js|ts|json|ya?ml|pem|key|crt|txt|html?|css|png|svg|go|rb|java|md|sh|xml|conf|ini|env)$"
)
_RUN = re.compile(r"(.)\1{4,}")
_CODE = re.compile(r"^[A-Za-z_$][\w$]*(?:(?:\.|->|::)[A-Za-z_$][\w$]*)*(?:[(\[].*)?$")
_UUID = re.compile(r"^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)
_SERIES = "abcdefghijklmnopqrstuvwxyz01234567890123456789"


def is_reference(value: str) -> bool:
    """True for a variable, a template, a call, a path, a number, a pattern, a masked value."""
    return _REFERENCE.search(value) is not None


def is_name(value: str) -> bool:
    """True for what an expression in code may be: a name, a dotted name, a call."""
    return _CODE.match(value) is not None


def is_uuid(value: str) -> bool:
    return _UUID.match(value) is not None


def is_dummy(value: str) -> bool:
    """True for placeholders and samples: made of words like "your" and "token", of one character, of a series."""
    lower = value.lower()
    if len(set(lower)) <= max(2, len(value) // 12) or lower in _SERIES or _RUN.search(lower):
        return True
    if "example" in lower or lower.startswith(("your", "xxx", "dummy", "fake", "insert", "changeme", "placeholder")):
        return True
    words = [word.lower() for word in _WORD.findall(value) if word.isalnum()]
    return all(word in _DUMMY or (word.isdigit() and len(word) <= 4) or len(word) == 1 for word in words)


def is_wordy(value: str) -> bool:
    """True where the letters of the value read like words."""
    pairs = known = 0
    for word in _WORD.findall(value):
        if word.isalpha() and len(word) > 1:
            low = word.lower()
            pairs += len(low) - 1
            known += sum(b in _FOLLOWS.get(a, "") for a, b in zip(low, low[1:], strict=False))
    letters = sum(character.isalpha() for character in value)
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
