"""Expected failures: one tree, one exit code per class. Messages never contain file content."""

from __future__ import annotations


class ReviewbotError(Exception):
    """A failure the user can act on; `str()` of it is the one line they read."""

    exit_code = 2


class UsageError(ReviewbotError):
    """Arguments or environment that make no sense together."""


class ConfigError(ReviewbotError):
    """A configuration document that is not valid, with the place where it is not."""

    def __init__(self, source: str, problem: str, *, key: str = "", line: int | None = None) -> None:
        self.source, self.problem, self.key, self.line = source, problem, key, line
        place = source if line is None else f"{source}:{line}"
        super().__init__(f"{place}: {key}: {problem}" if key else f"{place}: {problem}")


class RepositoryError(ReviewbotError):
    """Git objects that are not there or that git refuses to read."""


class EgressDeniedError(ReviewbotError):
    """Text that no configured model, or not this one, is cleared to read."""

    exit_code = 4


class NotReviewedError(ReviewbotError):
    """Something that should have been reviewed was not."""

    exit_code = 3


class ForgeError(NotReviewedError):
    """A forge that cannot be read or written. `denied`: this token may not, and trying again does not help.

    `status` is that of HTTP, 0 where there was none.
    """

    def __init__(self, problem: str, *, denied: bool = False, status: int = 0) -> None:
        self.denied, self.status = denied, status
        super().__init__(problem)
