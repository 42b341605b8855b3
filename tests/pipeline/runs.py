"""Whole runs with models that are scripted: everything but the model is the real thing."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from reviewbot import checks, pipeline
from reviewbot.backends.retrying import Patience, Retrying
from reviewbot.backends.scripted import Answer, Scripted
from reviewbot.cli.ledgers import RunLedger
from reviewbot.core.answers import Answers
from reviewbot.core.catalogue import completed
from reviewbot.core.diff import FileDiff
from reviewbot.core.endpoints import Endpoint, Kind, Limits
from reviewbot.core.entries import Line, read
from reviewbot.core.exchange import Prompt
from reviewbot.core.findings import Severity
from reviewbot.core.labels import Label
from reviewbot.core.policy import Policy, Rule
from reviewbot.core.pull import PullRequest
from reviewbot.core.report import Report
from reviewbot.core.threads import Memory
from reviewbot.pipeline import Models, Plan, Reader, Wanted
from reviewbot.ports import Backend

POLICY = Policy(
    (Rule(Label.RESTRICTED, ("ledger/**",), (), "core", ".reviewbot.toml", 3),
     Rule(Label.PUBLIC, ("docs/**",), (), "docs", ".reviewbot.toml", 7)),
    Label.INTERNAL, "base", "ab" * 32,
)  # fmt: skip


@dataclass
class Kept:
    """A ledger's lines, in memory."""

    lines: list[Line] = field(default_factory=list)

    def add(self, line: bytes, *, durable: bool) -> None:
        self.lines.append(read(line.rstrip(b"\n")))


@dataclass(frozen=True)
class Run:
    plan: Plan
    answers: Answers
    report: Report
    ledger: list[Line]


def endpoint(name: str, clearance: Label, kind: Kind = "openai", *, window: int = 16_000, concurrency: int = 1,
             price: float = 0.0) -> Endpoint:  # fmt: skip
    return Endpoint(name, kind, f"{name}-model", clearance, (f"http://127.0.0.1/{name}",), window=window,
                    price_in=price, price_out=price, concurrency=concurrency)  # fmt: skip


def scripted(name: str, clearance: Label, answers: Callable[[Prompt], Answer] | Sequence[Answer], *,
             window: int = 16_000, concurrency: int = 1, price: float = 0.0,
             patience: Patience | None = None) -> Backend:  # fmt: skip
    """A scripted backend that is tried again at once."""
    known = endpoint(name, clearance, window=window, concurrency=concurrency, price=price)
    return Retrying(Scripted(known, answers), patience or Patience(), sleep=lambda seconds: None, chance=lambda: 0.5)


def claims(*found: tuple[str, int, str], title: str = "This goes wrong", severity: str = "high") -> str:
    """A reply with findings: path, line and quote of each."""
    return json.dumps({"findings": [
        {"path": path, "line": line, "quote": quote, "kind": "logic", "severity": severity, "title": title,
         "body": "Then it does.", "suggestion": ""} for path, line, quote in found
    ]})  # fmt: skip


def verdicts(*words: str) -> str:
    return json.dumps({"verdicts": [{"claim": number, "verdict": word, "reason": "so it is"}
                                    for number, word in enumerate(words, 1)]})  # fmt: skip


def is_verifying(prompt: Prompt) -> bool:
    return prompt.excerpts[-1].origin == "reply"


def run(files: Sequence[FileDiff], backends: Sequence[Backend], policy: Policy = POLICY, *,
        limits: Limits | None = None, comments: Label = Label.RESTRICTED, shards: int = 1, strict: bool = False,
        fail_on: Severity | None = Severity.CRITICAL, memory: Memory | None = None, wanted: Wanted | None = None,
        paths: Sequence[str] = ()) -> Run:  # fmt: skip
    """Plan, ask and conclude."""
    pull = PullRequest(
        "a" * 40, "b" * 40, "a" * 40, tuple(files), (*(file.path for file in files), *paths), 7, "A change"
    )
    kept = Kept()
    ledger = RunLedger(b"key", kept)
    bounds = limits or Limits(seconds=60)
    readers = tuple(Reader(backend, completed(backend.endpoint)) for backend in backends)
    models = Models(readers, ledger, time.monotonic() + bounds.seconds, bounds)
    plan = pipeline.planned(pull, policy, checks=checks.ALL, guards=checks.GUARDS, fail_on=fail_on,
                            windows=pipeline.windows(models), memory=memory, wanted=wanted,
                            readers=", ".join(backend.endpoint.name for backend in backends))  # fmt: skip
    parts = [pipeline.asked(plan, models, (shard, shards)) for shard in range(1, shards + 1)]
    report = pipeline.concluded(plan, parts, comments=comments, strict=strict)
    return Run(plan, parts[0], report, kept.lines)
