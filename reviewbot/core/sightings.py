"""What a check sees on one side of a change, and which of it is new.

A check looks at both sides with the same eyes. What it sees on removed lines is taken off what it
sees on added ones: code that was moved, re-indented or renamed within its file is not new.
(Other files do not count: a finding on one file must not depend on text of a higher label.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.core.findings import Finding, Rule, Severity, at
from reviewbot.core.paths import is_foreign, is_test
from reviewbot.core.symbols import Syntax, Touched, line_of

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class Sighting:
    """A rule met at `nodes`: it counts where one of them begins on a changed line, at the first that does.

    `key` is what stays the same when the code is moved or edited around.
    """

    rule: Rule
    nodes: tuple[Node, ...]
    key: str = ""
    title: str = ""
    body: str = ""
    severity: Severity | None = None

    def line(self, lines: frozenset[int]) -> int | None:
        return next((line for node in self.nodes if (line := line_of(node)) in lines), None)


Look = Callable[[Touched], Iterable[Sighting]]


def fresh(syntax: Syntax, look: Look, *, in_tests: Severity | None = None) -> Iterator[Finding]:
    """The findings that this change brings. In tests no severity is above `in_tests`."""
    file = syntax.file
    new = syntax.touched("new")
    if not new.kinds or is_foreign(file.path, file.old.text or ""):
        return
    seen = [(sighting, line) for sighting in look(new) if (line := sighting.line(new.lines)) is not None]
    if not seen:
        return
    old = syntax.touched("old")
    gone = Counter((s.rule.id, s.key) for s in look(old) if s.line(old.lines) is not None)
    cap = in_tests if in_tests is not None and is_test(file.path) else Severity.CRITICAL
    for sighting, line in seen:
        if gone[sighting.rule.id, sighting.key] > 0:
            gone[sighting.rule.id, sighting.key] -= 1
            continue
        severity = sighting.rule.severity if sighting.severity is None else sighting.severity
        yield at(sighting.rule, file, line, title=sighting.title, body=sighting.body, severity=min(severity, cap))
