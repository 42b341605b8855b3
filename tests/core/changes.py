"""Pull requests of a few files, without a repository."""

from __future__ import annotations

from collections.abc import Iterable

from reviewbot.core.diff import FileDiff
from reviewbot.core.labels import Label
from reviewbot.core.pull import PullRequest


def pull(*files: FileDiff, paths: Iterable[str] = ()) -> PullRequest:
    """The change of these files; `paths` are those at the head that it leaves alone."""
    return PullRequest("a" * 40, "b" * 40, "a" * 40, files, (*paths, *(file.path for file in files)))


def internal(path: str) -> Label:
    return Label.INTERNAL
