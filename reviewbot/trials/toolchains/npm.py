"""Programs that npm and its like install, as they stand in node_modules above a file."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Mapping

from reviewbot.trials.commands import Command, Ground, MissingToolError

#: No watching, no colours, no questions, nothing from the network.
ENVIRONMENT: Mapping[str, str] = {
    "CI": "1", "NO_COLOR": "1", "npm_config_offline": "true", "NODE_DISABLE_COMPILE_CACHE": "1",
}  # fmt: skip
TYPED = (".ts", ".tsx", ".mts", ".cts")
_MAX_TEXT = 300_000


def node(ground: Ground) -> str:
    found = ground.which("node")
    if found is None:
        raise MissingToolError("node")
    return found


def program(ground: Ground, path: str, name: str) -> tuple[str, ...]:
    """The call of a program of the nearest node_modules. Raises MissingToolError."""
    interpreter = node(ground)
    for folder in above(path):
        place = ground.root / folder / "node_modules" / ".bin" / name
        if place.is_file():
            # What npm puts there leads to a script of node's, what pnpm puts there is one of a shell's.
            is_script = place.resolve().suffix in (".js", ".mjs", ".cjs")
            return (interpreter, str(place)) if is_script else (str(place),)
    raise MissingToolError(name)


def is_installed(ground: Ground, path: str, name: str) -> bool:
    return any((ground.root / folder / "node_modules" / name / "package.json").is_file() for folder in above(path))


def above(path: str) -> Iterator[str]:
    """The folders that a file is in, the innermost first, "" last."""
    folder = posixpath.dirname(path)
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""


def home(ground: Ground, path: str, *configurations: str) -> str:
    """The folder that a runner is called in: of its configuration, else of the nearest package."""
    named = [
        folder for folder in above(path) for name in configurations if posixpath.join(folder, name) in ground.paths
    ]
    packages = [folder for folder in above(path) if posixpath.join(folder, "package.json") in ground.paths]
    return next(iter((*named, *packages, "")))


def manifest(ground: Ground, folder: str) -> Mapping[str, object]:
    """package.json of a folder, nothing where it cannot be read."""
    try:
        text = (ground.root / folder / "package.json").read_text("utf-8", "replace")
        known = json.loads(text) if len(text) <= _MAX_TEXT else None
    except (OSError, ValueError, RecursionError):
        return {}
    return known if isinstance(known, dict) else {}


def called(argv: tuple[str, ...], folder: str, **environment: str) -> Command:
    return Command(argv, {**ENVIRONMENT, **environment}, folder)


def inside(path: str, folder: str) -> str:
    """A path from a folder above it, which no program takes for an option."""
    return f"./{posixpath.relpath(path, folder or '.')}"
