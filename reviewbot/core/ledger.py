"""The ledger: one line per decision and per attempt, chained by hash, with no content in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reviewbot.core.exchange import Excerpt
from reviewbot.core.labels import Label

SCHEMA = "reviewbot.ledger/1"
Kind = Literal["decision", "egress", "deny", "reply", "post", "end"]


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
