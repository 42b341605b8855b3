"""What is said on a merge request: notes in discussions, drafts, statuses, suggestions. Each as GitLab shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tests.servers.gitlab.people import Person
from tests.servers.gitlab.wire import Json

Kind = Literal["DiffNote", "DiscussionNote"] | None
MERGE_REQUEST = 1001
PROJECT = 1


@dataclass
class Suggestion:
    """Lines `first` to `last` of a file at a commit, and what is to be there instead."""

    id: int
    commit: str
    path: str
    first: int
    last: int
    old: str
    new: str

    @property
    def view(self) -> Json:
        return {
            "id": self.id, "from_line": self.first, "to_line": self.last, "appliable": True, "applied": False,
            "from_content": self.old, "to_content": self.new,
        }  # fmt: skip


@dataclass
class Note:
    id: int
    body: str
    person: Person
    created_at: str
    kind: Kind = None
    system: bool = False
    #: Where it is now. It follows its line from version to version until the line is changed.
    position: Json | None = None
    #: Where it was put.
    original: Json | None = None
    outdated: bool = False
    #: Changes with the body, and also when a thread is resolved.
    updated_at: str = ""
    resolved_by: Person | None = None
    resolved_at: str | None = None
    suggestions: list[Suggestion] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.updated_at = self.updated_at or self.created_at

    @property
    def author(self) -> str:
        return self.person.username

    @property
    def resolvable(self) -> bool:
        return self.kind is not None and not self.system

    @property
    def resolved(self) -> bool:
        return self.resolved_by is not None

    def view(self, web: str, iid: int) -> Json:
        shown: Json = {
            "id": self.id, "type": self.kind, "body": self.body, "author": self.person.view(web),
            "created_at": self.created_at, "updated_at": self.updated_at, "system": self.system,
            "noteable_id": MERGE_REQUEST, "noteable_type": "MergeRequest", "noteable_iid": iid,
            "project_id": PROJECT, "attachment": None, "resolvable": self.resolvable, "confidential": False,
            "internal": False, "imported": False, "imported_from": "none", "commands_changes": {},
        }  # fmt: skip
        if self.kind == "DiffNote":
            shown |= {"commit_id": None, "position": self.position, "suggestions": [s.view for s in self.suggestions]}
        if self.resolvable:
            by = self.resolved_by.view(web) if self.resolved_by else None
            shown |= {"resolved": self.resolved, "resolved_by": by, "resolved_at": self.resolved_at}
        return shown


@dataclass
class Discussion:
    """Notes below each other. GitLab makes one of every single comment too: those are `individual`."""

    id: str
    notes: list[Note]
    individual: bool = False

    @property
    def root(self) -> Note:
        return self.notes[0]

    @property
    def replies(self) -> list[Note]:
        return self.notes[1:]

    @property
    def body(self) -> str:
        return self.root.body

    @property
    def author(self) -> str:
        return self.root.author

    @property
    def resolvable(self) -> bool:
        return any(note.resolvable for note in self.notes)

    @property
    def resolved(self) -> bool:
        return self.resolvable and all(note.resolved for note in self.notes if note.resolvable)

    @property
    def outdated(self) -> bool:
        return self.root.outdated

    @property
    def _at(self) -> Json:
        return self.root.position or {}

    @property
    def path(self) -> str:
        """That of the side it is on."""
        path: str = self._at.get("new_path" if self.side == "new" else "old_path") or ""
        return path

    @property
    def side(self) -> str:
        return "new" if self._at.get("new_line") is not None else "old"

    @property
    def line(self) -> int | None:
        """The last line it is about, on its side."""
        line: int | None = self._at.get(f"{self.side}_line")
        return line

    @property
    def start_line(self) -> int | None:
        """The first line it is about where there are several, on its side."""
        put = self.root.original or {}
        start = (put.get("line_range") or {}).get("start")
        if not start or self.line is None:
            return None
        _, old, new = start["line_code"].rsplit("_", 2)
        more = put[f"{self.side}_line"] - int(new if self.side == "new" else old)
        return self.line - more if more else None

    def view(self, web: str, iid: int) -> Json:
        return {
            "id": self.id,
            "individual_note": self.individual,
            "notes": [note.view(web, iid) for note in self.notes],
        }


@dataclass
class Draft:
    """A note that only its author sees. Where it is, is looked at when it is published, not before."""

    id: int
    note: str
    author: Person
    position: Json | None = None
    discussion: str | None = None
    resolve: bool = False
    line_code: str | None = None

    @property
    def view(self) -> Json:
        return {
            "id": self.id, "author_id": self.author.id, "merge_request_id": MERGE_REQUEST, "note": self.note,
            "resolve_discussion": self.resolve, "discussion_id": self.discussion, "commit_id": None,
            "line_code": self.line_code, "position": self.position or {},
        }  # fmt: skip


@dataclass
class Status:
    """A job from outside in a pipeline of a commit."""

    id: int
    sha: str
    ref: str
    name: str
    state: str
    pipeline: int
    author: Person
    created_at: str
    description: str | None = None
    target_url: str | None = None
    started_at: str | None = None
    finished_at: str | None = None

    def view(self, web: str) -> Json:
        return {
            "id": self.id, "sha": self.sha, "ref": self.ref, "status": self.state, "name": self.name,
            "description": self.description, "target_url": self.target_url, "pipeline_id": self.pipeline,
            "created_at": self.created_at, "started_at": self.started_at, "finished_at": self.finished_at,
            "allow_failure": False, "coverage": None, "author": self.author.view(web),
        }  # fmt: skip
