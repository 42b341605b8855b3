"""A pull request as loaded: where it stands and what it changes."""

from __future__ import annotations

from dataclasses import dataclass

from reviewbot.core.diff import FileDiff


@dataclass(frozen=True, slots=True)
class PullRequest:
    """GitLab's merge request too.

    `base_sha` is the merge base, the old side of every file; `policy_sha` is the tip of the base branch,
    where the policy is read. `files` has every changed path once; `paths` every path at the head.
    """

    base_sha: str
    head_sha: str
    policy_sha: str
    files: tuple[FileDiff, ...]
    paths: tuple[str, ...] = ()
    number: int | None = None
    title: str = ""
