"""Credentials by where they stand: in the address of a server, a header, a command line, a query."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, partial

from reviewbot.core.credentials import values
from reviewbot.core.credentials.hits import Span
from reviewbot.core.credentials.sites import each, finder

_SPACE = r"[ \t]{1,4}"
_PLAIN = r"[^\s\"']{3}", r"[^\s\"'`]{0,400}"
_OPTION = r"[^\s\"'-][^\s\"']{2}", _PLAIN[1]
_STRING = r"[^\s\"']{3}", r"[^\s\"'\n]{0,200}(?=[\"'])"
_QUERY = r"[^\s'\"\\]{3}", r"[^'\"\n\\]{0,200}(?=\\?['\"])"
_TOKEN = "[A-Za-z0-9+/._~=-]{8}", "[A-Za-z0-9+/._~=-]{4,2000}"
#: kind, what leads to the value, its first characters, the rest of it. RE2 looks for the first three, which Python's
#: own engine then tries again: they must be bounded and say the same to both.
_PLACES = (
    ("url-password", r"://[^\s/:@\"'`<>]{0,80}:", r"[^\s/@\"'`<>]{3}", r"[^\s/@\"'`<>]{0,200}(?=@[A-Za-z0-9\[$%{-])"),
    ("basic-auth", rf"\b[Bb][Aa][Ss][Ii][Cc]{_SPACE}", "[A-Za-z0-9+/_-]{8}", "[A-Za-z0-9+/_-]{0,400}={0,2}"),
    ("bearer-token", rf"\b[Bb][Ee][Aa][Rr][Ee][Rr]{_SPACE}", *_TOKEN),
    ("bearer-token", rf"[Aa]uthorization[\\\"' \t:=,]{{1,8}}[Tt]oken{_SPACE}", *_TOKEN),
    ("command-password", r"[ \t\"'](?:-u|--user|--proxy-user)[ \t=]{0,4}\\?[\"']?[^\s\"':/]{0,80}:",
     r"[^\s\"'/]{3}", r"[^\s\"'/]{0,200}"),
    ("command-password", r"-pass(?:in|out)?[ \t=]{1,4}[\"']?pass:", *_PLAIN),
    ("command-password", r"\bsshpass[ \t]{1,4}-p[ \t]{0,4}[\"']?", *_PLAIN),
    ("command-password", rf"\b(?:docker|podman|helm|az|oc|mongo)[ \t][^\n]{{0,100}}[ \t]-p{_SPACE}[\"']?",
     *_OPTION),
    ("command-password", r"\bmysql(?:dump|admin|import)?[ \t][^\n]{0,100}[ \t]-p", *_PLAIN),
    ("login-password", rf"\blogin{_SPACE}[^\s]{{1,80}}{_SPACE}password{_SPACE}", *_PLAIN),
    ("login-password", r"(?:[Aa]uth|[Ll]og[io]n|[Cc]redentials?|[Aa]uthenticate)[A-Za-z]{0,30}[ \t]{0,4}[=(]{1,2}"
     r"[ \t]{0,4}\(?[\"'][^\"'\n]{1,80}[\"'],[ \t]{0,4}[\"']", *_STRING),
    ("encoded-password", r"(?:b64encode|btoa|Buffer\.from)\([a-z]?[\"'][^\s\"':/]{1,80}:", *_STRING),
    ("sql-password", rf"[Ii](?:dentified|DENTIFIED){_SPACE}(?:by|BY){_SPACE}(?:(?:password|PASSWORD){_SPACE})?\\?['\"]",
     *_QUERY),
    ("sql-password", rf"(?:WITH|with|ENCRYPTED|encrypted|SET|set){_SPACE}(?:PASSWORD|password){_SPACE}\\?['\"]",
     *_QUERY),
)  # fmt: skip
#: Where nothing else than a credential can stand, even a word is one.
_CERTAIN = ("url-password", "encoded-password", "sql-password")


def spans(text: str, raw: bytes) -> Iterator[Span]:
    """Every value in such a place that is no sample, no reference and no word."""
    return each(finder(*(f"{place}{first}" for _, place, first, _ in _PLACES)), raw, partial(_looked, text))


def _looked(text: str, start: int) -> Iterator[Span]:
    """The value behind this place; a pair of equal words (`www-data:www-data`) is no login."""
    for kind, place, first, rest in _PLACES:
        found = _compiled(f"{place}({first}{rest})").match(text, start)
        if found is not None:
            same = text[start : found.start(1)].endswith(f"{found[1]}:")
            if not same and (sure := _judged(kind, found[1])):
                yield Span(*found.span(1), kind, sure)
            return


def _judged(kind: str, value: str) -> float:
    if kind == "basic-auth":
        return _basic(value)
    if values.is_reference(value) or values.is_dummy(value):
        return 0.0
    if values.randomness(value) >= 0.5:
        return 0.9
    if values.is_wordy(value):
        return 0.3 if kind in _CERTAIN else 0.0
    return 0.6


def _basic(value: str) -> float:
    """What follows "Basic" is base64 of `user:password`, or prose."""
    password = values.login(value)
    return 0.0 if not password else 0.3 if values.is_dummy(password) else 0.9


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)
