"""Mistakes around promises and coroutines, worst first."""

from __future__ import annotations

from reviewbot.core.findings import Rule, Severity

NOT_AWAITED = Rule(
    "async/not-awaited", Severity.HIGH, "Coroutine is never awaited",
    "The call only makes a coroutine: nothing in it runs.", 0.95,
)  # fmt: skip
ALWAYS_TRUE = Rule(
    "async/await-missing", Severity.HIGH, "Condition is a promise, which is always true",
    "What the function answers is not looked at: its promise or coroutine counts as true.", 0.95,
)  # fmt: skip
FOR_EACH = Rule(
    "async/foreach", Severity.MEDIUM, "`forEach` with an async function",
    "Nothing waits for the calls, and what they throw reaches nobody: use `for…of` or `Promise.all`.", 0.9,
)  # fmt: skip
EXECUTOR = Rule(
    "async/executor", Severity.MEDIUM, "Async function inside `new Promise`",
    "What it throws rejects nothing: the promise stays pending for ever.", 0.9,
)  # fmt: skip
BLOCKING = Rule(
    "async/blocking", Severity.MEDIUM, "Blocking call in an async function",
    "While it waits, no other task of the event loop runs.", 0.9,
)  # fmt: skip
FLOATING = Rule(
    "async/floating", Severity.LOW, "Nothing waits for this call",
    "It goes on after the function has returned, and what it throws reaches nobody here.", 0.7,
)  # fmt: skip
TASK = Rule(
    "async/task-dropped", Severity.LOW, "Task without a reference",
    "The event loop keeps weak references only: a task that nobody holds may vanish before it ends.", 0.9,
)  # fmt: skip
VOID = Rule(
    "async/void", Severity.LOW, "`async void`",
    "Nobody can wait for it, and what it throws ends the process.", 0.85,
)  # fmt: skip
RULES = (NOT_AWAITED, ALWAYS_TRUE, FOR_EACH, EXECUTOR, BLOCKING, FLOATING, TASK, VOID)
