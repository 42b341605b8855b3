"""Targets of a change of one file of JavaScript or TypeScript."""

from __future__ import annotations

from reviewbot.core.symbols import Syntax
from reviewbot.tasks.scaffold.languages import javascript
from reviewbot.tasks.scaffold.suites import Target
from tests.readings import diff


def targets(path: str, new: str, old: str | None = None) -> list[Target]:
    return list(javascript.targets(Syntax(diff(path, old, new))))
