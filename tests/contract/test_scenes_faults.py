"""Whatever a forge does to a run of the command line: the review is not lost, and the next run tells the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reviewbot.core.conversation import Service
from tests.contract.scenes import Scene, Seen, scene
from tests.contract.worlds_of_forges import READS, SERVICES, WRITES, Step
from tests.servers import github, gitlab

FILLER = "".join(f"line_{number} = {number}\n" for number in range(20))
BASE = {f"api/{name}.py": f"{FILLER}{name} = 1\n" for name in ("one", "two", "three")}
EVAL = f"{FILLER}def app(rows):\n    return eval(rows)\n"
SAME = f"{FILLER}name = 'x'\nprint(name is 'x')\n"
SHELL = f"{FILLER}import os\n\nother = os.system('ls ' + other)\n"
OPENED = {"api/one.py": EVAL, "api/two.py": SAME}
PUSHED = {"api/one.py": BASE["api/one.py"], "api/three.py": SHELL}
SECRET = "c4n4ry-of-a-body"
#: Each time a fault, and what the run ends with beside its own: 3 where the forge failed or does not know the token, 0
#: where the token may not, as that of a fork may not.
AT_LOAD: dict[str, tuple[dict[str, Any], int]] = {
    "403": ({"status": 403, "body": {"message": SECRET}}, 0),
    **{f"{status}": ({"status": status, "body": {"message": SECRET}}, 3) for status in (401, 404, 409, 422)},
    "429": ({"status": 429, "headers": {"retry-after": "7000"}}, 3), "502": ({"status": 502}, 3),
    "truncated": ({"cut": "connection"}, 3),
}  # fmt: skip
AT_POST: dict[str, tuple[dict[str, Any], int]] = {
    **{f"{status}": ({"status": status, "body": {"message": SECRET}}, 0) for status in (401, 403, 404)},
    "409": ({"status": 409, "body": {"message": SECRET}}, 3), "422": ({"status": 422}, 3),
    "429": ({"status": 429, "headers": {"retry-after": "7000"}}, 3), "502": ({"status": 502}, 3),
}  # fmt: skip
#: What happens to one request of each kind, and what is not noticed.
ONCE: dict[str, dict[str, Any]] = {
    "429": {"status": 429, "headers": {"retry-after": "1"}}, "502 before": {"status": 502},
    "502 after": {"status": 502, "effect": "after"}, "dropped after": {"drop": True, "effect": "after"},
    "truncated": {"cut": "connection"},
}  # fmt: skip


@pytest.fixture(params=SERVICES)
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    with scene(request.param, tmp_path, BASE, OPENED) as made:
        yield made


def fault(here: Scene, steps: tuple[Step, ...], times: int, **more: Any) -> None:
    for step in steps:
        if here.service == "github":
            here.server.faults.append(
                github.Fault(step.method, step.path, containing=step.containing, times=times, **more)
            )
        else:
            here.server.faults.append(gitlab.Fault(step.method, step.path, times=times, **more))


def run(here: Scene) -> Seen:
    """In a log of the forge's own CI; the step summary is that of this run."""
    summary = here.folder / "step.md"
    summary.write_text("")
    of_ci = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)} if here.service == "github" else {
        "CI": "true", "GITLAB_CI": "true"}  # fmt: skip
    return here.review(environ=of_ci)


def there(here: Scene) -> dict[str, Any]:
    """What a reader of the pull request sees, whatever the ids of comments are."""
    threads = [(thread.path, thread.line, [note.body for note in thread.notes], thread.resolved)
               for thread in here.server.threads]  # fmt: skip
    of = here.server.checks if here.service == "github" else here.server.statuses
    verdict = getattr(of[-1], "conclusion", "") or of[-1].state
    return {"threads": sorted(threads), "notes": [plain(note.body) for note in here.server.notes], "verdict": verdict}


def plain(summary: str) -> str:
    """Without how long it took and its mark, which holds the order in which findings were told."""
    return re.sub(r"<!-- reviewbot:1 .*-->|\d[\d.]* (?:ms|s)\b", "", summary)


def findings(seen: Seen) -> list[tuple[str, str, int]]:
    return sorted((one["rule"], one["path"], one["line"]) for one in seen.report["findings"])


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> dict[Service, tuple[list[Any], list[Any], dict[str, Any], int]]:
    """What two runs without faults find, what is there after them, and how they end."""
    found = {}
    for service in SERVICES:
        with scene(service, tmp_path_factory.mktemp(service), BASE, OPENED) as made:
            first = run(made)
            made.write("fix and a new bug", **PUSHED)
            second = run(made)
            assert (len(made.server.threads), len(made.server.notes)) == (3, 1)
            assert first.code == second.code
            found[service] = findings(first), findings(second), there(made), second.code
    return found


