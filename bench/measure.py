"""Whole processes, measured by the operating system: wall time, processor time, peak memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """One run: seconds of wall and processor time, peak memory of the largest process in megabytes."""

    wall: float
    cpu: float
    peak: float


def process(argv: Sequence[str], *, cwd: Path | None = None) -> Cost:
    """The cost of one command, its children included in `cpu` only as it waits for them."""
    began = time.perf_counter()
    child = subprocess.Popen(argv, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(argv)} ended with {child.returncode}")
    return Cost(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def alternating(runs: int, *commands: Sequence[str]) -> list[Cost]:
    """The median cost of each command, run in turn so that a slow moment hits all of them."""
    costs = rounds(runs, *commands)
    return [median([row[index] for row in costs]) for index in range(len(commands))]


def rounds(runs: int, *commands: Sequence[str]) -> list[list[Cost]]:
    """The cost of each command in each round, after one to warm them."""
    return [[process(argv) for argv in commands] for _ in range(runs + 1)][1:]


def median(costs: Sequence[Cost]) -> Cost:
    return Cost(*(statistics.median(getattr(cost, name) for cost in costs) for name in ("wall", "cpu", "peak")))


def seconds(work: Callable[[], object], runs: int = 5) -> float:
    """The median wall time of a function in this process, after one call to warm it."""
    work()
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)
