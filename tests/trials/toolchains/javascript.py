"""Small repositories of JavaScript and TypeScript, and the real runners of `make runners` in them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from reviewbot.tasks.scaffold import manifests, planning
from reviewbot.tasks.scaffold.suites import Case, Suite, Surroundings
from reviewbot.trials.commands import Command, Ground, Toolchain
from reviewbot.trials.toolchains import jest, mocha, nodetest, vitest
from tests.readings import diff
from tests.requirements import require

MODULES = Path(__file__).parents[1] / "runner" / "node_modules"
TOOLCHAINS: Mapping[str, Toolchain] = {"jest": jest, "vitest": vitest, "mocha": mocha, "nodetest": nodetest}
_NODE = shutil.which("node")


def needs_runners() -> None:
    """Skip, and in CI fail, where node or what `make runners` installs is not here."""
    require(_NODE, "node 20 or newer")
    require((MODULES / ".package-lock.json").is_file(), "the test frameworks of node: make runners")


@dataclass(frozen=True)
class Tree:
    """A repository with its dependencies linked beside it."""

    root: Path
    files: Mapping[str, str]

    @classmethod
    def at(cls, root: Path, files: Mapping[str, str]) -> Tree:
        tree = cls(root, dict(files))
        for path, text in files.items():
            tree.write(path, text)
        (root / "node_modules").symlink_to(MODULES)
        return tree

    def write(self, path: str, text: str) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def suite(self, path: str) -> Suite:
        """The one suite for a file that the change adds."""
        (suite,) = self.suites(path)
        return suite

    def suites(self, path: str) -> list[Suite]:
        told = {one: text for one, text in self.files.items() if manifests.tells(one)}
        around = Surroundings(frozenset(self.files), told)
        made = list(planning.suites(diff(path, None, self.files[path]), around, lambda _: True))
        suites = [one for one in made if isinstance(one, Suite)]
        assert suites == made
        return suites

    def tried(self, suite: Suite, *, collecting: bool = False) -> tuple[bool, str]:
        """What the framework's own runner makes of a suite, and what it prints."""
        self.write(suite.path, planning.rendered(suite))
        toolchain = TOOLCHAINS[suite.framework]
        paths = frozenset({*self.files, suite.path})
        ground = Ground(self.root, shutil.which, paths, self.root.parent / "scratch")
        if collecting:
            code, output = self.run(toolchain.collecting(ground, suite.path))
            return toolchain.collected(code, output), output
        code, output = self.run(toolchain.running(ground, suite.path))
        return toolchain.passed(code, output), output

    def run(self, command: Command) -> tuple[int, str]:
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.root.parent), **command.environment}
        done = subprocess.run(
            command.argv, cwd=self.root / command.folder, env=environment, text=True, timeout=120, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return done.returncode, done.stdout


def filled(suite: Suite, expected: Callable[[Case], str]) -> Suite:
    """The suite with an expectation in every hole."""
    return planning.filled(suite, {number: expected(suite.cases[number]) for number in planning.holes(suite)})
