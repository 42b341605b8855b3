"""What is staged for the next commit, as a tree: the index is copied into the view, where git makes a tree of it."""

from __future__ import annotations

import shutil
from pathlib import Path

from reviewbot.errors import RepositoryError, UsageError
from reviewbot.view import Repository, finished, output, reason


def staged(repo: Repository, index: Path | None = None) -> tuple[str, str]:
    """The commit that the next one goes on top of, the empty tree for the first; and the tree that it will have.

    `index` is the one that git names to a hook, for a commit of some files only. Raises UsageError for one that is not
    in the repository's own folder, RepositoryError where it cannot be read or has unmerged files.
    """
    own = repo.git_dir / "index" if index is None else index.absolute()
    if own.parent.resolve() != repo.git_dir.resolve():
        raise UsageError(f"{own}: the index that git names is not one of {repo.git_dir}")
    if own.is_file():
        shutil.copyfile(own, repo.view / "index")
        for part in repo.git_dir.glob("sharedindex.*"):
            shutil.copyfile(part, repo.view / part.name)
    done = finished(repo, "write-tree")
    if done.returncode:
        # The first line names a file, the last one says that git gave up.
        first, _, _ = done.stderr.partition(b"\n")
        raise RepositoryError(f"what is staged makes no commit: {reason(first)}")
    head = finished(repo, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    tip = head.stdout if not head.returncode else output(repo, "mktree")
    return tip.decode().strip(), done.stdout.decode().strip()
