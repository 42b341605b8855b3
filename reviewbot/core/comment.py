"""The hidden last line of the bot's comments: what it remembers of a pull request, and whose word that is.

A mark is data in an HTML comment. It is read only from notes that the forge says are the bot's own, and only as the
last line: what a model or an author wrote stands above. With a key it is signed for its pull request, so that another
program with the same identity on the forge cannot write one, nor move one here.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Literal

from reviewbot.core.conversation import Place
from reviewbot.core.findings import Finding, Location, Severity
from reviewbot.core.labels import Label

if TYPE_CHECKING:
    from pydantic import TypeAdapter

#: Characters of a mark, and bytes of what one may unpack to: a zlib stream can be a thousand times larger inside.
MAX_MARK, MAX_PLAIN = 40_000, 1_000_000
#: Characters of a title, lines of a quote that are remembered, and those that a line must have to be told by.
_TITLE, _LINES, _TELLING = 200, 50, 4
#: Characters of a line that are compared: a quote has not all of a long one.
_WIDE = 800
_SHAPE = re.compile(rf"<!-- reviewbot:1 ([A-Za-z0-9+/=]{{4,{MAX_MARK}}}) ([0-9a-f]{{32}}|-) -->", re.ASCII)
_DOMAIN = b"reviewbot.mark/1\0"


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as the bot told it. Of the text it is about there are hashes of its lines."""

    id: str
    rule: str
    origin: str
    severity: Severity
    confidence: float
    location: Location
    title: str
    label: Label
    #: One for each quoted line, "" for one that says too little.
    lines: tuple[str, ...] = ()
    #: The commit at which it was gone, "" where it was there when last looked at.
    fixed: str = ""

    @property
    def is_claim(self) -> bool:
        """Whether a model said it: not to say it again proves nothing."""
        return not self.origin.startswith("check:")


@dataclass(frozen=True, slots=True)
class Mark:
    """What one comment remembers, by the kind of comment."""

    kind: Literal["finding", "state", "answer", "review", "summary"]
    #: What was told: one finding; in a summary those that have no thread.
    told: tuple[Told, ...] = ()
    #: `state`: the finding's id. `answer`: the note that it answers. `review`: a digest of what it brings.
    of: str = ""
    #: The head that it is about; in a `state`, where the finding was gone, "" where it came back; in an `answer`, where
    #: the finding of its thread was put aside.
    head_sha: str = ""
    #: `summary`: which materials a model has read, by the backend.
    read: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def told(finding: Finding) -> Told:
    """What is remembered of a finding."""
    lines = finding.quote.split("\n")[:_LINES] if finding.quote else []
    return Told(finding.id, finding.rule, finding.origin, finding.severity, round(finding.confidence, 2),
                finding.location, finding.title[:_TITLE], finding.label, tuple(map(line_hash, lines)))  # fmt: skip


def line_hash(line: str) -> str:
    """How a line is known again wherever it moves, whatever its indentation; "" for one that says too little."""
    words = " ".join(line[:_WIDE].split())
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:10] if len(words) >= _TELLING else ""


def written(mark: Mark, place: Place, key: bytes) -> str:
    """The last line of a comment; "" for more than one line can hold."""
    document = _adapter().dump_python(mark, mode="json", exclude_defaults=True)
    plain = json.dumps(document, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    payload = base64.b64encode(zlib.compress(plain, 9)).decode("ascii")
    if len(payload) > MAX_MARK or len(plain) > MAX_PLAIN:
        return ""
    return f"<!-- reviewbot:1 {payload} {_signature(payload, place, key) or '-'} -->"


def read(body: str, place: Place, key: bytes) -> tuple[Mark, bool] | None:
    """The mark of a comment, and whether this key signed it for this pull request; None where there is none."""
    from pydantic import ValidationError

    found = _SHAPE.fullmatch(body.rstrip().rpartition("\n")[2].strip())
    if found is None:
        return None
    payload, signature = found[1], found[2]
    try:
        unpacking = zlib.decompressobj()
        plain = unpacking.decompress(base64.b64decode(payload, validate=True), MAX_PLAIN)
        document = json.loads(plain, parse_constant=_number, parse_float=_number)
        mark = _adapter().validate_python(document) if unpacking.eof else None
    except (binascii.Error, zlib.error, ValueError, ValidationError, RecursionError):
        return None
    signed = bool(key) and hmac.compare_digest(signature, _signature(payload, place, key))
    return None if mark is None else (mark, signed)


@cache
def _adapter() -> TypeAdapter[Mark]:
    from pydantic import TypeAdapter  # costs more than a run without a forge should pay

    return TypeAdapter(Mark)


def _number(name: str) -> float:
    """Raises ValueError: what is NaN or infinite, as 1e999 is too, has no place in an order."""
    if not isfinite(number := float(name)):
        raise ValueError(name)
    return number


def _signature(payload: str, place: Place, key: bytes) -> str:
    if not key:
        return ""
    here = f"{place.api}\0{place.project}\0{place.number}\0{payload}".encode("utf-8", "surrogatepass")
    return hmac.digest(key, _DOMAIN + here, "sha256").hex()[:32]
