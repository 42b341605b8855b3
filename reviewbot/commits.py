"""Commits: what a name stands for, where two histories parted, what their authors said."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reviewbot.core.text import visible
from reviewbot.errors import RepositoryError, UsageError
from reviewbot.objects import decoded, encoded
from reviewbot.view import Repository, finished, output, reason, streamed

#: Bytes of commit messages that are read.
MAX_LOG = 256 * 1024

_DEFAULT_BRANCHES = (
    "refs/remotes/origin/HEAD", "refs/heads/main", "refs/heads/master",
    "refs/remotes/origin/main", "refs/remotes/origin/master",
)  # fmt: skip
_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def resolve(repo: Repository, name: str) -> str:
    """The commit id a name stands for.

    Raises UsageError for a name that is unknown or means two things (a tag `main` must not
    stand in for the branch), RepositoryError for a commit that is not in this clone.
    """
    if "\0" in name or any("\ud800" <= c < "\udc80" or "\udcff" < c <= "\udfff" for c in name):
        raise UsageError(f"{visible(name)}: not a name git could know")
    found = finished(repo, "rev-parse", "--verify", "--end-of-options", encoded(name + "^{commit}"))
    if b"is ambiguous" in found.stderr and not _ID.fullmatch(name):
        raise UsageError(f"{visible(name)} names two things: write refs/heads/{visible(name)} or refs/tags/…")
    if not found.returncode and _ID.fullmatch(commit := found.stdout.decode().strip()):
        return commit
    fetch = "fetch it, or set fetch-depth: 0 (GitHub) or GIT_DEPTH: 0 (GitLab)"
    hint = f"; this clone is shallow: {fetch}" if repo.is_shallow else "; fetch it first"
    named = finished(repo, "rev-parse", "--verify", "--quiet", "--end-of-options", encoded(name))
    if named.returncode or not _ID.fullmatch(given := named.stdout.decode().strip()):
        raise UsageError(f"{visible(name)} names no commit in {repo.git_dir}{hint if repo.is_shallow else ''}")
    raise RepositoryError(f"{visible(name)} ({given[:12]}) leads to no commit that is in {repo.git_dir}{hint}")


def default_base(repo: Repository) -> str:
    """The default branch's full name: origin/HEAD, then main, then master."""
    there = output(repo, "for-each-ref", "--format=%(refname)", *_DEFAULT_BRANCHES).decode().splitlines()
    for name in _DEFAULT_BRANCHES:
        if name in there:
            return name
    raise UsageError(f"{repo.git_dir}: no origin/HEAD, main or master to compare with; name one with --base")


def merge_base(repo: Repository, base: str, head: str) -> str:
    """Where head left base; base itself for histories that share nothing.

    Raises RepositoryError when a shallow clone does not reach that far.
    """
    found = finished(repo, "merge-base", base, head)
    if not found.returncode:
        return found.stdout.decode().strip()
    if repo.is_shallow:
        raise RepositoryError(
            f"this clone is too shallow to reach the commit where {head[:12]} left {base[:12]}: "
            "run `git fetch --unshallow`, or set fetch-depth: 0 (GitHub) or GIT_DEPTH: 0 (GitLab)"
        )
    if found.returncode > 1 or found.stderr:  # a hole in the history is no failure to git, only a word
        raise RepositoryError(f"git merge-base failed in {repo.git_dir}: {reason(found.stderr)}")
    return base


def branch(repo: Repository) -> str:
    """The name of the branch that HEAD is on, "" for none."""
    found = finished(repo, "symbolic-ref", "--quiet", "--short", "HEAD")
    return "" if found.returncode else decoded(found.stdout).strip("\n")


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit and what its author said of it."""

    id: str
    subject: str
    body: str
    parents: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        return f"{self.subject}\n\n{self.body}" if self.body else self.subject


def log(repo: Repository, base: str, head: str) -> tuple[Commit, ...]:
    """The commits of head that base lacks, newest first, as far as MAX_LOG bytes of messages go."""
    return _log(repo, f"{base}..{head}")


def history(repo: Repository, tip: str, most: int) -> tuple[Commit, ...]:
    """The last commits up to `tip`, merges left out, newest first, as far as MAX_LOG bytes of messages go."""
    return _log(repo, "--no-merges", f"--max-count={most}", tip)


def _log(repo: Repository, *which: str) -> tuple[Commit, ...]:
    with streamed(repo, "log", "-z", "--no-color", "--format=%H %P%n%s%n%b", *which) as stream:
        records = decoded(stream.read(MAX_LOG)).split("\0")
    fields = (record.split("\n", 2) for record in records)
    return tuple(
        Commit(ids.split()[0], subject, body.strip("\n"), tuple(ids.split()[1:]))
        for ids, subject, body in (three for three in fields if len(three) == 3)
    )
