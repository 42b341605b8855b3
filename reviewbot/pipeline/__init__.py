"""The sentence of functions: planned, asked, concluded; `review` says it in one breath."""

from __future__ import annotations

from collections.abc import Sequence

from reviewbot.core.findings import Severity
from reviewbot.core.policy import Policy
from reviewbot.core.pull import PullRequest
from reviewbot.core.report import Report
from reviewbot.pipeline.answering import Models, asked, described, windows
from reviewbot.pipeline.asking import Reader
from reviewbot.pipeline.concluding import concluded
from reviewbot.pipeline.examining import Evidence, Spread
from reviewbot.pipeline.planning import Plan, Windows, planned
from reviewbot.pipeline.sketches import Wanted
from reviewbot.ports import Check

__all__ = ["Evidence", "Models", "Plan", "Reader", "Spread", "Wanted", "Windows", "asked", "concluded", "described",
           "planned", "review", "windows"]  # fmt: skip


def review(pull: PullRequest, policy: Policy, *, checks: Sequence[Check], guards: Sequence[Check] = (),
           evidence: Evidence | None = None, fail_on: Severity | None = Severity.CRITICAL,
           spread: Spread = map) -> Report:  # fmt: skip
    """A review by checks alone: what a run is that has no model."""
    return concluded(planned(pull, policy, checks=checks, guards=guards, evidence=evidence, fail_on=fail_on,
                             spread=spread))  # fmt: skip
