"""package.json of a file and of the folders above it, and the tests beside it: how a repository tests."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from reviewbot.core.grammars import language_of
from reviewbot.core.paths import is_foreign, is_test
from reviewbot.tasks.scaffold.suites import Surroundings

SCRIPTS = frozenset({"javascript", "typescript", "tsx"})
TYPED = frozenset({"typescript", "tsx"})
#: Larger manifests and more tests are not read.
MAX_TEXT, MOST_TESTS = 300_000, 200
_COMMENT = re.compile(r"^[ \t]*//[^\n]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Package:
    """What one package.json says of tests."""

    folder: str
    dependencies: frozenset[str] = frozenset()
    #: Its scripts whose names begin with `test`, one a line.
    scripts: str = ""
    #: "module" where its .js files are ES modules.
    type: str = ""
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Signs:
    """By what a framework is known."""

    #: Packages that come with it, words of scripts, names of its configuration, keys of package.json.
    packages: frozenset[str]
    script: re.Pattern[str]
    configurations: tuple[str, ...]
    keys: frozenset[str]
    #: What a test that uses it says.
    test: re.Pattern[str]


def packages(around: Surroundings, path: str) -> tuple[Package, ...]:
    """Those of the folders from a file up, the nearest first; one without any text for a repository that has none."""
    found: list[Package] = []
    folder = posixpath.dirname(path)
    while True:
        place = posixpath.join(folder, "package.json")
        if place in around.paths or place in around.texts:
            found.append(_package(folder, around.texts.get(place, "")))
        if not folder:
            return tuple(found) or (Package(""),)
        folder = posixpath.dirname(folder)


@lru_cache(maxsize=256)
def _package(folder: str, text: str) -> Package:
    known = _object(text)
    scripts = known.get("scripts")
    lines = scripts.items() if isinstance(scripts, dict) else ()
    names = [key for part in ("dependencies", "devDependencies") for key in _keys(known.get(part))]
    tests = "\n".join(value for name, value in lines if name.startswith("test") and isinstance(value, str))
    return Package(folder, frozenset(names), tests[:2000], str(known.get("type", ""))[:20], frozenset(known))


def _object(text: str) -> dict[str, object]:
    """A document that is an object; nothing for any other text, however it is broken."""
    try:
        known = json.loads(text) if len(text) <= MAX_TEXT else None
    except (ValueError, RecursionError):
        return {}
    return known if isinstance(known, dict) else {}


def _keys(value: object) -> Sequence[str]:
    return [key for key in value if isinstance(key, str)] if isinstance(value, dict) else ()


def weight(around: Surroundings, path: str, signs: Signs) -> int:
    """How much speaks for a framework: a nearer package counts more than one above it."""
    total = 0
    for depth, package in enumerate(packages(around, path)[:4]):
        inside = [text for _, text in tests(around, package.folder)]
        said = 40 * bool(signs.script.search(package.scripts)) + 20 * bool(signs.keys & package.keys)
        said += 20 * bool(signs.packages & package.dependencies) + 20 * _is_configured(around, package.folder, signs)
        said += min(60, 10 * sum(1 for text in inside if signs.test.search(text)))
        total += said >> (2 * depth)
    return total


def _is_configured(around: Surroundings, folder: str, signs: Signs) -> bool:
    return any(posixpath.join(folder, name) in around.paths for name in signs.configurations)


def tests(around: Surroundings, folder: str) -> Sequence[tuple[str, str]]:
    """The tests of JavaScript below a folder, paths and texts, in order."""
    inside = f"{folder}/" if folder else ""
    known = [(path, text) for path, text in around.texts.items() if path.startswith(inside) and is_script_test(path)]
    return sorted(known)[:MOST_TESTS]


@lru_cache(maxsize=20_000)
def is_script_test(path: str) -> bool:
    return language_of(path) in SCRIPTS and is_test(path) and not is_foreign(path, "")


def near(around: Surroundings, path: str) -> Iterator[tuple[str, str]]:
    """The tests that a new one should look like: those of its own package, else of the ones above."""
    for package in packages(around, path):
        found = tests(around, package.folder)
        if found:
            return iter(found)
    return iter(tests(around, ""))


def resolution(around: Surroundings, path: str) -> str:
    """`moduleResolution` or `module` of the nearest tsconfig.json that says it, in small letters."""
    folder = posixpath.dirname(path)
    while True:
        known = _object(_COMMENT.sub("", around.texts.get(posixpath.join(folder, "tsconfig.json"), "")))
        options = known.get("compilerOptions")
        for key in ("moduleResolution", "module") if isinstance(options, dict) else ():
            if isinstance(options, dict) and isinstance(options.get(key), str):
                return str(options[key]).lower()[:20]
        if not folder:
            return ""
        folder = posixpath.dirname(folder)
