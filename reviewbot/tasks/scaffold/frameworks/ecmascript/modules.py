"""How a test gets at a module: `import` or `require`, and the specifier as the repository writes its own."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from functools import lru_cache
from pathlib import PurePosixPath

from reviewbot.core.grammars import language_of
from reviewbot.core.text import is_odd
from reviewbot.tasks.scaffold import naming
from reviewbot.tasks.scaffold.frameworks.ecmascript.packages import TYPED, near, packages, resolution
from reviewbot.tasks.scaffold.suites import Surroundings, Target

#: What ES modules that node itself loads take for parts of an address.
_ADDRESS = frozenset("?#%\\")
_COMPILED = {".ts": ".js", ".tsx": ".js", ".mts": ".mjs", ".cts": ".cjs", ".jsx": ".jsx"}
_STATIC = re.compile(r"^[ \t]*import\b[^(\n]", re.MULTILINE)
_REQUIRED = re.compile(r"\brequire\(")
_ENDS = re.compile(r"\.[cm]?[jt]sx?$")
#: Tests that are asked how they write.
_ASKED = 40


def is_module(around: Surroundings, path: str, target: Target) -> bool:
    """Whether a test at `path` is an ES module."""
    ending = PurePosixPath(path).suffix
    if ending in (".mjs", ".cjs") or language_of(path) in TYPED:
        return ending != ".cjs"
    if packages(around, path)[0].type == "module":
        return True
    alike = [text for one, text in near(around, path) if PurePosixPath(one).suffix == ending][:_ASKED]
    modern = sum(_STATIC.search(text) is not None for text in alike)
    plain = sum(_STATIC.search(text) is None and _REQUIRED.search(text) is not None for text in alike)
    if modern != plain:
        return modern > plain
    return target.traits.get("system") != "commonjs"


def specifier(target: Target, path: str, around: Surroundings, ending: str) -> str:
    """The target's module from a test at `path`, "" where no text says it.

    `ending` is what a repository without tests writes: "" for none, "compiled" for that of the output, "own".
    """
    if any(is_odd(sign) or sign in _ADDRESS for sign in target.path + path):
        return ""
    own = PurePosixPath(target.path).suffix
    if own == ".mjs" and not is_module(around, path, target):
        return ""
    bare = posixpath.relpath(target.path, posixpath.dirname(path) or ".").removesuffix(own)
    bare = bare if bare.startswith("../") else f"./{bare}"
    return bare + _ending(target, path, around, ending, own)


def _ending(target: Target, path: str, around: Surroundings, ending: str, own: str) -> str:
    if target.language in TYPED and resolution(around, path) in ("nodenext", "node16"):
        ending = "compiled"
    elif ending != "own" and (used := _usual(around, path)) is not None:
        ending = used
    if ending == "compiled":
        return _COMPILED.get(own, own)
    return own if ending == "own" or own in (".mjs", ".cjs") else ""


@lru_cache(maxsize=256)
def _specifiers(grammar: str, text: str) -> tuple[str, ...]:
    return naming.modules(grammar, text)


def _usual(around: Surroundings, path: str) -> str | None:
    """What the tests of the repository write."""
    grammar = language_of(path) or ""
    ends: Counter[str] = Counter()
    for one, text in list(near(around, path))[:_ASKED]:
        if (language_of(one) in TYPED) != (grammar in TYPED):
            continue
        for name in _specifiers(language_of(one) or grammar, text):
            if name.startswith("."):
                found = _ENDS.search(name)
                written = found[0] if found else ""
                ends["" if not written else "own" if grammar not in TYPED or "t" in written else "compiled"] += 1
    return ends.most_common(1)[0][0] if ends else None
