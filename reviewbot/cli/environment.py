"""The environment: copied once, then reduced to what a library may see; what in it is dangerous, by name."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, MutableMapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from reviewbot.core.endpoints import Operator, is_loopback

#: Names the operator's key for fingerprints of credentials.
KEY = "REVIEWBOT_KEY"
#: Variables of build systems: what is printed there is a log, and what runs there is production.
BUILDS = ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "JENKINS_URL", "TEAMCITY_VERSION", "CODEBUILD_BUILD_ID",
          "BITBUCKET_BUILD_NUMBER", "BUILDKITE", "DRONE", "bamboo_buildKey")  # fmt: skip
#: All that stays while a library is imported and used: where programs, folders, terminals and devices are.
#: LD_LIBRARY_PATH has been obeyed before we run, and without it no Python of some CI systems starts a process.
KEPT = frozenset({
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TMP", "TEMP", "TZ", "LANG", "LANGUAGE", "TERM", "COLORTERM",
    "NO_COLOR", "COLUMNS", "LINES", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "USERPROFILE",
    "APPDATA", "LOCALAPPDATA", "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE", "PYTHONHOME", "PYTHONUTF8",
    "PYTHONIOENCODING", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH", "OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES",
})  # fmt: skip
_KEPT_PREFIX = "LC_"

_PROXY = "sends prompts through a proxy, loopback ones too"
_TRUST = "changes whom TLS trusts"
_TRACES = "exports prompts as traces"
#: Variables that libraries obey silently, and what they would do. reviewbot obeys none of them.
DANGEROUS = {
    "OLLAMA_HOST": "sends local prompts to another host",
    "OLLAMA_API_KEY": "is attached to every Ollama address",
    "HTTP_PROXY": _PROXY, "HTTPS_PROXY": _PROXY, "ALL_PROXY": _PROXY,
    "http_proxy": _PROXY, "https_proxy": _PROXY, "all_proxy": _PROXY,
    "MISTRAL_SDK_TELEMETRY": _TRACES,
    "MISTRAL_OTLP_TRACES_ENDPOINT": "receives prompts and the API key as traces",
    "MISTRAL_DEBUG": "prints whole requests to the log",
    "MISTRAL_SA_TOKEN_PATH": "changes how the SDK authenticates",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "receives traces",
    "SSLKEYLOGFILE": "writes the keys of encrypted connections to a file",
    "SSL_CERT_FILE": _TRUST, "SSL_CERT_DIR": _TRUST, "REQUESTS_CA_BUNDLE": _TRUST, "CURL_CA_BUNDLE": _TRUST,
    "PYTHON_GITLAB_CFG": "names a file that may run a command for its token",
    "NETRC": "adds passwords to requests",
    "GIT_DIR": "points git elsewhere",
    "GIT_CONFIG_PARAMETERS": "changes what git does",
    "GIT_EXTERNAL_DIFF": "runs a program on every diff",
    "GIT_SSH_COMMAND": "runs a program on every fetch",
}  # fmt: skip
#: The same for whole families; a name of the list above is said in its own words.
FAMILIES = {
    "OTEL_*": _TRACES,
    "OLLAMA_*": "changes what Ollama does",
    "MISTRAL_*": "changes what Mistral's library does",
    "LLAMA_ARG_*": "changes what llama.cpp does",
    "GIT_CONFIG_*": "changes what git does",
    "*_PROXY": _PROXY,
    "*_proxy": _PROXY,
}
#: Of these families, what is no danger: the key itself, what keeps Ollama from the network, and where no proxy is.
_HARMLESS = frozenset({"MISTRAL_API_KEY", "OLLAMA_NO_CLOUD", "NO_PROXY", "no_proxy"})
#: What Python itself obeys before we run: it cannot be ignored, only avoided.
OBEYED = {
    "PYTHONPATH": "adds code to this process",
    # Read when Python's hashlib is imported, before anything of ours.
    "OPENSSL_CONF": "adds code and settings to this process and its TLS",
    "PYTHONHOME": "adds code to this process",
    "PYTHONINSPECT": "keeps this process open to whoever types",
    "LD_PRELOAD": "adds code to this process and to git",
    "LD_LIBRARY_PATH": "adds code to this process and to git",
}


class Danger(NamedTuple):
    """A variable that is set and what it does; its value is told to nobody."""

    name: str
    effect: str
    #: Whether it has had its effect before anything of ours runs.
    obeyed: bool = False


def taken(environ: Mapping[str, str]) -> dict[str, str]:
    """A copy for our own use. Where it is this process's own, libraries find only what is KEPT from then on.

    To be called before any library is imported that opens a connection.
    """
    copy = dict(environ)
    if environ is os.environ:
        scrub(os.environ)
    return copy


def scrub(environ: MutableMapping[str, str]) -> None:
    """Removes everything that is not on the list, keys and tokens too."""
    for name in [name for name in environ if name not in KEPT and not name.startswith(_KEPT_PREFIX)]:
        del environ[name]


def keys(operator: Operator, environ: Mapping[str, str]) -> dict[str, str]:
    """The keys that the operator's backends name, by variable; one that is not set, or blank, is not among them."""
    names = {endpoint.key_env for endpoint in operator.endpoints if endpoint.key_env}
    return {name: environ[name].strip() for name in sorted(names) if environ.get(name, "").strip()}


def fingerprint_key(environ: Mapping[str, str]) -> bytes:
    """The operator's key for fingerprints and HMACs, b"" where there is none; it may be any bytes."""
    return environ.get(KEY, "").encode("utf-8", "surrogateescape")


def in_ci(environ: Mapping[str, str]) -> bool:
    """Whether a build system runs this."""
    return any(map(environ.get, BUILDS))


def dangers(environ: Mapping[str, str]) -> Iterator[Danger]:
    """What is set and dangerous, the named ones first, each once."""
    yield from (Danger(name, effect) for name, effect in DANGEROUS.items() if environ.get(name))
    for name in sorted(environ):
        if environ[name] and name not in DANGEROUS and name not in _HARMLESS:
            effect = next((effect for family, effect in FAMILIES.items() if fnmatchcase(name, family)), None)
            if effect is not None:
                yield Danger(name, effect)
    yield from (Danger(name, effect, obeyed=True) for name, effect in OBEYED.items() if environ.get(name))


def opens_ollama(environ: Mapping[str, str]) -> bool:
    """Whether an Ollama started from this environment listens on more than this machine's own addresses."""
    said = environ.get("OLLAMA_HOST", "").strip()
    host = said.rpartition("://")[2]
    if not host or host.startswith(":"):  # only a port: Ollama's own address
        return False
    try:
        return not is_loopback(f"http://{host}")
    except ValueError:
        return True
