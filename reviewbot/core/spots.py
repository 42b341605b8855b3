"""Where a comment stands on a forge, and what of a suggestion may be offered there to be committed at a click."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from reviewbot.core.conversation import Spot
from reviewbot.core.diff import Hunk, Line
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


def spot(finding: Finding, file: FileReport, sources: Collection[str] = ()) -> Spot | None:
    """The lines of a finding as a forge can show them: in one hunk, else the first alone. None where there are none.

    `sources` are the paths that this change makes copies of. Forges know no copies: of several files that come of one
    that goes, which they take for that one, moved, is theirs to say. Of what is another kind of file now they show the
    new side alone.
    """
    where = finding.location
    at = where.line
    copied = file.change == "copied"  # which forges show as added
    unsure = copied or file.change == "typechange" or (file.change == "renamed" and file.old_path in sources)
    if at is None or (unsure and where.side == "old"):
        return None
    for hunk in file.hunks:
        lines = {(line.new if where.side == "new" else line.old): (line, counts) for line, counts in _counted(hunk)}
        if at in lines:
            ends = [lines[at], lines.get(max(at, where.end_line or at), lines[at])]
            start, end = ((None if copied else line.old, line.new) for line, _ in ends)
            old_path = file.path if copied else file.old_path
            return Spot(file.path, old_path, where.side, start, end, None if copied else (ends[0][1], ends[1][1]))
    return None


def _counted(hunk: Hunk) -> Iterator[tuple[Line, tuple[int, int]]]:
    """Each line with the numbers that both sides are at before it."""
    old, new = hunk.old_start, hunk.new_start
    for line in hunk.lines:
        yield line, (old, new)
        old, new = old + (line.old is not None), new + (line.new is not None)


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
