"""A second run: models are asked about what changed only, and nothing that was found is lost or looks better."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot import checks, pipeline
from reviewbot.cli import handover
from reviewbot.core.commands import Command
from reviewbot.core.comment import told
from reviewbot.core.diff import FileDiff
from reviewbot.core.exchange import Prompt
from reviewbot.core.findings import Severity
from reviewbot.core.labels import ASSIGNABLE, Label
from reviewbot.core.policy import Policy
from reviewbot.core.policy import Rule as Sensitivity
from reviewbot.core.pull import PullRequest
from reviewbot.core.report import Report
from reviewbot.core.style import Instructions
from reviewbot.core.threads import Asked, Known, Memory, reconcile
from tests.pipeline.desks import TOKEN
from tests.pipeline.runs import POLICY, Run, claims, is_verifying, run, scripted, verdicts
from tests.readings import diff

OLD = "".join(f"value_{number} = compute({number})\n" for number in range(40))
#: The change of a file, and its next one: the same lines further down, and another below.
NEW = OLD.replace("compute(5)", "compute(50)").replace("compute(30)", "compute(300)")
NEXT = "# remark\n" + NEW.replace("compute(300)", "compute(3000)")
LINE = "value_5 = compute(50)"
A, B = diff("api/a.py", OLD, NEW), diff("api/b.py", OLD, NEW)


class Model:
    """A model that says the same of every file that it is shown, and what it was shown."""

    def __init__(self, *found: tuple[str, int, str], severity: str = "critical", label: Label = Label.RESTRICTED,
                 name: str = "local") -> None:  # fmt: skip
        self.prompts: list[Prompt] = []
        self.found, self.severity = found, severity
        self.backend = scripted(name, label, self._answer)

    def _answer(self, prompt: Prompt) -> str:
        self.prompts.append(prompt)
        if is_verifying(prompt):
            return verdicts("holds", "holds", "holds")
        return claims(*(one for one in self.found if f"### {one[0]} " in prompt.text), severity=self.severity)

    @property
    def asked(self) -> list[str]:
        """The files in prompts, in order."""
        return [row[4:].partition(" (")[0] for prompt in self.prompts if not is_verifying(prompt)
                for row in prompt.text.split("\n") if row.startswith("### ")]  # fmt: skip


def reviewed(files: Sequence[FileDiff], *models: Model, memory: Memory | None = None, policy: Policy = POLICY,
             comments: Label = Label.RESTRICTED) -> Run:  # fmt: skip
    return run(files, [model.backend for model in models], policy, memory=memory, comments=comments)


def remembered(done: Run, *asked: Asked) -> Memory:
    """What the bot's comments hold after a run."""
    read = {done.plan.digests[file.path]: file.route or "" for file in done.report.files if file.outcome == "reviewed"}
    found = (*done.report.findings, *done.report.dismissed)
    return Memory(tuple(Known(told(one), f"t{number}") for number, one in enumerate(found)), asked, read)


def ids(report: Report, rule: str = "model/") -> list[str]:
    return [one.id for one in report.findings if one.rule.startswith(rule)]


def dismissing(id: str) -> Asked:
    return Asked(Command("dismiss", id, "known"), "1", "ada")


def test_of_a_head_that_was_read_no_model_is_asked_again_and_the_report_says_the_same() -> None:
    first = reviewed([A, B], Model(("api/a.py", 6, LINE)))
    model = Model()
    again = reviewed([A, B], model, memory=remembered(first))
    assert model.prompts == []
    assert ids(again.report) == ids(first.report) != []
    assert (again.report.conclusion, again.report.exit_code) == ("failure", 1)
    assert [(file.outcome, file.route) for file in again.report.files] == [("reviewed", "local")] * 2
    found = reconcile(again.report, again.plan.memory, {"api/a.py", "api/b.py"})
    assert (found.new, found.fixed, found.again, found.open) == ((), (), (), 1)


def test_only_files_whose_material_changed_are_asked_about() -> None:
    first = reviewed([A, B], Model())
    model = Model()
    again = reviewed([A, diff("api/b.py", OLD, NEXT), diff("api/c.py", None, NEW)], model, memory=remembered(first))
    assert model.asked == ["api/b.py", "api/c.py"]
    assert {file.outcome for file in again.report.files} == {"reviewed"}
    assert again.report.conclusion == "success"


