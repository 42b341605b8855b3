"""Programs that take all there is, or never end."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest

from reviewbot.sandbox.limits import MIB
from tests.sandbox.cells import SMALL, Cell, eventually


def test_a_fork_bomb_stays_few_and_ends(cell: Cell) -> None:
    ended = cell.run(
        """
        import os
        while True:
            try:
                os.fork()
            except OSError:
                pass
        """,
        {"seconds": 2.0, "memory": 2048 * MIB},
    )
    assert (ended.ended, ended.code) == ("time", None)
    assert 1 < ended.processes <= SMALL["processes"] + 4
    assert ended.seconds < 2 + 6


def test_a_bomb_of_sessions_that_ignores_signals_ends(cell: Cell) -> None:
    ended = cell.run(
        """
        import os, signal
        for one in range(1, 32):
            try:
                signal.signal(one, signal.SIG_IGN)
            except OSError:
                pass
        while True:
            try:
                if os.fork():
                    os.setsid()
            except OSError:
                pass
        """,
        {"seconds": 2.0, "memory": 2048 * MIB},
    )
    assert ended.ended in ("time", "exited")
    assert ended.processes <= SMALL["processes"] + 4


def test_a_bomb_of_threads_stays_few(cell: Cell) -> None:
    ended = cell.run(
        """
        import threading, time
        threading.stack_size(64 * 1024)
        started = 0
        try:
            while started < 5000:
                threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
                started += 1
        except RuntimeError:
            pass
        open("writable/started", "w").write(str(started))
        """,
        {"memory": 2048 * MIB},
    )
    assert ended.ended == "exited"
    assert 1 < int((cell.writable / "started").read_text()) < SMALL["processes"]


def test_memory_of_one_process_is_bounded(cell: Cell) -> None:
    ended = cell.run(
        """
        held = []
        while True:
            held.append(bytearray(8 * 1024 * 1024))
        """
    )
    assert ended.ended == "memory" or ended.code not in (0, None)
    assert ended.memory < SMALL["memory"] + 64 * MIB


def test_memory_that_is_of_no_process_is_bounded(cell: Cell) -> None:
    """Files in memory, which no limit of a process counts, and pages that processes share."""
    ended = cell.run(
        """
        import mmap, os, time
        held = []
        for number in range(64):
            file = os.memfd_create("x")
            os.write(file, bytes(8 * 1024 * 1024))
            pages = mmap.mmap(-1, 8 * 1024 * 1024)
            pages.write(bytes(8 * 1024 * 1024))
            held += [file, pages]
            time.sleep(0.02)
        time.sleep(60)
        """,
        {"seconds": 20.0},
    )
    assert ended.ended == "memory"


def test_memory_of_many_processes_is_bounded(cell: Cell) -> None:
    ended = cell.run(
        """
        import os, time
        for _ in range(20):
            if not os.fork():
                held = []
                for _ in range(10):
                    held.append(bytearray(8 * 1024 * 1024))
                    time.sleep(0.02)
                time.sleep(60)
        time.sleep(60)
        """
    )
    assert ended.ended == "memory"
    assert ended.memory < 3 * SMALL["memory"]


def test_a_disk_is_not_filled(cell: Cell) -> None:
    ended = cell.run(
        """
        number = 0
        while True:
            number += 1
            with open(f"writable/{number}", "wb") as file:
                for _ in range(8):
                    file.write(bytes(1024 * 1024))
        """,
        {"seconds": 20.0},
    )
    assert ended.ended == "disk"
    assert sum(file.stat().st_size for file in cell.writable.iterdir()) < 16 * SMALL["disk"]


def test_empty_folders_are_few(cell: Cell) -> None:
    ended = cell.run(
        """
        import itertools, os
        for number in itertools.count():
            os.mkdir(f"writable/{number}")
        """,
        {"seconds": 20.0},
    )
    assert ended.ended == "disk"
    assert len(list(cell.writable.iterdir())) < 20 * SMALL["entries"]


def test_a_file_is_bounded(cell: Cell) -> None:
    cell.run(
        """
        with open("writable/large", "wb") as file:
            while True:
                file.write(bytes(1024 * 1024))
        """
    )
    assert (cell.writable / "large").stat().st_size <= SMALL["file"]


def test_endless_output_is_cut_and_ended(cell: Cell) -> None:
    ended = cell.run("while True: print('x' * 1000)", {"seconds": 30.0})
    assert (ended.ended, ended.code) == ("output", None)
    assert len(ended.output) == SMALL["output"]
    assert ended.seconds < 15


def test_what_hangs_is_ended_in_time(cell: Cell) -> None:
    ended = cell.run(
        """
        import signal, time
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
        print("waiting", flush=True)
        time.sleep(600)
        """,
        {"seconds": 1.0},
    )
    assert (ended.ended, ended.output) == ("time", "waiting\n")
    assert 1 <= ended.seconds < 6


def test_what_closes_its_output_is_waited_for(cell: Cell) -> None:
    ended = cell.run("import os, time; os.close(1); os.close(2); time.sleep(0.5); os._exit(7)")
    assert (ended.ended, ended.code) == ("exited", 7)


_DAEMON = """
import os, sys, time
if os.fork():
    os._exit(0) if len(sys.argv) < 3 else time.sleep(600)
os.setsid()
if os.fork():
    os._exit(0)
for place in range(3):
    os.close(place)
while True:
    with open("writable/alive", "a") as file:
        file.write("x")
    time.sleep(0.02)
"""


def test_a_daemon_does_not_outlive_its_program(cell: Cell) -> None:
    ended = cell.run(_DAEMON, {"seconds": 3.0})
    assert ended.ended == "exited"
    _assert_dead(cell.writable / "alive")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_program_dies_with_whoever_waits_for_it(cell: Cell, how: signal.Signals) -> None:
    driver = subprocess.Popen(cell.argv(_DAEMON, {"seconds": 60.0}, "stay"), stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)  # fmt: skip
    alive = cell.writable / "alive"
    try:
        eventually("the daemon runs", lambda: alive.exists() and alive.stat().st_size > 1)
    finally:
        driver.send_signal(how)
        driver.wait()
    eventually("its processes are gone", lambda: not cell.left())
    _assert_dead(alive)


def _assert_dead(heartbeat: Path) -> None:
    before = heartbeat.stat().st_size if heartbeat.exists() else 0
    time.sleep(0.3)
    assert (heartbeat.stat().st_size if heartbeat.exists() else 0) == before
