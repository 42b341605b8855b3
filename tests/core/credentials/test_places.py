"""Credentials by where they stand: addresses, headers, command lines, queries."""

from __future__ import annotations

import base64

import pytest

from tests.core.credentials.samples import PASSWORD, TOKEN, texts, values

LOGIN = base64.b64encode(f"user:{PASSWORD}".encode()).decode()
PLACES = [
    ("url-password", f"postgres://app:{PASSWORD}@db.test:5432/app", PASSWORD),
    ("url-password", f"redis://:{PASSWORD}@cache", PASSWORD),
    ("basic-auth", f"Authorization: Basic {LOGIN}", LOGIN),
    ("bearer-token", f'-H "Authorization: Bearer {TOKEN}"', TOKEN),
    ("bearer-token", f"Authorization: token {TOKEN}", TOKEN),
    ("command-password", f"curl -u admin:{PASSWORD} https://x.test", PASSWORD),
    ("command-password", f"curl --user 'admin:{PASSWORD}' https://x.test", PASSWORD),
    ("command-password", f"openssl rsa -passin pass:{PASSWORD} -in k", PASSWORD),
    ("command-password", f"sshpass -p {PASSWORD} ssh host", PASSWORD),
    ("command-password", f"docker login -u me -p {PASSWORD} registry.test", PASSWORD),
    ("command-password", f"mysql -u root -p{PASSWORD} app", PASSWORD),
    ("login-password", f"machine x.test login me password {PASSWORD}", PASSWORD),
    ("login-password", f'new NetworkCredential("me", "{PASSWORD}")', PASSWORD),
    ("login-password", f"auth=('me', '{PASSWORD}')", PASSWORD),
    ("encoded-password", f"base64.b64encode(b'me:{PASSWORD}')", PASSWORD),
    ("sql-password", f"CREATE USER me IDENTIFIED BY '{PASSWORD}';", PASSWORD),
    ("password", f"CREATE ROLE me WITH PASSWORD '{PASSWORD}';", PASSWORD),
]


@pytest.mark.parametrize(("kind", "line", "secret"), PLACES, ids=range(len(PLACES)))
def test_a_credential_is_known_by_its_place(kind: str, line: str, secret: str) -> None:
    assert texts(line, "a.txt") == [(kind, secret)]


@pytest.mark.parametrize("sample", ["password", "$PASSWORD", "${PASSWORD}", "<password>", "xxxxxx"])
@pytest.mark.parametrize(("kind", "line", "secret"), PLACES, ids=range(len(PLACES)))
def test_a_sample_in_that_place_is_none(kind: str, line: str, secret: str, sample: str) -> None:
    assert values(line.replace(secret, sample), "a.txt") == []


@pytest.mark.parametrize("line", [
    "http://localhost:8080/path@v2", "https://registry.npmjs.org/@types/node", "see http://x.test:8080 or me@x.test",
    "git@github.com:owner/repository.git", "Basic knowledge is needed", "Basic authentication is off",
    "Bearer authentication is supported", "bearer of good news everyone", "docker run -p 8080:80 image",
    "curl -u user https://x.test", "mysql -u root -p app", "chown -u www-data:www-data file",
    "oauth('Content-Type', 'text/plain')",
])  # fmt: skip
def test_what_stands_alike_is_left_alone(line: str) -> None:
    assert values(line, "a.txt") == []
