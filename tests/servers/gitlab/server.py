"""The stand-in as a test has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reviewbot.core.conversation import Place
from tests.servers.gitlab import drafting, reading, reporting, talking
from tests.servers.gitlab.changes import Repository
from tests.servers.gitlab.people import TOKENS, People, Person
from tests.servers.gitlab.quick_actions import Action
from tests.servers.gitlab.routes import respond
from tests.servers.gitlab.state import Discussion, Draft, Note, Status, Suggestion
from tests.servers.gitlab.suggestions import replaced
from tests.servers.gitlab.wire import Fault, Listener, Request
from tests.servers.gitlab.world import Visibility, World

#: Modules whose endpoints are served.
ENDPOINTS = (reading, talking, drafting, reporting)


class Server:
    """See the package."""

    def __init__(self, world: World, root: str) -> None:
        self.world = world
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self.tokens: dict[str, str] = {str(scope): token for scope, token in TOKENS.items()}
        below = f"{root}/api/v4"
        self.listener = Listener(lambda request: respond(world, below, request), self.requests, self.faults)
        self.url = f"http://127.0.0.1:{self.listener.server_port}{root}"
        world.web = self.url
        world.look()

    @property
    def place(self) -> Place:
        return Place("gitlab", f"{self.url}/api/v4", self.world.project, self.world.number)

    @property
    def token(self) -> str:
        return self.tokens["api"]

    @property
    def bot(self) -> str:
        """Name of the user whose tokens these are."""
        return self.world.people.bot.username

    @property
    def people(self) -> dict[str, int | str]:
        """Levels by name, the test's to change: numbers, or words of `people.LEVELS`."""
        return self.world.people.levels

    @property
    def visibility(self) -> Visibility:
        return self.world.visibility

    @visibility.setter
    def visibility(self, visibility: Visibility) -> None:
        self.world.visibility = visibility

    @property
    def violations(self) -> list[str]:
        return self.world.violations

    @property
    def actions(self) -> list[Action]:
        return self.world.actions

    @property
    def threads(self) -> list[Discussion]:
        """Discussions that can be resolved, at lines or not, oldest first."""
        self.world.look()
        return [found for found in self.world.discussions if found.resolvable]

    @property
    def notes(self) -> list[Note]:
        """Comments on the merge request as a whole, without the service's own."""
        return [note for found in self.world.discussions if found.individual for note in found.notes if not note.system]

    @property
    def drafts(self) -> list[Draft]:
        return self.world.drafts

    @property
    def statuses(self) -> list[Status]:
        return self.world.statuses

    @property
    def suggestions(self) -> list[Suggestion]:
        return [suggestion for note in self.world.notes for suggestion in note.suggestions]

    def person(self, name: str) -> Person:
        return self.world.people.named(name)

    def say(self, author: str, body: str, thread: Discussion | str | None = None) -> int:
        """Somebody comments, in a thread or on the whole; the id of the note."""
        with self.listener.lock:
            within = self._thread(thread) if thread is not None else None
            return self.world.say(self.person(author), body, within=within).id

    def resolve(self, thread: Discussion | str, by: str | None) -> None:
        """Somebody resolves a thread; None opens it again."""
        with self.listener.lock:
            self.world.resolve(self._thread(thread), None if by is None else self.person(by))

    def edit(self, note: int, body: str) -> None:
        """Whoever wrote a note writes it anew."""
        with self.listener.lock:
            found = next(other for other in self.world.notes if other.id == note)
            found.body, found.updated_at = body, self.world.now()

    def applied(self, suggestion: Suggestion) -> str:
        """The whole file as a person who commits the suggestion leaves it."""
        blob = self.world.repository.blob(suggestion.commit, suggestion.path) or b""
        return replaced(blob.decode(), suggestion.first, suggestion.last, suggestion.new)

    def _thread(self, thread: Discussion | str) -> Discussion:
        name = thread if isinstance(thread, str) else thread.id
        return next(found for found in self.world.discussions if found.id == name)


@contextmanager
def serving(
    path: Path, base: str = "main", head: str = "feature", number: int = 7, *, root: str = "",
    project: str = "group/project", visibility: Visibility = "private", people: dict[str, int | str] | None = None,
) -> Iterator[Server]:  # fmt: skip
    """A GitLab with one merge request, of branch `head` into `base` of the repository at `path`."""
    everybody = People({"ada": 40, "eve": 10} if people is None else people)
    world = World(Repository(path), base, head, number, project, everybody, visibility=visibility)
    server = Server(world, root)
    server.listener.start()
    try:
        yield server
    finally:
        server.listener.stop()
