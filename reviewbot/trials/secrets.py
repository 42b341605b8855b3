"""Which variables hold a secret: beside one of them no code of a change is run, whatever the sandbox."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

#: Shapes of names, in any case. A token says what it is by its name.
_SHAPES = re.compile(
    r"(?:.*_)?(?:TOKEN|AUTHTOKEN|SECRET|SECRETS|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|APIKEY|PAT|JWT|DSN|AUTH)(?:_V?\d+)?"
    r"|(?:.*_)?(?:API|ACCESS|PRIVATE|SECRET|SIGNING|ENCRYPTION|DEPLOY|SSH|ACCOUNT|MASTER|AUTH)_KEY(?:_ID)?"
    r"|.*_(?:TOKEN|SECRET|PASSWORD)_.*",
    re.ASCII | re.DOTALL,
)
#: Names that hold one and do not say so.
_KNOWN = frozenset({
    "REVIEWBOT_KEY", "SSH_AUTH_SOCK", "KUBECONFIG", "DOCKER_AUTH_CONFIG", "NETRC", "GOOGLE_APPLICATION_CREDENTIALS",
    "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE", "GIT_ASKPASS", "SSH_ASKPASS", "CI_REPOSITORY_URL",
    "PGPASSWORD", "MYSQL_PWD", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_SHARED_CREDENTIALS_FILE",
})  # fmt: skip
_GITLAB = ("CI_JOB_JWT", "CI_BUILD_TOKEN")
#: A user and a password before the host: an address of a registry or of a proxy.
_ADDRESS = re.compile(r"(?!ssh:|git\+ssh:)[a-z][a-z0-9+.-]{0,20}://[^/?#@\s]{1,400}@", re.IGNORECASE)
#: Where a password may stand in an address; what comes after is not looked at.
_BEGINNING = 1024


def held(environ: Mapping[str, str], named: Collection[str] = ()) -> tuple[str, ...]:
    """Names of the variables that hold a secret or a token, in order; `named` are those that the operator's file names.

    A variable that is set to nothing holds nothing.
    """
    return tuple(sorted(name for name, value in environ.items() if value and (name in named or _holds(name, value))))


def _holds(name: str, value: str) -> bool:
    upper = name.upper()
    if upper in _KNOWN or upper.startswith(_GITLAB) or _SHAPES.fullmatch(upper):
        return True
    return "@" in value[:_BEGINNING] and _ADDRESS.match(value[:_BEGINNING]) is not None
