"""GitLab pipelines: parts from elsewhere without a pin, and text of others read as a script."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewbot.checks.workflows.model import Sighting, word
from reviewbot.checks.workflows.pins import UNPINNED, floats
from reviewbot.checks.workflows.scripts import INJECTION
from reviewbot.core.findings import Severity
from reviewbot.core.nodes import Node, NodesError, compose, walk

PIPELINE = re.compile(r"(.*/)?[^/]*\.gitlab-ci\.ya?ml$|\.gitlab/ci/.+\.ya?ml$", re.IGNORECASE)

_SCRIPTS = frozenset({"script", "before_script", "after_script"})
#: Variables that whoever writes a commit or opens a merge request fills.
_UNTRUSTED = re.compile(r"\$\{?CI_(COMMIT_(MESSAGE|TITLE|DESCRIPTION|REF_NAME|BRANCH|TAG|AUTHOR)|"
                        r"MERGE_REQUEST_(TITLE|DESCRIPTION|SOURCE_BRANCH_NAME))\b")  # fmt: skip
#: What reads its argument as a script once more.
_EVAL = re.compile(r"\beval\b|\b(ba|z|da|k)?sh\s+-\w{0,3}c\b|\b(python3?|perl|ruby|node)\s+-[ce]\b")
_MOVING = re.compile(r"@(~latest|main|master|HEAD)$")


def sightings(path: str, text: str | None) -> Iterator[Sighting]:
    if text is None or not PIPELINE.match(path):
        return
    try:
        roots = compose(text)
    except NodesError:
        return
    for root in roots:
        included = root.get("include")
        for part in (included.items or (included,)) if included is not None else ():
            yield from _include(part)
    for node in walk(roots):
        for name, _, value in node.entries():
            if name in _SCRIPTS:
                yield from _script(value)
            elif name == "image":
                yield from _image(value)


def _include(part: Node) -> Iterator[Sighting]:
    remote, project, component = part.get("remote"), part.get("project"), part.get("component")
    plain = part.text or ""
    if (remote is not None and part.get("integrity") is None) or plain.startswith(("https://", "http://")):
        yield Sighting(UNPINNED, word(part, "remote") or plain, (remote.line if remote else part.line,),
                       title="Included from another site without a hash", severity=Severity.LOW,
                       body="Whoever can write there decides what this pipeline runs: add `integrity`.")  # fmt: skip
    elif project is not None and part.get("ref") is None:
        yield Sighting(UNPINNED, project.text or "", (project.line,), severity=Severity.INFO,
                       title="Included from another project without a ref",
                       body="It is the tip of its default branch: name a tag or a commit.")  # fmt: skip
    elif component is not None and _MOVING.search(component.text or ""):
        yield Sighting(UNPINNED, component.text or "", (component.line,), severity=Severity.LOW,
                       title="Component without a version", body="It changes when its project does.")  # fmt: skip


def _image(value: Node) -> Iterator[Sighting]:
    name = value if value.text is not None else value.get("name")
    if name is not None and floats(name.text or ""):
        yield Sighting(UNPINNED, name.text or "", (name.line,), severity=Severity.INFO, title="Image without a version",
                       body="It is another one tomorrow: name a version, or better a digest.")  # fmt: skip


def _script(value: Node) -> Iterator[Sighting]:
    for node in walk((value,)):
        for number, line in enumerate((node.text or "").split("\n")):
            if _EVAL.search(line) and (found := _UNTRUSTED.search(line)):
                at = min(node.line + number + (node.last > node.line), node.last)
                yield Sighting(INJECTION, line.strip(), (at,), severity=Severity.MEDIUM,
                               title=f"{INJECTION.title}: {found[0].lstrip('${')}",
                               body="It is read as a script once more: use the variable where it is data.")  # fmt: skip
