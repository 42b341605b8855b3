"""The state behind the API: one merge request of one project, over a real repository."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from tests.servers.gitlab.changes import Refs, Repository
from tests.servers.gitlab.people import People, Person
from tests.servers.gitlab.positions import Placed, checked, line_code, place, traced
from tests.servers.gitlab.quick_actions import Action, extract
from tests.servers.gitlab.state import PROJECT, Discussion, Draft, Kind, Note, Status, Suggestion
from tests.servers.gitlab.suggestions import content, fences, lines
from tests.servers.gitlab.wire import Json

Visibility = Literal["public", "internal", "private"]
_BEGIN = datetime(2026, 1, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Version:
    id: int
    refs: Refs
    created_at: str


@dataclass
class World:
    """Everything that requests read and change."""

    repository: Repository
    #: Branches.
    base: str
    head: str
    number: int
    project: str
    people: People
    #: Where people see the project; the API is below it.
    web: str = ""
    visibility: Visibility = "private"
    title: str = "Add a feature"
    description: str = ""
    draft: bool = False
    state: str = "opened"
    labels: list[str] = field(default_factory=list)
    #: Who opened the merge request.
    opener: str = "ada"
    source_project: int = PROJECT
    #: Whether the diff was made yet, which takes a moment after a merge request is opened.
    prepared: bool = True
    #: Whether pushes are not yet noticed.
    late: bool = False
    #: The one pipeline of its head.
    pipeline: int = 501
    #: Paths whose diffs are not shown, beside those that are long.
    collapsed: set[str] = field(default_factory=set)
    too_large: set[str] = field(default_factory=set)
    #: What comes of publishing a draft whose line does not exist: the publication stops there with a 500 and every
    #: draft stays, or the note is dropped without a word.
    stray_drafts: Literal["error", "lost"] = "error"
    versions: list[Version] = field(default_factory=list)
    discussions: list[Discussion] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    #: Drafts that no note was made of.
    lost: list[Draft] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    #: Quick actions that ran.
    actions: list[Action] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    _ids: int = 300
    _seconds: int = 0

    def next_id(self) -> int:
        self._ids += 1
        return self._ids

    def now(self) -> str:
        """A second later than last time."""
        self._seconds += 1
        return (_BEGIN + timedelta(seconds=self._seconds)).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    @property
    def refs(self) -> Refs:
        return self.versions[-1].refs

    @property
    def notes(self) -> list[Note]:
        """All of them, oldest first."""
        return sorted((note for found in self.discussions for note in found.notes), key=lambda note: note.id)

    def look(self) -> None:
        """See what was pushed: a new head makes a version, and notes follow their lines or are outdated."""
        refs = self.repository.refs(self.base, self.head)
        if self.versions and (self.late or self.versions[-1].refs.head == refs.head):
            return
        self.versions.append(Version(self.next_id(), refs, self.now()))
        if len(self.versions) == 1:
            return
        self.say(self.people.named(self.opener), "added 1 commit", system=True)
        for discussion in self.discussions:
            for note in discussion.notes:
                self._follow(note, refs)

    def _follow(self, note: Note, refs: Refs) -> None:
        if note.position is None or note.outdated:
            return
        moved = traced(self.repository, note.position, refs)
        note.outdated = moved is None
        note.position = moved or note.position

    def written(self, body: str) -> str:
        """What is kept of a body after its quick actions ran."""
        kept, actions = extract(body)
        self.actions += actions
        return kept

    def say(
        self, person: Person, body: str, *, within: Discussion | None = None, kind: Kind = None, system: bool = False
    ) -> Note:
        """A note: below others, or one of its own."""
        note = Note(self.next_id(), body, person, self.now(), kind=kind, system=system)
        if within is None:
            self.discussions.append(Discussion(self._name(note), [note], individual=kind is None))
            return note
        if within.individual:
            within.individual, within.root.kind = False, "DiscussionNote"
        note.kind = "DiffNote" if within.root.kind == "DiffNote" else "DiscussionNote"
        note.position, note.original = within.root.position, within.root.original
        note.outdated = within.root.outdated
        within.notes.append(note)
        return note

    def locate(self, position: Json) -> tuple[Json, Placed | None]:
        """A position as it is kept, and where it is."""
        kept = checked(position)
        return kept, place(self.repository, [version.refs for version in self.versions], kept)

    def put(self, person: Person, body: str, position: Json, placed: Placed) -> Discussion:
        """A new thread at a line."""
        self.violations += placed.problems
        note = self.say(person, body, kind="DiffNote")
        note.position = note.original = position
        if placed.refs != self.refs:
            self._follow(note, self.refs)
        note.suggestions = self._suggested(note, placed)
        return self.discussions[-1]

    def _name(self, note: Note) -> str:
        return hashlib.sha1(f"discussion {note.id}".encode(), usedforsecurity=False).hexdigest()

    def _suggested(self, note: Note, placed: Placed) -> list[Suggestion]:
        found: list[Suggestion] = []
        for fence in fences(note.body):
            if fence.problem:
                self.violations.append(fence.problem)
            if placed.line.new is None:
                self.violations.append("a suggestion for a removed line is no suggestion")
                continue
            path = placed.file.new_path
            blob = self.repository.blob(placed.refs.head, path) or b""
            whole = lines(blob.decode(errors="replace"))
            first, last = placed.line.new - fence.above, placed.line.new + fence.below
            if first < 1 or last > len(whole):
                self.violations.append(f"suggestion: lines {first} to {last} of {len(whole)}")
            first, last = max(first, 1), min(last, len(whole))
            old = "".join(whole[first - 1 : last])
            new = content(fence, old)
            found.append(Suggestion(self.next_id(), placed.refs.head, path, first, last, old, new))
        return found

    def resolve(self, discussion: Discussion, person: Person | None) -> None:
        """By somebody, or open it again; what was resolved before keeps who did it."""
        for note in discussion.notes:
            if note.resolvable and note.resolved is (person is None):
                note.updated_at = self.now()
                note.resolved_by, note.resolved_at = person, note.updated_at if person else None

    def may_resolve(self, discussion: Discussion, person: Person) -> bool:
        """Developers, whoever opened the merge request, and whoever began the thread."""
        own = person.username == self.opener or person == discussion.root.person
        return discussion.resolvable and (own or self.people.level(person) >= 30)

    def code(self, placed: Placed | None) -> str | None:
        if placed is None:
            return None
        return line_code(placed.file.old_path if placed.file.is_deleted else placed.file.new_path, placed.line)