def test_a_rebase_that_changes_nothing_around_the_change_is_not_read_again() -> None:
    """What is far from the change may differ, as long as the numbers of lines are the same."""
    far = "".join(f"far_{number} = compute({number})\n" for number in range(40))
    first = reviewed([diff("api/a.py", OLD + far, NEW + far)], Model())
    model = Model()
    rebased = far.replace("compute(39)", "compute(93)")
    reviewed([diff("api/a.py", OLD + rebased, NEW + rebased)], model, memory=remembered(first))
    assert model.asked == []


def test_a_claim_whose_lines_stand_blocks_though_the_model_says_it_no_more() -> None:
    first = reviewed([A], Model(("api/a.py", 6, LINE)))
    model = Model()
    again = reviewed([diff("api/a.py", OLD, NEXT)], model, memory=remembered(first))
    assert model.asked == ["api/a.py"]
    assert ids(again.report) == ids(first.report)
    (finding,) = again.report.findings
    assert (finding.location.line, finding.quote, finding.severity) == (7, LINE, Severity.CRITICAL)
    assert (again.report.conclusion, again.report.exit_code) == ("failure", 1)
    assert reconcile(again.report, again.plan.memory, {"api/a.py"}).fixed == ()


def test_a_claim_that_the_model_says_again_is_in_the_report_once() -> None:
    first = reviewed([A], Model(("api/a.py", 6, LINE)))
    again = reviewed([diff("api/a.py", OLD, NEXT)], Model(("api/a.py", 7, LINE)), memory=remembered(first))
    assert ids(again.report) == ids(first.report)
    assert again.report.findings[0].body == "Then it does.", "as it was said now"


class Saying:
    """A model that says these of line 6, each with its severity."""

    def __init__(self, *said: tuple[str, str]) -> None:
        found = [{"path": "api/a.py", "line": 6, "quote": LINE, "kind": "logic", "severity": severity, "title": title,
                  "body": "", "suggestion": ""} for title, severity in said]  # fmt: skip
        self.backend = scripted("local", Label.RESTRICTED, lambda prompt: verdicts("holds", "holds", "holds")
                                if is_verifying(prompt) else json.dumps({"findings": found}))  # fmt: skip


WORST, MILD = ("Divides by zero", "critical"), ("Name is not telling", "low")


@pytest.mark.parametrize("later", [(), (WORST,), (MILD,), (MILD, WORST), (("Not a name", "low"),), (("x", "high"),)])
def test_of_several_claims_on_one_line_none_takes_the_place_of_another(later: tuple[tuple[str, str], ...]) -> None:
    first = run([A], [Saying(WORST, MILD).backend])
    assert len(set(ids(first.report))) == 2
    again = run([diff("api/a.py", OLD, NEXT)], [Saying(*later).backend], memory=remembered(first))
    found = reconcile(again.report, again.plan.memory, {"api/a.py"})
    assert {known.told.id for known in found.before.values()} == set(ids(first.report))
    before = {known.told.title: id_ for id_, known in found.before.items()}
    assert [one.title for one in again.report.findings if one.id == before[WORST[0]]] == [WORST[0]]
    assert ([one.title for one in found.new], found.fixed) == ([later[0][0]] if later == (("x", "high"),) else [], ())
    assert again.report.conclusion == "failure"


def test_a_dismissal_hides_nothing_worse_that_is_said_of_the_same_line_in_other_words() -> None:
    first = run([A], [Saying(MILD).backend])
    memory = remembered(first, dismissing(ids(first.report)[0]))
    again = run([diff("api/a.py", OLD, NEXT)], [Saying(WORST).backend], memory=memory)
    assert [one.title for one in again.report.findings] == [WORST[0]]
    assert again.report.conclusion == "failure"


def test_a_claim_whose_lines_are_gone_is_fixed_and_blocks_no_more() -> None:
    first = reviewed([A], Model(("api/a.py", 6, LINE)))
    again = reviewed([diff("api/a.py", OLD, NEW.replace("compute(50)", "right(5)"))], Model(),
                     memory=remembered(first))  # fmt: skip
    assert (again.report.findings, again.report.conclusion, again.report.exit_code) == ((), "success", 0)
    found = reconcile(again.report, again.plan.memory, {"api/a.py"})
    assert [known.told.id for known in found.fixed] == ids(first.report)


