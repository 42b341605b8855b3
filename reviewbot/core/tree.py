"""The paths of a head and of a change, indexed once for all files of a pull request."""

from __future__ import annotations

import unicodedata
from functools import cached_property, lru_cache

from reviewbot.core.pull import PullRequest


class Tree:
    """Told from another by the identity of its pull request: comparing two would cost as much as indexing them."""

    def __init__(self, pull: PullRequest) -> None:
        self._pull = pull

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tree) and other._pull is self._pull

    def __hash__(self) -> int:
        return id(self._pull)

    @cached_property
    def paths(self) -> frozenset[str]:
        """Every path at the head: files, links and submodules."""
        return frozenset(self._pull.paths)

    @cached_property
    def changed(self) -> frozenset[str]:
        """Every path that the pull request changes."""
        return frozenset(file.path for file in self._pull.files)

    @cached_property
    def places(self) -> frozenset[str]:
        """Every path at the head and every folder above one, "" for the root."""
        found = {""}
        for path in self._pull.paths:
            place = path
            while place not in found:
                found.add(place)
                place = place.rpartition("/")[0]
        return frozenset(found)

    @cached_property
    def spellings(self) -> dict[str, tuple[str, ...]]:
        """The paths that some file system takes for one, by what it takes them for."""
        groups: dict[str, list[str]] = {}
        for path in self._pull.paths:
            groups.setdefault(folded(path), []).append(path)
        return {key: tuple(group) for key, group in groups.items() if len(group) > 1}


def tree_of(pull: PullRequest) -> Tree:
    return _same(Tree(pull))


@lru_cache(maxsize=8)  # one for each label, and the whole
def _same(tree: Tree) -> Tree:
    return tree


def folded(path: str) -> str:
    """As a file system reads it that knows neither case nor the two forms of an accent."""
    return path.casefold() if path.isascii() else unicodedata.normalize("NFC", path).casefold()


def above(path: str) -> tuple[str, ...]:
    """The folders that hold a path, the nearest first, "" for the root last."""
    parts = path.split("/")[:-1]
    return tuple("/".join(parts[:length]) for length in range(len(parts), -1, -1))
