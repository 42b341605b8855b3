"""A stranger's code fetched where there are secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from reviewbot.checks.workflows.expressions import HEAD, expressions, normal
from reviewbot.checks.workflows.model import Job, Sighting, Workflow, word
from reviewbot.core.findings import Rule, Severity
from reviewbot.core.nodes import Node

CHECKOUT = Rule(
    "workflows/untrusted-checkout", Severity.CRITICAL, "A stranger's code is checked out where there are secrets",
    "Whoever opens a pull request decides what runs with this repository's token and secrets.", 0.95,
)  # fmt: skip
TRIGGER = Rule(
    "workflows/privileged-trigger", Severity.LOW, "Strangers' pull requests start it with secrets",
    "`pull_request_target` runs with a token that can write: nothing of the pull request may run in it.", 0.9,
)  # fmt: skip

#: More of them in one workflow say nothing new.
MAX_FETCHES = 20
_EVENTS = ("pull_request_target", "workflow_run", "issue_comment")
_PULL = re.compile(r"(refs/)?(remotes/)?pull/(\$\{\{|\$\{?[a-z_]|[\"']?\$)", re.IGNORECASE)
_GIT = re.compile(r"\bgit\s+(-\S+\s+){0,4}(fetch|pull|checkout|switch|reset|merge|clone|worktree|cherry-pick)\b")
_GH = re.compile(r"\bgh\s+pr\s+checkout\b")
_VARIABLE = re.compile(r"\$\{?GITHUB_HEAD_REF\b")
#: Conditions under which the code is this repository's own.
_OWN = re.compile(r"head\.repo\.full_name\s*==\s*github\.repository|"
                  r"github\.repository\s*==\s*github\.event\.pull_request|head\.repo\.fork\s*==\s*false|head\.repo\.fork\s*!=\s*true|!\s*github\.event\.pull_request\.head\."
                  r"repo\.fork|head_repository\.full_name\s*==\s*github\.repository|head_repository\.fork\s*==\s*false|"
                  r"workflow_run\.event\s*==\s*'(push|schedule|release|workflow_dispatch|merge_group)'")  # fmt: skip
#: Conditions and scripts by which somebody of the project has had a say.
_ASKED = re.compile(r"author_association|\.labels?\b|permission|collaborator", re.IGNORECASE)


def sightings(workflow: Workflow) -> Iterator[Sighting]:
    events = tuple(event for event in _EVENTS if event in workflow.triggers)
    if not events:
        return
    lines = tuple(workflow.triggers[event] for event in events)
    steps = ((job, step) for job in workflow.jobs for step in job.steps)
    found = list(islice(((job, step, *fetch) for job, step in steps for fetch in _fetches(step)), MAX_FETCHES))
    for job, step, places, what in found:
        severity = _severity(job, step, events[0])
        yield Sighting(CHECKOUT, f"{severity} {what}", (*places, *lines), severity=severity,
                       body=f"`{events[0]}` runs with secrets. {CHECKOUT.reason}")  # fmt: skip
    if not found and "pull_request_target" in events:
        yield Sighting(TRIGGER, "", (workflow.triggers["pull_request_target"],))


def _fetches(step: Node) -> Iterator[tuple[tuple[int, ...], str]]:
    """The lines on which a step gets the code of a pull request, and how."""
    uses = step.get("uses")
    if uses is not None and (uses.text or "").lower().startswith("actions/checkout@"):
        for name in ("ref", "repository"):
            value = step.get("with", name)
            if value is not None and value.text and _is_head(value.text):
                yield (value.line, uses.line), normal(value.text)
                return
        if word(step, "with", "allow-unsafe-pr-checkout") == "true":
            yield (uses.line,), "allow-unsafe-pr-checkout"
    run = step.get("run")
    for number, line in enumerate((run.text or "").split("\n") if run is not None else ()):
        if run is not None and (_GH.search(line) or (_GIT.search(line) and (_is_head(line) or _VARIABLE.search(line)))):
            # A block's text begins on the line after its mark; one line of plain text on its own.
            at = run.line + number + (run.last > run.line)
            yield (min(at, run.last), run.line), " ".join(line.split())
            return


def _is_head(text: str) -> bool:
    return _PULL.search(text) is not None or any(HEAD.search(normal(part)) for _, part in expressions(text))


def _severity(job: Job, step: Node, event: str) -> Severity:
    """Critical where something runs afterwards; less where somebody of the project is asked before."""
    conditions = " ".join((word(job.node, "if"), word(step, "if")))
    if _OWN.search(conditions):
        return Severity.LOW
    runs = any(later.get("run") or word(later, "uses").startswith("./") for later in job.after(step))
    before = (word(earlier, *keys) for earlier in job.before(step) for keys in (("run",), ("with", "script")))
    asked = job.node.get("environment") is not None or any(map(_ASKED.search, (conditions, *before)))
    severity = Severity.CRITICAL if runs and event != "issue_comment" else Severity.HIGH
    return Severity(severity - 1) if asked else severity