def test_what_comes_back_is_told_to_be_back_without_asking_anybody() -> None:
    first = reviewed([A], Model(("api/a.py", 6, LINE)))
    before = remembered(first)
    gone = replace(before, known=tuple(replace(one, told=replace(one.told, fixed="c" * 40)) for one in before.known))
    model = Model()
    again = reviewed([A], model, memory=gone)
    assert model.asked == []
    assert again.report.conclusion == "failure"
    found = reconcile(again.report, gone, {"api/a.py"})
    assert [known.told.id for known in found.again] == ids(first.report)
    assert (found.new, found.fixed) == ((), ())


def test_a_claim_follows_its_file_to_another_name() -> None:
    first = reviewed([A], Model(("api/a.py", 6, LINE)))
    moved = replace(diff("api/z.py", OLD, NEW, change="renamed"), old_path="api/a.py")
    for model in (Model(), Model(("api/z.py", 6, LINE))):
        again = reviewed([moved], model, memory=remembered(first))
        assert [(one.location.path, one.location.line) for one in again.report.findings] == [("api/z.py", 6)]
        found = reconcile(again.report, again.plan.memory, {"api/z.py"})
        assert (found.new, found.fixed, len(found.before)) == ((), (), 1)


def test_a_claim_on_code_around_the_change_stands_as_long_as_the_file_does() -> None:
    """A model is shown whole functions: what it says of a line that no forge shows must not be lost."""
    body = "".join(f"    value_{number} = compute({number})\n" for number in range(40))
    file = diff("api/a.py", f"def f():\n{body}", f"def f():\n{body}".replace("compute(30)", "compute(300)"))
    first = reviewed([file], Model(("api/a.py", 4, "    value_2 = compute(2)")))
    assert [(one.location.line, one.posted) for one in first.report.findings] == [(4, "summary")]
    again = reviewed([file], Model(), memory=remembered(first))
    assert [(one.id, one.location) for one in again.report.findings] == [
        (one.id, one.location) for one in first.report.findings
    ]  # fmt: skip
    assert again.report.conclusion == "failure"
    assert reconcile(again.report, again.plan.memory, {"api/a.py"}).fixed == ()


def test_nothing_of_a_file_that_could_not_be_read_is_fixed() -> None:
    first = reviewed([A], Model(("api/a.py", 6, LINE)))
    changed = diff("api/a.py", OLD, NEW.replace("compute(50)", "right(5)"))
    again = run([changed], [scripted("local", Label.RESTRICTED, ["I would rather not."])], memory=remembered(first))
    assert [file.outcome for file in again.report.files] == ["failed"]
    assert reconcile(again.report, again.plan.memory, {"api/a.py"}).fixed == ()
    assert again.report.exit_code == 3


# Dismissing.


def test_what_was_dismissed_leaves_gate_and_conclusion_and_is_named() -> None:
    first = reviewed([A], Model(("api/a.py", 6, LINE)))
    (id_,) = ids(first.report)
    for model in (Model(("api/a.py", 6, LINE)), Model()):
        again = reviewed([A], model, memory=replace(remembered(first, dismissing(id_)), read={}))
        assert model.asked == ["api/a.py"]
        assert (again.report.findings, again.report.conclusion, again.report.exit_code) == ((), "success", 0)
        assert [one.id for one in again.report.dismissed] == [id_]
        assert [one.reason for one in again.report.dropped] == ["dismissed by ada: known"]
        found = reconcile(again.report, again.plan.memory, {"api/a.py"})
        assert (found.new, dict(found.before), found.fixed, found.again) == ((), {}, (), ())


def test_without_the_command_it_is_back() -> None:
    first = reviewed([A], Model(("api/a.py", 6, LINE)))
    aside = reviewed([A], Model(), memory=remembered(first, dismissing(ids(first.report)[0])))
    again = reviewed([A], Model(), memory=remembered(aside))
    assert ids(again.report) == ids(first.report)
    assert again.report.conclusion == "failure"


GUARDED: dict[str, tuple[FileDiff, str]] = {
    "credentials": (diff("api/a.py", "a = 1\n", f'a = 1\nTOKEN = "{TOKEN}"\n'), "credentials/"),
    "invisible": (diff("api/a.py", "a = 1\n", "a = 1\n# x \u202e y\n"), "invisible/"),
}


