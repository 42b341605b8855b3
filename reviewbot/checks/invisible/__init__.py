"""Characters that are not seen, or are seen as others: what a reader of the diff is not shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reviewbot.checks.invisible import lookalikes
from reviewbot.checks.invisible.characters import (
    BIDI,
    BOM,
    CONTROL,
    SELECTOR,
    TAG,
    ZERO_WIDTH,
    Sighting,
    is_odd,
    names,
    sightings,
)  # fmt: skip
from reviewbot.checks.invisible.nature import Nature, nature_of
from reviewbot.core.diff import FileDiff, Line
from reviewbot.core.findings import Finding, Rule, Severity, at
from reviewbot.core.merging import fold
from reviewbot.core.paths import is_sample
from reviewbot.ports import Reading

PATH = Rule(
    "invisible/path", Severity.MEDIUM, "Path with hidden characters",
    "Its name is not what it looks like in a list of files.", 0.95,
)  # fmt: skip
RULES = (BIDI, TAG, SELECTOR, ZERO_WIDTH, CONTROL, BOM, lookalikes.LOOKALIKE, PATH)


def check(reading: Reading) -> Iterator[Finding]:
    yield from fold(_lines(reading))
    if reading.file.change in ("added", "renamed", "copied"):
        yield from _path(reading.file)


def _lines(reading: Reading) -> Iterator[Finding]:
    """Odd characters on added lines, less those that removed lines had: moving a line hides nothing new."""
    file = reading.file
    nature = nature_of(file.path)
    sample = is_sample(file.path)
    moved = Counter(sight.key for line in file.removed for sight in _on(line, nature))
    for line in file.added:
        for sight in _on(line, nature):
            if moved[sight.key] > 0:
                moved[sight.key] -= 1
            else:
                severity = Severity.LOW if sample and sight.severity == Severity.MEDIUM else sight.severity
                yield at(sight.rule, file, line.new, title=f"{sight.rule.title}: {names(sight.characters)}",
                         body=f"{sight.rule.reason} {sight.note}".strip(), severity=severity)  # fmt: skip
    yield from _bom(file)
    yield from lookalikes.findings(reading, nature)


def _on(line: Line, nature: Nature) -> tuple[Sighting, ...]:
    first = 1 in (line.new, line.old)
    text = line.text.removeprefix("\ufeff") if first else line.text
    return tuple(sightings(text, nature)) if is_odd(text) else ()


def _bom(file: FileDiff) -> Iterator[Finding]:
    """A byte order mark is worth a word where it is new to a file, and breaks a script's first line."""
    if not (file.added and file.added[0].new == 1 and file.added[0].text.startswith("\ufeff")):
        return
    if (file.old.text or "").startswith("\ufeff"):
        return
    if file.added[0].text.startswith("\ufeff#!"):
        yield at(BOM, file, 1, body="The kernel does not see `#!` behind it: the script no longer starts.",
                 severity=Severity.MEDIUM)  # fmt: skip
    elif file.old.text:
        yield at(BOM, file, 1)


def _path(file: FileDiff) -> Iterator[Finding]:
    text = file.path
    sights = list(sightings(text, Nature.CODE)) if is_odd(text) else []
    if sights:
        severity = max(min(max(sight.severity, Severity.LOW), Severity.HIGH) for sight in sights)
        shown = names("".join(sight.characters for sight in sights))
        yield at(PATH, file, None, title=f"{PATH.title}: {shown}", severity=severity)
    elif "\n" in text or "\t" in text or "\r" in text:
        yield at(PATH, file, None, title=f"{PATH.title}: line break or tab")
    elif lookalikes.in_words(text):
        yield at(PATH, file, None, body="Letters of another script stand among Latin ones and look the same.")
    elif any("\udc80" <= character <= "\udcff" for character in text):
        yield at(PATH, file, None, title="Path that is not UTF-8", severity=Severity.INFO,
                 body="Tools disagree on how to show it, and on some systems it cannot be checked out.")  # fmt: skip
