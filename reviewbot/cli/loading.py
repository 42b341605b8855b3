"""What a review is of: the pull request that the command line or CI names, its policy, and what it rests on."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from reviewbot import git
from reviewbot.cli.ci import Stand
from reviewbot.cli.environment import fingerprint_key
from reviewbot.cli.evidence import load_index
from reviewbot.cli.operators import is_tracked
from reviewbot.cli.policies import current, is_pack, load_base, load_policies, notices
from reviewbot.cli.wanting import wanted
from reviewbot.core import credentials
from reviewbot.core.findings import Finding, Severity
from reviewbot.core.fingerprints import Index
from reviewbot.core.policy import Policy, classify_path
from reviewbot.core.pull import PullRequest
from reviewbot.core.text import visible
from reviewbot.errors import RepositoryError, UsageError
from reviewbot.forges import local
from reviewbot.pipeline import Evidence, Wanted


@dataclass(frozen=True, slots=True)
class Loaded:
    """All that planning needs, and the folder is no longer read."""

    pull: PullRequest
    policy: Policy
    evidence: Evidence
    wanted: Wanted

    def noticing(self, notices: Sequence[str]) -> Loaded:
        """The same with more for the reader of the report to know."""
        return replace(self, evidence=replace(self.evidence, notices=(*self.evidence.notices, *notices)))


def loaded(arguments: argparse.Namespace, environ: Mapping[str, str], git_program: str, place: Stand,
           asked: Collection[str] = ()) -> Loaded:  # fmt: skip
    """Read the change, at the place where CI says it is. Raises UsageError, ConfigError, RepositoryError.

    `asked` are tasks that somebody wants beside those of the command line.
    """
    if not is_pack(arguments.policy) and is_tracked(Path(arguments.policy), Path(arguments.repo)):
        raise UsageError(f"{visible(arguments.policy)}: the repository under review tracks it, so that a pull request "
                         "could loosen it: name a pack or a file elsewhere, or make it .reviewbot.toml")  # fmt: skip
    with git.opened(Path(arguments.repo), program=git_program) as repo:
        pull = _pull(repo, arguments, place, environ)
        old = () if arguments.base else _older_policy(repo, place.bases)
        policy, proposed = load_policies(repo, pull, arguments.policy)
        index, left_out = load_index(repo, pull, policy)
        drafts = wanted(repo, pull, policy, {*arguments.tasks, *asked}, environ, getattr(arguments, "paths", ()))
    policy, ended = current(policy, date.today())
    findings, said = _reported(arguments, pull, policy, index)
    return Loaded(pull, policy, Evidence(proposed, index, findings, fingerprint_key(environ),
                                         (*notices(policy), *old, *ended), (*left_out, *said)), drafts)  # fmt: skip


def _reported(arguments: argparse.Namespace, pull: PullRequest, policy: Policy,
              index: Index) -> tuple[tuple[Finding, ...], tuple[str, ...]]:  # fmt: skip
    """What other tools say; a command that tells no findings asks none."""
    if arguments.command in ("message", "scaffold"):
        return (), ()
    from reviewbot.cli.linters import reported

    return reported(arguments, pull, policy, index)


def gate(name: str | None, policy: Policy) -> Severity | None:
    """What the command line says; else the policy."""
    if name is None:
        return policy.fail_on
    return None if name == "none" else Severity[name.upper()]


def _pull(repo: git.Repository, arguments: argparse.Namespace, place: Stand,
          environ: Mapping[str, str]) -> PullRequest:  # fmt: skip
    """The pull request that the command line names, else the one that CI runs for."""
    if "" in (arguments.base, arguments.head):
        raise UsageError("--base and --head: an empty name; is a variable not set?")
    base = arguments.base or _first_known(repo, place.bases)

    def rank(commit: str) -> Callable[[str], int]:
        policy = load_base(repo, commit, arguments.policy)
        return lambda path: classify_path(policy, path).label

    if getattr(arguments, "staged", False):
        index = environ.get("GIT_INDEX_FILE")  # git's own word to its hooks
        return local.staged(repo, Path(arguments.repo, index) if index else None, rank)
    pull = local.load(repo, base, arguments.head or place.head or "HEAD", rank)
    title = credentials.withheld(place.title).replace("\n", " ")
    return replace(pull, number=place.number if arguments.pr is None else arguments.pr, title=title)


def _first_known(repo: git.Repository, names: Sequence[str]) -> str | None:
    """The first name that this clone knows; the last one, if none, says why. None where CI names no base."""
    for name in names[:-1]:
        try:
            git.resolve(repo, name)
        except (UsageError, RepositoryError):
            continue
        return name
    return names[-1] if names else None


def _older_policy(repo: git.Repository, names: Sequence[str]) -> tuple[str, ...]:
    """A notice where this clone lacks the tip of the base branch: whoever branches early chooses an old policy."""
    known = _first_known(repo, names)
    if len(names) < 2 or known in names[:-1]:
        return ()
    tip = visible(names[0]).removeprefix("refs/remotes/origin/")
    return (
        f"The tip of the base branch ({tip}) is not in this clone: the policy is that of an older commit. Fetch it.",
    )
