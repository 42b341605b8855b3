"""Which findings somebody who may write has put aside, and which a command means."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from reviewbot.core.comment import Told
from reviewbot.core.findings import Finding, alike
from reviewbot.core.style import is_guarded
from reviewbot.core.threads import Asked, Known, Memory, matched

#: Digits of a finding's id.
WHOLE = 16


def waived(findings: Sequence[Finding], memory: Memory, paths: Collection[str]) -> dict[str, Asked]:
    """By a finding's id who dismissed it. What guards the repository itself nobody does, nor two with one name."""
    names = names_of(findings, matched(findings, memory.known, paths))
    found: dict[str, Asked] = {}
    for asked in memory.asked:
        meant = meant_by(asked, names) if asked.command.name == "dismiss" else []
        found |= {id_: asked for id_ in meant if len(meant) == 1}
    return {one.id: found[one.id] for one in findings if one.id in found and not is_guarded(one.rule)}


def names_of(findings: Iterable[Finding], before: Mapping[str, Known]) -> dict[str, tuple[str, ...]]:
    """By a finding's id the names by which people call it. What a claim was told as is one where it says the same:
    of two defects that share a line, whoever put one aside has not read the other.
    """
    told = {id_: known.told for id_, known in before.items()}
    return {one.id: (one.id, told[one.id].id) if one.id in told and _says_the_same(one, told[one.id]) else (one.id,)
            for one in findings}  # fmt: skip


def _says_the_same(finding: Finding, told: Told) -> bool:
    """Not in another file: whoever put a line of a test aside has not seen it in what runs."""
    return told.location.path == finding.location.path and (not told.is_claim or alike(told.title, finding.title))


def meant_by(asked: Asked, names: Mapping[str, Sequence[str]]) -> list[str]:
    """The ids of the findings that a command may mean; `names` are all names of each.

    A dismissal takes a whole id: text whose id begins with six given digits is found in seconds by whoever writes it.
    """
    whole = asked.command.name == "dismiss"
    return [id_ for id_, own in names.items() if asked.id and any(
            name == asked.id if whole else name.startswith(asked.id) for name in own)]  # fmt: skip
