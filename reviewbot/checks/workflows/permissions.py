"""What a workflow's token may do, and what else it hands out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.checks.workflows.expressions import expressions, normal
from reviewbot.checks.workflows.model import STRANGERS, Sighting, Workflow, word
from reviewbot.core.findings import Rule, Severity
from reviewbot.core.nodes import Node, walk
from reviewbot.core.text import clipped, visible

PERMISSIONS = Rule(
    "workflows/permissions", Severity.MEDIUM, "The token may do more",
    "Every action and script of the job can use it.", 0.9,
)  # fmt: skip
SECRETS = Rule(
    "workflows/secrets", Severity.MEDIUM, "All secrets are handed over",
    "Name the ones that are needed: the others are none of its business.", 0.9,
)  # fmt: skip
COMMANDS = Rule(
    "workflows/unsafe-commands", Severity.HIGH, "Commands in printed text are obeyed",
    "Any text that reaches the log can set variables and paths of later steps.", 0.95,
)  # fmt: skip
SELF_HOSTED = Rule(
    "workflows/self-hosted", Severity.MEDIUM, "Pull requests run on a machine of one's own",
    "If the repository is public, strangers' code runs on it and may stay there.", 0.7,
)  # fmt: skip
KEPT = Rule(
    "workflows/kept-credentials", Severity.LOW, "The token stays in the work tree",
    "Every later step, and every artifact made of the folder, can read it from `.git/config`.", 0.8,
)  # fmt: skip

#: Scopes that let a thief publish, release or sign.
_STRONG = frozenset({"*", "contents", "packages", "id-token", "actions", "deployments", "attestations"})
_LEVELS = frozenset({"none", "read", "write"})
_ALL = {"read-all": "read", "write-all": "write"}
_EVERY_SECRET = re.compile(r"\btojson\(\s*secrets\s*\)")


def sightings(workflow: Workflow) -> Iterator[Sighting]:
    for name, node in _places(workflow):
        if node is not None and node.text == "write-all":
            yield Sighting(PERMISSIONS, f"write-all {name}", (node.line,), title="The token may write everything",
                           severity=Severity.HIGH if workflow.privileged else Severity.MEDIUM)  # fmt: skip
    yield from _secrets(workflow)
    for node in walk((workflow.root,)):
        for name, key, value in node.entries():
            if name == "ACTIONS_ALLOW_UNSECURE_COMMANDS" and (value.text or "").lower() == "true":
                yield Sighting(COMMANDS, "", (value.line, key.line))
    for job in workflow.jobs:
        labels = job.node.get("runs-on")
        hosts = [node for node in labels.scalars() if node.text == "self-hosted"] if labels is not None else []
        if hosts and not STRANGERS.isdisjoint(workflow.triggers):
            lines = [line for name, line in workflow.triggers.items() if name in STRANGERS]
            yield Sighting(SELF_HOSTED, job.name, (hosts[0].line, *lines))
        for step in job.steps:
            kept = step.get("with", "persist-credentials")
            if kept is not None and kept.text == "true" and word(step, "uses").startswith("actions/checkout@"):
                yield Sighting(KEPT, "", (kept.line,))


def _secrets(workflow: Workflow) -> Iterator[Sighting]:
    for job in workflow.jobs:
        secrets, uses = job.node.get("secrets"), word(job.node, "uses")
        if secrets is not None and secrets.text == "inherit" and uses and not uses.startswith("./"):
            name = clipped(visible(uses.partition("@")[0]), 80)
            yield Sighting(SECRETS, uses.partition("@")[0], (secrets.line,), title=f"{SECRETS.title} to {name}")
    for node in walk((workflow.root,)):
        if node.text and any(_EVERY_SECRET.search(normal(part)) for _, part in expressions(node.text)):
            yield Sighting(SECRETS, "toJSON", (node.line, *range(node.line + 1, node.last + 1)))


def _places(workflow: Workflow) -> Iterator[tuple[str, Node | None]]:
    yield "", workflow.root.get("permissions")
    for job in workflow.jobs:
        yield f"job {job.name}", job.node.get("permissions")


def widened(old: Workflow, new: Workflow) -> Iterator[Sighting]:
    """Permissions to write that the same place had not before."""
    before = dict(_places(old))
    for name, node in _places(new):
        known = before.get(name)
        if node is None or known is None or node.text == "write-all":
            continue
        had = _granted(known)
        for scope, (level, line) in _granted(node).items():
            was = had.get(scope, had.get("*", ("none", 0)))[0]
            if level == "write" != was:
                severe = bool(new.privileged) and scope in _STRONG
                shown = "everything" if scope == "*" else clipped(visible(scope), 40)
                yield Sighting(PERMISSIONS, f"{name} {scope}", (line,), title=f"{PERMISSIONS.title}: write {shown}",
                               severity=Severity.HIGH if severe else Severity.MEDIUM,
                               body=f"It had {was}. {PERMISSIONS.reason}")  # fmt: skip


def _granted(node: Node) -> dict[str, tuple[str, int]]:
    if node.text is not None:
        return {"*": (_ALL[node.text], node.line)} if node.text in _ALL else {}
    return {name: (value.text, key.line) for name, key, value in node.entries() if value.text in _LEVELS}
