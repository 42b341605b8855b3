"""One pull request on a stand-in of each forge, the adapter for it, and what is there in the same words for both."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from reviewbot.core.conversation import Changes, Comment, Conversation, Followup, Place, Posted, Service, Spot, Verdict
from reviewbot.forges.attempts import Attempts
from reviewbot.forges.github import GitHub
from reviewbot.forges.gitlab import GitLab
from reviewbot.ports import Forge
from tests.repositories import Work
from tests.servers import github, gitlab

SERVICES: tuple[Service, ...] = ("github", "gitlab")
#: Lines of `a.py` that the change adds.
ADDED = 400
#: In no answer to a reader may this be found.
CANARY = "c4n4ry-of-a-body"
Effect = Literal["before", "after"]


class Step(NamedTuple):
    """A request that writes: the method, a pattern of its path, and a part of its body."""

    method: str
    path: str
    containing: str = ""


#: By service, each kind of request that writes in `World.say_all`.
STEPS: dict[Service, dict[str, Step]] = {
    "github": {
        "review": Step("POST", "/pulls/7/reviews$"),
        "reply": Step("POST", "/graphql$", "addPullRequestReviewThreadReply"),
        "resolve": Step("POST", "/graphql$", "state: resolveReviewThread"),
        "open again": Step("POST", "/graphql$", "state: unresolveReviewThread"),
        "answer": Step("POST", "/issues/7/comments$"),
        "new summary": Step("POST", "/issues/7/comments$"),
        "edit of the summary": Step("PATCH", r"/issues/comments/\d+$"),
        "status": Step("POST", "/check-runs$"),
    },
    "gitlab": {
        "draft": Step("POST", "/draft_notes$"),
        "publication": Step("POST", "/draft_notes/bulk_publish$"),
        "reply": Step("POST", "/discussions/[0-9a-f]+/notes$"),
        "resolve": Step("PUT", "/discussions/[0-9a-f]+$"),
        "answer": Step("POST", "/merge_requests/7/notes$"),
        "new summary": Step("POST", "/merge_requests/7/notes$"),
        "edit of the summary": Step("PUT", r"/merge_requests/7/notes/\d+$"),
        "status": Step("POST", "/statuses/"),
    },
}
#: Those of them that conclude a run.
LATE = ("new summary", "edit of the summary", "status")
#: By service, every request that writes.
WRITES: dict[Service, tuple[Step, ...]] = {
    "github": (Step("POST", "/graphql$", "mutation"), Step("POST", "/repos/"), Step("PATCH", "/repos/")),
    "gitlab": (Step("POST", ""), Step("PUT", ""), Step("DELETE", "")),
}
#: By service, a request that every load makes.
READS: dict[Service, Step] = {"github": Step("POST", "/graphql$", "query("), "gitlab": Step("GET", "/discussions$")}


def repository(path: Path, files: int = 1) -> Work:
    """A change of that many files. It adds many lines to the first, `a.py`, and one to each other."""
    work = Work.at(path)
    work.commit("base", **{"a.py": "first = 0\n"})
    work.git("checkout", "-q", "-b", "feature")
    added = "".join(f"line_{number} = {number}\n" for number in range(1, ADDED + 1))
    others = {f"f{number:04}.py": f"number = {number}\n" for number in range(2, files + 1)}
    work.commit("change", **{"a.py": f"first = 0\n{added}", **others})
    return work


def mark(name: str) -> str:
    return f"<!-- reviewbot:1 {name} s1g -->"


def said(text: str, name: str) -> str:
    return f"{text}\n\n{mark(name)}"


def comment(number: int, path: str = "a.py") -> Comment:
    """At the line of that number; 2 is the first that is added to `a.py`."""
    spot = Spot(path, path, "new", (None, number), (None, number))
    return Comment(f"f{number}", spot, f"About line {number}.", mark(f"f{number}"))


def never(body: str) -> bool:
    return False


def is_command(body: str) -> bool:
    return body.startswith("/reviewbot ")


@dataclass
class World:
    """A server, its pull request, and what an adapter for it announced and waited for, in bytes and in seconds."""

    service: Service
    work: Work
    server: Any
    sizes: list[int] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def forge(self, token: str = "", seconds: float = 3600.0, place: Place | None = None) -> Forge:
        """An adapter as a run has it, but its waits are written down and not waited for."""
        ends, where, secret = time.monotonic() + seconds, place or self.server.place, token or self.server.token
        if self.service == "github":
            return GitHub(where, secret, self.sizes.append, ends, self.waits.append)
        return GitLab(where, secret, self.sizes.append, ends, Attempts(ends, sleep=self.waits.append))

    @property
    def head(self) -> str:
        return self.work.git("rev-parse", "feature")

    @property
    def bot(self) -> str:
        return "github-actions[bot]" if self.service == "github" else str(self.server.bot)

    def fault(self, step: Step, status: int = 0, effect: Effect = "before", *, times: int = 1, **more: Any) -> None:
        """The next requests of that kind fail so."""
        if self.service == "github":
            self.server.faults.append(
                github.Fault(step.method, step.path, status, effect, times, containing=step.containing, **more)
            )
        else:
            self.server.faults.append(gitlab.Fault(step.method, step.path, status, effect, times, **more))

    def every_write(self, status: int, **more: Any) -> None:
        for step in WRITES[self.service]:
            self.fault(step, status, times=1000, **more)

    def say_before(self) -> Conversation:
        """What an earlier run left: three threads, the last of them resolved, and a summary."""
        forge = self.forge()
        forge.load(never)
        assert forge.post(Changes(self.head, comments=(comment(2), comment(3), comment(4)))) == Posted()
        assert forge.conclude(said("### Summary of old", "s"), "", Verdict(self.head, "failure", "3 findings")).outcome
        self.server.resolve(self.server.threads[2], "ada")
        found = self.forge().load(never)
        assert (len(found.threads), len(found.notes)) == (3, 1)
        self.server.requests.clear()
        self.sizes.clear()
        return found

    def all_changes(self, before: Conversation) -> Changes:
        """Two new threads, replies of every kind (two of them in one thread), and an answer."""
        one, two, three = (thread.id for thread in before.threads)
        return Changes(
            self.head, comments=(comment(5), comment(6)), answers=(said("The answer.", "a"),),
            followups=(
                Followup(one, said("Fixed.", "r1"), True), Followup(two, said("Because.", "r2")),
                Followup(two, said("Fixed as well.", "r3"), True), Followup(three, said("Back.", "r4"), False),
            ),
        )  # fmt: skip

    def say_all(self, before: Conversation, step: str = "", status: int = 0, effect: Effect = "before",
                *, token: str = "", **more: Any) -> tuple[Posted, Posted]:  # fmt: skip
        """A run that loads, posts and concludes, with a fault at one step. What came of the two that write.

        Where the fault is a late one there is nothing to post.
        """
        forge = self.forge(token)
        forge.load(never)
        if step:
            self.fault(STEPS[self.service][step], status, effect, **more)
        posted = forge.post(Changes(self.head) if step in LATE else self.all_changes(before))
        return posted, self.conclude(forge, "" if step == "new summary" else before.notes[0].id)

    def conclude(self, forge: Forge, note: str = "") -> Posted:
        return forge.conclude(said("### Summary of now", "s2"), note, Verdict(self.head, "success", "nothing"))

    def bodies(self) -> list[str]:
        """All that the bot said, sorted; each of them is there as often as it was said."""
        every = [*self.server.notes, *(note for thread in self.server.threads for note in thread.notes)]
        return sorted(note.body for note in every if note.author == self.bot)

    def there(self) -> dict[str, Any]:
        """The conversation and the status as they are, in no words of the one forge or the other."""
        threads = [(thread.path, thread.line, [note.body for note in thread.notes], thread.resolved)
                   for thread in self.server.threads]  # fmt: skip
        github_has = self.service == "github" and not self.server.statuses
        verdicts = [one.conclusion for one in self.server.checks] if github_has else [
            one.state for one in self.server.statuses]  # fmt: skip
        return {"threads": sorted(threads), "notes": sorted(note.body for note in self.server.notes),
                # Of several of one name a forge shows the last.
                "verdict": verdicts[-1], "drafts": len(getattr(self.server, "drafts", []))}  # fmt: skip

    def writing(self) -> list[Any]:
        """The requests that write: GitHub's queries are no such."""
        return [one for one in self.server.requests if one.method != "GET" and not (
            one.path.endswith("/graphql") and "mutation" not in str((one.body or {}).get("query")))]  # fmt: skip

    def check(self) -> None:
        """What holds after every test: no contract broken, nothing run, and each byte announced before it left."""
        assert (self.server.violations, list(getattr(self.server, "actions", []))) == ([], [])
        assert sum(self.sizes) == sum(request.size for request in self.server.requests)


@contextmanager
def world(service: Service, work: Work, **more: Any) -> Iterator[World]:
    serving = github.serving if service == "github" else gitlab.serving
    with serving(work.path, **more) as server:
        made = World(service, work, server)
        yield made
        made.check()
