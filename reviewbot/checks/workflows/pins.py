"""Code of others that a workflow runs, by a name that can be moved."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.checks.workflows.model import NONE, Sighting, Workflow
from reviewbot.core.findings import Rule, Severity
from reviewbot.core.nodes import Node
from reviewbot.core.text import clipped, visible

UNPINNED = Rule(
    "workflows/unpinned", Severity.MEDIUM, "Runs what a name points to at the time",
    "Whoever can move the tag or branch runs code with this workflow's token: pin the commit.", 0.95,
)  # fmt: skip

_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_VERSION = re.compile(r"v?\d+(\.\d+)*")
#: GitHub's own: it runs the machine too.
_FIRST_PARTY = frozenset({"actions", "github"})


def sightings(workflow: Workflow) -> Iterator[Sighting]:
    """One an action, at every line that uses it."""
    places: dict[str, list[tuple[Node, str]]] = {}
    for node in _uses(workflow):
        name, _, ref = (node.text or "").strip().partition("@")
        local = name.startswith((".", "docker:")) or "${{" in name + ref
        if name and ref and not local and not _COMMIT.fullmatch(ref):
            places.setdefault(name.lower(), []).append((node, ref))
    for name, uses in places.items():
        shown, moving = clipped(visible(name), 80), any(not _VERSION.fullmatch(ref) for _, ref in uses)
        first = name.partition("/")[0] in _FIRST_PARTY
        severity = UNPINNED.severity if not first else Severity.LOW if moving else Severity.INFO
        ref = clipped(visible(uses[0][1]), 40)
        yield Sighting(UNPINNED, name, tuple(node.line for node, _ in uses), severity=severity,
                       title=f"{shown}@{ref} can be moved", body=UNPINNED.reason)  # fmt: skip
    for node in _images(workflow):
        image = (node.text or "").removeprefix("docker://")
        if floats(image):
            yield Sighting(UNPINNED, image, (node.line,), severity=Severity.LOW, title="Image without a version",
                           body="It is another one tomorrow: name a version, or better a digest.")  # fmt: skip


def floats(image: str) -> bool:
    """True for a container image without a tag or with `latest`, and without a digest."""
    if not image or "$" in image or "@" in image:
        return False
    tag = image.rpartition("/")[2].partition(":")[2]
    return tag in ("", "latest")


def _uses(workflow: Workflow) -> Iterator[Node]:
    for job in workflow.jobs:
        for holder in (job.node, *job.steps):
            node = holder.get("uses")
            if node is not None and node.text:
                yield node


def _images(workflow: Workflow) -> Iterator[Node]:
    yield from (node for node in _uses(workflow) if (node.text or "").startswith("docker://"))
    for job in workflow.jobs:
        services = (job.node.get("services") or NONE).entries()
        for holder in (job.node.get("container"), *(node for _, _, node in services)):
            image = holder if holder is None or holder.text is not None else holder.get("image")
            if image is not None and image.text:
                yield image
