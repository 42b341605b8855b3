"""No forge: a range of commits in a repository on disk; publishing is printing."""

from __future__ import annotations

from collections.abc import Callable

from reviewbot import git
from reviewbot.core.pull import PullRequest


def load(repo: git.Repository, base: str | None, head: str,
         rank: Callable[[str], Callable[[str], int]] | None = None) -> PullRequest:  # fmt: skip
    """The range from where `head` left `base` (by default the default branch) to `head`.

    `rank` makes of the commit of the policy how sensitive a path is: what is less so is read first.
    """
    head_sha = git.resolve(repo, head)
    policy_sha = git.resolve(repo, base or git.default_base(repo))
    base_sha = git.merge_base(repo, policy_sha, head_sha)
    paths = tuple(entry.path for entry in git.tree(repo, head_sha))
    files = git.changes(repo, base_sha, head_sha, *([rank(policy_sha)] if rank else []))
    return PullRequest(base_sha, head_sha, policy_sha, files, paths)
