"""Manifests and their locks: one changed without the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import PurePosixPath

from reviewbot.checks.manifests.dependencies import KINDS, Dependency, Manifest, kind_of
from reviewbot.checks.manifests.grades import Grade, grade
from reviewbot.core.findings import Finding, Rule, Severity, at
from reviewbot.core.text import clipped, visible
from reviewbot.core.tree import Tree, above
from reviewbot.ports import Reading

BEHIND = Rule(
    "manifests/lock", Severity.MEDIUM, "The lock is left behind",
    "An install takes what the lock says, refuses, or resolves anew on every machine.", 0.85,
)  # fmt: skip
ALONE = Rule(
    "manifests/lock-only", Severity.INFO, "The lock changes, its manifest does not",
    "The packages are others than before though nobody asked for others by name.", 0.9,
)  # fmt: skip

_LOCKS = {
    "npm": ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"),
    "python": ("uv.lock", "poetry.lock", "pdm.lock"),
    "pipfile": ("Pipfile.lock",),
    "cargo": ("Cargo.lock",),
    "go": ("go.sum",),
    "gem": ("Gemfile.lock",),
    "composer": ("composer.lock",),
    "requirements": (),
}
_KIND = {lock: kind for kind, locks in _LOCKS.items() for lock in locks}
#: What else a lock follows.
_WORKSPACE_FILES = {"pnpm-workspace.yaml": "npm", ".yarnrc.yml": "npm"}
#: Folders whose packages nobody installs from here.
_APART = re.compile(r"(?i)template|example|sample|fixture|demo|playground|test|docs?/|bench")
#: Ecosystems where one lock above stands for every package below.
_WORKSPACES = frozenset({"npm", "python", "cargo"})


def check(reading: Reading, old: Manifest | None, new: Manifest | None) -> Iterator[Finding]:
    if new is not None and old is not None:
        yield from _behind(reading, old, new)
    yield from _alone(reading)


def lock_of(path: str, kind: str, tree: Tree) -> str | None:
    """The tracked lock of a manifest: beside it, else in the nearest folder above."""
    folders = above(path)
    if kind not in _WORKSPACES or _APART.search(path):
        folders = folders[:1]
    names = _LOCKS[kind]
    if kind == "requirements":
        names = (f"{PurePosixPath(path).stem}.txt",) if path.endswith(".in") else ()
    candidates = (_join(folder, name) for folder in folders for name in names)
    return next((candidate for candidate in candidates if candidate in tree.paths), None)


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _behind(reading: Reading, old: Manifest, new: Manifest) -> Iterator[Finding]:
    file, tree = reading.file, reading.tree
    lock = lock_of(file.path, new.kind, tree)
    changed = list(_changed(old, new))
    if lock is None or not changed or lock in tree.changed:
        return
    folder = above(lock)[0]
    beside = folder == above(file.path)[0]
    if not beside and lock.endswith("yarn.lock") and _join(folder, ".yarnrc.yml") not in tree.paths:
        return  # Yarn 1 records no package of a workspace, and may have the version already
    names = ", ".join(visible(clipped(item.name, 60)) for item, _ in changed[:3])
    more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
    numbers = {"new": file.changed_numbers("new"), "old": file.changed_numbers("old")}
    places = [(side, item.line) for item, side in changed if item.line in numbers[side]]
    side, line = min(places, key=lambda place: (place[0] != "new", place[1]), default=("new", None))
    title = f"{visible(PurePosixPath(lock).name)} is left behind"
    yield at(BEHIND, file, line, side="old" if side == "old" else "new", title=title,
             body=f"{names}{more}: changed here, not in {visible(lock)}. {BEHIND.reason}",
             severity=None if beside else Severity.LOW)  # fmt: skip


def _changed(old: Manifest, new: Manifest) -> Iterator[tuple[Dependency, str]]:
    """The dependencies whose change the lock must show, each with the side it stands on."""
    before, after = _recorded(old), _recorded(new)
    names_only = new.kind in ("cargo", "requirements")
    for key, item in after.items():
        known = before.get(key)
        if known is None or (not names_only and known.spec != item.spec):
            yield item, "new"
    if new.kind != "go":
        yield from ((item, "old") for key, item in before.items() if key not in after)


def _recorded(manifest: Manifest) -> dict[str, Dependency]:
    """By name, whatever the section: moving from one to another changes no version."""
    kept = (item for item in manifest.dependencies if item.section != "peerDependencies")
    plain = (item for item in kept if not (manifest.kind == "composer" and "/" not in item.name))
    return {item.name: item for item in plain if grade(manifest.kind, item.spec) is not Grade.LOCAL}


def _alone(reading: Reading) -> Iterator[Finding]:
    file = reading.file
    folder, name = above(file.path)[0], PurePosixPath(file.path).name
    kind = _KIND.get(name)
    if kind is None:
        return
    tree = reading.tree
    if file.change == "deleted":
        yield from _removed(reading, kind, folder, tree)
    elif file.change == "modified" and (kind, folder) not in _governed(tree):
        yield at(ALONE, file, min(file.changed_numbers("new"), default=None))


@lru_cache(maxsize=4)
def _governed(tree: Tree) -> frozenset[tuple[str, str]]:
    """The folders at or above a changed manifest, each with its kind."""
    found = ((_WORKSPACE_FILES.get(PurePosixPath(path).name) or kind_of(path), path) for path in tree.changed)
    return frozenset((kind, folder) for kind, path in found if kind is not None for folder in above(path))


def _removed(reading: Reading, kind: str, folder: str, tree: Tree) -> Iterator[Finding]:
    """A lock that goes while its manifest stays, and no other comes."""
    locks = {_join(folder, lock) for lock in _LOCKS[kind]}
    manifests = {_join(folder, name) for name, known in KINDS.items() if known == kind}
    if tree.paths.isdisjoint(locks) and not tree.paths.isdisjoint(manifests):
        yield at(BEHIND, reading.file, None, title="The lock is removed",
                 body="Every install now resolves anew: two machines may get two different trees.")  # fmt: skip
