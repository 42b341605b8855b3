"""Asking: the one place from which text leaves for a model, and what is made of a reply."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

from reviewbot.core import credentials
from reviewbot.core.answers import Answer, Call, cost
from reviewbot.core.endpoints import Endpoint
from reviewbot.core.exchange import BackendError, Failure, Prompt, Reply
from reviewbot.core.findings import Dropped, Finding
from reviewbot.core.labels import Label, permits
from reviewbot.core.ledger import Entry
from reviewbot.core.passages import Material
from reviewbot.core.plan import Job
from reviewbot.core.suggestions import adjusted
from reviewbot.core.tokens import Count
from reviewbot.errors import EgressDeniedError
from reviewbot.pipeline.budgets import Budget
from reviewbot.ports import Backend, Ledger
from reviewbot.tasks import review

#: What ends a prompt before anything of it is sent.
UNSENT = frozenset({
    Failure.CALLS_SPENT, Failure.COST_SPENT, Failure.TIME_SPENT, Failure.CIRCUIT_OPEN, Failure.SLOW, Failure.NO_KEY,
    Failure.NOT_INSTALLED,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reader:
    """A backend, and what is known of it: by the operator, by its server, by the catalogue."""

    backend: Backend
    endpoint: Endpoint


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that asking needs beside the job."""

    ledger: Ledger
    budgets: Mapping[Label, Budget]
    #: A reading of `time.monotonic()` at which the run ends.
    deadline: float
    policy_sha256: str
    count: Count
    language: str = "en"


@dataclass
class _Witness:
    """Writes one line before each departure and one after each attempt."""

    desk: Desk
    entry: Entry
    dollars: float
    attempt: int = 1

    def __call__(self, size: int, /) -> None:
        self.desk.budgets[self.entry.label].take(self.dollars)
        self.desk.ledger.append(replace(self.entry, kind="egress", bytes_out=size, attempt=self.attempt))

    def introduced(self, size: int, /) -> None:
        # It is of no label and spends nothing: which job comes first to a server must change no other's budget.
        about = replace(self.entry, label=Label.PUBLIC, inputs=(), redactions=0, status="describe", attempt=1)
        self.desk.ledger.append(replace(about, bytes_out=size))

    def again(self, attempt: int, failure: Failure) -> None:
        self.ended(failure)
        self.attempt = attempt + 1

    def ended(self, status: str) -> None:
        reply = replace(self.entry, kind="reply", inputs=(), redactions=0, attempt=self.attempt, status=status)
        self.desk.ledger.append(reply)


def ask(prompt: Prompt, reader: Reader, desk: Desk, redactions: int = 0) -> Reply:
    """The reply to a prompt; it has the prompt's label.

    Whatever leaves is on the ledger before. Raises EgressDeniedError where the backend is not cleared, BackendError.
    """
    endpoint = reader.endpoint
    entry = Entry(
        "egress", endpoint.name, prompt.label, backend=endpoint.name, host=", ".join(endpoint.hosts),
        model=endpoint.model, model_digest=endpoint.digest, policy_sha256=desk.policy_sha256, redactions=redactions,
        inputs=(*prompt.excerpts, *(() if prompt.suffix is None else (prompt.suffix,))),
    )  # fmt: skip
    if not permits(endpoint.clearance, prompt.label):
        desk.ledger.append(replace(entry, kind="deny", status=f"cleared for {endpoint.clearance}"))
        raise EgressDeniedError(f"{endpoint.name} is not cleared for {prompt.label} text")
    size = _ours(desk.count, prompt.system) + _size(prompt, desk.count)
    if endpoint.window is not None and size + prompt.max_tokens > endpoint.window:
        raise BackendError(Failure.TOO_LONG)
    deadline = min(desk.deadline, time.monotonic() + endpoint.seconds)
    if deadline <= time.monotonic():
        raise BackendError(Failure.TIME_SPENT)
    witness = _Witness(desk, entry, cost(endpoint, size, prompt.max_tokens))
    try:
        reply = reader.backend.complete(prompt, deadline, witness)
    except BackendError as error:
        witness.ended(error.failure)
        raise
    witness.ended("ok")
    if reply.tokens_in is not None and reply.tokens_out is not None:
        desk.budgets[prompt.label].give_back(witness.dollars - cost(endpoint, reply.tokens_in, reply.tokens_out))
    return reply


def denial(label: Label) -> str:
    return f"no model is cleared for {label} text"


def _size(prompt: Prompt, count: Count) -> int:
    """Tokens of what is not our own words."""
    return count(prompt.text) + (0 if prompt.suffix is None else count(prompt.suffix.text))


@lru_cache(maxsize=8)
def _ours(count: Count, text: str) -> int:
    """Tokens of our own words, which are the same in every prompt."""
    return count(text)


