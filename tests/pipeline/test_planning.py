"""Planning: which files models are to read, what they are told of each, and nothing else of the change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot import checks, pipeline
from reviewbot.cli import handover
from reviewbot.core.diff import FileDiff
from reviewbot.core.exchange import Prompt
from reviewbot.core.findings import Finding, Rule, Severity, at
from reviewbot.core.labels import ASSIGNABLE, Label
from reviewbot.core.plan import Job
from reviewbot.core.policy import Policy
from reviewbot.core.policy import Rule as Sensitivity
from reviewbot.core.pull import PullRequest
from reviewbot.core.style import Instructions
from reviewbot.core.tokens import estimate
from reviewbot.pipeline import Evidence, Plan, Windows
from reviewbot.ports import Check, Reading
from reviewbot.tasks import review
from tests.pipeline.desks import TOKEN
from tests.pipeline.runs import POLICY, run, scripted
from tests.readings import blob, diff

WINDOWS = Windows(dict.fromkeys(ASSIGNABLE, 16_000))
CHANGED = ("a = 1\n", "a = 2\n")


def planned(*files: FileDiff, policy: Policy = POLICY, windows: Windows | None = WINDOWS, title: str = "",
            with_checks: Sequence[Check] = checks.ALL) -> Plan:  # fmt: skip
    pull = PullRequest("a" * 40, "b" * 40, "a" * 40, files, tuple(file.path for file in files), 7, title)
    return pipeline.planned(pull, policy, checks=with_checks, guards=checks.GUARDS, windows=windows)


def asked(plan: Plan) -> list[str]:
    """The paths of all jobs."""
    return [path for job in plan.jobs or () for path in job.paths]


def told(plan: Plan) -> list[Prompt]:
    return [review.prompt(job) for job in plan.jobs or ()]


MOVED = replace(diff("api/new.py", "a = 1\n", "a = 1\n", change="renamed"), old_path="api/old.py")
FOREIGN = diff("vendor/x.py", *CHANGED)
BINARY = replace(diff("logo.png", None, None), new=replace(blob(""), text=None, absence="binary"), hunks=())
GONE = replace(diff("x.py", *CHANGED), new=replace(blob(""), text=None, absence="missing"), hunks=())


@pytest.mark.parametrize(("file", "outcome", "reason"), [
    (MOVED, "checked", "no line of it changes"),
    (diff("run.sh", "a\n", "a\n", new_mode="100755"), "checked", "no line of it changes"),
    (diff("web/package-lock.json", '{"a": 1}\n', '{"a": 2}\n'), "checked",
     "a list of locked versions: read by checks alone"),
    (diff("go.sum", *CHANGED), "checked", "a list of locked versions: read by checks alone"),
    (FOREIGN, "skipped", "vendored or generated: most checks leave it to its authors"),
    (diff("web/a.snap", *CHANGED), "skipped", "the policy ignores it"),
    (BINARY, "skipped", "binary"),
    (GONE, "failed", "git object is missing: a partial clone? fetch without --filter"),
])  # fmt: skip
def test_what_no_model_is_to_read_is_in_no_job_and_says_why(file: FileDiff, outcome: str, reason: str) -> None:
    policy = replace(POLICY, review=replace(POLICY.review, ignore=("*.snap",)))
    plan = planned(file, diff("api/a.py", *CHANGED), policy=policy)
    assert asked(plan) == ["api/a.py"]
    assert [(one.outcome, one.reason) for one in plan.files] == [(outcome, reason), ("checked", "")]


def test_an_added_and_a_deleted_file_are_read_and_a_moved_one_where_a_line_changes() -> None:
    moved = replace(diff("api/new.py", *CHANGED, change="renamed"), old_path="ledger/old.py")
    plan = planned(diff("a.py", None, "a = 1\n"), diff("b.py", "a = 1\n", None), moved)
    assert sorted(asked(plan)) == ["a.py", "api/new.py", "b.py"]
    assert {job.label for job in plan.jobs or () if "api/new.py" in job.paths} == {Label.RESTRICTED}


def test_without_windows_there_are_no_jobs_and_no_file_says_anything_of_models() -> None:
    plan = planned(diff("api/a.py", *CHANGED), diff("go.sum", *CHANGED), MOVED, windows=None)
    assert plan.jobs is None
    assert {file.reason for file in plan.files} == {""}


def test_a_change_that_no_model_need_read_has_no_jobs() -> None:
    assert planned(MOVED).jobs == ()


def test_a_job_has_text_of_one_label() -> None:
    files = [diff(f"{folder}/{name}.py", *CHANGED) for name in "abc" for folder in ("docs", "api", "ledger")]
    plan = planned(*files)
    assert [(job.name, sorted(job.paths)) for job in plan.jobs or ()] == [
        ("public-1", ["docs/a.py", "docs/b.py", "docs/c.py"]),
        ("internal-1", ["api/a.py", "api/b.py", "api/c.py"]),
        ("restricted-1", ["ledger/a.py", "ledger/b.py", "ledger/c.py"]),
    ]
    assert [prompt.label for prompt in told(plan)] == [Label.PUBLIC, Label.INTERNAL, Label.RESTRICTED]


def test_a_label_that_no_model_here_may_read_is_planned_so_that_it_can_be_denied() -> None:
    plan = planned(diff("ledger/a.py", *CHANGED), windows=Windows({Label.INTERNAL: 16_000}, otherwise=9000))
    assert asked(plan) == ["ledger/a.py"]


ASKED = Instructions(("docs/**",), "Every page names its author.")


@pytest.mark.parametrize(("of_document", "label"), [(Label.INTERNAL, Label.INTERNAL), (Label.PUBLIC, Label.PUBLIC)])
def test_what_the_team_asks_is_told_where_it_applies_and_has_the_label_of_its_document(
    of_document: Label, label: Label
) -> None:
    policy = Policy((Sensitivity(Label.PUBLIC, ("docs/**", "src/**"), (), "", "x", 1),
                     Sensitivity(of_document, (".reviewbot.toml",), (), "", "x", 2)),
                    Label.INTERNAL, "base", "ab" * 32, instructions=(ASKED,))  # fmt: skip
    plan = planned(diff("docs/a.py", *CHANGED), diff("src/b.py", *CHANGED), policy=policy)
    by_path = {path: (job, review.prompt(job)) for job in plan.jobs or () for path in job.paths}
    job, prompt = by_path["docs/a.py"]
    assert "The team asks: Every page names its author." in prompt.text
    assert (job.label, prompt.label) == (label, label)
    other, alone = by_path["src/b.py"]
    assert (other.label, "The team asks" in alone.text) == (Label.PUBLIC, label == Label.PUBLIC)
    assert {file.label for file in plan.files} == {Label.PUBLIC}, "the file itself is as public as before"


class Telling:
    """A check that says something of each label on the first line."""

    RULES = tuple(Rule(f"x/{label}", Severity.LOW, f"Known at {label}", "So it is.") for label in ASSIGNABLE)

    def check(self, reading: Reading) -> Iterable[Finding]:
        for rule, label in zip(self.RULES, ASSIGNABLE, strict=True):
            yield at(rule, reading.file, 1, label=label)


@pytest.mark.parametrize(("path", "known"), [
    ("docs/a.py", ["public"]), ("api/a.py", ["public", "internal"]),
    ("ledger/a.py", ["public", "internal", "confidential", "restricted"]),
])  # fmt: skip
def test_a_model_is_told_what_checks_found_up_to_the_label_of_the_file(path: str, known: list[str]) -> None:
    (prompt,) = told(planned(diff(path, *CHANGED), with_checks=[Telling()]))
    assert [label for label in map(str, ASSIGNABLE) if f"line 1: Known at {label}" in prompt.text] == known


def test_jobs_of_a_label_depend_on_nothing_above_it() -> None:
    """Neither on files nor on what the team asks of them, which takes room in their prompts."""
    policy = replace(POLICY, instructions=(Instructions(("ledger/**",), "Look twice at every number. " * 60),))
    text = "".join(f"value_{number} = compute(value_{number}, {number})\n" for number in range(300))
    low, high = diff("api/a.py", None, text), diff("ledger/b.py", None, text)
    windows = Windows(dict.fromkeys(ASSIGNABLE, 5000))
    plans = [planned(*files, policy=policy, windows=windows) for files in ((low,), (high, low))]
    found = [[job for job in plan.jobs or () if job.label == Label.INTERNAL] for plan in plans]
    assert found[0] == found[1]
    assert len(found[0]) > 1


def test_a_removed_line_that_was_reported_is_called_one() -> None:
    (prompt,) = told(planned(diff("a.py", "import pdb; pdb.set_trace()\nb = 1\n", "b = 2\n")))
    reported = prompt.text.partition("Already reported:\n")[2]
    assert all(line.startswith(("- removed line ", "- line ")) for line in reported.splitlines())


def dumped(plan: Plan, folder: Path) -> str:
    """The plan as it is handed over, every text of it."""
    handover.write_plan(str(folder / "plan.json"), plan)
    return (folder / "plan.json").read_text()


BODY = "".join(f"    x{number} = {number}\n" for number in range(30))
LEAKY = f'TOKEN = "{TOKEN}"\n'


@pytest.mark.parametrize(("old", "new"), [
    (f"{LEAKY}a = 1\n", f"{LEAKY}a = 2\n"), ("a = 1\n", f"a = 1\n{LEAKY}"), (f"a = 1\n{LEAKY}", "a = 1\n"),
    (f'def f(key="{TOKEN}"):\n{BODY}    y = 1\n', f'def f(key="{TOKEN}"):\n{BODY}    y = 2\n'),
    (f'class A:\n    KEY = "{TOKEN}"\n{BODY}    y = 1\n', f'class A:\n    KEY = "{TOKEN}"\n{BODY}    y = 2\n'),
    (f"a = 1\n{BODY * 5}{LEAKY}", f"a = 2\n{BODY * 5}{LEAKY}"),
])  # fmt: skip
def test_a_plan_holds_no_credential_wherever_it_stands(old: str, new: str, tmp_path: Path) -> None:
    file = diff("a.py", old, new)
    file = replace(file, hunks=tuple(replace(hunk, section=f'key="{TOKEN}"') for hunk in file.hunks))
    text = dumped(planned(file), tmp_path)
    assert TOKEN not in text
    assert asked(planned(file)) == ["a.py"]


LINES = st.lists(st.sampled_from(["a = 1", "", "def f():", LEAKY.strip(), f"    return '{TOKEN}'", "# x", "}"]),
                 max_size=10).map(lambda rows: "".join(f"{row}\n" for row in rows))  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(LINES, LINES)
def test_no_prompt_holds_a_credential_and_every_one_is_counted(old: str, new: str) -> None:
    plan = planned(diff("a.py", old or None, new or None)) if old or new else planned()
    for job in plan.jobs or ():
        assert TOKEN not in review.prompt(job).text
        assert all((part.material.redactions > 0) == (TOKEN in old + new) for part in job.parts)


def test_of_a_file_a_plan_holds_what_is_asked_and_no_choice_that_was_not_taken(tmp_path: Path) -> None:
    plan = planned(*(diff(f"api/{number}.py", f"{BODY}a = 1\n", f"{BODY}a = 2\n") for number in range(3)))
    assert plan.pull.files == ()
    assert all((part.material.lean, part.material.rich) == ((), ()) for job in plan.jobs or () for part in job.parts)
    assert all(part.passages for job in plan.jobs or () for part in job.parts)


@pytest.mark.parametrize("window", [1, 500, 1000])
def test_where_a_window_is_too_small_for_any_of_it_the_file_has_failed(window: int) -> None:
    made = run([diff("api/a.py", *CHANGED), diff("ledger/b.py", *CHANGED)],
               [scripted("hosted", Label.INTERNAL, ['{"findings": []}'], window=16_000),
                scripted("local", Label.RESTRICTED, ['{"findings": []}'], window=window)])  # fmt: skip
    reason = "the windows of the models are too small for any of it"
    # The local model is of the internal file's route too: fallback never has to cut.
    assert {file.reason for file in made.report.files} == {reason}
    assert (made.report.exit_code, made.report.status) == (3, "failed")
    assert not [line for line in made.ledger if line.kind == "egress"]


def jobs_fit(jobs: Iterable[Job], window: int) -> bool:
    return all(estimate(prompt.system) + estimate(prompt.text) + prompt.max_tokens <= window
               for job in jobs for prompt in (review.prompt(job), review.prompt(job, again=True)))  # fmt: skip


@pytest.mark.parametrize("window", [2500, 4000, 8000])
def test_every_prompt_fits_into_the_smallest_window_and_every_changed_line_is_in_one(window: int) -> None:
    text = "".join(f"value_{number} = compute(value_{number}, {number})\n" for number in range(400))
    plan = planned(diff("api/a.py", None, text), diff("api/b.py", None, text),
                   windows=Windows({Label.INTERNAL: window}))  # fmt: skip
    assert jobs_fit(plan.jobs or (), window)
    shown = "".join(prompt.text for prompt in told(plan))
    assert all(shown.count(f"{number + 1} + value_{number} = ") == 2 for number in range(400))
    assert len(plan.jobs or ()) > 1


def test_a_plan_is_the_same_however_the_work_is_spread() -> None:
    files = [diff(f"api/{number}.py", *CHANGED) for number in range(20)]
    pull = PullRequest("a" * 40, "b" * 40, "a" * 40, tuple(files), ())
    plans = [pipeline.planned(pull, POLICY, checks=checks.ALL, windows=WINDOWS, spread=spread)
             for spread in (map, lambda work, items: [work(item) for item in items])]  # fmt: skip
    assert plans[0] == plans[1]


def test_what_a_digest_is_nobody_knows_without_the_key() -> None:
    """Whoever writes a harmless and a harmful text could look for two of one digest: 80 bits fall to 2^40 trials."""
    file = diff("api/a.py", "a = 1\n", "a = 2\n")
    pull = PullRequest("a" * 40, "b" * 40, "a" * 40, (file,), (file.path,), 7)
    plans = [pipeline.planned(pull, POLICY, checks=(), windows=Windows(dict.fromkeys(Label, 3000)),
                              evidence=Evidence(key=key))
             for key in (b"one" * 11, b"two" * 11, b"one" * 11)]  # fmt: skip
    one, two, again = (plan.digests["api/a.py"] for plan in plans)
    assert one == again != two
