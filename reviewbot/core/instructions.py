"""What the team asks reviewers to look for, by path."""

from __future__ import annotations

from functools import lru_cache

from reviewbot.core import matching as patterns
from reviewbot.core.policy import Instructions, Policy
from reviewbot.core.spellings import path_key


def matching(policy: Policy, path: str) -> tuple[str, ...]:
    """The texts for this path, each once, in the document's order; none where it cannot be told what matches."""
    try:
        owners = _matcher(policy.instructions).owners(path_key(path))
    except patterns.MatchError:
        return ()
    return tuple(dict.fromkeys(policy.instructions[number].text for number in sorted(owners)))


@lru_cache(maxsize=8)
def _matcher(instructions: tuple[Instructions, ...]) -> patterns.Matcher:
    """Made once for all files of a change: a matcher costs more than the matching."""
    return patterns.paths(
        (number, line) for number, one in enumerate(instructions) for path in one.paths for line in patterns.plain(path)
    )
