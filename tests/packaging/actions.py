"""Jobs of GitHub Actions that run action.yml: a real checkout, a real event, and what the runner was told."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.packaging.machine import ENVIRONMENT, ROOT, WITHOUT_INDEX, answer
from tests.repositories import Work

EVENT = Path(__file__).with_name("data") / "pull_request.opened.json"
#: What GitHub's runner obeys in a log: a command after white space, or the older form anywhere in a line.
COMMAND = re.compile(r"^\s*::([\w-]+)[^\n]*?::|##\[([\w-]+)", re.MULTILINE)


@dataclass(frozen=True)
class Ran:
    """What became of a job. `outputs` are the action's own; `log` is all that its steps printed."""

    ok: bool
    exit: int | None
    outputs: dict[str, str]
    log: str
    env: dict[str, str]
    path: list[str]
    warnings: list[str]
    problems: list[str]
    summary: str

    @property
    def commands(self) -> list[str]:
        return [one or other for one, other in COMMAND.findall(self.log)]

    def report(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(Path(self.outputs["report"]).read_text())
        return document


@dataclass(frozen=True)
class Job:
    """One job on a runner: `workspace` is the checkout, `temp` the runner's temporary folder."""

    workspace: Path
    temp: Path
    event: dict[str, Any]
    action: Path = ROOT
    env: Mapping[str, str] = field(default_factory=dict)
    github: Mapping[str, str] = field(default_factory=dict)

    def run(self, **inputs: str) -> Ran:
        """Run the action; an input `fail_on` is its `fail-on`."""
        said = answer("composite.mjs", {
            "action": str(self.action), "workspace": str(self.workspace), "temp": str(self.temp),
            "event_name": "pull_request", "event": self.event, "github": dict(self.github),
            "with": {name.replace("_", "-"): value for name, value in inputs.items()},
            "env": {**ENVIRONMENT, **WITHOUT_INDEX, **self.env},
        })  # fmt: skip
        document: dict[str, Any] = dict(said)
        step = document["steps"][0] if document["steps"] else {"exit": None}
        names = ("ok", "outputs", "log", "env", "path", "warnings", "problems", "summary")
        return Ran(exit=step["exit"], **{name: document[name] for name in names})

    def having(self, **env: str) -> Job:
        """The same job with variables of its own."""
        return replace(self, env={**self.env, **env})


def event(base: str, head: str, **members: object) -> dict[str, Any]:
    """GitHub's own example of an opened pull request, with the commits of a repository here."""
    said: dict[str, Any] = json.loads(EVENT.read_text())
    said["pull_request"]["base"]["sha"], said["pull_request"]["head"]["sha"] = base, head
    said["pull_request"].update(members)
    return said


def checked_out(work: Work, folder: Path, base: str = "main", head: str = "feature") -> tuple[Path, dict[str, Any]]:
    """What actions/checkout leaves with `fetch-depth: 0`: the merge of head into base, and the event that led to it."""
    checkout = Work.at(folder)
    checkout.git("remote", "add", "origin", str(work.path))
    checkout.git("fetch", "-q", "origin", f"{head}:refs/remotes/pull/1/head", f"{base}:refs/remotes/origin/{base}")
    checkout.git("checkout", "-q", "--detach", f"refs/remotes/origin/{base}")
    checkout.git("merge", "-q", "--no-ff", "-m", "merge", "refs/remotes/pull/1/head")
    return folder, event(work.git("rev-parse", base), work.git("rev-parse", head))
