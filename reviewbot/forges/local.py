"""No forge: a range of commits in a repository on disk; publishing is printing."""

from __future__ import annotations

from reviewbot import git
from reviewbot.core.pull import PullRequest


def load(repo: git.Repository, base: str | None, head: str) -> PullRequest:
    """The range from where `head` left `base` (by default the default branch) to `head`."""
    head_sha = git.resolve(repo, head)
    policy_sha = git.resolve(repo, base or git.default_base(repo))
    base_sha = git.merge_base(repo, policy_sha, head_sha)
    paths = tuple(entry.path for entry in git.tree(repo, head_sha))
    return PullRequest(base_sha, head_sha, policy_sha, git.changes(repo, base_sha, head_sha), paths)
