"""The Python that a project's tests run on, and what it finds its modules by."""

from __future__ import annotations

from pathlib import Path

from reviewbot.tasks.scaffold.frameworks.python_layout import project, search_path
from reviewbot.trials.commands import Command, Ground, MissingToolError


def command(ground: Ground, path: str, program: str, *arguments: str) -> Command:
    """A call from the folder of the project. The tree comes before what is installed: that may be the same project."""
    found = search_path(path, ground.paths)
    environment = {
        "PYTHONPATH": ":".join(str(ground.root / folder) for folder in found),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return Command((program, *arguments), environment, project(path, ground.paths))


def python(ground: Ground, beside: str = "") -> str:
    """The Python in the folder of a program, else the first of the machine. Raises MissingToolError."""
    names = ("python3", "python")
    near = ground.which(beside) if beside else None
    if beside and near is None:
        raise MissingToolError(beside)
    candidates = [Path(near).parent / name for name in names] if near is not None else []
    program = next((str(one) for one in candidates if one.is_file()), None)
    program = program or next((found for name in names if (found := ground.which(name)) is not None), None)
    if program is None:
        raise MissingToolError("python3")
    return program


def relative(ground: Ground, path: str) -> str:
    """A path as it is called from the folder of the project."""
    folder = project(path, ground.paths)
    return path[len(folder) + 1 :] if folder else path
