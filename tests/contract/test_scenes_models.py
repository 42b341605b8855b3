"""What models said at earlier heads is remembered: what has changed is read again, and what stands is not forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewbot.core.conversation import Service
from tests.cli.mixed import operator
from tests.contract.scenes import Scene, Seen, scene
from tests.servers import faulty
from tests.servers.diligent import asked_about, diligent
from tests.servers.faulty import Faulty

BASE = {"api/a.py": "one = 1\n", "api/b.py": "two = 2\n", "api/c.py": "three = 3\n"}
BUGGY = {"api/a.py": "one = 1\na = BUG\n", "api/b.py": "two = 2\nb = BUG\n"}
KEY = {"REVIEWBOT_KEY": "a key of the operator"}


class Run:
    """A scene with a model."""

    def __init__(self, here: Scene, model: Faulty) -> None:
        self.here, self.model = here, model
        self._options = ("--operator", operator(here.folder, ("local", "ollama", model.url, "restricted")))

    def review(self, *options: str, environ: dict[str, str] | None = None) -> tuple[Seen, list[str]]:
        """The review, and the files that the model was shown."""
        before = len(self.model.asked)
        seen = self.here.review(*self._options, *options, environ=KEY if environ is None else environ)
        shown = [path for request in self.model.asked[before:] for path in asked_about(request.json)]
        return seen, sorted(shown)


@pytest.fixture(params=["github", "gitlab"])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Run]:
    service: Service = request.param
    with (scene(service, tmp_path, BASE, BUGGY) as here,
          Faulty(diligent(), dialect="ollama", models=("codestral:tiny",)) as model):  # fmt: skip
        yield Run(here, model)


def test_a_push_is_read_and_the_rest_is_not_read_again(run: Run) -> None:
    opened, shown = run.review()
    assert (opened.added, shown, opened.report["conclusion"]) == ((2, 0, 1), ["api/a.py", "api/b.py"], "success")
    again, shown = run.review()
    assert (again.added, shown) == ((0, 0, 0), [])
    assert {file["outcome"] for file in again.report["files"]} == {"reviewed"}
    assert len(again.report["findings"]) == 2

    run.here.write(**{"api/c.py": "three = 3\nc = BUG\n"})
    pushed, shown = run.review()
    assert (pushed.added, shown) == ((1, 0, 0), ["api/c.py"])
    assert len(pushed.report["findings"]) == 3


def test_a_claim_that_is_carried_blocks_as_it_did(run: Run) -> None:
    first, _ = run.review("--fail-on", "high")
    again, shown = run.review("--fail-on", "high")
    assert (first.code, again.code, shown) == (1, 1, [])
    assert again.report["conclusion"] == "failure"


def test_a_claim_is_fixed_where_its_lines_are_gone(run: Run) -> None:
    run.review()
    run.here.write(**{"api/a.py": "one = 1\na = fixed\n"})
    pushed, shown = run.review()
    assert (pushed.added, pushed.open, shown) == ((0, 1, 0), ["api/b.py:2"], ["api/a.py"])
    head = run.here.work.git("rev-parse", "HEAD")[:10]
    assert run.here.thread("api/a.py").notes[-1].body.startswith(f"No longer reported at `{head}`: ")
    run.here.write(**{"api/a.py": BUGGY["api/a.py"]})
    back, _ = run.review()
    assert (back.added, back.open) == ((0, 1, 0), ["api/a.py:2", "api/b.py:2"])


def test_a_model_that_is_down_later_leaves_what_it_said(run: Run) -> None:
    run.review()
    run.here.write(**{"api/a.py": "one = 1\na = BUG\nmore = 1\n"})
    run.model.add(faulty.unauthorized())
    failed, _ = run.review()
    assert (failed.code, failed.added, failed.open) == (3, (0, 0, 0), ["api/a.py:2", "api/b.py:2"])


def test_who_asks_for_all_of_it_has_it_read_again_once(run: Run) -> None:
    run.review()
    run.here.server.say("ada", "/reviewbot full")
    full, shown = run.review()
    assert (full.added, shown) == ((0, 0, 1), ["api/a.py", "api/b.py"])
    assert run.review()[1] == []


def test_a_team_may_want_all_of_it_read_each_time(run: Run) -> None:
    run.here.work.git("checkout", "-q", "main")
    run.here.work.commit(**{".reviewbot.toml": "[review]\nincremental = false\n"})
    run.here.work.git("checkout", "-q", "feature")
    run.here.work.git("rebase", "-q", "main")
    run.review()
    again, shown = run.review()
    assert (again.added, shown) == ((0, 0, 0), ["api/a.py", "api/b.py"])


def test_without_a_key_no_reading_is_remembered(run: Run) -> None:
    """Who may write to the project may change what the bot wrote, and any workflow may speak as it."""
    run.review(environ={})
    again, shown = run.review(environ={})
    assert (again.added, shown) == ((0, 0, 0), ["api/a.py", "api/b.py"])


@pytest.mark.parametrize(("who", "shown"), [("ada", ["api/a.py", "api/b.py"]), ("eve", [])])
def test_a_label_has_it_read_again_where_whoever_sets_it_may_write(who: str, shown: list[str], tmp_path: Path) -> None:
    with (scene("github", tmp_path, BASE, BUGGY) as here,
          Faulty(diligent(), dialect="ollama", models=("codestral:tiny",)) as model):  # fmt: skip
        run = Run(here, model)
        run.review()
        event = tmp_path / "event.json"
        shas = {
            name: {"sha": here.work.git("rev-parse", branch)}
            for name, branch in (("head", "feature"), ("base", "main"))
        }
        event.write_text(json.dumps({"action": "labeled", "label": {"name": "reviewbot:full"}, "sender": {"login": who},
                                     "pull_request": {"number": 7, "title": "T", **shas}}))  # fmt: skip
        environ = {**KEY, "GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(event)}
        assert run.review(environ=environ)[1] == shown
