"""Jest: with a pattern that no name matches it finds all tests of a file and runs none."""

from __future__ import annotations

import re

from reviewbot.trials.commands import Command, Ground
from reviewbot.trials.toolchains import npm

_CONFIGURATIONS = tuple(f"jest.config.{end}" for end in ("ts", "mts", "cts", "js", "mjs", "cjs", "json"))
_TRANSFORMS = (
    "babel.config.js",
    "babel.config.cjs",
    "babel.config.mjs",
    "babel.config.json",
    ".babelrc",
    ".babelrc.js",
)
_TOTAL = re.compile(r"^Tests:[^\n]{0,200}?\b[1-9]\d{0,8} total", re.MULTILINE)
_MODULES = "--experimental-vm-modules"


def collecting(ground: Ground, path: str) -> Command:
    return _call(ground, path, "--testNamePattern=(?!)")


def running(ground: Ground, path: str) -> Command:
    return _call(ground, path)


def _call(ground: Ground, path: str, *arguments: str) -> Command:
    folder = npm.home(ground, path, *_CONFIGURATIONS)
    options = (
        "--ci", "--watchman=false", "--watchAll=false", "--coverage=false", "--reporters=default",
        f"--cacheDirectory={ground.scratch / 'jest'}", "--passWithNoTests=false", *arguments,
        "--runTestsByPath", str(ground.root / path),
    )  # fmt: skip
    environment = {"NODE_OPTIONS": _MODULES} if _needs_modules(ground, path) else {}
    return npm.called((*npm.program(ground, path, "jest"), *options), folder, **environment)


def _needs_modules(ground: Ground, path: str) -> bool:
    """Whether jest has to load ES modules itself, which node lets it only where it is told to."""
    manifest = npm.manifest(ground, npm.home(ground, path))
    if _MODULES in str(manifest.get("scripts", "")):
        return True
    translated = "babel" in manifest or any(
        f"{folder}/{name}".lstrip("/") in ground.paths for folder in npm.above(path) for name in _TRANSFORMS
    )
    return not translated and (manifest.get("type") == "module" or path.endswith(".mjs"))


def collected(code: int, output: str) -> bool:
    return code == 0 and _TOTAL.search(output) is not None


def passed(code: int, output: str) -> bool:
    return code == 0
