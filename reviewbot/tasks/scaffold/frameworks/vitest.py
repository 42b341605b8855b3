"""Vitest: tests that skip themselves when they run, imports written out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reviewbot.core.grammars import language_of
from reviewbot.tasks.scaffold.frameworks.ecmascript import modules, packages
from reviewbot.tasks.scaffold.frameworks.ecmascript import places as standing
from reviewbot.tasks.scaffold.frameworks.ecmascript.files import Words, is_simple, look, written
from reviewbot.tasks.scaffold.suites import Suite, Surroundings, Target

NAME = "vitest"
_CONFIGURATIONS = tuple(f"vitest.config.{end}" for end in ("ts", "mts", "cts", "js", "mjs", "cjs"))
SIGNS = packages.Signs(
    frozenset({"vitest", "@vitest/coverage-v8", "@vitest/coverage-istanbul", "@vitest/ui"}),
    re.compile(r"\bvitest\b"), _CONFIGURATIONS, frozenset(),
    re.compile(r"""["']vitest["']"""),
)  # fmt: skip
#: Its own API is for ES modules alone.
_ENDINGS = {".cjs": ".mjs"}


def weight(around: Surroundings, path: str) -> int:
    # Without a sign of any other: node runs few TypeScript projects as they are, vitest needs no setting to.
    return packages.weight(around, path, SIGNS) or int(language_of(path) in packages.TYPED)


def places(target: Target, around: Surroundings) -> Sequence[str]:
    return standing.places(target, around, _ENDINGS)


def module(target: Target, path: str, around: Surroundings) -> str:
    return modules.specifier(target, path, around, "")


def render(suite: Suite) -> str:
    seen = look(suite, modern=True)
    test = ("test", "it")[seen.most(r"\btest[.(]", r"\bit[.(]")]
    names = ", ".join(sorted({"describe", "expect", test}))
    words = Words(
        "describe", test, (f"import {{ {names} }} from {seen.literal(NAME)};",), returns, throws,
        (str, "({ skip }) =>", lambda seen: (f"skip({seen})",)),
    )  # fmt: skip
    return written(suite, words, seen)


def returns(made: str, expected: str) -> str:
    return f"expect({made}).{'toBe' if is_simple(expected) else 'toEqual'}({expected})"


def throws(made: str, error: str, waits: bool) -> str:
    return f"expect({'async ' if waits else ''}() => {made}).{'rejects.' if waits else ''}toThrow({error})"
