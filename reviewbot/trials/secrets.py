"""Which variables hold a secret: beside one of them no code of a change is run, whatever the sandbox."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from reviewbot.core.credentials import blocks, vendors

#: Words at the end of a name, or all of it, that say what it is.
_WORDS = (
    "TOKEN|AUTHTOKEN|SECRETS?|PASSWORD|PASSWD|PASSPHRASE|PASSCODE|PASS|PWD|PW|CREDENTIALS?|CREDS?|APIKEY|PAT|JWT|DSN|AUTH|"
    "KEY|KEY_ID|AUTHORIZATION|BEARER|COOKIE|ROLE_ID|SECRET_ID|CONNECTION_STRING|CONNSTR|WEBHOOK|WEBHOOK_URL|HMAC"
)
#: Shapes of names, in any case.
_SHAPES = re.compile(
    rf"(?:.*_)?(?:{_WORDS})(?:_V?\d+)?|.*_(?:TOKEN|SECRET|PASSWORD|PASSWD)_.*|[A-Z0-9]{{1,20}}PASS(?:WORD|WD)?",
    re.ASCII | re.DOTALL,
)
#: Names of these shapes that hold none: folders, and keys that are public or open nothing.
_PLAIN = re.compile(
    r"(?:OLD)?PWD|(?:.*_)?(?:PUBLIC|CACHE|GPG|SORT|PRIMARY|FOREIGN|PARTITION|PROJECT)_KEY(?:_ID)?|GIT_CONFIG_KEY_\d+|"
    r"(?:.*_)?(?:BY|COM|SUR|TRES)PASS",
    re.ASCII | re.DOTALL,
)
#: Names that hold one and do not say so.
_KNOWN = frozenset({
    "REVIEWBOT_KEY", "KUBECONFIG", "DOCKER_AUTH_CONFIG", "NETRC", "GOOGLE_APPLICATION_CREDENTIALS",
    "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE", "GIT_ASKPASS", "SSH_ASKPASS", "CI_REPOSITORY_URL",
    "PGPASSWORD", "MYSQL_PWD", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_SHARED_CREDENTIALS_FILE", "PGPASSFILE", "GIT_CONFIG_PARAMETERS", "SUDO_ASKPASS", "AWS_WEB_IDENTITY_TOKEN_FILE",
    "ANSIBLE_VAULT_PASSWORD_FILE", "SOPS_AGE_KEY_FILE", "GNUPGHOME", "KRB5CCNAME",
})  # fmt: skip
#: How those begin that come in numbers: headers of requests stand in Git's.
_BEGIN = ("CI_JOB_JWT", "CI_BUILD_TOKEN", "GIT_CONFIG_VALUE_", "CODECOV_UPLOAD")
#: A user and a password before the host: an address of a registry, a database or a proxy. Of databases a password may
#: have slashes; before a proxy no scheme need stand; Oracle has its own form.
_ADDRESS = re.compile(
    r"https?://(?:[^/?#@\s:]{0,200}:(?!\d{1,5}/)[^@\s]{1,400}|[^/?#@\s]{1,400})@"
    r"|(?:jdbc:)?(?!https?:)[a-z][a-z0-9+.-]{0,20}://(?:[^/?#@\s:]{0,200}:[^@\s]{1,400}|[^/?#@\s]{1,400})@"
    r"|jdbc:[a-z0-9]{1,20}:(?:[a-z0-9]{1,20}:)?[^/?#@\s:]{1,200}/[^@\s]{1,400}@"
    r"|(?!(?:mailto|npm|github|gitlab|sip|xmpp):|[a-z][a-z0-9+.-]{0,20}://)[^/?#@\s:]{1,200}:[^/@\s]{1,400}"
    r"@(?!sha\d{3}:)(?:[a-z][a-z0-9.-]{0,200}|[\d.]{7,15}|\[[\da-f:.]{2,45}\])(?::\d{1,5})?(?:[/,]|\Z)",
    re.IGNORECASE,
)
_PUBLIC = re.compile(r"(?:git\+)?ssh://[^/?#@\s:]{1,200}@", re.IGNORECASE)
#: A password among the settings of a connection.
_SETTING = re.compile(r"(?:\A|[;&?\s])(?:password|pwd|accountkey|sharedaccesskey|sig)=[^;&\s]", re.IGNORECASE)
_HEADER = re.compile(r"(?:proxy-)?authorization:\s{0,8}\S", re.IGNORECASE)
#: How much of a value is looked at.
_BEGINNING = 4096


def held(environ: Mapping[str, str], named: Collection[str] = ()) -> tuple[str, ...]:
    """Names of the variables that hold a secret or a token, in order; `named` are those that the operator's file names.

    A variable that is set to nothing holds nothing.
    """
    return tuple(sorted(name for name, value in environ.items() if value and (name in named or _holds(name, value))))


def _holds(name: str, value: str) -> bool:
    upper = name.upper()
    if upper in _KNOWN or upper.startswith(_BEGIN):
        return True
    if _SHAPES.fullmatch(upper) and not _PLAIN.fullmatch(upper):
        return True
    return _shows(value[:_BEGINNING])


def _shows(value: str) -> bool:
    """Whether a value says itself what it is: an address, a connection, a header, the shape of a vendor."""
    if "@" in value and not _PUBLIC.match(value) and _ADDRESS.match(value):
        return True
    if _SETTING.search(value) or _HEADER.search(value):
        return True
    raw = value.encode("ascii", "replace")
    return any(True for look in (vendors.spans, blocks.spans) for _ in look(value, raw))
