"""A pull request on a forge from its opening to its end: reviews by the command line, and what each left there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewbot.cli import main
from reviewbot.core.conversation import Service
from tests.repositories import Work
from tests.servers import github, gitlab

NUMBER = 7
#: What no test of a scene may leave behind on either side.
CLEAN: tuple[list[str], list[Any]] = ([], [])


@dataclass(frozen=True)
class Seen:
    """One review: exit code and report, and what it added to the forge."""

    code: int
    report: dict[str, Any]
    #: Threads begun, replies in threads, comments on the whole, edits of those and requests that write in all.
    threads: int
    replies: int
    notes: int
    #: Threads that are open now, as path:line.
    open: list[str]

    @property
    def added(self) -> tuple[int, int, int]:
        return self.threads, self.replies, self.notes


@dataclass
class Scene:
    """A work tree with branches main and feature, and the forge that serves it."""

    service: Service
    work: Work
    folder: Path
    server: Any
    token: str = ""

    @property
    def environ(self) -> dict[str, str]:
        place, token = self.server.place, self.token or self.server.token
        if self.service == "github":
            return {"GITHUB_TOKEN": token, "GITHUB_API_URL": place.api, "GITHUB_GRAPHQL_URL": place.graphql,
                    "GITHUB_REPOSITORY": place.project}  # fmt: skip
        return {"GITLAB_TOKEN": token, "CI_API_V4_URL": place.api, "CI_PROJECT_ID": place.project}

    def review(self, *options: str, environ: Mapping[str, str] | None = None) -> Seen:
        """As a user runs it."""
        report = self.folder / "report.json"
        report.unlink(missing_ok=True)
        before = self._counts()
        code = main(["review", "--repo", str(self.work.path), "--base", "main", "--head", "feature",
                     "--forge", self.service, "--pr", str(NUMBER), "--output", str(report), *options],
                    {**self.environ, **(environ or {})})  # fmt: skip
        after = self._counts()
        threads, replies, notes = (now - then for now, then in zip(after, before, strict=True))
        here = [f"{thread.path}:{thread.line}" for thread in self.server.threads if not thread.resolved]
        return Seen(code, json.loads(report.read_text()), threads, replies, notes, sorted(here))

    def _counts(self) -> tuple[int, int, int]:
        threads = self.server.threads
        return len(threads), sum(len(thread.notes) - 1 for thread in threads), len(self.server.notes)

    def thread(self, path: str) -> Any:
        """The one thread at that file."""
        (found,) = [thread for thread in self.server.threads if thread.path == path]
        return found

    def write(self, message: str = "change", **files: str) -> str:
        """A push of one more commit to the branch under review."""
        return self.work.commit(message, **files)

    @property
    def summary(self) -> str:
        """The text of the one comment on the whole that is the bot's."""
        (found,) = [
            note for note in self.server.notes if "<!-- reviewbot:1 " in note.body and "### reviewbot" in note.body
        ]
        return str(found.body)

    @property
    def broken(self) -> tuple[list[str], list[Any]]:
        """What broke the forge's contract, and what it took for a command."""
        return self.server.violations, list(getattr(self.server, "actions", []))


@contextmanager
def scene(service: Service, folder: Path, base: Mapping[str, str], head: Mapping[str, str],
          **options: Any) -> Iterator[Scene]:  # fmt: skip
    """A pull request of one commit. Whoever leaves has broken no contract."""
    work = Work.at(folder / "repository")
    work.commit("base", **base)
    work.git("checkout", "-q", "-b", "feature")
    work.commit("feature", **head)
    serving = github.serving if service == "github" else gitlab.serving
    with serving(work.path, base="main", head="feature", number=NUMBER, **options) as server:
        made = Scene(service, work, folder, server)
        yield made
        assert made.broken == CLEAN
