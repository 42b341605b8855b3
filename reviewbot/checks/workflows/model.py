"""What a GitHub workflow or composite action says, as far as its security goes, with the lines that say it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from reviewbot.core.diff import split_lines
from reviewbot.core.findings import Rule, Severity
from reviewbot.core.nodes import Node, NodesError, compose

WORKFLOW = re.compile(r"\.(github|gitea|forgejo)/workflows/[^/]+\.ya?ml$", re.IGNORECASE)
ACTION = re.compile(r"(.*/)?action\.ya?ml$", re.IGNORECASE)

#: Steps that are looked at in one file, variables in one place.
MAX_STEPS = 2_000
MAX_VARIABLES = 200
NONE = Node(0, 0)

#: Events that strangers cause and that run with the repository's secrets and a token that can write.
PRIVILEGED = frozenset({
    "pull_request_target", "workflow_run", "issue_comment", "issues", "discussion", "discussion_comment",
    "fork", "watch", "gollum",
})  # fmt: skip
#: Events that strangers cause.
STRANGERS = PRIVILEGED | {"pull_request", "pull_request_review", "pull_request_review_comment"}


@dataclass(frozen=True, slots=True)
class Sighting:
    """A rule met on one side. It is new where the other side has no equal `key`; `lines` all have a part in it."""

    rule: Rule
    key: str
    lines: tuple[int, ...]
    title: str = ""
    body: str = ""
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A job, or the one list of steps of an action."""

    name: str
    node: Node
    steps: tuple[Node, ...]

    def before(self, step: Node) -> tuple[Node, ...]:
        return self.steps[: self._place(step)]

    def after(self, step: Node) -> tuple[Node, ...]:
        return self.steps[self._place(step) + 1 :]

    def _place(self, step: Node) -> int:
        return next(place for place, other in enumerate(self.steps) if other is step)


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow; an action has no triggers, for any workflow may call it."""

    root: Node
    rows: list[str]
    triggers: dict[str, int]
    jobs: tuple[Job, ...]
    is_action: bool = False

    @property
    def privileged(self) -> tuple[str, ...]:
        return tuple(name for name in self.triggers if name in PRIVILEGED)

    def source(self, node: Node) -> str:
        """The text of the lines a node stands on."""
        return "\n".join(self.rows[node.line - 1 : node.last])

    def variables(self, job: Job, step: Node) -> Iterator[tuple[str, str]]:
        """The variables that a step sees with their texts, the nearest definition last."""
        for holder in (self.root, job.node, step):
            for name, _, value in islice((holder.get("env") or NONE).entries(), MAX_VARIABLES):
                yield name.lower(), value.text or ""


def parse(path: str, text: str | None) -> Workflow | None:
    """The workflow or composite action of that name; None for anything else."""
    is_action = WORKFLOW.match(path) is None
    if text is None or (is_action and not ACTION.match(path)):
        return None
    try:
        root = next(iter(compose(text)), None)
    except NodesError:
        return None
    if root is None:
        return None
    rows = split_lines(text)
    if is_action:
        runs = root.get("runs")
        steps = ((runs or NONE).get("steps") or NONE).items[:MAX_STEPS]
        return Workflow(root, rows, {}, (Job("", runs or NONE, steps),), is_action=True)
    return Workflow(root, rows, _triggers(root.get("on")), tuple(_jobs(root)))


def _jobs(root: Node) -> Iterator[Job]:
    """The jobs, until they have MAX_STEPS: by aliases a small file has as many as it likes."""
    left = MAX_STEPS
    for name, _, node in (root.get("jobs") or NONE).entries():
        steps = (node.get("steps") or NONE).items[:left]
        yield Job(name, node, steps)
        left -= len(steps) + 1
        if left <= 0:
            return


def _triggers(node: Node | None) -> dict[str, int]:
    if node is None:
        return {}
    if node.pairs:
        return {name: key.line for name, key, _ in node.entries()}
    return {scalar.text: scalar.line for scalar in node.scalars() if scalar.text}


def word(node: Node | None, *keys: str) -> str:
    """The scalar under a path of keys, "" where there is none."""
    found = node.get(*keys) if node is not None else None
    return found.text or "" if found is not None else ""
