"""From a request to an answer: whose it is, what it may, which endpoint it is for, whether both keep the contract."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit

from tests.servers.gitlab.attributes import NONE, Table, unknown
from tests.servers.gitlab.people import Caller, Person
from tests.servers.gitlab.positions import Refused
from tests.servers.gitlab.shapes import Shape, problems
from tests.servers.gitlab.state import MERGE_REQUEST, PROJECT
from tests.servers.gitlab.wire import Answer, Json, Request, said
from tests.servers.gitlab.world import World

#: Whom an endpoint answers: users only, jobs too, or everybody who may see the project.
Access = Literal["user", "job", "open"]
Result = tuple[int, Json | list[Json] | bytes | None]
MR = "/projects/{project}/merge_requests/{iid}"
MAX_PAGE = 100


@dataclass(frozen=True)
class Call:
    """A request as an endpoint sees it. `ids` are the variable parts of its path."""

    world: World
    caller: Caller
    ids: dict[str, str]
    query: dict[str, str]
    body: Json
    half: bool = False

    @property
    def person(self) -> Person:
        """Who asks; refused to nobody."""
        if self.caller.person is None:
            raise Refused(401, {"message": "401 Unauthorized"})
        return self.caller.person

    def require(self, level: int) -> None:
        if self.world.people.level(self.person) < level:
            raise Refused(403, {"message": "403 Forbidden"})

    def text(self, name: str) -> str:
        """A text that has to be there."""
        value = self.body.get(name)
        if name not in self.body:
            raise Refused(400, {"error": f"{name} is missing"})
        if not isinstance(value, str):
            raise Refused(400, {"error": f"{name} is invalid"})
        return value


@dataclass(frozen=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    run: Callable[[Call], Result]
    shape: Shape | None
    access: Access
    attributes: Table
    query: Table
    paged: bool


@dataclass
class Endpoints:
    """The endpoints; each registers itself."""

    routes: list[Route] = field(default_factory=list)

    def add(
        self, method: str, path: str, shape: Shape | None = None, *, access: Access = "user", body: Table = NONE,
        query: Table = NONE, paged: bool = False,
    ) -> Callable[[Callable[[Call], Result]], Callable[[Call], Result]]:  # fmt: skip
        pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))

        def added(run: Callable[[Call], Result]) -> Callable[[Call], Result]:
            self.routes.append(Route(method, pattern, run, shape, access, body, query, paged))
            return run

        return added

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        for route in self.routes:
            match = route.pattern.fullmatch(path)
            if match and route.method == method:
                return route, {name: unquote(value) for name, value in match.groupdict().items()}
        return None


ROUTES = Endpoints()
route = ROUTES.add


def respond(world: World, root: str, request: Request) -> Answer:
    """The answer to a request; `root` is what every path begins with."""
    found = ROUTES.find(request.method, request.path.removeprefix(root)) if request.path.startswith(root) else None
    if found is None:
        world.violations.append(f"{request.method} {request.path}: no such endpoint")
        return said(404, {"error": "404 Not Found"})
    try:
        return _answered(world, request, *found)
    except Refused as refused:
        return said(refused.status, refused.body)
    except Exception:  # noqa: BLE001 (an error of the stand-in is one of the test)
        world.violations.append(traceback.format_exc())
        return said(500, {"message": "500 Internal Server Error"})


def _answered(world: World, request: Request, at: Route, ids: dict[str, str]) -> Answer:
    where = f"{request.method} {request.path}"
    caller = world.people.caller(request)
    _admit(world, request, at, caller)
    if "project" in ids and ids["project"] not in (str(PROJECT), world.project):
        raise Refused(404, {"message": "404 Project Not Found"})
    if "iid" in ids and ids["iid"] != str(world.number):
        raise Refused(404, {"message": "404 Not found"})
    if request.size and not isinstance(request.body, dict):
        world.violations.append(f"{where}: the body is no JSON object")
        raise Refused(400, {"message": "400 Bad request"})
    body: Json = request.body or {}
    world.violations += [f"{where}: unknown attribute {name}" for name in unknown(body, at.attributes)]
    world.violations += [f"{where}: unknown parameter {name}" for name in unknown(dict(request.query), at.query)]
    world.look()
    status, result = at.run(Call(world, caller, ids, request.query, body, request.half))
    if isinstance(result, bytes):
        return Answer(status, result, {"content-type": "text/plain"})
    if result is None:
        return Answer(status)
    headers: dict[str, str] = {}
    if at.paged and isinstance(result, list):
        result, headers = _page(world, request, result)
    if at.shape is not None and status in (200, 201):
        for answer in result if isinstance(result, list) else [result]:
            world.violations += [f"{where}: answer: {problem}" for problem in problems(at.shape, answer)]
    return said(status, result, headers)


def _admit(world: World, request: Request, at: Route, caller: Caller) -> None:
    given = {"private-token", "authorization", "job-token"} & request.headers.keys()
    if given and caller.person is None:
        raise Refused(401, {"message": "401 Unauthorized"})
    if caller.scope == "read" and request.method != "GET":
        described = "The request requires higher privileges than provided by the access token."
        raise Refused(403, {"error": "insufficient_scope", "error_description": described, "scope": "api"})
    counts = caller.scope in ("api", "read") or (caller.scope == "job" and at.access == "job")
    if not counts and at.access == "user":
        raise Refused(401, {"message": "401 Unauthorized"})
    sees = world.visibility == "public" or (
        counts and (world.visibility == "internal" or world.people.level(caller.person) >= 20)
    )
    if not sees and at.pattern.pattern.startswith("/projects"):
        raise Refused(404, {"message": "404 Project Not Found"})


def _page(world: World, request: Request, whole: list[Json]) -> tuple[list[Json], dict[str, str]]:
    numbers = {"page": 1, "per_page": 20}
    for name in numbers:
        given = request.query.get(name, "")
        if given and (not given.isdigit() or int(given) == 0):
            raise Refused(400, {"error": f"{name} does not have a valid value"})
        numbers[name] = int(given or numbers[name])
    page, size = numbers["page"], min(numbers["per_page"], MAX_PAGE)
    last = max(1, -(-len(whole) // size))
    others = {"prev": page - 1, "next": page + 1 if page < last else 0, "first": 1, "last": last}
    rest = "".join(f"&{name}={value}" for name, value in request.query.items() if name not in numbers)
    address = urlsplit(world.web)._replace(path=request.path).geturl()
    links = [f'<{address}?page={n}&per_page={size}{rest}>; rel="{name}"' for name, n in others.items() if n]
    return whole[(page - 1) * size : page * size], {
        "x-page": str(page), "x-per-page": str(size), "x-total": str(len(whole)), "x-total-pages": str(last),
        "x-next-page": str(others["next"] or ""), "x-prev-page": str(others["prev"] or ""), "link": ", ".join(links),
    }  # fmt: skip


__all__ = ["MERGE_REQUEST", "MR", "ROUTES", "Call", "Refused", "Result", "respond", "route"]
