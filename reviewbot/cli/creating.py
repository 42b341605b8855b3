"""Files that must be new: all of them are written, or none; nothing is written over, and no link is followed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from reviewbot.core.text import visible
from reviewbot.errors import UsageError


@dataclass(frozen=True, slots=True)
class Target:
    """A file to be written; `shown` is how it is called. `is_new` is False for one that is there and stays."""

    path: Path
    shown: str
    text: str
    mode: int = 0o666
    is_new: bool = True


def worktree(start: Path) -> Path | None:
    """The folder at or above `start` that is checked out, None for none."""
    above = (start.absolute(), *start.absolute().parents)
    return next((folder for folder in above if (folder / ".git").exists()), None)


def checked(target: Target, root: Path) -> Target:
    """The target, and whether it is there already. Raises UsageError for a place where no file of ours can be."""
    try:
        problem = _problem(target.path, root)
    except OSError as error:
        problem = error.strerror or "the system refused"
    if problem:
        raise UsageError(f"{target.shown}: cannot be written: {problem}; nothing was written")
    return replace(target, is_new=not target.path.exists())


def _problem(path: Path, root: Path) -> str:
    """Why nothing can be written there, "" where it can, or where there is a file."""
    for folder in reversed(path.parents):
        if folder != root and folder.is_relative_to(root) and folder.is_symlink():
            return f"{visible(str(folder.relative_to(root)))} is a link"
    if path.is_symlink():
        return "it is a link"
    if path.exists():
        return "it is a folder" if path.is_dir() else ""
    above = next(folder for folder in path.parents if os.path.lexists(folder))
    if not above.is_dir():
        return f"{visible(above.name)} is no folder"
    return "" if os.access(above, os.W_OK) else "not permitted"


def written(targets: Sequence[Target]) -> None:
    """Write all of them or none. Raises UsageError."""
    files: list[Path] = []
    folders: list[Path] = []
    for target in targets:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        try:
            folders[:0] = [folder for folder in target.path.parents if not folder.exists()]
            target.path.parent.mkdir(parents=True, exist_ok=True)
            with open(os.open(target.path, flags, target.mode), "w", encoding="utf-8") as stream:  # noqa: PTH123
                files.append(target.path)
                stream.write(target.text)
        except OSError as error:
            _undo(files, folders)
            raise UsageError(f"{target.shown}: cannot be written: {error.strerror}; nothing was written") from None


def _undo(files: Sequence[Path], folders: Sequence[Path]) -> None:
    """Remove what was made; the folders come the deepest first."""
    for file in files:
        with suppress(OSError):
            file.unlink()
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()
