"""Mocha, with chai or node:assert as the tests of the repository have it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reviewbot.tasks.scaffold.frameworks.ecmascript import asserting, modules, packages
from reviewbot.tasks.scaffold.frameworks.ecmascript import places as standing
from reviewbot.tasks.scaffold.frameworks.ecmascript.files import WORDS, Look, Words, is_simple, look, written
from reviewbot.tasks.scaffold.suites import Suite, Surroundings, Target

NAME = "mocha"
SIGNS = packages.Signs(
    frozenset({"mocha", "@types/mocha", "ts-mocha"}), re.compile(r"\b(?:mocha|ts-mocha)\b"),
    tuple(f".mocharc.{end}" for end in ("json", "js", "cjs", "mjs", "yml", "yaml", "jsonc")), frozenset({"mocha"}),
    re.compile(r"""["'](?:mocha|chai)["']"""),
)  # fmt: skip
_CHAI = r"""["']chai["']"""


def weight(around: Surroundings, path: str) -> int:
    return packages.weight(around, path, SIGNS)


def places(target: Target, around: Surroundings) -> Sequence[str]:
    """By habit; without any right in `test/`, where mocha looks by itself."""
    found = standing.places(target, around)
    if standing.habits(around.paths, packages.packages(around, target.path)[0].folder):
        return found
    return [*standing.flat("test", target, around), *found]


def module(target: Target, path: str, around: Surroundings) -> str:
    native = modules.is_module(around, path, target) and target.language not in packages.TYPED
    return modules.specifier(target, path, around, "own" if native else "")


def render(suite: Suite) -> str:
    seen = look(suite)
    group, test = (("describe", "it"), ("suite", "test"))[seen.most(r"\bdescribe[.(]", r"\bsuite[.(]")]
    returns, throws = (_returns, _throws) if _is_chai(suite, seen) else (asserting.returns, asserting.throws)
    imports = _imports(suite, seen, group, test)
    # It takes no reason: the title has the words.
    pending = (lambda name: f"{name} ({WORDS})", "function ()", lambda seen: (seen, "this.skip()"))
    return written(suite, Words(group, test, imports, returns, throws, pending, told=False), seen)


def _is_chai(suite: Suite, seen: Look) -> bool:
    """As most tests have it; where there is none, where chai is a dependency."""
    if seen.texts:
        return seen.most(r"""["'](?:node:)?assert(?:/strict)?["']""", _CHAI) == 1
    around = suite.around or Surroundings(frozenset())
    return any("chai" in package.dependencies for package in packages.packages(around, suite.path))


def _imports(suite: Suite, seen: Look, group: str, test: str) -> tuple[str, ...]:
    lines = []
    if seen.says(r"""["']mocha["']"""):
        names = f"{{ {', '.join(sorted((group, test)))} }}"
        lines.append((names, seen.literal(NAME)))
    if not _is_chai(suite, seen):
        return (asserting.imported(seen), *(_line(seen, *line) for line in lines))
    lines.insert(0, ("{ expect }", seen.literal("chai")))
    rejects = suite.target.is_async and any(case.raises for case in suite.cases)
    # Chai itself knows nothing of promises.
    more = (asserting.imported(seen),) if rejects else ()
    return (*more, *(_line(seen, *line) for line in lines))


def _line(seen: Look, names: str, source: str) -> str:
    return f"import {names} from {source};" if seen.modern else f"const {names} = require({source});"


def _returns(made: str, expected: str) -> str:
    return f"expect({made}).to.{'equal' if is_simple(expected) else 'deep.equal'}({expected})"


def _throws(made: str, error: str, waits: bool) -> str:
    return asserting.throws(made, error, waits) if waits else f"expect(() => {made}).to.throw({error})"
