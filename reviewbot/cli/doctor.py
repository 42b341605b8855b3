"""`reviewbot doctor`: what is here, what is missing, what in the environment is dangerous."""

from __future__ import annotations

import argparse
import platform
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from reviewbot import __version__, checks, git
from reviewbot.cli.linters import ruff
from reviewbot.cli.policies import PACKS, load_base
from reviewbot.cli.review import KEY
from reviewbot.core import grammars
from reviewbot.core.policy import FILE
from reviewbot.core.text import visible
from reviewbot.errors import ReviewbotError

#: Variables that libraries obey silently, and what they would do. reviewbot obeys none of them.
DANGEROUS = {
    "OLLAMA_HOST": "sends local prompts to another host",
    "OLLAMA_API_KEY": "is attached to every Ollama address",
    "HTTP_PROXY": "sends prompts through a proxy, loopback ones too",
    "HTTPS_PROXY": "sends prompts through a proxy",
    "ALL_PROXY": "sends prompts through a proxy, loopback ones too",
    "http_proxy": "sends prompts through a proxy, loopback ones too",
    "https_proxy": "sends prompts through a proxy",
    "all_proxy": "sends prompts through a proxy, loopback ones too",
    "MISTRAL_SDK_TELEMETRY": "exports prompts as traces",
    "MISTRAL_OTLP_TRACES_ENDPOINT": "receives prompts and the API key as traces",
    "MISTRAL_DEBUG": "prints whole requests to the log",
    "MISTRAL_SA_TOKEN_PATH": "changes how the SDK authenticates",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "receives traces",
    "SSL_CERT_FILE": "changes whom TLS trusts",
    "SSL_CERT_DIR": "changes whom TLS trusts",
    "REQUESTS_CA_BUNDLE": "changes whom TLS trusts",
    "PYTHON_GITLAB_CFG": "names a file that may run a command for its token",
    "NETRC": "adds passwords to requests",
    "GIT_DIR": "points git elsewhere",
    "GIT_CONFIG_PARAMETERS": "changes what git does",
    "GIT_EXTERNAL_DIFF": "runs a program on every diff",
    "GIT_SSH_COMMAND": "runs a program on every fetch",
}
#: What Python itself obeys before we run: it cannot be ignored, only avoided.
OBEYED = {
    "PYTHONPATH": "adds code to this process",
    "PYTHONHOME": "adds code to this process",
    "PYTHONINSPECT": "keeps this process open to whoever types",
    "LD_PRELOAD": "adds code to this process and to git",
    "LD_LIBRARY_PATH": "adds code to this process and to git",
}


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """0 where there is a git to run, 2 where there is none."""
    program = shutil.which("git")
    rows = [("reviewbot", __version__), ("python", platform.python_version()), ("git", _git_version(program))]
    rows += [("repository", _repository(Path(arguments.repo), program))]
    rows += [("policy", _policy(Path(arguments.repo), program))]
    rows += [("checks", f"{len(checks.ALL)} checks, {len(checks.RULES)} rules")]
    rows += [("languages", ", ".join(sorted(language for language in grammars.GRAMMARS if grammars.grammar(language))))]
    rows += [("policy packs", ", ".join(sorted(path.stem for path in PACKS.glob("*.toml"))))]
    rows += [
        ("ruff", ruff(arguments.repo) or "none outside the repository: optional, it adds findings in Python files")
    ]
    rows += [("key", "set" if environ.get(KEY) else f"{KEY} is not set: no credential can be accepted")]
    rows += [("model", "none: deterministic checks only")]
    for name, value in rows:
        print(f"{name:13} {visible(value)}")
    for warning in warnings(environ):
        print(f"warning       {warning}")
    return 0 if program else 2


def warnings(environ: Mapping[str, str]) -> Iterator[str]:
    """Variables by name and effect; never their values."""
    for name, effect in DANGEROUS.items():
        if environ.get(name):
            yield f"{name} is set: it {effect}. reviewbot ignores it."
    for name, effect in OBEYED.items():
        if environ.get(name):
            yield f"{name} is set: it {effect}. Unset it, or start with `python -I -m reviewbot`."


def _git_version(program: str | None) -> str:
    if program is None:
        return "not found: install git"
    if not Path(program).is_absolute():
        return "found in the current folder only, and not run"
    environ = {"LC_ALL": "C"}
    run = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, env=environ)
    return run.stdout.strip().removeprefix("git version ")


def _policy(directory: Path, program: str | None) -> str:
    """What a review of the default branch would go by."""
    try:
        with git.opened(directory, program=program or "git") as repo:
            branch = git.default_base(repo)
            policy = load_base(repo, git.resolve(repo, branch), "default")
    except ReviewbotError:
        return "the default pack"
    if policy.failure:
        return f"not valid, everything is restricted: {policy.failure}"
    own = f"{FILE} at {branch} and " if policy.source == "base" else f"no {FILE} at {branch}, "
    return f"{own}the default pack: {len(policy.rules)} rules"


def _repository(directory: Path, program: str | None) -> str:
    try:
        with git.opened(directory, program=program or "git") as repo:
            return f"{repo.git_dir}{', shallow: history is cut' if repo.is_shallow else ''}"
    except ReviewbotError as error:
        return str(error)
