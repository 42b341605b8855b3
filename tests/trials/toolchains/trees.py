"""Repositories with one changed file, their scaffolds, and what the real runners say of them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from reviewbot.tasks.scaffold import planning
from reviewbot.tasks.scaffold.suites import Case, Suite, Surroundings
from reviewbot.trials.commands import Command, Ground, Toolchain
from tests.readings import diff

#: Where package managers of users put what Debian's do not: rustup, go.
_ELSEWHERE = (*(str(Path.home() / one) for one in (".cargo/bin", "go/bin")), "/usr/local/go/bin")


def which(name: str) -> str | None:
    return shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), *_ELSEWHERE)))


def suites(files: Mapping[str, str], path: str, old: str | None = None) -> list[Suite]:
    """The suites for one file of a repository, new unless `old` is what it was."""
    found = planning.suites(diff(path, old, files[path]), Surroundings(frozenset(files), dict(files)), lambda _: True)
    return [one for one in found if isinstance(one, Suite)]


@dataclass(frozen=True)
class Tried:
    """What a runner says."""

    code: int
    output: str
    ok: bool


@dataclass(frozen=True)
class Trial:
    """A repository in a folder."""

    toolchain: Toolchain
    root: Path
    scratch: Path
    files: Mapping[str, str]

    def write(self, files: Mapping[str, str]) -> Trial:
        for name, text in files.items():
            place = self.root / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        return replace(self, files={**self.files, **files})

    def collect(self, path: str) -> Tried:
        code, output = self._call(self.toolchain.collecting(self._ground(), path))
        return Tried(code, output, self.toolchain.collected(code, output))

    def run(self, path: str) -> Tried:
        code, output = self._call(self.toolchain.running(self._ground(), path))
        return Tried(code, output, self.toolchain.passed(code, output))

    def _ground(self) -> Ground:
        return Ground(self.root, which, frozenset(self.files), self.scratch)

    def _call(self, command: Command) -> tuple[int, str]:
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.scratch), "LANG": "C.UTF-8", **command.environment}
        run = subprocess.run(command.argv, cwd=self.root / command.folder, env=environment, capture_output=True,
                             text=True, errors="replace", timeout=300)  # fmt: skip
        return run.returncode, run.stdout + run.stderr


def trial(toolchain: Toolchain, folder: Path, files: Mapping[str, str], scratch: Path) -> Trial:
    folder.mkdir(parents=True, exist_ok=True)
    scratch.mkdir(parents=True, exist_ok=True)
    return Trial(toolchain, folder, scratch, {}).write(files)


def filled(suite: Suite, answers: Mapping[str, str]) -> Suite:
    """The suite with expectations by the names of its cases; those without stay unwritten."""
    assert set(answers) <= {case.name for case in suite.cases}, [case.name for case in suite.cases]
    cases: list[Case] = [replace(case, expected=answers.get(case.name, case.expected)) for case in suite.cases]
    return replace(suite, cases=tuple(cases))
