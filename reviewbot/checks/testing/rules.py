"""The ways in which tests stop telling anything, worst first."""

from __future__ import annotations

from reviewbot.core.findings import Rule, Severity

FOCUSED = Rule(
    "tests/focused", Severity.HIGH, "Focused test",
    "All the others do not run any more, and nothing says so.", 0.95,
)  # fmt: skip
NEVER = Rule(
    "tests/never-asserts", Severity.MEDIUM, "Assertion that checks nothing",
    "It is begun and not finished, or not waited for: the test passes whatever happens.", 0.95,
)  # fmt: skip
GONE = Rule(
    "tests/assertions-removed", Severity.MEDIUM, "Test lost its assertions",
    "It still runs and no longer checks anything.", 0.85,
)  # fmt: skip
SKIPPED = Rule(
    "tests/skipped", Severity.LOW, "Skipped test without a reason",
    "Nobody will know when it may run again.", 0.9,
)  # fmt: skip
NONE = Rule(
    "tests/no-assertion", Severity.LOW, "Test without an assertion",
    "It passes whatever the code answers, as long as nothing is raised.", 0.7,
)  # fmt: skip
REMOVED = Rule(
    "tests/removed", Severity.INFO, "Tests removed",
    "What they checked, nothing in this file checks any more.", 0.8,
)  # fmt: skip
RULES = (FOCUSED, NEVER, GONE, SKIPPED, NONE, REMOVED)
