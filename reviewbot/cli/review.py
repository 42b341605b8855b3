"""`reviewbot review`: load, check, render, exit code."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from reviewbot import checks, git, pipeline
from reviewbot.cli.ci import Stand, stand
from reviewbot.cli.evidence import load_index
from reviewbot.cli.linters import reported
from reviewbot.cli.policies import current, load_policies, notices
from reviewbot.cli.progress import stage
from reviewbot.cli.workers import spread
from reviewbot.core import credentials
from reviewbot.core.findings import Severity
from reviewbot.core.policy import Policy
from reviewbot.core.pull import PullRequest
from reviewbot.core.report import Report
from reviewbot.core.summary import counted
from reviewbot.core.text import visible
from reviewbot.errors import RepositoryError, UsageError
from reviewbot.forges import local
from reviewbot.formats import Render, renderer

#: Names the operator's key for fingerprints of credentials.
KEY = "REVIEWBOT_KEY"
#: Variables of build systems: what is printed there is a log.
_BUILDS = ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "JENKINS_URL", "TEAMCITY_VERSION", "CODEBUILD_BUILD_ID",
           "BITBUCKET_BUILD_NUMBER", "BUILDKITE", "DRONE", "bamboo_buildKey")  # fmt: skip


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    outputs = [(name, renderer(name)) for name in arguments.output if name != "-"]
    place = stand(environ, lambda name: Path(name).read_bytes())
    opened = git.opened(Path(arguments.repo), program=shutil.which("git") or "git")
    with stage("reading the change"), opened as repo:
        pull = load(repo, arguments, place)
        old = () if arguments.base else _older_policy(repo, place.bases)
        policy, proposed = load_policies(repo, pull, arguments.policy)
        index, left_out = load_index(repo, pull, policy)
    with stage(f"checking {counted(len(pull.files), 'file')}"):
        policy, ended = current(policy, date.today())
        findings, said = reported(arguments, pull, policy)
        evidence = pipeline.Evidence(proposed, index, findings, environ.get(KEY, "").encode(),
                                     (*notices(policy), *old, *ended, *left_out, *said))  # fmt: skip
        report = pipeline.review(pull, policy, checks=checks.ALL, guards=checks.GUARDS, evidence=evidence,
                                 fail_on=gate(arguments.fail_on, policy), spread=spread)  # fmt: skip
    problems = written(report, outputs)
    print_report(report, environ, whole="-" in arguments.output)
    for problem in problems:
        print(f"reviewbot: {problem}", file=sys.stderr)
    return max(report.exit_code, UsageError.exit_code if problems else 0)


def load(repo: git.Repository, arguments: argparse.Namespace, place: Stand) -> PullRequest:
    """The pull request that the command line names, else the one that CI runs for."""
    if "" in (arguments.base, arguments.head):
        raise UsageError("--base and --head: an empty name; is a variable not set?")
    base = arguments.base or _first_known(repo, place.bases)
    pull = local.load(repo, base, arguments.head or place.head or "HEAD")
    title = credentials.masked(place.title, tuple(credentials.find(place.title, ""))).replace("\n", " ")
    return replace(pull, number=place.number if arguments.pr is None else arguments.pr, title=title)


def _first_known(repo: git.Repository, names: Sequence[str]) -> str | None:
    """The first name that this clone knows; the last one, if none, says why. None where CI names no base."""
    for name in names[:-1]:
        try:
            return git.resolve(repo, name)
        except (UsageError, RepositoryError):
            continue
    return names[-1] if names else None


def _older_policy(repo: git.Repository, names: Sequence[str]) -> tuple[str, ...]:
    """A notice where this clone lacks the tip of the base branch: whoever branches early chooses an old policy."""
    known = _first_known(repo, names)
    if len(names) < 2 or known != names[-1]:
        return ()
    tip = visible(names[0]).removeprefix("refs/remotes/origin/")
    return (
        f"The tip of the base branch ({tip}) is not in this clone: the policy is that of an older commit. Fetch it.",
    )


def written(report: Report, outputs: Sequence[tuple[str, Render]]) -> list[str]:
    """Write every report that can be written; what could not be, in words."""
    problems = []
    for name, render in outputs:
        text = render(report)
        try:
            # The name may be that of a link which the pull request brought.
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
            with open(os.open(name, flags, 0o666), "w", encoding="utf-8") as stream:  # noqa: PTH123 (a descriptor)
                stream.write(text)
        except OSError as error:
            problems.append(f"{visible(name)}: cannot be written: {error.strerror}")
        except ValueError:  # a NUL in the name
            problems.append(f"{visible(name)}: cannot be written: no such name")
    return problems


def print_report(report: Report, environ: Mapping[str, str], *, whole: bool = False) -> None:
    """Print the report: to whoever asks for it, the whole; to a CI log, which many can read, no line of any file."""
    if any(map(environ.get, _BUILDS)) and not whole:
        from reviewbot.formats import log

        service: log.Service = (
            "actions" if environ.get("GITHUB_ACTIONS") else "gitlab" if environ.get("GITLAB_CI") else ""
        )
        sys.stdout.write(log.render(report, service))
        return
    from reviewbot.formats import terminal

    colour = sys.stdout.isatty() and not environ.get("NO_COLOR")
    width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
    sys.stdout.write(terminal.render(report, width=width, colour=colour))


def gate(name: str | None, policy: Policy) -> Severity | None:
    """What the command line says; else the policy."""
    if name is None:
        return policy.fail_on
    return None if name == "none" else Severity[name.upper()]
