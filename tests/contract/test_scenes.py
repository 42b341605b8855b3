"""What a pull request sees of the bot from its opening to its end: nothing twice, nothing lost, on every forge."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewbot.core.conversation import Service
from tests.contract.scenes import Scene, scene
from tests.servers import github, gitlab

FILLER = "".join(f"line_{number} = {number}\n" for number in range(20))
BASE = {"api/app.py": f"{FILLER}def app(rows):\n    return rows\n", "api/same.py": f"{FILLER}name = 'x'\n",
        "api/other.py": f"{FILLER}other = 1\n"}  # fmt: skip
EVAL = f"{FILLER}def app(rows):\n    return eval(rows)\n"
SAME = f"{FILLER}name = 'x'\nprint(name is 'x')\n"
SHELL = f"{FILLER}import os\n\nother = os.system('ls ' + other)\n"


@pytest.fixture(params=["github", "gitlab"])
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    service: Service = request.param
    with scene(service, tmp_path, BASE, {"api/app.py": EVAL, "api/same.py": SAME}) as made:
        yield made


def told(here: Scene) -> set[str]:
    return {thread.path for thread in here.server.threads}


def test_a_pull_request_hears_everything_once_from_opening_to_regression(here: Scene) -> None:
    work = here.work

    opened = here.review()
    assert (opened.added, opened.open) == ((2, 0, 1), ["api/app.py:22", "api/same.py:22"])

    again = here.review()
    assert (again.added, again.open) == ((0, 0, 0), opened.open)

    fix = here.write("fix and a new bug", **{"api/app.py": BASE["api/app.py"], "api/other.py": SHELL})
    pushed = here.review()
    assert (pushed.added, pushed.open) == ((1, 1, 0), ["api/other.py:23", "api/same.py:22"])
    assert here.thread("api/app.py").resolved
    assert fix[:10] in here.thread("api/app.py").notes[-1].body

    # Others push to the base, two lines above what is told; the branch is rebased and pushed by force.
    work.git("checkout", "-q", "main")
    work.commit("elsewhere", **{"api/same.py": f"# one\n# two\n{BASE['api/same.py']}"})
    work.git("checkout", "-q", "feature")
    work.git("rebase", "-q", "main")
    rebased = here.review()
    assert (rebased.added, len(rebased.open)) == ((0, 0, 0), 2)

    work.git("reset", "-q", "--soft", "main")
    work.commit("squashed")
    assert here.review().added == (0, 0, 0)

    here.server.say("eve", "/reviewbot dismiss I may not", thread=here.thread("api/same.py"))
    assert here.review().added == (0, 0, 0)
    here.server.say("ada", "/reviewbot dismiss the literal is interned", thread=here.thread("api/same.py"))
    dismissed = here.review()
    assert (dismissed.added, dismissed.open) == ((0, 1, 0), ["api/other.py:23"])
    assert [one["reason"] for one in dismissed.report["dropped"]] == ["dismissed by ada: the literal is interned"]
    assert here.review().added == (0, 0, 0)
    entry = 'rule = "slips/literal-identity"\npaths = ["/api/same.py"]\nreason = "the literal is interned"'
    assert entry in here.summary

    here.write("the bug is back", **{"api/app.py": EVAL})
    back = here.review()
    assert (back.added, back.open) == ((0, 1, 0), ["api/app.py:22", "api/other.py:23"])
    assert here.review().added == (0, 0, 0)

    here.server.resolve(here.thread("api/other.py"), "ada")
    settled = here.review()
    assert (settled.added, settled.open) == ((0, 0, 0), ["api/app.py:22"])
    assert told(here) == {"api/app.py", "api/same.py", "api/other.py"}
    assert {finding["path"] for finding in settled.report["findings"]} == {"api/app.py", "api/other.py"}


def test_a_dismissal_that_is_taken_back_opens_the_thread_again(here: Scene) -> None:
    here.review()
    here.server.say("ada", "/reviewbot dismiss a mistake of mine", thread=here.thread("api/same.py"))
    assert here.review().open == ["api/app.py:22"]
    said = next(note for note in here.thread("api/same.py").notes if note.body.startswith("/reviewbot"))
    said.body = "Never mind."
    back = here.review()
    assert (back.added, back.open) == ((0, 1, 0), ["api/app.py:22", "api/same.py:22"])
    assert "Back at" in here.thread("api/same.py").notes[-1].body
    assert here.review().added == (0, 0, 0)


def test_comments_that_a_failing_forge_did_not_take_come_with_the_next_run(here: Scene) -> None:
    fault = github.Fault if here.service == "github" else gitlab.Fault
    here.server.faults += [fault("POST", "(reviews|draft_notes|discussions)$", 502, times=20)]
    failed = here.review()
    assert (failed.code, failed.threads, failed.notes) == (3, 0, 1)
    here.server.faults.clear()
    assert here.review().open == ["api/app.py:22", "api/same.py:22"]
    assert here.review().added == (0, 0, 0)


def test_what_the_policy_dismisses_is_closed_and_comes_back_with_its_entry_gone(here: Scene) -> None:
    work = here.work
    here.review()
    entry = '[[dismiss]]\nrule = "slips/literal-identity"\npaths = ["/api/same.py"]\nreason = "known"\n'
    both = ["api/app.py:22", "api/same.py:22"]
    for policy, said, still in ((entry, "Dismissed: ", both[:1]), ('default = "internal"\n', "Back at ", both)):
        work.git("checkout", "-q", "main")
        work.commit("policy", **{".reviewbot.toml": policy})
        work.git("checkout", "-q", "feature")
        work.git("rebase", "-q", "main")
        seen = here.review()
        assert (seen.added, seen.open) == ((0, 1, 0), still)
        assert here.thread("api/same.py").notes[-1].body.startswith(said)
        assert here.review().added == (0, 0, 0)
