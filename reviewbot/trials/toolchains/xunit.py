"""`dotnet test` for one class, without a restore: packages are those that the copy was restored with."""

from __future__ import annotations

import re

from reviewbot.tasks.scaffold.frameworks import projects
from reviewbot.trials.commands import Command, Ground, MissingToolError

_LISTED = re.compile(r"^The following Tests are available:\s*^\s+\S", re.MULTILINE)
_NOTHING = re.compile(r"No test (?:matches|is available)")
#: What a filter would take for its own.
_SPECIAL = re.compile(r"[\\()&|=!~]")


def collecting(ground: Ground, path: str) -> Command:
    return _command(ground, path, "--list-tests")


def running(ground: Ground, path: str) -> Command:
    return _command(ground, path)


def collected(code: int, output: str) -> bool:
    return code == 0 and _LISTED.search(output) is not None


def passed(code: int, output: str) -> bool:
    return code == 0 and _NOTHING.search(output) is None


def _command(ground: Ground, path: str, *options: str) -> Command:
    program = ground.which("dotnet")
    if program is None:
        raise MissingToolError("dotnet")
    project = projects.nearest(path, ground.paths)
    if not project:
        raise MissingToolError("a project of .NET")
    folder, _, name = project.rpartition("/")
    tested = _SPECIAL.sub(r"\\\g<0>", path.rpartition("/")[2].removesuffix(".cs"))
    line = (program, "test", f"./{name}", "--no-restore", *options, "--filter", f"FullyQualifiedName~.{tested}.")
    environment = {
        "DOTNET_CLI_TELEMETRY_OPTOUT": "1", "DOTNET_NOLOGO": "1", "DOTNET_SKIP_FIRST_TIME_EXPERIENCE": "1",
        "DOTNET_CLI_HOME": str(ground.scratch / "dotnet"), "DOTNET_CLI_UI_LANGUAGE": "en",
        "MSBUILDDISABLENODEREUSE": "1",
    }  # fmt: skip
    return Command(line, environment, folder)
