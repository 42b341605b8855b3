"""The tables of a policy document, as docs/policy.md lists them."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from reviewbot.core.regions import Region
from reviewbot.core.spellings import pattern_skeleton
from reviewbot.core.style import is_guarded
from reviewbot.core.text import is_odd

#: Wildcards of one pattern, and of a document but for those at the end of folders (`a/**`), which cost nothing: a path
#: is matched in time that grows with its length times these.
MAX_WILDCARDS = 8
MAX_IN_ALL = 1000

_NEEDLESS = re.compile(r"\\[^*?\[\]!#\\ ]|\\$")
#: Signs with a meaning of their own.
_SPECIAL = re.compile(r"[*?\[\]\\/]")
#: What stands in a pattern: an escaped sign, a whole bracket, a bracket that never ends, anything else.
_PART = re.compile(r"\\.|\[([!^]?)([^\]]+)\]|(\[)|[^\\\[]")
#: In brackets: single signs, and ranges that mean the same in any case.
_MEMBERS = re.compile(r"-?(?:[0-9]-[0-9]|[a-z]-[a-z]|[A-Z]-[A-Z]|[ !-,.0-Z^-~])*-?")


def _pattern(value: str) -> str:
    """A pattern that would match nothing, or not what it seems to, is refused: it would protect nothing."""
    segments = value.strip("/").split("/")
    problems = (
        (value.startswith("!"), "a pattern cannot take files out again; the strictest rule wins"),
        (value.startswith("#"), "a pattern that begins with # matches nothing: write \\#"),
        (not value.strip("/ "), "an empty pattern matches nothing"),
        (value != value.strip() or any(map(_unseen, value)), "white space around it, or a sign in it that is not seen"),
        (any(segment in ("", ".", "..") for segment in segments), "empty, . and .. segments match nothing"),
        (_NEEDLESS.search(value), "folders are separated by /, not by \\"),
        (_has_bad_bracket(value), "in brackets only ASCII signs and ranges within 0-9, a-z or A-Z; else write \\["),
        (_special(value) != _special(pattern_skeleton(value)), "a sign that looks like one of * ? [ ] \\ /"),
        ("***" in value, "*** is no wildcard: write ** or *"),
        (wildcards(value) > MAX_WILDCARDS, f"more than {MAX_WILDCARDS} wildcards"),
    )
    for wrong, problem in problems:
        if wrong:
            raise ValueError(problem)
    return value


def wildcards(pattern: str) -> int:
    return len(re.findall(r"\*+|\?", pattern))


def _special(value: str) -> list[str]:
    return _SPECIAL.findall(value)


def _unseen(character: str) -> bool:
    return character != " " and is_odd(character)


def _has_bad_bracket(value: str) -> bool:
    for part in _PART.finditer(value):
        members = part[2] or ""
        if part[3] or not _MEMBERS.fullmatch(members) or (not part[1] and members.startswith(("!", "^"))):
            return True
        if any(first > last for first, last in re.findall("([0-9A-Za-z])-([0-9A-Za-z])", members)):
            return True
    return False


def _word(value: str) -> str:
    if not value.strip() or "\n" in value:
        raise ValueError("a word to look for is one line and not empty")
    return value


LabelName = Literal["public", "internal", "confidential", "restricted"]
TypeName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,30}$")]
ScopeName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.,/#@:+-]{1,60}$")]
TicketKey = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,9}$")]
SeverityName = Literal["critical", "high", "medium", "low", "info"]
Pattern = Annotated[str, StringConstraints(max_length=512), AfterValidator(_pattern)]
Word = Annotated[str, StringConstraints(max_length=200), AfterValidator(_word)]


class Table(BaseModel):
    """A table of a document of ours: unknown keys and other types are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class RuleTable(Table):
    """[[rule]]"""

    label: LabelName = Field(description="how sensitive it is")
    paths: list[Pattern] = Field(default=[], description="gitignore patterns, any case, no negation")
    content: list[Word] = Field(default=[], description="literal words, any case, in old and new text")
    reason: str = Field(default="", max_length=500, description="why, for the reader of a report")

    @model_validator(mode="after")
    def _covers_something(self) -> RuleTable:
        if not self.paths and not self.content:
            raise ValueError("a rule needs paths or content")
        return self


