"""The forge of a run: chosen by the command line or by CI, loaded once, with what the bot remembers there."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from reviewbot.cli.ci import Stand, place
from reviewbot.cli.environment import fingerprint_key, in_ci
from reviewbot.cli.ledgers import RunLedger
from reviewbot.core import commands
from reviewbot.core.conversation import Conversation, Place, Service
from reviewbot.core.exchange import Excerpt
from reviewbot.core.labels import Label
from reviewbot.core.ledger import Entry
from reviewbot.core.summary import LOG
from reviewbot.core.text import harmless
from reviewbot.core.threads import Memory, remember
from reviewbot.errors import ForgeError, UsageError
from reviewbot.forges.local import Preview
from reviewbot.ports import Forge

TOKENS: Mapping[Service, str] = {"github": "GITHUB_TOKEN", "gitlab": "GITLAB_TOKEN"}
_CLASSES: Mapping[Service, str] = {"github": "GitHub", "gitlab": "GitLab"}
#: Seconds that a forge has beyond the run's own: what was found must not be lost because models took their time.
GRACE = 120.0


class Sink:
    """What hears of each body before it leaves for a forge, and writes it on the ledger; satisfies ports.Departing."""

    def __init__(self, place: Place, ledger: RunLedger) -> None:
        self.ledger, self.label, self.inputs = ledger, Label.PUBLIC, tuple[Excerpt, ...]()
        self.status = "read"
        self._place = place

    def __call__(self, size: int, /) -> None:
        name, host = self._place.service, urlsplit(self._place.api).netloc
        self.ledger.append(Entry("post", name, self.label, self.status, host=host, inputs=self.inputs, bytes_out=size))


@dataclass(frozen=True, slots=True)
class Venue:
    """Where the review of a run is told; `forge` is None where nothing is posted."""

    forge: Forge | None = None
    place: Place | None = None
    sink: Sink | None = None
    conversation: Conversation = field(default_factory=Conversation)
    memory: Memory = field(default_factory=Memory)
    key: bytes = b""
    #: Why nothing is posted, and what else the forge could not say.
    notices: tuple[str, ...] = ()
    #: What would be posted is told in a build's log instead, which many can read.
    logged: bool = False
    #: It should have been posted, and the forge, not the token, is why it is not.
    lost: bool = False


def chosen(arguments: argparse.Namespace, at: Stand, environ: Mapping[str, str]) -> tuple[Place | None, str]:
    """The pull request to post to, or None and why not, "" where nobody would expect it. Raises UsageError."""
    if arguments.forge == "local":
        return None, ""
    asked: Service | None = at.service if arguments.forge == "auto" else arguments.forge
    number = at.number if getattr(arguments, "pr", None) is None else arguments.pr
    if asked is None or (number is None and arguments.forge == "auto"):
        return None, ""
    if number is None:
        raise UsageError(f"--forge {asked}: which pull request? Give --pr N")
    if not environ.get(TOKENS[asked], "").strip():
        if arguments.forge != "auto":
            raise UsageError(f"--forge {asked}: {TOKENS[asked]} is not set")
        return None, f"{TOKENS[asked]} is not set: nothing is posted."
    return place(asked, number, environ), ""


def opened(arguments: argparse.Namespace, at: Stand, environ: Mapping[str, str], ledger: RunLedger,
           ends: float) -> Venue:  # fmt: skip
    """The forge of this run, loaded. `ends` is a reading of `time.monotonic()`. Raises UsageError, ConfigError."""
    there, why = chosen(arguments, at, environ)
    if there is None:
        return Venue(notices=(why,) if why else ())
    sink = Sink(there, ledger)
    forge = connected(there, environ[TOKENS[there.service]].strip(), sink, ends + GRACE)
    dry = bool(getattr(arguments, "dry_run", False))
    if dry:
        forge = Preview(_show, whole=not in_ci(environ), forge=forge)
    try:
        conversation = forge.load(commands.is_command, (at.sender,) if at.command else ())
    except ForgeError as error:
        # A fork's token may not, which is as it should be; one that nobody knows is somebody's mistake.
        return Venue(notices=(f"Nothing is posted: {error}.",), lost=not (error.denied and error.status == 403))
    key = fingerprint_key(environ)
    memory = remember(conversation, there, key)
    by_label = at.command is not None and at.command.name == "full" and at.sender in conversation.writers
    if by_label or memory.wants("full"):
        memory = replace(memory, read={})
    return Venue(forge, there, sink, conversation, memory, key, conversation.notices, logged=dry and in_ci(environ))


def asked(at: Stand, venue: Venue) -> frozenset[str]:
    """Tasks that somebody who may write wants of this run, by a comment or a label."""
    label = at.command.name if at.command is not None and at.sender in venue.conversation.writers else ""
    return frozenset(task for task in ("message", "scaffold") if label == task or venue.memory.wants(task))


def _show(text: str) -> None:
    print(*map(harmless, text.split("\n")), sep="\n")


def standing(at: Stand, venue: Venue) -> Stand:
    """Where the run stands, with what only the forge knows: a comment's event names no commit."""
    said = venue.conversation
    if not said.head_sha:
        return at
    return replace(at, bases=at.bases or ((said.base_sha,) if said.base_sha else ()), head=at.head or said.head_sha,
                   number=venue.place.number if venue.place else at.number, title=at.title or said.title)  # fmt: skip


def clearance(said: Label, venue: Venue) -> Label:
    """What comments may show: on a public project, nothing above internal whatever the operator says."""
    if venue.logged:
        return min(said, LOG)
    return min(said, Label.INTERNAL) if venue.forge is not None and venue.conversation.visibility == "public" else said


def connected(there: Place, token: str, sink: Sink, ends: float) -> Forge:
    """The adapter of that service. It and its library are imported only here. Raises UsageError."""
    module: Any = import_module(f"reviewbot.forges.{there.service}")
    try:
        forge: Forge = getattr(module, _CLASSES[there.service])(there, token, sink, ends)
    except ForgeError as error:  # Nothing was asked so far: it is the settings.
        raise UsageError(f"environment: {error}") from None
    return forge
