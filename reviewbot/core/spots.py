"""Where a comment stands on a forge, and what of a suggestion may be offered there to be committed at a click."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from reviewbot.core.conversation import Spot
from reviewbot.core.diff import Hunk, Line
from reviewbot.core.findings import Finding
from reviewbot.core.paths import is_lock, is_pipeline
from reviewbot.core.report import FileReport
from reviewbot.core.text import encodable

#: Who reviews, what builds and what is installed is changed by people who mean it, never at a click.
_GUARDED = re.compile(
    r"(?i)(^|/)(\.github|\.gitlab|\.gitea|\.forgejo|\.ci|\.circleci|\.buildkite|\.woodpecker|\.semaphore|\.teamcity|\.tekton"
    r"|\.azuredevops|\.azure-pipelines|\.husky|\.githooks|\.devcontainer|policies)/"
    r"|(^|/)(codeowners|jenkinsfile[^/]*|azure-pipelines[^/]*\.ya?ml|bitbucket-pipelines\.yml|\.reviewbot\.toml|\.gitattributes|\.gitmodules"
    r"|\.?appveyor\.ya?ml|\.(drone|woodpecker|cirrus|vsts-ci)\.ya?ml|codefresh\.ya?ml|cloudbuild\.ya?ml|buildspec\.ya?ml"
    r"|\.npmrc|pip\.conf|\.envrc|\.lfsconfig|lefthook\.ya?ml"
    r"|\.pre-commit-(config|hooks)\.ya?ml|\.travis\.ya?ml|[^/]*\.gitlab-ci\.ya?ml)$"
)
#: GitLab takes such a line for a command wherever it stands.
_COMMAND = re.compile(r"^/[a-z_]", re.IGNORECASE | re.MULTILINE)


def contested(files: Iterable[FileReport]) -> frozenset[str]:
    """Old paths of files that are gone and that a forge may take for another new file than git does here.

    Forges look for renames alone. Of several files that come of one they choose another; and what an exact copy comes
    of here may be any file that goes to them.
    """
    every = list(files)
    copied = [file for file in every if file.change == "copied"]
    exact = any(not file.hunks for file in copied)
    sources = {file.old_path for file in copied}
    gone = (file.old_path for file in every if file.change in ("deleted", "renamed"))
    return frozenset(path for path in gone if exact or path in sources)


def spot(finding: Finding, file: FileReport, contested: Collection[str] = ()) -> Spot | None:
    """The lines of a finding as a forge can show them: in one hunk, else the first alone. None where there are none.

    Forges show a copy as added, and so what is another kind of file now; a name that is not UTF-8 they cannot be told.
    """
    where = finding.location
    at = where.line
    added = file.change in ("copied", "typechange")
    named = all(encodable(path) == path for path in (file.path, file.old_path))
    if at is None or not named or (where.side == "old" and (added or file.old_path in contested)):
        return None
    for hunk in file.hunks:
        lines = {(line.new if where.side == "new" else line.old): (line, counts) for line, counts in _counted(hunk)}
        if at in lines:
            (first, begin), (last, until) = lines[at], lines.get(max(at, where.end_line or at), lines[at])
            if added:
                counts = (0, first.new or 0), (0, last.new or 0)
                return Spot(file.path, file.path, "new", (None, first.new), (None, last.new), counts)
            ends = (first.old, first.new), (last.old, last.new)
            return Spot(file.path, file.old_path, where.side, *ends, (begin, until))
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
