"""Text that strangers write, put into a script before the script is read."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.checks.workflows.expressions import expressions, tainted, untrusted
from reviewbot.checks.workflows.model import STRANGERS, Job, Sighting, Workflow, word
from reviewbot.core.findings import Rule, Severity
from reviewbot.core.nodes import Node
from reviewbot.core.text import clipped, visible

INJECTION = Rule(
    "workflows/injection", Severity.HIGH, "A stranger's text becomes part of a script",
    "It is put in before the script is read, quotes and all: pass it through `env` and use the variable.", 0.95,
)  # fmt: skip

#: Inputs of actions that run as a script.
_SCRIPTS = {
    "actions/github-script": "script", "azure/cli": "inlineScript", "azure/powershell": "inlineScript",
    "appleboy/ssh-action": "script", "nick-fields/retry": "command",
}  # fmt: skip


def sightings(workflow: Workflow) -> Iterator[Sighting]:
    reachable = not workflow.triggers or "workflow_call" in workflow.triggers
    severity = Severity.HIGH if reachable or workflow.privileged else Severity.MEDIUM
    if not reachable and STRANGERS.isdisjoint(workflow.triggers) and "push" not in workflow.triggers:
        return
    seen: set[int] = set()
    for job in workflow.jobs:
        for step in job.steps:
            for script in _scripts(step):
                if id(script) in seen:  # an alias
                    continue
                seen.add(id(script))
                yield from _injected(workflow, job, step, script, severity)


def _scripts(step: Node) -> Iterator[Node]:
    run = step.get("run")
    if run is not None and run.text:
        yield run
    parameter = _SCRIPTS.get(word(step, "uses").partition("@")[0].lower())
    script = step.get("with", parameter) if parameter else None
    if script is not None and script.text:
        yield script


def _injected(workflow: Workflow, job: Job, step: Node, script: Node, severity: Severity) -> Iterator[Sighting]:
    source = workflow.source(script)
    variables = tainted(workflow.variables(job, step)) if "env" in source else {}
    for line, expression in expressions(source):
        what = untrusted(expression, variables)
        # A comment of YAML stands on the line and not in the script.
        if what is not None and expression.split("\n", 1)[0] in (script.text or ""):
            yield Sighting(INJECTION, what, (script.line + line,), severity=severity,
                           title=f"{INJECTION.title}: {clipped(visible(what), 80)}")  # fmt: skip
