"""Calls that hand a value to something that obeys it, and calls that switch a protection off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from reviewbot.checks.calls import (
    commands,
    copies,
    documents,
    files,
    markup,
    objects,
    passwords,
    queries,
    servers,
    tokens,
    transport,
)
from reviewbot.checks.calls.options import options
from reviewbot.checks.calls.rules import EVAL, RULES, SHELL
from reviewbot.core.expressions import calls
from reviewbot.core.findings import Finding, Severity
from reviewbot.core.merging import fold
from reviewbot.core.paths import folders
from reviewbot.core.scopes import Scopes
from reviewbot.core.sightings import Sighting, fresh
from reviewbot.core.symbols import Touched
from reviewbot.ports import Reading

__all__ = ["RULES", "check"]

_FAMILIES = {"typescript": "javascript", "tsx": "javascript"}
#: Where code runs on a developer's machine or in CI, and its values come from there.
_WORKSHOP = frozenset({"scripts", "script", "tools", "tool", "bin", "build", "hack", "ci", ".github"})
_MADE_THERE = frozenset({SHELL.id, EVAL.id})


def check(reading: Reading) -> Iterator[Finding]:
    found: Iterable[Finding] = fresh(reading.syntax, look, in_tests=Severity.INFO)
    if not folders(reading.file.path).isdisjoint(_WORKSHOP) or _is_task(reading.file.path):
        found = (_tempered(finding) if finding.rule in _MADE_THERE else finding for finding in found)
    yield from fold(sorted(found, key=lambda finding: finding.location.line or 0))


def _is_task(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    return name in ("rakefile", "setup.py", "gulpfile.js", "noxfile.py", "tasks.py") or name.endswith(".rake")


def _tempered(finding: Finding) -> Finding:
    return replace(finding, severity=min(finding.severity, Severity.LOW))


def look(touched: Touched) -> Iterator[Sighting]:
    language = _FAMILIES.get(touched.language, touched.language)
    scopes = Scopes(touched)
    measured: copies.Measured = {}
    for call in calls(touched):
        yield from commands.look(call, language, scopes)
        yield from queries.look(call, language, scopes)
        yield from objects.look(call, language, scopes)
        yield from markup.look(call, language, scopes)
        yield from passwords.look(call, language, scopes)
        for eye in (transport, tokens, documents, servers, files):
            yield from eye.look(call, language)
        if language in ("c", "cpp"):
            yield from copies.look(call, scopes, measured)
    for option in options(touched):
        yield from queries.option(option, scopes)
        yield from markup.option(option, scopes, language)
        for rows in (transport, tokens, objects, documents, servers):
            yield from rows.option(option, language, touched)
    yield from _others(touched, scopes)


def _others(touched: Touched, scopes: Scopes) -> Iterator[Sighting]:
    """What is neither a call nor an option."""
    for node in touched.of("subshell", "shell_command_expression"):
        yield from commands.backticks(node, scopes)
    for node in touched.of("method_declaration"):
        yield from transport.method(node)
    for node in touched.of("echo_statement", "print_intrinsic"):
        yield from markup.echo(node, scopes)
