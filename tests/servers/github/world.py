"""What GitHub knows of one repository and one pull request. Only the conversation is kept here: the change is git's."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from tests.servers.github.changes import File, Repository, Side
from tests.servers.github.values import Check, Identity, Note, Permission, Review, Status, Thread, Tips

_BEGIN = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


@dataclass
class World:
    """See the module; what a test may set or read is described in the package."""

    repository: Repository
    base: str
    head: str
    number: int
    owner: str = "acme"
    name: str = "shop"
    author: str = "ada"
    title: str = "A change"
    body: str = ""
    state: Literal["open", "closed"] = "open"
    draft: bool = False
    locked: bool = False
    fork: bool = False
    visibility: Literal["private", "internal", "public"] = "private"
    people: dict[str, Permission] = field(default_factory=lambda: {"ada": "write", "eve": "read", "robin": "write"})
    may_resolve: bool = True
    #: False: of no comment is it said that the viewer wrote it.
    knows_viewer: bool = True
    may_check: bool = True
    may_set_status: bool = True
    may_scan: bool = True
    #: Lines of a patch from which on the list of files lacks it, changed lines after which a page of the list tells
    #: nothing of a file but its name, and files that the list has at most.
    patch_lines: int = 3_000
    page_lines: int = 20_000
    listed_files: int = 3_000
    notes: list[Note] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    #: SARIF documents that were sent, unpacked.
    sarifs: list[dict[str, object]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._threads: list[Thread] = []
        self._identities: dict[str, Identity] = {}
        self._last = 1_000
        self._time = _BEGIN
        self._tips: Tips | None = None

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"

    def identity(self, login: str) -> Identity:
        """The account of that name, made where there is none."""
        return self._identities.setdefault(login, Identity(login, 41_000 + len(self._identities)))

    @property
    def accounts(self) -> dict[str, Identity]:
        return self._identities

    def next_id(self) -> int:
        self._last += 1
        return self._last

    def now(self) -> str:
        """A clock that goes on by a second each time somebody looks."""
        self._time += datetime.timedelta(seconds=1)
        return self._time.strftime("%Y-%m-%dT%H:%M:%SZ")

    def tips(self) -> Tips:
        if self._tips is not None:
            return self._tips
        head, base = self.repository.commits(self.head, self.base)
        return Tips(head, base, self.repository.merge_base(base, head))

    @contextmanager
    def still(self) -> Iterator[None]:
        """No branch moves while one request is answered."""
        self._tips = self.tips()
        try:
            yield
        finally:
            self._tips = None

    def files(self) -> tuple[File, ...]:
        tips = self.tips()
        return self.repository.change(tips.merge_base, tips.head)

    def permission(self, login: str) -> Permission:
        """What an account may do: everybody may read what is public."""
        return self.people.get(login, "read" if self.visibility == "public" else "none")

    @property
    def threads(self) -> list[Thread]:
        """The threads that everybody sees, oldest first, where they are now."""
        tips = self.tips()
        for thread in self._threads:
            if thread.seen != tips:
                self._follow(thread, tips)
                thread.seen = tips
        return self._threads

    def find(self, node_id: str) -> Thread | Note | None:
        """What has that GraphQL id."""
        return next((each for each in self._nodes() if _node_id(each) == node_id), None)

    def _nodes(self) -> Iterator[Thread | Note]:
        yield from self.notes
        for thread in self.threads:
            yield thread
            yield from thread.notes

    def _follow(self, thread: Thread, tips: Tips) -> None:
        file = next((f for f in self.repository.change(tips.merge_base, tips.head) if f.path == thread.path), None)
        if thread.file_level:
            thread.outdated = file is None
            return
        thread.line = self._now_at(thread, thread.original_line, thread.side, tips, file)
        thread.start_line = self._now_at(thread, thread.original_start_line, thread.start_side, tips, file)
        thread.outdated = thread.line is None
        if thread.outdated:
            thread.start_line = None

    def _now_at(self, thread: Thread, line: int | None, side: Side, tips: Tips, file: File | None) -> int | None:
        if line is None or file is None:
            return None
        if side == "LEFT":
            now = self.repository.follow(file.old_path, line, thread.merge_base, tips.merge_base)
        else:
            now = self.repository.follow(thread.path, line, thread.commit, tips.head)
        return now if now is not None and file.find(now, side) else None


def _node_id(node: Thread | Note) -> str:
    return node.id if isinstance(node, Thread) else node.node_id
