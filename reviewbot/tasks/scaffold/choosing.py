"""Which framework the tests of a file are written in."""

from __future__ import annotations

from collections.abc import Sequence

from reviewbot.tasks.scaffold.suites import Framework, Surroundings


def chosen(frameworks: Sequence[Framework], around: Surroundings, path: str) -> Framework:
    """The one with most signs of use, the first of equals: the first of all is for a repository without any."""
    return max(frameworks, key=lambda framework: framework.weight(around, path))
