"""A signature holds for one head, one commit and one key, and for nothing that was changed after."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.cli import signing
from reviewbot.cli.signing import Attested, ForgedError
from reviewbot.errors import UsageError
from tests.cli import ed25519

#: Test 1 and test 2 of RFC 8032: secret, public, message, signature.
SECRET = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
SIGNATURE = bytes.fromhex(
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe246"
    "55141438e7a100b"
)
OTHER = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
OTHER_PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SAID = Attested("a" * 64, "b" * 40, 42, {"hosted": 1234, "local": 5})


def pem(kind: str, der: bytes) -> bytes:
    return f"-----BEGIN {kind} KEY-----\n{base64.b64encode(der).decode()}\n-----END {kind} KEY-----\n".encode()


def private_pem(secret: bytes) -> bytes:
    return pem("PRIVATE", bytes.fromhex("302e020100300506032b657004220420") + secret)


def public_pem(public: bytes) -> bytes:
    return pem("PUBLIC", bytes.fromhex("302a300506032b6570032100") + public)


KEY, PUBLIC_KEY = private_pem(SECRET), public_pem(PUBLIC)
ENVELOPE = signing.sign(SAID, KEY)


def opened(envelope: str = ENVELOPE) -> tuple[dict[str, Any], bytes, bytes]:
    document = json.loads(envelope)
    return document, base64.b64decode(document["payload"]), base64.b64decode(document["signatures"][0]["sig"])


def closed(payload: bytes, signature: bytes, kind: str = signing.PAYLOAD) -> bytes:
    signatures = [{"keyid": "", "sig": base64.b64encode(signature).decode()}]
    document = {"payload": base64.b64encode(payload).decode(), "payloadType": kind, "signatures": signatures}
    return json.dumps(document).encode()


def signed(payload: bytes, kind: str = signing.PAYLOAD) -> bytes:
    return closed(payload, ed25519.sign(SECRET, signing.authenticated(kind, payload)), kind)


def test_our_own_ed25519_is_that_of_the_standard() -> None:
    assert ed25519.sign(SECRET, b"") == SIGNATURE
    assert ed25519.is_signed(PUBLIC, b"", SIGNATURE)
    assert not ed25519.is_signed(PUBLIC, b"x", SIGNATURE)


def test_what_is_signed_is_what_dsse_says() -> None:
    """The example of DSSE's own document."""
    assert signing.authenticated("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
    assert signing.authenticated("é", "ü".encode()) == b"DSSEv1 2 \xc3\xa9 2 \xc3\xbc"


def test_the_signature_is_ed25519_over_that() -> None:
    document, payload, signature = opened()
    assert document["payloadType"] == "application/vnd.in-toto+json"
    assert ed25519.is_signed(PUBLIC, signing.authenticated(signing.PAYLOAD, payload), signature)
    assert signature == ed25519.sign(SECRET, signing.authenticated(signing.PAYLOAD, payload))


def test_the_statement_is_one_of_in_toto() -> None:
    assert json.loads(opened()[1]) == {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "commit", "digest": {"gitCommit": "b" * 40}},
                    {"name": "ledger head", "digest": {"sha256": "a" * 64}}],
        "predicateType": "urn:reviewbot:egress:1",
        "predicate": {"schema": "reviewbot.ledger/1", "entries": 42, "bytes_out": {"hosted": 1234, "local": 5}},
    }  # fmt: skip


@given(
    st.builds(
        Attested, st.text("0123456789abcdef", min_size=64, max_size=64), st.sampled_from(["", "c" * 40, "d" * 64]),
        st.integers(0, 2**50), st.dictionaries(st.text(max_size=9), st.integers(0, 2**50), max_size=3),
    )
)  # fmt: skip
def test_what_was_signed_is_read_again(said: Attested) -> None:
    assert signing.verify(signing.sign(said, KEY).encode(), PUBLIC_KEY, said.head) == said


def forged(envelope: bytes, public: bytes = PUBLIC_KEY, head: str | None = None) -> str:
    with pytest.raises(ForgedError) as caught:
        signing.verify(envelope, public, head)
    return str(caught.value)


