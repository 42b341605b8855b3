"""Mocha: a dry run finds tests and runs none. Its configuration may name more files than ours, which are kept out."""

from __future__ import annotations

import re

from reviewbot.trials.commands import Command, Ground
from reviewbot.trials.toolchains import npm

_CONFIGURATIONS = tuple(f".mocharc.{end}" for end in ("js", "cjs", "yaml", "yml", "jsonc", "json"))
_PASSING = re.compile(r"^[ \t]{0,20}[1-9]\d{0,8} passing\b", re.MULTILINE)
_FAILING = re.compile(r"^[ \t]{0,20}[1-9]\d{0,8} failing\b", re.MULTILINE)
_PATTERN = re.compile(r"[*?\[\](){}!+@|\\]")


def collecting(ground: Ground, path: str) -> Command:
    return _call(ground, path, "--dry-run")


def running(ground: Ground, path: str) -> Command:
    return _call(ground, path)


def _call(ground: Ground, path: str, *arguments: str) -> Command:
    folder = npm.home(ground, path, *_CONFIGURATIONS)
    place = str(ground.root / path)
    others = "!" + _PATTERN.sub("?", place)
    options = ("--reporter=spec", "--no-color", "--no-parallel", *arguments, "--ignore", others, place)
    return npm.called((*npm.program(ground, path, "mocha"), *options), folder)


def collected(code: int, output: str) -> bool:
    return code == 0 and _PASSING.search(output) is not None


def passed(code: int, output: str) -> bool:
    return code == 0 and _FAILING.search(output) is None
