"""Passwords that go through a hash made to be fast."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewbot.checks.calls.rules import HASH
from reviewbot.core.expressions import NAME, Call
from reviewbot.core.scopes import Scopes
from reviewbot.core.sightings import Sighting
from reviewbot.core.strings import is_constant
from reviewbot.core.symbols import text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_FAST = r"(md[45]|sha[-_]?(1|224|256|384|512)?(_?(224|256|384|512))?)"
#: Calls that hash what they are given; where `update` or `digest` does it, the owner says with what.
_HASHES = {
    "python": re.compile(rf"^(hashlib\.)?{_FAST}$|^hashlib\.new$"),
    "javascript": re.compile(rf"^{_FAST}$|createHash\(['\"]{_FAST}['\"]\)\.update$|"
                             r"^(CryptoJS\.|crypto\.)?(MD5|SHA1|SHA256|SHA512)$"),
    "go": re.compile(r"^(md5|sha1|sha256|sha512)\.Sum\w*$"),
    "java": re.compile(rf"^(md|messageDigest|digest|MessageDigest\.getInstance\(\"{_FAST}\"\))\.(digest|update)$|"
                       r"(^|\.)(md5|sha1|sha256|sha512)Hex$|"
                       r"Hashing\.(md5|sha1|sha256|sha512)\(\)\.hash\w+$", re.IGNORECASE),
    "rust": re.compile(r"^(md5\.compute|(Md5|Sha1|Sha256|Sha512)\.digest)$"),
    "c": re.compile(r"^(MD5|SHA1|SHA256|SHA512)$"),
    "cpp": re.compile(r"^(MD5|SHA1|SHA256|SHA512)$"),
    "csharp": re.compile(r"(^|\.)(MD5|SHA1|SHA256|SHA512)\.HashData$|"
                         r"(?i:(md5|sha\d*|hasher|hash)\w*(\.create\(\))?\.computehash$)"),
    "ruby": re.compile(r"^(OpenSSL\.)?Digest\.(MD5|SHA1|SHA2|SHA256|SHA512)\.(hex|base64)?digest$"),
    "php": re.compile(r"^(md5|sha1|hash)$"),
}  # fmt: skip
_ALGORITHM = re.compile(rf"(?i)^['\"]?{_FAST}['\"]?$")
#: A password by its name. A token for resetting one, a hash of one or a note that there is one are not it.
_PASSWORD = re.compile(
    r"(?i)^[$:]?(\w+_)?(raw|plain|user|new|old|current)?_?(password|passwd|passwort|passphrase)"
    r"(_?(text|bytes|plain|raw|string))?$"
)
_NAMES = (
    "identifier", "variable_name", "property_identifier", "field_identifier", "name", "simple_symbol", "string_content",
    "string_fragment", "interpreted_string_literal_content",
)  # fmt: skip
#: Protocols that prescribe the hash: HTTP digest, breach lists that are asked by prefix.
_PRESCRIBED = re.compile(r"(?i)realm|pwned|digest_?auth|nonce|scramble")


def look(call: Call, language: str, scopes: Scopes) -> Iterator[Sighting]:
    hashes = _HASHES.get(language)
    if hashes is None or not hashes.search(call.name) or not _is_fast(call):
        return
    for argument in call.arguments:
        given = scopes.value(argument, call.node)
        text = text_of(given, 2 * NAME) + text_of(argument, NAME)
        if text and not is_constant(given) and not _PRESCRIBED.search(text) and (_named(argument) or _named(given)):
            yield Sighting(HASH, (call.place, argument), call.last)
            return


def _is_fast(call: Call) -> bool:
    """Where the first argument names the algorithm, it is a fast one; `usedforsecurity=False` says it is no secret."""
    if "usedforsecurity" in call.keywords:
        return False
    if call.last in ("new", "hash"):
        return _ALGORITHM.search(text_of(call.argument(0), NAME)) is not None
    return True


def _named(node: Node) -> bool:
    """True where a password is what is hashed: as a name, a field, an item, or inside a conversion."""
    if node.end_byte - node.start_byte > 2 * NAME:
        return False
    return any(_PASSWORD.search(text_of(name, NAME)) for name in walk(node, *_NAMES))
