"""Functions over git objects. Never the work tree, never the repository's own configuration.

Everything but the resolving of names runs in a *view*: an empty bare repository of our own whose
object directory is the real one. The real repository's config, attributes, hooks, replace refs,
fsmonitor and work tree are not looked at, so they cannot change what is read or run anything.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from reviewbot.core.diff import KINDS, NOTHING, Blob, DiffError, FileDiff, Hunk, parse_hunks, whole_as_added
from reviewbot.errors import RepositoryError, UsageError

#: Larger blobs are reported, not read (bytes).
MAX_TEXT = 4 * 1024 * 1024
#: Texts of one pull request beyond this are reported, not read (bytes).
MAX_TOTAL = 128 * 1024 * 1024
#: git's own rule for "binary": a NUL in the first 8000 bytes (xdiff-interface.c).
BINARY_PROBE = 8000

_FLAGS = ("-c", "core.bigFileThreshold=" + str(MAX_TEXT), "-c", "core.commitGraph=false",
          "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "safe.directory=*",
          "-c", "safe.bareRepository=explicit", "-c", "protocol.allow=never", "-c", "diff.renameLimit=400")  # fmt: skip
_ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ATTR_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none",
    "GIT_LFS_SKIP_SMUDGE": "1", "LC_ALL": "C", "TZ": "UTC",
}  # fmt: skip
_DIFF = ("diff-tree", "-r", "-M", "-C", "--find-copies-harder", "--no-color", "--no-ext-diff", "--no-textconv",
         "--full-index", "--submodule=short", "-O/dev/null", "--no-relative", "--diff-algorithm=myers")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Repository:
    """An opened repository: where names are resolved, and the view everything else is read through."""

    program: str
    git_dir: Path
    objects: Path
    view: Path

    @property
    def is_shallow(self) -> bool:
        return (self.view / "shallow").exists()


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a tree: a path, its mode and object id."""

    path: str
    mode: str
    id: str


@contextmanager
def opened(directory: Path, *, program: str = "git") -> Iterator[Repository]:
    """The repository at or above `directory`. Raises RepositoryError where there is none."""
    git_dir = _git_dir(directory.absolute())
    common = git_dir / "commondir"
    common_dir = (git_dir / common.read_text().strip()).resolve() if common.is_file() else git_dir
    with tempfile.TemporaryDirectory(prefix="reviewbot-") as scratch:
        view = Path(scratch)
        (view / "refs").mkdir()
        (view / "HEAD").write_text("ref: refs/heads/none\n")
        sha256 = _object_format(program, git_dir) == "sha256"
        version, extension = (1, "[extensions]\n\tobjectFormat = sha256\n") if sha256 else (0, "")
        (view / "config").write_text(f"[core]\n\tbare = true\n\trepositoryFormatVersion = {version}\n{extension}")
        if (shallow := common_dir / "shallow").is_file():
            (view / "shallow").write_bytes(shallow.read_bytes())
        yield Repository(program, git_dir, common_dir / "objects", view)


def _git_dir(start: Path) -> Path:
    for directory in (start, *start.parents):
        candidate = directory / ".git"
        if candidate.is_dir():
            return candidate.resolve()
        if candidate.is_file():
            pointer = candidate.read_text(errors="surrogateescape").removeprefix("gitdir:").strip()
            return (directory / pointer).resolve()
    if (start / "HEAD").is_file() and (start / "objects").is_dir():
        return start.resolve()
    raise RepositoryError(f"{start}: not a git repository, nor is any folder above it")


def _object_format(program: str, git_dir: Path) -> str:
    run = _named(program, git_dir, "rev-parse", "--show-object-format")
    if run.returncode:
        raise RepositoryError(f"{git_dir}: git cannot read this repository")
    return run.stdout.decode().strip()


