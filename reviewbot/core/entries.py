"""Entries as a ledger has them: bytes of one line in, a value out, or why it is none."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from reviewbot.core.labels import Label
from reviewbot.core.ledger import MAX_LINE, SCHEMA, SENDS, Kind, Totals, canonical, digest


@dataclass(frozen=True, slots=True)
class Input:
    """What a line keeps of an excerpt."""

    origin: str
    hmac: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line as read; `sha256` is that of its own bytes, which the next line's `prev` repeats."""

    seq: int
    time: str
    run: str
    kind: Kind
    sink: str
    backend: str
    host: str
    model: str
    model_digest: str
    label: str
    rules: tuple[str, ...]
    policy_sha256: str
    inputs: tuple[Input, ...]
    bytes_out: int
    redactions: int
    attempt: int
    status: str
    prev: str
    sha256: str
    totals: Totals | None = None


class LineError(ValueError):
    """Bytes that are no line of a ledger; `str()` says why, and quotes nothing."""


def read(line: bytes) -> Line:
    """A line without its newline. Raises LineError for anything that `encoded` does not write."""
    if len(line) > MAX_LINE:
        raise LineError(f"longer than {MAX_LINE:,} bytes")
    if not line:
        raise LineError("an empty line")
    try:
        document = json.loads(line.decode("ascii"))
    except UnicodeDecodeError:
        raise LineError("bytes that no ledger has (not ASCII)") from None
    except (ValueError, RecursionError):  # not JSON, too deep, an integer of thousands of digits
        raise LineError("not JSON") from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise LineError(f"not an entry of schema {SCHEMA}")
    _check(document, _SHAPES if document.get("kind") != "end" else _END)
    if (document["kind"] not in SENDS) and document["bytes_out"]:
        raise LineError("bytes_out: only egress and post have any")
    if canonical(document) != line:
        raise LineError("not as it was written: spacing, spelling, or a member twice")
    return _line(document, digest(line))


def _check(document: dict[str, Any], shapes: Mapping[str, Callable[[Any], bool]]) -> None:
    for name in shapes:
        if name not in document:
            raise LineError(f"{name}: missing")
    if len(document) != len(shapes) or list(document) != list(shapes):
        raise LineError("members that an entry does not have, or in another order")
    for name, is_right in shapes.items():
        if not is_right(document[name]):
            raise LineError(f"{name}: not what an entry has there")


def _line(document: dict[str, Any], sha256: str) -> Line:
    values = {name: value for name, value in document.items() if name not in ("schema", "rules", "inputs", "totals")}
    totals = document.get("totals")
    return Line(**values, rules=tuple(document["rules"]), inputs=tuple(Input(**one) for one in document["inputs"]),
                sha256=sha256, totals=None if totals is None else Totals(**totals))  # fmt: skip


def _is_text(value: object) -> bool:
    return type(value) is str


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**53


def _matches(pattern: str) -> Callable[[object], bool]:
    matches = re.compile(pattern, re.ASCII).fullmatch
    return lambda value: type(value) is str and matches(value) is not None


def _is_one_of(*words: str) -> Callable[[object], bool]:
    return lambda value: type(value) is str and value in words


_is_hash = _matches("[0-9a-f]{64}")


def _is_input(value: object) -> bool:
    return (
        type(value) is dict
        and list(value) == ["origin", "hmac", "bytes"]
        and _is_text(value["origin"])
        and _is_hash(value["hmac"])
        and _is_number(value["bytes"])
    )


def _is_totals(value: object) -> bool:
    if type(value) is not dict or list(value) != ["seen", "decided", "reviewed", "withheld", "bytes_out"]:
        return False
    *numbers, sinks = value.values()
    return all(map(_is_number, numbers)) and type(sinks) is dict and all(map(_is_number, sinks.values()))


#: Every member in its order, and what it may be.
_SHAPES: Mapping[str, Callable[[Any], bool]] = {
    "schema": _is_text, "seq": lambda value: _is_number(value) and value > 0,
    "time": _matches(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"),
    "run": _matches("[0-9a-f]{32}"), "kind": _is_one_of(*get_args(Kind)), "sink": _is_text, "backend": _is_text,
    "host": _is_text, "model": _is_text, "model_digest": _is_text, "label": _is_one_of(*map(str, Label)),
    "rules": lambda value: type(value) is list and all(map(_is_text, value)), "policy_sha256": _is_text,
    "inputs": lambda value: type(value) is list and all(map(_is_input, value)), "bytes_out": _is_number,
    "redactions": _is_number, "attempt": _is_number, "status": _is_text, "prev": _is_hash,
}  # fmt: skip
_END: Mapping[str, Callable[[Any], bool]] = {**_SHAPES, "totals": _is_totals}
