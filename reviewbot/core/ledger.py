"""The ledger: one line per decision and per attempt, chained by hash, with no content in it."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from reviewbot.core.exchange import Excerpt
from reviewbot.core.labels import Label
from reviewbot.core.text import clipped, encodable

SCHEMA = "reviewbot.ledger/1"
Kind = Literal["decision", "egress", "deny", "reply", "post", "end"]
#: The kinds of line that announce bytes.
SENDS: frozenset[Kind] = frozenset({"egress", "post"})
#: What the first line follows.
GENESIS = "0" * 64
#: Bytes of one line. A longer one is neither written nor read.
MAX_LINE = 2 * 1024 * 1024
#: Characters of one name or status; a longer one is clipped.
MAX_NAME = 1000

#: So that a ledger's HMAC is never that of anything else under the same key.
_DOMAIN = b"reviewbot.ledger/1 input\0"
_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True, slots=True)
class Totals:
    """What the `end` line says of its run: numbers of files, and bytes by sink."""

    seen: int
    decided: int
    #: Read by a model.
    reviewed: int
    #: What no model was allowed to read.
    withheld: int
    bytes_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """What one line says, before it has a place in the chain."""

    kind: Kind
    #: Where text goes: a backend's name, a forge, a file.
    sink: str
    label: Label
    #: `ok`, a Failure, or why it was denied.
    status: str = ""
    backend: str = ""
    host: str = ""
    model: str = ""
    model_digest: str = ""
    #: Names of the rules that gave the label.
    rules: tuple[str, ...] = ()
    policy_sha256: str = ""
    #: What the text is made of; the line has HMACs and sizes of these, never the text.
    inputs: tuple[Excerpt, ...] = ()
    #: Bytes of the body that is about to leave; 0 for every kind but `egress` and `post`.
    bytes_out: int = 0
    #: Credentials withheld from the inputs.
    redactions: int = 0
    attempt: int = 0
    #: On the `end` line and on no other.
    totals: Totals | None = None


def encoded(entry: Entry, *, seq: int, time: str, run: str, prev: str, key: bytes) -> bytes:
    """The line's bytes, without its newline: pure ASCII. `time` is UTC, `2026-11-24T19:50:00.123Z`."""
    document: dict[str, object] = {
        "schema": SCHEMA, "seq": seq, "time": time, "run": run, "kind": entry.kind, "sink": _name(entry.sink),
        "backend": _name(entry.backend), "host": _name(entry.host), "model": _name(entry.model),
        "model_digest": _digest(entry.model_digest), "label": str(entry.label),
        "rules": [_name(rule) for rule in entry.rules], "policy_sha256": _name(entry.policy_sha256),
        "inputs": [_input(excerpt, key) for excerpt in entry.inputs], "bytes_out": entry.bytes_out,
        "redactions": entry.redactions, "attempt": entry.attempt, "status": _name(entry.status), "prev": prev,
    }  # fmt: skip
    if entry.totals is not None:
        document["totals"] = _totals(entry.totals)
    return canonical(document)


def origin(path: str) -> str:
    """How a ledger spells a path."""
    return _name(path)


def digest(line: bytes) -> str:
    """What the next line's `prev` is; of the last line, the head."""
    return hashlib.sha256(line).hexdigest()


def merged(heads: Sequence[str]) -> str:
    """One head for the ledgers of a run in parts, in any order; that of a single ledger is its own."""
    if len(heads) == 1:
        return heads[0]
    return digest("\n".join(["reviewbot.ledger/1 heads", *sorted(heads)]).encode())


def canonical(document: Mapping[str, object]) -> bytes:
    """The one spelling of a line."""
    return _ENCODER.encode(document).encode("ascii")


def _name(text: str) -> str:
    return clipped(encodable(text), MAX_NAME)


def _digest(text: str) -> str:
    """A server says it, and a server may say anything, our prompt for one."""
    return text if re.fullmatch(r"[\w:.@/+-]{0,128}", text, re.ASCII) else "unreadable"


def _input(excerpt: Excerpt, key: bytes) -> dict[str, object]:
    text = excerpt.text.encode("utf-8", "surrogatepass")
    named = hmac.digest(key, _DOMAIN + text, "sha256").hex()
    return {"origin": _name(excerpt.origin), "hmac": named, "bytes": len(text)}


def _totals(totals: Totals) -> dict[str, object]:
    return {
        "seen": totals.seen, "decided": totals.decided, "reviewed": totals.reviewed, "withheld": totals.withheld,
        "bytes_out": dict(sorted(totals.bytes_out.items())),
    }  # fmt: skip
