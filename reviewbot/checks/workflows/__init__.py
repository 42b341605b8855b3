"""CI definitions that strangers can use: their code, their text, their tags, with this repository's token."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reviewbot.checks.workflows import checkouts, gitlab, permissions, pins, scripts
from reviewbot.checks.workflows.model import Sighting, Workflow, parse
from reviewbot.core.findings import Finding, at
from reviewbot.core.merging import fold
from reviewbot.ports import Reading

RULES = (checkouts.CHECKOUT, scripts.INJECTION, pins.UNPINNED, permissions.PERMISSIONS, permissions.SECRETS,
         permissions.COMMANDS, permissions.SELF_HOSTED, permissions.KEPT, checkouts.TRIGGER)  # fmt: skip


def check(reading: Reading) -> Iterator[Finding]:
    file = reading.file
    if file.new.text is None or file.new.is_symlink:
        return
    new, old = parse(file.path, file.new.text), parse(file.old_path, file.old.text)
    known = Counter(_identity(sighting) for sighting in _seen(file.old_path, file.old.text, old))
    sightings = list(_seen(file.path, file.new.text, new))
    if new is not None and old is not None:
        sightings += permissions.widened(old, new)
    yield from fold(_fresh(reading, sightings, known))


def _seen(path: str, text: str | None, workflow: Workflow | None) -> Iterator[Sighting]:
    yield from gitlab.sightings(path, text)
    if workflow is not None:
        for look in (checkouts.sightings, scripts.sightings, pins.sightings, permissions.sightings):
            yield from look(workflow)


def _identity(sighting: Sighting) -> tuple[str, str]:
    return sighting.rule.id, sighting.key


def _fresh(reading: Reading, sightings: list[Sighting], known: Counter[tuple[str, str]]) -> Iterator[Finding]:
    """What the base side had not, at the first of its lines that changed; without one it is not the change's."""
    added = reading.file.changed_numbers("new")
    for sighting in sightings:
        if known[_identity(sighting)] > 0:
            known[_identity(sighting)] -= 1
            continue
        line = next((line for line in sighting.lines if line in added), None)
        if line is not None:
            yield at(sighting.rule, reading.file, line, title=sighting.title, body=sighting.body,
                     severity=sighting.severity)  # fmt: skip
