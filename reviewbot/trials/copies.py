"""A temporary copy of the tree at a commit, from git objects; of the work tree only what installers put there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from reviewbot.git import Entry, Repository, sizes, tree
from reviewbot.objects import read
from reviewbot.trials import trees
from reviewbot.trials.trees import PathError

#: What is copied at most: files, their bytes together, links.
MAX_FILES, MAX_BYTES, MAX_LINKS = 50_000, 512 * 1024 * 1024, 2_000
#: Folders of the work tree that installers fill and git does not keep. What a build leaves (`target`) is built anew.
DEPENDENCIES = ("node_modules", ".venv", "venv", "vendor")
#: Where such a folder may stand: beside one of these.
_MANIFESTS = frozenset({
    "package.json", "composer.json", "Gemfile", "go.mod", "Cargo.toml", "pyproject.toml", "setup.py", "setup.cfg",
    "requirements.txt",
})  # fmt: skip
_MAX_MANIFESTS = 200


class CopyError(Exception):
    """A tree that is not copied; the text says why, in our words."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy and what stands beside it. `home` holds it all and is what a program may see."""

    home: Path
    paths: frozenset[str]
    #: Folders outside that links of the copy lead to: dependencies.
    dependencies: tuple[Path, ...] = ()
    #: Links of the tree that lead out of it, submodules, names that no tree of files has.
    left_out: int = 0

    @property
    def tree(self) -> Path:
        return self.home / "tree"

    @property
    def scratch(self) -> Path:
        return self.home / "scratch"


@contextmanager
def copied(repo: Repository, commit: str, *, worktree: Path | None = None, owner: int | None = None) -> Iterator[Copy]:
    """The tree of a commit, owned by `owner`, gone afterwards. Raises CopyError, RepositoryError."""
    home = Path(tempfile.mkdtemp(prefix="reviewbot-"))
    try:
        try:
            copy = _filled(repo, commit, home, worktree, owner)
        except OSError as error:
            raise CopyError(f"the tree cannot be copied: {error.strerror}") from None
        yield copy
    finally:
        trees.remove(home)


def _filled(repo: Repository, commit: str, home: Path, worktree: Path | None, owner: int | None) -> Copy:
    entries = tree(repo, commit)
    kept = [entry for entry in entries if not entry.mode.startswith("16") and _is_usable(entry.path)]
    files = [entry for entry in kept if entry.mode.startswith("10")]
    links = [entry for entry in kept if entry.mode.startswith("12")]
    _bounded(repo, files, links)
    copy = Copy(home, frozenset(entry.path for entry in kept))
    for folder in (copy.tree, copy.scratch, copy.scratch / "home", copy.scratch / "tmp"):
        folder.mkdir()
    _write(repo, copy.tree, files, [entry.path for entry in links])
    linked = _link(repo, copy.tree, links)
    found = tuple(_dependencies(copy, worktree)) if worktree is not None else ()
    own(home, owner)
    return Copy(home, copy.paths, found, len(entries) - len(files) - linked)


def _is_usable(path: str) -> bool:
    try:
        return bool(trees.parts(path))
    except PathError:
        return False


def _bounded(repo: Repository, files: Sequence[Entry], links: Sequence[Entry]) -> None:
    if len(files) > MAX_FILES or len(links) > MAX_LINKS:
        raise CopyError(f"the tree has more than {MAX_FILES:,} files or {MAX_LINKS:,} links")
    known = sizes(repo, {entry.id for entry in (*files, *links)})
    if any(entry.id not in known for entry in (*files, *links)):
        raise CopyError("some of the tree is not in this clone")
    if sum(known[entry.id] for entry in files) > MAX_BYTES:
        raise CopyError(f"the tree has more than {MAX_BYTES // 1024 // 1024} MiB")
    if any(known[entry.id] > os.pathconf("/", "PC_PATH_MAX") for entry in links):
        raise CopyError("a link of the tree is longer than a path may be")


def _write(repo: Repository, root: Path, files: Sequence[Entry], others: Iterable[str]) -> None:
    """All folders first, then files, which must be new: no link is there yet to be written through."""
    for folder in sorted({str(PurePosixPath(path).parent) for path in (*others, *(entry.path for entry in files))}):
        (root / folder).mkdir(parents=True, exist_ok=True)
    places: dict[str, list[Entry]] = {}
    for entry in files:
        places.setdefault(entry.id, []).append(entry)
    for oid, data in read(repo, places):
        for entry in places[oid]:
            mode = 0o755 if entry.mode == "100755" else 0o644
            file = os.open(root / entry.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
            with open(file, "wb") as stream:  # noqa: PTH123 (a descriptor)
                stream.write(data)


def _link(repo: Repository, root: Path, links: Sequence[Entry]) -> int:
    """Links that lead to a file or folder of the tree through no other link; how many that are."""
    targets = {oid: os.fsdecode(data) for oid, data in read(repo, dict.fromkeys(entry.id for entry in links))}
    named = {entry.path for entry in links}
    made = 0
    for entry in links:
        end = trees.leads(entry.path, targets[entry.id])
        if end is None or any(str(above) in named for above in PurePosixPath(end).parents) or end in named:
            continue
        (root / entry.path).symlink_to(targets[entry.id])
        made += 1
    return made


def _dependencies(copy: Copy, worktree: Path) -> Iterator[Path]:
    """Real folders of the work tree that git does not keep, linked at their places; what is in them is not written."""
    base = worktree.resolve()
    manifests = (PurePosixPath(path) for path in sorted(copy.paths, key=lambda path: (path.count("/"), path)))
    folders = list(dict.fromkeys([PurePosixPath(), *(path.parent for path in manifests if path.name in _MANIFESTS)]))
    for folder in folders[:_MAX_MANIFESTS]:
        for name in DEPENDENCIES:
            place = base / folder / name
            here = copy.tree / folder / name
            if place.is_dir() and place.resolve() == place and not os.path.lexists(here):
                here.symlink_to(place)
                yield place


def own(folder: Path, owner: int | None) -> None:
    """Give a folder that nobody else has written in yet to the user that will."""
    if owner is None:
        return
    os.chown(folder, owner, owner)
    for above, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(Path(above, name), owner, owner, follow_symlinks=False)
