"""No forge: a range of commits in a repository on disk; and a forge on which nothing is posted, but shown instead."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from reviewbot import git
from reviewbot.core.conversation import Changes, Conversation, Posted, Verdict
from reviewbot.core.pull import PullRequest
from reviewbot.core.text import visible
from reviewbot.ports import Forge


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


def staged(repo: git.Repository, index: Path | None,
           rank: Callable[[str], Callable[[str], int]] | None = None) -> PullRequest:  # fmt: skip
    """What is staged on top of HEAD, as `load` has a range; its head is a tree, for there is no commit yet."""
    tip, tree = git.staged(repo, index)
    paths = tuple(entry.path for entry in git.tree(repo, tree))
    files = git.changes(repo, tip, tree, *([rank(tip)] if rank else []))
    return PullRequest(tip, tree, tip, files, paths)


class Preview:
    """Satisfies `reviewbot.ports.Forge`: what would be posted is given to `show`, text of many lines, piece by piece.

    Without `whole` no line of any comment is shown, only where there would be one. `forge` is read, where there is one.
    """

    def __init__(self, show: Callable[[str], None], *, whole: bool, forge: Forge | None = None) -> None:
        self._show, self._whole, self._forge = show, whole, forge

    def load(self, is_command: Callable[[str], bool], people: Collection[str] = ()) -> Conversation:
        """What the forge says; without one, a private pull request that nobody has said anything about."""
        return self._forge.load(is_command, people) if self._forge else Conversation(visibility="private")

    def post(self, changes: Changes) -> Posted:
        for comment in changes.comments:
            first, last = comment.spot.lines
            lines = f"{first}" if first == last else f"{first}-{last}"
            self._piece(f"would comment on {visible(comment.spot.path)}:{lines} ({comment.spot.side})", comment.body)
        for followup in changes.followups:
            done = {True: "reply and resolve", False: "reply and open again", None: "reply"}[followup.resolve]
            self._piece(f"would {done} in thread {visible(followup.thread)}", followup.body)
        for answer in changes.answers:
            self._piece("would answer", answer)
        return Posted()

    def conclude(self, summary: str, note: str, verdict: Verdict) -> Posted:
        self._piece(f"would {'edit' if note else 'post'} the summary", summary)
        self._show(f"would set the status {verdict.conclusion.replace('_', ' ')}: {verdict.title}")
        return Posted()

    def _piece(self, title: str, body: str) -> None:
        self._show(title)
        if self._whole:
            self._show("\n".join(f"  {visible(line)}" for line in body.split("\n") if not line.startswith("<!-- ")))
