"""Work on many files by several processes, where the system can fork: in order, and the same whatever their number."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from reviewbot.errors import NotReviewedError

#: Files below which a process costs more than it saves; files that a worker takes at a time.
FEWEST = 40
_SHARE = 8
_MOST = 4
_PROCESSORS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

_Item = TypeVar("_Item")
_Done = TypeVar("_Done")

#: What the forked workers find: neither the work nor its items are sent to them.
_shared: list[Any] = []


def spread(work: Callable[[_Item], _Done], items: Sequence[_Item], *,
           processors: int = _PROCESSORS) -> Iterable[_Done]:  # fmt: skip
    """`work` of each item, in order. Raises NotReviewedError where a worker dies."""
    workers = min(_MOST, processors)
    if len(items) < FEWEST or workers < 2 or not hasattr(os, "fork"):
        return map(work, items)
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    _shared[:] = [work, items]
    try:
        with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
            return list(pool.map(_at, range(len(items)), chunksize=_SHARE))
    except BrokenProcessPool:
        raise NotReviewedError("a process that checked files died: nothing was concluded") from None
    finally:
        _shared.clear()


def _at(index: int) -> Any:
    work, items = _shared
    return work(items[index])
