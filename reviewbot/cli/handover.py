"""Plans and replies as JSON, for phases that run as separate jobs.

Whoever can write these files decides what is asked and what is said: a CI system hands them over, nobody else.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

from reviewbot import __version__
from reviewbot.cli.reports import written
from reviewbot.core.answers import Answers
from reviewbot.core.report import Record
from reviewbot.core.text import visible
from reviewbot.errors import NotReviewedError, UsageError
from reviewbot.pipeline import Plan

PLAN, REPLY = "reviewbot.plan/1", "reviewbot.reply/1"
#: Bytes of one file.
MAX_FILE = 512 * 1024 * 1024
#: Parts of one plan.
MAX_SHARDS = 1000
#: More than any count or measurement of a run.
_MOST = 10**12
_HEAD = re.compile("[0-9a-f]{64}", re.ASCII)

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Parcel:
    """The answers to one shard of a plan, and the ledger of their asking."""

    answers: Answers
    shard: tuple[int, int]
    #: SHA-256 of the plan file.
    plan: str
    ledger: Record


def write_plan(name: str, plan: Plan) -> None:
    """Raises NotReviewedError where it cannot be written."""
    _write(name, PLAN, Plan, plan)


def write_reply(name: str, parcel: Parcel) -> None:
    """Raises NotReviewedError where it cannot be written."""
    _write(name, REPLY, Parcel, parcel)


def read_plan(name: str) -> tuple[Plan, str]:
    """The plan, and the SHA-256 of its file. Raises UsageError."""
    data = _bytes(name)
    plan = _read(name, data, PLAN, Plan)
    jobs = plan.jobs or ()
    if len({job.name for job in jobs}) < len(jobs) or any(
        part.material.label != job.label for job in jobs for part in job.parts
    ):
        raise UsageError(f"{visible(name)}: not as {PLAN} has it: its parts")
    return plan, hashlib.sha256(data).hexdigest()


def read_replies(names: list[str], plan: str) -> tuple[Parcel, ...]:
    """The answers to that plan, of each shard once. Raises UsageError."""
    parcels: list[Parcel] = []
    for name in names:
        parcel = _read(name, _bytes(name), REPLY, Parcel)
        if not _is_sound(parcel):
            raise UsageError(f"{visible(name)}: not as {REPLY} has it")
        if parcel.plan != plan:
            raise UsageError(f"{visible(name)}: the answers to another plan")
        if any(parcel.shard == other.shard for other in parcels):
            raise UsageError(f"{visible(name)}: a second reply for shard {parcel.shard[0]}/{parcel.shard[1]}")
        parcels.append(parcel)
    if len({parcel.shard[1] for parcel in parcels}) > 1:
        raise UsageError("the replies are of differently many shards")
    return tuple(parcels)


def _write(name: str, schema: str, kind: type[_Value], value: _Value) -> None:
    from pydantic import TypeAdapter

    content = TypeAdapter(kind).dump_python(value, mode="json")
    document = {"schema": schema, "version": __version__, "content": content}
    # ASCII: paths may hold what is no text in any encoding.
    if problem := written(name, json.dumps(document, ensure_ascii=True) + "\n", 0o600):
        raise NotReviewedError(problem)


def _bytes(name: str) -> bytes:
    try:
        with Path(name).open("rb") as stream:
            data = stream.read(MAX_FILE + 1)
    except OSError as error:
        raise UsageError(f"{visible(name)}: cannot be read: {error.strerror}") from None
    except ValueError:  # a NUL in the name
        raise UsageError(f"{visible(name)}: cannot be read: no such name") from None
    if len(data) > MAX_FILE:
        raise UsageError(f"{visible(name)}: larger than {MAX_FILE:,} bytes")
    return data


def _finite(text: str) -> float:
    """A number that JSON has. Raises ValueError for NaN and for what is too large for one."""
    number = float(text)
    if not isfinite(number):
        raise ValueError("no number")
    return number


def _is_sound(parcel: Parcel) -> bool:
    """Whether the numbers of a reply are ones that asking can bring about."""
    number, of = parcel.shard
    calls = [call for answer in parcel.answers.answers for call in answer.calls]
    counts = [count for call in calls for count in (call.tokens_in, call.tokens_out, parcel.ledger.entries)]
    times = [time for call in calls for time in (call.seconds, call.first_token or 0.0, call.queued, call.cost_usd)]
    claims = (finding.confidence for answer in parcel.answers.answers for finding in answer.findings)
    return (
        1 <= number <= of <= MAX_SHARDS
        and 0 <= parcel.ledger.entries <= _MOST and _HEAD.fullmatch(parcel.ledger.head) is not None
        and all(0 <= part <= _MOST for part in (*counts, *times)) and all(0 <= sure <= 1 for sure in claims)
    )  # fmt: skip


def _read(name: str, data: bytes, schema: str, kind: type[_Value]) -> _Value:
    from pydantic import TypeAdapter, ValidationError

    try:
        document: Any = json.loads(data, parse_float=_finite, parse_constant=_finite)
        found, version, content = document["schema"], document["version"], document["content"]
    except (ValueError, RecursionError, TypeError, KeyError):
        raise UsageError(f"{visible(name)}: not a file of schema {schema}") from None
    if found != schema:
        raise UsageError(f"{visible(name)}: not a file of schema {schema}")
    if version != __version__:
        raise UsageError(f"{visible(name)}: made by another version of reviewbot: {visible(str(version))[:40]}")
    try:
        return TypeAdapter(kind).validate_python(content)
    except (ValidationError, RecursionError) as error:
        place = ""
        if isinstance(error, ValidationError):
            place = ".".join(map(str, error.errors(include_url=False, include_input=False)[0]["loc"]))
        raise UsageError(f"{visible(name)}: {visible(place)[:200]}: not as {schema} has it") from None