def answer(job: Job, reader: Reader, desk: Desk, queued: float = 0.0) -> Answer:
    """What one backend makes of a job: asked, once more where the reply was not understood, then refuted."""
    calls: list[Call] = []
    asked = Inquiry(reader, desk, queued, calls, sum(part.material.redactions for part in job.parts))
    try:
        findings, dropped = _reviewed(job, asked)
    except BackendError as error:
        return Answer(job.name, "", str(error.failure), calls=tuple(calls))
    notice = ""
    if findings:
        # Once more, this time before it is sent: a credential that the model made up leaves for no sink either.
        findings, refuted, notice = _verified(job, tuple(map(clean, findings)), asked)
        dropped = (*dropped, *refuted)
    materials = {part.material.path: part.material for part in job.parts}
    findings = tuple(clean(_suggesting(finding, materials.get(finding.location.path))) for finding in findings)
    said = tuple(map(clean, dropped))
    return Answer(job.name, asked.name, findings=findings, dropped=said, calls=tuple(calls), notice=notice)


_Said = TypeVar("_Said", Finding, Dropped)


def clean(said: _Said) -> _Said:
    """What a model said, without what looks like a credential: it may know some that we did not send."""
    if isinstance(said, Dropped):
        return replace(said, title=credentials.withheld(said.title), path=credentials.withheld(said.path),
                       reason=credentials.withheld(said.reason))  # fmt: skip
    suggestion = None if said.suggestion is None else credentials.withheld(said.suggestion)
    return replace(said, title=credentials.withheld(said.title), body=credentials.withheld(said.body),
                   suggestion=suggestion)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One backend, and the calls to it so far."""

    reader: Reader
    desk: Desk
    queued: float
    calls: list[Call]
    redactions: int

    @property
    def name(self) -> str:
        return self.reader.endpoint.name

    def ask(self, prompt: Prompt) -> str:
        began = time.monotonic()
        try:
            reply = ask(prompt, self.reader, self.desk, self.redactions)
        except BackendError as error:
            if error.failure not in UNSENT:
                self._note(0, 0, time.monotonic() - began, None, error.failure)
            raise
        after = "" if prompt.suffix is None else prompt.suffix.text
        read = self.desk.count(prompt.system + prompt.text + after)
        tokens_in = read if reply.tokens_in is None else reply.tokens_in
        tokens_out = self.desk.count(reply.text) if reply.tokens_out is None else reply.tokens_out
        self._note(tokens_in, tokens_out, reply.seconds, reply.first_token, "ok")
        return reply.text

    def _note(self, read: int, written: int, seconds: float, first: float | None, status: str) -> None:
        endpoint, queued = self.reader.endpoint, 0.0 if self.calls else self.queued
        self.calls.append(Call(endpoint.name, endpoint.model, read, written, seconds, first, queued,
                               cost(endpoint, read, written), status))  # fmt: skip


def _reviewed(job: Job, asked: Inquiry) -> tuple[tuple[Finding, ...], tuple[Dropped, ...]]:
    """The findings of a job; asked a second time where the first reply cannot be read. Raises BackendError."""
    prompt = review.prompt(job, asked.desk.language)
    try:
        return review.read(asked.ask(prompt), job, prompt.label, asked.name)
    except review.UnreadableError:
        pass
    except BackendError as error:
        if error.failure is not Failure.TRUNCATED:
            raise
    prompt = review.prompt(job, asked.desk.language, again=True)
    try:
        return review.read(asked.ask(prompt), job, prompt.label, asked.name)
    except review.UnreadableError:
        raise BackendError(Failure.BAD_REPLY) from None


def _verified(job: Job, findings: tuple[Finding, ...],
              asked: Inquiry) -> tuple[tuple[Finding, ...], tuple[Dropped, ...], str]:  # fmt: skip
    """The findings that a second asking did not refute. Where it fails they stay, less sure, and the notice says so."""
    label = review.prompt(job, asked.desk.language).label
    try:
        verdicts = review.judged(asked.ask(review.verify(job, findings, label)), findings)
    except (BackendError, review.UnreadableError) as error:
        reason = str(error.failure) if isinstance(error, BackendError) else str(Failure.BAD_REPLY)
        unsure = tuple(replace(finding, confidence=review.UNSURE) for finding in findings)
        return unsure, (), f"what was found could not be verified: {reason}"
    kept, dropped = [], []
    for number, finding in enumerate(findings):
        verdict, reason = verdicts.get(number, ("unsure", ""))
        # The first claim repeats none: who calls it so is unsure of it.
        if verdict == "refuted" or (verdict == "repeated" and number):
            spot = finding.location
            dropped.append(Dropped(finding.title, spot.path, spot.line, f"{verdict}: {reason}", label, finding.origin))
        else:
            confidence = review.CONFIRMED if verdict == "holds" else review.UNSURE
            kept.append(replace(finding, confidence=confidence))
    return tuple(kept), tuple(dropped), ""


def _suggesting(finding: Finding, material: Material | None) -> Finding:
    """The finding with a suggestion that can be applied; one that cannot is said in prose."""
    spot = finding.location
    if finding.suggestion is None or spot.line is None:
        return finding
    fitting = material and adjusted(finding.suggestion, material, spot.line, spot.end_line or spot.line)
    if fitting:
        return replace(finding, suggestion=fitting)
    return replace(finding, suggestion=None, body=f"{finding.body}\nSuggested: {finding.suggestion}".strip())
