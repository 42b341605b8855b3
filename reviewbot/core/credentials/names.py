"""What a name says of its value: `db_password`, `apiKey`, `X-Auth-Token`, and the names that only look like these."""

from __future__ import annotations

import re
from enum import IntEnum

from reviewbot.core.credentials.words import ABOUT, CHOSEN, GENERATED, HINT, KEYS, PASSING, PUBLIC, STAGES


class Sense(IntEnum):
    """How much a name promises: the less, the more the value itself must look like a credential."""

    NOTHING = 0
    #: `key`, `auth`, `signature`: often a credential, more often not.
    HINT = 1
    #: `token`, `secret`, `api_key`: generated, so it looks random.
    GENERATED = 2
    #: `password`: chosen by a person, so it may look like anything.
    CHOSEN = 3


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def sense(name: str) -> Sense:
    """What the whole name promises, judged by its words: the last one decides, the ones before it qualify."""
    words = [word.lower() for word in _WORD.findall(name)]
    while len(words) > 1 and (words[-1].isdigit() or words[-1] in STAGES):
        words.pop()
    if not words:
        return Sense.NOTHING
    last, before = words[-1], frozenset(words[:-1])
    if last == "id" and {"key", "access"} <= before:
        return Sense.HINT
    if last in ABOUT or (last == "token" and words[-2:-1] and words[-2] in PASSING):
        return Sense.NOTHING
    return _of_words(last, words, before)


def _of_words(last: str, words: list[str], before: frozenset[str]) -> Sense:
    if last in CHOSEN or (last.startswith("passw") and last not in ("passwordless", "passwords")):
        return Sense.CHOSEN
    if last in GENERATED:
        return Sense.GENERATED
    if last in ("key", "keys"):
        if before & PUBLIC:
            return Sense.NOTHING
        return Sense.GENERATED if before & KEYS else Sense.HINT
    if last in HINT:
        return Sense.HINT
    return _glued(last, words)


def _glued(last: str, words: list[str]) -> Sense:
    """Names without seams: `dbpassword`, `MYAPITOKEN`; and names that say it first: `password_prod`."""
    for ends, found in (
        (("password", "passwd", "passphrase"), Sense.CHOSEN),
        (("token", "secret", "apikey", "accesskey", "secretkey", "privatekey", "authkey"), Sense.GENERATED),
    ):
        if last.endswith(ends):
            return found
    if len(words) > 1 and words[-2] in CHOSEN | GENERATED:
        return Sense.GENERATED
    plain = ("monkey", "turkey", "hotkey", "donkey", "hockey", "whiskey")
    return Sense.HINT if last.endswith("key") and last not in plain else Sense.NOTHING
