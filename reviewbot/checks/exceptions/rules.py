"""The ways in which a failure gets lost, worst first."""

from __future__ import annotations

from reviewbot.core.findings import Rule, Severity

SWALLOWED = Rule(
    "exceptions/swallowed", Severity.MEDIUM, "Swallowed exception",
    "Every failure ends here, also those nobody thought of, and leaves no trace.", 0.85,
)  # fmt: skip
DROPPED = Rule(
    "exceptions/not-raised", Severity.MEDIUM, "Exception is made and not raised",
    "The statement builds an object and drops it: the code goes on as if nothing were wrong.", 0.95,
)  # fmt: skip
NEVER_CAUGHT = Rule(
    "exceptions/never-caught", Severity.MEDIUM, "Handler never sees the exception it names",
    "It looks handled and is not.", 0.95,
)  # fmt: skip
FINALLY = Rule(
    "exceptions/finally-leaves", Severity.MEDIUM, "Leaving a finally block discards the exception",
    "An exception on its way through is dropped, and so is what the function was about to return.", 0.9,
)  # fmt: skip
TRACE = Rule(
    "exceptions/trace-lost", Severity.LOW, "Rethrowing by name forgets where it came from",
    "The stack trace begins here from now on: `throw;` keeps it.", 0.9,
)  # fmt: skip
RULES = (SWALLOWED, DROPPED, NEVER_CAUGHT, FINALLY, TRACE)
