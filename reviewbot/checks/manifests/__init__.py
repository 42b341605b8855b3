"""Dependencies: added, loosened, taken from elsewhere, and locks that do not follow."""

from __future__ import annotations

from collections.abc import Iterator

from reviewbot.checks.manifests import images, locked, locks
from reviewbot.checks.manifests.dependencies import Dependency, Manifest, read
from reviewbot.checks.manifests.grades import Grade, grade, is_plain
from reviewbot.core.findings import Finding, Rule, Severity, at
from reviewbot.core.merging import fold
from reviewbot.core.text import clipped, visible
from reviewbot.ports import Reading

ADDED = Rule(
    "manifests/added", Severity.INFO, "New dependency",
    "Its code, and that of what it needs, runs with this project's rights.", 0.95,
)  # fmt: skip
LOOSENED = Rule(
    "manifests/loosened", Severity.MEDIUM, "A dependency is pinned less than before",
    "A version that nobody here has seen can come in without a change.", 0.9,
)  # fmt: skip
SCRIPT = Rule(
    "manifests/install-script", Severity.MEDIUM, "A script runs at install",
    "It runs on every machine that installs the package, before anybody looks at it.", 0.9,
)  # fmt: skip
RULES = (locks.BEHIND, locks.ALONE, LOOSENED, ADDED, SCRIPT, locked.SOURCE, images.IMAGE)


def check(reading: Reading) -> Iterator[Finding]:
    file = reading.file
    if file.new.is_symlink or file.old.is_symlink:
        return
    old, new = read(file.old_path, file.old.text), read(file.path, file.new.text)
    yield from locks.check(reading, old, new)
    yield from images.check(reading)
    yield from locked.sources(reading)
    yield from fold(_locked(reading))
    if new is not None:
        yield from fold(_changed(reading, old, new))


def _locked(reading: Reading) -> Iterator[Finding]:
    file = reading.file
    for line in locked.hashless(reading):
        yield at(LOOSENED, file, line, title="A locked package without a hash",
                 body="What is installed need not be what was locked: nothing is left to compare it with.")  # fmt: skip
    for name, line in locked.scripts(reading):
        yield at(SCRIPT, file, line, title=f"{clipped(visible(name), 80)} runs a script at install",
                 severity=Severity.LOW)  # fmt: skip


def _changed(reading: Reading, old: Manifest | None, new: Manifest) -> Iterator[Finding]:
    file = reading.file
    added = file.changed_numbers("new")
    before = {item.name: item for item in old.dependencies} if old is not None else {}
    weak = Severity.LOW if locks.lock_of(file.path, new.kind, reading.tree) else LOOSENED.severity
    for item in new.dependencies:
        if item.line not in added:
            continue
        known = before.get(item.name)
        if known is None and old is not None and item.section != "peerDependencies":
            yield at(ADDED, file, item.line, title=f"{ADDED.title}: {clipped(visible(item.name), 80)}")
        yield from _loosened(reading, new.kind, known, item, Severity.LOW if "dev" in item.section else weak)
    known_scripts = {(script.name, script.spec) for script in (old.scripts if old is not None else ())}
    for script in new.scripts:
        if (script.name, script.spec) not in known_scripts and script.line in added:
            yield at(SCRIPT, file, script.line, title=f"{SCRIPT.title}: {script.name}")


def _loosened(
    reading: Reading, kind: str, known: Dependency | None, item: Dependency, weak: Severity
) -> Iterator[Finding]:
    now, was = grade(kind, item.spec), None if known is None else grade(kind, known.spec)
    name = clipped(visible(item.name), 80)
    if known is not None and known.section == "hashed" and item.section != "hashed":
        yield at(LOOSENED, reading.file, item.line, title=f"{name} has no hash any more")
    if now in (Grade.MOVING, Grade.COMMIT):
        if (was not in (Grade.MOVING, Grade.COMMIT)) or now > was:
            plain = is_plain(item.spec)
            severity = Severity.HIGH if plain else Severity.LOW if now is Grade.COMMIT else Severity.MEDIUM
            yield at(LOOSENED, reading.file, item.line, severity=severity,
                     title=f"{name} comes from {'an unencrypted' if plain else 'an'} address, not the registry",
                     body="No registry checks it, and whoever owns the address decides what is installed.")  # fmt: skip
    elif was is not None and was in (Grade.EXACT, Grade.COMMIT) and now > was:
        yield at(LOOSENED, reading.file, item.line, title=f"{name} was pinned and is now a range", severity=weak)
    elif now is Grade.ANY and was is not Grade.ANY and item.spec and item.section != "peerDependencies":
        yield at(LOOSENED, reading.file, item.line, title=f"Any version of {name} will do", severity=weak)
