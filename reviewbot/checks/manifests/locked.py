"""What a lock says of packages: from where, with what hash, and whether they run a script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from reviewbot.core.diff import split_lines
from reviewbot.core.findings import Finding, Rule, Severity, at
from reviewbot.core.text import clipped, visible
from reviewbot.ports import Reading

SOURCE = Rule(
    "manifests/source", Severity.MEDIUM, "A locked package comes from another place",
    "Every install fetches and runs what that place gives.", 0.9,
)  # fmt: skip

_GITHUB = frozenset({"github.com", "api.github.com", "codeload.github.com"})
#: Where the packages of an ecosystem come from, by lock.
_OFFICIAL = {
    "package-lock.json": frozenset({"registry.npmjs.org", "registry.yarnpkg.com"}),
    "npm-shrinkwrap.json": frozenset({"registry.npmjs.org", "registry.yarnpkg.com"}),
    "yarn.lock": frozenset({"registry.npmjs.org", "registry.yarnpkg.com"}),
    "pnpm-lock.yaml": frozenset({"registry.npmjs.org"}),
    "uv.lock": frozenset({"pypi.org", "files.pythonhosted.org"}),
    "poetry.lock": frozenset({"pypi.org", "files.pythonhosted.org"}),
    "pdm.lock": frozenset({"pypi.org", "files.pythonhosted.org"}),
    "Pipfile.lock": frozenset({"pypi.org", "files.pythonhosted.org"}),
    "Cargo.lock": frozenset({"index.crates.io", "static.crates.io"}),
    "Gemfile.lock": frozenset({"rubygems.org", "index.rubygems.org"}),
    "composer.lock": _GITHUB | {"repo.packagist.org", "gitlab.com", "bitbucket.org"},
}
#: The address that a line of a lock names as a source, by the keys of its format. Every part is bounded.
_ADDRESS = r"{}\"?\s{{0,4}}[:= {{]\s{{0,4}}(?:registry = )?\"?(?:[a-z]{{2,9}}\+)?(https?)://(?:[^/@\s\"']{{1,200}}@)?([\w.:-]{{1,253}})"
_PLACES = {
    name: re.compile(_ADDRESS.format(keys))
    for names, keys in (
        (("package-lock.json", "npm-shrinkwrap.json", "yarn.lock"), r"^\s*\"?resolved"),
        (("pnpm-lock.yaml",), r"\btarball"),
        (("Gemfile.lock",), r"^\s*remote"),
        (("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "Cargo.lock", "composer.lock"), r"\b(?:url|source)"),
    )
    for name in names
}
_CRATES = "github.com/rust-lang/crates.io-index"
_PACKAGE = re.compile(r'\s*"(?:node_modules/)?([^"]{1,300})":\s*\{')
_SCRIPT = re.compile(r'\s*"hasInstallScript":\s*true')
_TARBALL = re.compile(r"\s*\"?resolved\"?:?\s+\"https?://(?!codeload\.github\.com)")


def sources(reading: Reading) -> Iterator[Finding]:
    """Each host that the lock had not before and that is not the ecosystem's own, at its first line."""
    file = reading.file
    name = PurePosixPath(file.path).name
    if name not in _OFFICIAL or file.old.text is None:
        return
    official, place = _OFFICIAL[name], _PLACES[name]
    known: set[tuple[str, str]] | None = None
    told: set[str] = set()
    for line in file.added:
        found = None if _CRATES in line.text else place.search(line.text)
        if found is None or (found[1] == "https" and found[2] in official) or found[2] in told:
            continue
        if known is None:
            matches = map(place.search, split_lines(file.old.text))
            known = {(match[1], match[2]) for match in matches if match is not None}
        if (found[1], found[2]) in known:
            continue
        told.add(found[2])
        plain = found[1] == "http"
        yield at(SOURCE, file, line.new, title=f"{SOURCE.title}: {clipped(visible(found[2]), 80)}",
                 body=f"{'It is fetched without encryption. ' if plain else ''}{SOURCE.reason}")  # fmt: skip


def hashless(reading: Reading) -> Iterator[int]:
    """The added lines of packages without a hash, in a lock of npm or Yarn 1 that had one for all."""
    file = reading.file
    if PurePosixPath(file.path).name not in ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock"):
        return
    before = split_lines(file.old.text or "")
    if not any("integrity" in row for row in before) or any(True for _ in _bare(before)):
        return
    added = file.changed_numbers("new")
    yield from (number for number in _bare(split_lines(file.new.text or "")) if number in added)


def _bare(rows: list[str]) -> Iterator[int]:
    for place, row in enumerate(rows):
        if _TARBALL.match(row) and not any("integrity" in near for near in rows[max(0, place - 2) : place + 3]):
            yield place + 1


def scripts(reading: Reading) -> Iterator[tuple[str, int]]:
    """The packages that newly run a script at install, each at the line that says so."""
    file = reading.file
    if PurePosixPath(file.path).name not in ("package-lock.json", "npm-shrinkwrap.json") or file.old.text is None:
        return
    known = {name for name, _ in _scripted(split_lines(file.old.text))}
    added = file.changed_numbers("new")
    for name, line in _scripted(split_lines(file.new.text or "")):
        if name not in known and line in added:
            yield name, line


def _scripted(rows: list[str]) -> Iterator[tuple[str, int]]:
    name = ""
    for number, row in enumerate(rows, 1):
        if _SCRIPT.match(row):
            yield name.rpartition("node_modules/")[2], number
        elif (match := _PACKAGE.match(row)) and match[1] not in ("dependencies", "engines", "peerDependencies"):
            name = match[1]