class InstructionsTable(Table):
    """[[instructions]]"""

    paths: list[Pattern] = Field(min_length=1, description="gitignore patterns")
    text: str = Field(max_length=4000, description="what reviewers should look for there")


class ReviewTable(Table):
    """[review]"""

    max_comments: int = Field(default=5, ge=0, le=100, description="inline comments; the rest folds into the summary")
    min_severity: SeverityName = Field(default="low", description="below it nothing is inline")
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$", description="of what a model writes")
    ignore: list[Pattern] = Field(default=[], description="not reviewed, unless a rule labels it confidential or above")
    incremental: bool = Field(
        default=True, description="what a model has read at an earlier head and is as it was then is not read again"
    )


class MessageTable(Table):
    """[message]"""

    style: Literal["conventional", "plain"] | None = Field(
        default=None, description="Conventional Commits or not; else what the log of the base shows"
    )
    types: list[TypeName] = Field(
        default=[], min_length=1, max_length=40, description="the types that a header may have"
    )
    scopes: list[ScopeName] | None = Field(
        default=None, max_length=200, description="the scopes that a header may have; `[]`: none"
    )
    case: Literal["lower", "sentence"] | None = Field(default=None, description="of the first letter")
    mood: Literal["imperative", "past"] | None = Field(default=None, description="`add`, or `added`")
    tickets: list[TicketKey] = Field(
        default=[],
        min_length=1,
        max_length=40,
        description="keys of a tracker: a ticket that a branch names opens the subject",
    )
    max_subject: int = Field(default=72, ge=40, le=72, description="characters of a subject")


class GateTable(Table):
    """[gate]"""

    fail_on: Literal["critical", "high", "medium", "low", "none"] = Field(
        default="critical", description="exit code 1 at or above it"
    )


class AcceptTable(Table):
    """[[accept]]"""

    fingerprint: str = Field(pattern=r"^[0-9a-f]{32}$", description="of the credential, as the finding gives it")
    until: date = Field(description="the last day it is accepted, a TOML date")
    reason: str = Field(min_length=1, max_length=500, description="why, for the reader of a report")


class DismissTable(Table):
    """[[dismiss]]"""

    rule: str = Field(pattern=r"^[A-Za-z0-9_.@:+/-]{1,100}$", description="of the findings, as a report names it")
    paths: list[Pattern] = Field(min_length=1, description="gitignore patterns")
    reason: str = Field(min_length=1, max_length=500, description="why, for the reader of a report")

    @field_validator("rule")
    @classmethod
    def _is_no_guard(cls, rule: str) -> str:
        if is_guarded(rule):
            raise ValueError("findings of this check cannot be dismissed")
        return rule


class DocumentTable(Table):
    """top level"""

    extends: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9_-]{0,40}$", description="a shipped pack")
    default: LabelName | None = Field(default=None, description="label of what no rule matches")
    metadata: LabelName | None = Field(
        default=None, description="label of title, description and commit messages; else that of all changed files"
    )
    region: Region | None = Field(
        default=None, description="where hosted models have to be; `local`: none may be asked at all"
    )
    zero_retention: bool | None = Field(default=None, description="no hosted model whose retention cannot be zero")
    rule: list[RuleTable] = Field(default=[], description="sensitivity rules")
    instructions: list[InstructionsTable] = Field(default=[], description="for reviewers")
    review: ReviewTable | None = Field(default=None, description="how findings are shown")
    message: MessageTable | None = Field(default=None, description="how commit messages are written")
    gate: GateTable | None = Field(default=None, description="what blocks")
    accept: list[AcceptTable] = Field(default=[], description="credentials that are known and block nothing")
    dismiss: list[DismissTable] = Field(default=[], description="findings that the team does not want to hear of")
