"""Commit messages and test scaffolds on every forge: answered once, and only what may be shown there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewbot.core.conversation import Service
from tests.contract.scenes import Scene, scene

CLAMP = "def clamp(value: int, low: int) -> int:\n    return max(value, low)\n"
BASE = {"api/__init__.py": "", "api/rates.py": "RATE = 1\n", "tests/test_rates.py": "import api.rates\n",
        ".reviewbot.toml": '[[rule]]\nlabel = "restricted"\npaths = ["ledger/**"]\nreason = "core"\n',
        "pyproject.toml": "[tool.pytest.ini_options]\n", "ledger/__init__.py": ""}  # fmt: skip
CANARY = "gorse_7431"
SECRET = f"def {CANARY}(cents: int) -> int:\n    return cents * 2\n"


@pytest.fixture(params=["github", "gitlab"])
def service(request: pytest.FixtureRequest) -> Service:
    found: Service = request.param
    return found


@pytest.fixture
def here(service: Service, tmp_path: Path) -> Iterator[Scene]:
    with scene(service, tmp_path, BASE, {"api/limits.py": CLAMP}) as made:
        yield made


def answers(here: Scene) -> list[str]:
    """What the bot said on the whole beside its summary."""
    return [note.body for note in here.server.notes
            if "<!-- reviewbot:1 " in note.body and "### reviewbot" not in note.body]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "expected"), [("message", "add clamp"), ("scaffold", "from api.limits import clamp")]
)
def test_what_is_asked_for_in_a_comment_is_answered_once(here: Scene, command: str, expected: str) -> None:
    assert here.review().added == (0, 0, 1)
    assert answers(here) == []
    here.server.say("ada", f"/reviewbot {command}")
    assert here.review().added == (0, 0, 1)
    (answer,) = answers(here)
    assert expected in answer
    assert here.review().added == (0, 0, 0)


def test_nobody_who_may_not_write_gets_a_draft(here: Scene) -> None:
    here.review()
    here.server.say("eve", "/reviewbot scaffold")
    assert here.review().added == (0, 0, 0)


def test_the_tasks_of_a_run_put_them_into_the_summary(here: Scene) -> None:
    here.review("--tasks", "review,message,scaffold")
    assert "add clamp" in here.summary and "from api.limits import clamp" in here.summary
    here.review("--tasks", "review,message,scaffold")
    assert here.summary.count("from api.limits import clamp") == 1


def test_a_public_project_is_told_of_nothing_that_rests_on_what_is_restricted(service: Service, tmp_path: Path) -> None:
    with scene(
        service, tmp_path, BASE, {"api/limits.py": CLAMP, "ledger/core.py": SECRET}, visibility="public"
    ) as here:
        seen = here.review("--tasks", "review,message,scaffold")
        here.server.say("ada", "/reviewbot message")
        here.server.say("ada", "/reviewbot scaffold")
        here.review()
        texts = [note.body for note in here.server.notes]
        assert any("from api.limits import clamp" in text for text in texts)
        assert not any(CANARY in text for text in texts)
    assert any(CANARY in one["target"] for one in seen.report["scaffolds"])
    assert CANARY in str(seen.report["message"])
