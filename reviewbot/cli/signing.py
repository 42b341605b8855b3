"""A signature of a ledger's head: Ed25519 over an in-toto statement in a DSSE envelope. Needs the extra `sign`."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewbot.core.ledger import SCHEMA
from reviewbot.core.text import visible
from reviewbot.errors import UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:reviewbot:egress:1"
PAYLOAD = "application/vnd.in-toto+json"
#: Bytes of an envelope or a key that are read, signatures of one envelope that are tried.
MAX_FILE = 1024 * 1024
MAX_SIGNATURES = 16
#: How an option says that the key is in a variable and not in a file.
VARIABLE = "env:"

_HASH = re.compile("[0-9a-f]{64}")
_COMMIT = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Attested:
    """What a signature says: which commit was reviewed, and where its ledger ended."""

    head: str
    commit: str = ""
    entries: int = 0
    bytes_out: Mapping[str, int] = field(default_factory=dict)


class ForgedError(ValueError):
    """An envelope that does not hold; `str()` says what does not."""


def key_at(place: str, environ: Mapping[str, str]) -> bytes:
    """The PEM of a key, from a file or from the variable of `env:NAME`. Raises UsageError, without a word of it."""
    if place.startswith(VARIABLE):
        name = place.removeprefix(VARIABLE)
        if not environ.get(name):
            raise UsageError(f"{visible(name)}: not set, so there is no key to sign with")
        return environ[name].encode("utf-8", "surrogateescape")
    return contents(place)


def contents(name: str) -> bytes:
    """A small file. Raises UsageError where there is none."""
    try:
        with Path(name).open("rb") as stream:
            data = stream.read(MAX_FILE + 1)
    except OSError as error:
        raise UsageError(f"{visible(name)}: cannot be read: {error.strerror}") from None
    except ValueError:
        raise UsageError(f"{visible(name)}: cannot be read: no such name") from None
    if len(data) > MAX_FILE:
        raise UsageError(f"{visible(name)}: cannot be read: larger than {MAX_FILE:,} bytes")
    return data


def sign(said: Attested, private_pem: bytes) -> str:
    """The envelope, as JSON on one line. Raises UsageError where the key or the library is not there."""
    key = _private(private_pem)
    payload = _canonical(_statement(said))
    signature = {"keyid": _id(key.public_key()), "sig": _encoded(key.sign(authenticated(PAYLOAD, payload)))}
    envelope = {"payload": _encoded(payload), "payloadType": PAYLOAD, "signatures": [signature]}
    return _canonical(envelope).decode("ascii") + "\n"


def verify(envelope: bytes, public_pem: bytes, head: str | None = None) -> Attested:
    """What the envelope says, if that key signed it. Raises ForgedError; UsageError where the key is none."""
    key = _public(public_pem)
    kind, payload, signatures = _opened(envelope)
    if not any(_is_signed(key, authenticated(kind, payload), one) for one in signatures):
        raise ForgedError("no signature by this key")
    said = _said(kind, payload)
    if head is not None and said.head != head:
        raise ForgedError(f"it is of the head {said.head}")
    return said


def authenticated(kind: str, payload: bytes) -> bytes:
    """What DSSE signs: the payload with its type, each after its length."""
    named = kind.encode()
    return b"DSSEv1 %d %s %d %s" % (len(named), named, len(payload), payload)


def _statement(said: Attested) -> dict[str, object]:
    if not _HASH.fullmatch(said.head) or (said.commit and not _COMMIT.fullmatch(said.commit)):
        raise ValueError("a head and a commit are hashes")
    commit = [{"name": "commit", "digest": {"gitCommit": said.commit}}] if said.commit else []
    return {
        "_type": STATEMENT,
        "subject": [*commit, {"name": "ledger head", "digest": {"sha256": said.head}}],
        "predicateType": PREDICATE,
        "predicate": {"schema": SCHEMA, "entries": said.entries, "bytes_out": dict(sorted(said.bytes_out.items()))},
    }


def _said(kind: str, payload: bytes) -> Attested:
    """The statement's own words. It is signed, so they are the signer's; they still have to be ours."""
    try:
        document = json.loads(payload)
        subjects = {subject["name"]: subject["digest"] for subject in document["subject"]}
        predicate = document["predicate"]
        said = Attested(subjects["ledger head"]["sha256"], subjects.get("commit", {}).get("gitCommit", ""),
                        predicate["entries"], predicate["bytes_out"])  # fmt: skip
        ours = kind == PAYLOAD and _canonical(_statement(said)) == payload
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        ours = False
    if not ours:
        raise ForgedError(f"its statement is none of {PREDICATE}")
    return said


def _opened(envelope: bytes) -> tuple[str, bytes, list[bytes]]:
    try:
        document: Any = json.loads(envelope)
        kind, payload = document["payloadType"], _decoded(document["payload"])
        signatures = [_decoded(one["sig"]) for one in document["signatures"][:MAX_SIGNATURES]]
        kind.encode()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise ForgedError("it is no DSSE envelope") from None
    return kind, payload, signatures


def _is_signed(key: Ed25519PublicKey, message: bytes, signature: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _private(pem: bytes) -> Ed25519PrivateKey:
    _installed()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError("the key to sign with is no Ed25519 private key in PEM without a passphrase")
    return key


def _public(pem: bytes) -> Ed25519PublicKey:
    _installed()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError("the public key is no Ed25519 public key in PEM")
    return key


def _installed() -> None:
    try:
        import cryptography  # noqa: F401
    except ImportError:
        raise UsageError('signatures need the extra `sign`: pip install "reviewbot[sign]"') from None


def _id(key: Ed25519PublicKey) -> str:
    """A hint at the key, for whoever has several."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def _canonical(document: Mapping[str, object]) -> bytes:
    return json.dumps(document, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _decoded(text: str) -> bytes:
    """Base64, plain or for URLs, in its one spelling. Raises ValueError."""
    plain = text.replace("-", "+").replace("_", "/")
    data = base64.b64decode(plain, validate=True)
    if _encoded(data) != plain:
        raise binascii.Error("not the one spelling")
    return data
