"""git's objects: the rows of a tree and the bytes of blobs, each read once and held only as long as asked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reviewbot.errors import RepositoryError
from reviewbot.view import Repository, finished, output, reason, streamed

_BATCH = "%(objectname) %(objectsize)"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a tree: a path, its mode and object id."""

    path: str
    mode: str
    id: str


def decoded(raw: bytes) -> str:
    """A name or a text as `str`; bytes that are not UTF-8 become surrogate escapes."""
    return raw.decode("utf-8", "surrogateescape")


def encoded(text: str) -> bytes:
    """What `decoded` was given, whatever the caller's locale."""
    return text.encode("utf-8", "surrogateescape")


def tree(repo: Repository, commit: str) -> tuple[Entry, ...]:
    """Every file, link and submodule of a commit."""
    rows = output(repo, "ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0")[:-1]
    return tuple(_entry(row)[0] for row in rows)


def _entry(row: bytes) -> tuple[Entry, str]:
    """A row of `ls-tree`, and the size if `-l` asked for one."""
    meta, path = row.split(b"\t", 1)
    mode, _, oid, *size = meta.decode().split()
    return Entry(decoded(path), mode, oid), "".join(size)


def read_file(repo: Repository, commit: str, path: str, limit: int) -> bytes | None:
    """A regular file's content at a commit, None where there is none; of a larger one its first `limit` + 1 bytes."""
    place = b":(literal)" + encoded(path)
    rows = output(repo, "ls-tree", "-z", "-l", "--full-tree", commit, "--", place).split(b"\0")[:-1]
    found = next((row for row in map(_entry, rows) if row[0].path == path), None)
    if found is None:
        return None
    entry, size = found
    if not entry.mode.startswith("100"):
        raise RepositoryError(f"{path!r} at {commit[:12]} is not a regular file")
    if not size.isdigit():
        raise RepositoryError(f"{path!r} at {commit[:12]} is not in this clone: fetch it without --filter")
    if int(size) <= limit:
        return contents(repo, [entry.id])[entry.id]
    return beginning(repo, entry.id, limit + 1)


def beginning(repo: Repository, oid: str, limit: int) -> bytes:
    """The first `limit` bytes of a blob."""
    with streamed(repo, "cat-file", "blob", oid) as stream:
        return stream.read(limit)


def sizes(repo: Repository, ids: Iterable[str]) -> dict[str, int]:
    """The size in bytes of each object that is there. Raises RepositoryError for one that git cannot read."""
    done = finished(repo, "cat-file", "--buffer", f"--batch-check={_BATCH}", stdin=_lines(ids))
    rows = [row.split(" ") for row in done.stdout.decode().splitlines()]
    found = {oid: int(size) for oid, size in rows if size != "missing"}
    # git calls a damaged object missing too, but not without a word on standard error.
    if done.returncode or (done.stderr and len(found) < len(rows)):
        raise RepositoryError(f"{repo.git_dir} is damaged: {reason(done.stderr)}")
    return found


def contents(repo: Repository, ids: Iterable[str]) -> dict[str, bytes]:
    """The bytes of each blob that is there; the caller bounds how many it asks for."""
    return dict(read(repo, ids))


def read(repo: Repository, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Each blob that is there, one at a time in the order asked. Raises RepositoryError for a damaged one."""
    with streamed(repo, "cat-file", "--buffer", f"--batch={_BATCH}", stdin=_lines(ids)) as stream:
        while header := stream.readline():
            oid, size = header.decode().split()
            if size == "missing":
                continue
            data = stream.read(int(size))
            stream.read(1)
            if _name(repo, data) != oid:
                raise RepositoryError(f"{repo.git_dir} is damaged: blob {oid} is not what its name says")
            yield oid, data


def _name(repo: Repository, data: bytes) -> str:
    """The name these bytes have as a blob. git itself reads without looking, and whoever wrote the objects may lie."""
    digest = hashlib.new(repo.algorithm, b"blob %d\0" % len(data), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


def _lines(ids: Iterable[str]) -> bytes:
    return "".join(f"{oid}\n" for oid in ids).encode()
