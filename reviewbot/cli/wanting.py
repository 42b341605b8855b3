"""What a run is to draft, and what of the repository that takes: its log for messages, its tests for scaffolds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from reviewbot import git
from reviewbot.core.exchange import Excerpt
from reviewbot.core.history import History, Step
from reviewbot.core.labels import join
from reviewbot.core.policy import Policy, classify_path, text_label
from reviewbot.core.pull import PullRequest
from reviewbot.errors import RepositoryError
from reviewbot.objects import decoded
from reviewbot.pipeline import Wanted

#: Messages that habits are learned from; commits of the change that are looked at, and changed files of each.
LEARNED, STEPS = 300, 50
#: Bytes of a test or manifest, of all of them together, and their number.
MAX_TEXT, MAX_TEXTS, MOST_TEXTS = 256 * 1024, 16 * 1024 * 1024, 4000
#: Where CI says which branch a change is on.
_BRANCHES = ("GITHUB_HEAD_REF", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME")


def wanted(repo: git.Repository, pull: PullRequest, policy: Policy, tasks: Collection[str],
           environ: Mapping[str, str], only: Collection[str] = ()) -> Wanted:  # fmt: skip
    """Read what the tasks take."""
    history = _history(repo, pull, environ) if "message" in tasks else None
    tests = tuple(_tests(repo, pull, policy)) if "scaffold" in tasks else None
    return Wanted("review" in tasks, history, tests, tuple(only))


def _history(repo: git.Repository, pull: PullRequest, environ: Mapping[str, str]) -> History:
    branch = next(filter(None, map(environ.get, _BRANCHES)), "") or git.branch(repo)
    try:
        commits = git.log(repo, pull.base_sha, pull.head_sha)
        before = git.history(repo, pull.base_sha, LEARNED)
    except RepositoryError:  # what is staged has no commit yet, or the first one has none before it
        commits, before = (), ()
    steps = tuple(_step(repo, commit, pull) for commit in commits[:STEPS])
    return History(tuple(commit.message for commit in before), steps, branch)


def _step(repo: git.Repository, commit: git.Commit, pull: PullRequest) -> Step:
    if len(commit.parents) != 1:
        return Step(commit.id, commit.message, is_merge=len(commit.parents) > 1)
    if (*commit.parents, commit.id) == (pull.base_sha, pull.head_sha):  # the whole change, read already
        return Step(commit.id, commit.message, pull.files)
    return Step(commit.id, commit.message, git.changes(repo, commit.parents[0], commit.id))


def _tests(repo: git.Repository, pull: PullRequest, policy: Policy) -> Iterator[Excerpt]:
    """Manifests and tests at the head, those of the lowest label first: what is read of them depends on none above."""
    from reviewbot.tasks.scaffold.manifests import tells

    entries = [entry for entry in git.tree(repo, pull.head_sha) if entry.mode.startswith("100") and tells(entry.path)]
    labels = {entry.path: classify_path(policy, entry.path).label for entry in entries}
    entries.sort(key=lambda entry: labels[entry.path])
    sizes = git.sizes(repo, dict.fromkeys(entry.id for entry in entries))
    left, read = MAX_TEXTS, []
    for entry in entries[:MOST_TEXTS]:
        size = sizes.get(entry.id, MAX_TEXT + 1)
        if size <= min(MAX_TEXT, left):
            left -= size
            read.append(entry)
    data = git.contents(repo, dict.fromkeys(entry.id for entry in read))
    for entry in read:
        text = decoded(data.get(entry.id, b""))
        yield Excerpt(text, join(labels[entry.path], text_label(policy, text)), entry.path)
