"""Programs of Ruby: in the folder of their gem, with the gems of its lock file or with those of the machine."""

from __future__ import annotations

from reviewbot.tasks.scaffold.frameworks import rubies
from reviewbot.trials.commands import Command, Ground, MissingToolError

#: bundler knows by its own `check` whether all gems are here; nothing of the copy is part of this text.
_EITHER = 'if "$0" check >/dev/null 2>&1; then exec "$0" exec "$@"; else exec "$@"; fi'


def command(ground: Ground, path: str, program: str, *options: str) -> Command:
    """A program with its options and the file last. Raises MissingToolError."""
    top = rubies.root(path, ground.paths)
    # A file that is called as an option is would be one.
    line = (_found(ground, program), *options, f"./{path.removeprefix(top)}")
    bundler, shell = ground.which("bundle"), ground.which("sh")
    if bundler is not None and shell is not None and f"{top}Gemfile.lock" in ground.paths:
        line = (shell, "-c", _EITHER, bundler, *line)
    environment = {
        "BUNDLE_FROZEN": "true", "BUNDLE_IGNORE_CONFIG": "1", "BUNDLE_DISABLE_VERSION_CHECK": "true",
        "BUNDLE_USER_HOME": str(ground.scratch / "bundle"), "LANG": "C.UTF-8",
    }  # fmt: skip
    return Command(line, environment, top.rstrip("/"))


def _found(ground: Ground, program: str) -> str:
    found = ground.which(program)
    if found is None:
        raise MissingToolError(program)
    return found
