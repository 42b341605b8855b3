"""Where a note may stand: GitLab's rules for positions, with its own words for what it refuses."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.servers.gitlab.changes import WHOLE, FileDiff, Line, Refs, Repository
from tests.servers.gitlab.wire import Json

LINE_CODE = '{:line_code=>["can\'t be blank", "must be a valid line code"]}'
INCOMPLETE = '{:line_code=>["can\'t be blank", "must be a valid line code"], :position=>["is incomplete"]}'
SCHEMA = '{:position=>["must be a valid json schema"]}'


class Refused(Exception):  # noqa: N818 (an answer, not an error of the server)
    """The status and the body that say no."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(f"{status} {body}")
        self.status, self.body = status, body


def note_refused(reason: str) -> Refused:
    return Refused(400, {"message": f"400 Bad request - Note {reason}"})


@dataclass(frozen=True)
class Placed:
    """A position that holds: its line, the file it is in, and its version."""

    refs: Refs
    file: FileDiff
    line: Line
    #: What the service takes and does otherwise than it was meant.
    problems: tuple[str, ...] = field(default=())


def line_code(path: str, line: Line) -> str:
    """GitLab's name of a line of a diff: both running counters, also where a side lacks the line."""
    digest = hashlib.sha1(path.encode(errors="surrogateescape"), usedforsecurity=False).hexdigest()
    return f"{digest}_{line.counters[0]}_{line.counters[1]}"


def checked(position: Json) -> Json:
    """The position as it is kept; refused where members are missing or of another kind."""
    for name in ("base_sha", "start_sha", "head_sha", "position_type"):
        if not position.get(name):
            raise Refused(400, {"error": f"position[{name}] is missing"})
    if position["position_type"] != "text":
        raise Refused(400, {"error": "position[position_type] does not have a valid value"})
    kept: Json = dict.fromkeys(("base_sha", "start_sha", "head_sha", "old_path", "new_path", "position_type"))
    kept |= {name: position.get(name) for name in kept}
    for name in ("old_line", "new_line"):
        value = position.get(name)
        if value is not None and (isinstance(value, bool) or not str(value).isdigit()):
            raise Refused(400, {"error": f"position[{name}] is invalid"})
        kept[name] = None if value is None else int(value)
    kept["line_range"] = position.get("line_range") or None
    return kept


def valid_schema(position: Json) -> bool:
    """Whether the ends of a range have no line numbers: they are made strings, and then have to be numbers."""
    ends = (position.get("line_range") or {}).values()
    return not any(end.get(name) is not None for end in ends for name in ("old_line", "new_line"))


def place(repository: Repository, versions: Iterable[Refs], position: Json) -> Placed | None:
    """Where a checked position is; None where no line of a version of the merge request is there."""
    named = Refs(position["base_sha"], position["start_sha"], position["head_sha"])
    if named not in versions:
        return None
    paths = [path for path in dict.fromkeys((position["old_path"], position["new_path"])) if path]
    found = paths and repository.files(named.base, named.head, *paths, context=WHOLE)
    if not found:
        return None
    file = found[0]
    line = file.at(position["old_line"], position["new_line"])
    if line is None:
        return None
    return Placed(named, file, line, tuple(_problems(file, line, position)))


def _problems(file: FileDiff, line: Line, position: Json) -> Iterable[str]:
    for name in ("old_path", "new_path"):
        if not position[name]:
            yield f"position without {name}"
    if not position["line_range"]:
        return
    codes = {line_code(_named(file), other): index for index, other in enumerate(file.lines)}
    indexes = []
    for end in ("start", "end"):
        given = position["line_range"].get(end) or {}
        index = codes.get(given.get("line_code", ""))
        if index is None:
            yield f"line_range {end}: no line has the code {given.get('line_code')}"
            continue
        indexes.append(index)
        kind = file.lines[index].kind
        if kind and given.get("type") != kind:
            yield f"line_range {end}: type {given.get('type')} of a line that is {kind}"
        if not kind and given.get("type") not in (None, "new", "old"):
            yield f"line_range {end}: type {given.get('type')}"
    if len(indexes) == 2 and (indexes[0] > indexes[1] or file.lines[indexes[1]] != line):
        yield "line_range: it does not end at the line of the position"


def _named(file: FileDiff) -> str:
    return file.old_path if file.is_deleted else file.new_path


def traced(repository: Repository, position: Json, refs: Refs) -> Json | None:
    """The same place in another version; None where its line was changed there, or is no longer of the same kind."""
    side, sha = ("new", "head") if position["new_line"] is not None else ("old", "base")
    path = position[f"{side}_path"] or position["new_path"] or position["old_path"]
    moved = _moved(repository, position[f"{sha}_sha"], getattr(refs, sha), path, position[f"{side}_line"])
    changed = repository.files(refs.base, refs.head)
    file = next((file for file in changed if path in (file.old_path, file.new_path)), None)
    if moved is None or file is None:
        return None
    whole = repository.files(refs.base, refs.head, file.old_path, file.new_path, context=WHOLE)
    kind = "" if None not in (position["old_line"], position["new_line"]) else side
    line = next((line for line in whole[0].lines if getattr(line, side) == moved and line.kind == kind), None)
    if line is None:
        return None
    names = {"old_path": file.old_path, "new_path": file.new_path}
    # The ends of a range stay as they were: their codes are those of the version that it was put at.
    return {**position, **refs.view, **names, "old_line": line.old, "new_line": line.new}


def _moved(repository: Repository, old: str, new: str, path: str, number: int) -> int | None:
    """The line's number in the file at another commit; None where it is gone."""
    if old == new:
        return number
    files = repository.files(old, new, path, context=WHOLE)
    if not files:
        return number if repository.blob(new, path) is not None else None
    if not files[0].lines:
        return None
    return next((line.new for line in files[0].lines if line.old == number), None)
