"""The three phases as jobs of their own post what one process posts, and each needs only its own secrets."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewbot.cli import main
from reviewbot.core.conversation import Service
from tests.cli.mixed import operator
from tests.contract.scenes import NUMBER, Scene, scene
from tests.servers.diligent import diligent
from tests.servers.faulty import Faulty

BASE = {"api/a.py": "one = 1\n", "api/b.py": "two = 2\n"}
BUGGY = {"api/a.py": "one = 1\na = BUG\n", "api/b.py": "two = 2\nprint(two is 'x')\n"}
KEY = {"REVIEWBOT_KEY": "a key of the operator"}
SERVICES: list[Service] = ["github", "gitlab"]


def phases(here: Scene, document: str, *, reads: bool = True, meanwhile: Callable[[], object] | None = None) -> int:
    """Plan, two shards, publish; the exit code of the last. `meanwhile` is done before that one."""
    folder = here.folder
    plan = str(folder / "plan.json")
    seen = event(here, reads=reads)
    assert main(["plan", "--repo", str(here.work.path), "--base", "main", "--head", "feature", "--operator", document,
                 "--output", plan, "--pr", str(NUMBER)], seen) == 0  # fmt: skip
    replies = []
    for shard in ("1/2", "2/2"):
        replies.append(str(folder / f"reply-{shard[0]}.json"))
        assert main(["ask", plan, "--output", replies[-1], "--shard", shard, "--operator", document], {}) == 0
    if meanwhile is not None:
        meanwhile()
    return main(["publish", plan, *replies, "--forge", here.service, "--pr", str(NUMBER), "--operator", document,
                 "--output", str(folder / "report.json"), "--ledger", str(folder / "posted.jsonl")],
                {**here.environ, **KEY})  # fmt: skip


def event(here: Scene, *, reads: bool) -> dict[str, str]:
    """The environment of the first job: a pull request's, with or without a token that may read it."""
    path = here.folder / "event.json"
    head, base = here.work.git("rev-parse", "feature"), here.work.git("rev-parse", "main")
    path.write_text(json.dumps({"pull_request": {
        "number": NUMBER, "title": "T", "head": {"sha": head}, "base": {"sha": base},
    }}))  # fmt: skip
    github = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(path)}
    gitlab = {"CI_MERGE_REQUEST_IID": str(NUMBER), "CI_COMMIT_SHA": head, "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": base}
    of_ci = github if here.service == "github" else gitlab
    return {**of_ci, **(here.environ if reads else {}), **KEY}


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("reads", [True, False])
def test_three_jobs_post_what_one_posts(service: Service, reads: bool, tmp_path: Path) -> None:
    with (scene(service, tmp_path, BASE, BUGGY) as here,
          Faulty(diligent(), dialect="ollama", models=("codestral:tiny",)) as model):  # fmt: skip
        document = operator(tmp_path, ("local", "ollama", model.url, "restricted"))
        assert phases(here, document, reads=reads) == 0
        assert sorted(thread.path for thread in here.server.threads) == ["api/a.py", "api/b.py"]
        posted = len(model.asked)
        here.server.say("ada", "/reviewbot dismiss known", thread=here.thread("api/b.py"))
        assert phases(here, document, reads=reads) == 0
        assert (len(model.asked) == posted) is reads
        assert [thread.resolved for thread in sorted(here.server.threads, key=lambda one: one.path)] == [False, True]
        assert len(here.server.notes) == 1
        sent = [json.loads(line)["bytes_out"] for line in (tmp_path / "posted.jsonl").read_text().splitlines()]
        assert sum(sent) > 0
        assert main(["audit", "verify", str(tmp_path / "posted.jsonl")], {}) == 0


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_taken_away_while_models_are_asked_makes_nothing_look_better(service: Service, tmp_path: Path) -> None:
    """The plan leaves out what was read: the claims of that are the plan's, whoever deletes the comments with them."""
    with (scene(service, tmp_path, BASE, BUGGY) as here,
          Faulty(diligent(), dialect="ollama", models=("codestral:tiny",)) as model):  # fmt: skip
        document = operator(tmp_path, ("local", "ollama", model.url, "restricted"))
        phases(here, document)
        before = [one["id"] for one in json.loads((tmp_path / "report.json").read_text())["findings"]]

        def forget() -> None:
            here.server.threads.clear()
            here.server.notes.clear()

        phases(here, document, meanwhile=forget)
        assert [one["id"] for one in json.loads((tmp_path / "report.json").read_text())["findings"]] == before
        assert len(before) == 2


@pytest.mark.parametrize("service", SERVICES)
def test_who_asks_for_all_of_it_too_late_for_a_plan_is_heard_by_the_next(service: Service, tmp_path: Path) -> None:
    with (scene(service, tmp_path, BASE, BUGGY) as here,
          Faulty(diligent(), dialect="ollama", models=("codestral:tiny",)) as model):  # fmt: skip
        document = operator(tmp_path, ("local", "ollama", model.url, "restricted"))
        phases(here, document)
        asked = len(model.asked)
        phases(here, document, meanwhile=lambda: here.server.say("ada", "/reviewbot full"))
        assert (len(model.asked), len(here.server.notes)) == (asked, 2)
        phases(here, document)
        assert len(model.asked) > asked
        assert len(here.server.notes) == 3


def test_a_plan_of_another_pull_request_is_not_published(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with scene("github", tmp_path, BASE, BUGGY) as here:
        plan = str(tmp_path / "plan.json")
        assert main(["plan", "--repo", str(here.work.path), "--base", "main", "--head", "feature", "--output", plan,
                     "--pr", "8"], {}) == 0  # fmt: skip
        assert main(["publish", plan], event(here, reads=True)) == 2
        assert "not the plan of this pull request" in capsys.readouterr().err
        assert here.server.threads == []
