"""Assertions of node:assert, for frameworks that bring none."""

from __future__ import annotations

from reviewbot.tasks.scaffold.frameworks.ecmascript.files import Look, is_simple

_SOURCES = ("node:assert/strict", "node:assert", "assert", "assert/strict")


def imported(seen: Look) -> str:
    """The statement that brings it in, from where the tests of the repository have it."""
    source = seen.literal(_SOURCES[seen.most(*(rf"""["']{source}["']""" for source in _SOURCES))])
    return f"import assert from {source};" if seen.modern else f"const assert = require({source});"


def returns(made: str, expected: str) -> str:
    return f"assert.{'strictEqual' if is_simple(expected) else 'deepStrictEqual'}({made}, {expected})"


def throws(made: str, error: str, waits: bool) -> str:
    head = "rejects(async " if waits else "throws("
    return f"assert.{head}() => {made}{f', {error}' if error else ''})"
