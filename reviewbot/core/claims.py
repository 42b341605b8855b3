"""What a model claims, and what it says of a claim: the items of its replies as values, however they are spelled."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

from reviewbot.core.replies import number, optional, prose

#: What models write for our words.
_SEVERE = {
    "blocker": "critical", "blocking": "critical", "fatal": "critical", "severe": "critical", "p0": "critical",
    "major": "high", "error": "high", "important": "high", "serious": "high", "p1": "high",
    "warning": "medium", "moderate": "medium", "normal": "medium", "p2": "medium",
    "minor": "low", "info": "low", "informational": "low", "trivial": "low", "nit": "low", "p3": "low",
}  # fmt: skip
_JUDGED = {
    "hold": "holds", "confirmed": "holds", "valid": "holds", "true": "holds", "refute": "refuted",
    "rejected": "refuted", "invalid": "refuted", "false": "refuted", "uncertain": "unsure", "unknown": "unsure",
    "duplicate": "repeated", "repeat": "repeated",
}  # fmt: skip


def _severity(value: object) -> object:
    word = value.strip().lower() if isinstance(value, str) else ""
    return _SEVERE.get(word, word)


def _verdict(value: object) -> object:
    word = value.strip().lower() if isinstance(value, str) else ""
    return _JUDGED.get(word, word)


def _titled(value: str) -> str:
    title = " ".join(value.split()).rstrip(".")
    if not title:
        raise ValueError("no title")
    return title


_Prose = Annotated[str, BeforeValidator(prose)]
_Optional = Annotated[str, BeforeValidator(optional)]


class Claim(BaseModel):
    """One finding of a reply, before it has a place."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    path: _Optional = ""
    line: Annotated[int | None, BeforeValidator(number)] = None
    quote: _Prose
    kind: _Optional = "logic"
    severity: Annotated[Literal["critical", "high", "medium", "low"], BeforeValidator(_severity)]
    title: Annotated[_Prose, AfterValidator(_titled)]
    body: _Optional = ""
    suggestion: _Optional = ""


class Verdict(BaseModel):
    """What a second asking says of one claim."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    claim: Annotated[int, BeforeValidator(number)]
    verdict: Annotated[Literal["holds", "refuted", "unsure", "repeated"], BeforeValidator(_verdict)]
    reason: _Optional = ""


def claim(item: object) -> Claim | None:
    """The item as a claim; None where it is none."""
    try:
        return Claim.model_validate(item)
    except ValidationError:
        return None


def verdict(item: object) -> Verdict | None:
    """The item as a verdict; None where it is none."""
    try:
        return Verdict.model_validate(item)
    except ValidationError:
        return None
