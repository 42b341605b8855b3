"""Where a test of a module goes, as the tests that are there have it."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from reviewbot.tasks.scaffold import naming
from reviewbot.tasks.scaffold.frameworks.ecmascript.packages import is_script_test, packages
from reviewbot.tasks.scaffold.suites import Surroundings, Target

#: Tests that are looked at, habits that are followed, and folders at the top of a tree of tests.
MOST_TESTS, MOST_HABITS, _DEEPEST = 200, 3, 4
_ENDINGS = (".ts", ".js", ".tsx", ".jsx", ".mjs", ".cjs", ".mts", ".cts")
#: Tests have one of these in their paths, and few other files do.
_LIKELY = re.compile(r"(?:test|spec|e2e).{0,200}\.[cm]?[jt]sx?$", re.IGNORECASE | re.DOTALL)
_ENDING = re.compile(r"^(.+?)(\.(?:[cm]?[jt]s|[jt]sx))$")
_MARK = re.compile(r"^(.+?)([._-](?:test|tests|spec|specs))$")
#: Folders of sources that a mirrored tree leaves out.
_SOURCES = ("src/", "lib/", "source/", "app/", "")
_PLAIN: Mapping[str, frozenset[str]] = {
    ".js": frozenset({".js", ".mjs", ".cjs"}), ".ts": frozenset({".ts", ".mts", ".cts"}),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Habit:
    """Where one test stands from what it tests."""

    #: A folder beside the source ("" for the source's own), or one at the top of the package that mirrors it.
    folder: str
    #: None beside the source; else the folder of sources that the mirrored tree leaves out.
    mirrored: str | None
    #: `.test`, `.spec`, "".
    mark: str
    ending: str


def places(target: Target, around: Surroundings, endings: Mapping[str, str] | None = None) -> Sequence[str]:
    """Candidates by habit, the usual first, then beside the target; a taken name is followed by one with the target's.

    `endings` replaces those of files that the framework does not read.
    """
    package = packages(around, target.path)[0].folder
    found = [*_followed(target.path, package, habits(around.paths, package)), Habit("", None, ".test", "")]
    return _candidates(target, package, found, endings or {})


def flat(top: str, target: Target, around: Surroundings) -> Sequence[str]:
    """Candidates in one folder of the package for the tests of all its sources."""
    package = packages(around, target.path)[0].folder
    found = _candidates(target, package, [Habit("", None, ".test", "")], {})
    return [posixpath.join(package, top, posixpath.basename(path)) for path in found]


def _candidates(target: Target, package: str, found: Sequence[Habit], endings: Mapping[str, str]) -> Sequence[str]:
    folder, name = posixpath.split(target.path)
    match = _ENDING.match(name)
    bare, ending = (match[1], match[2]) if match else (name, ".js")
    rows: dict[str, None] = {}
    for habit in found:
        where = _folder(habit, folder, package)
        if where is None:
            continue
        chosen = habit.ending if habit.ending in _PLAIN.get(ending, ()) else ending
        last = habit.mark + endings.get(chosen, chosen)
        for middle in ("", f".{naming.safe(target.called)}", f".{naming.safe(target.name)}"):
            rows[posixpath.join(where, f"{bare}{middle}{last}")] = None
    return tuple(path for path in rows if path != target.path)


def _followed(path: str, package: str, found: Counter[Habit]) -> Iterator[Habit]:
    """The most usual, and before them what is done in the target's own folder."""
    ranked = [habit for habit, _ in found.most_common()]
    yield from [habit for habit in ranked if _folder(habit, posixpath.dirname(path), package) is not None][:MOST_HABITS]


def _folder(habit: Habit, folder: str, package: str) -> str | None:
    """Where a habit leads for a source in `folder`; None where the source is not in the tree that it mirrors."""
    if habit.mirrored is None:
        return posixpath.join(folder, habit.folder) if habit.folder else folder
    inner = posixpath.relpath(folder or ".", package or ".") + "/"
    inner = "" if inner == "./" else inner
    if not inner.startswith(habit.mirrored):
        return None
    return posixpath.normpath(posixpath.join(package, habit.folder, inner.removeprefix(habit.mirrored)))


@lru_cache(maxsize=32)
def habits(paths: frozenset[str], package: str) -> Counter[Habit]:
    """How often each habit is seen in a package; in the whole repository where the package has no test."""
    inside = f"{package}/" if package else ""
    likely = sorted(path for path in paths if path.startswith(inside) and _LIKELY.search(path))
    # Of too many every so manyth: a sample from all folders.
    tests = [path for path in likely[:: len(likely) // MOST_TESTS + 1] if is_script_test(path)]
    if not tests and package:
        return habits(paths, "")
    found: Counter[Habit] = Counter()
    for test in tests:
        habit = _habit(test, package, paths)
        if habit is not None:
            found[habit] += 1
    return found


def _habit(test: str, package: str, paths: frozenset[str]) -> Habit | None:
    folder, name = posixpath.split(test)
    match = _ENDING.match(name)
    if match is None:
        return None
    marked = _MARK.match(match[1])
    bare, mark = (marked[1], marked[2]) if marked else (match[1], "")
    names = {bare, bare.partition(".")[0]}
    if mark and _has(folder, names, paths):
        return Habit("", None, mark, match[2])
    above, own = posixpath.split(folder)
    if above != package and _has(above, names, paths):
        return Habit(own, None, mark, match[2])
    return _mirrored(folder, names, package, paths, mark, match[2])


def _has(folder: str, names: Iterable[str], paths: frozenset[str]) -> bool:
    """Whether one of these modules stands in a folder."""
    return any(posixpath.join(folder, name + ending) in paths for name in names for ending in _ENDINGS)


def _mirrored(folder: str, names: Iterable[str], package: str, paths: frozenset[str], mark: str,
              ending: str) -> Habit | None:  # fmt: skip
    """Of `test/a/x.test.js` for `src/a/x.js`: the tops of the two trees, the longest that fits."""
    inner = folder[len(package) :].strip("/")
    parts = inner.split("/") if inner else []
    for depth in range(1, min(len(parts), _DEEPEST) + 1):
        top, rest = "/".join(parts[:depth]), "/".join(parts[depth:])
        for source in _SOURCES:
            if _has("/".join(filter(None, [package, source.rstrip("/"), rest])), names, paths):
                return Habit(top, source, mark, ending)
    return Habit(parts[0], "src/", mark, ending) if len(parts) == 1 and mark else None
