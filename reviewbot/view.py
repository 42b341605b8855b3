"""A view of a repository: a temporary bare repository of our own that borrows the real one's objects and refs.

Nothing else is borrowed. The real config, attributes, hooks, replace refs, grafts, fsmonitor, promisor
remotes and work tree are not in it, so they cannot change what is read, fetch anything or run anything.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from reviewbot.errors import RepositoryError, UsageError

#: The whole environment of every git we start. Nothing of the caller's goes in.
_ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ATTR_NOSYSTEM": "1", "GIT_NO_REPLACE_OBJECTS": "1", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", "TZ": "UTC",
}  # fmt: skip
#: The whole configuration. The commit graph is a cache that anybody may have written.
_CONFIG = """\
[core]
\tbare = true
\tcommitGraph = false
\thooksPath = /dev/null
\trepositoryFormatVersion = {version}
[protocol]
\tallow = never
"""
_SHA256 = "[extensions]\n\tobjectFormat = sha256\n"
#: Names of commits that are files of their own; of each the first line counts.
_HEADS = ("HEAD", "FETCH_HEAD", "ORIG_HEAD", "MERGE_HEAD")
_MAX_LINE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Repository:
    """An opened repository, and the view through which all of it is read."""

    program: str
    git_dir: Path
    view: Path
    #: The hash that names objects: sha1 or sha256.
    algorithm: str

    @property
    def is_shallow(self) -> bool:
        return (self.view / "shallow").exists()


@contextmanager
def opened(directory: Path, *, program: str = "git") -> Iterator[Repository]:
    """The repository at or above `directory`. Raises RepositoryError where there is none."""
    if "/" in program and not Path(program).is_absolute():
        raise UsageError(f"{program}: git is run by its absolute path only, not by one that depends on where we are")
    with tempfile.TemporaryDirectory(prefix="reviewbot-") as scratch:
        try:
            repo = _view(program, directory.absolute(), Path(scratch))
        except (OSError, ValueError) as error:  # ValueError: a NUL in a path that a file names
            raise RepositoryError(f"{directory}: cannot be read as a git repository: {error}") from error
        yield repo


def _view(program: str, directory: Path, view: Path) -> Repository:
    git_dir = _git_dir(directory)
    pointer = git_dir / "commondir"
    common = (git_dir / os.fsdecode(_first_line(pointer))).resolve(strict=True) if pointer.is_file() else git_dir
    if not (common / "objects").is_dir() or not (git_dir / "HEAD").is_file():
        raise RepositoryError(f"{git_dir}: not a git repository")
    (view / "objects" / "info").mkdir(parents=True)
    (view / "objects" / "info" / "alternates").write_bytes(_quoted(common / "objects"))
    (view / "refs").symlink_to(common / "refs")
    if (common / "packed-refs").is_file():
        (view / "packed-refs").symlink_to(common / "packed-refs")
    for name in _HEADS:
        if (git_dir / name).is_file():
            (view / name).write_bytes(_first_line(git_dir / name) + b"\n")
    if (common / "shallow").is_file():
        shutil.copyfile(common / "shallow", view / "shallow")
    (view / "config").write_text(_CONFIG.format(version=0))
    repo = Repository(program, git_dir, view, "sha1")
    if _object_format(repo, common) != "sha256":
        return repo
    (view / "config").write_text(_CONFIG.format(version=1) + _SHA256)
    return Repository(program, git_dir, view, "sha256")


def _git_dir(start: Path) -> Path:
    for directory in (start, *start.parents):
        candidate = directory / ".git"
        if candidate.is_dir():
            return candidate.resolve()
        if candidate.is_file():
            target = _first_line(candidate).removeprefix(b"gitdir:").strip()
            return (directory / os.fsdecode(target)).resolve(strict=True)
        # Within a work tree a folder that looks like a bare repository may be the pull request's own.
        embedded = any((above / ".git").exists() for above in start.parents) and start.resolve().suffix != ".git"
        if directory == start and not embedded and (start / "HEAD").is_file() and (start / "objects").is_dir():
            return start.resolve()
    raise RepositoryError(f"{start}: not a git repository, nor is any folder above it")


def _first_line(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.readline(_MAX_LINE).strip()


def _quoted(path: Path) -> bytes:
    """A path as git quotes it in `objects/info/alternates`."""
    raw = os.fsencode(path).replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"' + raw + b'"\n'


def _object_format(repo: Repository, common: Path) -> str:
    """What the real configuration says of the object format; read as data, without its includes."""
    file = str(common / "config")
    done = finished(repo, "config", "--file", file, "--no-includes", "--get", "extensions.objectFormat")
    if done.returncode not in (0, 1):
        raise RepositoryError(f"{file}: {reason(done.stderr)}")
    return done.stdout.decode("ascii", "replace").strip().lower()


def finished(repo: Repository, *arguments: str | bytes, stdin: bytes = b"",
             seconds: float | None = None) -> subprocess.CompletedProcess[bytes]:  # fmt: skip
    """git run in the view to its end, whatever its exit code; stopped, and that is a failure, after `seconds`."""
    try:
        return subprocess.run([repo.program, *arguments], env=_environment(repo), cwd=repo.view, input=stdin,
                              capture_output=True, check=False, timeout=seconds)  # fmt: skip
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(arguments, -1, b"", b"stopped: it took too long")
    except (FileNotFoundError, PermissionError) as error:
        raise UsageError(f"{repo.program}: git is not installed or not on the path") from error


def output(repo: Repository, *arguments: str | bytes, stdin: bytes = b"") -> bytes:
    """git's whole output. Raises RepositoryError where git fails."""
    done = finished(repo, *arguments, stdin=stdin)
    if done.returncode:
        raise _failure(repo, arguments[0], done.stderr)
    return done.stdout


@contextmanager
def streamed(repo: Repository, *arguments: str | bytes, stdin: bytes = b"") -> Iterator[IO[bytes]]:
    """git's output as it comes, for what is too large to hold. Leaving before its end stops git."""
    with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as said:
        asked.write(stdin)
        asked.seek(0)
        with subprocess.Popen([repo.program, *arguments], env=_environment(repo), cwd=repo.view, stdin=asked,
                              stdout=subprocess.PIPE, stderr=said) as process:  # fmt: skip
            stream = process.stdout
            assert stream is not None  # noqa: S101 (stdout=PIPE)
            ended = False
            try:
                yield stream
                ended = not stream.read(1)
            finally:
                if not ended:
                    process.kill()
        if ended and process.returncode:
            said.seek(0)
            raise _failure(repo, arguments[0], said.read(_MAX_LINE))


def _environment(repo: Repository) -> dict[str, str]:
    # Since git 2.43 a bare repository may take attributes from its HEAD; the empty tree has none.
    empty_tree = hashlib.new(repo.algorithm, b"tree 0\0", usedforsecurity=False).hexdigest()
    return {**_ENVIRONMENT, "GIT_DIR": str(repo.view), "GIT_ATTR_SOURCE": empty_tree}


def _failure(repo: Repository, command: str | bytes, stderr: bytes) -> RepositoryError:
    return RepositoryError(f"git {command!s} failed in {repo.git_dir}: {reason(stderr)}")


def reason(stderr: bytes) -> str:
    """git's last line, made printable; git prints names and ids there, never content."""
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    return "".join(c if c.isprintable() else "?" for c in lines[-1])[:300] if lines else "no reason given"
