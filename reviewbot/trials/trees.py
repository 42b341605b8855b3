"""Folders that a stranger has written in: put a file there without following a link, and take all of it away."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path, PurePosixPath

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
#: Longer names no file system takes, and deeper folders no project has.
_NAME, _PATH, _DEPTH = 255, 3000, 100


class PathError(Exception):
    """A path that is none within a tree, or something stands in its way; the text says which, not where."""


def parts(path: str) -> tuple[str, ...]:
    """The names in a path from a tree's root. Raises PathError for one that leads elsewhere or into a `.git`."""
    names = tuple(path.split("/"))
    if any(name in ("", ".", "..") or "\0" in name or len(os.fsencode(name)) > _NAME for name in names):
        raise PathError("a path that leads out of the tree")
    repository = any(name.lower().rstrip(". ") in (".git", "git~1") for name in names)
    if repository or len(path) > _PATH or len(names) > _DEPTH:
        raise PathError("a path that no tree of files has")
    return names


def place(root: Path, path: str, content: bytes, *, owner: int | None, anew: bool = False) -> None:
    """Write a file, through no link. Raises PathError, for one that is there already too unless it is to be `anew`."""
    try:
        with _parent(root, parts(path), owner) as (folder, name):
            if anew:
                with suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=folder)
            file = os.open(name, _NEW, 0o644, dir_fd=folder)
            with open(file, "wb") as stream:  # noqa: PTH123 (a descriptor)
                stream.write(content)
                if owner is not None:
                    os.fchown(stream.fileno(), owner, owner)
    except OSError as error:
        raise PathError(f"a file cannot be written there: {error.strerror}") from None


@contextmanager
def _parent(root: Path, names: tuple[str, ...], owner: int | None) -> Iterator[tuple[int, str]]:
    """The folder of a file, opened from the root down, made where it is missing."""
    folder = os.open(root, _FOLDER)
    try:
        for name in names[:-1]:
            with suppress(FileExistsError):
                os.mkdir(name, 0o755, dir_fd=folder)
                if owner is not None:
                    os.chown(name, owner, owner, dir_fd=folder, follow_symlinks=False)
            below = os.open(name, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = below
        yield folder, names[-1]
    finally:
        os.close(folder)


def remove(root: Path) -> None:
    """Take a folder away, however deep, whatever its modes; nothing outside is touched. What resists stays.

    A folder is moved up beside its parent before it is looked into, so neither paths nor calls grow with the depth.
    """
    numbers = count()
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        with suppress(OSError):
            folder.chmod(0o700)
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in list(entries):
                waiting += _unlinked(folder / entry.name, root, numbers)
        with suppress(OSError):
            folder.rmdir()
    with suppress(OSError):
        root.rmdir()


def _unlinked(path: Path, root: Path, numbers: Iterator[int]) -> Iterator[Path]:
    """Remove a file; a folder is moved into the root and named for later."""
    with suppress(OSError):
        if not stat.S_ISDIR(path.lstat().st_mode):
            path.unlink()
            return
        if path.parent == root:
            yield path
            return
        path.chmod(0o700)
        moved = root / f".reviewbot-{next(numbers)}"
        path.rename(moved)
        yield moved


def leads(path: str, target: str) -> str | None:
    """Where a link at `path` leads within the tree, None where that is outside or not said by its text alone."""
    if not target or target.startswith("/") or "\0" in target or len(target) > _PATH:
        return None
    names = list(PurePosixPath(path).parts[:-1])
    descended = False
    for name in PurePosixPath(target).parts:
        if name == ".." and (descended or not names):
            return None
        descended = descended or name != ".."
        names.append(name) if name != ".." else names.pop()
    return "/".join(names)
