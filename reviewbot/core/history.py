"""What a repository's own log says: how its people write, and what the commits of a change are."""

from __future__ import annotations

from dataclasses import dataclass, field

from reviewbot.core.diff import FileDiff


@dataclass(frozen=True, slots=True)
class Step:
    """One commit of a change with what it changes; of a merge, nothing."""

    id: str
    message: str
    files: tuple[FileDiff, ...] = field(default=(), repr=False)
    is_merge: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """What a commit message can be learned from."""

    #: Messages at the base, newest first.
    before: tuple[str, ...] = ()
    #: Commits of the change, newest first.
    steps: tuple[Step, ...] = ()
    #: Name of the branch that the change is on, "" unknown.
    branch: str = ""
