"""Asking: on the ledger before it leaves, never above a clearance, and whatever comes back is data."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest

from reviewbot.backends.ollama import Ollama
from reviewbot.cli.ledgers import LedgerError
from reviewbot.core.exchange import BackendError, Excerpt, Failure, Prompt, Reply
from reviewbot.core.findings import Finding
from reviewbot.core.labels import ASSIGNABLE, Label, permits
from reviewbot.core.tokens import estimate
from reviewbot.errors import EgressDeniedError
from reviewbot.pipeline import Reader
from reviewbot.pipeline.asking import UNSENT, Desk, answer, ask
from reviewbot.tasks import review
from tests.materials import job, material
from tests.pipeline.desks import JOB, TOKEN, Noting, Refusing, desk, fails, reader
from tests.pipeline.runs import Kept, claims, endpoint, is_verifying, scripted, verdicts
from tests.servers import faulty
from tests.servers.faulty import Faulty

NONE = '{"findings": []}'
CLAIM = claims(("src/app.py", 1, "a = 2"))
#: What a second asking does not mend.
ONCE = [failure for failure in Failure if failure is not Failure.TRUNCATED]


def prompt(label: Label) -> Prompt:
    return Prompt("system", (Excerpt("low\n", Label.PUBLIC, "a.py"), Excerpt("text\n", label, "b.py")), None, 100)


def noting(kept: Kept, *answers: str | BackendError | Reply, clearance: Label = Label.INTERNAL) -> Noting:
    return Noting(endpoint("hosted", clearance), kept, answers or (NONE,))


def suggested(text: str, title: str = "This goes wrong", **more: str) -> str:
    found = json.loads(claims(("src/app.py", 1, "a = 2"), title=title))
    found["findings"][0] |= {"suggestion": text, **more}
    return json.dumps(found)


def test_the_line_is_in_the_ledger_before_the_first_byte_leaves() -> None:
    kept = Kept()
    backend = noting(kept, CLAIM, verdicts("holds"))
    answer(JOB, Reader(backend, backend.endpoint), desk(kept))
    assert backend.left == [1, 3]
    assert [line.kind for line in kept.lines] == ["egress", "reply", "egress", "reply"]


@pytest.mark.parametrize("most", [0, 1, 2, 3])
def test_nothing_leaves_and_nothing_is_concluded_where_a_line_cannot_be_written(most: int) -> None:
    backend = noting(Kept(), CLAIM, verdicts("holds"))
    with pytest.raises(LedgerError):
        answer(JOB, Reader(backend, backend.endpoint), desk(Refusing(most)))
    assert len(backend.prompts) == (most + 1) // 2


def test_the_line_says_where_to_of_what_and_how_much_but_not_what() -> None:
    kept = Kept()
    backend = noting(kept)
    known = replace(backend.endpoint, digest="sha256:1f", urls=("https://user@one.example:8443/v1",))
    ask(prompt(Label.INTERNAL), Reader(backend, known), desk(kept), redactions=3)
    departure, reply = kept.lines
    assert (departure.kind, departure.sink, departure.backend) == ("egress", "hosted", "hosted")
    assert (departure.host, departure.model, departure.model_digest) == (
        "one.example:8443",
        "hosted-model",
        "sha256:1f",
    )
    assert (departure.label, departure.policy_sha256, departure.redactions) == ("internal", "ab" * 32, 3)
    assert (departure.bytes_out, departure.attempt, departure.status) == (17, 1, "")
    assert [(one.origin, one.bytes) for one in departure.inputs] == [("a.py", 4), ("b.py", 5)]
    assert (reply.kind, reply.status, reply.attempt, reply.bytes_out, reply.inputs) == ("reply", "ok", 1, 0, ())


@pytest.mark.parametrize("clearance", ASSIGNABLE)
@pytest.mark.parametrize("label", Label)
def test_the_gate_lets_through_what_a_backend_is_cleared_for_and_writes_what_it_does_not(
    label: Label, clearance: Label
) -> None:
    kept = Kept()
    backend = noting(kept, clearance=clearance)
    above = replace(JOB, label=label)
    if permits(clearance, label):
        assert ask(prompt(label), Reader(backend, backend.endpoint), desk(kept, above)).text == NONE
        assert len(backend.prompts) == 1
        return
    with pytest.raises(EgressDeniedError, match=f"hosted is not cleared for {label} text"):
        ask(prompt(label), Reader(backend, backend.endpoint), desk(kept, above))
    assert (backend.prompts, backend.left) == ([], [])
    (line,) = kept.lines
    assert (line.kind, line.bytes_out, line.status) == ("deny", 0, f"cleared for {clearance}")


@pytest.mark.parametrize(("spare", "is_sent"), [(0, True), (-1, False)])
def test_a_prompt_and_its_reply_fit_into_the_window_or_nothing_leaves(spare: int, is_sent: bool) -> None:
    kept, asked = Kept(), prompt(Label.INTERNAL)
    backend = noting(kept)
    size = estimate(asked.system) + estimate(asked.text) + asked.max_tokens
    known = Reader(backend, replace(backend.endpoint, window=size + spare))
    if is_sent:
        ask(asked, known, desk(kept))
    else:
        with pytest.raises(BackendError) as caught:
            ask(asked, known, desk(kept))
        assert caught.value.failure is Failure.TOO_LONG
    assert len(backend.prompts) == is_sent
    assert len(kept.lines) == 2 * is_sent


def test_when_the_run_is_over_nothing_leaves() -> None:
    kept = Kept()
    backend = noting(kept)
    said = answer(JOB, Reader(backend, backend.endpoint), desk(kept, seconds=0.0))
    assert (said.backend, said.reason) == ("", "limit of time reached")
    assert (backend.prompts, kept.lines) == ([], [])


@pytest.mark.parametrize(("run", "call"), [(5.0, 100.0), (100.0, 5.0)])
def test_a_call_ends_with_its_own_time_or_with_the_runs(run: float, call: float) -> None:
    kept = Kept()
    backend = noting(kept)
    known = replace(backend.endpoint, seconds=call)
    before = time.monotonic()
    ask(prompt(Label.INTERNAL), Reader(backend, known), desk(kept, seconds=run))
    (deadline,) = backend.deadlines
    assert before + 4.9 < deadline <= time.monotonic() + 5.0


def test_a_reply_that_is_not_understood_is_asked_for_once_more_and_then_understood() -> None:
    kept = Kept()
    backend = noting(kept, "I would rather not.", CLAIM, verdicts("holds"))
    said = answer(JOB, Reader(backend, backend.endpoint), desk(kept))
    assert (said.backend, [finding.location.line for finding in said.findings]) == ("hosted", [1])
    assert [one.excerpts[-1].text == review.AGAIN for one in backend.prompts] == [False, True, False]
    assert [call.status for call in said.calls] == ["ok", "ok", "ok"]


def test_two_replies_that_are_not_understood_are_a_failure_and_no_third_is_asked_for() -> None:
    kept = Kept()
    said = answer(JOB, reader(["I would rather not.", "Still not.", NONE]), desk(kept))
    assert (said.backend, said.reason, len(said.calls)) == ("", "reply not understood", 2)
    assert (said.findings, said.dropped) == ((), ())


@pytest.mark.parametrize(("second", "backend", "reason"), [
    (NONE, "hosted", ""), (fails(Failure.TRUNCATED), "", "cut short"), ("no", "", "reply not understood"),
    (fails(Failure.BUSY), "", "server busy"),
])  # fmt: skip
def test_a_reply_that_was_cut_is_asked_for_once_more_and_shorter(
    second: str | BackendError, backend: str, reason: str
) -> None:
    kept = Kept()
    noted = noting(kept, fails(Failure.TRUNCATED), second)
    said = answer(JOB, Reader(noted, noted.endpoint), desk(kept))
    assert (said.backend, said.reason, len(said.calls)) == (backend, reason, 2)
    assert noted.prompts[1].excerpts[-1] == Excerpt(review.AGAIN, Label.PUBLIC, "reviewbot")
    assert "briefly" in noted.prompts[1].text


@pytest.mark.parametrize("failure", ONCE)
def test_any_other_failure_is_told_as_it_is(failure: Failure) -> None:
    kept = Kept()
    said = answer(JOB, reader([fails(failure), NONE]), desk(kept))
    assert (said.backend, said.reason) == ("", str(failure))
    assert [(line.kind, line.status) for line in kept.lines] == [("egress", ""), ("reply", str(failure))]
    # What is never sent is no call.
    assert [call.status for call in said.calls] == ([] if failure in UNSENT else [str(failure)])


def test_without_a_finding_nothing_is_verified() -> None:
    assert len(answer(JOB, reader([NONE, "never"]), desk(Kept())).calls) == 1


def verified(*replies: str | BackendError) -> tuple[tuple[Finding, ...], list[str], str]:
    """The findings, what was dropped and why, and the notice, of one claim."""
    said = answer(JOB, reader([CLAIM, *replies]), desk(Kept()))
    assert said.backend == "hosted"
    return said.findings, [one.reason for one in said.dropped], said.notice


@pytest.mark.parametrize(("reply", "confidence"), [
    (verdicts("holds"), review.CONFIRMED), (verdicts("unsure"), review.UNSURE),
    ('{"verdicts": []}', review.UNSURE), ('{"verdicts": [{"claim": 2, "verdict": "refuted"}]}', review.UNSURE),
    ('{"verdicts": [{"claim": 1, "verdict": "no idea"}]}', review.UNSURE),
])  # fmt: skip
def test_what_is_not_refuted_stays_as_sure_as_the_verdict(reply: str, confidence: float) -> None:
    findings, dropped, notice = verified(reply)
    assert ([finding.confidence for finding in findings], dropped, notice) == ([confidence], [], "")


def test_what_is_refuted_is_dropped_with_the_reason() -> None:
    assert verified(verdicts("refuted")) == ((), ["refuted: so it is"], "")


@pytest.mark.parametrize(("reply", "why"), [
    ("I would rather not.", "reply not understood"), (fails(Failure.TRUNCATED), "cut short"),
    (fails(Failure.TIMEOUT), "timeout"), (fails(Failure.CALLS_SPENT), "limit of calls reached"),
])  # fmt: skip
def test_where_verifying_fails_findings_stay_unsure_and_a_notice_says_so(reply: str | BackendError, why: str) -> None:
    findings, dropped, notice = verified(reply)
    assert [finding.confidence for finding in findings] == [review.UNSURE]
    assert (dropped, notice) == ([], f"what was found could not be verified: {why}")


def test_each_verdict_is_on_the_claim_of_its_number() -> None:
    both = job(material("a = 1\nb = 1\n", "a = 2\nb = 2\n"))
    found = claims(("src/app.py", 1, "a = 2"), ("src/app.py", 2, "b = 2"))
    said = answer(both, reader([found, verdicts("refuted", "holds")]), desk(Kept(), both))
    assert [(finding.location.line, finding.confidence) for finding in said.findings] == [(2, review.CONFIRMED)]
    assert [one.line for one in said.dropped] == [1]


def test_verifying_shows_the_code_of_the_claims_and_no_other_and_has_the_label_of_the_first_prompt() -> None:
    both = job(material("a = 1\n", "a = 2\n"), material("c = 1\n", "c = 2\n", "src/store.py"))
    kept = Kept()
    backend = noting(kept, CLAIM, verdicts("holds"))
    answer(both, Reader(backend, backend.endpoint), desk(kept, both))
    first, second = backend.prompts
    assert [one.origin for one in second.excerpts] == ["src/app.py", "reply"]
    assert is_verifying(second)
    assert first.label == second.label == Label.INTERNAL


@pytest.mark.parametrize(("text", "suggestion"), [("a = 3", "a = 3"), ("```python\na = 3\n```", "a = 3")])
def test_a_suggestion_that_fits_can_be_committed(text: str, suggestion: str) -> None:
    (finding,) = answer(JOB, reader([suggested(text), verdicts("holds")]), desk(Kept())).findings
    assert (finding.suggestion, finding.body) == (suggestion, "Then it does.")


def test_a_suggestion_that_does_not_fit_is_said_in_prose() -> None:
    (finding,) = answer(JOB, reader([suggested("def ("), verdicts("holds")]), desk(Kept())).findings
    assert (finding.suggestion, finding.body) == (None, "Then it does.\nSuggested: def (")


@pytest.mark.parametrize("reply", [
    suggested("", title=f"It uses {TOKEN}"), suggested("", body=f"Set it to {TOKEN}."),
    suggested(f'a = "{TOKEN}"'), suggested("", quote=f'a = "{TOKEN}"'),
    suggested("", quote="nowhere", title=f"Wrong {TOKEN}"), suggested("", quote="nowhere", path=f"src/{TOKEN}"),
])  # fmt: skip
@pytest.mark.parametrize("verdict", ["holds", "refuted"])
def test_a_credential_that_a_model_says_is_told_to_nobody(reply: str, verdict: str) -> None:
    said = answer(JOB, reader([reply, verdicts(verdict)]), desk(Kept()))
    assert said.findings or said.dropped
    assert TOKEN not in repr(said)


def test_a_credential_that_a_model_says_is_not_sent_to_it_again() -> None:
    kept = Kept()
    backend = noting(kept, suggested("", title=f"It uses {TOKEN}", body=f"Set {TOKEN}."), verdicts("holds"))
    answer(JOB, Reader(backend, backend.endpoint), desk(kept))
    assert TOKEN not in backend.prompts[1].text
    assert "⟦github-token⟧" in backend.prompts[1].text


def test_a_credential_in_the_reason_of_a_verdict_is_told_to_nobody() -> None:
    reason = json.dumps({"verdicts": [{"claim": 1, "verdict": "refuted", "reason": f"{TOKEN} is fine"}]})
    said = answer(JOB, reader([CLAIM, reason]), desk(Kept()))
    assert [one.reason for one in said.dropped] == ["refuted: ⟦github-token⟧ is fine"]


def test_every_attempt_has_a_line_before_it_and_one_after_it() -> None:
    kept = Kept()
    backend = scripted("hosted", Label.INTERNAL, [fails(Failure.BUSY), fails(Failure.BROKEN), NONE])
    said = answer(JOB, Reader(backend, backend.endpoint), desk(kept))
    assert [(line.kind, line.attempt, line.status) for line in kept.lines] == [
        ("egress", 1, ""), ("reply", 1, "server busy"), ("egress", 2, ""), ("reply", 2, "connection broken"),
        ("egress", 3, ""), ("reply", 3, "ok"),
    ]  # fmt: skip
    sizes = [line.bytes_out for line in kept.lines]
    assert sizes[0] == sizes[2] == sizes[4] > 0 == sizes[1] == sizes[3] == sizes[5]
    assert (said.backend, len(said.calls)) == ("hosted", 1)


def test_a_retry_that_no_budget_allows_does_not_leave() -> None:
    kept = Kept()
    backend = scripted("hosted", Label.INTERNAL, [fails(Failure.BUSY), NONE])
    said = answer(JOB, Reader(backend, backend.endpoint), desk(kept, calls=1))
    assert (said.backend, said.reason) == ("", "limit of calls reached")
    assert [(line.kind, line.attempt) for line in kept.lines] == [("egress", 1), ("reply", 1), ("reply", 2)]


def test_tokens_are_those_the_server_counted_else_estimates_and_cost_what_the_endpoint_says() -> None:
    counted = reader([Reply(NONE, 1000, 10, 2.5, 0.5)])
    priced = Reader(counted.backend, replace(counted.endpoint, price_in=2.0, price_out=50.0))
    (call,) = answer(JOB, priced, desk(Kept())).calls
    assert (call.tokens_in, call.tokens_out, call.seconds, call.first_token) == (1000, 10, 2.5, 0.5)
    assert call.cost_usd == pytest.approx(0.0025)
    (guessed,) = answer(JOB, reader([Reply(NONE)]), desk(Kept())).calls
    sent = review.prompt(JOB)
    assert (guessed.tokens_in, guessed.tokens_out) == (estimate(sent.system + sent.text), estimate(NONE))


def test_waiting_counts_for_the_first_call_of_a_job_only() -> None:
    said = answer(JOB, reader([CLAIM, verdicts("holds")]), desk(Kept()), queued=1.5)
    assert [call.queued for call in said.calls] == [1.5, 0.0]


def test_a_reply_of_very_many_findings_is_no_report_of_very_many_rows() -> None:
    claim = json.loads(CLAIM)["findings"][0]
    said = answer(JOB, reader([json.dumps({"findings": [claim, *[1] * 5000]}), verdicts("holds")]), desk(Kept()))
    assert (len(said.findings), len(said.dropped)) == (1, review.MOST)
    assert said.dropped[-1].reason == f"more than asked for: {5001 - review.MOST:,}"


def test_a_reply_of_which_no_item_is_as_asked_for_is_asked_for_again() -> None:
    said = answer(JOB, reader(['{"findings": [{"path": 5}]}', NONE]), desk(Kept()))
    assert (said.backend, len(said.calls)) == ("hosted", 2)
    assert answer(JOB, reader(['{"findings": [{"path": 5}]}']), desk(Kept())).reason == "reply not understood"


def test_a_prompt_is_asked_in_the_language_of_the_policy() -> None:
    kept = Kept()
    backend = noting(kept)
    known: Desk = replace(desk(kept), language="de")
    answer(JOB, Reader(backend, backend.endpoint), known)
    assert "in the language de." in backend.prompts[0].text


def test_a_server_that_is_asked_late_who_it_is_costs_no_label_and_names_no_input() -> None:
    kept = Kept()
    with Faulty(faulty.reply('{"findings": []}'), dialect="ollama", models=("m",)) as server:
        place = replace(endpoint("local", Label.RESTRICTED, "ollama"), model="m", urls=(server.url,))
        ask(review.prompt(JOB), Reader(Ollama(place), place), desk(kept, calls=1))
    lines = [(line.status, str(line.label), len(line.inputs)) for line in kept.lines if line.kind == "egress"]
    assert lines == [*[("describe", "public", 0)] * 3, ("", "internal", 1)]
