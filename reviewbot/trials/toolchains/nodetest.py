"""The test runner of node: it lists no tests, so they are found with functions in its place that note their names."""

from __future__ import annotations

import re

from reviewbot.trials.commands import Command, Ground
from reviewbot.trials.toolchains import npm

#: Put in before the file is loaded: a group is opened, a test is named and not run.
_NOTING = (
    'data:text/javascript,import{createRequire as c,syncBuiltinESMExports as s}from"node:module";'
    'const t=c(process.cwd()+"/")("node:test"),n=()=>console.log("collected a test"),g=(...a)=>a.at(-1)();'
    "t.test=t.it=n;t.describe=t.suite=g;s()"
)
_NOTED = re.compile(r"^collected a test$", re.MULTILINE)


def collecting(ground: Ground, path: str) -> Command:
    return _call(ground, path, "--import", _NOTING)


def running(ground: Ground, path: str) -> Command:
    return _call(ground, path, "--test", "--test-reporter=spec")


def _call(ground: Ground, path: str, *arguments: str) -> Command:
    folder = npm.home(ground, path)
    # A newer node strips types by itself; what more TypeScript needs, the repository has to have.
    loaded = path.endswith(npm.TYPED) and npm.is_installed(ground, path, "tsx")
    loader = ("--import", "tsx") if loaded else ()
    return npm.called((npm.node(ground), *loader, *arguments, str(ground.root / path)), folder)


def collected(code: int, output: str) -> bool:
    return code == 0 and _NOTED.search(output) is not None


def passed(code: int, output: str) -> bool:
    return code == 0
