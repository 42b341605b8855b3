"""How a REST request finds the function that answers it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.servers.github.contract import Json
from tests.servers.github.values import Access
from tests.servers.github.world import World

REPO = "/repos/{owner}/{repo}"
PULL = REPO + "/pulls/{pull_number}"
ISSUE = REPO + "/issues/{issue_number}"


@dataclass(frozen=True)
class Call:
    """One request, as far as it has been checked."""

    world: World
    who: Access | None
    names: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    #: Root of the API: members with addresses begin with it.
    root: str

    @property
    def by(self) -> Access:
        """Who asks, where the way here lets nobody else through."""
        if self.who is None:
            raise RefusalError(401, "Requires authentication")
        return self.who

    @property
    def base(self) -> str:
        """The address of the repository."""
        return f"{self.root}/repos/{self.world.full_name}"


class RefusalError(Exception):
    """An answer of 4xx. `errors` is a list of sentences or of objects, as GitHub has it at that place."""

    def __init__(self, status: int, message: str, errors: list[Json] | list[str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.errors = status, message, errors


def invalid(resource: str, field: str, message: str, code: str = "custom") -> RefusalError:
    """422 in the longer form."""
    return RefusalError(
        422, "Validation Failed", [{"resource": resource, "code": code, "field": field, "message": message}]
    )


def page_size(query: Mapping[str, str]) -> int:
    """How many rows a page has: 30 unless it is said, and no more than 100."""
    return max(1, min(int(query.get("per_page", 30)), 100))


Answer = tuple[int, Any]
Function = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation."""

    method: str
    template: str
    pattern: re.Pattern[str]
    function: Function


ROUTES: list[Route] = []


def route(method: str, template: str) -> Callable[[Function], Function]:
    """Make a function the answer to an operation."""
    pattern = re.sub(
        r"\{(\w+)\}", lambda m: f"(?P<{m[1]}>{'.+' if m[1] in ('path', 'basehead') else '[^/]+'})", template
    )

    def register(function: Function) -> Function:
        ROUTES.append(Route(method, template, re.compile(pattern), function))
        return function

    return register


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The operation and the names in the path."""
    for each in ROUTES:
        if each.method == method and (match := each.pattern.fullmatch(path)):
            return each, match.groupdict()
    return None
