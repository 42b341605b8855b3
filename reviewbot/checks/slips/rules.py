"""Slips of the pen that are certain from the code alone, worst first."""

from __future__ import annotations

from reviewbot.core.findings import Rule, Severity

ASSERT = Rule(
    "slips/assert-tuple", Severity.HIGH, "Assertion of a tuple is always true",
    "The parentheses make the condition and its message one tuple, and a tuple is true.", 0.98,
)  # fmt: skip
ASSIGNED = Rule(
    "slips/assigned-condition", Severity.HIGH, "Condition assigns instead of comparing",
    "The variable takes the value, and the outcome is always the same.", 0.95,
)  # fmt: skip
ALWAYS = Rule(
    "slips/literal-alternative", Severity.HIGH, "Condition is always true",
    "A literal stands alone after `or`: the comparison before it does not extend to it.", 0.95,
)  # fmt: skip
MUTABLE = Rule(
    "slips/mutable-default", Severity.MEDIUM, "Mutable default argument",
    "It is made once: what one call leaves in it, the next call finds.", 0.9,
)  # fmt: skip
FROZEN = Rule(
    "slips/default-once", Severity.MEDIUM, "Default is computed once",
    "It is evaluated when the function is defined: every call gets the same value.", 0.95,
)  # fmt: skip
IDENTITY = Rule(
    "slips/literal-identity", Severity.MEDIUM, "Literal is compared by identity",
    "Equal values need not be the same object: the outcome is not what it reads like.", 0.95,
)  # fmt: skip
OPERANDS = Rule(
    "slips/same-operands", Severity.MEDIUM, "Both sides are the same",
    "The outcome does not depend on them: one of the two was meant to be something else.", 0.9,
)  # fmt: skip
NAN = Rule(
    "slips/nan-comparison", Severity.MEDIUM, "Comparison with NaN",
    "NaN equals nothing, not even itself.", 0.98,
)  # fmt: skip
TYPEOF = Rule(
    "slips/typeof", Severity.MEDIUM, "`typeof` never has this value",
    "The comparison has the same outcome whatever the operand is.", 0.98,
)  # fmt: skip
NEGATED = Rule(
    "slips/negated-operand", Severity.MEDIUM, "Only the left operand is negated",
    "`!a in b` is `(!a) in b`: the relation was to be negated.", 0.95,
)  # fmt: skip
UNUSED = Rule(
    "slips/unused-comparison", Severity.MEDIUM, "Comparison without effect",
    "Nothing uses its outcome: an assignment or an assertion was meant.", 0.9,
)  # fmt: skip
ITSELF = Rule(
    "slips/self-assignment", Severity.MEDIUM, "Assigned to itself",
    "The statement does nothing: another target was meant.", 0.9,
)  # fmt: skip
BRANCHES = Rule(
    "slips/same-branches", Severity.MEDIUM, "Both branches are the same",
    "The condition decides nothing.", 0.9,
)  # fmt: skip
CONDITION = Rule(
    "slips/repeated-condition", Severity.MEDIUM, "The same condition a second time",
    "The branch is never taken: the one above it already was.", 0.95,
)  # fmt: skip
KEY = Rule(
    "slips/repeated-key", Severity.MEDIUM, "The same key a second time",
    "Only the last of the values is kept.", 0.95,
)  # fmt: skip
BODY = Rule(
    "slips/empty-body", Severity.MEDIUM, "Semicolon ends the condition's statement",
    "The condition decides nothing: what follows runs always.", 0.9,
)  # fmt: skip
UNREACHABLE = Rule(
    "slips/unreachable", Severity.LOW, "Code that never runs",
    "The statement before it always leaves.", 0.95,
)  # fmt: skip
RULES = (ASSERT, ASSIGNED, ALWAYS, MUTABLE, FROZEN, IDENTITY, OPERANDS, NAN, TYPEOF, NEGATED, UNUSED, ITSELF, BRANCHES,
         CONDITION, KEY, BODY, UNREACHABLE)  # fmt: skip
