"""Deterministic reviewers: one module each, listed here in the order they report."""

from __future__ import annotations

from reviewbot.checks import (
    asynchrony,
    calls,
    conflicts,
    credentials,
    debug,
    entries,
    exceptions,
    invisible,
    manifests,
    policy,
    slips,
    syntax,
    testing,
    workflows,
)  # fmt: skip
from reviewbot.core.findings import Rule
from reviewbot.ports import Check

ALL: tuple[Check, ...] = (
    credentials, policy, invisible, conflicts, syntax, entries, workflows, manifests, calls, exceptions, asynchrony,
    slips, testing, debug,
)  # fmt: skip
#: They read what the team does not want reviewed, too: it is not for an ignored file to leak a key.
GUARDS: tuple[Check, ...] = (credentials, policy, invisible, entries)

RULES: dict[str, Rule] = {rule.id: rule for check in ALL for rule in check.RULES}
