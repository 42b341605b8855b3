"""Who speaks: people with access levels, the bot, and tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.servers.gitlab.wire import Json, Request

#: What a token may: everything its owner may, only reading, what a CI job may, nothing.
Scope = Literal["api", "read", "job", "none"]
TOKENS: dict[Scope, str] = {"api": "glpat-test", "read": "glpat-read", "job": "glcbt-job", "none": "glpat-wrong"}
#: GitLab's numbers, under its own words and under those that both forges share.
LEVELS = {
    "none": 0, "minimal": 5, "guest": 10, "reporter": 20, "developer": 30, "maintainer": 40, "owner": 50,
    "read": 20, "write": 30, "maintain": 40, "admin": 50,
}  # fmt: skip
#: GitLab makes such a user for each project access token.
BOT = "project_1_bot_5f3e"


@dataclass(frozen=True)
class Person:
    id: int
    username: str

    def view(self, web: str) -> Json:
        return {
            "id": self.id, "username": self.username, "name": self.username.title(), "state": "active",
            "locked": False, "avatar_url": f"{web}/uploads/{self.id}.png", "web_url": f"{web}/{self.username}",
        }  # fmt: skip


@dataclass(frozen=True)
class Caller:
    """Who asks: nobody for a request without a token, or with one that does not count there."""

    person: Person | None
    scope: Scope


class People:
    """Everybody who was ever named, with an id of their own; `levels` is the test's to change."""

    def __init__(self, levels: dict[str, int | str]) -> None:
        self.levels = levels
        self._known = {BOT: Person(9, BOT)}

    @property
    def bot(self) -> Person:
        return self._known[BOT]

    def named(self, username: str) -> Person:
        return self._known.setdefault(username, Person(100 + len(self._known), username))

    def numbered(self, number: str) -> Person | None:
        for username in self.levels:
            self.named(username)
        return next((person for person in self._known.values() if str(person.id) == number), None)

    def level(self, person: Person | None) -> int:
        if person is None:
            return 0
        level = self.levels.get(person.username, 30 if person.username == BOT else 0)
        return level if isinstance(level, int) else LEVELS[level]

    def caller(self, request: Request) -> Caller:
        """Whose token it is."""
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        token = request.headers.get("private-token") or bearer
        if not token and "job-token" in request.headers:
            good = request.headers["job-token"] == TOKENS["job"]
            return Caller(self.bot if good else None, "job" if good else "none")
        if token in (TOKENS["api"], TOKENS["read"]):
            return Caller(self.bot, "api" if token == TOKENS["api"] else "read")
        return Caller(None, "none")
