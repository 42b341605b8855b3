"""Where the tests of a Python file go, and how they import it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from keyword import iskeyword

from reviewbot.core.paths import is_test
from reviewbot.core.tree import above
from reviewbot.tasks.scaffold.naming import safe
from reviewbot.tasks.scaffold.suites import Surroundings, Target

#: Paths that decide a layout; a name that is taken is numbered so often.
MAX_TESTS, MAX_NUMBERED = 5000, 9
_SOURCES = ("src", "lib")
_MANIFESTS = ("pyproject.toml", "setup.cfg", "setup.py", "pytest.ini", "tox.ini")
_ROOTS = re.compile(r"""(?m)^[ \t]*(?:pythonpath|where|package[-_]dir|python_paths|"" ?|from)[ \t]*[=:](.{0,200})""")
_WORD = re.compile(r"[\w./-]{1,60}")


def module(target: Target, around: Surroundings) -> str:
    """The dotted name of a file from the folder that a test runner has on its path, "" where it has none."""
    roots = [root for root in _roots(target.path, around) if not root or target.path.startswith(root + "/")]
    root = max(roots, key=len)
    inside = target.path[len(root) + 1 :] if root else target.path
    parts = inside.removesuffix(".py").removesuffix("/__init__").split("/")
    return ".".join(parts) if all(_is_name(part) for part in parts) else ""


def _is_name(part: str) -> bool:
    return part.isascii() and part.isidentifier() and not iskeyword(part) and part != "__init__"


def _roots(path: str, around: Surroundings) -> Iterator[str]:
    """The folder of each manifest above the file, and what is on the path from there; the root of all."""
    yield ""
    for folder in above(path):
        prefix = f"{folder}/" if folder else ""
        manifests = [prefix + name for name in _MANIFESTS if prefix + name in around.paths]
        if manifests and f"{prefix}__init__.py" not in around.paths:
            yield folder
        for source in (*_SOURCES, *(name for manifest in manifests for name in _named(around.texts.get(manifest, "")))):
            inner = prefix + source
            is_package = f"{inner}/__init__.py" in around.paths
            if (manifests or not folder) and path.startswith(inner + "/") and not is_package:
                yield inner


def project(path: str, paths: frozenset[str]) -> str:
    """The folder of the nearest manifest above a path: where its tests are run from."""
    return next((folder for folder in above(path) if any(_under(folder, name) in paths for name in _MANIFESTS)), "")


def search_path(path: str, paths: frozenset[str]) -> tuple[str, ...]:
    """Folders that a test at this path imports from, the nearest first."""
    folders = dict.fromkeys((project(path, paths), ""))
    held = frozenset(folder for one in paths for folder in above(one))
    sources = (_under(folder, name) for folder in folders for name in _SOURCES)
    packed = (one for one in sources if one in held and f"{one}/__init__.py" not in paths)
    return (*packed, *folders)


def _under(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _named(text: str) -> Iterator[str]:
    """The folders that a manifest puts on the path."""
    for match in _ROOTS.finditer(text[:50_000]):
        for word in _WORD.findall(match[1]):
            if ".." not in word and not word.startswith("/"):
                yield word.strip("./")


def places(target: Target, around: Surroundings) -> Sequence[str]:
    """As the existing tests have it, then under `tests`, then beside the target."""
    folder, _, name = target.path.rpartition("/")
    stem = name.removesuffix(".py") if name != "__init__.py" else folder.rpartition("/")[2] or "package"
    tests = sorted(path for path in around.paths if path.endswith(".py") and _is_test_file(path))[:MAX_TESTS]
    suffixed = sum(path.endswith("_test.py") for path in tests) * 2 > len(tests)
    wanted = dict.fromkeys([*_folders(target.path, folder, tests, around), folder])
    return tuple(dict.fromkeys(_free(at, stem, target, around.paths, suffixed=suffixed) for at in wanted))


def _is_test_file(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.endswith("_test.py") or (name.startswith("test_") and is_test(path))


def _folders(path: str, folder: str, tests: Sequence[str], around: Surroundings) -> Iterator[str]:
    """Folders for the test of a file, the likeliest first."""
    votes, tops = _votes(tests, around)
    style = votes.most_common(1)[0][0] if votes else "flat"
    top = _nearest(path, tops)
    inner = _from_root(folder, around)
    if style == "beside":
        yield folder
    elif style == "inner":
        yield f"{folder}/tests" if folder else "tests"
    elif style == "mirrored":
        yield "/".join(filter(None, (top, inner)))
    elif style == "shortened":
        yield "/".join(filter(None, (top, inner.partition("/")[2])))
    if style not in ("beside", "inner"):
        yield top


def _votes(tests: Sequence[str], around: Surroundings) -> tuple[Counter[str], Counter[str]]:
    """How the tests that there are stand to what they test, and under which folders they are."""
    sources: dict[str, list[str]] = {_subject(test): [] for test in tests}
    for path in around.paths:
        folder, _, name = path.rpartition("/")
        if name in sources and not is_test(path):
            sources[name].append(folder)
    votes: Counter[str] = Counter()
    tops: Counter[str] = Counter()
    for test in tests:
        folder = test.rpartition("/")[0]
        styles = {_style(folder, source, around) for source in sources[_subject(test)][:5]} - {""}
        votes.update(styles)
        tops[_top(folder)] += 1
    return votes, tops


def _subject(test: str) -> str:
    return test.rpartition("/")[2].removeprefix("test_").removesuffix(".py").removesuffix("_test") + ".py"


@lru_cache(maxsize=4096)  # every target asks for the same folders
def _top(folder: str) -> str:
    """The first folder of tests in a path: `tests/unit` as it stands, for the unit tests are apart."""
    parts = folder.split("/")
    at = next((at for at, part in enumerate(parts) if is_test(f"{part}/x.py")), len(parts) - 1)
    kept = at + 2 if parts[at + 1 : at + 2] in (["unit"], ["unittests"]) else at + 1
    return "/".join(parts[:kept])


def _style(folder: str, source: str, around: Surroundings) -> str:
    if folder == source:
        return "beside"
    if folder == f"{source}/tests":
        return "inner"
    inner, top = _from_root(source, around), _top(folder)
    below = folder[len(top) :].strip("/")
    if not below:
        return "flat" if inner else ""
    return "mirrored" if below == inner else "shortened" if below == inner.partition("/")[2] else ""


def _from_root(folder: str, around: Surroundings) -> str:
    parts = folder.split("/")
    is_source = parts[0] in _SOURCES and f"{parts[0]}/__init__.py" not in around.paths
    return "/".join(parts[1:] if is_source else parts)


def _nearest(path: str, tops: Mapping[str, int]) -> str:
    """The folder of tests that shares most with the path; of equals the one with most tests."""
    if not tops:
        return "tests"
    parts = path.split("/")

    def shared(top: str) -> int:
        pairs = zip(parts, top.split("/"), strict=False)
        return next((at for at, (one, two) in enumerate(pairs) if one != two), len(top.split("/")))

    return max(sorted(tops), key=lambda top: (shared(top), tops[top]))


def _free(folder: str, stem: str, target: Target, paths: frozenset[str], *, suffixed: bool) -> str:
    """A path that nothing has: two test files of one name in folders that are no packages are one module to pytest."""
    prefix = f"{folder}/" if folder else ""
    used = _names(paths) if _is_bare(folder, paths) else frozenset()
    stem = safe(stem)
    longer = f"{stem}_{safe(target.name.replace('.', '_')).lower()}"
    for base in (stem, longer, *(f"{longer}_{number}" for number in range(2, MAX_NUMBERED))):
        name = f"{base}_test.py" if suffixed else f"test_{base}.py"
        if prefix + name not in paths and name not in used:
            return prefix + name
    return prefix + (f"{longer}_scaffold_test.py" if suffixed else f"test_{longer}_scaffold.py")


@lru_cache(maxsize=1)  # every folder asks for the same
def _names(paths: frozenset[str]) -> frozenset[str]:
    return frozenset(path.rpartition("/")[2] for path in paths if path.endswith(".py"))


def _is_bare(folder: str, paths: frozenset[str]) -> bool:
    return f"{folder}/__init__.py" not in paths if folder else True
