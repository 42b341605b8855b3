"""What the team asks reviewers to look for, and what it does not want to hear of, by path."""

from __future__ import annotations

from functools import lru_cache

from reviewbot.core import matching as patterns
from reviewbot.core.policy import Policy
from reviewbot.core.spellings import path_key
from reviewbot.core.style import Dismissed, Instructions, is_guarded


def matching(policy: Policy, path: str) -> tuple[str, ...]:
    """The texts for this path, each once, in the document's order; none where it cannot be told what matches."""
    try:
        owners = _matcher(policy.instructions).owners(path_key(path))
    except patterns.MatchError:
        return ()
    return tuple(dict.fromkeys(policy.instructions[number].text for number in sorted(owners)))


def unwanted(policy: Policy, rule: str, path: str) -> Dismissed | None:
    """The entry that dismisses findings of this rule here; None where it cannot be told, and for a guard."""
    if not policy.dismissed or is_guarded(rule):
        return None
    try:
        owners = _matcher(policy.dismissed).owners(path_key(path))
    except patterns.MatchError:
        return None
    return next((policy.dismissed[n] for n in sorted(owners) if policy.dismissed[n].rule == rule), None)


@lru_cache(maxsize=8)
def _matcher(entries: tuple[Instructions, ...] | tuple[Dismissed, ...]) -> patterns.Matcher:
    """Made once for all files of a change: a matcher costs more than the matching."""
    paths = [one.paths for one in entries]
    return patterns.paths(
        (number, line) for number, own in enumerate(paths) for path in own for line in patterns.plain(path)
    )