def test_it_holds_for_no_other_head_and_no_other_key() -> None:
    assert forged(ENVELOPE.encode(), head="f" * 64) == f"it is of the head {'a' * 64}"
    assert forged(ENVELOPE.encode(), public_pem(OTHER_PUBLIC)) == "no signature by this key"
    assert forged(signing.sign(SAID, private_pem(OTHER)).encode()) == "no signature by this key"


def test_no_byte_of_the_statement_can_be_changed() -> None:
    _, payload, signature = opened()
    for at in range(len(payload)):
        changed = payload[:at] + bytes([payload[at] ^ 1]) + payload[at + 1 :]
        assert forged(closed(changed, signature)) == "no signature by this key"
    assert forged(closed(payload + b" ", signature)) == "no signature by this key"
    assert forged(closed(payload[:-1], signature)) == "no signature by this key"


def test_no_bit_of_the_signature_can_be_changed() -> None:
    _, payload, signature = opened()
    for bit in range(len(signature) * 8):
        changed = bytearray(signature)
        changed[bit // 8] ^= 1 << bit % 8
        assert forged(closed(payload, bytes(changed))) == "no signature by this key"
    for other in (b"", signature[:-1], signature + b"\0", bytes(64)):
        assert forged(closed(payload, other)) == "no signature by this key"


def test_the_type_of_the_statement_is_signed_too() -> None:
    _, payload, signature = opened()
    assert forged(closed(payload, signature, "text/plain")) == "no signature by this key"
    assert forged(signed(payload, "text/plain")) == "its statement is none of urn:reviewbot:egress:1"


@pytest.mark.parametrize(
    "change",
    [{"_type": "https://in-toto.io/Statement/v0.1"}, {"predicateType": "https://slsa.dev/provenance/v1"},
     {"subject": []}, {"subject": None}, {"subject": [{"name": "ledger head", "digest": {"sha256": "A" * 64}}]},
     {"subject": [{"name": "ledger head", "digest": {"sha256": 7}}]}, {"subject": [{"name": "x", "digest": {}}]},
     {"predicate": {}}, {"predicate": []}, {"predicate": {"schema": "x", "entries": 1, "bytes_out": {}}},
     {"predicate": {"schema": "reviewbot.ledger/1", "entries": 1, "bytes_out": 1}}, {"more": 1}],
)  # fmt: skip
def test_another_statement_by_the_same_key_says_nothing_of_a_ledger(change: dict[str, object]) -> None:
    payload = json.dumps({**json.loads(opened()[1]), **change}, separators=(",", ":")).encode()
    assert forged(signed(payload)) == "its statement is none of urn:reviewbot:egress:1"


@pytest.mark.parametrize("payload", [b"", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"subject":1e999}'])
def test_any_signed_bytes_are_refused_in_one_line(payload: bytes) -> None:
    assert forged(signed(payload)) == "its statement is none of urn:reviewbot:egress:1"


def test_one_of_several_signatures_is_enough() -> None:
    document, _, _ = opened()
    other, _, _ = opened(signing.sign(SAID, private_pem(OTHER)))
    document["signatures"] = [*other["signatures"], *document["signatures"]]
    for public in (PUBLIC_KEY, public_pem(OTHER_PUBLIC)):
        assert signing.verify(json.dumps(document).encode(), public) == SAID
    document["signatures"] = []
    assert forged(json.dumps(document).encode()) == "no signature by this key"


def test_base64_for_urls_is_read_and_a_second_spelling_is_not() -> None:
    document, _, _ = opened()
    for_urls = ENVELOPE.replace("+", "-").replace(document["payloadType"].replace("+", "-"), document["payloadType"])
    assert signing.verify(for_urls.encode(), PUBLIC_KEY) == SAID
    for spoiled in ("\n", " ", "=", "A"):
        document["signatures"][0]["sig"] += spoiled
        assert forged(json.dumps(document).encode()) == "it is no DSSE envelope"
        document["signatures"][0]["sig"] = document["signatures"][0]["sig"][: -len(spoiled)]
    signature = document["signatures"][0]["sig"]
    assert signature.endswith("==")
    document["signatures"][0]["sig"] = signature[:-3] + chr(ord(signature[-3]) + 1) + "=="
    assert forged(json.dumps(document).encode()) == "it is no DSSE envelope"


@given(st.binary(max_size=200))
def test_any_bytes_are_no_envelope(data: bytes) -> None:
    assert forged(data) == "it is no DSSE envelope"


LOOKS = '{"payload":"","payloadType":"","signatures":[]}'


@pytest.mark.parametrize(
    "envelope",
    ["[" * 100_000, "{}", '"x"', '{"payload":1}', LOOKS.replace("[]", "{}"), LOOKS.replace("[]", "[1]"),
     LOOKS.replace('Type":""', 'Type":"\\ud800"'), LOOKS.replace('Type":""', 'Type":1'),
     LOOKS.replace('payload":""', 'payload":"é"')],
)  # fmt: skip
def test_what_only_looks_like_an_envelope_is_none(envelope: str) -> None:
    assert forged(envelope.encode()) == "it is no DSSE envelope"


RSA = b"-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAL3\n-----END PUBLIC KEY-----\n"
ENCRYPTED = (
    b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGjMF8GCSqGSIb3DQEFDTBSMDEGCSqG\n-----END ENCRYPTED PRIVATE KEY-----\n"
)


@pytest.mark.parametrize("key", [b"", b"x", RSA, ENCRYPTED, PUBLIC_KEY, KEY[:60], b"\xff" * 99])
def test_what_is_no_key_to_sign_with_is_told_and_not_quoted(key: bytes) -> None:
    with pytest.raises(
        UsageError, match=r"^the key to sign with is no Ed25519 private key in PEM without a passphrase$"
    ):
        signing.sign(SAID, key)


@pytest.mark.parametrize("key", [b"", b"x", RSA, KEY, PUBLIC_KEY[:50]])
def test_what_is_no_public_key_is_told(key: bytes) -> None:
    with pytest.raises(UsageError, match=r"^the public key is no Ed25519 public key in PEM$"):
        signing.verify(ENVELOPE.encode(), key)


def test_a_head_that_is_none_is_not_signed() -> None:
    for said in (Attested(""), Attested("a" * 63), Attested("a" * 64, "main")):
        with pytest.raises(ValueError, match="hashes"):
            signing.sign(said, KEY)


def test_the_key_is_in_a_file_or_in_a_variable_that_the_operator_names(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(KEY)
    assert signing.key_at(str(tmp_path / "key.pem"), {}) == KEY
    assert signing.key_at("env:SIGNING", {"SIGNING": KEY.decode()}) == KEY
    with pytest.raises(UsageError, match=r"^SIGNING: not set, so there is no key to sign with$"):
        signing.key_at("env:SIGNING", {"SIGNING": ""})
    with pytest.raises(UsageError, match=r"none\.pem: cannot be read: No such file or directory$"):
        signing.key_at(str(tmp_path / "none.pem"), {})
    with pytest.raises(UsageError, match=r"cannot be read: no such name$"):
        signing.key_at("a\0b", {})
    (tmp_path / "large").write_bytes(b"x" * (signing.MAX_FILE + 1))
    with pytest.raises(UsageError, match=r"larger than 1,048,576 bytes$"):
        signing.contents(str(tmp_path / "large"))


def test_without_the_library_it_is_told_what_to_install() -> None:
    code = (
        "import sys; sys.modules['cryptography'] = None\n"
        "from reviewbot.cli import signing\n"
        "try:\n    signing.verify(b'', b'')\nexcept Exception as error:\n    print(type(error).__name__, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == 'UsageError signatures need the extra `sign`: pip install "reviewbot[sign]"\n'


def test_the_library_is_loaded_only_where_something_is_signed() -> None:
    code = "import sys; import reviewbot.cli.signing, reviewbot.cli.audit; print('cryptography' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
