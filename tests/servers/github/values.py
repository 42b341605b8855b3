"""What a pull request's conversation is made of, on GitHub's side."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tests.servers.github.changes import Side

Permission = Literal["admin", "maintain", "write", "triage", "read", "none"]
#: Who may change something in the repository.
WRITERS = frozenset({"admin", "maintain", "write"})
MAX_BODY = 65_536


@dataclass(frozen=True, slots=True)
class Identity:
    """An account. Bots are named `name[bot]` by the REST API and `name` as authors in GraphQL."""

    login: str
    id: int

    @property
    def kind(self) -> Literal["Bot", "User"]:
        return "Bot" if self.login.endswith("[bot]") else "User"

    @property
    def actor(self) -> str:
        return self.login.removesuffix("[bot]")


@dataclass(frozen=True, slots=True)
class Access:
    """What a token gives: an identity, and what it may do."""

    by: Identity
    #: Of an installation (a workflow's own token too) or of a person.
    installation: bool
    writes: bool = True

    @property
    def refusal(self) -> str:
        """What GitHub says where the token may not."""
        return f"Resource not accessible by {'integration' if self.installation else 'personal access token'}"


@dataclass
class Note:
    """One comment. `id` is the REST API's, `node_id` GraphQL's."""

    id: int
    node_id: str
    body: str
    by: Identity | None
    created: str
    updated: str
    #: The last who changed it.
    editor: Identity | None = None
    minimized: str = ""
    #: The review that it came with, for comments in threads.
    review: int = 0

    @property
    def author(self) -> str:
        """As the REST API has it: `github-actions[bot]`; "" where the account is gone."""
        return self.by.login if self.by else ""

    @property
    def edited(self) -> bool:
        return self.editor is not None


@dataclass(frozen=True, slots=True)
class Tips:
    """Where the branches are."""

    head: str
    base: str
    merge_base: str


@dataclass
class Thread:
    """A conversation at lines of the change, or at a file (`file_level`). `id` is GraphQL's."""

    id: str
    path: str
    side: Side
    start_side: Side
    #: The lines when it was begun, in `commit`, or in `merge_base` for the left side.
    original_line: int | None
    original_start_line: int | None
    commit: str
    merge_base: str
    notes: list[Note]
    excerpt: str = ""
    file_level: bool = False
    resolved_by: Identity | None = None
    #: The lines now; None where they were changed, are gone, or the diff no longer shows them.
    line: int | None = None
    start_line: int | None = None
    outdated: bool = False
    #: The branches when these were looked for.
    seen: Tips | None = None

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
    def resolved(self) -> bool:
        return self.resolved_by is not None


@dataclass
class Review:
    """A review. `drafts` are the threads of a pending one: nobody else sees them."""

    id: int
    node_id: str
    by: Identity
    body: str
    state: str
    commit: str
    submitted: str
    drafts: list[Thread] = field(default_factory=list)

    @property
    def author(self) -> str:
        return self.by.login


@dataclass(frozen=True, slots=True)
class Status:
    """A commit status."""

    id: int
    sha: str
    state: str
    context: str
    description: str
    target_url: str
    by: Identity
    created: str


@dataclass
class Check:
    """A check run."""

    id: int
    name: str
    head_sha: str
    status: str = "queued"
    conclusion: str | None = None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    external_id: str = ""
    details_url: str = ""
    annotations: list[dict[str, object]] = field(default_factory=list)
