"""`reviewbot doctor`: what is here, what is missing, what in the environment is dangerous."""

from __future__ import annotations

import argparse
import platform
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from reviewbot import __version__, checks, git
from reviewbot.cli import ci, environment, examination, forges, operators
from reviewbot.cli.environment import KEY
from reviewbot.cli.linters import ruff
from reviewbot.cli.policies import PACKS, load_base, load_policy
from reviewbot.core import grammars
from reviewbot.core.policy import FILE, Policy
from reviewbot.core.text import visible
from reviewbot.errors import ConfigError, ReviewbotError
from reviewbot.sandbox.containment import contained


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """0 where all is well, 2 where something here is to be changed, 3 where a configured model gives no answer."""
    environ = environment.taken(environ)
    directory, program = Path(arguments.repo), shutil.which("git")
    policy, said = _policy(directory, program)
    rows = [("reviewbot", __version__), ("python", platform.python_version()), ("git", _git_version(program))]
    rows += [("repository", _repository(directory, program)), ("policy", said)]
    rows += [("checks", f"{len(checks.ALL)} checks, {len(checks.RULES)} rules")]
    rows += [("languages", ", ".join(sorted(language for language in grammars.GRAMMARS if grammars.grammar(language))))]
    rows += [("policy packs", ", ".join(sorted(path.stem for path in PACKS.glob("*.toml"))))]
    rows += [
        ("ruff", ruff(arguments.repo) or "none outside the repository: optional, it adds findings in Python files")
    ]
    unkeyed = f"{KEY} is not set: no credential can be accepted, and no memory on a forge is signed"
    rows += [("key", "set" if environ.get(KEY) else unkeyed), ("forge", _forge(environ))]
    rows += [("sandbox", contained().words)]
    found = _models(arguments.operator, directory, policy, environ)
    for name, value in (*rows, *found.rows):
        print(f"{name:13} {visible(value)}")
    for warning in (*warnings(environ), *found.warnings):
        print(f"warning       {visible(warning)}")
    return max(found.code, ConfigError.exit_code if program is None or policy.failure else 0)


class _Found(NamedTuple):
    """What there is to say of the operator's configuration. `code` is an exit code."""

    rows: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...] = ()
    code: int = 0


def _models(name: str | None, directory: Path, policy: Policy, environ: Mapping[str, str]) -> _Found:
    try:
        operator = operators.load(name, environ, directory=directory)
    except ReviewbotError as error:
        return _Found((("operator", str(error)),), code=error.exit_code)
    if not operator.endpoints:
        return _Found((("model", "none: deterministic checks only"),))
    standings = examination.examined(
        operator.endpoints,
        environment.keys(operator, environ),
        policy,
        in_ci=environment.in_ci(environ),
        today=date.today(),
    )
    limits = operator.limits
    cost = "no limit of cost" if limits.cost_usd is None else f"{limits.cost_usd:g} dollars"
    at_a_time = ", ".join(f"{endpoint.name} {endpoint.concurrency}" for endpoint in operator.endpoints)
    return _Found(
        (
            ("operator", f"{operator.source or 'variables'}: {examination.summed(standings)}"),
            *(row for standing in standings for row in standing.rows),
            *examination.routes([standing.endpoint for standing in standings if standing.may_be_used]),
            ("comments", f"up to {operator.comments}"),
            ("limits", f"{limits.seconds:g} s, {limits.calls:,} calls, {cost}; at a time: {at_a_time}"),
        ),
        tuple(warning for standing in standings for warning in standing.warnings),
        max(standing.code for standing in standings),
    )


def warnings(environ: Mapping[str, str]) -> Iterator[str]:
    """Variables by name and effect; never their values."""
    for name, effect, obeyed in environment.dangers(environ):
        remedy = "Unset it, or start with `python -I -m reviewbot`." if obeyed else "reviewbot ignores it."
        yield f"{name} is set: it {effect}. {remedy}"
    if environment.opens_ollama(environ):
        yield "OLLAMA_HOST is more than this machine: an Ollama that is started with it asks nobody for a password."


def _forge(environ: Mapping[str, str]) -> str:
    """Where a review of this run would be posted. Whether the token may is known when it is tried."""
    try:
        at = ci.here(environ)
        if at.service is None or at.number is None:
            return "none here: a review is printed, and --forge with --pr posts it"
        there = ci.place(at.service, at.number, environ)
    except ConfigError as error:
        return str(error)
    token = forges.TOKENS[at.service]
    said = "set" if environ.get(token, "").strip() else "not set: nothing is posted"
    return f"{there.service}, {there.project} #{there.number} at {there.api}, {token} is {said}"


def _git_version(program: str | None) -> str:
    if program is None:
        return "not found: install git"
    if not Path(program).is_absolute():
        return "found in the current folder only, and not run"
    environ = {"LC_ALL": "C"}
    run = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, env=environ)
    return run.stdout.strip().removeprefix("git version ")


def _policy(directory: Path, program: str | None) -> tuple[Policy, str]:
    """What a review of the default branch would go by, and the same in words."""
    try:
        with git.opened(directory, program=program or "git") as repo:
            branch = git.default_base(repo)
            policy = load_base(repo, git.resolve(repo, branch), "default")
    except ReviewbotError:
        return load_policy("default"), "the default pack"
    if policy.failure:
        return policy, f"not valid, everything is restricted: {policy.failure}"
    own = f"{FILE} at {branch} and " if policy.source == "base" else f"no {FILE} at {branch}, "
    return policy, f"{own}the default pack: {len(policy.rules)} rules{_wanted(policy)}"


def _wanted(policy: Policy) -> str:
    region = {None: "", "local": ", no hosted model"}.get(policy.region, f", hosted models in {policy.region} only")
    return f"{region}{', zero retention' if policy.zero_retention else ''}"


def _repository(directory: Path, program: str | None) -> str:
    try:
        with git.opened(directory, program=program or "git") as repo:
            return f"{repo.git_dir}{', shallow: history is cut' if repo.is_shallow else ''}"
    except ReviewbotError as error:
        return str(error)
