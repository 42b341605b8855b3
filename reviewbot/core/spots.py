"""Where a comment stands on a forge, and what of a suggestion may be offered there to be committed at a click."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reviewbot.core.conversation import Spot
from reviewbot.core.diff import Line
from reviewbot.core.findings import Finding
from reviewbot.core.paths import is_lock, is_pipeline
from reviewbot.core.report import FileReport

#: Who reviews, what builds and what is installed is changed by people who mean it, never at a click.
_GUARDED = re.compile(
    r"(?i)(^|/)(\.github|\.gitlab|\.ci|\.circleci|\.husky|\.githooks|policies)/"
    r"|(^|/)(codeowners|jenkinsfile|azure-pipelines\.ya?ml|bitbucket-pipelines\.yml|\.reviewbot\.toml|\.gitattributes|\.gitmodules"
    r"|\.pre-commit-config\.ya?ml|\.travis\.yml|[^/]*\.gitlab-ci\.ya?ml)$"
)
#: GitLab takes such a line for a command wherever it stands.
_COMMAND = re.compile(r"^/[a-z_]", re.IGNORECASE | re.MULTILINE)


def spot(finding: Finding, file: FileReport) -> Spot | None:
    """The lines of a finding as a forge can show them: in one hunk, else the first alone. None where there are none."""
    where = finding.location
    at = where.line
    for hunk in file.hunks if at is not None else ():
        lines = {_number(line, where.side): line for line in hunk.lines}
        first = lines.get(at)
        if at is not None and first is not None:
            last = lines.get(max(at, where.end_line or at), first)
            return Spot(file.path, file.old_path, where.side, (first.old, first.new), (last.old, last.new))
    return None


def _number(line: Line, side: str) -> int | None:
    return line.new if side == "new" else line.old


def committable(finding: Finding, place: Spot) -> str | None:
    """The suggestion, where it replaces just these lines and nothing that guards the repository itself."""
    text = finding.suggestion
    where = finding.location
    if text is None or place.side != "new" or place.lines != (where.line, where.end_line or where.line):
        return None
    if is_pipeline(place.path) or is_lock(place.path) or _GUARDED.search(place.path):
        return None
    return None if _COMMAND.search(text) else text


def clashing(findings: Iterable[Finding]) -> frozenset[str]:
    """Ids of findings whose suggestions touch lines that one before has: both together nobody can commit."""
    taken: dict[str, list[tuple[int, int]]] = {}
    found = set()
    for finding in findings:
        where = finding.location
        if finding.suggestion is None or where.line is None:
            continue
        span = (where.line, where.end_line or where.line)
        held = taken.setdefault(where.path, [])
        if any(span[0] <= last and first <= span[1] for first, last in held):
            found.add(finding.id)
        else:
            held.append(span)
    return frozenset(found)