@pytest.mark.parametrize("name", GUARDED)
@pytest.mark.parametrize("is_guard", [True, False])
def test_what_guards_the_repository_stays_whoever_dismisses_it(name: str, is_guard: bool) -> None:
    file, rule = GUARDED[name]
    first = reviewed([file], Model())
    found = [one for one in first.report.findings if one.rule.startswith(rule)]
    assert found
    asked = [dismissing(one.id) for one in found]
    memory = remembered(first, *asked, *(replace(one, command=Command("dismiss"), about=one.id) for one in asked))
    if not is_guard:
        # A forged mark that calls it a claim of a model changes nothing.
        memory = replace(memory, known=tuple(replace(one, told=replace(one.told, rule="model/logic", origin="local"))
                                             for one in memory.known))  # fmt: skip
    again = reviewed([file], Model(), memory=memory)
    assert {one.id for one in found} <= {one.id for one in again.report.findings}
    assert (again.report.exit_code, again.report.conclusion) == (first.report.exit_code, first.report.conclusion)
    assert again.report.dismissed == ()


def test_a_finding_of_a_check_can_be_dismissed() -> None:
    file = diff("api/a.py", "a = 1\n", "a = eval(b)\n")
    first = reviewed([file], Model())
    (id_,) = ids(first.report, "calls/")
    again = reviewed([file], Model(), memory=remembered(first, dismissing(id_)))
    assert ids(again.report, "calls/") == []


# What counts as read.


@pytest.mark.parametrize("change", [
    lambda policy: replace(policy, review=replace(policy.review, language="fr")),
    lambda policy: replace(policy, instructions=(Instructions(("api/**",), "Look twice."),)),
    lambda policy: replace(policy, default=Label.CONFIDENTIAL),
    lambda policy: replace(policy, review=replace(policy.review, incremental=False)),
])  # fmt: skip
def test_another_language_other_instructions_and_another_label_are_read_again(
    change: Callable[[Policy], Policy],
) -> None:
    first = reviewed([A], Model())
    model = Model()
    reviewed([A], model, memory=remembered(first), policy=change(POLICY))
    assert model.asked == ["api/a.py"]


def test_what_another_model_read_is_read_again() -> None:
    first = reviewed([A], Model())
    model = Model(name="other")
    again = reviewed([A], model, memory=remembered(first))
    assert model.asked == ["api/a.py"]
    assert [file.route for file in again.report.files] == ["other"]


def test_instructions_for_other_files_are_no_reason_to_read_it_again() -> None:
    first = reviewed([A], Model())
    model = Model()
    policy = replace(POLICY, instructions=(Instructions(("docs/**",), "Look twice."),))
    reviewed([A], model, memory=remembered(first), policy=policy)
    assert model.asked == []


@given(st.text(max_size=30), st.text(max_size=30))
@settings(max_examples=40, deadline=None)
def test_two_files_have_one_digest_only_where_a_model_is_told_the_same(one: str, two: str) -> None:
    plans = [reviewed([diff("api/a.py", None, f"{text}\n")], Model()).plan for text in (one, two)]
    told_ = [[part.text for job in plan.jobs or () for part in job.parts] for plan in plans]
    assert (plans[0].digests == plans[1].digests) == (told_[0] == told_[1])


def test_a_file_that_no_model_reads_is_not_read_by_what_memory_says() -> None:
    lock = diff("go.sum", "a\n", "b\n")
    every = Memory(read=dict.fromkeys(reviewed([lock, A], Model()).plan.digests.values(), "local"))
    again = reviewed([lock, A], Model(), memory=every)
    assert [(file.path, file.outcome) for file in again.report.files] == [
        ("go.sum", "checked"),
        ("api/a.py", "reviewed"),
    ]


def test_without_a_model_nothing_is_reviewed_whatever_memory_says() -> None:
    first = reviewed([A], Model(("api/a.py", 6, LINE)))
    pull = PullRequest("a" * 40, "b" * 40, "a" * 40, (A,), (A.path,), 7)
    plan = pipeline.planned(pull, POLICY, checks=checks.ALL, memory=remembered(first), readers="local")
    report = pipeline.concluded(plan)
    assert [file.outcome for file in report.files] == ["checked"]
    assert ids(report) == ids(first.report)


