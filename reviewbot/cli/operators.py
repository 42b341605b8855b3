"""Where the operator's document is: a file of theirs, else variables. Never one that a pull request can write."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from reviewbot import git
from reviewbot.core.endpoints import Operator
from reviewbot.core.spellings import path_key
from reviewbot.core.text import visible
from reviewbot.errors import ReviewbotError, UsageError

#: Names the operator's document where no option does.
FILE = "REVIEWBOT_OPERATOR"
_MOST_LINKS = 40


def load(
    name: str | None, environ: Mapping[str, str], *, offline: bool = False, directory: Path | None = None
) -> Operator:
    """What the option, else REVIEWBOT_OPERATOR, else single variables say; offline, only what is the operator's own.

    `directory` is in the repository under review. Raises UsageError, ConfigError.
    """
    if name == "":
        raise UsageError("--operator: an empty name; is a variable not set?")
    path = name or environ.get(FILE, "")
    operator = _read(path, directory) if path else _from_variables(environ)
    if offline:
        return replace(operator, endpoints=tuple(one for one in operator.endpoints if one.is_local))
    return operator


def _from_variables(environ: Mapping[str, str]) -> Operator:
    from reviewbot.config import operator

    return operator.from_variables(environ)


def _read(name: str, directory: Path | None) -> Operator:
    from reviewbot.config import MAX_DOCUMENT, operator

    try:
        if directory is not None and is_tracked(Path(name), directory):
            raise UsageError(
                f"{visible(name)}: the repository under review tracks it, so that a pull request could choose its own "
                "models: keep it elsewhere"
            )
        with Path(name).open("rb") as stream:
            data = stream.read(MAX_DOCUMENT + 1)
    except OSError as error:
        raise UsageError(f"{visible(name)}: the operator's file cannot be read: {error.strerror}") from None
    except ValueError:  # a NUL in the name
        raise UsageError(f"{visible(name)}: the operator's file cannot be read: no such name") from None
    return operator.read(visible(name), data)


def is_tracked(path: Path, directory: Path) -> bool:
    """Whether a commit of the repository under review brought this file, or a link or folder that leads to it."""
    try:
        with git.opened(directory, program=shutil.which("git") or "git") as reviewed:
            store = _store(reviewed.git_dir)
    except ReviewbotError:  # no repository; whoever needs one says so
        return False
    return any(_is_in(step, store) for step in _steps(path))


def _steps(path: Path) -> Iterator[Path]:
    """The path as it is written, and every file that it leads to by links."""
    yield path.absolute()
    for _ in range(_MOST_LINKS):
        path = path.parent.resolve() / path.name
        yield path
        if not path.is_symlink():
            return
        path = path.parent / path.readlink()


def _is_in(path: Path, store: Path) -> bool:
    """Whether HEAD of a work tree of that repository has the path, or a link or submodule above it."""
    root = next((folder for folder in path.parents if (folder / ".git").exists() and _is_of(folder, store)), None)
    if root is None:
        return False
    parts = path.relative_to(root).parts
    above = {path_key("/".join(parts[: number + 1])) for number in range(len(parts))}
    with git.opened(root, program=shutil.which("git") or "git") as repo:
        try:
            head = git.resolve(repo, "HEAD")
        except ReviewbotError:  # no commit yet
            return False
        return any(path_key(entry.path) in above for entry in git.tree(repo, head))


def _is_of(folder: Path, store: Path) -> bool:
    """Whether this is a work tree of that repository; a folder that only says it is one is none."""
    try:
        with git.opened(folder, program=shutil.which("git") or "git") as repo:
            return _store(repo.git_dir) == store
    except ReviewbotError:
        return False


def _store(git_dir: Path) -> Path:
    """What all work trees of a repository share."""
    return git_dir.parent.parent if git_dir.parent.name == "worktrees" else git_dir
