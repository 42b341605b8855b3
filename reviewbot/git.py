"""A change in a git repository: its paths, texts and hunks. Everything is read through a view (view.py)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import IO

from reviewbot.commits import Commit, branch, default_base, history, log, merge_base, resolve
from reviewbot.core.diff import KINDS, NOTHING, Absence, Blob, DiffError, FileDiff, Hunk, parse_hunks, replacement
from reviewbot.errors import RepositoryError
from reviewbot.objects import Entry, beginning, contents, decoded, read, read_file, sizes, tree
from reviewbot.staging import staged
from reviewbot.view import Repository, finished, opened, output, streamed

__all__ = [
    "Commit", "Entry", "Repository", "branch", "changes", "contents", "default_base", "history", "log", "merge_base",
    "opened", "read_file", "resolve", "sizes", "staged", "tree",
]  # fmt: skip

#: Larger texts are reported, not read (bytes, lines).
MAX_TEXT = 4 * 1024 * 1024
MAX_LINES = 250_000
#: What the texts of one pull request may take of memory, and as much again their hunks; the rest is reported, not read.
MAX_MEMORY = 128 * 1024 * 1024
#: Bytes that are read from objects for one pull request, binaries included.
MAX_READ = 1024 * 1024 * 1024
#: git's own rule for "binary": a NUL in the first 8000 bytes (xdiff-interface.c).
BINARY_PROBE = 8000
#: Large blobs that are looked into, each by a process: is it a binary, or a text that is too large?
MAX_PROBES = 100
#: How long git may look for renames and copies that are not exact.
RENAME_SECONDS = 60.0

_LINE_COST = 200
_RAW = ("diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--find-copies-harder", "-l400")
_PATCH = ("diff-tree", "-p", "-U3", "--text", "--no-color", "--no-ext-diff", "--no-textconv", "--diff-algorithm=myers")


def changes(
    repo: Repository, base: str, head: str, rank: Callable[[str], int] = lambda path: 0
) -> tuple[FileDiff, ...]:
    """Every changed path between two commits exactly once, in git's order, with texts and hunks.

    Memory goes to the paths of the lowest `rank` first: what is read of them depends on no size above it.
    """
    found = [part for record in _records(_raw(repo, base, head)) for part in _apart(record, rank)]
    order = sorted(range(len(found)), key=lambda at: max(rank(found[at].path), rank(found[at].old_path)))
    records = [found[at] for at in order]
    blobs = _blobs(repo, records)
    files = [_file(record, blobs) for record in records]
    with _patches(repo, {number: file for number, file in enumerate(files) if _comparable(file)}) as patches:
        try:
            cut = dict(zip(order, _cut(files, patches), strict=True))
        except DiffError as error:
            raise RepositoryError(f"git's patch is not one of what changed in {repo.git_dir}") from error
    return tuple(cut[at] for at in range(len(found)))


@dataclass(frozen=True, slots=True)
class _Record:
    status: str
    similarity: int
    old: tuple[str, str]
    new: tuple[str, str]
    old_path: str
    path: str


def _raw(repo: Repository, base: str, head: str) -> bytes:
    """The changed paths. Only exact renames and copies where git cannot read every blob, or not in time."""
    done = finished(repo, *_RAW, "-M", base, head, seconds=RENAME_SECONDS)
    return output(repo, *_RAW, "-M100%", base, head) if done.returncode else done.stdout


def _records(raw: bytes) -> Iterator[_Record]:
    """Records of `--raw -z`: `:oldmode newmode oldid newid status NUL path NUL [path NUL]`."""
    fields = iter(raw.split(b"\0")[:-1])
    for meta in fields:
        old_mode, new_mode, old_id, new_id, status = meta[1:].decode().split(" ")
        old_path = decoded(next(fields))
        path = decoded(next(fields)) if status[0] in "RC" else old_path
        yield _Record(status[0], int(status[1:] or 0), (old_mode, old_id), (new_mode, new_id), old_path, path)


def _apart(record: _Record, rank: Callable[[str], int]) -> Iterator[_Record]:
    """A move up as a path that goes and one that comes: whether the lower one goes, the higher text must not say."""
    if record.old_path == record.path or rank(record.old_path) >= rank(record.path):
        yield record
        return
    nothing = ("000000", "0" * len(record.old[1]))
    if record.status == "R":
        yield _Record("D", 0, record.old, nothing, record.old_path, record.old_path)
    yield _Record("A", 0, nothing, record.new, record.path, record.path)


def _file(record: _Record, blobs: Mapping[str, Blob]) -> FileDiff:
    old, new = (_side(blobs, mode, oid) for mode, oid in (record.old, record.new))
    return FileDiff(KINDS[record.status], record.path, record.old_path, old, new, (), record.similarity)


def _side(blobs: Mapping[str, Blob], mode: str, oid: str) -> Blob:
    if mode == "000000":
        return NOTHING
    if mode == "160000":
        return Blob(oid, mode, 0, None, "submodule")
    return replace(blobs[oid], mode=mode)


def _comparable(file: FileDiff) -> bool:
    """Two different texts of the same kind: what a line-by-line comparison is for."""
    readable = file.old.text is not None and file.new.text is not None
    return readable and file.change != "typechange" and file.old.id != file.new.id


def _cut(files: Sequence[FileDiff], patches: Iterator[tuple[int, str]]) -> Iterator[FileDiff]:
    """The files with their hunks, as far as MAX_MEMORY goes: one blob may stand at a thousand paths."""
    left = MAX_MEMORY
    for number, file in enumerate(files):
        patch = _patch(number, patches) if left and _comparable(file) else ""
        cost = 0 if file.old.id == file.new.id else _cost(patch or (file.old.text or "") + (file.new.text or ""))
        left = max(left - cost, 0)
        yield replace(file, hunks=_hunks(file, patch)) if left or not cost else _unread(file)


def _patch(number: int, patches: Iterator[tuple[int, str]]) -> str:
    patched, patch = next(patches, (-1, ""))
    if patched != number:
        raise DiffError("a patch of another file")
    return patch


def _hunks(file: FileDiff, patch: str) -> tuple[Hunk, ...]:
    if patch:
        return parse_hunks(patch)
    return () if file.old.id == file.new.id else replacement(file.old, file.new)


def _cost(text: str) -> int:
    """Memory that a text takes once it is cut into lines."""
    return sys.getsizeof(text) + _LINE_COST * text.count("\n")


def _unread(file: FileDiff) -> FileDiff:
    old, new = (replace(s, text=None, absence="over budget") if s.text is not None else s for s in (file.old, file.new))
    return replace(file, old=old, new=new)


def _blobs(repo: Repository, records: Sequence[_Record]) -> dict[str, Blob]:
    """Every blob of the change, its text read once within the limits."""
    wanted = dict.fromkeys(
        oid for record in records for mode, oid in (record.old, record.new) if mode[:2] in ("10", "12")
    )
    known = sizes(repo, wanted)
    blobs = {oid: Blob(oid, "", known.get(oid, 0), None, "too large" if oid in known else "missing") for oid in wanted}
    readable = []
    total = 0
    for oid in [oid for oid in known if known[oid] > MAX_TEXT][:MAX_PROBES]:
        if b"\0" in beginning(repo, oid, BINARY_PROBE):
            blobs[oid] = replace(blobs[oid], absence="binary")
    for oid in known:
        if known[oid] <= MAX_TEXT:
            total += known[oid]
            blobs[oid] = replace(blobs[oid], absence="over budget")
            readable += [oid] if total <= MAX_READ else []
    left = MAX_MEMORY
    for oid, data in read(repo, readable):
        text, absence = _text(data)
        if (size := sys.getsizeof(text)) <= left:
            left -= size
            blobs[oid] = replace(blobs[oid], text=text, absence=absence)
    return blobs


def _text(data: bytes) -> tuple[str | None, Absence]:
    if b"\0" in data[:BINARY_PROBE]:
        return None, "binary"
    if data.count(b"\n") > MAX_LINES:
        return None, "too large"
    return decoded(data), ""


@contextmanager
def _patches(repo: Repository, files: Mapping[int, FileDiff]) -> Iterator[Iterator[tuple[int, str]]]:
    """The patch of each file with its number, in order.

    git compares two flat trees of our own, in which the blobs have numbers for names: no hostile
    name, attribute, mode or unreadable neighbour is there to be misunderstood.
    """
    if not files:
        yield iter(())
        return
    sides = {number: file.old for number, file in files.items()}, {number: file.new for number, file in files.items()}
    listings = ("".join(f"100644 blob {blob.id}\t{number:09}\0" for number, blob in side.items()) for side in sides)
    old, new = output(repo, "mktree", "-z", "--batch", stdin="\0".join(listings).encode()).decode().split()
    with streamed(repo, *_PATCH, old, new) as stream:
        yield _parts(stream)


def _parts(stream: IO[bytes]) -> Iterator[tuple[int, str]]:
    """A patch cut at its `diff --git a/000000007 b/000000007` lines. No line of content begins so."""
    held: list[bytes] = []
    for line in stream:
        if line.startswith(b"diff --git ") and held:
            yield _part(held)
            held = []
        held.append(line)
    if held:
        yield _part(held)


def _part(lines: Sequence[bytes]) -> tuple[int, str]:
    return int(lines[0].rpartition(b"/")[2]), decoded(b"".join(lines))