def test_memory_goes_through_a_plan_file_unchanged(tmp_path: Path) -> None:
    first = reviewed([A], Model(("api/a.py", 6, LINE)))
    memory = remembered(first, dismissing("012345"))
    plan = reviewed([A], Model(), memory=memory).plan
    handover.write_plan(str(tmp_path / "plan.json"), plan)
    assert handover.read_plan(str(tmp_path / "plan.json"))[0] == plan
    assert plan.memory == memory


# Noninterference.


HIGH = diff("ledger/x.py", OLD, NEW)
ZONES = Policy((Sensitivity(Label.RESTRICTED, ("ledger/**",), (), "", "x", 1),), Label.INTERNAL, "base", "ab" * 32)
_RESTRICTED = st.builds(
    lambda line, title, fixed, resolved: (line, title, fixed, resolved),
    st.integers(1, 39), st.sampled_from(["One", "Two"]), st.sampled_from(["", "c" * 40]), st.booleans(),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(_RESTRICTED, max_size=3), st.booleans(), st.booleans(), st.sampled_from(ASSIGNABLE[2:]))
def test_memory_above_the_clearance_of_comments_changes_nothing_that_a_hosted_model_or_a_reader_is_told(
    above: list[tuple[int, str, str, bool]], is_read: bool, is_dismissed: bool, label: Label
) -> None:
    def models() -> tuple[Model, Model]:
        return Model(("api/a.py", 6, LINE), label=Label.INTERNAL, name="hosted"), Model(("ledger/x.py", 6, LINE))

    files = [A, B, HIGH]
    first = reviewed([A, HIGH], *models(), policy=ZONES)
    low = Memory(tuple(Known(told(one), "t") for one in first.report.findings if one.label <= Label.INTERNAL),
                 (), {first.plan.digests["api/a.py"]: "hosted"})  # fmt: skip
    template = next(told(one) for one in first.report.findings if one.label > Label.INTERNAL)
    extra = tuple(
        Known(replace(template, id=f"{number:016x}", title=title, fixed=fixed, label=label,
                      location=replace(template.location, line=line, end_line=line)), f"h{number}", resolved)
        for number, (line, title, fixed, resolved) in enumerate(above)
    )  # fmt: skip
    asked = (dismissing(template.id),) if is_dismissed else ()
    read = {first.plan.digests["ledger/x.py"]: "local"} if is_read else {}
    high = Memory((*extra, *low.known), asked, {**read, **low.read})
    transcripts = []
    for memory in (low, high):
        hosted, local = models()
        done = reviewed(files, hosted, local, policy=ZONES, memory=memory, comments=Label.INTERNAL)
        shown = [one for one in (*done.report.findings, *done.report.dismissed) if one.label <= Label.INTERNAL]
        transcripts.append((json.dumps([[prompt.system, prompt.text] for prompt in hosted.prompts]), shown))
        assert set(hosted.asked) == {"api/b.py"}
    assert transcripts[0] == transcripts[1]


def test_what_a_model_made_of_a_checks_finding_weighs_as_much_the_next_time() -> None:
    """The model is not asked again, and without its word the finding would no longer block."""
    file = diff("api/a.py", "a = 1\n", "a = 1\nx = eval(y)\n")

    def says(prompt: Prompt) -> str:
        if is_verifying(prompt):
            return verdicts("holds")
        return claims(("api/a.py", 2, "x = eval(y)"), severity="critical", title="Untrusted text goes to eval")

    first = run([file], [scripted("local", Label.RESTRICTED, says)])
    assert [(one.rule, one.severity) for one in first.report.findings] == [("calls/eval", Severity.CRITICAL)]
    again = reviewed([file], Model(), memory=remembered(first))
    assert [(one.rule, one.severity) for one in again.report.findings] == [("calls/eval", Severity.CRITICAL)]
    assert (again.report.conclusion, again.report.exit_code) == ("failure", 1)


def test_whether_a_claim_is_carried_below_depends_on_nothing_said_above() -> None:
    first = reviewed([diff("api/old.py", None, NEW)], Model(("api/old.py", 6, LINE)))
    moved = [diff("api/new.py", None, NEW), diff("ledger/new.py", None, NEW)]
    shown = []
    for said in ((), (("ledger/new.py", 6, LINE),)):
        again = reviewed(moved, Model(*said), memory=replace(remembered(first), read={}))
        shown.append([(one.id, one.location) for one in again.report.findings if one.label <= Label.INTERNAL])
    assert shown[0] == shown[1] != []
