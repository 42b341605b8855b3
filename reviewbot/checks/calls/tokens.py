"""Tokens whose signature nobody checks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.checks.calls.options import Option, Row, is_off, met, reads
from reviewbot.checks.calls.rules import TOKEN
from reviewbot.core.expressions import Call
from reviewbot.core.sightings import Sighting
from reviewbot.core.strings import truth
from reviewbot.core.symbols import Touched

_JWT = re.compile(r"(?i)(^|[._])(jwt|pyjwt|jose|jws)\.(decode|verify|decode_complete)$|(^|\.)jwtVerify$")
_NONE = reads(r"(?i)^[\[(]?['\"]none['\"][\])]?$")

_OPTIONS = {
    "python": (
        Row(TOKEN, re.compile("^verify_signature$"), is_off),
        Row(TOKEN, re.compile("^verify$"), is_off, _JWT),
        Row(TOKEN, re.compile("^algorithms?$"), _NONE, _JWT),
    ),
    "javascript": (Row(TOKEN, re.compile("^algorithms?$"), _NONE, _JWT),),
    "csharp": (
        Row(TOKEN, re.compile(r"(^|\.)(RequireSignedTokens|ValidateIssuerSigningKey)$"), is_off),
    ),
    "ruby": (Row(TOKEN, re.compile("^verify_signature$"), is_off),),
}  # fmt: skip
_CALLS = {
    "go": re.compile(r"(^|\.)(ParseUnverified|UnsafeClaimsWithoutVerification|ParseInsecure)$"),
    "java": re.compile(r"(^|\.)(parseClaimsJwt|parsePlaintextJwt|parseUnsecuredClaims|unsecured)$"),
    "rust": re.compile(r"(^|\.)(insecure_disable_signature_validation|dangerous_insecure_decode\w*|insecure_decode)$"),
}
#: The place of an argument that says whether to check.
_SWITCHES = {("go", "jwt.WithVerify"): 0, ("ruby", "JWT.decode"): 2}


def look(call: Call, language: str) -> Iterator[Sighting]:
    name, switch = _CALLS.get(language), _SWITCHES.get((language, call.name))
    by_name = name is not None and name.search(call.name) is not None
    if by_name or (switch is not None and truth(call.argument(switch)) is False):
        yield Sighting(TOKEN, (call.place,), call.last)


def option(found: Option, language: str, touched: Touched) -> Iterator[Sighting]:
    yield from met(found, _OPTIONS.get(language, ()), touched)
