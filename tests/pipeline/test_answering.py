"""Asking about a plan: every decision is on the ledger first, each job goes to who may read it, in parts or at once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot import checks, pipeline
from reviewbot.cli.ledgers import LedgerError, RunLedger
from reviewbot.core.answers import Answers
from reviewbot.core.endpoints import Endpoint, Limits
from reviewbot.core.entries import Line
from reviewbot.core.exchange import BackendError, Failure, Prompt, Reply, Traits
from reviewbot.core.labels import Label
from reviewbot.core.pull import PullRequest
from reviewbot.pipeline import Models, Plan, Reader, Windows, described
from reviewbot.ports import Backend, Departing
from tests.pipeline.desks import Noting, Refusing
from tests.pipeline.runs import POLICY, Kept, endpoint, scripted
from tests.readings import diff

NONE = '{"findings": []}'
FILES = ("docs/a.md", "api/b.py", "api/c.py", "ledger/d.py", "go.sum")


def planned(paths: Sequence[str] = FILES, window: int = 16_000) -> Plan:
    files = tuple(diff(path, "a = 1\n", f"a = 2  # {'word ' * 150}\n") for path in paths)
    pull = PullRequest("a" * 40, "b" * 40, "a" * 40, files, (), 7)
    return pipeline.planned(pull, POLICY, checks=checks.ALL, windows=Windows(dict.fromkeys(Label, window)))


def models(kept: Kept | Refusing, *backends: Backend, calls: int = 200, cost: float | None = None) -> Models:
    readers = tuple(Reader(backend, backend.endpoint) for backend in backends)
    return Models(readers, RunLedger(b"key", kept), time.monotonic() + 60, Limits(60, calls, cost), notices=("said",))


def both() -> tuple[Backend, Backend]:
    return scripted("hosted", Label.INTERNAL, [NONE]), scripted("local", Label.RESTRICTED, [NONE])


def decisions(lines: Sequence[Line]) -> dict[str, tuple[str, str, str]]:
    """By path the label, the sink and the status of its decision."""
    found = [line for line in lines if line.kind == "decision"]
    assert all(len(line.inputs) == 1 for line in found)
    return {line.inputs[0].origin: (line.label, line.sink, line.status) for line in found}


def test_every_file_is_decided_with_its_label_its_rules_and_its_route_before_anything_leaves() -> None:
    kept = Kept()
    pipeline.asked(planned(), models(kept, *both()))
    assert decisions(kept.lines) == {
        "docs/a.md": ("public", "hosted", "hosted, else local"),
        "api/b.py": ("internal", "hosted", "hosted, else local"),
        "api/c.py": ("internal", "hosted", "hosted, else local"),
        "ledger/d.py": ("restricted", "local", "local"),
        "go.sum": ("internal", "", "checked"),
    }  # fmt: skip
    kinds = [line.kind for line in kept.lines]
    assert kinds[:5] == ["decision"] * 5
    assert "decision" not in kinds[5:]
    assert {line.policy_sha256 for line in kept.lines} == {POLICY.sha256}
    assert kept.lines[3].rules == (".reviewbot.toml:3",)


def test_what_no_model_is_cleared_for_is_denied_on_the_ledger_and_the_rest_is_asked() -> None:
    kept, hosted = Kept(), scripted("hosted", Label.PUBLIC, [NONE])
    answers = pipeline.asked(planned(), models(kept, hosted))
    said = {answer.job: (answer.backend, answer.denied, answer.reason) for answer in answers.answers}
    assert said == {
        "public-1": ("hosted", False, ""),
        "internal-1": ("", True, "no model is cleared for internal text"),
        "restricted-1": ("", True, "no model is cleared for restricted text"),
    }  # fmt: skip
    denied = [(line.label, [one.origin for one in line.inputs], line.status)
              for line in kept.lines if line.kind == "deny"]  # fmt: skip
    assert denied == [
        ("internal", ["api/b.py", "api/c.py"], "no model is cleared for internal text"),
        ("restricted", ["ledger/d.py"], "no model is cleared for restricted text"),
    ]
    assert decisions(kept.lines)["api/b.py"] == ("internal", "", "no model is cleared for internal text")
    assert {line.label for line in kept.lines if line.kind == "egress"} == {"public"}


def test_without_any_model_everything_is_denied_and_decided() -> None:
    kept = Kept()
    answers = pipeline.asked(planned(), models(kept))
    assert all(answer.denied for answer in answers.answers)
    assert len(decisions(kept.lines)) == len(FILES)
    assert answers.backends == ()


@pytest.mark.parametrize("most", range(5))
def test_where_a_decision_cannot_be_written_nothing_is_asked(most: int) -> None:
    hosted = Noting(endpoint("hosted", Label.RESTRICTED), Kept())
    with pytest.raises(LedgerError):
        pipeline.asked(planned(), models(Refusing(most), hosted))
    assert hosted.prompts == []


def test_the_backends_and_the_notices_of_the_run_go_with_the_answers() -> None:
    answers = pipeline.asked(planned(), models(Kept(), *both()))
    assert (answers.backends, answers.notices) == (("hosted", "local"), ("said",))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 9), st.lists(st.sampled_from(["docs/{}.md", "api/{}.py", "ledger/{}.py", "{}.lock"]), max_size=9))
def test_shards_part_the_jobs_and_decide_each_file_once(shards: int, shapes: list[str]) -> None:
    plan = planned([shape.format(number) for number, shape in enumerate(shapes)], window=2600)
    kept, parts = Kept(), list[Answers]()
    for shard in range(1, shards + 1):
        parts.append(pipeline.asked(plan, models(kept, *both()), (shard, shards)))
    answered = Counter(answer.job for part in parts for answer in part.answers)
    assert answered == Counter(job.name for job in plan.jobs or ())
    found = [line.inputs[0].origin for line in kept.lines if line.kind == "decision"]
    assert sorted(found) == sorted(file.path for file in plan.files)
    assert pipeline.concluded(plan, parts).exit_code == 0


def test_a_file_in_jobs_of_two_shards_is_decided_with_the_first() -> None:
    text = "".join(f"value_{number} = compute(value_{number}, {number})\n" for number in range(200))
    pull = PullRequest("a" * 40, "b" * 40, "a" * 40, (diff("api/a.py", None, text),), (), 7)
    plan = pipeline.planned(pull, POLICY, checks=checks.ALL, windows=Windows({Label.INTERNAL: 3000}))
    assert len(plan.jobs or ()) > 2
    ledgers = [Kept() for _ in range(3)]
    for number, kept in enumerate(ledgers, 1):
        pipeline.asked(plan, models(kept, *both()), (number, 3))
    assert [len(decisions(kept.lines)) for kept in ledgers] == [1, 0, 0]


@pytest.mark.parametrize(("calls", "of"), [(5, 2), (3, 4), (7, 3)])
def test_shards_together_make_no_more_calls_than_the_run_may(calls: int, of: int) -> None:
    kept = Kept()
    plan = planned([f"api/{number}.py" for number in range(12)], window=2200)
    assert len(plan.jobs or ()) > calls
    for shard in range(1, of + 1):
        pipeline.asked(plan, models(kept, *both(), calls=calls), (shard, of))
    # A share of a few calls keeps one for what is above.
    assert sum(line.kind == "egress" for line in kept.lines) == of * max(0, calls // of and max(1, calls // of - 1))


def test_shards_together_cost_no_more_than_the_run_may() -> None:
    plan = planned([f"api/{number}.py" for number in range(12)], window=2200)
    for dollars in (0.0, 0.004, 0.01, 0.03):
        parts = [pipeline.asked(plan, models(Kept(), scripted("hosted", Label.INTERNAL, [NONE], price=1.0),
                                             cost=dollars), (shard, 3)) for shard in (1, 2, 3)]  # fmt: skip
        assert sum(call.cost_usd for part in parts for answer in part.answers for call in answer.calls) <= dollars


def test_a_shard_that_has_no_job_answers_nothing() -> None:
    kept = Kept()
    assert pipeline.asked(planned(["api/b.py"]), models(kept, *both()), (2, 8)).answers == ()
    assert kept.lines == []


class Absent:
    """A backend that does not say what it is, and answers all the same."""

    def __init__(self, known: Endpoint) -> None:
        self.endpoint = known

    def describe(self, deadline: float, departing: Departing) -> Traits:
        raise BackendError(Failure.UNREACHABLE)

    def complete(self, prompt: Prompt, deadline: float, departing: Departing) -> Reply:
        departing(1)
        return Reply(NONE)


def test_asking_a_server_what_it_is_has_a_line_with_its_bytes_before_they_leave() -> None:
    kept = Kept()
    backend = Noting(endpoint("hosted", Label.INTERNAL), kept, size=42)
    pipeline.described([backend], time.monotonic() + 60, RunLedger(b"key", kept))
    (line,) = kept.lines
    assert (line.kind, line.sink, line.label, line.status) == ("egress", "hosted", "public", "describe")
    assert (line.bytes_out, line.host, line.model, line.inputs) == (42, "127.0.0.1", "hosted-model", ())
    assert backend.left == [1]


def test_no_server_is_asked_what_it_is_where_the_line_cannot_be_written() -> None:
    backend = Noting(endpoint("hosted", Label.INTERNAL), Kept())
    with pytest.raises(LedgerError):
        pipeline.described([backend], time.monotonic() + 60, RunLedger(b"key", Refusing(0)))
    assert backend.left == []


def test_a_server_that_does_not_say_what_it_is_stays_and_is_asked() -> None:
    known = endpoint("local", Label.RESTRICTED)
    ((reader, traits),) = pipeline.described([Absent(known)], time.monotonic() + 60, RunLedger(b"key", Kept()))
    assert (reader.endpoint, traits) == (known, None)
    answers = pipeline.asked(planned(["ledger/d.py"]), models(Kept(), reader.backend))
    assert [answer.backend for answer in answers.answers] == ["local"]


def test_what_servers_say_of_themselves_completes_what_the_operator_says() -> None:
    class Told(Absent):
        def describe(self, deadline: float, departing: Departing) -> Traits:
            return Traits(window=9000, digest="sha256:2a")

    one, two = endpoint("a", Label.INTERNAL), replace(endpoint("b", Label.INTERNAL), window=None, digest="sha256:2")
    found = pipeline.described([Told(one), Told(two)], time.monotonic() + 60, RunLedger(b"key", Kept()))
    assert [reader.endpoint.window for reader, _ in found] == [9000, 9000]
    assert [reader.endpoint.digest for reader, _ in found] == ["sha256:2a", "sha256:2a"]
    assert pipeline.described([], time.monotonic(), RunLedger(b"key", Kept())) == ()


def test_the_window_of_a_label_is_the_smallest_of_its_route() -> None:
    backends = [scripted("small", Label.PUBLIC, [NONE], window=1000),
                scripted("middle", Label.INTERNAL, [NONE], window=2000),
                scripted("large", Label.RESTRICTED, [NONE], window=3000)]  # fmt: skip
    found = pipeline.windows(models(Kept(), *backends))
    assert [found.of(label) for label in (Label.PUBLIC, Label.INTERNAL, Label.CONFIDENTIAL, Label.RESTRICTED)] == [
        1000, 2000, 3000, 3000,
    ]  # fmt: skip
    assert pipeline.windows(models(Kept())).of(Label.PUBLIC) == Windows({}).otherwise


def test_a_text_goes_to_the_first_cleared_backend_of_the_operators_order_and_to_no_other() -> None:
    order: list[str] = []

    def says(name: str) -> Noting:
        return Noting(endpoint(name, Label.RESTRICTED if name != "hosted" else Label.INTERNAL), Kept())

    one, two, three = says("hosted"), says("near"), says("far")
    pipeline.asked(planned(["ledger/d.py"]), models(Kept(), one, two, three))
    order += [backend.endpoint.name for backend in (one, two, three) if backend.prompts]
    assert order == ["near"]


def test_a_model_in_a_file_has_the_time_of_a_call_to_say_what_it_is() -> None:
    asked: dict[str, float] = {}

    class Reading(Noting):
        def describe(self, deadline: float, departing: Departing) -> Traits:
            asked[self.endpoint.name] = deadline - time.monotonic()
            return Traits()

    ends = [Reading(endpoint(kind, Label.RESTRICTED, kind), Kept()) for kind in ("ollama", "llamacpp")]
    described(ends, time.monotonic() + 600, RunLedger())
    assert asked["ollama"] <= 10 < 100 < asked["llamacpp"] <= 120
