"""Rows of a table: a file's suffix and a text in which `«` stands on each line that is to be found."""

from __future__ import annotations

from reviewbot.checks import calls
from tests.readings import found

MARK = "«"


def said(suffix: str, code: str) -> list[tuple[str, int | None]]:
    """What the check says of a new file."""
    return found(calls, f"src/module.{suffix}", code.replace(MARK, "") + "\n")


def marked(rule: str, code: str) -> list[tuple[str, int | None]]:
    return [(rule, number) for number, line in enumerate(code.split("\n"), 1) if MARK in line]
