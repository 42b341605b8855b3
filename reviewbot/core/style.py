"""What a team says of its reviews beside labels: style, instructions, and what is known and accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from reviewbot.core.findings import Severity


@dataclass(frozen=True, slots=True)
class Instructions:
    """What the team asks reviewers to look for in these paths."""

    paths: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class ReviewStyle:
    """How findings are shown; never what may leave."""

    max_comments: int = 5
    min_severity: Severity = Severity.LOW
    language: str = "en"
    ignore: tuple[str, ...] = ()
    #: What a model has read at an earlier head of a pull request is not read again.
    incremental: bool = True


@dataclass(frozen=True, slots=True)
class MessageStyle:
    """How commit messages are written; what is None or empty is learned from the log."""

    style: Literal["conventional", "plain"] | None = None
    types: tuple[str, ...] = ()
    #: None: those of the log.
    scopes: tuple[str, ...] | None = None
    case: Literal["lower", "sentence"] | None = None
    mood: Literal["imperative", "past"] | None = None
    #: Keys of a tracker, `ABC` of `ABC-123`.
    tickets: tuple[str, ...] = ()
    max_subject: int = 72


@dataclass(frozen=True, slots=True)
class Accepted:
    """A credential that is known and blocks nothing up to a day. `origin` and `line` are those of a rule."""

    fingerprint: str
    until: date
    reason: str
    origin: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Dismissed:
    """Findings of a rule that the team does not want to hear of in these paths. `origin` and `line` as above."""

    rule: str
    paths: tuple[str, ...]
    reason: str
    origin: str = ""
    line: int = 0


#: Checks that guard the repository itself: what they find is accepted nowhere but where their own pages say.
GUARDS = ("credentials", "policy", "invisible", "entries")


def is_guarded(rule: str) -> bool:
    """Whether no comment and no `[[dismiss]]` silences findings of this rule."""
    return rule.partition("/")[0] in GUARDS
