"""The test runner of node itself: nothing to install, tests that skip themselves when they run."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reviewbot.core.grammars import language_of
from reviewbot.tasks.scaffold.frameworks.ecmascript import asserting, modules, packages
from reviewbot.tasks.scaffold.frameworks.ecmascript import places as standing
from reviewbot.tasks.scaffold.frameworks.ecmascript.files import Words, look, written
from reviewbot.tasks.scaffold.suites import Suite, Surroundings, Target

NAME = "nodetest"
SIGNS = packages.Signs(
    frozenset(), re.compile(r"\b(?:node|tsx)\b[^\n|&;]{0,80}?\s--test\b"), (), frozenset(),
    re.compile(r"""["']node:test["']"""),
)  # fmt: skip
#: What lets node load TypeScript that is more than types to strip.
LOADERS = frozenset({"tsx", "ts-node", "@swc-node/register"})


def weight(around: Surroundings, path: str) -> int:
    found = packages.weight(around, path, SIGNS)
    if found or language_of(path) not in packages.TYPED:
        return found
    return 2 * any(LOADERS & package.dependencies for package in packages.packages(around, path))


def places(target: Target, around: Surroundings) -> Sequence[str]:
    return standing.places(target, around)


def module(target: Target, path: str, around: Surroundings) -> str:
    typed = target.language in packages.TYPED
    loaded = any(LOADERS & package.dependencies for package in packages.packages(around, path))
    # Node resolves no ending, neither of an ES module nor of TypeScript.
    native = modules.is_module(around, path, target) and not (typed and loaded)
    return modules.specifier(target, path, around, "own" if native else "")


def render(suite: Suite) -> str:
    seen = look(suite)
    test = ("test", "it")[seen.most(r"\btest[.(]", r"\bit[.(]")]
    names, source = ", ".join(sorted({"describe", test})), seen.literal("node:test")
    first = f"import {{ {names} }} from {source};" if seen.modern else f"const {{ {names} }} = require({source});"
    words = Words(
        "describe", test, (asserting.imported(seen), first), asserting.returns, asserting.throws,
        (str, "(t) =>", lambda seen: (f"t.skip({seen})",)),
    )  # fmt: skip
    return written(suite, words, seen)
