"""Jest: its tests cannot skip themselves when they run, so what is unwritten is a todo and is not called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from reviewbot.core.grammars import language_of
from reviewbot.tasks.scaffold.frameworks.ecmascript import modules, packages
from reviewbot.tasks.scaffold.frameworks.ecmascript import places as standing
from reviewbot.tasks.scaffold.frameworks.ecmascript.files import WORDS, Look, Words, entitled, look, written
from reviewbot.tasks.scaffold.frameworks.vitest import returns, throws
from reviewbot.tasks.scaffold.suites import Suite, Surroundings, Target

NAME = "jest"
_CONFIGURATIONS = tuple(f"jest.config.{end}" for end in ("js", "ts", "mjs", "cjs", "json", "mts", "cts"))
SIGNS = packages.Signs(
    frozenset({"jest", "ts-jest", "babel-jest", "@jest/globals", "@types/jest", "@swc/jest", "react-scripts"}),
    re.compile(r"\b(?:jest|react-scripts test)\b"), _CONFIGURATIONS,
    frozenset({"jest"}), re.compile(r"""["']@jest/globals["']|\bjest\.(?:fn|mock|spyOn)\("""),
)  # fmt: skip


def weight(around: Surroundings, path: str) -> int:
    return packages.weight(around, path, SIGNS)


def places(target: Target, around: Surroundings) -> Sequence[str]:
    return standing.places(target, around)


def module(target: Target, path: str, around: Surroundings) -> str:
    native = packages.packages(around, path)[0].type == "module" and target.language not in packages.TYPED
    return modules.specifier(target, path, around, "own" if native else "")


def render(suite: Suite) -> str:
    seen = look(suite)
    test = ("test", "it")[seen.most(r"\btest[.(]", r"\bit[.(]")]
    words = Words("describe", test, _imports(suite, seen, test), returns, throws, None)
    settled = replace(suite, cases=tuple(case for case in suite.cases if case.is_written))
    return written(settled, words, seen, [_unwritten(suite, seen, test)])


def _imports(suite: Suite, seen: Look, test: str) -> tuple[str, ...]:
    """None where the globals are used, as they are in most repositories."""
    around = suite.around or Surroundings(frozenset())
    known = {name for package in packages.packages(around, suite.path) for name in package.dependencies}
    explicit = seen.says(r"@jest/globals")
    # Without declarations of the globals TypeScript knows none of their names.
    untyped = language_of(suite.path) in packages.TYPED and "@types/jest" not in known and not seen.texts
    if not explicit and not untyped:
        return ()
    asserts = {"expect"} if any(case.is_written for case in suite.cases) else set()
    names = ", ".join(sorted({"describe", test} | asserts))
    source = seen.literal("@jest/globals")
    return (f"import {{ {names} }} from {source};" if seen.modern else f"const {{ {names} }} = require({source});",)


def _unwritten(suite: Suite, seen: Look, test: str) -> str:
    """A todo for each: a test that called it could only pass or fail, and nobody has said which is right."""
    left = [case for case in suite.cases if not case.is_written]
    return "".join(f"  {test}.todo({entitled(f'{case.name}: {WORDS}', seen.quote)});\n" for case in left)
