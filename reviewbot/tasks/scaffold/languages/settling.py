"""Arguments that come by every guard: a test of anything else begins with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from reviewbot.tasks.scaffold.conditions import Row

#: Guards of one function that are come by, one at a time, and changes that are tried for each.
_MOST, _TRIED = 8, 24

#: Where a call is stopped by a guard, the further down the greater; None where it comes by all of them.
Stopped = Callable[[Mapping[str, str]], tuple[int, int] | None]


def settled(usual: Mapping[str, str], rows: Sequence[Row], stopped: Stopped) -> dict[str, str]:
    """The usual arguments with those changes that let them by; as far as they come where none does."""
    row, at = dict(usual), stopped(usual)
    for _ in range(_MOST):
        better = next(filter(None, (_further(row | dict(change), at, stopped) for change in rows[:_TRIED])), None)
        if at is None or better is None:
            break
        row, at = better
    return row


def _further(
    row: dict[str, str], at: tuple[int, int] | None, stopped: Stopped
) -> tuple[dict[str, str], tuple[int, int] | None] | None:
    now = stopped(row) if at is not None else None
    return (row, now) if at is not None and (now is None or now > at) else None
