"""Which variables hold a secret: beside one of them no code of a change is run, whatever the sandbox."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from reviewbot.core.credentials import vendors

#: Words at the end of a name that say what it is; those that are names alone are told by all of it.
_WORDS = (
    "TOKEN|AUTHTOKEN|SECRETS?|PASSWORD|PASSWD|PASSPHRASE|PASSCODE|PASS|PWD|PW|CREDENTIALS?|CREDS?|APIKEY|PAT|JWT|DSN|AUTH|"
    "AUTHORIZATION|BEARER|COOKIE|SESSION_ID|ROLE_ID|SECRET_ID|CONNECTION_STRING|CONNSTR|WEBHOOK|WEBHOOK_URL|PRIVATE|HMAC"
)
#: Shapes of names, in any case.
_SHAPES = re.compile(
    rf"(?:.*_)?(?:{_WORDS})(?:_V?\d+)?"
    r"|(?:.*_)?KEY(?:_ID)?(?:_V?\d+)?"
    r"|.*_(?:TOKEN|SECRET|PASSWORD|PASSWD)_.*"
    r"|[A-Z0-9]{1,20}(?:PASS|PASSWORD|PASSWD)",
    re.ASCII | re.DOTALL,
)
#: Names that look like one and hold none: places, keys of keyboards, and what is public by its nature.
_PLAIN = re.compile(
    r"PWD|OLDPWD|INIT_CWD|(?:.*_)?(?:PUBLIC|CACHE|GPG|SORT|PRIMARY|FOREIGN|PARTITION|HOT|ANY)_KEY(?:_ID)?|GPG_KEY|"
    r"BYPASS|(?:.*_)?(?:BY|COM|SUR|TRES)PASS|CI_(?:COMMIT|PIPELINE|PROJECT)_.{0,80}|GITHUB_(?!TOKEN|PAT)[A-Z]{1,20}_KEY",
    re.ASCII | re.DOTALL,
)
#: Names that hold one and do not say so.
_KNOWN = frozenset({
    "REVIEWBOT_KEY", "SSH_AUTH_SOCK", "KUBECONFIG", "DOCKER_AUTH_CONFIG", "NETRC", "GOOGLE_APPLICATION_CREDENTIALS",
    "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE", "GIT_ASKPASS", "SSH_ASKPASS", "CI_REPOSITORY_URL",
    "PGPASSWORD", "MYSQL_PWD", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_SHARED_CREDENTIALS_FILE", "PGPASSFILE", "GIT_CONFIG_PARAMETERS", "SUDO_ASKPASS", "AWS_WEB_IDENTITY_TOKEN_FILE",
    "ANSIBLE_VAULT_PASSWORD_FILE", "SOPS_AGE_KEY_FILE", "GNUPGHOME", "KRB5CCNAME",
})  # fmt: skip
#: How those begin that come in numbers: headers of requests stand in Git's.
_BEGIN = ("CI_JOB_JWT", "CI_BUILD_TOKEN", "GIT_CONFIG_VALUE_", "CODECOV_UPLOAD")
#: A user and a password before the host: an address of a registry, a database or a proxy. Passwords may have slashes.
_ADDRESS = re.compile(
    r"(?:jdbc:)?[a-z][a-z0-9+.-]{0,20}://(?:[^/?#@\s:]{0,200}:[^@\s]{1,400}|[^/?#@\s]{1,400})@"
    r"|(?![a-z][a-z0-9+.-]{0,20}://)[^/?#@\s:]{1,200}:[^/@\s]{1,400}@[a-z0-9.\[:-]{1,200}(?:[:/,?]|\Z)",
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
    return next(vendors.spans(value, value.encode("ascii", "replace")), None) is not None
