"""Private keys over lines: bodies without the lines around them, whatever carries them."""

from __future__ import annotations

import pytest

from reviewbot.core.credentials import find, grouped, masked
from tests.core.credentials.samples import BASE64, drawn, hits, pem, values

KINDS = ("RSA ", "EC ", "OPENSSH ", "", "DSA ")


@pytest.mark.parametrize("kind", KINDS)
def test_every_line_of_the_body_is_a_part_and_the_lines_around_are_none(kind: str) -> None:
    found = hits(pem(4, kind))
    assert [(hit.line, hit.part, hit.kind) for hit in found] == [(2 + n, n, "private-key") for n in range(4)]
    assert len(grouped(found)) == 1


def test_two_keys_are_two_credentials() -> None:
    text = pem(3) + "\n" + pem(2, seed="other")
    assert [len(parts) for parts in grouped(hits(text))] == [3, 2]


@pytest.mark.parametrize("line", ['key = "{}"', "'{}'", '{{"private_key": "{}"}}', "KEY={}"])
def test_a_key_on_one_line_with_escaped_ends_is_one_part(line: str) -> None:
    key = pem(4, end="\\n")
    (hit,) = hits(line.format(key), "a.json")
    assert line.format(key)[hit.start : hit.end] == key[key.index("KEY-----") + 8 : key.rindex("-----END")]


def test_indentation_and_carriage_returns_are_no_part_of_the_value() -> None:
    plain = values(pem(3))
    assert values("key: |\n" + "".join(f"    {line}\r\n" for line in pem(3).split("\n")), "a.yml") == plain


def test_a_key_cut_off_at_the_end_of_the_text_is_found() -> None:
    text = pem(4)
    assert len(values(text[: text.index("-----END")].rstrip())) == 4


def test_a_key_cut_off_ends_with_its_lines_and_takes_nothing_of_what_follows() -> None:
    text = pem(4)
    cut = text[: text.index("-----END")] + "def f():\n    return 1\n" * 20 + "-----\n"
    assert len(values(cut)) == 4


def test_a_puttygen_key_is_found() -> None:
    body = "\n".join(drawn(64, BASE64, str(n)) for n in range(3))
    assert values(f"PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 3\n{body}\nPrivate-MAC: x") == body.split("\n")


@pytest.mark.parametrize("text", [
    "if line == '-----BEGIN PRIV" + "ATE KEY-----':\n    pass\n",
    pem(4).replace("PRIV" + "ATE", "PUBLIC"),
    "-----BEGIN CERTIFICATE-----\n" + drawn(64, BASE64) + "\n-----END CERTIFICATE-----",
    "-----BEGIN RSA PRIV" + "ATE KEY-----\nMIIE...\n-----END RSA PRIV" + "ATE KEY-----",
    "-----BEGIN RSA PRIV" + "ATE KEY-----\n<your key here>\n-----END RSA PRIV" + "ATE KEY-----",
], ids=range(5))  # fmt: skip
def test_headers_certificates_and_samples_are_no_keys(text: str) -> None:
    assert values(text) == []


def test_a_key_under_a_passphrase_is_less_sure() -> None:
    body = pem(4).split("\n")
    encrypted = "\n".join((body[0], "Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,00", "", *body[1:]))
    assert hits(encrypted)[0].confidence < hits(pem(4))[0].confidence


def test_masking_a_key_keeps_its_lines_and_none_of_its_body() -> None:
    text = "before\n" + pem(4) + "\nafter"
    lines = text.split("\n")
    found = list(find(text, "k.pem"))
    after = [masked(line, [hit for hit in found if hit.line == n]) for n, line in enumerate(lines, 1)]
    assert after == ["before", lines[1], *["⟦private-key⟧"] * 4, lines[6], "after"]
