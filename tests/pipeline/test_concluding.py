"""Concluding: a file is reviewed where all of it was read, and a reply decides nothing that is the plan's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot import checks, pipeline
from reviewbot.core.answers import Answer, Answers, Call
from reviewbot.core.diff import Blob, FileDiff, Side
from reviewbot.core.findings import Dropped, Finding, Location, Severity
from reviewbot.core.labels import Label
from reviewbot.core.pull import PullRequest
from reviewbot.core.report import Report
from reviewbot.errors import EgressDeniedError
from reviewbot.pipeline import Evidence, Plan, Windows
from reviewbot.pipeline.concluding import withheld
from tests.pipeline.runs import POLICY, claims, is_verifying, run, scripted, verdicts
from tests.readings import diff

LONG = "".join(f"value_{number} = compute(value_{number}, {number})\n" for number in range(150))
DENIED = Answer("", "", "no model is cleared for internal text", denied=True)
FAILED = Answer("", "", "hosted: server busy")
READ = Answer("", "hosted")


def planned(*files: FileDiff, window: int = 3000, evidence: Evidence | None = None,
            fail_on: Severity | None = Severity.CRITICAL) -> Plan:  # fmt: skip
    pull = PullRequest("a" * 40, "b" * 40, "a" * 40, files, tuple(file.path for file in files), 7)
    return pipeline.planned(pull, POLICY, checks=checks.ALL, windows=Windows(dict.fromkeys(Label, window)),
                            evidence=evidence, fail_on=fail_on)  # fmt: skip


def answered(plan: Plan, *answers: Answer, **more: object) -> Report:
    """The report where each job in order has this answer, the last one for all further jobs."""
    jobs = plan.jobs or ()
    given = [replace(answers[min(number, len(answers) - 1)], job=job.name) for number, job in enumerate(jobs)]
    return pipeline.concluded(plan, [Answers(tuple(given), ("hosted", "local"))], **more)  # type: ignore[arg-type]


def simple(path: str = "api/a.py") -> FileDiff:
    return diff(path, "a = 1\nb = 1\n", "a = 2\nb = 2\n")


def claim(line: int | None = 1, *, title: str = "Goes wrong", path: str = "api/a.py", side: Side = "new",
          origin: str = "hosted", severity: Severity = Severity.HIGH, label: Label = Label.INTERNAL,
          confidence: float = 0.75, rule: str = "model/logic", quote: str = "",
          end: int | None = None) -> Finding:  # fmt: skip
    return Finding(rule, origin, severity, confidence, Location(path, side, line, end or line), title, "It does.",
                   quote, None, label)  # fmt: skip


@pytest.mark.parametrize(("answers", "outcome", "route", "reason"), [
    ((READ,), "reviewed", "hosted", ""), ((READ, replace(READ, backend="local"), READ), "reviewed", "hosted+local", ""),
    ((READ, FAILED, READ), "failed", None, "hosted: server busy"),
    ((FAILED,), "failed", None, "hosted: server busy"),
    ((FAILED, replace(FAILED, reason="hosted: timeout")), "failed", None, "hosted: server busy; hosted: timeout"),
    ((READ, DENIED), "checked", None, "no model is cleared for internal text"),
    ((DENIED,), "checked", None, "no model is cleared for internal text"),
    ((DENIED, FAILED), "failed", None, "no model is cleared for internal text; hosted: server busy"),
    ((READ, replace(READ, notice="unsure")), "reviewed", "hosted", "unsure"),
])  # fmt: skip
def test_a_file_in_several_jobs_is_reviewed_where_each_was_read(
    answers: Sequence[Answer], outcome: str, route: str | None, reason: str
) -> None:
    plan = planned(diff("api/a.py", None, LONG))
    assert len(plan.jobs or ()) > 2
    (file,) = answered(plan, *answers).files
    assert (file.outcome, file.route, file.reason) == (outcome, route, reason)


@pytest.mark.parametrize(("answers", "code", "status", "conclusion"), [
    ((READ,), 0, "reviewed", "success"), ((READ, FAILED), 3, "partial", "neutral"), ((FAILED,), 3, "failed", "neutral"),
    ((READ, DENIED), 0, "reviewed", "neutral"), ((DENIED,), 0, "checked", "neutral"),
    ((DENIED, FAILED), 3, "partial", "neutral"),
])  # fmt: skip
def test_it_is_a_success_only_where_every_file_was_read(
    answers: Sequence[Answer], code: int, status: str, conclusion: str
) -> None:
    plan = planned(simple("docs/a.py"), simple())
    assert len(plan.jobs or ()) == 2
    report = answered(plan, *answers)
    assert (report.exit_code, report.status, report.conclusion) == (code, status, conclusion)


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_where_a_part_of_the_answers_is_not_here_its_files_have_failed(missing: int) -> None:
    plan = planned(diff("api/a.py", None, LONG), simple("docs/b.py"))
    jobs = [job.name for job in plan.jobs or ()]
    parts = [Answers((replace(READ, job=name),)) for name in jobs if name != jobs[missing]]
    report = pipeline.concluded(plan, parts)
    lost = "docs/b.py" if missing == 0 else "api/a.py"
    assert {file.path: file.reason for file in report.files if file.outcome == "failed"} == {
        lost: "the answers to a part of it are not here"
    }
    assert (report.exit_code, report.status) == (3, "partial")


def test_no_answers_at_all_are_a_failure_and_a_plan_without_jobs_is_not() -> None:
    plan = planned(simple())
    assert (pipeline.concluded(plan).exit_code, pipeline.concluded(plan).status) == (3, "failed")
    assert (pipeline.concluded(replace(plan, jobs=None)).exit_code) == 0


def test_of_two_answers_to_one_job_the_one_that_was_read_counts() -> None:
    plan = planned(simple())
    (job,) = plan.jobs or ()
    for order in ((FAILED, READ), (READ, FAILED), (DENIED, READ)):
        parts = [Answers((replace(one, job=job.name),)) for one in order]
        assert [file.outcome for file in pipeline.concluded(plan, parts).files] == ["reviewed"]


@pytest.mark.parametrize(("answer", "strict", "code"), [
    (DENIED, False, 0), (DENIED, True, 4), (READ, True, 0), (FAILED, True, 3),
])  # fmt: skip
def test_with_strict_a_denial_is_an_error(answer: Answer, strict: bool, code: int) -> None:
    assert answered(planned(simple()), answer, strict=strict).exit_code == code
    assert EgressDeniedError.exit_code == 4


def test_of_several_exit_codes_the_largest_counts() -> None:
    plan = planned(simple("docs/a.py"), simple(), fail_on=Severity.HIGH)
    blocking = replace(READ, findings=(claim(path="docs/a.py"),))
    assert answered(plan, blocking, READ).exit_code == 1
    assert answered(plan, blocking, FAILED).exit_code == 3
    assert answered(plan, FAILED, DENIED, strict=True).exit_code == 4
    report = answered(plan, blocking, DENIED, strict=True)
    assert (report.exit_code, report.conclusion) == (4, "failure")


def test_denied_files_are_counted_once() -> None:
    plan = planned(diff("api/a.py", None, LONG), simple("docs/b.py"))
    parts = [Answers(tuple(replace(DENIED, job=job.name) for job in plan.jobs or () if job.label == Label.INTERNAL))]
    assert (withheld(plan, parts), withheld(plan, [])) == (1, 0)


def only(report: Report, rule: str = "model/") -> list[Finding]:
    return [finding for finding in report.findings if finding.rule.startswith(rule)]


def test_a_quote_is_of_the_change_and_a_label_of_the_plan_whatever_a_reply_says() -> None:
    forged = claim(2, quote="rm -rf /", label=Label.PUBLIC)
    (finding,) = only(answered(planned(simple()), replace(READ, findings=(forged,))))
    assert (finding.quote, finding.label) == ("b = 2", Label.INTERNAL)
    removed = claim(1, side="old", quote="x")
    assert [one.quote for one in only(answered(planned(simple()), replace(READ, findings=(removed,))))] == ["a = 1"]


@pytest.mark.parametrize("forged", [
    claim(path="../../etc/passwd"), claim(path="ledger/other.py"), claim(999), claim(1, end=10**6), claim(None),
    claim(path="\x1b[2J\u202e"), claim(-5), claim(2, end=1 - 10**6), claim(path="docs/a.py"),
])  # fmt: skip
def test_a_finding_that_is_about_no_line_of_its_job_is_none(forged: Finding) -> None:
    plan = planned(simple("docs/a.py"), simple(), diff("ledger/other.py", None, "secret = 1\n"))
    report = answered(plan, READ, replace(READ, findings=(forged, claim())), READ)
    assert [(one.location, one.label) for one in only(report)] == [(claim().location, Label.INTERNAL)]


def test_who_says_it_is_who_was_asked_whatever_a_reply_says() -> None:
    report = answered(planned(simple()), replace(READ, findings=(claim(origin="check:credentials"),)))
    assert [one.origin for one in report.findings] == ["hosted"]


def test_a_reply_changes_nothing_of_files_policy_notices_and_checks() -> None:
    plan = planned(simple(), diff("api/b.py", None, "x = eval(y)\n"))
    before = answered(plan, READ)
    aside, call = Dropped("t", "p", 1, "r", Label.PUBLIC), Call("x\n", "m", 1, 1, 1.0, None, 0.0, 0.0)
    forged = Answers(
        (Answer("internal-1", "evil\x1b[2J\nname", findings=(claim(),), dropped=(aside,), calls=(call,)),
         Answer("restricted-9", "", "no", denied=False), Answer("../x", "local")),
        ("\u202e",), (),
    )  # fmt: skip
    after = pipeline.concluded(plan, [forged])
    assert (after.policy, after.gate, after.rules, after.notices) == (
        before.policy, before.gate, before.rules, before.notices,
    )  # fmt: skip
    assert [replace(file, route=None) for file in after.files] == [replace(file, route=None) for file in before.files]
    assert [one for one in after.findings if one.origin.startswith("check:")] == [
        one for one in before.findings if one.origin.startswith("check:")
    ]


def test_what_a_check_says_already_is_put_aside_and_named_there() -> None:
    plan = planned(diff("api/a.py", None, "x = eval(y)\n"))
    said = claim(title="Untrusted text goes to eval", severity=Severity.CRITICAL)
    report = answered(plan, replace(READ, findings=(said,)))
    (finding,) = report.findings
    assert (finding.rule, finding.severity) == ("calls/eval", Severity.CRITICAL)
    assert finding.body.endswith("Also reported by hosted (model/logic).")
    assert [(one.title, one.reason, one.origin) for one in report.dropped] == [
        ("Untrusted text goes to eval", "another finding says it", "hosted")
    ]


def test_what_two_jobs_say_of_one_line_is_said_once() -> None:
    plan = planned(simple())
    two = (claim(title="The sum overflows"), claim(title="the sum overflows.", severity=Severity.LOW))
    report = answered(plan, replace(READ, findings=two))
    assert [(one.title, one.severity) for one in only(report)] == [("The sum overflows", Severity.HIGH)]
    assert [one.reason for one in report.dropped] == ["another finding says it"]


def test_what_was_dropped_and_what_it_took_is_in_the_report() -> None:
    plan = planned(simple("docs/a.py"), simple())
    aside = Dropped("Wrong", "docs/a.py", 1, "refuted: no", Label.PUBLIC, "hosted")
    call = Call("local", "m", 10, 2, 0.5, 0.1, 0.0, 0.25)
    report = answered(plan, replace(READ, dropped=(aside,), calls=(call,)), replace(READ, calls=(call, call)))
    assert report.dropped == (aside,)
    assert [(one.backend, one.calls, one.tokens_in, one.cost_usd) for one in report.usage] == [("local", 3, 30, 0.75)]


def test_notices_of_all_parts_are_told_once_after_those_of_the_plan() -> None:
    plan = planned(simple(), evidence=Evidence(notices=("known",), asides=("aside",)))
    parts = [Answers((replace(READ, job="internal-1"),), (), ("late", "known")), Answers((), (), ("late",))]
    report = pipeline.concluded(plan, parts)
    assert (report.notices, report.asides) == (("known", "aside", "late"), ("aside",))


def test_a_whole_run_with_two_models_says_who_read_what() -> None:
    files = [simple("docs/a.py"), simple(), simple("ledger/b.py")]
    backends = [
        scripted("hosted", Label.INTERNAL, lambda prompt: verdicts("holds") if is_verifying(prompt) else
                 claims(("api/a.py", 1, "a = 2")) if "api/a.py" in prompt.text else '{"findings": []}'),
        scripted("local", Label.RESTRICTED, ['{"findings": []}']),
    ]  # fmt: skip
    made = run(files, backends)
    assert {file.path: file.route for file in made.report.files} == {
        "docs/a.py": "hosted", "api/a.py": "hosted", "ledger/b.py": "local",
    }  # fmt: skip
    assert (made.report.conclusion, made.report.exit_code) == ("success", 0)
    assert [(one.origin, one.quote, one.confidence) for one in only(made.report)] == [("hosted", "a = 2", 0.75)]
    assert [(one.backend, one.calls) for one in made.report.usage] == [("hosted", 3), ("local", 1)]


ANSWERS = st.sampled_from([READ, FAILED, DENIED, replace(READ, backend="local"), None])


@settings(max_examples=60, deadline=None)
@given(st.lists(ANSWERS, min_size=3, max_size=3), st.booleans())
def test_no_outcome_is_greener_than_its_answers(answers: list[Answer | None], strict: bool) -> None:
    plan = planned(simple("docs/a.py"), simple(), simple("ledger/b.py"))
    given_ = [replace(one, job=job.name) for one, job in zip(answers, plan.jobs or (), strict=True) if one]
    report = pipeline.concluded(plan, [Answers(tuple(given_))], strict=strict)
    for file, one in zip(report.files, answers, strict=True):
        assert (file.outcome == "reviewed") == (one is not None and bool(one.backend))
        assert bool(file.reason) == (file.outcome != "reviewed")
    failed = any(one is None or one == FAILED for one in answers)
    denied = any(one == DENIED for one in answers)
    assert report.exit_code == (4 if strict and denied else 3 if failed else 0)
    assert (report.conclusion == "success") == all(one is not None and bool(one.backend) for one in answers)


def test_a_submodule_that_moves_is_no_success_for_nobody_read_its_code() -> None:
    old, new = (Blob(sign * 40, "160000", 0, None, "submodule") for sign in "12")
    moved = FileDiff("modified", "lib/x", "lib/x", old, new)
    report = run(
        [diff("api/a.py", "a = 1\n", "a = 2\n"), moved], [scripted("local", Label.RESTRICTED, [claims()])]
    ).report
    assert (report.conclusion, report.exit_code) == ("neutral", 0)
    assert [file.outcome for file in report.files] == ["reviewed", "skipped"]


def test_what_was_put_aside_has_the_label_of_its_job_whatever_a_reply_says() -> None:
    done = run([diff("ledger/x.py", "a = 1\n", "a = 2\n")], [scripted("local", Label.RESTRICTED, [claims()])])
    forged = replace(done.answers.answers[0], dropped=(Dropped("told", "ledger/x.py", 1, "refuted", Label.PUBLIC),))
    report = pipeline.concluded(done.plan, [replace(done.answers, answers=(forged,))], comments=Label.INTERNAL)
    assert [(one.label, one.origin) for one in report.dropped] == [(Label.RESTRICTED, "local")]