def _named(program: str, git_dir: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run a name-resolving command in the real repository: no object content, no network, no hooks."""
    argv = [program, *_FLAGS, f"--git-dir={git_dir}", *arguments]
    try:
        return subprocess.run(argv, env=_ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise UsageError(f"{program}: git is not installed or not on the path") from error


def _environment(repo: Repository) -> dict[str, str]:
    return {**_ENVIRONMENT, "GIT_DIR": str(repo.view), "GIT_OBJECT_DIRECTORY": str(repo.objects)}


def _run(repo: Repository, *arguments: str) -> bytes:
    argv = [repo.program, *_FLAGS, *arguments]
    run = subprocess.run(argv, env=_environment(repo), cwd=repo.view, stdin=subprocess.DEVNULL,
                         capture_output=True, check=False)  # fmt: skip
    if run.returncode:
        raise RepositoryError(f"git {arguments[0]} failed in {repo.git_dir}: {_reason(run.stderr)}")
    return run.stdout


def _reason(stderr: bytes) -> str:
    """git's last line, made printable; git prints names and ids there, never content."""
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    return "".join(c if c.isprintable() else "?" for c in lines[-1])[:300] if lines else "no reason given"


def resolve(repo: Repository, name: str) -> str:
    """The commit id a name stands for. Raises UsageError for an unknown name, RepositoryError for a missing commit."""
    run = _named(repo.program, repo.git_dir, "rev-parse", "--verify", "--quiet", "--end-of-options", name)
    if run.returncode:
        hint = "; this clone is shallow: fetch it, or set fetch-depth: 0" if repo.is_shallow else ""
        raise UsageError(f"{name!r} names no commit in {repo.git_dir}{hint}")
    given = run.stdout.decode().strip()
    try:
        return _run(repo, "rev-parse", "--verify", "--end-of-options", given + "^{commit}").decode().strip()
    except RepositoryError as error:
        hint = "fetch it, or set fetch-depth: 0" if repo.is_shallow else "fetch it first"
        raise RepositoryError(f"commit {given[:12]} ({name}) is not in {repo.git_dir}: {hint}") from error


def default_base(repo: Repository) -> str:
    """The default branch's name: origin/HEAD, then main, then master."""
    for name in ("origin/HEAD", "main", "master", "origin/main", "origin/master"):
        run = _named(repo.program, repo.git_dir, "rev-parse", "--verify", "--quiet", "--end-of-options", name)
        if not run.returncode:
            return name
    raise UsageError(f"{repo.git_dir}: no origin/HEAD, main or master to compare with; name one with --base")


def merge_base(repo: Repository, base: str, head: str) -> str:
    """Where head left base. Raises RepositoryError when a shallow clone does not reach that far."""
    argv = [repo.program, *_FLAGS, "merge-base", base, head]
    run = subprocess.run(argv, env=_environment(repo), cwd=repo.view, capture_output=True, check=False)
    if found := run.stdout.decode().strip():
        return found
    if repo.is_shallow:
        raise RepositoryError(
            f"this clone is too shallow to reach the commit where {head[:12]} left {base[:12]}: "
            "run `git fetch --unshallow`, or set fetch-depth: 0 (GitHub) or GIT_DEPTH: 0 (GitLab)"
        )
    return base


def tree(repo: Repository, commit: str) -> tuple[Entry, ...]:
    """Every file, link and submodule of a commit."""
    rows = _run(repo, "ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0")[:-1]
    return tuple(_entry(row) for row in rows)


def _entry(row: bytes) -> Entry:
    meta, path = row.split(b"\t", 1)
    mode, _, oid = meta.decode().split(" ")
    return Entry(_text(path), mode, oid)


def read_file(repo: Repository, commit: str, path: str, limit: int) -> bytes | None:
    """A regular file's content at a commit; None where there is none, more than `limit` bytes are cut."""
    rows = _run(repo, "ls-tree", "-z", "--full-tree", commit, "--", f":(literal){path}").split(b"\0")[:-1]
    entries = [entry for entry in map(_entry, rows) if entry.path == path]
    if not entries:
        return None
    if not entries[0].mode.startswith("100"):
        raise RepositoryError(f"{path} at {commit[:12]} is not a regular file")
    return next(iter(contents(repo, [entries[0].id]).values()))[: limit + 1]


def changes(repo: Repository, base: str, head: str) -> tuple[FileDiff, ...]:
    """Every changed path between two commits exactly once, in git's order, with texts and hunks."""
    with tempfile.TemporaryFile() as patch:
        argv = [repo.program, *_FLAGS, *_DIFF, "-p", "-U3", "--no-prefix", base, head]
        with subprocess.Popen(argv, env=_environment(repo), cwd=repo.view, stdout=patch, stderr=subprocess.PIPE) as run:
            raw = list(_raw(_run(repo, *_DIFF, "--raw", "-z", base, head)))
            blobs = _blobs(repo, raw)
            _, stderr = run.communicate()
        if run.returncode:
            raise RepositoryError(f"git diff-tree failed in {repo.git_dir}: {_reason(stderr)}")
        patch.seek(0)
        parts = _parts(patch)
        return tuple(_file(record, blobs, parts) for record in raw)


@dataclass(frozen=True, slots=True)
class _Record:
    status: str
    similarity: int
    old: tuple[str, str]
    new: tuple[str, str]
    old_path: str
    path: str


def _raw(output: bytes) -> Iterator[_Record]:
    """Records of `--raw -z`: `:oldmode newmode oldid newid status NUL path NUL [path NUL]`."""
    fields = iter(output.split(b"\0")[:-1])
    for meta in fields:
        old_mode, new_mode, old_id, new_id, status = meta[1:].decode().split(" ")
        old_path = _text(next(fields))
        path = _text(next(fields)) if status[0] in "RC" else old_path
        yield _Record(status[0], int(status[1:] or 0), (old_mode, old_id), (new_mode, new_id), old_path, path)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _parts(patch: IO[bytes]) -> Iterator[str]:
    """The patch cut at its `diff --git` lines. Names are quoted there, so no other line begins so."""
    held: list[bytes] = []
    for line in patch:
        if line.startswith(b"diff --git ") and held:
            yield _text(b"".join(held))
            held = []
        held.append(line)
    if held:
        yield _text(b"".join(held))


def _file(record: _Record, blobs: dict[str, Blob], parts: Iterator[str]) -> FileDiff:
    try:
        owned = [next(parts) for _ in range(2 if record.status == "T" else 1)]
        hunks: tuple[Hunk, ...] = tuple(hunk for part in owned for hunk in parse_hunks(part))
    except (StopIteration, DiffError) as error:
        raise RepositoryError(f"git's patch does not match its list of changed paths at {record.path!r}") from error
    old, new = (_side(blobs, mode, oid) for mode, oid in (record.old, record.new))
    file = FileDiff(KINDS[record.status], record.path, record.old_path, old, new, hunks, record.similarity)
    return whole_as_added(file) if not hunks and old.absence not in ("", "none") and new.text else file


def _side(blobs: dict[str, Blob], mode: str, oid: str) -> Blob:
    if mode == "000000":
        return NOTHING
    if mode == "160000":
        return Blob(oid, mode, 0, None, "submodule")
    return replace(blobs[oid], mode=mode)


def _blobs(repo: Repository, records: Iterable[_Record]) -> dict[str, Blob]:
    """The text of every blob of the change, read once, within MAX_TEXT each and MAX_TOTAL together."""
    wanted = {oid: None for record in records for mode, oid in (record.old, record.new) if mode[:2] in ("10", "12")}
    known = sizes(repo, wanted)
    readable: list[str] = []
    total = 0
    for oid in wanted:
        size = known.get(oid, 0)
        if oid in known and size <= MAX_TEXT and total + size <= MAX_TOTAL:
            readable.append(oid)
            total += size
    texts = contents(repo, readable)
    return {oid: _blob(oid, known.get(oid), texts.get(oid)) for oid in wanted}


def _blob(oid: str, size: int | None, data: bytes | None) -> Blob:
    if size is None:
        return Blob(oid, "", 0, None, "missing")
    if data is None:
        return Blob(oid, "", size, None, "too large")
    if b"\0" in data[:BINARY_PROBE]:
        return Blob(oid, "", size, None, "binary")
    return Blob(oid, "", size, _text(data))


def sizes(repo: Repository, ids: Iterable[str]) -> dict[str, int]:
    """The size in bytes of each object that is there."""
    rows = _batch(repo, "--batch-check=%(objectname) %(objectsize)", ids)
    pairs = (row.decode().split(" ") for row in rows.read().splitlines())
    return {oid: int(size) for oid, size in pairs if size.isdigit()}


def contents(repo: Repository, ids: Iterable[str]) -> dict[str, bytes]:
    """The bytes of each object that is there; the caller bounds how many it asks for."""
    stream = _batch(repo, "--batch=%(objectname) %(objectsize)", ids)
    found = {}
    while header := stream.readline():
        oid, size = header.decode().split()
        if size == "missing":
            continue
        found[oid] = stream.read(int(size))
        stream.read(1)
    return found


def _batch(repo: Repository, mode: str, ids: Iterable[str]) -> IO[bytes]:
    """The answer of `git cat-file` to a list of ids, on disk so that neither side waits for the other."""
    answer = tempfile.TemporaryFile()  # noqa: SIM115 (closed by its last reference)
    with tempfile.TemporaryFile() as asked:
        asked.write("".join(f"{oid}\n" for oid in ids).encode())
        asked.seek(0)
        argv = [repo.program, *_FLAGS, "cat-file", "--buffer", mode]
        run = subprocess.run(argv, env=_environment(repo), cwd=repo.view, stdin=asked, stdout=answer,
                             stderr=subprocess.PIPE, check=False)  # fmt: skip
    if run.returncode:
        raise RepositoryError(f"git cat-file failed in {repo.git_dir}: {_reason(run.stderr)}")
    answer.seek(0)
    return answer
