from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reviewbot.sandbox import containment
from reviewbot.sandbox.containment import Containment, contained
from reviewbot.sandbox.limits import Limits, UncontainedError
from tests.requirements import require
from tests.sandbox.cells import Cell

LIMITS = Limits(seconds=5.0)


def test_what_is_said_to_hold_was_tried() -> None:
    found = contained()
    require(found.is_enough, f"means to hold a program: {found.reasons}")
    assert (found.files, found.network) == (True, True)
    assert found.words.startswith("contained: files and network")
    assert (found.user is None) == (os.geteuid() != 0)


def test_each_means_holds_files_and_network(cell: Cell) -> None:
    """The same attempts as `contained` makes, by whoever runs the tests."""
    means = "namespaces" if cell.means == "namespaces" else "filters"
    found = containment._tried(means, containment.stranger())  # type: ignore[arg-type]
    assert (found.files, found.network, found.processes) == (True, True, True)


def test_attempts_come_through_where_nothing_holds_them() -> None:
    """What shows that the attempts are real: without means they succeed."""
    found = containment._tried("", None)
    assert (found.files, found.network, found.processes) == (False, False, False)


def test_without_containment_nothing_runs(tmp_path: Path) -> None:
    for held in (Containment(), Containment("filters", files=True), Containment("filters", network=True)):
        with pytest.raises(UncontainedError, match="not contained"):
            containment.run(("/usr/bin/touch", f"{tmp_path}/made"), root=tmp_path, cwd=tmp_path, writable=(tmp_path,),
                            environment={}, limits=LIMITS, containment=held)  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_the_operators_word_lets_it_run_with_limits_alone(tmp_path: Path) -> None:
    held = Containment(user=None)
    outcome = containment.run(("/bin/sh", "-c", "echo $A; sleep 9"), root=tmp_path, cwd=tmp_path, writable=(tmp_path,),
                              environment={"A": "word"}, limits=Limits(seconds=0.5), containment=held,
                              uncontained=True)  # fmt: skip
    assert (outcome.ended, outcome.text) == ("time", "word\n")


def test_a_report_says_what_does_not_hold() -> None:
    words = Containment("filters", files=True, network=True).words
    assert words == (
        "contained: files and network, by Landlock and seccomp, without namespaces; not contained: other processes"
    )
    assert (
        Containment().words
        == "contained: nothing, by nothing but limits; not contained: files, network, other processes"
    )


def test_a_program_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    require(contained().is_enough, "means to hold a program")
    with pytest.raises(UncontainedError, match=r"No such file|Permission denied"):
        containment.run((str(tmp_path / "absent"),), root=tmp_path, cwd=tmp_path, writable=(), environment={},
                        limits=LIMITS)  # fmt: skip


def test_exit_codes_and_signals_are_told_apart(cell: Cell) -> None:
    assert dataclasses.astuple(cell.run("raise SystemExit(3)"))[:2] == ("exited", 3)
    assert dataclasses.astuple(cell.run("import os; os.abort()"))[:2] == ("killed", -6)


def test_nobody_finds_means_too() -> None:
    """As a developer runs it: without any power of root."""
    require(os.geteuid() == 0, "root, who can be somebody else")
    from tests.sandbox.cells import ROLES, cell

    with cell(ROLES[2]) as made:
        given = json.dumps({"contained": True})
        argv = [*made.argv("")[:-1], given]
        done = subprocess.run(argv, capture_output=True, timeout=60)
    found = json.loads(done.stdout)
    assert (found["means"], found["files"], found["network"], found["user"]) == ("namespaces", True, True, None)


def test_the_cell_imports_the_standard_library_and_itself_alone() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from reviewbot.sandbox.cell import main;"
        "print(sorted(name for name in sys.modules if name.split('.')[0] not in sys.stdlib_module_names))"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code, root], capture_output=True, text=True, check=True)
    names = [name for name in json.loads(done.stdout.replace("'", '"')) if name != "__main__"]
    assert all(
        name in ("reviewbot", "reviewbot.sandbox") or name.startswith("reviewbot.sandbox.cell") for name in names
    )


def test_root_of_a_container_without_power_over_mounts_is_held_by_filters() -> None:
    """As a job of a container engine runs: root, but neither a mount nor a namespace is to be had."""
    require(os.geteuid() == 0, "root, who can lay powers down")
    from tests.sandbox.cells import ROLES, cell

    with cell(ROLES[1]) as made:
        less = ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"]
        argv = [*less, *made.argv("")[:-1], json.dumps({"contained": True})]
        done = subprocess.run(argv, capture_output=True, timeout=60)
    found = json.loads(done.stdout)
    assert (found["means"], found["files"], found["network"], found["processes"]) == ("filters", True, True, True)
    assert found["user"] is not None
    assert found["reasons"][0].startswith("namespaces: ")
