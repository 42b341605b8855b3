"""What a large pull request costs on each forge: few requests to read, three and one for each thread to tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.contract.scenes import Scene, Seen, scene
from tests.contract.worlds_of_forges import SERVICES

FILES, FIXED, THREADS = 300, 90, 60
#: Requests beside posting, and those of posting beside one for each thread.
MOST_BESIDE, MOST_TOLD = 12, 3
BASE = {f"api/m{number:03}.py": f"one = {number}\n" for number in range(FILES)}
POLICY = {".reviewbot.toml": f"[review]\nmax_comments = {THREADS}\n"}
BUGS = ("def app(rows):\n    return eval(rows)\n", "print(one is 'x')\n", "assert (one, 'is one')\n")
HEAD = {path: f"{text}{BUGS[number % len(BUGS)]}" for number, (path, text) in enumerate(BASE.items())}
PUSHED = {path: f"{text}two = 2\n" for path, text in list(BASE.items())[:FIXED]}


@dataclass(frozen=True)
class Cost:
    """Requests of one run."""

    beside: int
    posting: int
    touched: int


def writes(request: Any) -> bool:
    return request.method != "GET" and not (request.path == "/graphql" and "mutation" not in request.body["query"])


def cost(here: Scene, said: Mapping[str, int]) -> Cost:
    """Of what came in since; `said` are the notes of each thread before it."""
    asked = here.server.requests
    touched = sum(len(thread.notes) != said.get(thread.id, 0) for thread in here.server.threads)
    posting = sum(map(writes, asked))
    return Cost(len(asked) - posting, posting, touched)


@pytest.fixture(params=SERVICES, scope="module")
def here(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with scene(request.param, tmp_path_factory.mktemp("scene"), BASE | POLICY, HEAD) as made:
        yield made


def run(here: Scene, *options: str) -> tuple[Seen, Cost]:
    said = {thread.id: len(thread.notes) for thread in here.server.threads}
    here.server.requests.clear()
    seen = here.review(*options)
    return seen, cost(here, said)


def test_300_files_cost_twelve_requests_beside_posting_and_three_and_one_a_thread(here: Scene) -> None:
    people = {f"person{number}": "write" if here.service == "github" else 30 for number in range(6)}
    here.server.people.update(people)
    opened, first = run(here)
    assert len(opened.report["files"]) == len(opened.report["findings"]) == FILES
    assert first.touched == opened.threads == THREADS
    assert first.beside <= MOST_BESIDE
    assert first.posting <= MOST_TOLD + first.touched

    again, second = run(here)
    assert (again.added, second.touched) == ((0, 0, 0), 0)
    assert second.beside <= MOST_BESIDE
    assert second.posting <= MOST_TOLD

    for person in people:
        here.server.say(person, "I see.", thread=here.server.threads[-1])
    here.write("fixes", **PUSHED)
    pushed, third = run(here)
    assert (pushed.replies, sum(thread.resolved for thread in here.server.threads)) == (third.touched, third.touched)
    assert third.touched >= FIXED // len(BUGS)
    assert third.beside <= MOST_BESIDE
    assert third.posting <= MOST_TOLD + third.touched
