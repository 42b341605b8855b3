"""Reviews with two models that are as quick as they are told to be: what reviewbot adds, sends, covers and measures.

Whole processes of `reviewbot review` with an operator's file, a ledger and a report; servers in a process of their own.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

from bench import changes, servers
from bench.changes import RESTRICTED, Change, Row
from bench.servers import MODELS, Asked, Pace, Servers

#: Seconds beside the models, by number of files; megabytes; characters for one of the diff; wall time for one of ideal.
OVERHEAD = {3: 0.7, 30: 0.9, 300: 2.0}
MEMORY, SENT, SCHEDULE = 200, 1.6, 1.15
_RUNS = 5
#: That of a user, if there is one: libraries of tests make others import more.
PYTHON = os.environ.get("BENCH_PYTHON", sys.executable)
_OPERATOR = """\
[limits]
concurrency = {slots}
[[backend]]
name = "hosted"
kind = "mistral"
url = "http://127.0.0.1:{mistral}"
model = "{models[mistral]}"
clearance = "internal"
key_env = "BENCH_KEY"
[[backend]]
name = "local"
kind = "ollama"
url = "http://127.0.0.1:{ollama}"
model = "{models[ollama]}"
clearance = "restricted"
license = "attested: nobody reads these replies"
"""
_BACKENDS = {"mistral": "hosted", "ollama": "local"}
_HEADING = re.compile(r"### (\S+) \(")
_ROW = re.compile(r"(\d+) ([+-]) (.*)")
_QUANTILE = re.compile(r'reviewbot_(\w+)_seconds\{backend="(\w+)",(?:.*,)?quantile="([\d.]+)"\} (\S+)')


@dataclass(frozen=True, slots=True)
class Run:
    """One review: seconds from start to end and of processors, what the servers were asked, its report, its metrics."""

    wall: float
    cpu: float
    asked: tuple[Asked, ...]
    report: dict[str, Any]
    metrics: str
    #: Megabytes: of the largest process, and of all at the same time, shared memory once (0 where not looked at).
    largest: float
    together: float

    def of(self, server: str) -> list[Asked]:
        return [one for one in self.asked if one.server == server]

    def ideal(self, latency: float, slots: int) -> float:
        """Seconds that both servers need for these requests, side by side, if they are never idle."""
        return max(ceil(len(self.of(server)) / slots) * latency for server in MODELS)


def report() -> None:
    """Print all figures, each with its aim: median times, and the best beside them for the machine may be shared."""
    with tempfile.TemporaryDirectory() as folder, servers.started() as models:
        made = {files: changes.made(Path(folder) / f"{files}.git", files) for files in OVERHEAD}
        for files, change in made.items():
            _overhead(models, change, files)
        _coverage(models, made[300])
        _schedule(models, made[300])
        _times(models, made[300])


def review(models: Servers, change: Change, pace: Pace, *, is_watched: bool = False) -> Run:
    """One review by as many calls at a time as the servers have slots. Ends the program where not all is reviewed."""
    with tempfile.TemporaryDirectory() as folder:
        operator, said, metrics = (Path(folder) / name for name in ("operator.toml", "r.json", "r.prom"))
        operator.write_text(_OPERATOR.format(slots=pace.slots, models=MODELS, **models.ports))
        argv = [PYTHON, "-m", "reviewbot", "review", "--repo", str(change.repository), "--base", "main",
                "--head", "feature", "--operator", str(operator), "--ledger", str(Path(folder) / "r.jsonl"),
                "--output", str(said), "--output", str(metrics)]  # fmt: skip
        models.paced(pace)
        began = time.perf_counter()
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 env={"PATH": os.environ["PATH"], "HOME": folder, "BENCH_KEY": "k"})  # fmt: skip
        together = max(_watched(child.pid), default=0.0) if is_watched else 0.0
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in (0, 1):
            raise SystemExit(f"{' '.join(argv)} ended with {child.returncode}")
        return Run(wall, used.ru_utime + used.ru_stime, tuple(models.asked()),
                   json.loads(said.read_text()), metrics.read_text(), used.ru_maxrss / 1024, together)  # fmt: skip


def _watched(pid: int) -> Iterator[float]:
    """Megabytes of a process and of all below it, again and again until it ends (Linux only)."""
    while _state(pid) not in ("Z", ""):
        yield sum(map(_size, _tree(pid))) / 1024
        time.sleep(0.02)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1]
    except OSError:
        return ""


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = [one.read_text() for one in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:  # ended meanwhile
        return
    for child in " ".join(children).split():
        yield from _tree(int(child))


def _size(pid: int) -> int:
    """Kilobytes, of what is shared its part."""
    try:
        found = re.search(r"^Pss: +(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(found[1]) if found else 0


def _overhead(models: Servers, change: Change, files: int) -> None:
    paces = [Pace(0.0), Pace(0.3)]
    rounds = [[review(models, change, pace) for pace in paces] for _ in range(_RUNS + 1)][1:]
    beside = [[runs[number].wall - runs[number].ideal(pace.latency, pace.slots) for runs in rounds]
              for number, pace in enumerate(paces)]  # fmt: skip
    watched = review(models, change, Pace(0.0), is_watched=True)
    quick, slow = (f"{median(one):.2f} s ({min(one):.2f} at best)" for one in beside)
    requests = ", ".join(f"{len(watched.of(server))} {name}" for server, name in _BACKENDS.items())
    print(f"models, {files} files: beside the models {quick}, with replies of 0.3 s {slow}, aim {OVERHEAD[files]} s; "
          f"{min(run.cpu for runs in rounds for run in runs):.2f} s of processors; requests: {requests}; "
          f"memory {watched.largest:.0f} MB, all processes {watched.together:.0f} MB, "
          f"aim {MEMORY} MB")  # fmt: skip


def _coverage(models: Servers, change: Change) -> None:
    run = review(models, change, Pace())
    shown = frozenset(_rows(run.asked))
    places = {row[:3] for row in shown}
    skipped = {file["path"] for file in run.report["files"] if file["outcome"] == "skipped"}
    wanted = [row for row in change.rows if row[0] not in skipped]
    whole, altered = sum(row in shown for row in wanted), sum(row not in shown and row[:3] in places for row in wanted)
    hosted = sum(row[0].startswith(RESTRICTED) for row in _rows(run.of("mistral")))
    print(f"models, coverage: {100 * (whole + altered) / len(wanted):.2f} % of {len(wanted)} changed lines of "
          f"{change.files - len(skipped)} files, aim 100 %; {len(skipped)} files skipped with a reason; "
          f"{altered} lines with something withheld or spelled out; "
          f"{hosted} restricted lines at the hosted model, aim 0")  # fmt: skip
    finding = review(models, change, Pace(finds=True))
    checks = sum(len(one.text) for one in finding.asked if one.is_checking)
    sent, bodies = (sum(values) for values in zip(*((len(one.text), one.body_bytes) for one in run.asked), strict=True))
    print(f"models, characters sent: {sent / change.size:.2f} times the diff, aim {SENT}; "
          f"{(sent + checks) / change.size:.2f} times where each reply has a finding that is checked; "
          f"{bodies / change.size:.2f} times as bytes of requests")  # fmt: skip


def _rows(asked: Sequence[Asked]) -> Iterator[Row]:
    """The changed lines that prompts show."""
    for one in asked:
        path = ""
        for text in one.text.split("\n"):
            if heading := _HEADING.match(text):
                path = heading[1]
            elif row := _ROW.match(text):
                yield path, int(row[1]), row[2], row[3]


def _schedule(models: Servers, change: Change) -> None:
    for slots in (1, 4):
        pace = Pace(0.2, slots)
        ratios: dict[str, list[float]] = {server: [] for server in MODELS}
        for _ in range(_RUNS):
            run = review(models, change, pace)
            for server, found in ratios.items():
                asked = run.of(server)
                spent = max(one.ended for one in asked) - min(one.came for one in asked)
                found.append(spent / (ceil(len(asked) / slots) * pace.latency))
        said = ", ".join(f"{_BACKENDS[server]} {median(found):.3f} ({max(found):.3f} at worst)"
                         for server, found in ratios.items())  # fmt: skip
        print(f"models, schedule with {slots} slots and replies of {pace.latency} s: {said} times the ideal, "
              f"aim {SCHEDULE}")  # fmt: skip


def _times(models: Servers, change: Change) -> None:
    run = review(models, change, Pace(0.2, 4, uneven=1.0))
    metrics = {(name, backend, quantile): float(value)
               for name, backend, quantile, value in _QUANTILE.findall(run.metrics)}  # fmt: skip
    for usage in run.report["usage"]:
        server = next(server for server, name in _BACKENDS.items() if name == usage["backend"])
        asked, ours, backend = run.of(server), usage["seconds"], usage["backend"]
        whole, first, queued = (sorted(values) for values in (
            [one.ended - one.came for one in asked], [one.first - one.came for one in asked],
            [one.came - asked[0].came for one in asked]))  # fmt: skip
        rows = [("call", "p50", whole, 50), ("call", "p95", whole, 95), ("call", "p99", whole, 99),
                ("first_token", "first_token_p50", first, 50), ("first_token", "first_token_p95", first, 95),
                ("queue", "queue_p50", queued, 50), ("queue", "queue_p95", queued, 95)]  # fmt: skip
        said = ", ".join(f"{name} {ours[name]:.3f} ({_rank(values, percent):.3f})" for _, name, values, percent in rows)
        same = all(metrics.get((kind, backend, f"{percent / 100:g}")) == ours[name] for kind, name, _, percent in rows)
        print(f"models, seconds of {backend} in the report (as the server saw them): {said}; "
              f"{len(asked)} calls; in .prom {'the same' if same else 'OTHERS'}")  # fmt: skip


def _rank(ordered: Sequence[float], percent: int) -> float:
    """The nearest rank."""
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]


if __name__ == "__main__":
    report()
