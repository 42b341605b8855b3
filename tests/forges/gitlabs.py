"""A merge request on the stand-in, and an adapter for it whose waits are written down and not waited for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request as UrlRequest
from urllib.request import urlopen

from reviewbot import git
from reviewbot.core.conversation import Changes, Comment, Conversation, Followup, Posted, Spot, Verdict
from reviewbot.forges.attempts import Attempts
from reviewbot.forges.gitlab import GitLab
from tests.repositories import Work
from tests.servers import gitlab
from tests.servers.gitlab import Request, Server

BEFORE = "".join(f"line {number}\n" for number in range(1, 31))
AFTER = BEFORE.replace("line 5\n", "line five\nnew a\nnew b\n").replace("line 20\n", "")
FIRST_ID = "0123456789ab"


def mark(name: str) -> str:
    return f"<!-- reviewbot:1 {name} - -->"


def said(text: str, name: str) -> str:
    return f"{text}\n\n{mark(name)}"


def repository(path: Path) -> Work:
    """A change with a modified, an added, a removed and a renamed file."""
    work = Work.at(path)
    gone = "".join(f"gone {number}\n" for number in range(1, 9))
    moved = "".join(f"moved {number}\n" for number in range(1, 13))
    work.commit("base", **{"a.py": BEFORE, "gone.py": gone, "old name.py": moved})
    work.git("checkout", "-q", "-b", "feature")
    work.git("rm", "-q", "gone.py", "old name.py")
    renamed = moved.replace("moved 6\n", "moved six\n") + "no newline at the end"
    work.commit("change", **{"a.py": AFTER, "ünï cödé.py": "one\ntwo\n\tthree\n", "dir/new name.py": renamed})
    return work


def spots(work: Work) -> Iterator[Spot]:
    """One for every line of every hunk."""
    base, head = work.git("merge-base", "main", "feature"), work.git("rev-parse", "feature")
    with git.opened(work.path) as repo:
        for file in git.changes(repo, base, head):
            for line in (line for hunk in file.hunks for line in hunk.lines):
                at = (line.old, line.new)
                yield Spot(file.path, file.old_path, "old" if line.new is None else "new", at, at)


def comment(spot: Spot, name: str = FIRST_ID, *, suggestion: str | None = None) -> Comment:
    return Comment(name, spot, f"Finding {name}.", mark(name), suggestion)


@dataclass
class Bench:
    work: Work
    server: Server
    #: What was announced before it left, in bytes; seconds that were to be waited.
    sizes: list[int] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    seconds: float = 3600.0
    #: Whether nothing may leave.
    refusing: bool = False
    #: What happens at the first wait.
    later: Callable[[], None] | None = None

    def departing(self, size: int, /) -> None:
        if self.refusing:
            raise PermissionError
        self.sizes.append(size)

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        if self.later is not None:
            later, self.later = self.later, None
            later()

    def asks(self, method: str, path: str) -> None:
        """Somebody else does, as the bot."""
        place = self.server.place
        url = f"{place.api}/projects/{quote(place.project, safe='')}/merge_requests/{place.number}/{path}"
        urlopen(UrlRequest(url, method=method, headers={"private-token": self.server.token})).close()

    def forge(self, token: str = "api") -> GitLab:
        ends = time.monotonic() + self.seconds
        attempts = Attempts(ends, sleep=self.wait)
        return GitLab(self.server.place, self.server.tokens[token], self.departing, ends, attempts)

    @property
    def head(self) -> str:
        return self.work.git("rev-parse", "feature")

    def added(self, *numbers: int) -> list[Comment]:
        """A comment at each of these new lines of `a.py`: 5, 6 and 7 are added."""
        return [comment(Spot("a.py", "a.py", "new", (None, n), (None, n)), f"id{n}") for n in numbers]

    def changes(self, *comments: Comment, followups: tuple[Followup, ...] = (), answers: tuple[str, ...] = (),
                body: str = "") -> Changes:  # fmt: skip
        return Changes(self.head, body, comments, followups, answers)

    def verdict(self) -> Verdict:
        return Verdict(self.head, "neutral", "3 findings")

    def writes(self) -> list[Request]:
        return [request for request in self.server.requests if request.method != "GET"]

    def asked(self, method: str, end: str = "") -> list[Request]:
        return [one for one in self.server.requests if one.method == method and one.path.endswith(end)]

    def loaded(
        self, is_command: Callable[[str], bool] = lambda body: False, token: str = "api"
    ) -> tuple[GitLab, Conversation]:
        forge = self.forge(token)
        return forge, forge.load(is_command)

    def post(self, changes: Changes, token: str = "api") -> Posted:
        """As a run does: load, then post."""
        forge, _ = self.loaded(token=token)
        return forge.post(changes)

    def bodies(self) -> list[str]:
        """First lines of all that the bot said, sorted."""
        notes = [note for found in self.server.world.discussions for note in found.notes]
        return sorted(note.body.partition("\n")[0] for note in notes if note.author == self.server.bot)

    def check(self) -> None:
        """What holds after every run: nothing broke the contract, nothing was run, and every byte was announced."""
        assert (self.server.violations, self.server.actions) == ([], [])
        assert sum(self.sizes) == sum(request.size for request in self.server.requests)


@contextmanager
def bench(work: Work, *, root: str = "") -> Iterator[Bench]:
    with gitlab.serving(work.path, root=root) as server:
        made = Bench(work, server)
        yield made
        made.check()


def moved(changes: Changes, head: str) -> Changes:
    return replace(changes, head_sha=head)
