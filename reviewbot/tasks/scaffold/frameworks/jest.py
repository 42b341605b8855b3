"""Jest: its tests cannot skip themselves when they run, so what is unwritten is a todo beside a test of its call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from reviewbot.core.grammars import language_of
from reviewbot.tasks.scaffold.frameworks.ecmascript import calls, modules, packages
from reviewbot.tasks.scaffold.frameworks.ecmascript import places as standing
from reviewbot.tasks.scaffold.frameworks.ecmascript.files import WORDS, Look, Words, block, entitled, look, written
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
    return written(settled, words, seen, _unwritten(suite, seen, test))


def _imports(suite: Suite, seen: Look, test: str) -> tuple[str, ...]:
    """None where the globals are used, as they are in most repositories."""
    around = suite.around or Surroundings(frozenset())
    known = {name for package in packages.packages(around, suite.path) for name in package.dependencies}
    explicit = seen.says(r"@jest/globals")
    # Without declarations of the globals TypeScript knows none of their names.
    untyped = language_of(suite.path) in packages.TYPED and "@types/jest" not in known and not seen.texts
    if not explicit and not untyped:
        return ()
    names = ", ".join(sorted({"describe", "expect", test}))
    source = seen.literal("@jest/globals")
    return (f"import {{ {names} }} from {source};" if seen.modern else f"const {{ {names} }} = require({source});",)


def _unwritten(suite: Suite, seen: Look, test: str) -> Iterator[str]:
    """A test for each call, which is an assertion: one that throws fails, and hides none of the others."""
    left = [case for case in suite.cases if not case.is_written]
    for case in left:
        made = calls.call(case, suite.target, seen.quote)
        # Where no type tells, a promise may come: one that rejects and that nobody waits for ends the whole run.
        waits = suite.target.is_async or not suite.target.returns
        head, check = ("async () =>", f"await {made};") if waits else ("() =>", f"expect(() => {made}).not.toThrow();")
        what = "reject" if suite.target.is_async else "throw"
        yield block(test, f"does not {what} where {case.name}", head, [check], seen.quote)
    todos = [f"  {test}.todo({entitled(f'{case.name}: {WORDS}', seen.quote)});\n" for case in left]
    if todos:
        yield "".join(todos)