def whole(here: Scene, seen: Seen, wanted: list[Any], said: str) -> None:
    """Nothing is lost of it: the report and the log have it all, and nothing of what the forge answered."""
    assert findings(seen) == wanted
    step = (here.folder / "step.md").read_text() if here.service == "github" else said
    for rule, path, line in wanted:
        assert f"{rule}  {path}:{line}" in said
        assert path in step
        if here.service == "github":
            assert re.search(rf"^::\w+ file={path},title={rule},line={line},", said, re.MULTILINE), "no annotation"
    assert re.search("^! .+", said, re.MULTILINE), "why nothing is posted"
    for text in (said, step, str(seen.report)):
        assert SECRET not in text and here.server.token not in text


def mended(here: Scene, wanted: dict[str, Any], code: int) -> None:
    """After one more run all is as if nothing had happened; the run after that adds nothing."""
    here.server.faults.clear()
    assert run(here).code == code
    assert there(here) == wanted
    assert run(here).added == (0, 0, 0)


@pytest.mark.parametrize("name", AT_LOAD)
def test_where_nothing_can_be_read_the_review_is_in_the_log_and_the_next_run_tells_it(
    here: Scene, name: str, right: dict[Service, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    _, second, wanted, code = right[here.service]
    assert run(here).code == code
    here.write("fix and a new bug", **PUSHED)
    capsys.readouterr()
    was = there(here)
    more, failed = AT_LOAD[name]
    fault(here, (READS[here.service],), 1000, **more)
    seen = run(here)
    assert (seen.code, seen.added) == (max(code, failed), (0, 0, 0))
    assert there(here) == was
    whole(here, seen, second, capsys.readouterr().out)
    mended(here, wanted, code)


@pytest.mark.parametrize("name", [name for name in AT_POST if name != "502"])
def test_where_nothing_can_be_written_the_review_is_in_the_log_and_the_next_run_tells_it(
    here: Scene, name: str, right: dict[Service, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    first, _, wanted, code = right[here.service]
    more, failed = AT_POST[name]
    fault(here, WRITES[here.service], 1000, **more)
    seen = run(here)
    assert (seen.code, seen.added, here.server.threads) == (max(code, failed), (0, 0, 0), [])
    whole(here, seen, first, capsys.readouterr().out)
    here.server.faults.clear()
    assert run(here).added == (2, 0, 1)
    here.write("fix and a new bug", **PUSHED)
    mended(here, wanted, code)


@pytest.mark.parametrize("name", AT_POST)
def test_a_push_that_cannot_be_told_is_told_by_the_next_run(
    here: Scene, name: str, right: dict[Service, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    _, second, wanted, code = right[here.service]
    run(here)
    here.write("fix and a new bug", **PUSHED)
    was = there(here)
    capsys.readouterr()
    more, failed = AT_POST[name]
    fault(here, WRITES[here.service], 1000, **more)
    seen = run(here)
    assert (seen.code, seen.added, there(here)) == (max(code, failed), (0, 0, 0), was)
    whole(here, seen, second, capsys.readouterr().out)
    mended(here, wanted, code)


@pytest.mark.parametrize("name", ONCE)
def test_a_fault_that_passes_at_each_kind_of_request_is_not_noticed(
    here: Scene, name: str, right: dict[Service, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    _, second, wanted, code = right[here.service]
    run(here)
    here.write("fix and a new bug", **PUSHED)
    capsys.readouterr()
    fault(here, (READS[here.service], *WRITES[here.service]), 1, **ONCE[name])
    seen = run(here)
    assert (seen.code, seen.added, findings(seen), there(here)) == (code, (1, 1, 0), second, wanted)
    assert not re.search("^! .*(?:could not|nothing is posted)", capsys.readouterr().out, re.IGNORECASE | re.MULTILINE)
    assert run(here).added == (0, 0, 0)


def test_a_token_of_a_fork_gets_a_review_in_the_log(
    here: Scene, right: dict[Service, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    first, _, _, code = right[here.service]
    here.token = here.server.tokens["read"]
    seen = run(here)
    assert (seen.code, here.server.threads, here.server.notes) == (code, [], [])
    whole(here, seen, first, capsys.readouterr().out)


def test_what_a_forge_says_of_the_change_changes_no_comment(here: Scene, right: dict[Service, Any]) -> None:
    """Neither a missing patch nor a list of files that ends early: the change is git's."""
    if here.service == "github":
        here.server.patch_lines = here.server.page_lines = here.server.listed_files = 0
    else:
        world = here.server.world
        world.collapsed, world.too_large = {"api/one.py", "api/two.py"}, {"api/three.py"}
    _, second, wanted, code = right[here.service]
    run(here)
    here.write("fix and a new bug", **PUSHED)
    seen = run(here)
    assert (seen.code, findings(seen), there(here)) == (code, second, wanted)
